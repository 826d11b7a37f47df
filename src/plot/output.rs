//! From a page to SVG, PNG, and files.

use std::io::Write;
use std::path::Path;

use plotters::backend::{BitMapBackend, DrawingBackend, SVGBackend};
use plotters::coord::Shift;
use plotters::drawing::{DrawingArea, IntoDrawingArea};

use super::canvas::Canvas;
use super::font;
use super::render::{self, Place};
use super::scene::Scene;
use crate::{Error, arguments, files};

/// What `with_size` accepts.
const SIZES: std::ops::RangeInclusive<u32> = 100..=6000;

/// Coordinates of SVG are whole numbers: this many to a user unit.
const FINENESS: u32 = 20;

/// Pixels that a bitmap may have before they are averaged.
const LARGEST: u64 = 40_000_000;

/// A picture that is narrower or lower than this is drawn smaller, letters and
/// all, down to this factor.
const COMFORTABLE: (f64, f64) = (480.0, 360.0);
const SMALLEST: f64 = 0.5;

/// Scenes in rows of so many columns, under a title.
#[derive(Debug, Clone)]
pub(super) struct Page {
    pub(super) title: Option<String>,
    pub(super) columns: usize,
    pub(super) scenes: Vec<Scene>,
}

impl Page {
    pub(super) fn single(scene: Scene) -> Self {
        Self { title: None, columns: 1, scenes: vec![scene] }
    }

    fn draw<B: DrawingBackend>(
        &self,
        area: &DrawingArea<B, Shift>,
        size: (u32, u32),
        unit: u32,
        letters: bool,
    ) -> Result<(), Error> {
        let canvas = Canvas::new(area, f64::from(unit), letters);
        canvas.background()?;
        let (width, height) = (f64::from(size.0), f64::from(size.1));
        let page = Place { left: 0.0, top: 0.0, width, height };
        let top = match &self.title {
            Some(title) => render::heading(&canvas, page, title)?,
            None => 0.0,
        };
        let rows = self.scenes.len().div_ceil(self.columns.max(1)).max(1);
        let (width, height) = (width / self.columns as f64, (height - top) / rows as f64);
        for (k, scene) in self.scenes.iter().enumerate() {
            let (row, column) = (k / self.columns, k % self.columns);
            let left = column as f64 * width;
            let top = top + row as f64 * height;
            let shrink = (width / COMFORTABLE.0).min(height / COMFORTABLE.1).clamp(SMALLEST, 1.0);
            let [left, top, width, height] = [left, top, width, height].map(|l| l / shrink);
            let canvas = Canvas::new(area, shrink * f64::from(unit), letters);
            render::scene(&canvas, Place { left, top, width, height }, scene)?;
        }
        area.present().map_err(|error| Error::NotDrawn { reason: error.to_string() })
    }
}

/// Checks what `with_size` is given.
pub(super) fn checked_size(width: u32, height: u32) -> Result<(u32, u32), Error> {
    for (name, value) in [("width", width), ("height", height)] {
        let allowed = "a number of pixels from 100 to 6000";
        arguments::parameter(name, f64::from(value), SIZES.contains(&value), allowed)?;
    }
    Ok((width, height))
}

pub(super) fn svg(size: (u32, u32), page: &Page) -> Result<String, Error> {
    font::register()?;
    let fine = (size.0 * FINENESS, size.1 * FINENESS);
    let mut document = String::new();
    {
        let area = SVGBackend::with_string(&mut document, fine).into_drawing_area();
        page.draw(&area, size, FINENESS, false)?;
    }
    // The view box keeps the fine units, the document has the size that was asked for.
    let head = |(width, height): (u32, u32)| format!("width=\"{width}\" height=\"{height}\"");
    Ok(document.replacen(&head(fine), &head(size), 1))
}

pub(super) fn png(size: (u32, u32), page: &Page) -> Result<Vec<u8>, Error> {
    font::register()?;
    let pixels = u64::from(size.0) * u64::from(size.1);
    // Drawn larger and averaged: smooth lines from a backend that draws hard ones.
    let fineness =
        [3_u32, 2].into_iter().find(|f| pixels * u64::from(f * f) <= LARGEST).unwrap_or(1);
    let fine = (size.0 * fineness, size.1 * fineness);
    let mut buffer = vec![0; fine.0 as usize * fine.1 as usize * 3];
    {
        let area = BitMapBackend::with_buffer(&mut buffer, fine).into_drawing_area();
        page.draw(&area, size, fineness, true)?;
    }
    encode(size, &averaged(&buffer, size, fineness as usize))
        .map_err(|error| Error::NotDrawn { reason: error.to_string() })
}

/// The mean of each square of `fineness` by `fineness` pixels.
fn averaged(fine: &[u8], (width, height): (u32, u32), fineness: usize) -> Vec<u8> {
    let (width, height) = (width as usize, height as usize);
    let row = width * fineness * 3;
    let count = fineness * fineness;
    let mut coarse = Vec::with_capacity(width * height * 3);
    for y in 0..height {
        for x in 0..width {
            for channel in 0..3 {
                let start = y * fineness * row + x * fineness * 3 + channel;
                let sum: usize = (0..fineness)
                    .flat_map(|dy| (0..fineness).map(move |dx| start + dy * row + dx * 3))
                    .map(|index| usize::from(fine[index]))
                    .sum();
                coarse.push(((sum + count / 2) / count) as u8);
            }
        }
    }
    coarse
}

fn encode((width, height): (u32, u32), pixels: &[u8]) -> Result<Vec<u8>, png::EncodingError> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(pixels)?;
    writer.finish()?;
    Ok(file)
}

pub(super) fn save(
    path: &Path,
    size: (u32, u32),
    page: impl FnOnce() -> Result<Page, Error>,
) -> Result<(), Error> {
    let extension = path.extension().and_then(|e| e.to_str()).map(str::to_ascii_lowercase);
    let file = match extension.as_deref() {
        Some("svg") => svg(size, &page()?)?.into_bytes(),
        Some("png") => png(size, &page()?)?,
        _ => {
            return Err(Error::UnknownFormat {
                path: path.display().to_string(),
                allowed: "a name that ends in .svg or .png",
            });
        }
    };
    files::replace(path, |written| written.write_all(&file))
}
