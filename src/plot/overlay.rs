//! Histogram and density.

use super::axis::{Axis, Scale, short};
use super::colour::{GREY, VERMILLION};
use super::frame::{self, Draw, Drawing, Frame, frame_methods, single_picture};
use super::scene::{Layer, Scene, Sign, Stroke};
use super::{curve, output};
use crate::empirical::{Bins, EmpiricalSpectrum, Split};
use crate::law::{EdgeKind, SpectralLaw, TabulatedLaw};
use crate::{Error, arguments};

/// Narrower bars than this would be less than a pixel wide.
const MOST_BARS: usize = 2000;

/// The histogram of a sample under the density of a law.
///
/// Zeros and the law's atom at 0 have no density. Bars are those of the positive
/// eigenvalues, and stand for the fraction of all that these are; the curve is
/// the density of the law, of mass $1 - \mu\lbrace 0 \rbrace$; a note compares zeros and atom.
/// Dashed lines are the edges of the law's support, arrows its atoms.
///
/// A density that grows without bound at an edge leaves the picture at the top:
/// its height is set by the bars, and by the curve up to twice their height.
///
/// Over a logarithmic axis ([`with_log_x`](Self::with_log_x)) both are densities
/// of $\log_{10} x$, so that areas remain masses.
///
/// # Examples
///
/// ```
/// use ntk_spectrum::empirical::{Bins, EmpiricalSpectrum};
/// use ntk_spectrum::law::{MarchenkoPastur, SpectralLaw};
/// use ntk_spectrum::plot::Overlay;
///
/// let law = MarchenkoPastur::new(1.0)?; // infinite density at 0
/// let mut values = Vec::new();
/// for k in 0..400 {
///     values.push(law.quantile((k as f64 + 0.5) / 400.0)?);
/// }
/// let svg = Overlay::new(&EmpiricalSpectrum::new(values)?, &law)
///     .with_title("A hard edge")
///     .with_bins(Bins::Fixed(50))
///     .with_log_x()
///     .to_svg()?;
/// assert!(svg.contains("A hard edge"));
/// # Ok::<(), ntk_spectrum::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Overlay<'a> {
    sample: Sample<'a>,
    law: &'a dyn SpectralLaw,
    frame: Frame,
    bins: Option<Bins>,
    x: Scale,
    density: Scale,
    range: Option<(f64, f64)>,
}

