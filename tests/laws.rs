//! Closed-form laws against the tables made of their densities, and the
//! generalised Marchenko–Pastur law against laws known in closed form.

mod common;

use common::{close, logarithmic};
use ntk_spectrum::Error;
use ntk_spectrum::law::{
    Discrete, EdgeKind, GeneralizedMarchenkoPastur, MarchenkoPastur, SpectralLaw, SpectralSums,
    TabulatedLaw, Uniform,
};
use num_complex::Complex64;

#[track_caller]
fn near(what: &str, found: Complex64, expected: Complex64, tolerance: f64) {
    let off = (found - expected).norm();
    assert!(off <= tolerance, "{what}: {found} instead of {expected}, off by {off:e}");
}

/// Points of the closed upper half-plane: far, near and on the support.
fn points(lower: f64, upper: f64) -> Vec<Complex64> {
    let mut points = Vec::new();
    for k in -8..=28 {
        let x = lower + (upper - lower) * (f64::from(k) / 20.0 + 0.0137);
        for height in [10.0, 1.0, 0.3, 0.1, 1e-2, 1e-4, 1e-8, 0.0] {
            points.push(Complex64::new(x, height * (upper - lower)));
        }
    }
    points
}

/// `count` equal atoms, equispaced on [1, 3].
fn equispaced(count: usize) -> Discrete {
    let step = 2.0 / (count - 1) as f64;
    let locations: Vec<f64> = (0..count).map(|k| 1.0 + step * k as f64).collect();
    Discrete::new(&locations, &vec![1.0 / count as f64; count]).unwrap()
}

fn mass(law: &impl SpectralLaw) -> f64 {
    let bulk: f64 = law.support().unwrap().iter().map(|i| i.mass).sum();
    bulk + law.atoms().unwrap().iter().map(|a| a.mass).sum::<f64>()
}

#[test]
fn tables_reproduce_closed_transforms() {
    let marchenko_pastur = [0.1, 0.5, 1.0, 1.7, 30.0].map(|r| MarchenkoPastur::new(r).unwrap());
    let mut laws: Vec<(Box<dyn SpectralLaw>, (f64, f64))> = Vec::new();
    for law in marchenko_pastur {
        let edges = law.edges();
        laws.push((Box::new(law), edges));
    }
    for (lower, upper) in [(1.0, 3.0), (0.0, 0.7)] {
        laws.push((Box::new(Uniform::new(lower, upper).unwrap()), (lower, upper)));
    }
    for (law, (lower, upper)) in laws {
        for z in points(lower, upper) {
            let (t, slope) = law.t_transform(z).unwrap();
            let (found, found_slope) = law.tabulated().unwrap().t_transform(z);
            let what = format!("{law:?} at {z}");
            near(&what, found, t, 1e-12 * (1.0 + t.norm()));
            near(&what, found_slope, slope, 1e-10 * (1.0 + slope.norm()));
            let (g, g_slope) = law.cauchy_with_derivative(z).unwrap();
            let (found, found_slope) = law.tabulated().unwrap().cauchy_with_derivative(z);
            near(&what, found, g, 1e-12 * (1.0 + g.norm()));
            near(&what, found_slope, g_slope, 1e-10 * (1.0 + g_slope.norm()));
        }
    }
}

/// The closed density of the Marchenko–Pastur law, its distances to the edges
/// without cancellation.
fn marchenko_pastur_density(ratio: f64, x: f64) -> f64 {
    let root = ratio.sqrt();
    let (low, high) = (x.sqrt() - (1.0 - root).abs(), 1.0 + root - x.sqrt());
    let (lower, upper) = (low * (x.sqrt() + (1.0 - root).abs()), high * (1.0 + root + x.sqrt()));
    (lower * upper).max(0.0).sqrt() / (2.0 * std::f64::consts::PI * ratio * x)
}

