//! Empirical spectra: distances, bins, transforms and outliers against closed
//! forms, brute force, numpy and scipy, and a sampled kernel.

use ndarray::Array1;
use ntk_spectrum::activation::{Activation, Centring, Cosine, DerivativeMoments, Relu};
use ntk_spectrum::empirical::{Bins, Comparison, EmpiricalSpectrum, PooledComparison};
use ntk_spectrum::ensemble::TwoLayerEnsemble;
use ntk_spectrum::law::{
    Discrete, GeneralizedMarchenkoPastur, MarchenkoPastur, PositivePart, SpectralLaw, SpectralSums,
    Uniform,
};
use ntk_spectrum::ntk::{Ntk, NtkBuilder};
use ntk_spectrum::spectrum::PredictedOutliers;
use ntk_spectrum::{Dimensions, Error, LimitingSpectrum};
use num_complex::Complex64;
use rand::{SeedableRng, rngs::ChaCha8Rng};
use rand_distr::Distribution;
use serde_json::Value;

#[track_caller]
fn close(what: &str, found: f64, expected: f64, tolerance: f64) {
    assert!(
        (found - expected).abs() <= tolerance,
        "{what}: {found:?} instead of {expected:?}, off by {:e}",
        found - expected
    );
}

fn spectrum(values: &[f64]) -> EmpiricalSpectrum {
    EmpiricalSpectrum::new(values).unwrap()
}

fn midquantiles(law: &impl SpectralLaw, n: usize) -> EmpiricalSpectrum {
    let q = |k: usize| (k as f64 + 0.5) / n as f64;
    EmpiricalSpectrum::new((0..n).map(|k| law.quantile(q(k)).unwrap())).unwrap()
}

/// Two intervals, and an atom 1 − 1/γ at 0.
fn two_intervals(ratio: f64) -> GeneralizedMarchenkoPastur<Discrete> {
    let population = Discrete::new(&[1.0, 60.0], &[0.7, 0.3]).unwrap();
    let law = GeneralizedMarchenkoPastur::new(ratio, population).unwrap();
    assert_eq!(law.support().unwrap().len(), 2, "{ratio}");
    law
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|x| x.as_f64().unwrap()).collect()
}

fn reference() -> Value {
    serde_json::from_str(include_str!("data/empirical.json")).unwrap()
}

#[test]
fn bins_are_those_of_numpy() {
    for sample in reference()["samples"].as_array().unwrap() {
        let spectrum = spectrum(&numbers(&sample["values"]));
        for (rule, name) in [(Bins::FreedmanDiaconis, "fd"), (Bins::Scott, "scott")] {
            let expected = &sample[name];
            close(name, rule.width(&spectrum).unwrap(), expected["width"].as_f64().unwrap(), 1e-14);
            assert_eq!(
                rule.count(&spectrum).unwrap() as u64,
                expected["bins"].as_u64().unwrap(),
                "{name}"
            );
        }
        let histogram = spectrum.histogram(Bins::Fixed(7)).unwrap();
        for (found, expected) in
            histogram.heights().iter().zip(numbers(&sample["histogram"]["heights"]))
        {
            close("height", *found, expected, 1e-13);
        }
        for (found, expected) in
            histogram.edges().iter().zip(numbers(&sample["histogram"]["edges"]))
        {
            close("edge", *found, expected, 1e-14);
        }
    }
}

#[test]
fn distances_are_those_of_scipy() {
    for sample in reference()["samples"].as_array().unwrap() {
        let values = numbers(&sample["values"]);
        let (spectrum, n) = (spectrum(&values), values.len() as f64);
        for row in sample["laws"].as_array().unwrap() {
            let law: Box<dyn SpectralLaw> = match row["ratio"].as_f64() {
                Some(ratio) => Box::new(MarchenkoPastur::new(ratio).unwrap()),
                None => Box::new(Uniform::new(0.2, 3.0).unwrap()),
            };
            let what = |figure: &str| format!("{figure} of {} to {law:?}", sample["name"]);
            let expected = |figure: &str| row[figure].as_f64();
            close(
                &what("KS"),
                spectrum.kolmogorov_smirnov(&law).unwrap(),
                expected("kolmogorov_smirnov").unwrap(),
                1e-11,
            );
            // The references' own integrals are good to about 1e-12.
            close(
                &what("W1"),
                spectrum.wasserstein1(&law).unwrap(),
                expected("wasserstein1").unwrap(),
                1e-10,
            );
            if let Some(expected) = expected("cramer_von_mises_n") {
                close(&what("CvM"), n * spectrum.cramer_von_mises(&law).unwrap(), expected, 1e-10);
            }
        }
    }
    for case in reference()["discrete"].as_array().unwrap() {
        let law = Discrete::new(&numbers(&case["locations"]), &numbers(&case["weights"])).unwrap();
        let found = spectrum(&numbers(&case["values"])).wasserstein1(&law).unwrap();
        close("W1 of discrete laws", found, case["wasserstein1"].as_f64().unwrap(), 1e-13);
    }
}