#[derive(Debug, Clone, Copy)]
enum Sample<'a> {
    Whole(&'a EmpiricalSpectrum),
    Parts(&'a Split),
}

single_picture!(Overlay);

impl<'a> Overlay<'a> {
    /// Takes the picture of a whole spectrum, or of the bulk of one, with a law.
    #[must_use]
    pub fn new(spectrum: &'a EmpiricalSpectrum, law: &'a impl SpectralLaw) -> Self {
        Self::of(Sample::Whole(spectrum), law)
    }

    /// Takes the picture of the bulk of a spectrum, with the law of the whole.
    ///
    /// Bars stand for the mass $1 - \mu\lbrace 0 \rbrace$, like the curve: as in
    /// [`Comparison`](crate::empirical::Comparison), the bulk is compared with the
    /// law on $(0, \infty)$. A note says what is not shown.
    #[must_use]
    pub fn from_split(split: &'a Split, law: &'a impl SpectralLaw) -> Self {
        Self::of(Sample::Parts(split), law)
    }

    fn of(sample: Sample<'a>, law: &'a impl SpectralLaw) -> Self {
        Self {
            sample,
            law,
            frame: Frame::default(),
            bins: None,
            x: Scale::Linear,
            density: Scale::Linear,
            range: None,
        }
    }

    /// Sets the rule for the bars. By default as many as Freedman and Diaconis
    /// would have, or $2\sqrt n$ of n values if that is more: their rule is for
    /// independent draws, and eigenvalues, which repel each other, fill the bars
    /// much more evenly.
    #[must_use]
    pub fn with_bins(mut self, bins: Bins) -> Self {
        self.bins = Some(bins);
        self
    }

    /// Sets a logarithmic axis for x.
    #[must_use]
    pub fn with_log_x(mut self) -> Self {
        self.x = Scale::Logarithmic;
        self
    }

    /// Sets a logarithmic axis for the density.
    #[must_use]
    pub fn with_log_density(mut self) -> Self {
        self.density = Scale::Logarithmic;
        self
    }

    /// Shows x from `lower` to `upper` only, with a small margin; by default all
    /// values and the whole support.
    ///
    /// If x is logarithmic, the pictures fail with [`Error::InvalidParameter`] unless
    /// `lower` is above 0.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidParameter`] unless `lower` < `upper` and both are finite.
    pub fn with_range(mut self, lower: f64, upper: f64) -> Result<Self, Error> {
        arguments::finite("lower", lower)?;
        let valid = upper > lower && upper.is_finite();
        arguments::parameter("upper", upper, valid, "a finite number above `lower`")?;
        self.range = Some((lower, upper));
        Ok(self)
    }

    /// What is binned, and the mass it stands for.
    fn values(&self, atom: f64) -> (&[f64], f64) {
        match self.sample {
            Sample::Whole(spectrum) => {
                let values = curve::positive(spectrum);
                (values, values.len() as f64 / spectrum.len() as f64)
            }
            Sample::Parts(split) => {
                let all = split.spectrum().sorted();
                (&all[split.zeros()..all.len() - split.outliers().len()], 1.0 - atom)
            }
        }
    }

    /// The bars in the drawn variable, their heights as densities.
    fn bars(&self, values: &[f64], mass: f64) -> Result<Vec<(f64, f64, f64)>, Error> {
        if values.is_empty() {
            return Ok(Vec::new());
        }
        let drawn = values.iter().map(|value| self.x.place(*value)).collect();
        let drawn = EmpiricalSpectrum::from_sorted(drawn);
        let bins = match self.bins {
            Some(bins) => bins,
            None => {
                let least = (2.0 * (drawn.len() as f64).sqrt()).ceil() as usize;
                Bins::Fixed(Bins::FreedmanDiaconis.count(&drawn)?.max(least).min(MOST_BARS))
            }
        };
        let histogram = drawn.histogram(bins)?;
        Ok(histogram.bars().map(|(low, high, h)| (low, high, mass * h)).collect())
    }

    /// What the picture does not show.
    fn notes(&self, atom: f64) -> Vec<String> {
        let mut parts = Vec::new();
        let (spectrum, outliers) = match self.sample {
            Sample::Whole(spectrum) => (spectrum, None),
            Sample::Parts(split) => (split.spectrum(), Some(split.outliers())),
        };
        let (zeros, n) = (spectrum.zeros(), spectrum.len());
        if zeros > 0 || atom > 0.0 {
            let fraction = short(zeros as f64 / n as f64);
            let atom = short(atom);
            parts.push(format!("{zeros} zeros, a fraction {fraction} (law: {atom})"));
        }
        if let Some(outliers) = outliers
            && let (Some(first), Some(last)) = (outliers.first(), outliers.last())
        {
            let (first, last) = (short(*first), short(*last));
            parts.push(match outliers.len() {
                1 => format!("1 outlier at {first}"),
                count => format!("{count} outliers in [{first}, {last}]"),
            });
        }
        // A line each: together they can be wider than half a page.
        parts.iter().map(|part| format!("not among the bars: {part}")).collect()
    }

    fn shown(&self, values: &[f64], table: &TabulatedLaw) -> Result<(f64, f64), Error> {
        if let Some((lower, upper)) = self.range {
            let valid = self.x == Scale::Linear || lower > 0.0;
            let allowed = "a finite number, above 0 on a logarithmic axis";
            arguments::parameter("lower", lower, valid, allowed)?;
            return Ok((lower, upper));
        }
        if self.x == Scale::Logarithmic {
            return curve::logarithmic_range(values, self.law);
        }
        let lower = values.first().copied().unwrap_or(f64::INFINITY).min(table.lower_end());
        let upper = values.last().copied().unwrap_or(0.0).max(table.upper_end());
        Ok((lower, upper))
    }
}

/// Points of the density in the drawn variables, a line for each interval.
fn density(table: &TabulatedLaw, x: Scale, y: Scale, least: f64) -> Vec<Vec<(f64, f64)>> {
    let point = |x_value: &f64| {
        let height = table.density(*x_value) * x.slope(*x_value);
        (x.place(*x_value), y.place(height))
    };
    curve::abscissae(table, x, least)
        .iter()
        .map(|points| {
            let line = points.iter().map(point);
            // A linear curve may be infinite at its end, a logarithmic one −∞.
            line.filter(|(u, v)| u.is_finite() && v.is_finite()).collect()
        })
        .collect()
}

/// The range of the vertical axis, in the drawn variable.
fn heights(
    bars: &[(f64, f64, f64)],
    curves: &[Vec<(f64, f64)>],
    scale: Scale,
    shown: (f64, f64),
) -> (f64, f64) {
    let visible = |u: f64| (shown.0..=shown.1).contains(&u);
    let tallest = bars
        .iter()
        .filter(|(low, high, _)| *high >= shown.0 && *low <= shown.1)
        .map(|bar| bar.2)
        .fold(0.0, f64::max);
    let mut curve: Vec<f64> = curves
        .iter()
        .flatten()
        .filter(|point| visible(point.0))
        .map(|point| scale.value(point.1))
        .collect();
    curve.sort_by(f64::total_cmp);
    let peak = curve.last().copied().unwrap_or(0.0);
    // Without bars: what nine tenths of the points stay below, and half as much again.
    let most = if tallest > 0.0 {
        2.0 * tallest
    } else {
        1.5 * curve.get(curve.len() * 9 / 10).copied().unwrap_or(0.0)
    };
    let top = tallest.max(peak.min(most));
    let top = if top > 0.0 && top.is_finite() { top } else { 1.0 };
    match scale {
        Scale::Linear => (0.0, 1.1 * top),
        Scale::Logarithmic => {
            // Down to a fraction of the lowest bar, or to a thousandth.
            let lowest = bars.iter().map(|bar| bar.2).filter(|h| *h > 0.0);
            let lowest = lowest.fold(f64::INFINITY, f64::min).min(1e-2 * top);
            ((0.4 * lowest).log10(), (1.5 * top).log10())
        }
    }
}

fn kind(kind: EdgeKind) -> &'static str {
    match kind {
        EdgeKind::SquareRoot => " (square root)",
        EdgeKind::Population => " (population)",
        EdgeKind::Hard => " (hard)",
        EdgeKind::Unclassified => "",
    }
}

