//! The program that other code relies on: names, signatures and return types.

use ntk_spectrum::LimitingSpectrum;
use ntk_spectrum::activation::{Activation, FromDerivative, Gelu, Relu};
use ntk_spectrum::ensemble::diagonal::{Discrete, Uniform};
use ntk_spectrum::spectrum::EdgeKind;
use num_complex::Complex64;

#[test]
#[rustfmt::skip]
fn program_runs_as_it_stands() -> Result<(), ntk_spectrum::Error> {
    let rho: f64 = LimitingSpectrum::new(0.7, 1.0, Relu, 1.0).density(0.5)?;
    let d = Discrete::new(&[1.5, 0.5], &[0.5, 0.5])?;
    let law = LimitingSpectrum::new(0.7, 1.0, Gelu, d).with_tolerance(1e-12);
    for i in law.support()? {
        println!("[{}, {}] {} {}", i.lower.location, i.upper.location, i.mass, i.upper.kind == EdgeKind::Population);
    }
    for a in law.atoms()? { println!("{} {}", a.location, a.mass); }
    println!("{rho} {} {} {}", law.cdf(0.5)?, law.quantile(0.9)?, law.moment(2)?);
    println!("{} {}", law.stieltjes(Complex64::new(0.5, 0.1))?, law.population().moment(1)?);
    let own = LimitingSpectrum::new(0.3, 2.0, FromDerivative::new(|z: f64| -z.sin()), Uniform::new(-1.0, 1.0)?);
    println!("{:?} {}", Relu.moments()?, own.density_on(&[0.1, 0.2])?);
    Ok(())
}

#[test]
fn types_can_be_shared() {
    fn check<T: Send + Sync + Clone + std::fmt::Debug + 'static>() {}
    check::<LimitingSpectrum>();
    check::<ntk_spectrum::law::Population>();
    check::<ntk_spectrum::law::TabulatedLaw>();
    check::<ntk_spectrum::law::MarchenkoPastur>();
    check::<ntk_spectrum::Error>();
}

#[test]
fn threads_share_one_solution() {
    let law = LimitingSpectrum::new(0.7, 1.0, Relu, 1.0);
    let other = law.clone();
    let query = |law: &LimitingSpectrum| {
        (law.density(0.5).unwrap(), std::ptr::from_ref(law.solve().unwrap()) as usize)
    };
    std::thread::scope(|scope| {
        let one = scope.spawn(|| query(&law));
        let two = scope.spawn(|| query(&other));
        assert_eq!(one.join().unwrap(), two.join().unwrap());
    });
}

/// A solved law is a distribution to draw from, reproducibly.
#[test]
fn solved_law_is_a_distribution() {
    use rand::SeedableRng;
    use rand::rngs::ChaCha8Rng;
    use rand_distr::Distribution;

    let law = LimitingSpectrum::new(1.6, 0.8, Gelu, 1.0);
    let solved = law.solve().unwrap();
    let draw =
        || -> Vec<f64> { solved.sample_iter(ChaCha8Rng::seed_from_u64(5)).take(20_000).collect() };
    let mut sample = draw();
    assert_eq!(sample, draw());
    sample.sort_by(f64::total_cmp);
    // Kolmogorov–Smirnov; the quantile of order 0.999 is 1.95/√n. Drawn values at
    // the atom are compared on its right only.
    let count = sample.len() as f64;
    let mut distance: f64 = 0.0;
    for (k, &x) in sample.iter().enumerate() {
        if x > 0.0 {
            let f = solved.cdf(x);
            distance =
                distance.max(((k + 1) as f64 / count - f).abs()).max((k as f64 / count - f).abs());
        }
    }
    let at_zero = sample.iter().filter(|x| **x == 0.0).count() as f64 / count;
    distance = distance.max((at_zero - solved.cdf(0.0)).abs());
    assert!(distance < 1.95 / count.sqrt(), "{distance}");
    assert!((at_zero - 0.375).abs() < 0.02);
}