#[test]
fn midquantiles_are_as_near_as_n_points_can_be() {
    for ratio in [0.2, 1.0, 0.9] {
        let law = MarchenkoPastur::new(ratio).unwrap();
        let width = law.edges().1 - law.edges().0;
        for n in [1_usize, 2, 17, 500] {
            let spectrum = midquantiles(&law, n);
            let half = 0.5 / n as f64;
            close("KS", spectrum.kolmogorov_smirnov(&law).unwrap(), half, 1e-10);
            close("CvM", spectrum.cramer_von_mises(&law).unwrap(), half * half / 3.0, 1e-10);
            // Each 1/n of mass moves by less than the distance of its quantiles.
            let moved = spectrum.wasserstein1(&law).unwrap();
            assert!(moved > 0.0 && moved <= half * width, "{moved}");
        }
    }
    // Uniform: exactly a quarter of 1/n times the length.
    let law = Uniform::new(1.0, 3.0).unwrap();
    let moved = midquantiles(&law, 10).wasserstein1(&law).unwrap();
    close("W1", moved, 0.25 * 0.1 * 2.0, 1e-13);
}

#[test]
fn wasserstein_agrees_with_brute_force() {
    let marchenko_pastur = |ratio| MarchenkoPastur::new(ratio).unwrap();
    let laws: [Box<dyn SpectralLaw>; 5] = [
        Box::new(marchenko_pastur(1.0)),
        Box::new(marchenko_pastur(3.0)),
        Box::new(two_intervals(0.7)),
        Box::new(two_intervals(1.0)),
        Box::new(PositivePart::new(&marchenko_pastur(3.0)).unwrap()),
    ];
    for law in laws {
        for values in [vec![0.0, 0.0, 0.3, 1.7, 9.0, 35.0, 60.0], vec![5.0], vec![0.01, 0.02, 2.0]]
        {
            let spectrum = spectrum(&values);
            let top = law.quantile(1.0).unwrap().max(spectrum.max());
            let steps = 400_000;
            let width = top / f64::from(steps);
            let sum: f64 = (0..steps)
                .map(|k| {
                    let x = width * (f64::from(k) + 0.5);
                    (spectrum.ecdf(x) - law.cdf(x).unwrap()).abs() * width
                })
                .sum();
            // The rule is off by a step at each jump, by less where F is like a root.
            let error = 10.0 * width;
            close(&format!("{law:?}"), spectrum.wasserstein1(&law).unwrap(), sum, error);
        }
    }
}

#[test]
fn cramer_von_mises_agrees_with_its_integral() {
    // ∫ (F_n − F)² dF over the quantiles, and over the atom by hand.
    let law = MarchenkoPastur::new(2.0).unwrap();
    for values in [vec![0.0, 0.3, 1.7, 9.0], vec![2.0], vec![0.0, 0.0, 0.0]] {
        let spectrum = spectrum(&values);
        let steps = 200_000;
        let mut sum = 0.5 * (spectrum.ecdf(0.0) - 0.5).powi(2);
        for k in 0..steps {
            let q = 0.5 + 0.5 * (f64::from(k) + 0.5) / f64::from(steps);
            let x = law.quantile(q).unwrap();
            sum += (spectrum.ecdf(x) - q).powi(2) * 0.5 / f64::from(steps);
        }
        close("CvM", spectrum.cramer_von_mises(&law).unwrap(), sum, 1e-5);
    }
    // Discrete: m (F_n − F)² at each atom, also without a value there.
    let law = Discrete::new(&[1.0, 2.0, 4.0], &[0.25, 0.5, 0.25]).unwrap();
    let found = spectrum(&[2.0, 3.0]).cramer_von_mises(&law).unwrap();
    let expected = 0.25 * 0.25_f64.powi(2) + 0.5 * 0.25_f64.powi(2) + 0.0;
    close("CvM", found, expected, 1e-15);
}

