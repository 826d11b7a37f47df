//! Samples against the law of their size: distances to smoothed laws, comparisons with both
//! laws, and what is refused.

use std::f64::consts::PI;

use ntk_spectrum::activation::{
    self, Activation, Centring, Cosine, Polynomial, Relu, Softplus, Tanh,
};
use ntk_spectrum::empirical::{Comparison, EmpiricalSpectrum, Split};
use ntk_spectrum::ensemble::InputCovariance;
use ntk_spectrum::ensemble::input::Laplace;
use ntk_spectrum::law::{Atom, TabulatedLaw};
use ntk_spectrum::prelude::*;
use ntk_spectrum::spectrum::{FiniteSpectrum, Resolution, SmoothedLaw};
use num_complex::Complex64;
use serde_json::Value;

/// A smoothed law from elsewhere.
struct Own {
    law: TabulatedLaw,
    resolution: f64,
}

impl SmoothedLaw for Own {
    fn smoothed(&self) -> Result<&TabulatedLaw, Error> {
        Ok(&self.law)
    }

    fn resolution(&self) -> f64 {
        self.resolution
    }
}

fn close(what: &str, found: f64, expected: f64, tolerance: f64) {
    assert!((found / expected - 1.0).abs() < tolerance, "{what}: {found}, not {expected}");
}

/// Stieltjes transforms in closed form.
fn transform(name: &str, z: Complex64) -> Complex64 {
    if name == "point" {
        return (1.0 - z).inv();
    }
    let ratio = 0.5_f64;
    let ends = [(1.0 - ratio.sqrt()).powi(2), (1.0 + ratio.sqrt()).powi(2)];
    let root = (z - ends[0]).sqrt() * (z - ends[1]).sqrt();
    (1.0 - ratio - z + root) / (2.0 * ratio * z)
}

#[test]
fn distances_are_those_of_numpy() {
    let reference: Value = serde_json::from_str(include_str!("data/smoothed.json")).unwrap();
    let end = reference["end"].as_f64().unwrap();
    for case in reference["cases"].as_array().unwrap() {
        let number = |key: &str| case[key].as_f64().unwrap();
        let (name, epsilon) = (case["law"].as_str().unwrap(), number("epsilon"));
        let ray = Complex64::new(1.0, epsilon);
        let density = |x: f64| (ray * transform(name, ray * x)).im / (PI * number("mass"));
        let law =
            TabulatedLaw::from_density(density, &[(0.0, 1.0), (1.0, end)], &[], 1e-8).unwrap();
        let law = Own { law, resolution: epsilon };
        let values = case["values"].as_array().unwrap().iter().map(|x| x.as_f64().unwrap());
        let found = EmpiricalSpectrum::new(values).unwrap().smoothed_distance(&law).unwrap();
        // Integrals are sums over points that are ε/4 apart.
        close("KS", found.kolmogorov_smirnov, number("kolmogorov_smirnov"), 1e-6);
        close("W1", found.wasserstein1, number("wasserstein1"), 3e-3);
        close("W1 of ln x", found.log_wasserstein1, number("log_wasserstein1"), 3e-3);
    }
}

#[test]
fn widths_of_every_size_are_bounded_work() {
    // Where ε is below all gaps, the distance is that of the steps themselves.
    let values: Vec<f64> = (0..40).map(|k| (f64::from(k) + 0.5) / 40.0).collect();
    let spectrum = EmpiricalSpectrum::new(values).unwrap();
    let uniform = TabulatedLaw::from_density(|_| 1.0, &[(0.0, 1.0)], &[], 1e-9).unwrap();
    for resolution in [1e-5, 1e-9, 1e-300] {
        let law = Own { law: uniform.clone(), resolution };
        let found = spectrum.smoothed_distance(&law).unwrap();
        close("KS", found.kolmogorov_smirnov, 1.0 / 80.0, 0.05);
        close("W1", found.wasserstein1, 1.0 / 160.0, 0.02);
    }
    // Half of the mass is next to 0.
    let extreme = EmpiricalSpectrum::from_values([1e-310, 1e140], 0.0).unwrap();
    let law = Own { law: uniform, resolution: 0.02 };
    let found = extreme.smoothed_distance(&law).unwrap();
    close("KS", found.kolmogorov_smirnov, 1.0, 0.01);
    close("W1", found.wasserstein1, 0.5, 0.01);
}

