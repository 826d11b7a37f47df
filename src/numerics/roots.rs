//! Bracketed roots and minima of functions of one real variable.

/// Root of a function with a sign change on \[low, high\], by the Illinois
/// variant of regula falsi with bisection as a safeguard. `f_low` and `f_high`
/// are the values at the ends.
pub(crate) fn bracketed(
    mut f: impl FnMut(f64) -> f64,
    (mut low, mut f_low): (f64, f64),
    (mut high, mut f_high): (f64, f64),
    tolerance: f64,
) -> f64 {
    let mut side = 0;
    for step in 0..200 {
        if (high - low).abs() <= tolerance * (1.0 + low.abs().max(high.abs())) {
            break;
        }
        let secant = (low * f_high - high * f_low) / (f_high - f_low);
        let inside = secant > low.min(high) && secant < low.max(high);
        // Every fourth step halves, so that the bracket shrinks geometrically whatever f does.
        let x = if inside && step % 4 != 3 { secant } else { 0.5 * (low + high) };
        let value = f(x);
        if value == 0.0 {
            return x;
        }
        if (value > 0.0) == (f_high > 0.0) {
            (high, f_high) = (x, value);
            if side == 1 {
                f_low *= 0.5;
            }
            side = 1;
        } else {
            (low, f_low) = (x, value);
            if side == -1 {
                f_high *= 0.5;
            }
            side = -1;
        }
    }
    0.5 * (low + high)
}

/// How closely a minimum may be looked for: f is flat there.
pub(crate) const CLOSELY: f64 = 1e-9;

/// Golden-section search for a minimum of a unimodal function on \[low, high\], to `accuracy`
/// against 1 and the place;
/// ends early at the first point where `f < enough`. Returns (x, f(x)).
pub(crate) fn minimum(
    mut f: impl FnMut(f64) -> f64,
    (mut low, mut high): (f64, f64),
    enough: f64,
    accuracy: f64,
) -> (f64, f64) {
    const GOLDEN: f64 = 0.618_033_988_749_894_9;
    let (mut a, mut b) = (high - GOLDEN * (high - low), low + GOLDEN * (high - low));
    let (mut fa, mut fb) = (f(a), f(b));
    for _ in 0..80 {
        if fa < enough || fb < enough || high - low < accuracy * (1.0 + low.abs().max(high.abs())) {
            break;
        }
        if fa < fb {
            (high, b, fb) = (b, a, fa);
            a = high - GOLDEN * (high - low);
            fa = f(a);
        } else {
            (low, a, fa) = (a, b, fb);
            b = low + GOLDEN * (high - low);
            fb = f(b);
        }
    }
    if fa < fb { (a, fa) } else { (b, fb) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_roots_of_steep_and_flat_functions() {
        for f in [|x: f64| x.powi(9) - 1e-5, |x: f64| x.exp() - 2.0, |x: f64| (x - 0.3).cbrt()] {
            let root = bracketed(f, (0.0, f(0.0)), (1.0, f(1.0)), 1e-15);
            assert!(f(root - 1e-12) < 0.0 && f(root + 1e-12) > 0.0);
        }
    }

    #[test]
    fn golden_section_finds_a_minimum_or_stops_early() {
        let (x, value) = minimum(|x| (x - 0.7).powi(2) + 1.0, (-3.0, 5.0), 0.0, CLOSELY);
        assert!((x - 0.7).abs() < 1e-6 && (value - 1.0).abs() < 1e-12);
        let (_, early) = minimum(|x| (x - 0.7).powi(2) + 1.0, (-3.0, 5.0), 5.0, CLOSELY);
        assert!(early < 5.0);
    }
}