#[test]
fn jumps_are_compared_from_both_sides() {
    let law = Discrete::new(&[0.0, 1.0], &[0.5, 0.5]).unwrap();
    // The same atoms: no distance at all, though F jumps by 1/2.
    let same = spectrum(&[0.0, 1.0, 1.0, 0.0]);
    assert_eq!(same.kolmogorov_smirnov(&law).unwrap(), 0.0);
    assert_eq!(same.cramer_von_mises(&law).unwrap(), 0.0);
    assert_eq!(same.wasserstein1(&law).unwrap(), 0.0);
    // Zeros that miss the atom: 1/2 of the mass is out of place on (0, 1e-3).
    let off = EmpiricalSpectrum::new([1e-3, 1e-3, 1.0, 1.0]).unwrap();
    assert_eq!(off.kolmogorov_smirnov(&law).unwrap(), 0.5);
    close("W1", off.wasserstein1(&law).unwrap(), 5e-4, 1e-16);
    // An atom between two values.
    let around = spectrum(&[0.0, 0.5, 2.0, 2.0]);
    assert_eq!(around.kolmogorov_smirnov(&law).unwrap(), 0.5);
    close("W1", around.wasserstein1(&law).unwrap(), 0.125 + 0.5, 1e-15);
}

#[test]
fn integrated_distribution_function() {
    let laws: [Box<dyn SpectralLaw>; 4] = [
        Box::new(MarchenkoPastur::new(0.3).unwrap()),
        Box::new(MarchenkoPastur::new(1.0).unwrap()),
        Box::new(MarchenkoPastur::new(5.0).unwrap()),
        Box::new(two_intervals(2.0)),
    ];
    for law in laws {
        let table = law.tabulated().unwrap();
        let top = law.quantile(1.0).unwrap();
        // ∫ (x − t)⁺ dμ is x minus the mean above the support, and convex inside.
        for x in [top, 2.0 * top] {
            close("total", table.integrated_cdf(x), x - law.mean().unwrap(), 1e-9 * top);
        }
        assert_eq!(table.integrated_cdf(-1.0), 0.0);
        assert!(table.integrated_cdf(f64::NAN).is_nan());
        assert_eq!(table.integrated_cdf(f64::INFINITY), f64::INFINITY);
        for k in 1..40 {
            let (x, h) = (top * f64::from(k) / 40.0, 1e-4 * top);
            let slope = (table.integrated_cdf(x + h) - table.integrated_cdf(x - h)) / (2.0 * h);
            let between = [table.cdf(x - h), table.cdf(x + h)];
            assert!(slope >= between[0] - 1e-10 && slope <= between[1] + 1e-10, "{slope}");
        }
    }
}

#[test]
fn positive_part_of_a_law() {
    let law = two_intervals(4.0);
    let positive = PositivePart::new(&law).unwrap();
    close("mass", positive.mass(), 0.25, 1e-10);
    assert!(positive.atoms().unwrap().is_empty());
    close("F", positive.cdf(1e9).unwrap(), 1.0, 1e-14);
    let mass: f64 = positive.support().unwrap().iter().map(|i| i.mass).sum();
    close("mass of the intervals", mass, 1.0, 1e-14);
    for q in [0.1, 0.5, 0.9] {
        let same = law.quantile(0.75 + 0.25 * q).unwrap();
        close("quantile", positive.quantile(q).unwrap(), same, 1e-7);
    }
    let z = Complex64::new(3.0, 0.5);
    let composed = 0.75 / z + 0.25 * positive.cauchy(z).unwrap();
    assert!((law.cauchy(z).unwrap() - composed).norm() < 1e-10);
    let zero = Discrete::new(&[0.0], &[1.0]).unwrap();
    assert!(matches!(PositivePart::new(&zero), Err(Error::InvalidParameter { .. })));
}

#[test]
fn functions_of_a_tiny_spectrum() {
    let spectrum = spectrum(&[3.0, 1.0, 1.0, 0.0]);
    assert_eq!(spectrum.len(), 4);
    assert_eq!((spectrum.min(), spectrum.max(), spectrum.zeros()), (0.0, 3.0, 1));
    for (x, f) in [(-1.0, 0.0), (0.0, 0.25), (0.99, 0.25), (1.0, 0.75), (3.0, 1.0), (1e9, 1.0)] {
        assert_eq!(spectrum.ecdf(x), f);
    }
    assert!(spectrum.ecdf(f64::NAN).is_nan());
    for (q, x) in [(0.0, 0.0), (0.25, 0.0), (0.2500001, 1.0), (0.75, 1.0), (0.76, 3.0), (1.0, 3.0)]
    {
        assert_eq!(spectrum.quantile(q).unwrap(), x, "{q}");
    }
    assert_eq!(spectrum.moment(0).unwrap(), 1.0);
    assert_eq!(spectrum.moment(3).unwrap(), 29.0 / 4.0);
    // F_n(λ) ≥ q as it is computed, for every rank.
    let hundred = EmpiricalSpectrum::new((1..=100).map(f64::from)).unwrap();
    for k in 1..=100 {
        let k = f64::from(k);
        assert_eq!(hundred.quantile(k / 100.0).unwrap(), k);
    }
}