/// One sampled kernel, its law, and the spectrum in parts.
fn sampled(
    sigma: impl Activation + 'static,
    (n, d, p): (usize, usize, usize),
) -> (FiniteSpectrum, Split) {
    let dimensions = Dimensions::new(n, d, p).unwrap();
    let ensemble = TwoLayerEnsemble::new(dimensions, sigma).with_seed(3);
    let law = FiniteSpectrum::from_ensemble(&ensemble);
    (law.clone(), split(&ensemble, &law.limit()))
}

fn split(ensemble: &TwoLayerEnsemble, limit: &LimitingSpectrum) -> Split {
    let kernel = NtkBuilder::from_sample(&ensemble.sample().unwrap()).build().unwrap();
    let outliers =
        PredictedOutliers::of_dimensions(limit, kernel.dimensions(), kernel.centring()).unwrap();
    EmpiricalSpectrum::from_kernel(&kernel).unwrap().split(limit, &outliers).unwrap()
}

#[test]
fn the_law_of_the_size_is_nearer_than_the_limit() {
    for (law, split) in [
        sampled(Tanh, (560, 28, 28)),
        sampled(Softplus, (560, 28, 28)),
        // More samples than weights: 216 zeros.
        sampled(Relu, (1000, 28, 28)),
    ] {
        let comparison = Comparison::at_finite_size(&split, &law).unwrap();
        let finite = comparison.finite.clone().unwrap();
        for pair in [finite.bulk, finite.whole] {
            let [limit, own] = [pair.limit, pair.finite].map(|d| d.kolmogorov_smirnov);
            assert!(own < 0.012 && own < 0.6 * limit, "{comparison}");
        }
        assert!(finite.whole.finite.log_wasserstein1 < finite.whole.limit.log_wasserstein1);
        let mean = finite.mean.unwrap();
        assert!((mean.empirical / mean.finite - 1.0).abs() < 0.02, "{comparison}");
        assert_eq!(mean.empirical, comparison.mean.empirical);
        // Nothing but `finite` differs from the comparison with the limit.
        let limit = Comparison::new(&split, &law.limit()).unwrap();
        assert_eq!(limit.finite, None);
        let mut both = limit.clone();
        both.finite = comparison.finite.clone();
        assert_eq!(both, comparison);
        let (text, shorter) = (comparison.to_string(), limit.to_string());
        let verdict = limit.verdict().to_string();
        let shorter = shorter.trim_end().strip_suffix(&verdict).unwrap();
        assert!(text.starts_with(shorter) && text.contains("finite size"), "{text}");
        assert!(text.trim_end().ends_with(&verdict), "{text}");
        let wide = text.lines().skip_while(|line| !line.starts_with("bulk"));
        let wide = wide.take_while(|line| !verdict.starts_with(line) || line.is_empty());
        assert!(wide.filter(|line| !line.is_empty()).all(|l| l.chars().count() == 66), "{text}");
    }
}

#[test]
fn verdicts_know_the_dimensions_of_the_law() {
    // φ = z² − 1: no outliers, and a prediction that knows no dimensions.
    let dimensions = Dimensions::new(280, 20, 20).unwrap();
    let cubic = Polynomial::new([0.0, -1.0, 0.0, 1.0 / 3.0]).unwrap();
    let ensemble = TwoLayerEnsemble::new(dimensions, cubic).with_seed(1);
    let kernel = NtkBuilder::from_sample(&ensemble.sample().unwrap()).build().unwrap();
    let law = FiniteSpectrum::from_ensemble(&ensemble);
    assert_eq!(law.outliers().unwrap().count(), 0);
    let spectrum = EmpiricalSpectrum::from_kernel(&kernel).unwrap();
    let split = spectrum.split(&law.limit(), &PredictedOutliers::none()).unwrap();
    let limit = Comparison::new(&split, &law.limit()).unwrap();
    assert_eq!(limit.verdict().allowed(), None);
    let both = Comparison::at_finite_size(&split, &law).unwrap();
    assert_eq!(both.verdict().allowed(), limit.with_dimensions(dimensions).verdict().allowed());
    assert!(both.verdict().allowed().is_some());
}

