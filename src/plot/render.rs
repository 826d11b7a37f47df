//! From a scene to a page.

use plotters::backend::DrawingBackend;

use super::axis::Tick;
use super::canvas::{Anchor, Canvas, Text};
use super::colour::{GREY, INK, PALE, PURPLE, SKY, WHITE};
use super::scene::{Dash, Dot, Layer, Scene, Sign, Stroke, clip};
use crate::Error;

const TITLE: f64 = 18.0;
const NOTE: f64 = 13.0;
const LABEL: f64 = 14.0;
const TICK: f64 = 12.0;
const MARGIN: f64 = 16.0;
/// Distance between the baselines of lines of text, in units of its size.
const LEADING: f64 = 1.45;
/// Of the signs of the legend, and from them to their names and neighbours.
const SIGN: f64 = 26.0;
const GAP: f64 = 8.0;
/// Of a bar that would be thinner, and could not be seen.
const THINNEST: f64 = 0.5;
/// Half the bar across an end of an error bar: hidden by the dot where that hides the end.
const CAP: f64 = 3.0;
/// Of bars over the grid.
const OPACITY: f64 = 0.65;

/// A rectangle of the page.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) left: f64,
    pub(super) top: f64,
    pub(super) width: f64,
    pub(super) height: f64,
}

/// Draws a title over the whole page, and returns its height.
pub(super) fn heading<B: DrawingBackend>(
    canvas: &Canvas<'_, B>,
    place: Place,
    text: &str,
) -> Result<f64, Error> {
    let size = TITLE + 3.0;
    let room = place.width - 2.0 * MARGIN;
    let at = (place.left + MARGIN, place.top + MARGIN + 0.5 * size);
    canvas.text(Text::new(&canvas.fit(text, size, room), size, Anchor::Start), at, INK)?;
    Ok(0.5 * MARGIN + LEADING * size)
}

/// Draws a scene.
pub(super) fn scene<B: DrawingBackend>(
    canvas: &Canvas<'_, B>,
    place: Place,
    scene: &Scene,
) -> Result<(), Error> {
    let below_head = head(canvas, place, scene)?;
    let marks = scene
        .layers
        .iter()
        .any(|layer| matches!(layer, Layer::Vertical { label: Some(_), .. } | Layer::Stem { .. }));
    let top = below_head + if marks { LEADING * TICK + 4.0 } else { 6.0 };
    let bottom = place.top + place.height - MARGIN - LEADING * (LABEL + TICK) - 4.0;
    let vertical = scene.y.ticks(((bottom - top) / 45.0) as usize);
    let widest = vertical
        .iter()
        .filter_map(|tick| tick.label.as_ref())
        .map(|label| canvas.width(label, TICK))
        .fold(0.0, f64::max);
    let left = place.left + MARGIN + LEADING * LABEL + widest + 10.0;
    let right = place.left + place.width - MARGIN;
    if right - left < 40.0 || bottom - top < 40.0 {
        return Err(Error::NotDrawn {
            reason: "the size leaves no room for the axes; give it a larger one".into(),
        });
    }
    let axes = Axes { canvas, scene, left, right, top, bottom };
    axes.grid(&vertical)?;
    for layer in &scene.layers {
        axes.layer(layer)?;
    }
    axes.labels_above()?;
    axes.frame(&vertical, place)
}

/// Title, notes and legend; returns where they end.
fn head<B: DrawingBackend>(
    canvas: &Canvas<'_, B>,
    place: Place,
    scene: &Scene,
) -> Result<f64, Error> {
    let left = place.left + MARGIN;
    let room = place.width - 2.0 * MARGIN;
    let mut y = place.top + MARGIN;
    let lines = scene.title.iter().map(|line| (line, TITLE, INK));
    for (line, size, colour) in lines.chain(scene.notes.iter().map(|line| (line, NOTE, GREY))) {
        let text = canvas.fit(line, size, room);
        canvas.text(Text::new(&text, size, Anchor::Start), (left, y + 0.5 * size), colour)?;
        y += LEADING * size;
    }
    if scene.legend.is_empty() {
        return Ok(y);
    }
    y += 3.0;
    let mut x = left;
    for (sign, name) in &scene.legend {
        let name = canvas.fit(name, NOTE, room - SIGN - GAP);
        let width = SIGN + GAP + canvas.width(&name, NOTE);
        if x > left && x + width > left + room {
            (x, y) = (left, y + LEADING * NOTE);
        }
        let middle = y + 0.5 * NOTE;
        draw_sign(canvas, *sign, (x, middle))?;
        let at = (x + SIGN + GAP, middle);
        canvas.text(Text::new(&name, NOTE, Anchor::Start), at, INK)?;
        x += width + 2.5 * GAP;
    }
    Ok(y + LEADING * NOTE)
}