#[test]
fn transforms_follow_the_conventions_of_laws() {
    let law = MarchenkoPastur::new(0.5).unwrap();
    let spectrum = midquantiles(&law, 4000);
    for z in [Complex64::new(1.0, 0.5), Complex64::new(-0.3, 0.0), Complex64::new(2.0, -0.4)] {
        let (found, expected) = (spectrum.cauchy(z).unwrap(), law.cauchy(z).unwrap());
        assert!((found - expected).norm() < 2e-6, "{found} {expected}");
        assert_eq!(spectrum.stieltjes(z).unwrap(), -found);
    }
    let atoms = Discrete::new(&[0.0, 2.0, 5.0], &[0.5, 0.25, 0.25]).unwrap();
    let z = Complex64::new(1.5, 0.1);
    let same = EmpiricalSpectrum::new([0.0, 0.0, 2.0, 5.0]).unwrap().cauchy(z).unwrap();
    assert!((same - atoms.cauchy(z).unwrap()).norm() < 1e-15);
}

#[test]
fn zeros_are_rounding_noise_and_nothing_else() {
    let noisy = spectrum(&[1e-15, -3e-16, 0.0, 2.0]);
    assert_eq!(noisy.zeros(), 3);
    assert_eq!(noisy.values().to_vec(), [0.0, 0.0, 0.0, 2.0]);
    // −0 is 0.
    assert!(spectrum(&[-0.0, 1.0]).values()[0].is_sign_positive());
    let kept = EmpiricalSpectrum::from_values([1e-15, 2.0], 1e-16).unwrap();
    assert_eq!(kept.zeros(), 0);
    match EmpiricalSpectrum::new([1.0, -1e-9]) {
        Err(Error::InvalidEntry { name: "values", index: 1, value, .. }) => {
            assert_eq!(value, -1e-9)
        }
        other => panic!("{other:?}"),
    }
    assert!(EmpiricalSpectrum::from_values([1.0, -1e-9], 1e-8).is_ok());
}

#[test]
fn histograms_have_the_mass_they_stand_for() {
    let law = MarchenkoPastur::new(0.5).unwrap();
    let spectrum = midquantiles(&law, 1000);
    for bins in [Bins::FreedmanDiaconis, Bins::Scott, Bins::Fixed(1), Bins::Fixed(333)] {
        for mass in [1.0, 0.37] {
            let histogram = spectrum.histogram(bins).unwrap().with_mass(mass).unwrap();
            let area: f64 = histogram.bars().map(|(l, r, h)| (r - l) * h).sum();
            close("area", area, mass, 1e-12);
            assert_eq!(histogram.counts().sum(), 1000);
            assert_eq!(histogram.mass(), mass);
        }
    }
    // Bars against the mass of the law in each bin: at most a value of 1000 off.
    let histogram = spectrum.histogram(Bins::FreedmanDiaconis).unwrap();
    for (left, right, height) in histogram.bars() {
        let mass = law.cdf(right).unwrap() - law.cdf(left).unwrap();
        close("bar", height * (right - left), mass, 2e-3);
    }
    for same in [0.0, 1.0, 1e150, 1e-200] {
        let constant = EmpiricalSpectrum::from_values([same; 5], 0.0).unwrap();
        for bins in [Bins::default(), Bins::Scott, Bins::Fixed(10)] {
            let histogram = constant.histogram(bins).unwrap();
            assert_eq!(histogram.counts().sum(), 5);
            assert!(histogram.heights().iter().all(|h| h.is_finite()), "{same} {bins:?}");
            assert!(histogram.edges().windows(2).into_iter().all(|e| e[0] < e[1]));
        }
    }
    // One value far away: a bounded number of bins.
    let far: Vec<f64> = (0..1000).map(f64::from).chain([1e12]).collect();
    assert_eq!(Bins::FreedmanDiaconis.count(&self::spectrum(&far)).unwrap(), 10_000);
}

