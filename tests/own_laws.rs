//! Laws of one's own, from their densities; laws that are compared and cloned.

mod common;

use common::close;
use ntk_spectrum::Error;
use ntk_spectrum::activation::{DerivativeMoments, FromMoments};
use ntk_spectrum::law::{
    Atom, Discrete, GeneralizedMarchenkoPastur, MarchenkoPastur, SpectralLaw, TabulatedLaw, Uniform,
};

#[test]
fn a_density_of_ones_own() {
    // The uniform law, a semicircle on [0, 4], and one cut from x^(−5/2), with an atom.
    let uniform = TabulatedLaw::from_density(|_| 0.5, &[(1.0, 3.0)], &[], 1e-12).unwrap();
    let own = Uniform::new(1.0, 3.0).unwrap();
    for x in [1.1, 2.0, 2.9] {
        close("density", uniform.density(x), own.density(x).unwrap(), 1e-13);
        close("cdf", uniform.cdf(x), own.cdf(x).unwrap(), 1e-13);
    }
    let pi = std::f64::consts::PI;
    let semicircle = |x: f64| (x * (4.0 - x)).max(0.0).sqrt() / (2.0 * pi);
    let semicircle = TabulatedLaw::from_density(semicircle, &[(0.0, 4.0)], &[], 1e-12).unwrap();
    let moments = [1.0, 2.0, 5.0, 14.0, 42.0]; // of the shifted semicircle: Catalan numbers
    for (k, exact) in (0..).zip(moments) {
        close("moment", SpectralLaw::moment(&semicircle, k).unwrap(), exact, 1e-11 * exact);
    }
    let scale = 0.75 * 1.5 / (1.0 - 1e-3);
    let pareto = move |x: f64| scale * x.powf(-2.5);
    let atom = Atom { location: 0.0, mass: 0.25 };
    let pareto = TabulatedLaw::from_density(pareto, &[(1.0, 100.0)], &[atom], 1e-11).unwrap();
    let mean = 0.75 * 3.0 * (1.0 - 0.1) / (1.0 - 1e-3);
    close("Pareto", SpectralLaw::mean(&pareto).unwrap(), mean, 1e-9);
    // A solved law is a law: over it stands a generalised Marchenko–Pastur law.
    let law = GeneralizedMarchenkoPastur::new(0.5, &pareto).unwrap();
    close("its mean", law.mean().unwrap(), mean, 1e-8);
    close("its mass", law.cdf(1e9).unwrap(), 1.0, 1e-9);
}

#[test]
fn densities_that_are_none() {
    let law = |f: fn(f64) -> f64, intervals: &[(f64, f64)]| {
        TabulatedLaw::from_density(f, intervals, &[], 1e-10).map(drop)
    };
    let interval = &[(0.0, 1.0)][..];
    assert!(matches!(law(|_| 2.0, interval), Err(Error::Inconsistent { .. })));
    assert!(matches!(law(|x| x - 0.5, interval), Err(Error::InvalidValue { .. })));
    assert!(matches!(law(|_| f64::NAN, interval), Err(Error::InvalidValue { .. })));
    for bad in [(-1.0, 0.5), (1.0, 1.0), (2.0, 1.0), (0.0, f64::INFINITY), (f64::NAN, 1.0)] {
        assert!(matches!(law(|_| 1.0, &[bad]), Err(Error::InvalidEntry { .. })), "{bad:?}");
    }
    assert!(law(|_| 0.5, &[(0.0, 1.0), (0.5, 1.5)]).is_err());
    assert!(law(|_| 0.5, &[(0.0, 1.0), (1.0, 2.0)]).is_ok());
    let atom = |location, mass| {
        TabulatedLaw::from_density(|_| 0.0, &[], &[Atom { location, mass }], 1e-10)
    };
    assert!(atom(1.0, 1.0).is_ok());
    for (location, mass) in [(-1.0, 1.0), (f64::NAN, 1.0), (1.0, 0.0), (1.0, 1.1), (1.0, f64::NAN)]
    {
        assert!(atom(location, mass).is_err());
    }
}

#[test]
fn atoms_at_one_place_are_one() {
    let atom = |location, mass| Atom { location, mass };
    let atoms = [atom(0.0, 0.25), atom(2.0, 0.5), atom(0.0, 0.25)];
    let law = TabulatedLaw::from_density(|_| 0.0, &[], &atoms, 1e-10).unwrap();
    assert_eq!(law.atoms(), [atom(0.0, 0.5), atom(2.0, 0.5)]);
    // The domain of S ends at the mass off 0.
    assert!(law.s_transform(-0.4).is_ok() && law.s_transform(-0.6).is_err());
}

/// A panic of the caller's function reaches the caller.
#[test]
#[should_panic(expected = "no density here")]
fn a_density_that_panics() {
    let f = |x: f64| if x > 0.9 { panic!("no density here") } else { 1.0 };
    let _ = TabulatedLaw::from_density(f, &[(0.0, 0.5), (0.5, 1.0)], &[], 1e-10);
}

#[test]
fn laws_compare_and_clone() {
    let law = |gamma| {
        GeneralizedMarchenkoPastur::new(gamma, Discrete::new(&[1.0, 2.0], &[0.5, 0.5]).unwrap())
            .unwrap()
    };
    assert_eq!(law(0.5), law(0.5).clone());
    assert_ne!(law(0.5), law(0.6));
    assert_eq!(MarchenkoPastur::new(2.0).unwrap(), MarchenkoPastur::new(2.0).unwrap());
    let solved = law(0.5);
    let other = solved.clone();
    let table = std::ptr::from_ref(solved.tabulated().unwrap());
    assert!(std::ptr::eq(table, other.tabulated().unwrap()));
    let moments = DerivativeMoments::new(0.0, 0.5, 0.1).unwrap();
    assert_eq!(FromMoments::new(moments), FromMoments::new(moments));
}