#[test]
fn one_population_atom_gives_marchenko_pastur() {
    let mut ratios = logarithmic(1e-3, 1e3, 25);
    ratios.extend([0.3, 0.999, 1.0, 1.001, 2.0]);
    for gamma in ratios {
        for scale in [1.0, 0.02] {
            let population = Discrete::new(&[scale], &[1.0]).unwrap();
            let law = GeneralizedMarchenkoPastur::new(gamma, population)
                .unwrap()
                .with_tolerance(1e-13)
                .unwrap();
            let closed = MarchenkoPastur::new(gamma).unwrap();
            let (lower, upper) = closed.edges();
            let what = format!("γ = {gamma}, population at {scale}");

            let support = law.support().unwrap();
            assert_eq!(support.len(), 1, "{what}");
            close(&what, support[0].lower.location, scale * lower, 1e-12 * scale * lower);
            close(&what, support[0].upper.location, scale * upper, 1e-12 * scale * upper);
            let hard = if gamma == 1.0 { EdgeKind::Hard } else { EdgeKind::SquareRoot };
            assert_eq!(support[0].lower.kind, hard, "{what}");
            assert_eq!(support[0].upper.kind, EdgeKind::SquareRoot, "{what}");

            let atom = (1.0 - 1.0 / gamma).max(0.0);
            let found: Vec<_> = law.atoms().unwrap().iter().map(|a| (a.location, a.mass)).collect();
            if atom == 0.0 {
                assert!(found.is_empty(), "{what}: {found:?}");
            } else {
                assert_eq!(found.len(), 1, "{what}");
                assert_eq!(found[0].0, 0.0);
                close(&what, found[0].1, atom, 1e-12);
            }

            let mean_density = (1.0 - atom) / (upper - lower);
            for k in 1..400 {
                // Crowded at both ends, where the density bends.
                let share = (f64::from(k) / 800.0 * std::f64::consts::PI).sin().powi(2);
                let x = lower + (upper - lower) * share;
                let expected = marchenko_pastur_density(gamma, x);
                let density = scale * law.density(scale * x).unwrap();
                // At a lower edge that is close to 0, one rounding of x moves
                // the density by more than the bound.
                let rounding = 4.0 * f64::EPSILON * x * expected / (x - lower).min(upper - x);
                let slack = 1e-12 * (expected + mean_density) + rounding;
                close(&format!("{what}: density at {x}"), density, expected, slack);
                close(&what, closed.density(x).unwrap(), expected, slack);
                let below = law.cdf(scale * x).unwrap();
                close(&what, below, closed.cdf(x).unwrap(), 1e-11);
                close(&what, 1.0 - law.survival(scale * x).unwrap(), below, 1e-11);
            }
            for x in [-1.0, lower * 0.999 * scale, upper * 1.001 * scale] {
                let inside = lower == 0.0 && x == 0.0;
                assert!(inside || law.density(x).unwrap() == 0.0, "{what}: density at {x}");
            }
            close(&what, mass(&law), 1.0, 1e-11);
        }
    }
}

/// F at ratio 1: with x = 4 sin²φ the density is 2 cos²φ dφ · 2/π.
#[test]
fn marchenko_pastur_distribution_function_in_closed_form() {
    let closed = MarchenkoPastur::new(1.0).unwrap();
    let solved =
        GeneralizedMarchenkoPastur::new(1.0, Discrete::new(&[1.0], &[1.0]).unwrap()).unwrap();
    for k in 0..=64 {
        let angle = f64::from(k) / 128.0 * std::f64::consts::PI;
        let x = 4.0 * angle.sin().powi(2);
        let expected = (2.0 * angle + (2.0 * angle).sin()) / std::f64::consts::PI;
        close("closed law", closed.cdf(x).unwrap(), expected, 1e-11);
        close("solved law", solved.cdf(x).unwrap(), expected, 1e-11);
    }
    assert_eq!(closed.density(0.0).unwrap(), f64::INFINITY);
    assert_eq!(solved.density(0.0).unwrap(), f64::INFINITY);
}

#[test]
fn equispaced_atoms_keep_the_mass() {
    let (mean, ratio) = (2.0, 2.0);
    for count in [2, 5, 20, 50, 200] {
        let population = equispaced(count);
        let second = population.moment(2).unwrap();
        let law = GeneralizedMarchenkoPastur::new(ratio, population).unwrap();
        let what = format!("{count} atoms");
        close(&what, mass(&law), 1.0, 1e-9);
        close(&what, law.expectation(&|_| 1.0).unwrap(), 1.0, 1e-9);
        assert_eq!(law.atoms().unwrap().len(), 1);
        close(&what, law.atoms().unwrap()[0].mass, 0.5, 1e-12);
        close(&what, law.expectation(&|x| x).unwrap(), mean, 1e-9);
        let variance = law.expectation(&|x| (x - mean).powi(2)).unwrap();
        close(&what, variance, ratio * second, 1e-9 * variance);
    }
}

