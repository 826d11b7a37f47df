//! Eigenvalues of a symmetric tridiagonal matrix.

/// Iterations for one eigenvalue: some 2 are usual.
const ITERATIONS: usize = 60;

/// The eigenvalues, in no order, of the matrix with this diagonal and these
/// entries beside it; None where the iteration does not converge.
///
/// The QL iteration with Wilkinson's shift in the form of Pal, Walker and Kahan,
/// which works on the squares of the entries beside the diagonal and takes no
/// square roots but for the shift (Parlett, *The Symmetric Eigenvalue Problem*,
/// section 8.15). Entries are of order 1 at most.
///
/// # Complexity
/// O(n²), about 9n² operations that follow one another.
pub(super) fn eigenvalues(mut diagonal: Vec<f64>, beside: &[f64]) -> Option<Vec<f64>> {
    let n = diagonal.len();
    let mut squares: Vec<f64> = beside.iter().map(|entry| entry * entry).collect();
    squares.push(0.0);
    // Blocks of the matrix, from the last.
    let mut end = n;
    while end > 0 {
        let start = (0..end - 1).rev().find(|i| split(&diagonal, &mut squares, *i));
        let start = start.map_or(0, |i| i + 1);
        block(&mut diagonal[start..end], &mut squares[start..end])?;
        end = start;
    }
    Some(diagonal)
}

/// Whether the matrix falls apart below row i; if it nearly does, it will.
#[inline(always)]
fn split(diagonal: &[f64], squares: &mut [f64], i: usize) -> bool {
    let small = f64::EPSILON * f64::EPSILON * 0.25;
    if squares[i] <= small * (diagonal[i] * diagonal[i + 1]).abs() || squares[i] < f64::MIN_POSITIVE
    {
        squares[i] = 0.0;
        return true;
    }
    false
}

/// The eigenvalues of an unreduced block, in place of its diagonal; the iteration
/// converges at the end whose diagonal entry is the smaller.
fn block(diagonal: &mut [f64], squares: &mut [f64]) -> Option<()> {
    let n = diagonal.len();
    if let [first, .., last] = diagonal
        && last.abs() < first.abs()
    {
        diagonal.reverse();
        squares[..n - 1].reverse();
    }
    let mut first = 0;
    let mut iterations = 0;
    while first + 1 < n {
        // The first row below which the matrix falls apart.
        let last = (first..n - 1).find(|i| split(diagonal, squares, *i)).unwrap_or(n - 1);
        if last == first {
            first += 1;
            iterations = 0;
            continue;
        }
        if last == first + 1 {
            let (high, low) = pair(diagonal[first], squares[first], diagonal[last]);
            (diagonal[first], diagonal[last]) = (high, low);
            squares[first] = 0.0;
            first += 2;
            iterations = 0;
            continue;
        }
        if iterations == ITERATIONS {
            return None;
        }
        iterations += 1;
        step(&mut diagonal[first..=last], &mut squares[first..last]);
    }
    Some(())
}

/// One step of the iteration.
fn step(diagonal: &mut [f64], squares: &mut [f64]) {
    let root = squares[0].sqrt();
    let mut sigma = (diagonal[1] - diagonal[0]) / (2.0 * root);
    let length = sigma.hypot(1.0);
    sigma = diagonal[0] - root / (sigma + length.copysign(sigma));
    let last = squares.len();
    let (mut c, mut s) = (1.0, 0.0);
    let mut gamma = diagonal[last] - sigma;
    let mut p = gamma * gamma;
    for i in (0..last).rev() {
        let square = squares[i];
        let r = p + square;
        if i + 1 < last {
            squares[i + 1] = s * r;
        }
        let old_c = c;
        c = p / r;
        s = square / r;
        let old_gamma = gamma;
        let alpha = diagonal[i];
        gamma = c * (alpha - sigma) - s * old_gamma;
        diagonal[i + 1] = old_gamma + (alpha - gamma);
        // γ² / c, by a division that does not wait for γ; and its limit for c → 0.
        let inverse = r / p;
        p = if c < f64::MIN_POSITIVE { old_c * square } else { gamma * gamma * inverse };
    }
    squares[0] = s * p;
    diagonal[0] = sigma + gamma;
}

/// The eigenvalues of $\begin{pmatrix} a & b \cr b & c \end{pmatrix}$, given b².
fn pair(a: f64, square: f64, c: f64) -> (f64, f64) {
    let mean = 0.5 * (a + c);
    let radius = (0.5 * (a - c)).hypot(square.sqrt());
    // The larger in size without cancellation, the other from the determinant.
    let large = if mean < 0.0 { mean - radius } else { mean + radius };
    if large == 0.0 {
        return (0.0, 0.0);
    }
    let small = if a.abs() > c.abs() { (a / large) * c } else { (c / large) * a } - square / large;
    (large, small)
}
