//! The picture: histogram of the bulk, the limiting density over it, edges, axes.

use std::fmt::Write;

use crate::Failure;
use crate::args::Run;
use crate::bulk::{Bulk, Limit};
use crate::report::kind;

const WIDTH: f64 = 960.0;
const HEIGHT: f64 = 600.0;
const LEFT: f64 = 84.0;
const RIGHT: f64 = 930.0;
const TOP: f64 = 96.0;
const BOTTOM: f64 = 530.0;

/// Of the palette of Okabe and Ito, distinct under all colour deficiencies.
const BARS: &str = "#56B4E9";
const CURVE: &str = "#D55E00";
const EDGES: &str = "#333333";

/// Points of the drawn curve.
const CURVE_POINTS: usize = 2000;

/// The part of the plane that is shown.
struct Frame {
    x: (f64, f64),
    y: (f64, f64),
}

impl Frame {
    fn x(&self, x: f64) -> f64 {
        LEFT + (RIGHT - LEFT) * (x - self.x.0) / (self.x.1 - self.x.0)
    }

    fn y(&self, y: f64) -> f64 {
        BOTTOM - (BOTTOM - TOP) * (y - self.y.0) / (self.y.1 - self.y.0)
    }
}

/// Bars of equal width and area 1.
struct Histogram {
    start: f64,
    width: f64,
    heights: Vec<f64>,
}

impl Histogram {
    /// Bins of Freedman and Diaconis: 2 IQR / m^(1/3) wide.
    fn new(bulk: &Bulk) -> Self {
        let (values, count) = (&bulk.values, bulk.values.len() as f64);
        let (start, end) = (values[0], values[values.len() - 1]);
        let rule = 2.0 * (bulk.quantile(0.75) - bulk.quantile(0.25)) / count.cbrt();
        let bins = ((end - start) / rule).ceil().clamp(1.0, 300.0);
        let width = (end - start).max(f64::MIN_POSITIVE) / bins;
        let mut heights = vec![0.0; bins as usize];
        let last = heights.len() - 1;
        for x in values {
            heights[(((x - start) / width) as usize).min(last)] += 1.0 / (count * width);
        }
        Self { start, width, heights }
    }
}

