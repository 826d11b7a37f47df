//! Distribution functions.

use std::borrow::Cow;

use super::axis::{Axis, Scale, short};
use super::colour::{BLUE, VERMILLION};
use super::finite_size::FiniteSize;
use super::frame::{self, Draw, Drawing, Frame, frame_methods, single_picture};
use super::scene::{Layer, Scene, Sign, Stroke};
use super::{curve, output};
use crate::Error;
use crate::empirical::EmpiricalSpectrum;
use crate::law::{PositivePart, SpectralLaw, TabulatedLaw};
use crate::spectrum::SmoothedLaw;

/// The distribution function $F_n$ of a sample, a step for each eigenvalue, and
/// the distribution function F of a law, with a jump at each atom.
///
/// A note gives their Kolmogorov–Smirnov distance, the largest vertical
/// distance of the two.
///
/// # Examples
///
/// ```
/// use ntk_spectrum::empirical::EmpiricalSpectrum;
/// use ntk_spectrum::law::MarchenkoPastur;
/// use ntk_spectrum::plot::CdfOverlay;
///
/// let law = MarchenkoPastur::new(2.0)?;
/// let spectrum = EmpiricalSpectrum::new([0.0, 0.0, 0.7, 3.0])?;
/// let svg = CdfOverlay::new(&spectrum, &law).with_title("Half of it is zero").to_svg()?;
/// assert!(svg.contains("Kolmogorov–Smirnov"));
/// # Ok::<(), ntk_spectrum::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct CdfOverlay<'a> {
    spectrum: &'a EmpiricalSpectrum,
    law: &'a dyn SpectralLaw,
    /// The law as it is drawn, and the distance to it.
    finite: Option<(Cow<'a, TabulatedLaw>, f64)>,
    frame: Frame,
    x: Scale,
}