#[test]
fn covariances_are_refused_by_name() {
    let dimensions = Dimensions::new(280, 20, 20).unwrap();
    let falling: Vec<f64> = (0..20).map(|k| 0.9_f64.powi(k)).collect();
    let ensemble = TwoLayerEnsemble::new(dimensions, Tanh)
        .with_covariance(InputCovariance::new(&falling).unwrap());
    let law = FiniteSpectrum::from_ensemble(&ensemble);
    // What would have been advice on the kurtosis does not hide it, nor an unknown kurtosis.
    let unknown = law.clone().with_input_kurtosis(f64::NAN);
    for law in [law.clone(), law.clone().with_input_kurtosis(3.0), unknown] {
        let law = law.with_resolution(0.05);
        for error in [
            law.stieltjes(Complex64::new(0.1, 0.1)).unwrap_err(),
            law.density(0.1).unwrap_err(),
            law.bulk().unwrap_err(),
            law.posterior_variance(0.1).unwrap_err(),
            PredictedOutliers::at_finite_size(&law).unwrap_err(),
        ] {
            let name = "the second moment of the covariance";
            match error {
                Error::InvalidParameter { name: found, .. } => assert_eq!(found, name),
                other => panic!("{other}"),
            }
        }
        let limit = LimitingSpectrum::from_ensemble(&ensemble);
        assert_eq!(law.limit().quantile(0.5).unwrap(), limit.quantile(0.5).unwrap());
        let moments = law.limit().population().covariance_moments().unwrap();
        assert!(moments.1 > 1.2, "{moments:?}");
    }
}

#[test]
fn what_is_not_told_from_zero_is_left_out_whatever_its_sign() {
    let law = FiniteSpectrum::new(Dimensions::new(280, 20, 20).unwrap(), Tanh, 1.0);
    let limit = law.limit();
    let told = [0.02, 0.05, 0.1, 0.3];
    let expected = EmpiricalSpectrum::new(told).unwrap();
    let expected = expected.smoothed_distance(law.bulk().unwrap()).unwrap();
    for tiny in [[1e-18, 2e-18], [1e-18, -2e-18], [-1e-18, -2e-18]] {
        let values = tiny.into_iter().chain(told);
        let spectrum = EmpiricalSpectrum::from_values_of_rank(values, 6).unwrap();
        assert_eq!((spectrum.zeros(), spectrum.undetermined()), (0, 2));
        // As it is, and as a bulk.
        let bulk = spectrum.split(&limit, &PredictedOutliers::none()).unwrap().bulk().unwrap();
        assert_eq!(bulk.undetermined(), 2);
        assert_eq!(bulk.resolution(), spectrum.resolution());
        for spectrum in [spectrum, bulk] {
            assert_eq!(spectrum.smoothed_distance(law.bulk().unwrap()).unwrap(), expected);
        }
    }
}

/// The same distances from what the law says of itself, on a grid of the test's own.
#[test]
fn distances_of_the_law_agree_with_brute_force() {
    let (law, split) = sampled(Relu, (300, 15, 16));
    let law = law.with_resolution(0.05);
    let values: Vec<f64> = split.spectrum().values().iter().copied().filter(|x| *x > 0.0).collect();
    let (atom, end) = (law.cdf(0.0).unwrap(), law.solve().unwrap().support()[0].upper.location);
    let cdf = |x: f64| {
        let steps: f64 = values.iter().map(|v| law.smoothed_step(x, *v).unwrap()).sum();
        let last: f64 = values.iter().map(|v| law.smoothed_step(end, *v).unwrap()).sum();
        (steps / last, (law.cdf(x).unwrap() - atom) / (law.cdf(end).unwrap() - atom))
    };
    let (low, high, count) = (1e-6_f64, 1e4_f64, 40_000);
    let (mut largest, mut integral) = (0.0_f64, 0.0);
    let step = (high / low).ln() / f64::from(count);
    for k in 0..count {
        let (sample, expected) = cdf(low * (step * (f64::from(k) + 0.5)).exp());
        largest = largest.max((sample - expected).abs());
        integral += step * (sample - expected).abs();
    }
    let found = split.spectrum().smoothed_distance(&law).unwrap();
    close("KS", found.kolmogorov_smirnov, largest, 1e-5);
    close("W1 of ln x", found.log_wasserstein1, integral, 3e-3);
}