/// At a large ratio, many samples, every atom of the population keeps an
/// interval of its own.
#[test]
fn separate_intervals_for_separate_atoms() {
    let (count, ratio) = (40, 1e5);
    let law = GeneralizedMarchenkoPastur::new(ratio, equispaced(count)).unwrap();
    let support = law.support().unwrap();
    assert_eq!(support.len(), count);
    let zero = law.atoms().unwrap()[0].mass;
    close("atom", zero, 1.0 - 1.0 / ratio, 1e-15);
    for (k, interval) in support.iter().enumerate() {
        // The mass of an interval is the mass of its atom, exactly.
        let mass = 1.0 / (count as f64 * ratio);
        close("mass", interval.mass, mass, 1e-10 * mass);
        let atom = ratio * (1.0 + 2.0 * k as f64 / (count - 1) as f64);
        assert!(interval.lower.location < atom && atom < interval.upper.location);
        assert_eq!(interval.lower.kind, EdgeKind::SquareRoot);
        assert_eq!(interval.upper.kind, EdgeKind::SquareRoot);
        // No mass in the gap above.
        if let Some(next) = support.get(k + 1) {
            let middle = 0.5 * (interval.upper.location + next.lower.location);
            assert_eq!(law.density(middle).unwrap(), 0.0);
            let above = (count - k - 1) as f64 * mass;
            close("survival function", law.survival(middle).unwrap(), above, 1e-10 * above);
        }
    }
}

#[test]
fn uniform_population() {
    let law = GeneralizedMarchenkoPastur::new(2.0, Uniform::new(1.0, 3.0).unwrap()).unwrap();
    close("mass", mass(&law), 1.0, 1e-9);
    close("atom", law.atoms().unwrap()[0].mass, 0.5, 1e-12);
    let support = law.support().unwrap();
    assert_eq!(support.len(), 1);
    close("lower edge", support[0].lower.location, 0.298823283205, 1e-12);
    close("upper edge", support[0].upper.location, 12.788259597942, 1e-12);
    // 200 midpoints stand for the uniform law up to O(1/200²).
    let midpoints: Vec<f64> = (0..200).map(|k| 1.0 + (f64::from(k) + 0.5) / 100.0).collect();
    let midpoints = Discrete::new(&midpoints, &[1.0 / 200.0; 200]).unwrap();
    let discrete = GeneralizedMarchenkoPastur::new(2.0, midpoints).unwrap();
    for k in 1..40 {
        let x = 0.298823283205 + 12.489436314737 * f64::from(k) / 40.0;
        let density = law.density(x).unwrap();
        close("density", discrete.density(x).unwrap(), density, 1e-4 * density);
        let z = Complex64::new(x, 0.0);
        close("boundary value", -law.cauchy(z).unwrap().im / std::f64::consts::PI, density, 1e-10);
    }
}

/// With w = 1/(γ G(z)) the equation behind the law, z = γ w + w T_ν(w), holds at
/// complex z.
#[test]
fn cauchy_transform_solves_the_defining_equation() {
    for gamma in [0.01, 0.4, 1.0, 2.0, 50.0] {
        let law = GeneralizedMarchenkoPastur::new(gamma, equispaced(5)).unwrap();
        let top = law.support().unwrap().last().unwrap().upper.location;
        for z in points(0.0, top).into_iter().filter(|z| z.im > 0.0) {
            let w = (gamma * law.cauchy(z).unwrap()).inv();
            let t = law.population().t_transform(w).unwrap().0;
            let (left, right) = (gamma * w + w * t, z);
            let size = gamma * w.norm() + (w * t).norm();
            // Where w is next to an atom the equation amplifies errors in w.
            let slope = law.population().t_transform(w).unwrap().1.norm() * w.norm_sqr();
            let condition = 1.0 + slope / size;
            near(&format!("γ = {gamma} at {z}"), left, right, 1e-9 * condition * size);
        }
    }
}

fn sample_laws() -> Vec<Box<dyn SpectralLaw>> {
    vec![
        Box::new(MarchenkoPastur::new(0.3).unwrap()),
        Box::new(MarchenkoPastur::new(1.0).unwrap()),
        Box::new(MarchenkoPastur::new(3.0).unwrap()),
        Box::new(Uniform::new(1.0, 3.0).unwrap()),
        Box::new(Uniform::new(0.0, 1.0).unwrap()),
        Box::new(GeneralizedMarchenkoPastur::new(2.0, Uniform::new(1.0, 3.0).unwrap()).unwrap()),
        Box::new(GeneralizedMarchenkoPastur::new(20.0, equispaced(2)).unwrap()),
        Box::new(
            GeneralizedMarchenkoPastur::new(
                0.5,
                Discrete::new(&[0.0, 0.5, 4.0], &[0.3, 0.4, 0.3]).unwrap(),
            )
            .unwrap(),
        ),
        Box::new(
            GeneralizedMarchenkoPastur::new(
                1.5,
                GeneralizedMarchenkoPastur::new(0.6, equispaced(3)).unwrap(),
            )
            .unwrap(),
        ),
    ]
}

