//! Observers of laws: told of every step, able to end the work at any of them, and without
//! any effect on what is computed.

use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, Mutex};

use ntk_spectrum::activation::{Gelu, Relu, Sine};
use ntk_spectrum::diagonal::{Discrete, Empirical, TwoPoint, Uniform};
use ntk_spectrum::law::{self, GeneralizedMarchenkoPastur, Population, SpectralLaw};
use ntk_spectrum::observer::{Observer, Progress, Stage};
use ntk_spectrum::spectrum::FiniteSpectrum;
use ntk_spectrum::{Dimensions, Error, LimitingSpectrum};
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

/// Of these laws.
const TOLERANCE: f64 = 1e-7;

fn normal(count: usize) -> Empirical {
    let mut rng = ChaCha8Rng::seed_from_u64(9);
    let values: Vec<f64> = (0..count).map(|_| StandardNormal.sample(&mut rng)).collect();
    Empirical::new(&values).unwrap()
}

/// Laws of every way to a solution: closed forms of the roots, a density of D, few atoms,
/// many values merged, b = 0, and nothing to solve.
fn laws() -> Vec<(&'static str, LimitingSpectrum)> {
    let uniform = || Uniform::new(0.5, 1.5).unwrap();
    let atoms = Discrete::new(&[0.0, 1.0, 2.0], &[0.2, 0.4, 0.4]).unwrap();
    let laws = vec![
        ("constant", LimitingSpectrum::new(0.7, 1.0, Gelu, 1.0)),
        ("uniform", LimitingSpectrum::new(0.7, 1.3, Gelu, uniform())),
        ("atoms", LimitingSpectrum::new(0.7, 0.4, Relu, atoms)),
        ("many values", LimitingSpectrum::new(0.7, 1.0, Relu, normal(1000))),
        ("b = 0", LimitingSpectrum::new(1.5, 1.0, Sine::new(1.0).unwrap(), uniform())),
        ("zero", LimitingSpectrum::new(0.7, 1.0, Relu, 0.0)),
    ];
    laws.into_iter().map(|(name, law)| (name, fresh(&law))).collect()
}

/// The same law, to be solved anew.
fn fresh(law: &LimitingSpectrum) -> LimitingSpectrum {
    law.clone().with_tolerance(TOLERANCE)
}

/// Ends the work at the call after `limit` others, and counts them.
fn after(limit: usize) -> (Arc<AtomicUsize>, impl Observer + 'static) {
    let calls = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&calls);
    let observer = move |_: Progress| match count.fetch_add(1, Ordering::Relaxed) < limit {
        true => ControlFlow::Continue(()),
        false => ControlFlow::Break(()),
    };
    (calls, observer)
}

#[test]
fn every_step_comes_once_and_nothing_changes() {
    for (name, law) in laws() {
        let seen: Arc<Mutex<Vec<Progress>>> = Arc::default();
        let sink = Arc::clone(&seen);
        let watched = fresh(&law).with_observer(move |progress: Progress| {
            sink.lock().unwrap().push(progress);
            ControlFlow::Continue(())
        });
        assert_eq!(watched.solve().unwrap(), law.solve().unwrap(), "{name}");
        let count = seen.lock().unwrap().len();
        for stage in [Stage::PopulationLaw, Stage::Law] {
            let seen = seen.lock().unwrap();
            let mut done: Vec<usize> =
                seen.iter().filter(|p| p.stage == stage).map(|p| p.done).collect();
            done.sort_unstable();
            assert!(done.iter().enumerate().all(|(k, &done)| k == done), "{name}: {done:?}");
            let merged = stage == Stage::PopulationLaw && name == "many values";
            let nothing = name == "zero";
            assert_eq!(done.is_empty(), merged, "{name}");
            assert!(done.len() > 50 || merged || nothing, "{name}: {done:?}");
        }
        // Solved: nobody has to be told.
        watched.quantile(0.5).unwrap();
        assert_eq!(seen.lock().unwrap().len(), count, "{name}");
        assert!(seen.lock().unwrap().iter().all(|p| p.fraction().is_none()));
    }
}

#[test]
fn any_step_may_be_the_last_and_the_next_query_solves_anew() {
    let threads = rayon::current_num_threads();
    for (name, law) in laws() {
        let (calls, observer) = after(usize::MAX);
        law.clone().with_observer(observer).solve().unwrap();
        let all = calls.load(Ordering::Relaxed);
        for limit in [0, 1, 7, all / 5, all - 1].into_iter().filter(|&limit| limit < all) {
            let (calls, observer) = after(limit);
            let watched = fresh(&law).with_observer(observer);
            let error = watched.solve().unwrap_err();
            assert!(matches!(error, Error::Cancelled { .. }), "{name}, {limit}: {error}");
            assert!(!error.to_string().contains(" of "), "{error}");
            // Each thread finishes the step that it is at.
            let told = calls.load(Ordering::Relaxed);
            assert!(told <= limit + threads, "{name}: {told} calls, to end after {limit}");
            if limit != 1 {
                continue;
            }
            // Not kept, neither for this observer nor for nobody.
            assert!(matches!(watched.density(0.1), Err(Error::Cancelled { .. })), "{name}");
            let unwatched = watched.clone().with_observer(());
            assert_eq!(unwatched.solve().unwrap(), law.solve().unwrap(), "{name}");
            // Solved by its clone.
            assert_eq!(watched.solve().unwrap(), law.solve().unwrap(), "{name}");
        }
    }
}

#[test]
fn other_errors_are_kept() {
    let (calls, observer) = after(usize::MAX);
    let population = Population::new(1.0, Relu, normal(1000)).unwrap().with_observer(observer);
    let error = population.tabulated().unwrap_err();
    assert!(matches!(error, Error::TooManyValues { .. }), "{error}");
    assert_eq!(population.tabulated().unwrap_err(), error);
    assert_eq!(calls.load(Ordering::Relaxed), 0);
}