fn draw_sign<B: DrawingBackend>(
    canvas: &Canvas<'_, B>,
    sign: Sign,
    (x, y): (f64, f64),
) -> Result<(), Error> {
    match sign {
        Sign::Bar => canvas.rectangle((x, y - 5.0), (x + SIGN, y + 5.0), SKY, OPACITY),
        Sign::Line(stroke) => canvas.line(&[(x, y), (x + SIGN, y)], stroke),
        Sign::Point(point) => dot(canvas, (x + 0.5 * SIGN, y), point),
        Sign::Stem => {
            canvas.line(&[(x + 0.5 * SIGN, y + 6.0), (x + 0.5 * SIGN, y - 2.0)], STEM)?;
            head_of_stem(canvas, (x + 0.5 * SIGN, y - 6.0))
        }
    }
}

fn dot<B: DrawingBackend>(
    canvas: &Canvas<'_, B>,
    centre: (f64, f64),
    Dot { colour, radius, rim }: Dot,
) -> Result<(), Error> {
    if rim > 0.0 {
        canvas.circle(centre, radius + rim, WHITE)?;
    }
    canvas.circle(centre, radius, colour)
}

const STEM: Stroke = Stroke { colour: PURPLE, width: 2.5, dash: Dash::None };

fn head_of_stem<B: DrawingBackend>(
    canvas: &Canvas<'_, B>,
    (x, y): (f64, f64),
) -> Result<(), Error> {
    canvas.polygon(&[(x - 5.0, y + 8.0), (x + 5.0, y + 8.0), (x, y)], PURPLE)
}

/// A pair of axes on the page.
struct Axes<'a, B: DrawingBackend> {
    canvas: &'a Canvas<'a, B>,
    scene: &'a Scene,
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
}

