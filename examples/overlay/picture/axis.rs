//! The horizontal scales and the ticks of axes.

/// What is drawn horizontally.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Scale {
    /// x
    Linear,
    /// log₁₀ x
    Logarithmic,
}

/// Where a tick stands; minor ones have no label.
pub struct Tick {
    pub place: f64,
    pub label: Option<String>,
}

impl Scale {
    pub fn place(self, x: f64) -> f64 {
        match self {
            Self::Linear => x,
            Self::Logarithmic => x.log10(),
        }
    }

    /// dx/du at x, for u the drawn variable.
    pub fn slope(self, x: f64) -> f64 {
        match self {
            Self::Linear => 1.0,
            Self::Logarithmic => x * std::f64::consts::LN_10,
        }
    }

    pub fn labels(self) -> (&'static str, &'static str) {
        match self {
            Self::Linear => ("eigenvalue x", "density of x &gt; 0"),
            Self::Logarithmic => ("eigenvalue x, logarithmic", "density of log₁₀ x"),
        }
    }

    pub fn ticks(self, range: (f64, f64)) -> Vec<Tick> {
        match self {
            Self::Linear => linear_ticks(range),
            Self::Logarithmic => decades(range),
        }
    }
}

/// At most eight ticks, steps of 1, 2 or 5 times a power of ten.
pub fn linear_ticks(range: (f64, f64)) -> Vec<Tick> {
    let width = range.1 - range.0;
    let power = 10f64.powf((width / 8.0).log10().floor());
    let step = [1.0, 2.0, 5.0]
        .map(|factor| factor * power)
        .into_iter()
        .find(|step| width / step <= 8.0)
        .unwrap_or(10.0 * power);
    let digits = (-(step * 1.000_001).log10().floor()).clamp(0.0, 12.0) as usize;
    let (first, last) = ((range.0 / step).ceil() as i64, (range.1 / step).floor() as i64);
    (first..=last)
        .map(|i| {
            let place = i as f64 * step;
            Tick { place, label: Some(format!("{place:.digits$}")) }
        })
        .collect()
}

/// Powers of ten, with minor ticks at their multiples; over few decades some of
/// these have labels too.
fn decades(range: (f64, f64)) -> Vec<Tick> {
    let (first, last) = (range.0.floor() as i32, range.1.ceil() as i32);
    let every = 1 + (last - first) / 8;
    let wide = range.1 - range.0 > 2.0;
    (first..=last)
        .flat_map(|power| (1..10).map(move |factor| (power, factor)))
        .map(|(power, factor)| {
            let labelled = match factor {
                1 => power % every == 0,
                2 | 5 => !wide,
                _ => false,
            };
            Tick {
                place: f64::from(power) + f64::from(factor).log10(),
                label: labelled.then(|| number(factor, power)),
            }
        })
        .filter(|tick| range.0 <= tick.place && tick.place <= range.1)
        .collect()
}

fn number(factor: i32, power: i32) -> String {
    let value = f64::from(factor) * 10f64.powi(power);
    match power {
        0..=4 => format!("{value:.0}"),
        -4..=-1 => format!("{value:.*}", power.unsigned_abs() as usize),
        _ => format!("{factor}e{power}"),
    }
}
