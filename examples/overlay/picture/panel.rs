//! One system of axes with its bars, curves and edges.

use std::fmt::Write;

use super::axis::{Scale, linear_ticks};
use super::histogram::Histogram;
use super::{BARS, BOTTOM, CURVE, EDGES, TOP, short};
use crate::Failure;
use crate::bulk::{Bulk, Limit};
use crate::report::kind;

/// Points of the drawn density.
const CURVE_POINTS: usize = 1000;

/// Two edge names side by side are no wider than this.
const NAMES_WIDTH: f64 = 430.0;

pub struct Panel {
    scale: Scale,
    /// Horizontal place on the page.
    page: (f64, f64),
    /// What is shown, in the drawn variable.
    range: (f64, f64),
    height: f64,
    histogram: Histogram,
    /// One for each interval of the support.
    curves: Vec<Vec<(f64, f64)>>,
    /// Place and name, where there is room for a name.
    edges: Vec<(f64, Option<String>)>,
}

impl Panel {
    pub fn new(
        scale: Scale,
        page: (f64, f64),
        limit: &Limit,
        bulk: &Bulk,
    ) -> Result<Self, Failure> {
        let values: Vec<f64> = bulk.values.iter().map(|x| scale.place(*x)).collect();
        let histogram = Histogram::new(&values);
        let curves = curves(scale, limit)?;
        let support = limit.support()?;
        let edges: Vec<_> = support
            .iter()
            .flat_map(|interval| [interval.lower, interval.upper])
            .map(|edge| {
                let name = format!("{} ({})", short(edge.location), kind(edge.kind));
                (scale.place(edge.location), Some(name).filter(|_| support.len() == 1))
            })
            // log 0: the hard edge is out of the picture.
            .filter(|(place, _)| place.is_finite())
            .collect();

        let ends = [values[0], values[values.len() - 1]];
        let (lower, upper) = edges
            .iter()
            .map(|edge| edge.0)
            .chain(ends)
            .fold((f64::INFINITY, f64::NEG_INFINITY), |r, u| (r.0.min(u), r.1.max(u)));
        let margin = 0.04 * (upper - lower);
        let bar = histogram.bars().map(|bar| bar.2).fold(0.0, f64::max);
        let peak = curves.iter().flatten().map(|point| point.1).fold(0.0, f64::max);
        // A density that is infinite, or nearly, must not flatten the rest.
        let height = 1.16 * bar.max(peak.min(2.0 * bar));
        let range = (lower - margin, upper + margin);
        Ok(Self { scale, page, range, height, histogram, curves, edges })
    }

    fn x(&self, u: f64) -> f64 {
        let (left, right) = self.page;
        left + (right - left) * (u - self.range.0) / (self.range.1 - self.range.0)
    }

    fn y(&self, y: f64) -> f64 {
        BOTTOM - (BOTTOM - TOP) * y / self.height
    }

