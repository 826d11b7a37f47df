//! From a run to its curves: errors predicted by the law, and measured on sampled networks.

use ntk_spectrum::empirical::Estimate;
use ntk_spectrum::empirical::learning::{LearningExperiment, RandomEffectsTeacher};
use ntk_spectrum::law::Population;
use ntk_spectrum::learning::{GradientFlow, RandomEffects, Regression, ResidualFilter, Ridge};
use ntk_spectrum::plot::LearningCurve;
use ntk_spectrum::prelude::*;

use crate::args::{Run, Sweep};
use crate::progress::Bar;
use crate::table::{Column, Table};

/// Places of a line: two for each pixel of a narrow picture would not look smoother.
const FINE: usize = 160;

/// A line goes on beyond the first and the last point by this factor.
const BEYOND: f64 = 2.0;

/// Of measured errors: far below what differs from network to network.
const TOLERANCE: f64 = 1e-6;

const TEST: &str = "test error";
const TRAINING: &str = "training error";
const BEST: &str = "test error, best ridge";

/// Names of the points.
const SAMPLED: [&str; 3] = ["test, sampled", "training, sampled", "best ridge, sampled"];

/// A run, and who is told how far it is.
pub struct Experiment<'a> {
    pub run: &'a Run,
    pub bar: &'a Bar,
}

type Prediction<'a> = Regression<'a, LimitingSpectrum, RandomEffects>;