impl Draw for Overlay<'_> {
    fn scene(&self) -> Result<Drawing, Error> {
        let table = self.law.tabulated()?;
        let atom = 1.0 - table.mass_off_zero();
        let (values, mass) = self.values(atom);
        let range = self.shown(values, table)?;
        let (x, y) = (self.x, self.density);
        let axis = Axis::new(
            match x {
                Scale::Linear => "eigenvalue x",
                Scale::Logarithmic => "eigenvalue x, logarithmic",
            },
            x,
            (x.place(range.0), x.place(range.1)),
        );

        let bars = self.bars(values, mass)?;
        let least = x.value(axis.range.0);
        let curves = density(table, x, y, least);
        let heights = heights(&bars, &curves, y, axis.range);
        let bars = bars.into_iter().map(|(low, high, h)| (low, high, y.place(h))).collect();

        let stroke = Stroke::solid(VERMILLION, 2.5);
        let edge = Stroke::dashed(GREY, 1.2);
        let mut layers = vec![Layer::Bars(bars)];
        for interval in table.support() {
            for end in [interval.lower, interval.upper] {
                let label = Some(format!("{}{}", short(end.location), kind(end.kind)));
                let place = x.place(end.location);
                layers.push(Layer::Vertical { place, label, stroke: edge });
            }
        }
        layers.push(Layer::Lines(curves, stroke));
        for a in table.atoms() {
            let label = format!("atom, mass {}", short(a.mass));
            layers.push(Layer::Stem { place: x.place(a.location), label });
        }

        let mut legend = Vec::new();
        if !values.is_empty() {
            legend.push((Sign::Bar, format!("{} eigenvalues", values.len())));
        }
        if !table.support().is_empty() {
            legend.push((Sign::Line(stroke), "density of the law".into()));
            legend.push((Sign::Line(edge), "edges of its support".into()));
        }
        let seen = |place: f64| (axis.range.0..=axis.range.1).contains(&place);
        if table.atoms().iter().any(|a| seen(x.place(a.location))) {
            legend.push((Sign::Stem, "atoms".into()));
        }
        let name = match (x, y) {
            (Scale::Linear, Scale::Linear) => "density",
            (Scale::Linear, Scale::Logarithmic) => "density, logarithmic",
            (Scale::Logarithmic, Scale::Linear) => "density of log10 x",
            (Scale::Logarithmic, Scale::Logarithmic) => "density of log10 x, logarithmic",
        };
        let mut notes = self.frame.notes.clone();
        notes.extend(self.notes(atom));
        Ok(Drawing(Scene {
            title: self.frame.title.clone(),
            notes,
            legend,
            x: axis,
            y: Axis::exact(name, y, heights),
            layers,
        }))
    }
}