#[test]
fn transforms_agree_with_each_other() {
    for law in sample_laws() {
        let support = law.support().unwrap();
        let (lower, upper) = (support[0].lower.location, support.last().unwrap().upper.location);
        for z in points(lower, upper) {
            let what = format!("{law:?} at {z}");
            let (g, g_slope) = law.cauchy_with_derivative(z).unwrap();
            assert!(g.is_finite(), "{what}");
            assert!(g.im <= 1e-13 * g.norm(), "{what}");
            assert_eq!(law.cauchy(z).unwrap(), g);
            assert_eq!(law.stieltjes(z).unwrap(), -g);
            assert_eq!(law.stieltjes_with_derivative(z).unwrap(), (-g, -g_slope));
            let t = law.t_transform(z).unwrap().0;
            near(&what, z * g - 1.0, t, 1e-11 * (1.0 + (z * g).norm()));
            near(&what, law.psi(z.inv()).unwrap(), t, 1e-11 * (1.0 + t.norm()));
            if z.im > 0.0 {
                assert_eq!(law.cauchy(z.conj()).unwrap(), g.conj());
                assert_eq!(law.t_transform(z.conj()).unwrap().0, t.conj());
            } else {
                let density = law.density(z.re).unwrap();
                let size = 1e-10 * (density + 1.0 / (upper - lower));
                close(&what, -g.im / std::f64::consts::PI, density, size);
            }
        }
        let far = Complex64::new(3e4 * upper, 4e4 * upper);
        let series = far.inv() * (1.0 + law.moment(1).unwrap() / far);
        near("far away", law.cauchy(far).unwrap(), series, 1e-7 * series.norm());
        assert_eq!(law.psi(Complex64::ZERO).unwrap(), Complex64::ZERO);
    }
}

#[test]
fn chi_inverts_psi() {
    for law in sample_laws() {
        let zero = law.cdf(0.0).unwrap();
        for fraction in [1e-6, 0.01, 0.2, 0.5, 0.9, 0.99] {
            let s = -fraction * (1.0 - zero);
            let chi = law.chi(s).unwrap();
            assert!(chi < 0.0);
            let back = law.psi(chi.into()).unwrap();
            close(&format!("{law:?}"), back.re, s, 1e-12 * s.abs());
            assert_eq!(back.im, 0.0);
            let expected = chi * (1.0 + s) / s;
            close("S-transform", law.s_transform(s).unwrap(), expected, 1e-14 * expected);
        }
        // S(0−) is the reciprocal of the mean.
        let mean = law.mean().unwrap();
        close("S near 0", law.s_transform(-1e-7).unwrap() * mean, 1.0, 1e-5);
    }
}

#[test]
fn s_transform_of_the_product() {
    let populations = || -> Vec<Box<dyn SpectralLaw>> {
        vec![
            Box::new(equispaced(20)),
            Box::new(Uniform::new(1.0, 3.0).unwrap()),
            Box::new(Discrete::new(&[0.0, 1.0, 7.0], &[0.25, 0.5, 0.25]).unwrap()),
            Box::new(MarchenkoPastur::new(2.0).unwrap()),
        ]
    };
    for gamma in logarithmic(1e-3, 1e3, 7) {
        for population in populations() {
            let law = GeneralizedMarchenkoPastur::new(gamma, population).unwrap();
            let bulk = 1.0 - law.cdf(0.0).unwrap();
            let zero = law.population().cdf(0.0).unwrap();
            close("mass off 0", bulk, ((1.0 - zero) / gamma).min(1.0), 1e-12);
            for fraction in [1e-4, 0.1, 0.5, 0.95] {
                let s = -fraction * bulk;
                let own = law.s_transform(s).unwrap() * (1.0 + gamma * s);
                let expected = law.population().s_transform(gamma * s).unwrap();
                let what = format!("γ = {gamma}, s = {s}, {:?}", law.population());
                close(&what, own, expected, 1e-10 * expected);
            }
        }
    }
}

