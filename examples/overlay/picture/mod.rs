//! The picture, an SVG document: histogram of the bulk, limiting density over it,
//! edges; over log x as well if the bulk spans more than a decade.

mod axis;
mod histogram;
mod panel;

use std::fmt::Write;

use crate::Failure;
use crate::args::Run;
use crate::bulk::{Bulk, Limit};
use axis::Scale;
use panel::Panel;

const WIDTH: f64 = 1180.0;
const HEIGHT: f64 = 640.0;
const LEFT: f64 = 90.0;
const RIGHT: f64 = 1155.0;
const TOP: f64 = 158.0;
const BOTTOM: f64 = 564.0;
/// Between two panels, for the axis labels of the second.
const GUTTER: f64 = 105.0;

/// Of the palette of Okabe and Ito, distinct under all colour deficiencies.
const BARS: &str = "#56B4E9";
const CURVE: &str = "#D55E00";
const EDGES: &str = "#333333";

/// The SVG document.
pub fn draw(run: &Run, limit: &Limit, bulk: &Bulk) -> Result<String, Failure> {
    let (first, last) = (bulk.values[0], bulk.values[bulk.values.len() - 1]);
    let panels = if last > 10.0 * first {
        let width = 0.5 * (RIGHT - LEFT - GUTTER);
        vec![
            Panel::new(Scale::Linear, (LEFT, LEFT + width), limit, bulk)?,
            Panel::new(Scale::Logarithmic, (RIGHT - width, RIGHT), limit, bulk)?,
        ]
    } else {
        vec![Panel::new(Scale::Linear, (LEFT, RIGHT), limit, bulk)?]
    };

    let mut svg = format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" font-family="Helvetica, Arial, 'DejaVu Sans', sans-serif" font-size="17" fill="#111111">
<rect width="100%" height="100%" fill="#ffffff"/>
"##
    );
    title(&mut svg, run, limit, bulk)?;
    legend(&mut svg, bulk);
    for panel in &panels {
        panel.draw(&mut svg);
    }
    svg.push_str("</svg>\n");
    Ok(svg)
}

fn title(svg: &mut String, run: &Run, limit: &Limit, bulk: &Bulk) -> Result<(), Failure> {
    let sizes = run.sizes;
    let distance = limit.distance(&bulk.values)?;
    let _ = writeln!(
        svg,
        r#"<text x="{LEFT}" y="38" font-size="25" font-weight="bold">Eigenvalues of a neural tangent kernel and their limiting law</text>
<text x="{LEFT}" y="69">σ: {}, D: {}, d = {}, p = {}, n = {}, seed {}; γ₁ = n/(dp) = {}, γ₂ = p/d = {}</text>
<text x="{LEFT}" y="94">Kolmogorov–Smirnov distance {distance:.4}; {}</text>"#,
        run.sigma.name,
        run.diagonal.name,
        sizes.d,
        sizes.p,
        sizes.n,
        run.seed,
        short(sizes.gamma1()),
        short(sizes.gamma2()),
        not_shown(limit, bulk),
    );
    Ok(())
}

fn not_shown(limit: &Limit, bulk: &Bulk) -> String {
    let mut parts = Vec::new();
    if let (Some(first), Some(last)) = (bulk.outliers.first(), bulk.outliers.last()) {
        let (first, last) = (short(*first), short(*last));
        parts.push(format!("{} outliers in [{first}, {last}]", bulk.outliers.len()));
    }
    if bulk.zeros > 0 || limit.atom > 0.0 {
        let atom = short(limit.atom);
        parts.push(format!("{} zeros (the law's atom has mass {atom})", bulk.zeros));
    }
    if parts.is_empty() {
        return "no outliers, no zeros".into();
    }
    format!("not shown: {}", parts.join(", "))
}

fn legend(svg: &mut String, bulk: &Bulk) {
    let line = 124.0;
    let columns = [LEFT, LEFT + 275.0, LEFT + 490.0];
    let count = bulk.values.len();
    let _ = writeln!(
        svg,
        r#"<rect x="{}" y="{}" width="34" height="14" fill="{BARS}" fill-opacity="0.6"/>
<path d="M{} {line}h34" stroke="{CURVE}" stroke-width="3"/>
<path d="M{} {line}h34" stroke="{EDGES}" stroke-width="1.5" stroke-dasharray="6 4"/>"#,
        columns[0],
        line - 7.0,
        columns[1],
        columns[2],
    );
    let texts = [
        format!("{count} bulk eigenvalues"),
        "limiting density".into(),
        "edges of the limiting law".into(),
    ];
    for (x, text) in columns.iter().zip(texts) {
        let _ = writeln!(svg, r#"<text x="{}" y="{}">{text}</text>"#, x + 44.0, line + 6.0);
    }
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