single_picture!(CdfOverlay<'_>);

impl<'a> CdfOverlay<'a> {
    /// Takes the picture of a spectrum and a law.
    #[must_use]
    pub fn new(spectrum: &'a EmpiricalSpectrum, law: &'a impl SpectralLaw) -> Self {
        Self { spectrum, law, finite: None, frame: Frame::default(), x: Scale::Linear }
    }

    /// Adds the law at finite size as a bold line, under that of the limit: the whole law
    /// ([`FiniteSpectrum`](crate::spectrum::FiniteSpectrum)) of a whole spectrum, that of the
    /// bulk ([`FiniteBulk`](crate::spectrum::FiniteBulk)) of a bulk. The note has the distance to
    /// it too, of the sample [smoothed alike](EmpiricalSpectrum::smoothed_distance).
    ///
    /// With a spectrum that has no zeros, as a bulk, the law is drawn conditioned on
    /// $(0, \infty)$, without its atom at 0, as that distance takes it; the first law is drawn as
    /// it was given, so give it as [`PositivePart`] there.
    ///
    /// # Errors
    ///
    /// As [`EmpiricalSpectrum::smoothed_distance`].
    ///
    /// # Complexity
    ///
    /// That of [`EmpiricalSpectrum::smoothed_distance`], and of solving for the law.
    ///
    /// # Examples
    ///
    /// ```
    /// use ntk_spectrum::prelude::*;
    /// use ntk_spectrum::activation::Tanh;
    ///
    /// let ensemble = TwoLayerEnsemble::new(Dimensions::new(280, 20, 20)?, Tanh).with_seed(1);
    /// let kernel = NtkBuilder::from_sample(&ensemble.sample()?).build()?;
    /// let spectrum = EmpiricalSpectrum::from_kernel(&kernel)?;
    /// let law = FiniteSpectrum::from_ensemble(&ensemble);
    /// let limit = law.limit();
    /// let svg = CdfOverlay::new(&spectrum, &limit).with_finite_size(&law)?.with_log_x().to_svg()?;
    /// assert!(svg.contains("finite size"));
    /// # Ok::<(), ntk_spectrum::Error>(())
    /// ```
    pub fn with_finite_size(mut self, law: &'a impl SmoothedLaw) -> Result<Self, Error> {
        let distance = self.spectrum.smoothed_distance(law)?.kolmogorov_smirnov;
        let FiniteSize { table } = FiniteSize::new(law)?;
        let drawn = match self.spectrum.zeros() {
            0 => Cow::Owned(PositivePart::new(table)?.tabulated()?.clone()),
            _ => Cow::Borrowed(table),
        };
        self.finite = Some((drawn, distance));
        Ok(self)
    }

    /// Sets a logarithmic axis for x: zeros and the atom at 0 are left of it.
    #[must_use]
    pub fn with_log_x(mut self) -> Self {
        self.x = Scale::Logarithmic;
        self
    }
}

/// The distribution function of a law over what is shown, with a jump at each atom.
fn line(table: &TabulatedLaw, x: Scale, shown: (f64, f64)) -> Vec<(f64, f64)> {
    let (first, last) = shown;
    let mut points: Vec<f64> = curve::abscissae(table, x, shown).into_iter().flatten().collect();
    points.extend([first, last]);
    points.extend(table.atoms().iter().map(|a| a.location));
    points.retain(|p| (first..=last).contains(p));
    points.sort_by(f64::total_cmp);
    let mut line = Vec::with_capacity(points.len());
    for p in points {
        let f = table.cdf(p);
        let jump = table.atoms().iter().find(|a| a.location == p).map_or(0.0, |a| a.mass);
        if jump > 0.0 {
            line.push((x.place(p), f - jump));
        }
        line.push((x.place(p), f));
    }
    line
}

impl Draw for CdfOverlay<'_> {
    fn scene(&self) -> Result<Drawing, Error> {
        let table = self.law.tabulated()?;
        let sorted = self.spectrum.sorted();
        let x = self.x;
        let (lower, upper) = match x {
            Scale::Linear => (
                self.spectrum.min().min(table.lower_end()),
                self.spectrum.max().max(table.upper_end()),
            ),
            Scale::Logarithmic => {
                curve::logarithmic_range(curve::positive(self.spectrum), self.law)?
            }
        };
        let (name, place) = match x {
            Scale::Linear => ("eigenvalue x", (lower, upper)),
            Scale::Logarithmic => ("eigenvalue x, logarithmic", (lower.log10(), upper.log10())),
        };
        let axis = Axis::new(name, x, place);
        let (first, last) = (x.value(axis.range.0), x.value(axis.range.1));

        let mut steps = vec![(axis.range.0, self.spectrum.ecdf(first))];
        for run in sorted.chunk_by(|a, b| a == b).filter(|run| run[0] > first) {
            let before = steps.last().map_or(0.0, |step| step.1);
            steps.push((x.place(run[0]), before));
            steps.push((x.place(run[0]), self.spectrum.ecdf(run[0])));
        }
        steps.push((axis.range.1, steps.last().map_or(0.0, |step| step.1)));

        // Lines on top of each other are seen if each is narrower than the one below.
        let widths = if self.finite.is_some() { (7.0, 1.2) } else { (4.0, 1.8) };
        let (solid, dashed) = (Stroke::solid(BLUE, widths.0), Stroke::dashed(VERMILLION, widths.1));
        let sample = format!("{} eigenvalues", sorted.len());
        let mut legend = vec![(Sign::Line(solid), sample)];
        let mut layers = vec![Layer::Lines(vec![steps], solid)];
        let distance = short(self.spectrum.kolmogorov_smirnov(self.law)?);
        let mut note = format!("Kolmogorov–Smirnov distance {distance}");
        let mut name = "law";
        if let Some((table, distance)) = &self.finite {
            let stroke = Stroke { width: 3.0, ..FiniteSize::STROKE };
            legend.push((Sign::Line(stroke), FiniteSize::NAME.into()));
            layers.push(Layer::Lines(vec![line(table, x, (first, last))], stroke));
            note.push_str(&format!(" to the limit, {} at finite size", short(*distance)));
            name = "limit";
        }
        legend.push((Sign::Line(dashed), name.into()));
        layers.push(Layer::Lines(vec![line(table, x, (first, last))], dashed));
        let mut notes = self.frame.notes.clone();
        notes.push(note);
        Ok(Drawing(Scene {
            title: self.frame.title.clone(),
            notes,
            legend,
            x: axis,
            y: Axis::exact("distribution function", Scale::Linear, (0.0, 1.04)),
            layers,
        }))
    }
}
