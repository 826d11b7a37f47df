//! Errors of learning, predicted and measured.

use ndarray::ArrayView1;
use plotters::style::RGBColor;

use super::axis::{Axis, Scale, short};
use super::colour::{GREY, INK};
use super::frame::{self, Draw, Drawing, Frame, frame_methods, single_picture};
use super::line::{self, Line};
use super::output;
use super::scene::{Dash, Dot, Layer, Scene, Sign, Stroke};
use super::series::{self, Extent, Plane};
use crate::empirical::Estimate;
use crate::learning::{RidgeCurve, RidgeErrors, StoppingTime, TrainingCurve};
use crate::{Error, arguments};

/// On a logarithmic axis, an error bar reaches down to this part of its point before the axis
/// ends: one that reaches 0 has no lower end there.
const LOWEST_END: f64 = 1.0 / 3.0;

/// Room below 0 on a linear axis, as a part of what is above: errors that are next to nothing
/// would lie on the frame.
const BELOW: f64 = 0.03;

/// Of what was measured: larger than the width of its line.
const RADIUS: f64 = 3.6;
const RIM: f64 = 1.2;

/// Of a marked point of a curve, and the line down to its abscissa.
const MARK: Dot = Dot { colour: INK, radius: 4.6, rim: RIM };
const PLUMB: Stroke = Stroke { colour: GREY, width: 1.2, dash: Dash::Short };

/// Errors of learning against the ridge λ, the time t, the ratio γ1, or any other number: lines
/// that are predicted, points that were measured, with their standard errors, and marks, of the
/// best ridge for instance.
///
/// The k-th set of points has the colour of the k-th line. What is not above 0 has no place on
/// a logarithmic axis: lines are without it, a note tells of points and marks.
///
/// # Examples
///
/// ```
/// use ntk_spectrum::LimitingSpectrum;
/// use ntk_spectrum::activation::Relu;
/// use ntk_spectrum::empirical::Estimate;
/// use ntk_spectrum::learning::{RandomEffects, Regression};
/// use ntk_spectrum::plot::LearningCurve;
///
/// let law = LimitingSpectrum::new(0.7, 1.0, Relu, 1.0);
/// let regression = Regression::new(&law, RandomEffects::new(1.0, 0.5)?);
/// let lambdas: Vec<f64> = (-30..=20).map(|k| 10f64.powf(f64::from(k) / 10.0)).collect();
/// let measured = [Estimate::new(0.93, Some(0.02)), Estimate::new(0.85, Some(0.01))];
/// let picture = LearningCurve::from_ridge_curve(&regression.ridge_curve(&lambdas)?)?
///     .with_estimates(&[0.1, 1.0], &measured, "four networks")?
///     .with_optimum(&regression.optimal_ridge()?)?;
/// assert!(picture.to_svg()?.contains("best ridge: λ = 0.5"));
/// # Ok::<(), ntk_spectrum::Error>(())
/// ```
///
/// Against something else, here the ratio γ1: double descent.
///
/// ```
/// # use ntk_spectrum::LimitingSpectrum;
/// # use ntk_spectrum::activation::Relu;
/// # use ntk_spectrum::learning::{RandomEffects, Regression};
/// # use ntk_spectrum::plot::LearningCurve;
/// let ratios = [0.3, 0.6, 0.9, 1.2, 1.5];
/// let mut test = Vec::new();
/// for gamma1 in ratios {
///     let law = LimitingSpectrum::new(gamma1, 1.0, Relu, 1.0);
///     test.push(Regression::new(&law, RandomEffects::new(1.0, 0.5)?).ridge(1e-3)?.test);
/// }
/// let picture = LearningCurve::new("γ₁ = n/(dp)").with_line(&ratios, &test, "λ = 0.001")?;
/// assert!(picture.with_log_error().to_svg()?.contains("mean squared error, logarithmic"));
/// # Ok::<(), ntk_spectrum::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct LearningCurve {
    frame: Frame,
    label: String,
    plane: Plane,
    /// Ascending.
    lines: Vec<(Vec<(f64, f64)>, Line)>,
    points: Vec<Points>,
    marks: Vec<Mark>,
}

/// What was measured: place, error, standard error.
#[derive(Debug, Clone)]
struct Points {
    name: String,
    points: Vec<[f64; 3]>,
}

#[derive(Debug, Clone)]
struct Mark {
    label: String,
    point: (f64, f64),
}

single_picture!(LearningCurve);

impl LearningCurve {
    /// Takes the name of what the errors are drawn against, and no line yet.
    #[must_use]
    pub fn new(label: impl Into<String>) -> Self {
        Self {
            frame: Frame::default(),
            label: label.into(),
            plane: Plane { x: Scale::Linear, error: Scale::Linear },
            lines: Vec::new(),
            points: Vec::new(),
            marks: Vec::new(),
        }
    }

