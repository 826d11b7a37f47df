//! Gauss rules from a Jacobi matrix (Golub and Welsch 1969).

use num_complex::Complex64;

use crate::Error;

/// Sweeps that the QL iteration may spend on one eigenvalue; two are usual.
const MAX_SWEEPS: usize = 60;

/// A quadrature rule on the real line.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Rule {
    /// The nodes, ascending.
    pub(crate) nodes: Vec<f64>,
    /// The weights, in the order of the nodes.
    pub(crate) weights: Vec<f64>,
}

/// The Gauss rule of the probability measure with the given Jacobi matrix.
///
/// `diagonal` holds the n recurrence coefficients a_0 … a_{n−1}, `off_diagonal`
/// the n − 1 (positive) entries beside it. The nodes are the eigenvalues, the
/// weights the squared first components of the eigenvectors, found by the
/// implicit QL iteration, which needs O(n²) operations since only the first
/// row of the eigenvectors is carried along.
pub(crate) fn rule_of_jacobi(diagonal: &[f64], off_diagonal: &[f64]) -> Result<Rule, Error> {
    let n = diagonal.len();
    let mut d = diagonal.to_vec();
    let mut e = off_diagonal.to_vec();
    e.resize(n, 0.0);
    let mut first = vec![0.0; n];
    if let Some(entry) = first.first_mut() {
        *entry = 1.0;
    }
    for l in 0..n {
        let mut sweeps = 0;
        loop {
            let m = (l..n - 1)
                .find(|&m| e[m].abs() <= f64::EPSILON * (d[m].abs() + d[m + 1].abs()))
                .unwrap_or(n - 1);
            if m == l {
                break;
            }
            if sweeps == MAX_SWEEPS {
                return Err(Error::NotConverged {
                    computation: "eigenvalue of a Jacobi matrix",
                    at: l as f64,
                    iterate: Complex64::from(d[l]),
                    residual: e[l].abs(),
                });
            }
            sweeps += 1;
            ql_sweep(&mut d, &mut e, &mut first, l, m);
        }
    }
    let mut pairs: Vec<(f64, f64)> = d.into_iter().zip(first.iter().map(|q| q * q)).collect();
    pairs.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (nodes, weights) = pairs.into_iter().unzip();
    Ok(Rule { nodes, weights })
}

/// One implicit QL sweep with Wilkinson's shift on the block l ..= m.
fn ql_sweep(d: &mut [f64], e: &mut [f64], first: &mut [f64], l: usize, m: usize) {
    let half_gap = (d[l + 1] - d[l]) / (2.0 * e[l]);
    let shift = half_gap + half_gap.hypot(1.0).copysign(half_gap);
    let mut g = d[m] - d[l] + e[l] / shift;
    let (mut s, mut c, mut p) = (1.0, 1.0, 0.0);
    for i in (l..m).rev() {
        let (f, b) = (s * e[i], c * e[i]);
        let r = f.hypot(g);
        e[i + 1] = r;
        if r == 0.0 {
            // The block has split in the middle of the sweep.
            d[i + 1] -= p;
            e[m] = 0.0;
            return;
        }
        s = f / r;
        c = g / r;
        g = d[i + 1] - p;
        let turned = (d[i] - g) * s + 2.0 * c * b;
        p = s * turned;
        d[i + 1] = g + p;
        g = c * turned - b;
        let q = first[i + 1];
        first[i + 1] = s * first[i] + c * q;
        first[i] = c * first[i] - s * q;
    }
    d[l] -= p;
    e[l] = g;
    e[m] = 0.0;
}

/// The Gauss rule with `n` nodes (or as many as the measure has atoms) of the
/// discrete probability measure Σ weights\[i\] δ_{nodes\[i\]}.
pub(crate) fn rule_of_measure(nodes: &[f64], weights: &[f64], n: usize) -> Result<Rule, Error> {
    let (diagonal, off_diagonal) = jacobi_of_measure(nodes, weights, n);
    rule_of_jacobi(&diagonal, &off_diagonal)
}