    pub fn draw(&self, svg: &mut String) {
        let (left, right) = self.page;
        let _ = writeln!(
            svg,
            r#"<clipPath id="panel{left}"><rect x="{left}" y="{TOP}" width="{}" height="{}"/></clipPath>"#,
            right - left,
            BOTTOM - TOP
        );
        self.axes(svg);
        let _ = writeln!(svg, r#"<g clip-path="url(#panel{left})">"#);
        self.bars(svg);
        self.curves(svg);
        let _ = writeln!(svg, "</g>");
        self.edges(svg);
    }

    fn axes(&self, svg: &mut String) {
        let (left, right) = self.page;
        for tick in linear_ticks((0.0, self.height)) {
            let y = self.y(tick.place);
            let _ = writeln!(
                svg,
                r##"<path d="M{left} {y:.2}H{right}" stroke="#e4e4e4"/><path d="M{left} {y:.2}h-6" stroke="#111111"/><text x="{:.2}" y="{:.2}" text-anchor="end">{}</text>"##,
                left - 10.0,
                y + 6.0,
                tick.label.unwrap_or_default()
            );
        }
        for tick in self.scale.ticks(self.range) {
            let x = self.x(tick.place);
            let length = if tick.label.is_some() { 7 } else { 4 };
            let _ = writeln!(
                svg,
                r##"<path d="M{x:.2} {BOTTOM}v{length}" stroke="#111111"/><text x="{x:.2}" y="{:.2}" text-anchor="middle">{}</text>"##,
                BOTTOM + 26.0,
                tick.label.unwrap_or_default()
            );
        }
        let (middle, side) = (0.5 * (TOP + BOTTOM), left - 62.0);
        let (horizontal, vertical) = self.scale.labels();
        let _ = writeln!(
            svg,
            r##"<path d="M{left} {TOP}V{BOTTOM}H{right}" fill="none" stroke="#111111" stroke-width="1.2"/>
<text x="{:.2}" y="{:.2}" text-anchor="middle" font-size="19">{horizontal}</text>
<text x="{side:.2}" y="{middle:.2}" text-anchor="middle" font-size="19" transform="rotate(-90 {side:.2} {middle:.2})">{vertical}</text>"##,
            0.5 * (left + right),
            BOTTOM + 56.0
        );
    }

    fn bars(&self, svg: &mut String) {
        for (left, right, height) in self.histogram.bars() {
            let (left, right, top) = (self.x(left), self.x(right), self.y(height));
            let _ = writeln!(
                svg,
                r##"<rect x="{left:.2}" y="{top:.2}" width="{:.2}" height="{:.2}" fill="{BARS}" fill-opacity="0.6" stroke="#ffffff" stroke-width="0.6"/>"##,
                right - left,
                BOTTOM - top
            );
        }
    }

    fn curves(&self, svg: &mut String) {
        for curve in &self.curves {
            let _ = write!(svg, r#"<path fill="none" stroke="{CURVE}" stroke-width="3" d=""#);
            let mut command = 'M';
            for (u, y) in curve {
                let y = y.min(2.0 * self.height);
                let _ = write!(svg, "{command}{:.2} {:.2}", self.x(*u), self.y(y));
                command = 'L';
            }
            let _ = writeln!(svg, r#""/>"#);
        }
    }

    /// Dashed lines; a name stands on the side where the panel is wider.
    fn edges(&self, svg: &mut String) {
        let middle = 0.5 * (self.page.0 + self.page.1);
        let mut taken = f64::NEG_INFINITY;
        for (place, name) in &self.edges {
            let x = self.x(*place);
            let _ = writeln!(
                svg,
                r#"<path d="M{x:.2} {BOTTOM}V{TOP}" stroke="{EDGES}" stroke-width="1.5" stroke-dasharray="6 4"/>"#
            );
            let Some(name) = name else { continue };
            let (anchor, shift) = if x < middle { ("start", 7.0) } else { ("end", -7.0) };
            // The second name goes below the first where they would touch.
            let row = if x - taken < NAMES_WIDTH { 36.0 } else { 14.0 };
            taken = x;
            let _ = writeln!(
                svg,
                r#"<text x="{:.2}" y="{:.2}" text-anchor="{anchor}" fill="{EDGES}">{name}</text>"#,
                x + shift,
                TOP + row
            );
        }
    }
}

/// The density on (0, ∞) in the drawn variable.
fn curves(scale: Scale, limit: &Limit) -> Result<Vec<Vec<(f64, f64)>>, Failure> {
    let (x, density) = limit.law().curve(CURVE_POINTS)?;
    let mass = 1.0 - limit.atom;
    let curves = limit.support()?.iter().map(|interval| {
        let (lower, upper) = (interval.lower.location, interval.upper.location);
        x.iter()
            .zip(&density)
            .filter(|(x, _)| **x > 0.0 && (lower..=upper).contains(*x))
            .map(|(x, density)| (scale.place(*x), scale.slope(*x) * density / mass))
            .collect()
    });
    Ok(curves.collect())
}