    /// Takes the test and the training error of ridge regression, in this order, over a
    /// logarithmic axis for λ.
    ///
    /// # Errors
    ///
    /// As [`with_line`](Self::with_line).
    pub fn from_ridge_curve(curve: &RidgeCurve) -> Result<Self, Error> {
        let RidgeCurve { lambdas, test, training, .. } = curve;
        Self::new("ridge λ").with_log_x().with_both(lambdas.view(), test.view(), training.view())
    }

    /// Takes the test and the training error of gradient flow, in this order, over a
    /// logarithmic axis for t.
    ///
    /// # Errors
    ///
    /// As [`with_line`](Self::with_line).
    pub fn from_training_curve(curve: &TrainingCurve) -> Result<Self, Error> {
        let TrainingCurve { times, test, training, .. } = curve;
        let empty = Self::new("time t of gradient flow").with_log_x();
        empty.with_both(times.view(), test.view(), training.view())
    }

    fn with_both(
        self,
        x: ArrayView1<'_, f64>,
        test: ArrayView1<'_, f64>,
        training: ArrayView1<'_, f64>,
    ) -> Result<Self, Error> {
        self.with_line(x, test, "test error")?.with_line(x, training, "training error")
    }

    /// Adds a line through errors at the places `x`, in any order of these.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidLength`] for fewer than two places, [`Error::SizeMismatch`] unless there
    /// are as many errors, [`Error::InvalidEntry`] for a place that is not between ±10³⁰⁰ or an
    /// error that is not between 0 and 10³⁰⁰.
    pub fn with_line<'x, 'y>(
        mut self,
        x: impl Into<ArrayView1<'x, f64>>,
        errors: impl Into<ArrayView1<'y, f64>>,
        line: impl Into<Line>,
    ) -> Result<Self, Error> {
        let (x, errors) = (x.into(), errors.into());
        series::check_places(x, errors.len(), "errors")?;
        if x.len() < 2 {
            let expected = "at least 2: one place makes no line";
            return Err(Error::InvalidLength { name: "x", length: x.len(), expected });
        }
        series::check_errors("errors", errors)?;
        let mut points: Vec<(f64, f64)> =
            x.into_iter().copied().zip(errors.into_iter().copied()).collect();
        points.sort_by(|a, b| a.0.total_cmp(&b.0));
        self.lines.push((points, line.into()));
        Ok(self)
    }

    /// Adds points of which no standard error is known.
    ///
    /// # Errors
    ///
    /// As [`with_estimates`](Self::with_estimates).
    pub fn with_points<'x, 'y>(
        self,
        x: impl Into<ArrayView1<'x, f64>>,
        errors: impl Into<ArrayView1<'y, f64>>,
        name: impl Into<String>,
    ) -> Result<Self, Error> {
        let (x, errors) = (x.into(), errors.into());
        series::check_places(x, errors.len(), "errors")?;
        series::check_errors("errors", errors)?;
        let points = x.iter().zip(&errors).map(|(x, error)| [*x, *error, 0.0]);
        Ok(self.with_measured(points.collect(), name.into()))
    }

    /// Adds points with bars of their standard errors.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidLength`] without places, [`Error::SizeMismatch`] unless there are as many
    /// estimates, [`Error::InvalidEntry`] for a place that is not between ±10³⁰⁰, a mean or a
    /// standard error that is not between 0 and 10³⁰⁰.
    pub fn with_estimates<'x>(
        self,
        x: impl Into<ArrayView1<'x, f64>>,
        estimates: &[Estimate],
        name: impl Into<String>,
    ) -> Result<Self, Error> {
        let x = x.into();
        series::check_places(x, estimates.len(), "estimates")?;
        let spread = |estimate: &Estimate| estimate.standard_error.unwrap_or(0.0);
        let spreads: Vec<f64> = estimates.iter().map(spread).collect();
        series::check_errors(
            "means of estimates",
            estimates.iter().map(|estimate| &estimate.mean),
        )?;
        series::check_errors("standard errors of estimates", &spreads)?;
        let points = x.iter().zip(estimates).map(|(x, e)| [*x, e.mean, spread(e)]);
        Ok(self.with_measured(points.collect(), name.into()))
    }

    fn with_measured(mut self, points: Vec<[f64; 3]>, name: String) -> Self {
        self.points.push(Points { name, points });
        self
    }

    /// Marks the best ridge and its test error, over an axis for λ.
    ///
    /// # Errors
    ///
    /// As [`with_mark`](Self::with_mark).
    pub fn with_optimum(self, best: &RidgeErrors) -> Result<Self, Error> {
        let label = format!("best ridge: λ = {}", short(best.lambda));
        self.with_mark(best.lambda, best.test, label)
    }

    /// Marks the time to stop and the test error there, over an axis for t.
    ///
    /// # Errors
    ///
    /// As [`with_mark`](Self::with_mark).
    pub fn with_stopping_time(self, stop: &StoppingTime) -> Result<Self, Error> {
        let label = format!("stop: t = {}", short(stop.time));
        self.with_mark(stop.time, stop.test, label)
    }

    /// Marks a place and the error there, by a point, and a line over the whole height with a
    /// label above it where there is room.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidParameter`] for a place that is not between ±10³⁰⁰ or an error that is
    /// not between 0 and 10³⁰⁰.
    pub fn with_mark(
        mut self,
        x: f64,
        error: f64,
        label: impl Into<String>,
    ) -> Result<Self, Error> {
        series::check_point((x, error))?;
        self.marks.push(Mark { label: label.into(), point: (x, error) });
        Ok(self)
    }

    /// Sets a logarithmic axis for what the errors are drawn against.
    #[must_use]
    pub fn with_log_x(mut self) -> Self {
        self.plane.x = Scale::Logarithmic;
        self
    }

    /// Sets a logarithmic axis for the errors.
    #[must_use]
    pub fn with_log_error(mut self) -> Self {
        self.plane.error = Scale::Logarithmic;
        self
    }
}

