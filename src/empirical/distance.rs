//! Distances between an empirical law and any other.

use std::cmp::Ordering;

use super::EmpiricalSpectrum;
use crate::Error;
use crate::law::{Atom, SpectralLaw, TabulatedLaw};

/// A law with its mass just below and up to a point.
struct Target<'a> {
    table: &'a TabulatedLaw,
    atoms: &'a [Atom],
}

impl<'a> Target<'a> {
    fn new(law: &'a (impl SpectralLaw + ?Sized)) -> Result<Self, Error> {
        let table = law.tabulated()?;
        Ok(Self { table, atoms: table.atoms() })
    }

    fn atom(&self, x: f64) -> f64 {
        let place = self.atoms.partition_point(|a| a.location < x);
        self.atoms.get(place).filter(|a| a.location == x).map_or(0.0, |a| a.mass)
    }

    /// F(x−) and F(x).
    fn sides(&self, x: f64) -> (f64, f64) {
        let right = self.table.cdf(x);
        ((right - self.atom(x)).max(0.0), right)
    }
}

/// The distinct values with $F_n$ on either side of each.
fn steps(sorted: &[f64]) -> impl Iterator<Item = (f64, f64, f64)> + '_ {
    let n = sorted.len() as f64;
    let mut below = 0;
    sorted.chunk_by(|a, b| a == b).map(move |run| {
        let before = below;
        below += run.len();
        (run[0], before as f64 / n, below as f64 / n)
    })
}

impl EmpiricalSpectrum {
    /// Computes the Kolmogorov–Smirnov distance $\sup_x |F_n(x) - F(x)|$ to a law.
    ///
    /// Both functions are taken from the left and from the right at every
    /// eigenvalue, so that atoms of the law are compared with the zeros, say,
    /// of the sample and not counted as a difference. A test statistic
    /// for n independent draws would be $\sqrt n$ times it; eigenvalues repel
    /// each other and are no such draws.
    ///
    /// # Errors
    ///
    /// As [`SpectralLaw::tabulated`].
    ///
    /// # Complexity
    ///
    /// n distribution functions.
    ///
    /// # Examples
    ///
    /// ```
    /// use ntk_spectrum::empirical::EmpiricalSpectrum;
    /// use ntk_spectrum::law::Uniform;
    ///
    /// let spectrum = EmpiricalSpectrum::new([0.25, 0.5])?;
    /// let distance = spectrum.kolmogorov_smirnov(&Uniform::new(0.0, 1.0)?)?;
    /// assert!((distance - 0.5).abs() < 1e-12);
    /// # Ok::<(), ntk_spectrum::Error>(())
    /// ```
    pub fn kolmogorov_smirnov(&self, law: &(impl SpectralLaw + ?Sized)) -> Result<f64, Error> {
        let target = Target::new(law)?;
        // Between two eigenvalues F_n is constant and F rises: the largest
        // difference is at an end, on the inner side.
        let differences = steps(self.sorted()).map(|(x, before, after)| {
            let (left, right) = target.sides(x);
            (left - before).abs().max((right - after).abs())
        });
        Ok(differences.fold(0.0, f64::max))
    }