#[test]
fn bad_input_is_an_error() {
    let (law, split) = sampled(Tanh, (280, 20, 20));
    for (n, d, p) in [(281, 20, 20), (560, 20, 20)] {
        let other = FiniteSpectrum::new(Dimensions::new(n, d, p).unwrap(), Tanh, 1.0);
        let error = Comparison::at_finite_size(&split, &other).unwrap_err();
        assert!(matches!(error, Error::InvalidSize { name: "n of the sample", .. }), "{error}");
    }
    // The same n.
    for (d, p, name) in [(10, 20, "d of the sample"), (20, 21, "p of the sample")] {
        let other = FiniteSpectrum::new(Dimensions::new(280, d, p).unwrap(), Tanh, 1.0);
        match Comparison::at_finite_size(&split, &other).unwrap_err() {
            Error::InvalidSize { name: found, size: 20, .. } => assert_eq!(found, name),
            other => panic!("{other}"),
        }
    }
    // Outliers of the law that are in the bulk of the sample.
    let together = split.spectrum().split(&law.limit(), &PredictedOutliers::none()).unwrap();
    let error = Comparison::at_finite_size(&together, &law).unwrap_err();
    let named = matches!(error, Error::InvalidSize { name: "outliers set aside", size: 0, .. });
    assert!(named, "{error}");
    // Everything is an outlier of that many samples.
    let few = FiniteSpectrum::new(Dimensions::new(15, 20, 20).unwrap(), Tanh, 1.0);
    assert!(few.bulk().is_err());
    for bad in [0.0, -1.0, 0.6, f64::NAN] {
        let law = law.clone().with_resolution(bad);
        for error in [
            Comparison::at_finite_size(&split, &law).unwrap_err(),
            split.spectrum().smoothed_distance(&law).unwrap_err(),
            Resolution::new(bad).unwrap_err(),
        ] {
            let named = matches!(error, Error::InvalidParameter { name: "resolution", .. });
            assert!(named, "{error}");
        }
    }
    // E X⁴ that nobody knows.
    let unknown = law.clone().with_input_kurtosis(f64::NAN);
    assert!(Comparison::at_finite_size(&split, &unknown).is_err());

    let zeros = EmpiricalSpectrum::new([0.0, 0.0]).unwrap();
    assert!(matches!(zeros.smoothed_distance(&law), Err(Error::InvalidLength { .. })));
    let far = EmpiricalSpectrum::new([1e140]).unwrap();
    assert!(matches!(
        far.smoothed_distance(law.bulk().unwrap()),
        Err(Error::InvalidParameter { .. })
    ));
    let nothing = Own {
        law: FiniteSpectrum::new(Dimensions::new(280, 20, 20).unwrap(), Relu, 0.0)
            .solve()
            .unwrap()
            .clone(),
        resolution: 0.1,
    };
    assert_eq!(nothing.law.atoms(), [Atom { location: 0.0, mass: 1.0 }]);
    assert!(matches!(
        split.spectrum().smoothed_distance(&nothing),
        Err(Error::InvalidParameter { .. })
    ));
}

#[test]
fn the_law_knows_the_entries_of_x() {
    // E X⁴ = 6 in place of 3: rows are of wider spread.
    let (mut own, mut other) = (0.0, 0.0);
    for seed in 1..4 {
        let ensemble = TwoLayerEnsemble::new(Dimensions::new(400, 24, 24).unwrap(), Tanh)
            .with_input_law(Laplace)
            .with_seed(seed);
        let law = FiniteSpectrum::from_ensemble(&ensemble);
        let split = split(&ensemble, &law.limit());
        let distance = |law: &FiniteSpectrum| {
            split.spectrum().smoothed_distance(law).unwrap().kolmogorov_smirnov
        };
        own += distance(&law);
        other += distance(&law.clone().with_input_kurtosis(3.0));
    }
    assert!(own < 0.7 * other, "{own} {other}");
}