/// A scene in the making.
struct Sketch {
    plane: Plane,
    across: Extent,
    up: Extent,
    legend: Vec<(Sign, String)>,
    notes: Vec<String>,
    layers: Vec<Layer>,
}

impl Sketch {
    fn include(&mut self, (u, v): (f64, f64)) {
        self.across.include(u);
        self.up.include(v);
    }

    /// The line down to the abscissa of a mark, and where its point is.
    fn plumb(&mut self, Mark { label, point }: &Mark) -> Option<(f64, f64)> {
        let placed = self.plane.place(*point);
        match placed {
            Some((place, v)) => {
                self.include((place, v));
                let label = Some(label.clone());
                self.layers.push(Layer::Vertical { place, label, stroke: PLUMB });
            }
            None => self.notes.push(format!("not shown: {label}")),
        }
        placed
    }

    fn line(&mut self, points: &[(f64, f64)], stroke: Stroke, name: &str) -> Result<(), Error> {
        let pieces = self.plane.pieces(points, name)?;
        pieces.iter().flatten().for_each(|point| self.include(*point));
        self.legend.push((Sign::Line(stroke), name.into()));
        self.layers.push(Layer::Lines(pieces, stroke));
        Ok(())
    }

    fn points(&mut self, Points { name, points }: &Points, colour: RGBColor) -> Result<(), Error> {
        let (mut centres, mut bars) = (Vec::new(), Vec::new());
        for &[x, error, spread] in points {
            let Some((u, v)) = self.plane.place((x, error)) else { continue };
            self.include((u, v));
            centres.push((u, v));
            if spread > 0.0 {
                let ends = [(error - spread).max(0.0), error + spread];
                let [low, high] = ends.map(|end| self.plane.error.place(end));
                self.up.include(high);
                self.up.include(self.plane.error.place(ends[0].max(LOWEST_END * error)));
                bars.push((u, low, high));
            }
        }
        if centres.is_empty() {
            return Err(series::nothing_positive(name));
        }
        let missing = points.len() - centres.len();
        if missing > 0 {
            self.notes.push(format!("not shown: {missing} of {} points of {name}", points.len()));
        }
        let dot = Dot { colour, radius: RADIUS, rim: RIM };
        self.legend.push((Sign::Point(dot), name.clone()));
        self.layers.extend([Layer::ErrorBars(bars, colour), Layer::Points(centres, dot)]);
        Ok(())
    }

    fn axes(&self, label: &str) -> (Axis, Axis) {
        let Plane { x, error } = self.plane;
        let named = |name: &str, scale| match scale {
            Scale::Linear => name.to_owned(),
            Scale::Logarithmic => format!("{name}, logarithmic"),
        };
        let name = named("mean squared error", error);
        let upright = match error {
            Scale::Linear => {
                let top = if self.up.1 > 0.0 { 1.1 * self.up.1 } else { 1.0 };
                Axis::exact(name, error, (-BELOW * top, top))
            }
            Scale::Logarithmic => Axis::new(name, error, (self.up.0, self.up.1)),
        };
        (Axis::new(named(label, x), x, (self.across.0, self.across.1)), upright)
    }
}

impl Draw for LearningCurve {
    fn scene(&self) -> Result<Drawing, Error> {
        arguments::non_empty("lines and points", self.lines.len() + self.points.len())?;
        let mut sketch = Sketch {
            plane: self.plane,
            across: Extent::NONE,
            up: Extent::NONE,
            legend: Vec::new(),
            notes: self.frame.notes.clone(),
            layers: Vec::new(),
        };
        let marked = self.marks.iter().filter_map(|mark| sketch.plumb(mark)).collect();
        for (place, (points, line)) in self.lines.iter().enumerate() {
            sketch.line(points, line.stroke(place), &line.name)?;
        }
        for (place, points) in self.points.iter().enumerate() {
            sketch.points(points, line::colour(place))?;
        }
        sketch.layers.push(Layer::Points(marked, MARK));
        let (x, y) = sketch.axes(&self.label);
        let Sketch { legend, notes, layers, .. } = sketch;
        Ok(Drawing(Scene { title: self.frame.title.clone(), notes, legend, x, y, layers }))
    }
}