/// A sampled kernel with D = 1, Gaussian data, and its limit.
fn kernel(
    sigma: impl Activation + 'static,
    n: usize,
    d: usize,
    p: usize,
    seed: u64,
) -> (Ntk, LimitingSpectrum) {
    let ensemble = TwoLayerEnsemble::new(Dimensions::new(n, d, p).unwrap(), sigma).with_seed(seed);
    let sample = ensemble.sample().unwrap();
    let kernel = NtkBuilder::from_sample(&sample).build().unwrap();
    (kernel, LimitingSpectrum::from_ensemble(&ensemble))
}

#[test]
fn outliers_of_a_sampled_kernel() {
    // Wide and tall: full rank, and rank dp < n.
    for (n, d, p, zeros) in [(280, 20, 20, 0), (300, 10, 20, 100)] {
        let (kernel, law) = kernel(Relu, n, d, p, 7);
        let predicted =
            PredictedOutliers::of_dimensions(&law, kernel.dimensions(), kernel.centring()).unwrap();
        assert_eq!(
            predicted,
            PredictedOutliers::of_dimensions(
                &law,
                Dimensions::new(n, d, p).unwrap(),
                Centring::Raw
            )
            .unwrap()
        );
        assert_eq!(predicted.count(), d + 1);
        let spectrum = EmpiricalSpectrum::from_kernel(&kernel).unwrap();
        let split = spectrum.split(&law, &predicted).unwrap();
        assert_eq!(split.zeros(), zeros);
        assert_eq!(split.outliers().len(), d + 1);
        assert_eq!(split.bulk_values().len(), n - zeros - d - 1);
        // The widest gap of the upper half is where the split is.
        let all = split.spectrum().values();
        let widest = (n / 2 + zeros / 2..n - 2)
            .max_by(|i, j| (all[i + 1] / all[*i]).total_cmp(&(all[j + 1] / all[*j])))
            .unwrap();
        assert_eq!(widest, n - d - 2, "{:?}", split.outliers());
        // Locations up to the bulk's share: the mean of all of them within a fifth.
        let mean = |x: &Array1<f64>| x.mean().unwrap();
        let (found, expected) = (mean(&split.outliers().to_owned()), mean(&predicted.locations()));
        assert!((found / expected - 1.0).abs() < 0.2, "{found} {expected}");
        // Without them the bulk has the law's mean up to 1/d.
        let comparison = Comparison::new(&split, &law).unwrap();
        let off = comparison.mean.difference() / comparison.mean.limit;
        assert!(off.abs() < 3.0 / d as f64, "{comparison}");
        assert!(comparison.kolmogorov_smirnov < 2.0 / d as f64);
    }
    // σ = cos: a0 = 0, a1² = 1/e, one outlier.
    let (n, d, p) = (280, 20, 20);
    let (kernel, law) = kernel(Cosine::new(1.0).unwrap(), n, d, p, 3);
    let predicted =
        PredictedOutliers::of_dimensions(&law, kernel.dimensions(), kernel.centring()).unwrap();
    assert_eq!(predicted.count(), 1);
    close("place", predicted.from_a1().unwrap(), 14.0 / std::f64::consts::E, 1e-9);
    let split = EmpiricalSpectrum::from_kernel(&kernel).unwrap().split(&law, &predicted).unwrap();
    assert_eq!(split.outliers().len(), 1);
    assert!(split.outliers()[0] > 1.5 * split.bulk_values()[n - 2]);
}

#[test]
fn a_centred_derivative_has_no_outliers_from_a0() {
    let ensemble = TwoLayerEnsemble::new(Dimensions::new(280, 20, 20).unwrap(), Relu).with_seed(2);
    let (law, sample) = (LimitingSpectrum::from_ensemble(&ensemble), ensemble.sample().unwrap());
    let kernel = NtkBuilder::from_sample(&sample).with_centring(Centring::Centred).build().unwrap();
    let predicted =
        PredictedOutliers::of_dimensions(&law, kernel.dimensions(), kernel.centring()).unwrap();
    assert_eq!((predicted.from_a0(), predicted.count()), (None, 1));
    let split = EmpiricalSpectrum::from_kernel(&kernel).unwrap().split(&law, &predicted).unwrap();
    assert_eq!(split.outliers().len(), 1);
    // The bulk ends near the law's end, far below where a0 would put outliers.
    let end = law.support().unwrap()[0].upper.location;
    let values = split.bulk_values();
    assert!(values[values.len() - 1] < 1.3 * end, "{} {end}", values[values.len() - 1]);
}

