//! The table of figures.

use std::fmt::{Display, Formatter, Result as Written};

use ntk_spectrum::activation::DerivativeMoments;
use ntk_spectrum::empirical::Split;
use ntk_spectrum::ntk::NtkWarning;
use ntk_spectrum::prelude::*;
use ntk_spectrum::spectrum::FiniteBulk;

use crate::args::Run;

/// Everything the table says.
pub struct Report<'a> {
    run: &'a Run,
    ratios: (f64, f64),
    warnings: &'a [NtkWarning],
    moments: DerivativeMoments,
    support: Vec<SupportInterval>,
    comparison: Comparison,
    /// Why there are no figures of the law at finite size.
    unknown: Option<Error>,
    /// Whether outliers are predicted on both sides of the bulk's end.
    straddles: bool,
}

impl<'a> Report<'a> {
    pub fn new(
        run: &'a Run,
        kernel: &'a Ntk,
        law: &'a LimitingSpectrum,
        split: &Split,
        finite: Result<(&FiniteSpectrum, &FiniteBulk), Error>,
    ) -> Result<Self, Error> {
        let support = law.support()?;
        let end = support.last().map_or(0.0, |interval| interval.upper.location);
        let predicted = split.predicted();
        let both = finite.and_then(|(finite, _)| Comparison::at_finite_size(split, finite));
        let (comparison, unknown) = match both {
            Ok(both) => (both, None),
            Err(error) => (Comparison::new(split, law)?, Some(error)),
        };
        Ok(Self {
            run,
            ratios: (law.gamma1(), law.gamma2()),
            warnings: kernel.warnings(),
            moments: law.derivative_moments()?,
            support,
            comparison: comparison.with_warnings(kernel.warnings()),
            unknown,
            straddles: (1..predicted.count()).contains(&predicted.count_above(end)),
        })
    }
}

impl Display for Report<'_> {
    fn fmt(&self, f: &mut Formatter) -> Written {
        let (run, moments) = (self.run, &self.moments);
        writeln!(
            f,
            "activation {}, D {}, X {}, seed {}",
            run.sigma.name, run.diagonal.name, run.input.name, run.seed
        )?;
        writeln!(f, "d = {}, p = {}, n = {}", run.d, run.p, run.n)?;
        writeln!(f, "γ1 = n/(dp) = {}, γ2 = p/d = {}", self.ratios.0, self.ratios.1)?;
        let (a0, a1, b, c) = (moments.a0, moments.a1, moments.b(), moments.c());
        writeln!(f, "a0 = {a0:.6}, a1 = {a1:.6}, b = {b:.6}, c = {c:.6}")?;
        for warning in self.warnings {
            writeln!(f, "warning: {warning}")?;
        }

        writeln!(f, "\nlimiting law")?;
        for SupportInterval { lower, upper, mass, .. } in &self.support {
            writeln!(f, "  [{}, {}]  mass {mass:.6}", edge(*lower), edge(*upper))?;
        }
        writeln!(f, "  atom at 0  mass {:.6}", self.comparison.atom.limit)?;

        write!(f, "\n{}", self.comparison)?;
        if let Some(error) = &self.unknown {
            writeln!(f, "\nno figures of the law at finite size: {error}")?;
        }
        if self.straddles {
            writeln!(f, "\nSome outliers are predicted inside the bulk: no clean separation.")?;
        }
        let (outliers, n) = (self.comparison.outliers.len(), self.comparison.n);
        if outliers > 0 {
            let mass = outliers as f64 / n as f64;
            writeln!(f, "\nSetting the outliers aside moves a mass of about {mass:.4}.")?;
        }
        Ok(())
    }
}

fn edge(edge: Edge) -> String {
    let kind = match edge.kind {
        EdgeKind::SquareRoot => "square root",
        EdgeKind::Population => "population",
        EdgeKind::Hard => "hard",
        _ => "unclassified",
    };
    format!("{:.6} ({kind})", edge.location)
}
