//! Systems of a handful of linear equations.

use num_complex::Complex64;

/// Solves A x = b by elimination with row pivots; `None` if A is singular to rounding, or none.
pub(super) fn solve(mut a: Vec<Vec<Complex64>>, mut b: Vec<Complex64>) -> Option<Vec<Complex64>> {
    let n = b.len();
    if a.len() != n {
        return None;
    }
    for column in 0..n {
        let size = |row: &usize| a[*row][column].norm();
        let pivot = (column..n).max_by(|i, j| size(i).total_cmp(&size(j)))?;
        if a[pivot][column].norm() <= f64::MIN_POSITIVE {
            return None;
        }
        a.swap(column, pivot);
        b.swap(column, pivot);
        for row in column + 1..n {
            let factor = a[row][column] / a[column][column];
            let (above, below) = a.split_at_mut(row);
            let pairs = below[0].iter_mut().zip(&above[column]);
            pairs.skip(column).for_each(|(entry, above)| *entry -= factor * above);
            let above = b[column];
            b[row] -= factor * above;
        }
    }
    for row in (0..n).rev() {
        let known: Complex64 = (row + 1..n).map(|k| a[row][k] * b[k]).sum();
        b[row] = (b[row] - known) / a[row][row];
    }
    b.iter().all(|x| x.is_finite()).then_some(b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn solves_what_it_is_given() {
        let i = Complex64::I;
        let a: Vec<Vec<Complex64>> = vec![
            vec![0.0.into(), 1.0 + i, 2.0.into()],
            vec![3.0 * i, 1.0.into(), i],
            vec![1.0.into(), 2.0.into(), i],
        ];
        let x = [1.0 - i, 2.0.into(), 0.5 * i];
        let b = a.iter().map(|row| row.iter().zip(&x).map(|(a, x)| a * x).sum()).collect();
        let found = solve(a, b).unwrap();
        assert!(found.iter().zip(&x).all(|(f, x)| (f - x).norm() < 1e-14));
        assert_eq!(solve(vec![vec![0.0.into()]], vec![1.0.into()]), None);
    }
}
