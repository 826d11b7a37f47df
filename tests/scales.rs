//! Laws at arguments of every size, laws of every size, and laws at their ends.

mod common;

use common::close;
use ntk_spectrum::activation::{Relu, Softplus, Tanh};
use ntk_spectrum::diagonal::{Bernoulli, Beta, Constant, DiagonalLaw, Empirical};
use ntk_spectrum::law::{
    Atom, Discrete, GeneralizedMarchenkoPastur, MarchenkoPastur, PositivePart, SpectralLaw,
    SpectralSums, TabulatedLaw, Uniform,
};
use ntk_spectrum::{Error, LimitingSpectrum};
use num_complex::Complex64;

type Laws = Vec<(&'static str, Box<dyn SpectralLaw>)>;

/// The density √(x(4s − x))/(2πs²) on [0, 4s], and half of the mass at s.
fn semicircle(s: f64) -> TabulatedLaw {
    let density = |x: f64| {
        let u = x / s;
        (u * (4.0 - u)).max(0.0).sqrt() / std::f64::consts::TAU / s / 2.0
    };
    let atom = Atom { location: s, mass: 0.5 };
    TabulatedLaw::from_density(density, &[(0.0, 4.0 * s)], &[atom], 1e-11).unwrap()
}

fn usual() -> Laws {
    let two = || Discrete::new(&[1.0, 10.0], &[0.5, 0.5]).unwrap();
    let relu = LimitingSpectrum::new(1.0, 1.0, Relu, 1.0);
    let positive = PositivePart::new(&LimitingSpectrum::new(2.0, 0.5, Tanh, 0.7)).unwrap();
    vec![
        ("Marchenko–Pastur 0.25", Box::new(MarchenkoPastur::new(0.25).unwrap())),
        ("Marchenko–Pastur 1", Box::new(MarchenkoPastur::new(1.0).unwrap())),
        ("Marchenko–Pastur 3", Box::new(MarchenkoPastur::new(3.0).unwrap())),
        ("uniform", Box::new(Uniform::new(1.0, 3.0).unwrap())),
        ("uniform from 0", Box::new(Uniform::new(0.0, 0.3).unwrap())),
        ("two atoms", Box::new(two())),
        ("atom at 0", Box::new(Discrete::new(&[0.0, 2.0], &[0.25, 0.75]).unwrap())),
        ("over two atoms", Box::new(GeneralizedMarchenkoPastur::new(5.0, two()).unwrap())),
        ("population", Box::new(relu.population().clone())),
        ("ReLU", Box::new(relu)),
        ("tanh, D = 0 or 1", Box::new(LimitingSpectrum::new(0.5, 1.0, Tanh, half()))),
        ("softplus", Box::new(LimitingSpectrum::new(0.2, 3.0, Softplus, 1.0))),
        ("positive part", Box::new(positive)),
        ("own density", Box::new(semicircle(1.0))),
    ]
}

fn half() -> Bernoulli {
    Bernoulli::new(0.5).unwrap()
}

#[track_caller]
fn near(what: &str, found: Complex64, expected: Complex64, tolerance: f64) {
    let off = (found - expected).norm();
    assert!(off <= tolerance, "{what}: {found:e} instead of {expected:e}, off by {off:e}");
}

/// G(z) = 1/z and T(z) = mean/z, far away in all directions.
#[test]
fn far_arguments() {
    for (name, law) in usual() {
        let mean = law.mean().unwrap();
        for exponent in [20, 100, 139, 141, 155, 200, 300, 307] {
            for (re, im) in [(1.0, 0.0), (-1.0, 0.0), (0.6, 0.8), (-0.6, -0.8), (1.0, 1e-150)] {
                let z = 10f64.powi(exponent) * Complex64::new(re, im);
                let what = format!("{name} at {z:e}");
                let one = Complex64::ONE;
                near(&what, law.cauchy(z).unwrap() * z, one, 1e-9);
                near(&what, -law.stieltjes(z).unwrap() * z, one, 1e-9);
                let (t, slope) = law.t_transform(z).unwrap();
                near(&what, t * z, mean.into(), 1e-9 * mean);
                assert!(slope.norm() <= 1.01 * (t / z).norm() + f64::MIN_POSITIVE, "{what}");
                let psi = law.psi(z.finv()).unwrap();
                near(&what, psi * z, mean.into(), 1e-9 * mean);
            }
        }
    }
}

/// Next to 0: the atom, or the hard edge, or the value in the gap.
#[test]
fn tiny_arguments() {
    for (name, law) in usual() {
        let zero = law
            .atoms()
            .unwrap()
            .first()
            .map_or(0.0, |a| if a.location == 0.0 { a.mass } else { 0.0 });
        for exponent in [-60, -100, -155, -200, -300] {
            let lambda = 10f64.powi(exponent);
            for direction in [Complex64::new(-1.0, 0.0), Complex64::new(-0.6, 0.8)] {
                let z = lambda * direction;
                let what = format!("{name} at {z:e}");
                let (g, t) = (law.cauchy(z).unwrap(), law.t_transform(z).unwrap().0);
                assert!(g.is_finite() && g.re < 0.0, "{what}: {g}");
                if zero > 0.0 {
                    near(&what, g * z, zero.into(), 1e-9);
                }
                near(&what, t, (zero - 1.0).into(), 1e-9);
            }
        }
    }
    // m(−λ) = (√(1 + 4/λ) − 1)/2 at ratio 1, solved or not.
    let closed = MarchenkoPastur::new(1.0).unwrap();
    let one = Discrete::new(&[1.0], &[1.0]).unwrap();
    let solved = GeneralizedMarchenkoPastur::new(1.0, one).unwrap();
    let laws: [(_, &dyn SpectralLaw); 3] =
        [("closed", &closed), ("table", closed.tabulated().unwrap()), ("solved", &solved)];
    for (name, law) in laws {
        for exponent in (4..=300).step_by(8) {
            let lambda = 10f64.powi(-exponent);
            let exact = 0.5 * (lambda + 4.0).sqrt() / lambda.sqrt() - 0.5;
            let found = law.stieltjes(Complex64::new(-lambda, 0.0)).unwrap().re;
            close(&format!("{name} at −{lambda:e}"), found, exact, 1e-10 * exact);
            // On the support, Re G = ½ and π times the density.
            let found = law.cauchy(lambda.into()).unwrap();
            let density = law.density(lambda).unwrap() * std::f64::consts::PI;
            let exact = Complex64::new(0.5, -density);
            near(&format!("{name} at {lambda:e}"), found, exact, 1e-9 * density);
        }
    }
}

/// Laws of s t for t of a law: G_s(sz) = G(z)/s, T_s(sz) = T(z), and so on.
#[test]
fn laws_of_every_size() {
    let scaled = |s: f64| -> [Box<dyn SpectralLaw>; 4] {
        [
            Box::new(Uniform::new(s, 3.0 * s).unwrap()),
            Box::new(Uniform::new(0.0, 2.0 * s).unwrap()),
            Box::new(Discrete::new(&[0.0, s, 4.0 * s], &[0.25, 0.5, 0.25]).unwrap()),
            Box::new(semicircle(s)),
        ]
    };
    let points = [
        Complex64::new(1.7, 0.0),
        Complex64::new(1.9, 1e-3),
        Complex64::new(-0.5, 0.0),
        Complex64::new(-1e-20, 0.0),
        Complex64::new(1.0, -3.0),
        Complex64::new(50.0, 10.0),
        Complex64::new(1e200, 0.0),
    ];
    const NAMES: [&str; 4] = ["uniform", "uniform from 0", "atoms", "own density"];
    let usual = scaled(1.0);
    for exponent in [-290, -200, -155, -80, -31, 31, 80, 155, 200, 290] {
        let s = 10f64.powi(exponent);
        for ((law, usual), name) in scaled(s).iter().zip(&usual).zip(NAMES) {
            let what = format!("{name} times {s:e}");
            for z in points.into_iter().filter(|z| (s * z).is_finite() && (s * z).norm() > 1e-305) {
                let (g, t) = (usual.cauchy(z).unwrap(), usual.t_transform(z).unwrap());
                let found = law.cauchy(s * z).unwrap();
                near(&what, found * s, g, 1e-10 * g.norm());
                let found = law.t_transform(s * z).unwrap();
                near(&what, found.0, t.0, 1e-10 * t.0.norm());
                near(&what, found.1 * s, t.1, 1e-8 * t.1.norm());
            }
            for u in [-0.7, -0.5, -1e-3, -1e-9] {
                let (found, exact) = (law.s_transform(u), usual.s_transform(u).unwrap());
                close(&what, found.unwrap() * s, exact, 1e-10 * exact);
            }
            for u in [-0.2, 0.0, 0.1] {
                let (found, exact) = (law.r_transform(u / s), usual.r_transform(u).unwrap());
                close(&what, found.unwrap() / s, exact, 1e-9 * exact);
            }
            for q in [0.0, 0.1, 0.5, 0.9, 1.0] {
                let exact = usual.quantile(q).unwrap();
                close(&what, law.quantile(q).unwrap() / s, exact, 1e-9 * exact);
            }
            let exact = usual.mean().unwrap();
            close(&what, law.mean().unwrap() / s, exact, 1e-10 * exact);
        }
    }
}

/// Atoms whose ratio is no number.
#[test]
fn atoms_of_every_size() {
    let law = Discrete::new(&[1e-200, 1.0, 1e200], &[0.25, 0.25, 0.5]).unwrap();
    for (z, exact) in [
        (Complex64::new(0.5e-200, 0.5e-200), Complex64::new(-0.25e200, -0.25e200)),
        (Complex64::new(1.0, 0.5), Complex64::new(0.2, -0.6)),
        (Complex64::new(2e200, 0.0), Complex64::new(0.75e-200, 0.0)),
    ] {
        near("G", law.cauchy(z).unwrap(), exact, 1e-14 * exact.norm());
    }
}

/// Where the density diverges at 0 faster than an inverse root, and q = ρ |dx/ds| is
/// rounding at the end: D² has a density like x^(−0.65).
#[test]
fn densities_that_diverge_at_zero() {
    let d = Beta::new(0.7, 1.0, 0.0, 1.0).unwrap();
    let law = LimitingSpectrum::new(1.5, 0.3, Relu, d);
    assert_eq!(law.density(0.0).unwrap(), f64::INFINITY);
    assert_eq!(law.density(-0.0).unwrap(), f64::INFINITY);
    assert_eq!(law.population().density(0.0).unwrap(), f64::INFINITY);
    let other = LimitingSpectrum::from_population(4.0, law.population().clone()).unwrap();
    assert_eq!(other.density(0.0).unwrap(), f64::INFINITY);
}

/// The closed forms hold at every ratio; a table of a support that is too narrow for the
/// numbers around it is refused.
#[test]
fn marchenko_pastur_of_every_ratio() {
    for exponent in [-300, -100, -20, 20, 100, 300] {
        let law = MarchenkoPastur::new(10f64.powi(exponent)).unwrap();
        // δ1 in the limit of small ratios, δ0 of large ones, but for the mean.
        let (z, at) = (Complex64::new(3.0, 1.0), if exponent < 0 { 1.0 } else { 0.0 });
        near("G", law.cauchy(z).unwrap(), (z - at).inv(), 1e-9);
        match law.expectation(&|x| x) {
            Ok(mean) => close("mean", mean, 1.0, 1e-8),
            Err(error) => assert!(matches!(error, Error::Inconsistent { .. }), "{error}"),
        }
    }
    let law = MarchenkoPastur::new(1.0).unwrap();
    for lambda in [1e308, 1.7e308] {
        close("mλ", law.stieltjes((-lambda).into()).unwrap().re * lambda, 1.0, 1e-12);
        close("λT", law.effective_dimension(lambda).unwrap() * lambda, 1.0, 1e-12);
    }
}

#[test]
fn ends_of_supports() {
    for (name, law) in usual() {
        let support = law.support().unwrap();
        for x in [f64::NEG_INFINITY, -1.0, -f64::MIN_POSITIVE, -5e-324] {
            assert_eq!(law.density(x).unwrap(), 0.0, "{name} at {x}");
            assert_eq!((law.cdf(x).unwrap(), law.survival(x).unwrap()), (0.0, 1.0), "{name}");
        }
        assert_eq!(law.density(f64::INFINITY).unwrap(), 0.0);
        close(name, law.cdf(f64::INFINITY).unwrap(), 1.0, 1e-10);
        assert_eq!(law.survival(f64::INFINITY).unwrap(), 0.0);
        assert_eq!(law.density(0.0).unwrap(), law.density(-0.0).unwrap());
        assert_eq!(law.cdf(0.0).unwrap(), law.cdf(-0.0).unwrap());
        for x in [5e-324, 1e-310, f64::MIN_POSITIVE, 1e-200, f64::MAX] {
            let (density, cdf) = (law.density(x).unwrap(), law.cdf(x).unwrap());
            assert!(density >= 0.0 && (0.0..=1.0).contains(&cdf), "{name} at {x:e}: {density}");
        }
        for interval in &support {
            for edge in [interval.lower.location, interval.upper.location] {
                let around = [edge.next_down(), edge, edge.next_up()];
                for x in around.into_iter().filter(|x| *x >= 0.0) {
                    let density = law.density(x).unwrap();
                    assert!(density >= 0.0, "{name} at {x:e}: {density}");
                    // A number, or an error that says that it is infinite.
                    match law.cauchy(x.into()) {
                        Ok(g) => assert!(g.is_finite(), "{name} at {x:e}: {g}"),
                        Err(Error::InvalidParameter { name: "z", .. }) => {}
                        Err(other) => panic!("{name} at {x:e}: {other}"),
                    }
                }
            }
        }
        let ends = law.atoms().unwrap().into_iter().map(|a| a.location);
        let ends = ends.chain(support.iter().flat_map(|i| [i.lower.location, i.upper.location]));
        let ends: Vec<f64> = ends.collect();
        let (first, last) = (
            ends.iter().copied().fold(f64::INFINITY, f64::min),
            ends.iter().copied().fold(0.0, f64::max),
        );
        close(name, law.quantile(0.0).unwrap(), first, 1e-9 * last);
        close(name, law.quantile(1.0).unwrap(), last, 1e-4 * last);
    }
}

/// At a square-root edge the transform is finite: (γ1 w)⁻¹, w the double root.
#[test]
fn transforms_at_edges() {
    let law = MarchenkoPastur::new(0.25).unwrap();
    let one = Discrete::new(&[1.0], &[1.0]).unwrap();
    let solved = GeneralizedMarchenkoPastur::new(0.25, one).unwrap();
    let laws: [&dyn SpectralLaw; 3] = [&law, law.tabulated().unwrap(), &solved];
    for law in laws {
        // 2/(x + γ − 1) at x = (1 ± √γ)².
        near("lower", law.cauchy(0.25.into()).unwrap(), (-4.0).into(), 1e-8);
        near("upper", law.cauchy(2.25.into()).unwrap(), (4.0 / 3.0).into(), 1e-8);
    }
    // Where two pieces of a table meet, in the middle and nearer to the ends.
    for ratio in [0.25, 1.0, 3.0] {
        let law = MarchenkoPastur::new(ratio).unwrap();
        let (table, (lower, upper)) = (law.tabulated().unwrap(), law.edges());
        let half = 0.5 * (upper - lower);
        for step in [0.0625f64, 0.25, 0.5, 0.5625, 0.75, 1.0] {
            let meeting = [lower + half * step * step, upper - half * step * step];
            let offsets = [0.0, 1e-15, -1e-15, 1e-13, -1e-11, 1e-9];
            for x in meeting.iter().flat_map(|x| offsets.map(|offset| x * (1.0 + offset))) {
                let exact = law.cauchy(x.into()).unwrap();
                let found = SpectralLaw::cauchy(table, x.into()).unwrap();
                near(&format!("ratio {ratio} at {x}"), found, exact, 1e-9 * exact.norm());
                let exact = law.density(x).unwrap();
                close(&format!("ratio {ratio} at {x}"), table.density(x), exact, 1e-9 * exact);
            }
        }
    }
}

/// With D → sD a law has the same bits times s², for powers of two s at which nothing
/// underflows.
#[test]
fn laws_of_scaled_d_have_the_same_bits() {
    let values: Vec<f64> = (0..20).map(|k| 0.3 + 0.05 * f64::from(k * k % 17)).collect();
    let scaled = |s: f64| -> Vec<Box<dyn DiagonalLaw>> {
        let empirical: Vec<f64> = values.iter().map(|d| s * d).collect();
        vec![
            Box::new(Constant::new(0.7 * s).unwrap()),
            Box::new(
                ntk_spectrum::diagonal::Discrete::new(&[0.5 * s, 1.3 * s], &[0.4, 0.6]).unwrap(),
            ),
            Box::new(ntk_spectrum::diagonal::Uniform::new(0.5 * s, 1.5 * s).unwrap()),
            Box::new(Empirical::new(&empirical).unwrap()),
        ]
    };
    let laws = |s| scaled(s).into_iter().map(|d| LimitingSpectrum::new(0.6, 1.3, Relu, d));
    let ordinary: Vec<_> = laws(1.0).collect();
    for exponent in [-400, -3, 50, 90] {
        let s = 2.0_f64.powi(exponent);
        for (law, one) in laws(s).zip(&ordinary) {
            for q in [0.01, 0.3, 0.5, 0.9, 1.0] {
                let x = one.quantile(q).unwrap();
                assert_eq!(law.quantile(q).unwrap(), x * s * s, "2^{exponent}, {law:?}");
                let density = one.density(x).unwrap();
                assert_eq!(
                    law.density(x * s * s).unwrap() * s * s,
                    density,
                    "2^{exponent}, {law:?}, {q}, {x}"
                );
                assert_eq!(law.cdf(x * s * s).unwrap(), one.cdf(x).unwrap());
            }
        }
    }
}

/// Scales of D whose squares are numbers are solved; others are refused by their name.
#[test]
fn extreme_scales_of_d_are_solved_or_named() {
    let median = LimitingSpectrum::new(1.0, 1.0, Relu, 1.0).quantile(0.5).unwrap();
    for d in [1e-150, 1e-140, 1e-82, 1e-30, 1e20] {
        let law = LimitingSpectrum::new(1.0, 1.0, Relu, d);
        let found = law.quantile(0.5).unwrap() / (d * d);
        assert!((found / median - 1.0).abs() < 1e-10, "D = {d:e}: {found}");
    }
    for d in [1e-156, 3e-160] {
        let error = LimitingSpectrum::new(1.0, 1.0, Relu, d).quantile(0.5).unwrap_err();
        assert!(error.to_string().contains("scale"), "{error}");
    }
}