/// The SVG document.
pub fn draw(run: &Run, limit: &Limit, bulk: &Bulk) -> Result<String, Failure> {
    let histogram = Histogram::new(bulk);
    let curves = curves(limit)?;
    let frame = frame(&histogram, &curves, limit)?;

    let mut svg = String::new();
    let _ = writeln!(
        svg,
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" font-family="Helvetica, Arial, 'DejaVu Sans', sans-serif" font-size="15" fill="#111111">
<rect width="100%" height="100%" fill="#ffffff"/>
<clipPath id="frame"><rect x="{LEFT}" y="{TOP}" width="{}" height="{}"/></clipPath>"##,
        RIGHT - LEFT,
        BOTTOM - TOP
    );
    title(&mut svg, run, limit, bulk)?;
    axes(&mut svg, &frame);
    let _ = writeln!(svg, r#"<g clip-path="url(#frame)">"#);
    bars(&mut svg, &frame, &histogram);
    for curve in &curves {
        let _ = write!(svg, r#"<path fill="none" stroke="{CURVE}" stroke-width="2.5" d=""#);
        for (i, (x, y)) in curve.iter().enumerate() {
            let command = if i == 0 { 'M' } else { 'L' };
            let _ = write!(svg, "{command}{:.2} {:.2}", frame.x(*x), frame.y(*y));
        }
        let _ = writeln!(svg, r#""/>"#);
    }
    let _ = writeln!(svg, "</g>");
    edges(&mut svg, &frame, limit)?;
    legend(&mut svg, limit, bulk)?;
    let _ = writeln!(svg, "</svg>");
    Ok(svg)
}

/// The density on (0, ∞), a curve an interval.
fn curves(limit: &Limit) -> Result<Vec<Vec<(f64, f64)>>, Failure> {
    let (x, density) = limit.law().curve(CURVE_POINTS)?;
    let mass = 1.0 - limit.atom;
    let support = limit.support()?;
    Ok(support
        .iter()
        .map(|interval| {
            let (lower, upper) = (interval.lower.location, interval.upper.location);
            x.iter()
                .zip(&density)
                .filter(|(x, _)| (lower..=upper).contains(*x))
                .map(|(x, density)| (*x, density / mass))
                .collect()
        })
        .collect())
}

fn frame(
    histogram: &Histogram,
    curves: &[Vec<(f64, f64)>],
    limit: &Limit,
) -> Result<Frame, Failure> {
    let support = limit.support()?;
    let end = histogram.start + histogram.width * histogram.heights.len() as f64;
    let (lower, upper) = support.iter().fold((histogram.start, end), |range, interval| {
        (range.0.min(interval.lower.location), range.1.max(interval.upper.location))
    });
    let margin = 0.04 * (upper - lower);
    let highest_bar = histogram.heights.iter().copied().fold(0.0, f64::max);
    let peak = curves.iter().flatten().map(|point| point.1).fold(0.0, f64::max);
    // A density that is infinite, or nearly, must not flatten the rest.
    let height = 1.1 * highest_bar.max(peak.min(1.6 * highest_bar));
    Ok(Frame { x: (lower - margin, upper + margin), y: (0.0, height) })
}

fn title(svg: &mut String, run: &Run, limit: &Limit, bulk: &Bulk) -> Result<(), Failure> {
    let sizes = run.sizes;
    let distance = limit.distance(&bulk.values)?;
    let _ = writeln!(
        svg,
        r#"<text x="{LEFT}" y="36" font-size="21" font-weight="bold">Eigenvalues of a neural tangent kernel and their limiting law</text>
<text x="{LEFT}" y="62">σ = {}, D = {}, d = {}, p = {}, n = {}: γ₁ = n/(dp) = {}, γ₂ = p/d = {}; seed {}</text>
<text x="{LEFT}" y="84">{}; Kolmogorov–Smirnov distance {distance:.4}</text>"#,
        run.sigma.name,
        run.diagonal.name,
        sizes.d,
        sizes.p,
        sizes.n,
        short(sizes.gamma1()),
        short(sizes.gamma2()),
        run.seed,
        not_shown(limit, bulk),
    );
    Ok(())
}

fn not_shown(limit: &Limit, bulk: &Bulk) -> String {
    let mut text = match (bulk.outliers.first(), bulk.outliers.last()) {
        (Some(first), Some(last)) => {
            format!("not shown: {} outliers in [{first:.2}, {last:.2}]", bulk.outliers.len())
        }
        _ => "no outliers".into(),
    };
    if bulk.zeros > 0 || limit.atom > 0.0 {
        let _ = write!(text, ", {} zeros (atom of mass {})", bulk.zeros, short(limit.atom));
    }
    text
}

fn axes(svg: &mut String, frame: &Frame) {
    let _ = writeln!(
        svg,
        r##"<path d="M{LEFT} {TOP}V{BOTTOM}H{RIGHT}" fill="none" stroke="#111111" stroke-width="1.2"/>"##
    );
    let (step, digits) = tick_step(frame.x.1 - frame.x.0);
    for x in ticks(frame.x, step) {
        let place = frame.x(x);
        let _ = writeln!(
            svg,
            r##"<path d="M{place:.2} {BOTTOM}v6" stroke="#111111"/><text x="{place:.2}" y="{:.2}" text-anchor="middle">{x:.digits$}</text>"##,
            BOTTOM + 23.0
        );
    }
    let (step, digits) = tick_step(frame.y.1 - frame.y.0);
    for y in ticks(frame.y, step) {
        let place = frame.y(y);
        let _ = writeln!(
            svg,
            r##"<path d="M{LEFT} {place:.2}h-6" stroke="#111111"/><path d="M{LEFT} {place:.2}H{RIGHT}" stroke="#e4e4e4"/><text x="{:.2}" y="{:.2}" text-anchor="end">{y:.digits$}</text>"##,
            LEFT - 10.0,
            place + 5.0
        );
    }
    let middle = 0.5 * (TOP + BOTTOM);
    let _ = writeln!(
        svg,
        r#"<text x="{:.2}" y="{:.2}" text-anchor="middle" font-size="17">eigenvalue x</text>
<text x="26" y="{middle:.2}" text-anchor="middle" font-size="17" transform="rotate(-90 26 {middle:.2})">density on (0, ∞)</text>"#,
        0.5 * (LEFT + RIGHT),
        BOTTOM + 52.0
    );
}

fn bars(svg: &mut String, frame: &Frame, histogram: &Histogram) {
    for (i, height) in histogram.heights.iter().enumerate() {
        let left = frame.x(histogram.start + i as f64 * histogram.width);
        let right = frame.x(histogram.start + (i + 1) as f64 * histogram.width);
        let top = frame.y(*height);
        let _ = writeln!(
            svg,
            r##"<rect x="{left:.2}" y="{top:.2}" width="{:.2}" height="{:.2}" fill="{BARS}" fill-opacity="0.6" stroke="#ffffff" stroke-width="0.6"/>"##,
            right - left,
            BOTTOM - top
        );
    }
}

/// A dashed line at every edge, named where there is room.
fn edges(svg: &mut String, frame: &Frame, limit: &Limit) -> Result<(), Failure> {
    let support = limit.support()?;
    for interval in support {
        for edge in [interval.lower, interval.upper] {
            let place = frame.x(edge.location);
            let _ = writeln!(
                svg,
                r#"<path d="M{place:.2} {BOTTOM}V{TOP}" stroke="{EDGES}" stroke-width="1.3" stroke-dasharray="6 4"/>"#
            );
            if support.len() == 1 {
                let (anchor, shift) =
                    if edge == interval.lower { ("start", 7.0) } else { ("end", -7.0) };
                let _ = writeln!(
                    svg,
                    r#"<text x="{:.2}" y="{:.2}" text-anchor="{anchor}" font-size="14" fill="{EDGES}">{} ({})</text>"#,
                    place + shift,
                    TOP + 14.0,
                    short(edge.location),
                    kind(edge.kind)
                );
            }
        }
    }
    Ok(())
}

fn legend(svg: &mut String, limit: &Limit, bulk: &Bulk) -> Result<(), Failure> {
    let x = RIGHT - 290.0;
    let y = TOP + 48.0;
    let intervals = limit.support()?.len();
    let plural = if intervals == 1 { "edges" } else { "edges of its intervals" };
    let _ = writeln!(
        svg,
        r##"<rect x="{:.2}" y="{:.2}" width="284" height="86" fill="#ffffff" fill-opacity="0.9"/>
<rect x="{x:.2}" y="{:.2}" width="30" height="13" fill="{BARS}" fill-opacity="0.6"/><text x="{:.2}" y="{:.2}">{} bulk eigenvalues</text>
<path d="M{x:.2} {:.2}h30" stroke="{CURVE}" stroke-width="2.5"/><text x="{:.2}" y="{:.2}">limiting density</text>
<path d="M{x:.2} {:.2}h30" stroke="{EDGES}" stroke-width="1.3" stroke-dasharray="6 4"/><text x="{:.2}" y="{:.2}">{plural}</text>"##,
        x - 8.0,
        y - 18.0,
        y - 11.0,
        x + 40.0,
        y,
        bulk.values.len(),
        y + 20.0,
        x + 40.0,
        y + 25.0,
        y + 45.0,
        x + 40.0,
        y + 50.0,
    );
    Ok(())
}

/// About six ticks: a step of 1, 2 or 5 times a power of ten, and its decimals.
fn tick_step(range: f64) -> (f64, usize) {
    let power = (range / 6.0).log10().floor();
    let step = [1.0, 2.0, 5.0, 10.0]
        .map(|factor| factor * 10f64.powf(power))
        .into_iter()
        .find(|step| range / step <= 7.0)
        .unwrap_or(range);
    (step, (-step.log10().floor()).max(0.0) as usize)
}

fn ticks(range: (f64, f64), step: f64) -> impl Iterator<Item = f64> {
    let (first, last) = ((range.0 / step).ceil() as i64, (range.1 / step).floor() as i64);
    (first..=last).map(move |i| i as f64 * step)
}

/// Four significant digits, without trailing zeros.
fn short(value: f64) -> String {
    if value == 0.0 {
        return "0".into();
    }
    let digits = (3.0 - value.abs().log10().floor()).clamp(0.0, 12.0) as usize;
    let text = format!("{value:.digits$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').into() } else { text }
}
