//! Quantiles against quantiles.

use super::axis::{Axis, Scale};
use super::colour::{BLUE, VERMILLION};
use super::frame::{self, Draw, Drawing, Frame, frame_methods, single_picture};
use super::output;
use super::scene::{Dot, Layer, Scene, Sign, Stroke};
use crate::Error;
use crate::empirical::EmpiricalSpectrum;
use crate::law::SpectralLaw;

/// A larger sample shows as many of its quantiles, evenly spread, and both ends.
const MOST: usize = 1000;

/// Of an eigenvalue.
const DOT: Dot = Dot { colour: BLUE, radius: 2.0, rim: 0.0 };

/// The eigenvalues $\lambda_k$ of a sample against the quantiles of a law at
/// $(k - \frac12)/n$: on the diagonal where the two agree.
///
/// # Examples
///
/// ```
/// use ntk_spectrum::empirical::EmpiricalSpectrum;
/// use ntk_spectrum::law::Uniform;
/// use ntk_spectrum::plot::QuantilePlot;
///
/// let spectrum = EmpiricalSpectrum::new([0.1, 0.4, 0.6, 0.8])?;
/// let svg = QuantilePlot::new(&spectrum, &Uniform::new(0.0, 1.0)?).to_svg()?;
/// assert!(svg.contains("quantile of the law"));
/// # Ok::<(), ntk_spectrum::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct QuantilePlot<'a> {
    spectrum: &'a EmpiricalSpectrum,
    law: &'a dyn SpectralLaw,
    frame: Frame,
    scale: Scale,
}

single_picture!(QuantilePlot<'_>);

impl<'a> QuantilePlot<'a> {
    /// Takes the picture of a spectrum and a law.
    #[must_use]
    pub fn new(spectrum: &'a EmpiricalSpectrum, law: &'a impl SpectralLaw) -> Self {
        Self { spectrum, law, frame: Frame::default(), scale: Scale::Linear }
    }

    /// Sets logarithmic axes, both of them; pairs with a zero are not shown.
    #[must_use]
    pub fn with_log(mut self) -> Self {
        self.scale = Scale::Logarithmic;
        self
    }
}

impl Draw for QuantilePlot<'_> {
    fn scene(&self) -> Result<Drawing, Error> {
        let table = self.law.tabulated()?;
        let n = self.spectrum.len();
        let shown = n.min(MOST);
        let scale = self.scale;
        let points: Vec<(f64, f64)> = (0..shown)
            .map(|j| if shown == n { j } else { j * (n - 1) / (shown - 1) })
            .map(|k| (table.quantile((k as f64 + 0.5) / n as f64), self.spectrum.sorted()[k]))
            .map(|(u, v)| (scale.place(u), scale.place(v)))
            .filter(|(u, v)| u.is_finite() && v.is_finite())
            .collect();
        if points.is_empty() {
            return Err(Error::NotDrawn {
                reason: "a logarithmic axis has no positive number to show".into(),
            });
        }
        let ends = |pick: fn(&(f64, f64)) -> f64| {
            points
                .iter()
                .map(pick)
                .fold((f64::INFINITY, f64::NEG_INFINITY), |r, u| (r.0.min(u), r.1.max(u)))
        };
        let (name_x, name_y) = match scale {
            Scale::Linear => ("quantile of the law", "quantile of the sample"),
            Scale::Logarithmic => {
                ("quantile of the law, logarithmic", "quantile of the sample, logarithmic")
            }
        };
        let x = Axis::new(name_x, scale, ends(|point| point.0));
        let y = Axis::new(name_y, scale, ends(|point| point.1));
        let low = x.range.0.min(y.range.0);
        let high = x.range.1.max(y.range.1);
        let diagonal = Stroke::solid(VERMILLION, 2.0);
        let name = if shown == n {
            format!("{} eigenvalues", points.len())
        } else {
            format!("{} of {n} eigenvalues", points.len())
        };
        Ok(Drawing(Scene {
            title: self.frame.title.clone(),
            notes: self.frame.notes.clone(),
            legend: vec![
                (Sign::Point(Dot { radius: 3.0, ..DOT }), name),
                (Sign::Line(diagonal), "agreement".into()),
            ],
            x,
            y,
            layers: vec![
                Layer::Lines(vec![vec![(low, low), (high, high)]], diagonal),
                Layer::Points(points, DOT),
            ],
        }))
    }
}
