//! Drawing in lengths that do not depend on the resolution.

use plotters::backend::DrawingBackend;
use plotters::coord::Shift;
use plotters::drawing::DrawingArea;
use plotters::element::{Circle, PathElement, Polygon, Rectangle};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, FontTransform, IntoFont, RGBColor, ShapeStyle, TextStyle};

use super::font::{self, FAMILY};
use super::scene::Stroke;
use super::simplify::simplified;
use crate::Error;

/// How far a drawn line may be from its points: less than one can see.
const INVISIBLE: f64 = 0.08;

/// Letters of a line of text that are looked at: more than the widest page has room for.
const LONGEST: usize = 4000;

/// A page, and how many pixels of the backend a unit of length has.
pub(super) struct Canvas<'a, B: DrawingBackend> {
    area: &'a DrawingArea<B, Shift>,
    unit: f64,
    /// Whether the backend draws letters by itself, with the crate's font.
    letters: bool,
}

/// Where a text stands against its point.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// A text on the page.
#[derive(Debug, Clone, Copy)]
pub(super) struct Text<'t> {
    pub(super) text: &'t str,
    pub(super) size: f64,
    pub(super) anchor: Anchor,
    /// Reads upwards.
    pub(super) upright: bool,
}

impl<'t> Text<'t> {
    pub(super) fn new(text: &'t str, size: f64, anchor: Anchor) -> Self {
        Self { text, size, anchor, upright: false }
    }
}

impl<'a, B: DrawingBackend> Canvas<'a, B> {
    pub(super) fn new(area: &'a DrawingArea<B, Shift>, unit: f64, letters: bool) -> Self {
        Self { area, unit, letters }
    }

    fn pixel(&self, (x, y): (f64, f64)) -> (i32, i32) {
        ((x * self.unit).round() as i32, (y * self.unit).round() as i32)
    }

    fn style(&self, colour: RGBColor, width: f64) -> ShapeStyle {
        let width = (width * self.unit).round().max(1.0) as u32;
        ShapeStyle { color: colour.to_rgba(), filled: false, stroke_width: width }
    }

    fn report<T, E: std::fmt::Display>(result: Result<T, E>) -> Result<(), Error> {
        result.map(|_| ()).map_err(|error| Error::NotDrawn { reason: error.to_string() })
    }

    pub(super) fn background(&self) -> Result<(), Error> {
        Self::report(self.area.fill(&plotters::style::WHITE))
    }

    pub(super) fn line(&self, points: &[(f64, f64)], stroke: Stroke) -> Result<(), Error> {
        let points = simplified(points, INVISIBLE);
        let pattern = stroke.dash.pattern();
        if !pattern.is_empty() {
            for dash in dashes(&points, pattern) {
                self.path(&dash, stroke)?;
            }
            return Ok(());
        }
        self.path(&points, stroke)
    }

    fn path(&self, points: &[(f64, f64)], stroke: Stroke) -> Result<(), Error> {
        let mut pixels: Vec<(i32, i32)> = points.iter().map(|p| self.pixel(*p)).collect();
        pixels.dedup();
        if self.letters {
            return self.stamp(&pixels, stroke);
        }
        let style = self.style(stroke.colour, stroke.width);
        Self::report(self.area.draw(&PathElement::new(pixels, style)))
    }

    /// A thick line on a bitmap, from rectangles along the axes and discs
    /// elsewhere: the outline that the backend would fill crosses itself where
    /// a curve turns sharply.
    fn stamp(&self, pixels: &[(i32, i32)], stroke: Stroke) -> Result<(), Error> {
        let width = (stroke.width * self.unit).round().max(1.0) as i32;
        let (before, after) = (width / 2, (width - 1) / 2);
        let fill = stroke.colour.filled();
        // The far corner of a filled rectangle is not part of it.
        for pair in pixels.windows(2) {
            let ((x0, y0), (x1, y1)) = (pair[0], pair[1]);
            if x0 == x1 || y0 == y1 {
                let corners = [
                    (x0.min(x1) - before, y0.min(y1) - before),
                    (x0.max(x1) + after + 1, y0.max(y1) + after + 1),
                ];
                Self::report(self.area.draw(&Rectangle::new(corners, fill)))?;
                continue;
            }
            let steps = (x1 - x0).abs().max((y1 - y0).abs());
            for k in 0..=steps {
                let share = f64::from(k) / f64::from(steps);
                let along = |a: i32, b: i32| a + (share * f64::from(b - a)).round() as i32;
                let centre = (along(x0, x1), along(y0, y1));
                Self::report(self.area.draw(&Circle::new(centre, after.max(1), fill)))?;
            }
        }
        Ok(())
    }