impl Experiment<'_> {
    /// All that is asked for.
    pub fn curves(&self) -> Result<Vec<(LearningCurve, Table)>, Error> {
        let run = self.run;
        let target = self.teacher()?.target();
        let population = Population::new(
            run.dimensions.gamma2(),
            run.sigma.law.clone(),
            run.diagonal.law.clone(),
        )?;
        let law = LimitingSpectrum::from_population(run.dimensions.gamma1(), population.clone())?;
        let prediction = Regression::new(&law, target).with_dimensions(run.dimensions);

        let lambdas = run.lambdas.as_deref().unwrap_or_default();
        let times = run.times.as_deref().unwrap_or_default();
        let mut curves = Vec::new();
        let mut methods: Vec<Box<dyn ResidualFilter>> = Vec::new();
        for lambda in lambdas {
            methods.push(Box::new(Ridge::new(*lambda)?));
        }
        for time in times {
            methods.push(Box::new(GradientFlow::new(*time)?));
        }
        if !methods.is_empty() {
            let mut ridges = self.sampled(run.dimensions, &methods)?;
            let flow = ridges.split_off(lambdas.len());
            if run.lambdas.is_some() {
                curves.push(self.ridges(&prediction, lambdas, &ridges)?);
            }
            if run.times.is_some() {
                curves.push(self.flow(&prediction, times, &flow)?);
            }
        }
        if let Some(sweep) = &run.sweep {
            curves.push(self.sweep(&population, target, sweep)?);
        }
        Ok(curves)
    }
    fn ridges(
        &self,
        prediction: &Prediction<'_>,
        lambdas: &[f64],
        sampled: &[[Estimate; 2]],
    ) -> Result<(LearningCurve, Table), Error> {
        let curve = prediction.ridge_curve(&between(lambdas))?;
        let at = prediction.ridge_curve(lambdas)?;
        let [test, training] = columns(at.test.to_vec(), at.training.to_vec(), sampled);
        let n = self.run.dimensions.n();
        let mut curve = LearningCurve::from_ridge_curve(&curve)?
            .with_title(format!("Ridge regression, n = {n}"))
            .with_estimates(lambdas, &test.sampled, SAMPLED[0])?
            .with_estimates(lambdas, &training.sampled, SAMPLED[1])?;
        if self.has_best_ridge() {
            curve = curve.with_optimum(&prediction.optimal_ridge()?)?;
        }
        let title = format!("ridge regression, n = {n}");
        let columns = vec![test, training];
        Ok((curve, Table { title, place: "λ", places: lambdas.to_vec(), columns }))
    }

    fn flow(
        &self,
        prediction: &Prediction<'_>,
        times: &[f64],
        sampled: &[[Estimate; 2]],
    ) -> Result<(LearningCurve, Table), Error> {
        let curve = prediction.training_curve(&between(times))?;
        let at = prediction.training_curve(times)?;
        let [test, training] = columns(at.test.to_vec(), at.training.to_vec(), sampled);
        let n = self.run.dimensions.n();
        let mut curve = LearningCurve::from_training_curve(&curve)?
            .with_title(format!("Gradient flow, n = {n}"))
            .with_estimates(times, &test.sampled, SAMPLED[0])?
            .with_estimates(times, &training.sampled, SAMPLED[1])?;
        if self.run.noise > 0.0 {
            curve = curve.with_stopping_time(&prediction.stopping_time()?)?;
        }
        let title = format!("gradient flow, n = {n}");
        let columns = vec![test, training];
        Ok((curve, Table { title, place: "t", places: times.to_vec(), columns }))
    }

    /// Errors at one ridge against γ1, and the test error at the best ridge.
    fn sweep(
        &self,
        population: &Population,
        target: RandomEffects,
        Sweep { ratios, lambda }: &Sweep,
    ) -> Result<(LearningCurve, Table), Error> {
        let mut lambdas = vec![*lambda];
        if self.has_best_ridge() {
            lambdas.push(self.run.noise / self.run.signal);
        }
        // Test and training error at each ridge.
        let predicted = |dimensions: &Dimensions| -> Result<Vec<f64>, Error> {
            let law = LimitingSpectrum::from_population(dimensions.gamma1(), population.clone())?;
            let curve =
                Regression::new(&law, target).with_dimensions(*dimensions).ridge_curve(&lambdas)?;
            Ok(curve.test.iter().zip(&curve.training).flat_map(|(a, b)| [*a, *b]).collect())
        };
        let mut sampled: Vec<Vec<[Estimate; 2]>> = Vec::new();
        let points = self.with_ratios(ratios)?;
        for dimensions in &points {
            let ridges = lambdas.iter().map(|lambda| Ok(Box::new(Ridge::new(*lambda)?) as _));
            let ridges: Vec<Box<dyn ResidualFilter>> = ridges.collect::<Result<_, Error>>()?;
            sampled.push(self.sampled(*dimensions, &ridges)?);
        }
        let mut fine = self.with_ratios(&between(ratios))?;
        // There are d outliers, and have to be more samples.
        fine.retain(|dimensions| dimensions.n() > dimensions.d());
        let lines: Vec<_> = fine.iter().map(predicted).collect::<Result<_, _>>()?;
        let at: Vec<_> = points.iter().map(predicted).collect::<Result<_, _>>()?;
        // The ratios as they are: n is a whole number.
        let ratios = |sizes: &[Dimensions]| -> Vec<f64> {
            sizes.iter().map(|dimensions| dimensions.gamma1()).collect()
        };
        let (fine, ratios) = (ratios(&fine), ratios(&points));
        let column = |table: &[Vec<f64>], place: usize| -> Vec<f64> {
            table.iter().map(|row| row[place]).collect()
        };
        let mut columns = Vec::new();
        let mut curve = LearningCurve::new("γ₁ = n/(dp)")
            .with_title(format!("Against the ratio, λ = {lambda}"))
            .with_log_x();
        for (place, name) in [TEST, TRAINING, BEST].into_iter().take(lambdas.len() + 1).enumerate()
        {
            curve = curve.with_line(&fine, &column(&lines, place), name)?;
            let sampled = sampled.iter().map(|row| row[place / 2][place % 2]).collect();
            columns.push(Column { name, predicted: column(&at, place), sampled });
        }
        for (column, name) in columns.iter().zip(SAMPLED) {
            curve = curve.with_estimates(&ratios, &column.sampled, name)?;
        }
        let title = format!("against the ratio, λ = {lambda}");
        Ok((curve, Table { title, place: "γ1", places: ratios, columns }))
    }

    fn teacher(&self) -> Result<RandomEffectsTeacher, Error> {
        RandomEffectsTeacher::new(self.run.signal, self.run.noise)
    }

    /// Without noise or without a signal it is 0 or infinite.
    fn has_best_ridge(&self) -> bool {
        self.run.signal > 0.0 && self.run.noise > 0.0
    }

    fn with_ratios(&self, ratios: &[f64]) -> Result<Vec<Dimensions>, Error> {
        let (d, p) = (self.run.dimensions.d(), self.run.dimensions.p());
        let gamma2 = p as f64 / d as f64;
        ratios.iter().map(|gamma1| Dimensions::from_ratios(*gamma1, gamma2, d)).collect()
    }

    /// Test and training error of each method, means over the networks.
    fn sampled(
        &self,
        dimensions: Dimensions,
        methods: &[Box<dyn ResidualFilter>],
    ) -> Result<Vec<[Estimate; 2]>, Error> {
        let run = self.run;
        let ensemble = run.ensemble(dimensions);
        let experiment = LearningExperiment::new(ensemble, self.teacher()?, run.test_points)?
            .with_observer(self.bar.clone());
        let figures = experiment.repeated(run.seeds.clone(), |sample| {
            let mut regression = sample.regression()?.with_tolerance(TOLERANCE)?;
            let mut figures = Vec::new();
            for method in methods {
                let errors = sample.errors(&regression.filtered(method.as_ref())?)?;
                figures.extend([errors.test, errors.training]);
            }
            Ok(figures)
        })?;
        Ok(figures.chunks_exact(2).map(|pair| [pair[0], pair[1]]).collect())
    }
}

fn columns(test: Vec<f64>, training: Vec<f64>, sampled: &[[Estimate; 2]]) -> [Column; 2] {
    let of = |place: usize| sampled.iter().map(|pair| pair[place]).collect();
    [
        Column { name: TEST, predicted: test, sampled: of(0) },
        Column { name: TRAINING, predicted: training, sampled: of(1) },
    ]
}

/// Places in even steps of the logarithm, from before the first of those given to beyond the
/// last.
fn between(places: &[f64]) -> Vec<f64> {
    let (first, last) = (places[0] / BEYOND, places[places.len() - 1] * BEYOND);
    let step = |k: usize| k as f64 / (FINE - 1) as f64;
    (0..FINE).map(|k| first * (last / first).powf(step(k))).collect()
}