/// S = 1/(1 + γ s) and R = 1/(1 − γ s) of the Marchenko–Pastur law, through its table.
#[test]
fn s_and_r_transform_in_closed_form() {
    for gamma in [0.2, 1.0, 4.0] {
        let law = Tabulated(MarchenkoPastur::new(gamma).unwrap());
        for fraction in [0.01, 0.3, 0.9] {
            let s = -fraction * (1.0 / gamma).min(1.0);
            let expected = 1.0 / (1.0 + gamma * s);
            close("S", law.s_transform(s).unwrap(), expected, 1e-11 * expected);
            // G at the ends of the support bounds the domain of R; the upper end
            // gives 1/(√γ (1 + √γ)).
            let s = fraction / (gamma.sqrt() + gamma);
            let expected = 1.0 / (1.0 - gamma * s);
            close("R above", law.r_transform(s).unwrap(), expected, 1e-11 * expected);
            let s = if gamma < 1.0 { -fraction / (gamma.sqrt() - gamma) } else { -fraction };
            let expected = 1.0 / (1.0 - gamma * s);
            close("R below", law.r_transform(s).unwrap(), expected, 1e-11 * expected);
        }
        close("R at 0", law.r_transform(0.0).unwrap(), 1.0, 1e-11);
    }
}

#[test]
fn r_transform_is_the_series_of_free_cumulants() {
    for law in sample_laws() {
        let support = law.support().unwrap();
        let scale = support.last().unwrap().upper.location;
        for step in [-0.01, -0.003, 0.002, 0.01] {
            let s: f64 = step / scale;
            let series: f64 =
                (1..=8u32).map(|k| law.free_cumulant(k).unwrap() * s.powi(k as i32 - 1)).sum();
            close(&format!("{law:?}"), law.r_transform(s).unwrap(), series, 1e-10 * series);
        }
    }
}

#[test]
fn moments_and_free_cumulants() {
    for law in sample_laws() {
        let mean = law.mean().unwrap();
        let second = law.moment(2).unwrap();
        close("variance", law.variance().unwrap(), second - mean * mean, 1e-11 * second);
        close("κ1", law.free_cumulant(1).unwrap(), mean, 1e-11 * mean);
        close("κ2", law.free_cumulant(2).unwrap(), second - mean * mean, 1e-11 * second);
        let third = law.moment(3).unwrap();
        let expected = third - 3.0 * second * mean + 2.0 * mean.powi(3);
        close("κ3", law.free_cumulant(3).unwrap(), expected, 1e-10 * third);
        close("moment 0", law.moment(0).unwrap(), 1.0, 1e-11);
        for k in 1..=6u32 {
            let direct = law.expectation(&|x| x.powi(k as i32)).unwrap();
            close(&format!("{law:?}, moment {k}"), law.moment(k).unwrap(), direct, 1e-10 * direct);
        }
    }
    let catalan = [1.0, 2.0, 5.0, 14.0, 42.0, 132.0, 429.0];
    let law = MarchenkoPastur::new(1.0).unwrap();
    for (k, expected) in (1..).zip(catalan) {
        close("Catalan number", law.moment(k).unwrap(), expected, 1e-13 * expected);
    }
}

#[test]
fn quantiles_invert_the_distribution_function() {
    for law in sample_laws() {
        let what = format!("{law:?}");
        let zero = law.cdf(0.0).unwrap();
        let mut last = f64::NEG_INFINITY;
        for k in 0..=200 {
            let q = f64::from(k) / 200.0;
            let x = law.quantile(q).unwrap();
            assert!(x >= last, "{what}: quantile at {q}");
            last = x;
            close(&what, law.cdf(x).unwrap(), q.max(zero), 1e-12);
            let density = law.density(x).unwrap();
            if density > 0.0 && q > zero && density.is_finite() {
                let slack = 1e-11 * x + 1e-12 / density;
                close(&what, law.quantile(law.cdf(x).unwrap()).unwrap(), x, slack);
            }
        }
        for tail in [1e-3, 1e-6, 1e-9, 1e-12] {
            let x = law.quantile(1.0 - tail).unwrap();
            close(&what, law.survival(x).unwrap(), tail, 1e-15 + 1e-3 * tail);
        }
        // F rounds to 1 a little before the upper end.
        let upper = law.support().unwrap().last().unwrap().upper.location;
        close(&what, law.quantile(1.0).unwrap(), upper, 1e-9 * upper);
    }
    let uniform = Uniform::new(1.0, 3.0).unwrap();
    for q in [0.0, 0.1, 0.5, 0.77, 1.0] {
        close("uniform quantile", uniform.quantile(q).unwrap(), 1.0 + 2.0 * q, 1e-13);
    }
}

