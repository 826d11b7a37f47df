//! The table of figures.

use std::fmt::{Display, Formatter, Result as Written};

use ntk_spectrum::activation::DerivativeMoments;
use ntk_spectrum::spectrum::{Edge, EdgeKind, SupportInterval};

use crate::args::Run;
use crate::bulk::{Bulk, Limit};

/// Everything the table says.
pub struct Report<'a> {
    run: &'a Run,
    limit: &'a Limit,
    bulk: &'a Bulk,
    moments: DerivativeMoments,
    support: &'a [SupportInterval],
    rows: Vec<(String, f64, f64)>,
    distance: f64,
}

impl<'a> Report<'a> {
    pub fn new(
        run: &'a Run,
        limit: &'a Limit,
        bulk: &'a Bulk,
    ) -> Result<Self, ntk_spectrum::Error> {
        let ((mean, variance), (limit_mean, limit_variance)) =
            (bulk.mean_and_variance(), limit.mean_and_variance()?);
        let mut rows =
            vec![("mean".into(), mean, limit_mean), ("variance".into(), variance, limit_variance)];
        for percent in [1, 10, 25, 50, 75, 90, 99] {
            let q = f64::from(percent) / 100.0;
            rows.push((format!("{percent} % quantile"), bulk.quantile(q), limit.quantile(q)?));
        }
        Ok(Self {
            run,
            limit,
            bulk,
            moments: limit.law().derivative_moments()?,
            support: limit.support()?,
            rows,
            distance: limit.distance(&bulk.values)?,
        })
    }

    fn outliers(&self, f: &mut Formatter) -> Written {
        let outliers = &self.bulk.outliers;
        let (Some(first), Some(last)) = (outliers.first(), outliers.last()) else {
            return writeln!(f, "      no outliers: a0 and a1 predict none above the bulk");
        };
        writeln!(f, "  {:>5} outliers, the largest: in [{first:.4}, {last:.4}]", outliers.len())?;
        if let Some((count, lower, upper)) = self.limit.from_a0 {
            writeln!(f, "        predicted: {count} from a0 near [{lower:.4}, {upper:.4}]")?;
        }
        if let Some(place) = self.limit.from_a1 {
            writeln!(f, "        predicted: 1 from a1 near {place:.4}")?;
        }
        if self.limit.straddles() {
            writeln!(f, "        predictions reach into the bulk: no clean separation")?;
        }
        Ok(())
    }
}

impl Display for Report<'_> {
    fn fmt(&self, f: &mut Formatter) -> Written {
        let (run, sizes, moments) = (self.run, self.run.sizes, &self.moments);
        writeln!(f, "activation {}, D {}, seed {}", run.sigma.name, run.diagonal.name, run.seed)?;
        writeln!(f, "d = {}, p = {}, n = {}", sizes.d, sizes.p, sizes.n)?;
        writeln!(f, "γ1 = n/(dp) = {}, γ2 = p/d = {}", sizes.gamma1(), sizes.gamma2())?;
        let (a0, a1, b, c) = (moments.a0, moments.a1, moments.b(), moments.c());
        writeln!(f, "a0 = {a0:.6}, a1 = {a1:.6}, b = {b:.6}, c = {c:.6}")?;

        writeln!(f, "\nlimiting law")?;
        for SupportInterval { lower, upper, mass } in self.support {
            writeln!(f, "  [{}, {}]  mass {mass:.6}", edge(*lower), edge(*upper))?;
        }
        writeln!(f, "  atom at 0  mass {:.6}", self.limit.atom)?;

        let (zeros, n) = (self.bulk.zeros, sizes.n);
        writeln!(f, "\nset aside from the {n} eigenvalues")?;
        writeln!(f, "  {zeros:>5} zeros: fraction {:.6}", zeros as f64 / n as f64)?;
        self.outliers(f)?;

        let count = self.bulk.values.len();
        writeln!(f, "\n{count} bulk eigenvalues against the law on (0, ∞)")?;
        writeln!(f, "  {:<14}{:>12}{:>12}{:>12}", "", "sample", "limit", "difference")?;
        for (name, sample, limit) in &self.rows {
            writeln!(f, "  {name:<14}{sample:>12.6}{limit:>12.6}{:>12.6}", sample - limit)?;
        }
        writeln!(f, "  Kolmogorov–Smirnov distance {:.4}", self.distance)?;
        if !self.bulk.outliers.is_empty() {
            writeln!(
                f,
                "  (each of the {count} weighs the same; setting the outliers aside moves"
            )?;
            writeln!(f, "  a mass of about {:.4})", self.bulk.outliers.len() as f64 / n as f64)?;
        }
        Ok(())
    }
}

fn edge(edge: Edge) -> String {
    format!("{:.6} ({})", edge.location, kind(edge.kind))
}

pub fn kind(kind: EdgeKind) -> &'static str {
    match kind {
        EdgeKind::SquareRoot => "square root",
        EdgeKind::Population => "population",
        EdgeKind::Hard => "hard",
        _ => "unclassified",
    }
}