    pub(super) fn rectangle(
        &self,
        corner: (f64, f64),
        opposite: (f64, f64),
        colour: RGBColor,
        opacity: f64,
    ) -> Result<(), Error> {
        let corners = [self.pixel(corner), self.pixel(opposite)];
        Self::report(self.area.draw(&Rectangle::new(corners, colour.mix(opacity).filled())))
    }

    pub(super) fn circle(
        &self,
        centre: (f64, f64),
        radius: f64,
        colour: RGBColor,
    ) -> Result<(), Error> {
        let radius = (radius * self.unit).round().max(1.0) as i32;
        Self::report(self.area.draw(&Circle::new(self.pixel(centre), radius, colour.filled())))
    }

    pub(super) fn polygon(&self, points: &[(f64, f64)], colour: RGBColor) -> Result<(), Error> {
        let pixels: Vec<(i32, i32)> = points.iter().map(|p| self.pixel(*p)).collect();
        Self::report(self.area.draw(&Polygon::new(pixels, colour.filled())))
    }

    fn font(&self, text: &Text<'_>) -> TextStyle<'static> {
        // The libraries behind the two backends mean different heights by the
        // size of a font: these factors make `size` the em of both.
        let em = if self.letters { 1.362 } else { 1.24 };
        let font = (FAMILY, em * text.size * self.unit).into_font();
        let font = if text.upright { font.transform(FontTransform::Rotate270) } else { font };
        let horizontal = match text.anchor {
            Anchor::Start => HPos::Left,
            Anchor::Middle => HPos::Center,
            Anchor::End => HPos::Right,
        };
        TextStyle::from(font).pos(Pos::new(horizontal, VPos::Center))
    }

    /// The width of a text; what another font makes of it can differ by some
    /// per cent.
    pub(super) fn width(&self, text: &str, size: f64) -> f64 {
        let font = (FAMILY, 1.362 * size * self.unit).into_font();
        let shown = font::drawable(&font::clean(text));
        let width = font.box_size(&shown).map_or(0.0, |(width, _)| f64::from(width));
        // Where the font is not known, six tenths of the size a letter.
        if width > 0.0 { width / self.unit } else { 0.6 * size * shown.chars().count() as f64 }
    }

    /// A text whose middle line passes through a point.
    pub(super) fn text(
        &self,
        text: Text<'_>,
        at: (f64, f64),
        colour: RGBColor,
    ) -> Result<(), Error> {
        let clean = font::clean(text.text);
        let shown = if self.letters { font::drawable(&clean) } else { clean };
        let style = self.font(&text).color(&colour);
        Self::report(self.area.draw_text(&shown, &style, self.pixel(at)))
    }

    /// The longest beginning of the text that has room, with an ellipsis if it
    /// is not the whole.
    pub(super) fn fit(&self, text: &str, size: f64, room: f64) -> String {
        let letters: Vec<char> = text.chars().take(LONGEST + 1).collect();
        if letters.len() <= LONGEST && self.width(text, size) <= room {
            return text.into();
        }
        let shortened = |count: usize| {
            let mut short: String = letters[..count].iter().collect();
            short.truncate(short.trim_end().len());
            short.push('…');
            short
        };
        // Of the first `fits` letters it is known, of `too_many` of them the opposite.
        let fits_in_room = |count: usize| self.width(&shortened(count), size) <= room;
        let (mut fits, mut too_many) = (0, letters.len());
        while too_many - fits > 1 {
            let middle = fits.midpoint(too_many);
            *(if fits_in_room(middle) { &mut fits } else { &mut too_many }) = middle;
        }
        if fits_in_room(fits) { shortened(fits) } else { String::new() }
    }
}

/// A broken line cut into strokes and gaps, of the lengths of `pattern` in turn.
fn dashes(points: &[(f64, f64)], pattern: &[f64]) -> Vec<Vec<(f64, f64)>> {
    let period: f64 = pattern.iter().sum();
    let mut dashes = Vec::new();
    let mut phase = 0.0;
    for pair in points.windows(2) {
        let ((x0, y0), (x1, y1)) = (pair[0], pair[1]);
        let length = (x1 - x0).hypot(y1 - y0);
        let at = |s: f64| (x0 + s / length * (x1 - x0), y0 + s / length * (y1 - y0));
        let mut start = -phase;
        while start < length {
            for stroke in pattern.chunks(2) {
                let (from, to) = (start.max(0.0), (start + stroke[0]).min(length));
                if to > from {
                    dashes.push(vec![at(from), at(to)]);
                }
                start += stroke.iter().sum::<f64>();
            }
        }
        phase = (phase + length) % period;
    }
    dashes
}
