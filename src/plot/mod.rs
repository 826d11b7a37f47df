//! Pictures of samples against what is predicted of them (feature `plot`).
//!
//! | picture | shows |
//! | --- | --- |
//! | [`Overlay`] | the histogram of a spectrum under the density of a law, or of several, with edges and atoms; the limit and the law at finite size; laws alone |
//! | [`CdfOverlay`] | the distribution functions of sample, limit and law at finite size |
//! | [`QuantilePlot`] | the quantiles of one against those of the other |
//! | [`LearningCurve`] | errors of learning, predicted and measured, against the ridge, the time or any other number |
//! | [`Grid`] | several of these side by side |
//!
//! Each is built with `new` and `with_*`, and ends in `to_svg`, `to_png` or
//! `save`. Colours are those of Okabe and Ito, distinct under all colour vision
//! deficiencies. No font of the system is asked for: Noto Sans comes with the
//! crate and draws the text of PNG; SVG holds text as text and names it first.
//!
//! # Examples
//!
//! ```
//! use ntk_spectrum::empirical::EmpiricalSpectrum;
//! use ntk_spectrum::law::{MarchenkoPastur, SpectralLaw};
//! use ntk_spectrum::plot::Overlay;
//!
//! let law = MarchenkoPastur::new(0.5)?;
//! let mut values = Vec::new();
//! for k in 0..500 {
//!     values.push(law.quantile((k as f64 + 0.5) / 500.0)?);
//! }
//! let spectrum = EmpiricalSpectrum::new(values)?;
//! let picture = Overlay::new(&spectrum, &law).with_title("Marchenko–Pastur, ratio 1/2");
//! assert!(picture.to_svg()?.contains("Marchenko–Pastur"));
//! picture.save(std::env::temp_dir().join("ntk-spectrum-overlay.png"))?;
//! # Ok::<(), ntk_spectrum::Error>(())
//! ```

mod axis;
mod canvas;
mod cdf;
mod colour;
mod curve;
mod density;
mod finite_size;
mod font;
mod frame;
mod grid;
mod learning;
mod line;
mod output;
mod overlay;
mod quantiles;
mod render;
mod sample;
mod scene;
mod series;
mod simplify;

pub use cdf::CdfOverlay;
pub use grid::Grid;
pub use learning::LearningCurve;
pub use line::{Line, LineStyle};
pub use overlay::Overlay;
pub use quantiles::QuantilePlot;

/// A picture that a [`Grid`] can hold. It is implemented by the pictures of this
/// module, and cannot be by others.
pub trait Picture: frame::Draw {}