#[test]
fn each_law_has_its_own_observer() {
    let (of_nu, nu) = after(usize::MAX);
    let (of_mu, mu) = after(usize::MAX);
    let population = Population::new(1.0, Gelu, 1.0).unwrap().with_observer(nu);
    let law = GeneralizedMarchenkoPastur::new(0.5, population).unwrap().with_observer(mu);
    // Tolerances keep observers.
    let law = law.with_tolerance(1e-8).unwrap();
    law.density(0.3).unwrap();
    assert!(of_nu.load(Ordering::Relaxed) > 100 && of_mu.load(Ordering::Relaxed) > 100);

    let (calls, observer) = after(usize::MAX);
    let law = LimitingSpectrum::new(0.5, 1.0, Gelu, 1.0).with_observer(observer);
    law.with_tolerance(1e-8).density(0.3).unwrap();
    let both = of_nu.load(Ordering::Relaxed) + of_mu.load(Ordering::Relaxed);
    assert!(calls.load(Ordering::Relaxed) > both / 2);

    // Of a population law that is there already, nothing is told, and it stays when μ ends.
    let population = Population::new(1.0, Gelu, 1.0).unwrap();
    let table = population.tabulated().unwrap();
    let (calls, observer) = after(3);
    let law = LimitingSpectrum::from_population(0.5, population.clone()).unwrap();
    let law = law.with_observer(observer);
    let error = law.solve().unwrap_err();
    assert!(matches!(error, Error::Cancelled { stage: Stage::Law, done: 3, .. }), "{error:?}");
    assert_eq!(calls.load(Ordering::Relaxed), 4);
    assert!(std::ptr::eq(table, law.population().tabulated().unwrap()));
}

#[test]
fn an_observer_does_not_make_a_law_another() {
    let law = GeneralizedMarchenkoPastur::new(0.5, law::Uniform::new(1.0, 3.0).unwrap()).unwrap();
    let watched = law.clone().with_observer(|_: Progress| ControlFlow::Break(()));
    assert_eq!(law, watched);
    let error = watched.density(1.0).unwrap_err();
    assert!(error.to_string().starts_with("cancelled while solving"), "{error}");
    assert!(law.density(1.0).unwrap() > 0.0);
    assert_eq!(watched.density(1.0), law.density(1.0));
}

#[test]
fn a_panic_of_an_observer_leaves_nothing_broken() {
    for (name, law) in laws().into_iter().take(4) {
        let panics = |progress: Progress| {
            assert!(progress.done < 40, "enough");
            ControlFlow::Continue(())
        };
        let watched = fresh(&law).with_observer(panics);
        assert!(catch_unwind(AssertUnwindSafe(|| watched.solve().is_ok())).is_err(), "{name}");
        let unwatched = watched.with_observer(());
        assert_eq!(unwatched.solve().unwrap(), law.solve().unwrap(), "{name}");
    }
}

/// The law at finite size: every step told, any of them the last, nothing changed.
#[test]
fn laws_at_finite_size_are_watched() {
    let dimensions = Dimensions::new(120, 10, 12).unwrap();
    // With and without a linear part.
    for (name, law) in [
        ("relu", FiniteSpectrum::new(dimensions, Relu, 1.0)),
        ("sin", FiniteSpectrum::new(dimensions, Sine::new(1.0).unwrap(), 1.0)),
    ] {
        let fresh = || law.clone().with_resolution(0.05);
        let expected = fresh();
        let (calls, observer) = after(usize::MAX);
        let watched = fresh().with_observer(observer);
        assert_eq!(watched.solve().unwrap(), expected.solve().unwrap(), "{name}");
        assert_eq!(watched.bulk().unwrap(), expected.bulk().unwrap(), "{name}");
        let all = calls.load(Ordering::Relaxed);
        assert!(all > 50, "{name}: {all}");
        let threads = rayon::current_num_threads();
        for limit in [0, 1, all / 3, all - 1] {
            let (calls, observer) = after(limit);
            let watched = fresh().with_observer(observer);
            for error in [watched.density(0.1).unwrap_err(), watched.bulk().unwrap_err()] {
                let cancelled = matches!(error, Error::Cancelled { stage: Stage::FiniteLaw, .. });
                assert!(cancelled, "{name}, {limit}: {error}");
                if limit == 0 {
                    break;
                }
            }
            let told = calls.load(Ordering::Relaxed);
            // Asked twice, ended twice.
            assert!(told <= limit + 1 + 2 * threads, "{name}: {told} calls, to end after {limit}");
            let unwatched = watched.with_observer(());
            assert_eq!(unwatched.quantile(0.5), expected.quantile(0.5), "{name}");
        }
    }
}

/// One that waits for the solution of another gets none when that is ended, and solves.
#[test]
fn who_waits_for_work_that_is_ended_does_it() {
    let law = LimitingSpectrum::new(0.7, 1.0, Gelu, TwoPoint::new(0.5, 2.0, 0.5).unwrap());
    let together = Arc::new(Barrier::new(2));
    let start = Arc::clone(&together);
    let watched = law.clone().with_observer(move |progress: Progress| {
        // The lock is held from the first step on.
        if progress.done == 0 {
            start.wait();
        }
        match progress.done < 60 {
            true => ControlFlow::Continue(()),
            false => ControlFlow::Break(()),
        }
    });
    std::thread::scope(|scope| {
        let ended = scope.spawn(|| watched.solve().cloned());
        together.wait();
        assert!(law.quantile(0.5).unwrap() > 0.0);
        assert!(matches!(ended.join().unwrap(), Err(Error::Cancelled { .. })));
    });
}
