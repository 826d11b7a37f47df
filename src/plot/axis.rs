//! Scales and the ticks of axes.

/// What is drawn along an axis.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Scale {
    Linear,
    /// The decimal logarithm.
    Logarithmic,
}

/// Where a tick stands, in the drawn variable; minor ones have no label.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Tick {
    pub(super) place: f64,
    pub(super) label: Option<String>,
}

/// An axis: its label, and the range of the drawn variable.
#[derive(Debug, Clone)]
pub(super) struct Axis {
    pub(super) label: String,
    pub(super) scale: Scale,
    pub(super) range: (f64, f64),
}

impl Scale {
    /// The drawn variable u.
    pub(super) fn place(self, x: f64) -> f64 {
        match self {
            Self::Linear => x,
            Self::Logarithmic => x.log10(),
        }
    }

    pub(super) fn value(self, u: f64) -> f64 {
        match self {
            Self::Linear => u,
            Self::Logarithmic => 10f64.powf(u),
        }
    }

    /// dx/du at x.
    pub(super) fn slope(self, x: f64) -> f64 {
        match self {
            Self::Linear => 1.0,
            Self::Logarithmic => x * std::f64::consts::LN_10,
        }
    }
}

impl Axis {
    /// An axis that shows `range` with a margin, and not less than a number can
    /// resolve.
    pub(super) fn new(label: impl Into<String>, scale: Scale, (lower, upper): (f64, f64)) -> Self {
        let size = lower.abs().max(upper.abs());
        let least = 1e-9 * if size > 0.0 { size } else { 1.0 };
        let middle = 0.5 * lower + 0.5 * upper;
        let half = (0.5 * upper - 0.5 * lower).max(least);
        Self { label: label.into(), scale, range: (middle - 1.08 * half, middle + 1.08 * half) }
    }

    /// An axis that shows `range` as it is.
    pub(super) fn exact(label: impl Into<String>, scale: Scale, range: (f64, f64)) -> Self {
        Self { label: label.into(), scale, range }
    }

    /// The ticks of an axis with room for `room` labels.
    pub(super) fn ticks(&self, room: usize) -> Vec<Tick> {
        let room = room.max(2) as f64;
        match self.scale {
            Scale::Linear => linear_ticks(self.range, room),
            Scale::Logarithmic => decades(self.range, room),
        }
    }
}

/// At most `room` ticks or so, at steps of 1, 2 or 5 times a power of ten.
fn linear_ticks((lower, upper): (f64, f64), room: f64) -> Vec<Tick> {
    let width = upper - lower;
    if !(width.is_finite() && width > 0.0) {
        return Vec::new();
    }
    let power = 10f64.powf((width / room).log10().floor());
    let step = [1.0, 2.0, 5.0]
        .map(|factor| factor * power)
        .into_iter()
        .find(|step| width / step <= room)
        .unwrap_or(10.0 * power);
    let (first, last) = ((lower / step).ceil(), (upper / step).floor());
    let count = (last - first).clamp(0.0, 2.0 * room) as usize;
    let size = lower.abs().max(upper.abs());
    (0..=count)
        .map(|k| (first + k as f64) * step)
        .filter(|place| (lower..=upper).contains(place))
        .map(|place| Tick { place, label: Some(fixed(place, step, size)) })
        .collect()
}

/// As many digits as distinguish multiples of `step`.
fn fixed(value: f64, step: f64, size: f64) -> String {
    let exponent = (step * 1.000_001).log10().floor();
    if value == 0.0 {
        return "0".into();
    }
    if (1e-4..1e6).contains(&size) {
        return format!("{value:.*}", (-exponent).clamp(0.0, 12.0) as usize);
    }
    let digits = value.abs().log10().floor() - exponent;
    format!("{value:.*e}", digits.clamp(0.0, 12.0) as usize)
}