impl<B: DrawingBackend> Axes<'_, B> {
    fn x(&self, u: f64) -> f64 {
        let (low, high) = self.scene.x.range;
        self.left + (self.right - self.left) * (u - low) / (high - low)
    }

    fn y(&self, v: f64) -> f64 {
        let (low, high) = self.scene.y.range;
        self.bottom - (self.bottom - self.top) * (v - low) / (high - low)
    }

    fn shows(&self, u: f64) -> bool {
        let (low, high) = self.scene.x.range;
        (low..=high).contains(&u)
    }

    fn grid(&self, vertical: &[Tick]) -> Result<(), Error> {
        for tick in vertical.iter().filter(|tick| tick.label.is_some()) {
            let y = self.y(tick.place);
            self.canvas.line(&[(self.left, y), (self.right, y)], Stroke::solid(PALE, 1.0))?;
        }
        Ok(())
    }

    fn layer(&self, layer: &Layer) -> Result<(), Error> {
        let (x_range, y_range) = (self.scene.x.range, self.scene.y.range);
        match layer {
            Layer::Bars(bars) => {
                for &(low, high, height) in bars {
                    let (low, high) = (low.max(x_range.0), high.min(x_range.1));
                    let height = height.min(y_range.1);
                    if low < high && height > y_range.0 {
                        let (left, right) = (self.x(low), self.x(high));
                        let lacking = 0.5 * (THINNEST - (right - left)).max(0.0);
                        let corner = ((left - lacking).max(self.left), self.y(height));
                        let opposite = ((right + lacking).min(self.right), self.bottom);
                        self.canvas.rectangle(corner, opposite, SKY, OPACITY)?;
                    }
                }
            }
            Layer::Lines(lines, stroke) => {
                for line in lines {
                    for part in clip(line, x_range, y_range) {
                        let points: Vec<_> =
                            part.iter().map(|(u, v)| (self.x(*u), self.y(*v))).collect();
                        self.canvas.line(&points, *stroke)?;
                    }
                }
            }
            Layer::Points(points, point) => {
                for &(u, v) in points {
                    if self.shows(u) && (y_range.0..=y_range.1).contains(&v) {
                        dot(self.canvas, (self.x(u), self.y(v)), *point)?;
                    }
                }
            }
            Layer::ErrorBars(bars, colour) => {
                for bar in bars.iter().filter(|bar| self.shows(bar.0)) {
                    self.error_bar(*bar, Stroke::solid(*colour, 1.4))?;
                }
            }
            Layer::Vertical { place, stroke, .. } => {
                if self.shows(*place) {
                    let x = self.x(*place);
                    self.canvas.line(&[(x, self.bottom), (x, self.top)], *stroke)?;
                }
            }
            Layer::Stem { place, .. } => {
                if self.shows(*place) {
                    let (x, top) = (self.x(*place), self.top + 2.0);
                    self.canvas.line(&[(x, self.bottom), (x, top + 7.0)], STEM)?;
                    head_of_stem(self.canvas, (x, top))?;
                }
            }
        }
        Ok(())
    }

    fn error_bar(&self, (u, low, high): (f64, f64, f64), stroke: Stroke) -> Result<(), Error> {
        let (bottom, top) = self.scene.y.range;
        if low > top || high < bottom {
            return Ok(());
        }
        let x = self.x(u);
        let ends = [(x, self.y(low.max(bottom))), (x, self.y(high.min(top)))];
        self.canvas.line(&ends, stroke)?;
        for end in [low, high].into_iter().filter(|end| (bottom..=top).contains(end)) {
            let y = self.y(end);
            let ends = [(x - CAP).max(self.left), (x + CAP).min(self.right)];
            self.canvas.line(&ends.map(|x| (x, y)), stroke)?;
        }
        Ok(())
    }

    /// Labels of lines and stems, above the frame, as long as they do not meet:
    /// stems first.
    fn labels_above(&self) -> Result<(), Error> {
        let mut labels: Vec<(f64, &String)> = Vec::new();
        for layer in &self.scene.layers {
            match layer {
                Layer::Stem { place, label } => labels.insert(0, (*place, label)),
                Layer::Vertical { place, label: Some(label), .. } => labels.push((*place, label)),
                _ => {}
            }
        }
        let mut taken: Vec<(f64, f64)> = Vec::new();
        for (place, label) in labels {
            let width = self.canvas.width(label, TICK);
            let room = (self.left, self.right);
            if !self.shows(place) || width > room.1 - room.0 {
                continue;
            }
            let middle = self.x(place);
            // Held by the end that would leave the frame: another font may be wider.
            let (anchor, hold, start) = if middle - 0.5 * width < room.0 {
                (Anchor::Start, room.0, room.0)
            } else if middle + 0.5 * width > room.1 {
                (Anchor::End, room.1, room.1 - width)
            } else {
                (Anchor::Middle, middle, middle - 0.5 * width)
            };
            let end = start + width;
            if taken.iter().all(|(from, to)| end + LABEL < *from || start > to + LABEL) {
                taken.push((start, end));
                let at = (hold, self.top - 0.75 * TICK);
                self.canvas.text(Text::new(label, TICK, anchor), at, INK)?;
            }
        }
        Ok(())
    }

    fn frame(&self, vertical: &[Tick], place: Place) -> Result<(), Error> {
        let ink = Stroke::solid(INK, 1.2);
        let corners = [(self.left, self.top), (self.left, self.bottom), (self.right, self.bottom)];
        self.canvas.line(&corners, ink)?;
        let thin = Stroke::solid(INK, 1.0);
        let length = |tick: &Tick| if tick.label.is_some() { 6.0 } else { 3.0 };
        for tick in vertical {
            let y = self.y(tick.place);
            self.canvas.line(&[(self.left - length(tick), y), (self.left, y)], thin)?;
            if let Some(label) = &tick.label {
                let text = Text::new(label, TICK, Anchor::End);
                self.canvas.text(text, (self.left - 9.0, y), INK)?;
            }
        }
        let mut reached = f64::NEG_INFINITY;
        for tick in self.scene.x.ticks(((self.right - self.left) / 75.0) as usize) {
            let x = self.x(tick.place);
            self.canvas.line(&[(x, self.bottom), (x, self.bottom + length(&tick))], thin)?;
            let Some(label) = &tick.label else { continue };
            let half = 0.5 * self.canvas.width(label, TICK);
            // A label may neither touch its neighbour nor leave the page.
            if x - half > reached + 6.0 && x + half < place.left + place.width - 2.0 {
                let text = Text::new(label, TICK, Anchor::Middle);
                self.canvas.text(text, (x, self.bottom + 8.0 + 0.6 * TICK), INK)?;
                reached = x + half;
            }
        }
        let name = self.canvas.fit(&self.scene.x.label, LABEL, self.right - self.left);
        let at = (0.5 * (self.left + self.right), place.top + place.height - MARGIN - 0.4 * LABEL);
        self.canvas.text(Text::new(&name, LABEL, Anchor::Middle), at, INK)?;
        let name = self.canvas.fit(&self.scene.y.label, LABEL, self.bottom - self.top);
        let text = Text { upright: true, ..Text::new(&name, LABEL, Anchor::Middle) };
        let at = (place.left + MARGIN + 0.4 * LABEL, 0.5 * (self.top + self.bottom));
        self.canvas.text(text, at, INK)
    }
}