    /// Computes the Cramér–von Mises distance $\omega^2 = \int (F_n - F)^2\\,dF$ to a law.
    ///
    /// For a law without atoms it is $\frac1{12 n^2} + \frac1n \sum_i
    /// \bigl(\frac{2i - 1}{2n} - F(\lambda_i)\bigr)^2$; the statistic $T$ of the
    /// test, which is what scipy returns, is $n \omega^2$. An atom of mass m at
    /// a contributes $m\\,(F_n(a) - F(a))^2$.
    ///
    /// # Errors
    ///
    /// As [`SpectralLaw::tabulated`].
    ///
    /// # Complexity
    ///
    /// n distribution functions.
    ///
    /// # Examples
    ///
    /// ```
    /// use ntk_spectrum::empirical::EmpiricalSpectrum;
    /// use ntk_spectrum::law::Uniform;
    ///
    /// let spectrum = EmpiricalSpectrum::new([0.5])?;
    /// let distance = spectrum.cramer_von_mises(&Uniform::new(0.0, 1.0)?)?;
    /// assert!((distance - 1.0 / 12.0).abs() < 1e-12);
    /// # Ok::<(), ntk_spectrum::Error>(())
    /// ```
    pub fn cramer_von_mises(&self, law: &(impl SpectralLaw + ?Sized)) -> Result<f64, Error> {
        let target = Target::new(law)?;
        let mut total = 0.0;
        // Where the last point was passed: F and F_n just above it.
        let (mut reached, mut level) = (0.0, 0.0);
        // F rises continuously to `left` while F_n stays at `level`.
        let rise = |from: f64, to: f64, level: f64| {
            let (a, b) = (from - level, to - level);
            (to - from).max(0.0) * (a * a + a * b + b * b) / 3.0
        };
        let mut atoms = target.atoms.iter().peekable();
        for (x, _, after) in steps(self.sorted()) {
            while let Some(atom) = atoms.next_if(|a| a.location < x) {
                let (left, right) = target.sides(atom.location);
                total += rise(reached, left, level) + atom.mass * (level - right).powi(2);
                reached = right;
            }
            let (left, right) = target.sides(x);
            total += rise(reached, left, level) + target.atom(x) * (after - right).powi(2);
            (reached, level) = (right, after);
            atoms.next_if(|a| a.location == x);
        }
        for atom in atoms {
            let (left, right) = target.sides(atom.location);
            total += rise(reached, left, level) + atom.mass * (level - right).powi(2);
            reached = right;
        }
        Ok(total + rise(reached, 1.0, level))
    }

    /// Computes the Wasserstein-1 distance $\int |F_n(x) - F(x)|\\,dx$ to a law, in the
    /// units of x: the mean way by which mass has to be moved.
    ///
    /// Between two eigenvalues $F_n$ is constant and F crosses it at most once,
    /// at a quantile; on either side the integral is a difference of the
    /// primitive of F ([`TabulatedLaw::integrated_cdf`]). Nothing is
    /// discretised, and atoms are exact.
    ///
    /// # Errors
    ///
    /// As [`SpectralLaw::tabulated`].
    ///
    /// # Complexity
    ///
    /// n distribution functions and primitives, and a quantile for each
    /// crossing, at most n.
    ///
    /// # Examples
    ///
    /// ```
    /// use ntk_spectrum::empirical::EmpiricalSpectrum;
    /// use ntk_spectrum::law::{Discrete, Uniform};
    ///
    /// let spectrum = EmpiricalSpectrum::new([0.5])?;
    /// let distance = spectrum.wasserstein1(&Uniform::new(0.0, 1.0)?)?;
    /// assert!((distance - 0.25).abs() < 1e-12);
    /// assert_eq!(spectrum.wasserstein1(&Discrete::new(&[0.0, 3.0], &[0.5, 0.5])?)?, 1.5);
    /// # Ok::<(), ntk_spectrum::Error>(())
    /// ```
    pub fn wasserstein1(&self, law: &(impl SpectralLaw + ?Sized)) -> Result<f64, Error> {
        let target = Target::new(law)?;
        let table = target.table;
        let sorted = self.sorted();
        let primitive = |x: f64| table.integrated_cdf(x);
        // ∫ (F − level) over [from, to].
        let above =
            |from: f64, to: f64, level: f64| primitive(to) - primitive(from) - level * (to - from);
        // Below the first eigenvalue, F_n = 0.
        let mut total = primitive(sorted[0]);
        let mut steps = steps(sorted).peekable();
        while let Some((from, _, level)) = steps.next() {
            let to = match steps.peek() {
                Some((next, ..)) => *next,
                None => table.upper_end().max(from),
            };
            let crossing = match target.sides(from).1.partial_cmp(&level) {
                Some(Ordering::Less) if target.sides(to).0 > level => {
                    table.quantile(level).clamp(from, to)
                }
                Some(Ordering::Less) => to,
                _ => from,
            };
            total += (above(crossing, to, level) - above(from, crossing, level)).max(0.0);
        }
        Ok(total)
    }
}