/// Powers of ten, with minor ticks at their multiples; over few decades some of
/// these have labels too.
fn decades((lower, upper): (f64, f64), room: f64) -> Vec<Tick> {
    let width = upper - lower;
    if !(width.is_finite() && width > 0.0) {
        return Vec::new();
    }
    if width < 0.4 {
        // Less than a factor of 2.5: even steps of x.
        let range = (10f64.powf(lower), 10f64.powf(upper));
        let mut ticks = linear_ticks(range, room);
        for tick in &mut ticks {
            tick.place = tick.place.log10();
        }
        return ticks;
    }
    let (first, last) = (lower.floor() as i32, upper.ceil() as i32);
    let every = 1 + (width / room).floor() as i32;
    let many = width > 40.0;
    (first..=last)
        .flat_map(|power| (1..10).map(move |factor| (power, factor)))
        .filter(|(power, factor)| !many || (*factor == 1 && power % every == 0))
        .map(|(power, factor)| {
            let labelled = match factor {
                1 => power % every == 0,
                2 | 5 => 3.0 * width < room && width < 2.0,
                _ => false,
            };
            Tick {
                place: f64::from(power) + f64::from(factor).log10(),
                label: labelled.then(|| number(factor, power)),
            }
        })
        .filter(|tick| (lower..=upper).contains(&tick.place))
        .collect()
}

fn number(factor: i32, power: i32) -> String {
    match power {
        0..=4 => format!("{:.0}", f64::from(factor) * 10f64.powi(power)),
        -3..=-1 => {
            format!("{:.*}", power.unsigned_abs() as usize, f64::from(factor) * 10f64.powi(power))
        }
        _ => format!("{factor}e{power}"),
    }
}

/// Four significant digits, without trailing zeros.
pub(super) fn short(value: f64) -> String {
    if value == 0.0 {
        return "0".into();
    }
    let digits = 3.0 - value.abs().log10().floor();
    if !(-2.0..=7.0).contains(&digits) {
        return format!("{value:.3e}");
    }
    let text = format!("{value:.*}", digits.max(0.0) as usize);
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').into() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(scale: Scale, range: (f64, f64), room: usize) -> Vec<String> {
        Axis::exact("", scale, range).ticks(room).into_iter().filter_map(|t| t.label).collect()
    }

    #[test]
    fn ticks_are_round_and_distinct() {
        assert_eq!(
            labels(Scale::Linear, (-0.1, 1.05), 6),
            ["0", "0.2", "0.4", "0.6", "0.8", "1.0"]
        );
        assert_eq!(labels(Scale::Logarithmic, (-1.0, 1.0), 8), ["0.1", "1", "10"]);
        assert_eq!(labels(Scale::Linear, (0.9e-9, 3.1e-9), 3), ["1e-9", "2e-9", "3e-9"]);
        for range in [(0.0, 1.0), (1e5, 1.00001e5), (-3e7, 1e-3), (2.0, 2.0 + 1e-6), (0.0, 1e-200)]
        {
            let labels = labels(Scale::Linear, range, 8);
            assert!(labels.len() >= 3, "{range:?} {labels:?}");
            assert!(labels.windows(2).all(|pair| pair[0] != pair[1]), "{labels:?}");
        }
        for range in [(-9.0, -1.0), (0.3, 0.5), (-300.0, 10.0), (-1.2, 0.6)] {
            let labels = labels(Scale::Logarithmic, range, 8);
            assert!((1..=14).contains(&labels.len()), "{range:?} {labels:?}");
        }
        for range in [(0.0, 0.0), (f64::NAN, 1.0), (0.0, f64::INFINITY)] {
            assert!(labels(Scale::Linear, range, 8).is_empty());
            assert!(labels(Scale::Logarithmic, range, 8).is_empty());
        }
    }

    #[test]
    fn short_numbers() {
        for (value, text) in [
            (0.0, "0"),
            (1.5, "1.5"),
            (0.012346, "0.01235"),
            (1234.5, "1234"),
            (123456.0, "123456"),
            (1.2e-9, "1.200e-9"),
            (1e9, "1.000e9"),
        ] {
            assert_eq!(short(value), text);
        }
    }
}