#[test]
fn outliers_are_counted_where_they_are_predicted() {
    let moments = |a0, a1| DerivativeMoments::new(a0, a1, 1.0).unwrap();
    let none = PredictedOutliers::none();
    assert_eq!((none.count(), none.count_above(0.0), none.locations().len()), (0, 0, 0));
    // Rounding noise of a quadrature is no a0.
    let noise =
        PredictedOutliers::new(moments(1e-16, -1e-15), 1.0, Dimensions::new(100, 10, 10).unwrap())
            .unwrap();
    assert_eq!(noise, none);
    assert_eq!(
        PredictedOutliers::new(moments(1.0, 1.0), 0.0, Dimensions::new(100, 10, 10).unwrap())
            .unwrap(),
        none
    );

    let outliers =
        PredictedOutliers::new(moments(0.5, 0.3), 2.0, Dimensions::new(1000, 40, 25).unwrap())
            .unwrap();
    let group = outliers.from_a0().unwrap();
    // a0² E D² n/d = 12.5 and a1² E D² n/d = 4.5.
    close("lower", group.lower, 12.5 * (1.0 - 0.2_f64).powi(2), 1e-12);
    close("upper", group.upper, 12.5 * 1.2_f64.powi(2), 1e-12);
    close("a1", outliers.from_a1().unwrap(), 4.5, 1e-12);
    let places = outliers.locations();
    assert_eq!((group.count, outliers.count(), places.len()), (40, 41, 41));
    close("mean place", places.iter().skip(1).sum::<f64>() / 40.0, 12.5, 0.02);
    assert!(places.iter().skip(1).all(|x| (group.lower..=group.upper).contains(x)));
    for x in [0.0, 4.0, 5.0, 9.0, 12.5, 17.0, 18.1] {
        let above = places.iter().filter(|place| **place > x).count();
        assert_eq!(outliers.count_above(x), above, "{x}");
    }
    // d > n: rank n.
    let wide = PredictedOutliers::new(moments(1.0, 0.0), 1.0, Dimensions::new(10, 40, 25).unwrap())
        .unwrap();
    assert_eq!((wide.count(), wide.locations().len()), (10, 10));
    assert!(wide.locations()[0] > wide.from_a0().unwrap().lower);

    // Predicted outside but not there; and there but not predicted.
    let law = MarchenkoPastur::new(1.0).unwrap();
    let inside = spectrum(&[0.5, 1.0, 3.9]).split(&law, &outliers).unwrap();
    assert!(inside.outliers().is_empty());
    let above = spectrum(&[0.5, 1.0, 4.5]).split(&law, &none).unwrap();
    assert!(above.outliers().is_empty());
    // Two of three predicted inside the bulk: one is taken, though two are outside.
    let partly =
        PredictedOutliers::new(moments(0.4, 1.0), 1.0, Dimensions::new(10, 2, 5).unwrap()).unwrap();
    assert_eq!((partly.count(), partly.count_above(4.0)), (3, 1));
    let split = spectrum(&[0.5, 1.0, 4.2, 5.1]).split(&law, &partly).unwrap();
    assert_eq!(split.outliers().to_vec(), [5.1]);
}

#[test]
fn comparisons_and_their_pool() {
    let law = two_intervals(2.0);
    let mut rng = ChaCha8Rng::seed_from_u64(5);
    let table = law.tabulated().unwrap();
    let mut comparisons = Vec::new();
    let mut spectra = Vec::new();
    for _ in 0..40 {
        let values: Vec<f64> = (0..200).map(|_| table.sample(&mut rng)).collect();
        let spectrum = spectrum(&values);
        let split = spectrum.split(&law, &PredictedOutliers::none()).unwrap();
        comparisons.push(Comparison::new(&split, &law).unwrap());
        spectra.push(spectrum);
    }
    let first = &comparisons[0];
    assert_eq!((first.n, first.zeros + first.bulk, first.quantiles.len()), (200, 200, 7));
    close("atom", first.atom.limit, 0.5, 1e-10);

    let pool = PooledComparison::new(&comparisons).unwrap();
    // Independent draws: unbiased, and √n KS of mean √(π/2) ln 2 for n large.
    for estimate in [pool.atom, pool.mean, pool.variance, pool.quantiles[3].difference] {
        let error = estimate.standard_error.unwrap();
        assert!(error > 0.0 && estimate.mean.abs() < 4.0 * error, "{estimate:?}");
    }
    let expected = (0.5 * std::f64::consts::PI).sqrt() * std::f64::consts::LN_2 / 100_f64.sqrt();
    let smirnov = pool.kolmogorov_smirnov;
    assert!(
        (smirnov.mean - expected).abs() < 4.0 * smirnov.standard_error.unwrap() + 0.01,
        "{smirnov:?}"
    );
    // ω² of m independent draws has mean 1/(6 m).
    let omega = pool.cramer_von_mises;
    assert!((omega.mean - 1.0 / 600.0).abs() < 4.0 * omega.standard_error.unwrap(), "{omega:?}");

    let pooled = EmpiricalSpectrum::pooled(&spectra).unwrap();
    assert_eq!(pooled.len(), 8000);
    assert!(pooled.kolmogorov_smirnov(&law).unwrap() < smirnov.mean);

    let single = PooledComparison::new(&comparisons[..1]).unwrap();
    assert_eq!(single.wasserstein1.mean, first.wasserstein1);
    assert_eq!(single.wasserstein1.standard_error, None);
    assert!(matches!(PooledComparison::new(&[]), Err(Error::InvalidLength { .. })));
}