/// The first `n` rows of the Jacobi matrix of the same measure, or as many as it has: diagonal,
/// and what is beside it.
///
/// Lanczos tridiagonalisation with full reorthogonalisation, twice, so that
/// the Jacobi matrix is accurate to rounding.
pub(crate) fn jacobi_of_measure(nodes: &[f64], weights: &[f64], n: usize) -> (Vec<f64>, Vec<f64>) {
    let scale = nodes.iter().fold(0.0, |m: f64, t| m.max(t.abs()));
    let mut basis: Vec<Vec<f64>> = vec![weights.iter().map(|w| w.sqrt()).collect()];
    let (mut diagonal, mut off_diagonal) = (Vec::new(), Vec::new());
    normalise(&mut basis[0]);
    loop {
        let last = &basis[basis.len() - 1];
        let mut next: Vec<f64> = last.iter().zip(nodes).map(|(q, t)| q * t).collect();
        diagonal.push(dot(&next, last));
        if diagonal.len() == n.min(nodes.len()) {
            break;
        }
        for _ in 0..2 {
            for q in &basis {
                let overlap = dot(&next, q);
                next.iter_mut().zip(q).for_each(|(x, q)| *x -= overlap * q);
            }
        }
        let norm = normalise(&mut next);
        if norm <= 4.0 * f64::EPSILON * scale {
            break;
        }
        off_diagonal.push(norm);
        basis.push(next);
    }
    (diagonal, off_diagonal)
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

/// Scales `v` to length 1 and returns the length that it had.
fn normalise(v: &mut [f64]) -> f64 {
    let norm = dot(v, v).sqrt();
    if norm > 0.0 {
        v.iter_mut().for_each(|x| *x /= norm);
    }
    norm
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn legendre_rule_is_exact_for_polynomials() {
        let n = 12;
        let off: Vec<f64> =
            (1..n).map(|k| f64::from(k) / f64::from(4 * k * k - 1).sqrt()).collect();
        let rule = rule_of_jacobi(&[0.0; 12], &off).unwrap();
        for k in 0..2 * n {
            let exact = if k % 2 == 0 { 1.0 / f64::from(k + 1) } else { 0.0 };
            let found: f64 =
                (rule.nodes.iter().zip(&rule.weights)).map(|(x, w)| w * x.powi(k)).sum();
            assert!((found - exact).abs() < 2e-15, "{k}: {found} {exact}");
        }
    }

    #[test]
    fn chebyshev_rule_has_known_nodes() {
        let n = 20;
        let mut off = vec![0.5; n - 1];
        off[0] = 0.5_f64.sqrt();
        let rule = rule_of_jacobi(&vec![0.0; n], &off).unwrap();
        for (j, (x, w)) in rule.nodes.iter().zip(&rule.weights).enumerate() {
            let angle = std::f64::consts::PI * (j as f64 + 0.5) / n as f64;
            assert!((x + angle.cos()).abs() < 3e-15);
            assert!((w - 1.0 / n as f64).abs() < 3e-15);
        }
    }

    #[test]
    fn discrete_measure_gives_itself_back() {
        let (nodes, weights) = ([0.0, 0.3, 1.0, 2.5], [0.1, 0.4, 0.3, 0.2]);
        let rule = rule_of_measure(&nodes, &weights, 9).unwrap();
        assert_eq!(rule.nodes.len(), 4);
        for i in 0..4 {
            assert!((rule.nodes[i] - nodes[i]).abs() < 1e-14);
            assert!((rule.weights[i] - weights[i]).abs() < 1e-14);
        }
    }

    #[test]
    fn empty_and_single_matrices() {
        assert!(rule_of_jacobi(&[], &[]).unwrap().nodes.is_empty());
        let rule = rule_of_jacobi(&[2.0], &[]).unwrap();
        assert_eq!((rule.nodes, rule.weights), (vec![2.0], vec![1.0]));
    }
}
