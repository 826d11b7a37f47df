//! Several pictures side by side.

use super::frame::{Draw, Drawing, Frame, frame_methods};
use super::{Picture, output};
use crate::{Error, arguments};

/// Columns of a page: of more, each would be narrower than its tick labels.
const MOST_COLUMNS: usize = 20;

/// The size of one picture, unless another is asked for.
const EACH: (u32, u32) = (600, 440);

/// Height of a title over all.
const TITLE: u32 = 40;

/// Several pictures in rows, for several settings of one experiment.
///
/// # Examples
///
/// ```
/// use ntk_spectrum::empirical::EmpiricalSpectrum;
/// use ntk_spectrum::law::MarchenkoPastur;
/// use ntk_spectrum::plot::{Grid, Overlay, QuantilePlot};
///
/// let law = MarchenkoPastur::new(0.5)?;
/// let spectrum = EmpiricalSpectrum::new([0.2, 0.5, 0.8, 1.1, 1.9])?;
/// let svg = Grid::new(2)?
///     .with_title("Five eigenvalues")
///     .with_picture(&Overlay::new(&spectrum, &law).with_title("density"))?
///     .with_picture(&QuantilePlot::new(&spectrum, &law).with_title("quantiles"))?
///     .to_svg()?;
/// assert!(svg.contains("Five eigenvalues") && svg.contains("quantiles"));
/// # Ok::<(), ntk_spectrum::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Grid {
    columns: usize,
    drawings: Vec<Drawing>,
    frame: Frame,
}

impl Grid {
    /// Takes a grid of rows of `columns` pictures each.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidParameter`] unless there are 1 to 20 columns.
    pub fn new(columns: usize) -> Result<Self, Error> {
        let valid = (1..=MOST_COLUMNS).contains(&columns);
        arguments::parameter("columns", columns as f64, valid, "a number from 1 to 20")?;
        Ok(Self { columns, drawings: Vec::new(), frame: Frame::default() })
    }

    /// Adds a picture, with its title and notes but not its size.
    ///
    /// # Errors
    ///
    /// What the picture would return.
    pub fn with_picture(mut self, picture: &impl Picture) -> Result<Self, Error> {
        self.drawings.push(Draw::scene(picture)?);
        Ok(self)
    }

    frame_methods!();

    fn size(&self) -> (u32, u32) {
        let rows = self.drawings.len().div_ceil(self.columns).max(1) as u32;
        let title = if self.frame.title.is_some() { TITLE } else { 0 };
        let whole =
            (self.columns as u32 * EACH.0, rows.saturating_mul(EACH.1).saturating_add(title));
        // What is too large for a page is made smaller on it.
        self.frame.size.unwrap_or((whole.0.min(6000), whole.1.min(6000)))
    }

    fn page(&self) -> Result<output::Page, Error> {
        arguments::non_empty("pictures", self.drawings.len())?;
        Ok(output::Page {
            title: self.frame.title.clone(),
            columns: self.columns,
            scenes: self.drawings.iter().map(|drawing| drawing.0.clone()).collect(),
        })
    }
}