/// A law of one's own: only its table is given.
#[derive(Debug)]
struct Tabulated<L>(L);

impl<L: SpectralLaw> SpectralLaw for Tabulated<L> {
    fn tabulated(&self) -> Result<&TabulatedLaw, Error> {
        self.0.tabulated()
    }
}

#[test]
fn laws_of_ones_own() {
    let solved = || GeneralizedMarchenkoPastur::new(0.4, equispaced(3)).unwrap();
    let (own, law) = (Tabulated(solved()), solved());
    for k in 1..=6 {
        let moment = law.moment(k).unwrap();
        close("moment", own.moment(k).unwrap(), moment, 1e-10 * moment);
        let cumulant = law.free_cumulant(k).unwrap();
        close("cumulant", own.free_cumulant(k).unwrap(), cumulant, 1e-8 * moment);
    }
    for s in [-2e-2, 1e-3, 2e-2] {
        let r = law.r_transform(s).unwrap();
        close("R-transform", own.r_transform(s).unwrap(), r, 1e-10 * r);
    }
    assert_eq!(own.density(1.0).unwrap(), law.density(1.0).unwrap());

    // As a population: MP ⊠ MP, through the table and through the closed form.
    let inner = || MarchenkoPastur::new(0.5).unwrap();
    let outer = GeneralizedMarchenkoPastur::new(0.8, Tabulated(inner())).unwrap();
    let closed = GeneralizedMarchenkoPastur::new(0.8, inner()).unwrap();
    let support = closed.support().unwrap();
    assert_eq!(support.len(), outer.support().unwrap().len());
    let (lower, upper) = (support[0].lower.location, support[0].upper.location);
    for k in 1..50 {
        let x = lower + (upper - lower) * f64::from(k) / 50.0;
        let density = closed.density(x).unwrap();
        close("density", outer.density(x).unwrap(), density, 1e-10 * (1.0 + density));
    }
}

/// S of products of two Marchenko–Pastur laws, in closed form.
#[test]
fn s_transform_over_marchenko_pastur_laws() {
    let a = 0.37;
    let one = GeneralizedMarchenkoPastur::new(1.0, MarchenkoPastur::new(a).unwrap()).unwrap();
    for k in 1..20 {
        let s = -f64::from(k) / 21.0;
        // Ratio 1 over MP_a is MP_1 ⊠ MP_a, so S multiplies.
        let expected = 1.0 / ((1.0 + s) * (1.0 + a * s));
        close("S of the product", one.s_transform(s).unwrap(), expected, 1e-11 * expected);
    }
    let other = GeneralizedMarchenkoPastur::new(a, MarchenkoPastur::new(1.0).unwrap()).unwrap();
    for k in 1..20 {
        let s = -f64::from(k) / 21.0;
        // S_μ(s)(1 + a s) = S_ν(a s) = 1/(1 + a s).
        let expected = 1.0 / (1.0 + a * s).powi(2);
        close("S of the product", other.s_transform(s).unwrap(), expected, 1e-11 * expected);
    }
}

/// A law with answers of its own gives the same ones behind a pointer.
#[test]
fn laws_behind_pointers_keep_their_answers() {
    #[derive(Debug)]
    struct Own(MarchenkoPastur);
    impl SpectralLaw for Own {
        fn tabulated(&self) -> Result<&TabulatedLaw, Error> {
            self.0.tabulated()
        }
        fn cdf(&self, _: f64) -> Result<f64, Error> {
            Ok(0.125)
        }
        fn mean(&self) -> Result<f64, Error> {
            Ok(-1.0)
        }
    }
    let own = Own(MarchenkoPastur::new(0.5).unwrap());
    let by_reference: &dyn SpectralLaw = &&own;
    assert_eq!((by_reference.cdf(1.0).unwrap(), by_reference.mean().unwrap()), (0.125, -1.0));
    let boxed: Box<dyn SpectralLaw> = Box::new(own);
    let nested: &dyn SpectralLaw = &boxed;
    assert_eq!((nested.cdf(1.0).unwrap(), nested.mean().unwrap()), (0.125, -1.0));
}