#[test]
fn tables_are_aligned() {
    let law = MarchenkoPastur::new(0.5).unwrap();
    let split = midquantiles(&law, 300).split(&law, &PredictedOutliers::none()).unwrap();
    let text = Comparison::new(&split, &law).unwrap().to_string();
    let table: Vec<&str> =
        text.lines().skip_while(|line| !line.contains("sample")).take(10).collect();
    assert_eq!(table.len(), 10, "{text}");
    assert!(table.iter().all(|line| line.chars().count() == 66), "{text}");
    for name in ["mean", "variance", "50 % quantile", "Cramér–von Mises", "Wasserstein-1"] {
        assert!(text.contains(name), "{text}");
    }
}

#[cfg(feature = "serde")]
#[test]
fn reports_survive_storage() {
    let law = MarchenkoPastur::new(2.0).unwrap();
    let moments = DerivativeMoments::new(1.0, 1.0, 0.0).unwrap();
    let outliers =
        PredictedOutliers::new(moments, 1.0, Dimensions::new(200, 10, 10).unwrap()).unwrap();
    let mut values = midquantiles(&law, 200).values().to_vec();
    values.extend(outliers.locations());
    let split = spectrum(&values).split(&law, &outliers).unwrap();
    let comparison = Comparison::new(&split, &law).unwrap();
    assert_eq!(comparison.outliers.len(), 11);
    let text = serde_json::to_string(&comparison).unwrap();
    assert_eq!(serde_json::from_str::<Comparison>(&text).unwrap(), comparison);
    let pool = PooledComparison::new(&[comparison]).unwrap();
    let text = serde_json::to_string(&pool).unwrap();
    assert_eq!(serde_json::from_str::<PooledComparison>(&text).unwrap(), pool);
}

#[test]
fn bad_input_is_an_error() {
    let parameter = |result: Result<f64, Error>, argument: &str| match result {
        Err(Error::InvalidParameter { name, .. }) => assert_eq!(name, argument),
        other => panic!("{other:?}"),
    };
    assert!(matches!(
        EmpiricalSpectrum::new(Vec::<f64>::new()),
        Err(Error::InvalidLength { name: "values", .. })
    ));
    assert!(matches!(EmpiricalSpectrum::pooled([]), Err(Error::InvalidLength { .. })));
    for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e200, -1.0] {
        match EmpiricalSpectrum::new([1.0, bad]) {
            Err(Error::InvalidEntry { name: "values", index: 1, value, .. }) => {
                assert!(value == bad || bad.is_nan());
            }
            other => panic!("{other:?}"),
        }
    }
    for bad in [f64::NAN, f64::INFINITY, -1.0] {
        let made = EmpiricalSpectrum::from_values([1.0], bad);
        parameter(made.map(|_| 0.0), "threshold");
    }
    let spectrum = spectrum(&[1.0, 1e100]);
    for q in [-0.1, 1.1, f64::NAN] {
        parameter(spectrum.quantile(q), "q");
    }
    parameter(spectrum.moment(4), "k");
    parameter(spectrum.moment(u32::MAX), "k");
    for bins in [0, 10_001, usize::MAX] {
        parameter(spectrum.histogram(Bins::Fixed(bins)).map(|_| 0.0), "bins");
    }
    for mass in [0.0, 1.1, f64::NAN] {
        let histogram = spectrum.histogram(Bins::Fixed(3)).unwrap();
        parameter(histogram.with_mass(mass).map(|_| 0.0), "mass");
    }
    let finite = |z: Complex64| spectrum.cauchy(z).map(|g| g.re);
    parameter(finite(Complex64::new(f64::NAN, 0.0)), "z");
    parameter(finite(Complex64::new(0.0, f64::INFINITY)), "z");
    // 1 is nothing beside 1e100: an eigenvalue 0.
    parameter(finite(Complex64::new(0.0, 0.0)), "z");
    assert!(finite(Complex64::new(1.5, 0.0)).is_ok());

    let moments = DerivativeMoments::new(1.0, 1.0, 1.0).unwrap();
    let outliers = |square, n, d, p| {
        PredictedOutliers::new(moments, square, Dimensions::new(n, d, p).unwrap()).map(|_| 0.0)
    };
    for bad in [-1.0, f64::NAN, f64::INFINITY] {
        parameter(outliers(bad, 1, 1, 1), "mean_square");
    }
    assert!(outliers(f64::MAX, 10, 1, 1).is_err());

    // A law that cannot be solved says so.
    let unsolvable = LimitingSpectrum::new(-1.0, 1.0, Relu, 1.0);
    assert!(spectrum.kolmogorov_smirnov(&unsolvable).is_err());
    assert!(spectrum.cramer_von_mises(&unsolvable).is_err());
    assert!(spectrum.wasserstein1(&unsolvable).is_err());
    assert!(spectrum.split(&unsolvable, &PredictedOutliers::none()).is_err());
    // No bulk to compare.
    let law = MarchenkoPastur::new(1.0).unwrap();
    let zeros = EmpiricalSpectrum::new([0.0; 4]).unwrap();
    let split = zeros.split(&law, &PredictedOutliers::none()).unwrap();
    assert!(matches!(split.bulk(), Err(Error::InvalidLength { name: "bulk", .. })));
    assert!(Comparison::new(&split, &law).is_err());
}

