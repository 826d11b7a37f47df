//! `Line`: how a law or a curve is drawn.

use std::ops::RangeInclusive;

use plotters::style::RGBColor;

use super::colour::{BLUE, GREEN, INK, ORANGE, VERMILLION};
use super::scene::{Dash, Stroke};
use crate::{Error, arguments};

/// Width of a line, unless another is asked for.
const WIDTH: f64 = 2.5;

/// What `with_width` accepts: from a hair to what hides what is beside it.
const WIDTHS: RangeInclusive<f64> = 0.5..=10.0;

/// The colours of several lines, one after the other; purple is that of atoms, and sky
/// blue that of bars.
const COLOURS: [RGBColor; 5] = [VERMILLION, BLUE, GREEN, ORANGE, INK];

/// How a law or a curve is drawn: its name in the legend, width and dashes. Colours, and dashes
/// unless they are chosen, differ from those of the lines before.
///
/// A text is the line of that name.
///
/// # Examples
///
/// ```
/// use ntk_spectrum::plot::{Line, LineStyle};
///
/// let limit = Line::new("limit").with_width(1.2)?.with_style(LineStyle::Dashed);
/// let usual: Line = "n = 1000".into();
/// # assert_ne!(limit, usual);
/// # Ok::<(), ntk_spectrum::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    pub(super) name: String,
    width: f64,
    style: Option<LineStyle>,
}

/// The dashes of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LineStyle {
    /// None: a line without gaps.
    Solid,
    /// Long dashes.
    Dashed,
    /// Long ones and points in turn.
    DashDotted,
    /// Points.
    Dotted,
}

impl Line {
    /// Takes the name that the legend has.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), width: WIDTH, style: None }
    }

    /// A line of a width that is known to be allowed.
    pub(super) fn thin(name: &str, width: f64) -> Self {
        Self { width, ..Self::new(name) }
    }

    /// Sets the width, from 0.5 to 10 pixels; the default is 2.5.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidParameter`] outside of this range.
    pub fn with_width(self, width: f64) -> Result<Self, Error> {
        let allowed = "a number of pixels from 0.5 to 10";
        Ok(Self { width: arguments::within("width", width, WIDTHS, allowed)?, ..self })
    }

    /// Sets the dashes; by default the first line of a picture is solid, those after it
    /// dashed, dash-dotted, dotted, and so on.
    #[must_use]
    pub fn with_style(self, style: LineStyle) -> Self {
        Self { style: Some(style), ..self }
    }

    /// The stroke of the line that is the `place`-th of a picture.
    pub(super) fn stroke(&self, place: usize) -> Stroke {
        use LineStyle::{DashDotted, Dashed, Dotted, Solid};
        let usual = [Solid, Dashed, DashDotted, Dotted];
        let dash = match self.style.unwrap_or(usual[place % usual.len()]) {
            Solid => Dash::None,
            Dashed => Dash::Long,
            DashDotted => Dash::LongAndPoint,
            Dotted => Dash::Point,
        };
        Stroke { colour: colour(place), width: self.width, dash }
    }
}

/// The colour of the line that is the `place`-th of a picture, and of what belongs to it.
pub(super) fn colour(place: usize) -> RGBColor {
    COLOURS[place % COLOURS.len()]
}

impl From<&str> for Line {
    fn from(name: &str) -> Self {
        Self::new(name)
    }
}

impl From<String> for Line {
    fn from(name: String) -> Self {
        Self::new(name)
    }
}
