//! The table on standard output.

use ntk_spectrum::spectrum::{Edge, EdgeKind};

use crate::Failure;
use crate::args::Run;
use crate::bulk::{Bulk, Limit};

pub fn print(run: &Run, limit: &Limit, bulk: &Bulk) -> Result<(), Failure> {
    let sizes = run.sizes;
    let moments = limit.law().derivative_moments()?;
    println!("activation {}, D {}, seed {}", run.sigma.name, run.diagonal.name, run.seed);
    println!("d = {}, p = {}, n = {}", sizes.d, sizes.p, sizes.n);
    println!("gamma1 = n/(dp) = {}, gamma2 = p/d = {}", sizes.gamma1(), sizes.gamma2());
    println!(
        "a0 = {:.6}, a1 = {:.6}, b = {:.6}, c = {:.6}",
        moments.a0,
        moments.a1,
        moments.b(),
        moments.c()
    );

    println!("\nlimiting law");
    for interval in limit.support()? {
        let (lower, upper) = (interval.lower, interval.upper);
        println!("  [{}, {}]  mass {:.6}", edge(lower), edge(upper), interval.mass);
    }
    println!("  atom at 0  mass {:.6}", limit.atom);

    let n = sizes.n as f64;
    println!("\nset aside from the {} eigenvalues", sizes.n);
    println!(
        "  {:>5} zeros: fraction {:.6}, in the limit {:.6}",
        bulk.zeros,
        bulk.zeros as f64 / n,
        limit.atom
    );
    print_outliers(limit, bulk);

    println!("\n{} bulk eigenvalues against the law on (0, ∞)", bulk.values.len());
    println!("  {:<14}{:>12}{:>12}{:>12}", "", "sample", "limit", "difference");
    let row = |name: &str, sample: f64, limit: f64| {
        println!("  {name:<14}{sample:>12.6}{limit:>12.6}{:>12.6}", sample - limit);
    };
    let ((mean, variance), (limit_mean, limit_variance)) =
        (bulk.mean_and_variance(), limit.mean_and_variance()?);
    row("mean", mean, limit_mean);
    row("variance", variance, limit_variance);
    for percent in [1, 10, 25, 50, 75, 90, 99] {
        let q = f64::from(percent) / 100.0;
        row(&format!("{percent} % quantile"), bulk.quantile(q), limit.quantile(q)?);
    }
    println!("  Kolmogorov–Smirnov distance {:.4}", limit.distance(&bulk.values)?);
    println!("  (each bulk eigenvalue weighs 1/{}; the outliers are not", bulk.values.len());
    println!("  replaced, which moves mass of the order of the distance)");
    Ok(())
}

fn print_outliers(limit: &Limit, bulk: &Bulk) {
    let (Some(first), Some(last)) = (bulk.outliers.first(), bulk.outliers.last()) else {
        println!("  no outliers: a0 and a1 predict none above the bulk");
        return;
    };
    println!("  {:>5} outliers, the largest: in [{first:.4}, {last:.4}]", bulk.outliers.len());
    if let Some((count, lower, upper)) = limit.from_a0 {
        println!("        predicted: {count} from a0 near [{lower:.4}, {upper:.4}]");
    }
    if let Some(place) = limit.from_a1 {
        println!("        predicted: 1 from a1 near {place:.4}");
    }
    if limit.straddles() {
        println!("        the predictions reach into the bulk: the separation is not clean");
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