#[test]
fn eigenvalues_have_plain_sums() {
    let spectrum = EmpiricalSpectrum::new([0.0, 1.0, 3.0]).unwrap();
    assert_eq!(spectrum.expectation(&|x| x * x).unwrap(), 10.0 / 3.0);
    assert_eq!(spectrum.effective_dimension(1.0).unwrap(), (0.5 + 0.75) / 3.0);
    assert_eq!(spectrum.inverse_trace(1.0).unwrap(), (1.0 + 0.5 + 0.25) / 3.0);
    assert_eq!(spectrum.condition_number(1.0).unwrap(), 4.0);
    close("log", spectrum.log_determinant(1.0).unwrap(), 8f64.ln() / 3.0, 1e-15);
    assert!(spectrum.log_determinant(0.0).is_err() && spectrum.condition_number(0.0).is_err());
    let regular = EmpiricalSpectrum::new([1.0, 4.0]).unwrap();
    assert_eq!(regular.condition_number(0.0).unwrap(), 4.0);
}

#[test]
fn integrands_that_are_not_finite() {
    let spectrum = EmpiricalSpectrum::new([0.0, 1.0]).unwrap();
    let log = spectrum.expectation(&f64::ln);
    assert!(matches!(log, Err(Error::InvalidValue { at: 0.0, .. })), "{log:?}");
    let found = spectrum.expectation(&|x| if x < 0.5 { 0.0 } else { f64::NAN });
    assert!(matches!(found, Err(Error::InvalidValue { at: 1.0, .. })), "{found:?}");
}

/// The transform at arguments, and of eigenvalues, whose squares are no numbers.
#[test]
fn transforms_of_every_size() {
    let spectrum = EmpiricalSpectrum::new([1.0, 2.0, 4.0]).unwrap();
    for exponent in [140, 155, 200, 300, 307] {
        let z = 10f64.powi(exponent) * Complex64::new(-0.6, 0.8);
        let product = spectrum.cauchy(z).unwrap() * z;
        assert!((product - 1.0).norm() < 1e-14, "{exponent}: {product}");
    }
    let usual = spectrum.cauchy(Complex64::new(1.5, 0.25)).unwrap();
    for scale in [-200, -100, 100, 149].map(|exponent| 10f64.powi(exponent)) {
        let scaled = EmpiricalSpectrum::new([scale, 2.0 * scale, 4.0 * scale]).unwrap();
        let found = scaled.cauchy(scale * Complex64::new(1.5, 0.25)).unwrap() * scale;
        assert!((found - usual).norm() < 1e-14 * usual.norm(), "{scale:e}: {found}");
    }
    let zero = EmpiricalSpectrum::new([0.0, 1.0]).unwrap();
    let found = zero.stieltjes(Complex64::new(-1e-300, 0.0)).unwrap();
    assert!((found.re / 5e299 - 1.0).abs() < 1e-14, "{found}");
}