#[cfg(feature = "serde")]
#[test]
fn comparisons_of_before_are_read() {
    let (law, split) = sampled(Tanh, (280, 20, 20));
    let comparison = Comparison::at_finite_size(&split, &law).unwrap();
    let text = serde_json::to_string(&comparison).unwrap();
    assert_eq!(serde_json::from_str::<Comparison>(&text).unwrap(), comparison);
    // Without the field.
    let mut stored: Value = serde_json::from_str(&text).unwrap();
    stored.as_object_mut().unwrap().remove("finite").unwrap();
    let read: Comparison = serde_json::from_value(stored).unwrap();
    assert_eq!(read, Comparison::new(&split, &law.limit()).unwrap());
}

#[test]
fn outliers_are_where_sampled_ones_are() {
    // Means over 400 and 100 kernels of n = 0.7 d², d = p, all d + 1 outliers, right to 0.2 %
    // (tests/data/outliers.py).
    for (sigma, d, mean) in [
        (activation::by_name("relu").unwrap(), 20, 3.867),
        (activation::by_name("gelu").unwrap(), 20, 3.822),
        (activation::by_name("softplus").unwrap(), 20, 3.439),
        (activation::by_name("relu").unwrap(), 40, 7.372),
        (activation::by_name("gelu").unwrap(), 40, 7.313),
        (activation::by_name("softplus").unwrap(), 40, 6.941),
    ] {
        let dimensions = Dimensions::new(7 * d * d / 10, d, d).unwrap();
        let law = FiniteSpectrum::new(dimensions, sigma, 1.0);
        let finite = PredictedOutliers::at_finite_size(&law).unwrap();
        let limit =
            PredictedOutliers::of_dimensions(&law.limit(), dimensions, Centring::Raw).unwrap();
        assert_eq!((finite.count(), limit.count()), (d + 1, d + 1));
        let off =
            |found: &PredictedOutliers| (found.locations().mean().unwrap() / mean - 1.0).abs();
        assert!(off(&finite) < 0.01, "{d}: {}", off(&finite));
        assert!(off(&finite) < 0.5 * off(&limit), "{d}: {} {}", off(&finite), off(&limit));
        // A spectrum is taken apart in the same place.
        let end = law.limit().support().unwrap()[0].upper.location;
        assert!(finite.count_above(end) >= limit.count_above(end));
        let law_mean = law.outliers().unwrap().mean().unwrap();
        close("mean", finite.locations().mean().unwrap(), law_mean, 2e-3);
    }
    // None, and from a1 alone.
    let law = FiniteSpectrum::new(Dimensions::new(280, 20, 20).unwrap(), Relu, 0.0);
    assert_eq!(PredictedOutliers::at_finite_size(&law).unwrap(), PredictedOutliers::none());
    let law =
        FiniteSpectrum::new(Dimensions::new(560, 20, 20).unwrap(), Cosine::new(1.0).unwrap(), 1.0);
    let one = PredictedOutliers::at_finite_size(&law).unwrap();
    assert!(one.from_a0().is_none() && one.count() == 1);
    // Mean of 400 sampled kernels with γ1 = 0.7: 5.881 ± 0.011; the limit has 5.15.
    let law =
        FiniteSpectrum::new(Dimensions::new(280, 20, 20).unwrap(), Cosine::new(1.0).unwrap(), 1.0);
    let one = PredictedOutliers::at_finite_size(&law).unwrap();
    close("alone", one.from_a1().unwrap(), 5.881, 0.02);
}

#[test]
fn means_of_outliers_that_are_not_apart_are_errors() {
    // φ = z² − 0.9: what a0 makes is next to what a2 makes, and no end leaves 20 above.
    let cubic = Polynomial::new([0.0, -0.9, 0.0, 1.0 / 3.0]).unwrap();
    let law = FiniteSpectrum::new(Dimensions::new(400, 20, 20).unwrap(), cubic, 1.0);
    let outliers = law.outliers().unwrap();
    assert_eq!(outliers.count(), 20);
    for error in
        [outliers.mean().unwrap_err(), PredictedOutliers::at_finite_size(&law).unwrap_err()]
    {
        match error {
            Error::Inconsistent { expected: 20.0, found, .. } => close("above", found, 25.0, 0.01),
            other => panic!("{other}"),
        }
    }
    // The bulk itself is known.
    assert!(law.bulk().unwrap().mean().unwrap() > 0.0);
}
