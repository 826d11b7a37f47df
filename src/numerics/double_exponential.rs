//! The trapezoidal rule after a double-exponential change of variable.

/// The change of variable x(v) = v + e^{v−right} − e^{−v−left} and its equidistant nodes.
///
/// x is the logarithm of (distance to the lower end)/(distance to the upper
/// end) of an interval. Between −left and right the nodes are equidistant in
/// x, so a singularity of the integrand that stays at a fixed distance from
/// the line of integration costs the same at every scale down to e^{−left} of
/// the interval; beyond, they spread out exponentially, so the tails cost
/// a handful of nodes although the integrand may decay slowly.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DoubleExponential {
    /// Spacing in v.
    pub(crate) step: f64,
    /// Where the nodes start to spread towards the lower end.
    pub(crate) left: f64,
    /// Where the nodes start to spread towards the upper end.
    pub(crate) right: f64,
}

impl DoubleExponential {
    /// Beyond this |v| (counted from `left` and `right`) x exceeds 10^13.
    const REACH: f64 = 30.0;

    /// x and the weight (spacing in v times dx/dv) of node `index`.
    fn node(&self, index: i32) -> (f64, f64) {
        let v = f64::from(index) * self.step;
        let (up, down) = ((v - self.right).exp(), (-v - self.left).exp());
        (v + up - down, self.step * (1.0 + up + down))
    }

    /// Visits the nodes from the middle outwards, as `visit(x, weight)`.
    ///
    /// Each of the two directions ends when `visit` returns false.
    pub(crate) fn visit(&self, mut visit: impl FnMut(f64, f64) -> bool) {
        let last_up = ((self.right + Self::REACH) / self.step) as i32;
        let last_down = ((self.left + Self::REACH) / self.step) as i32;
        for index in 0..=last_up {
            let (x, weight) = self.node(index);
            if !visit(x, weight) {
                break;
            }
        }
        for index in 1..=last_down {
            let (x, weight) = self.node(-index);
            if !visit(x, weight) {
                break;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// ∫_0^1 q^{a−1}(1−q)^{b−1} dq with q = e^x/(1+e^x).
    fn beta(a: f64, b: f64) -> f64 {
        let rule = DoubleExponential { step: 0.25, left: 3.0, right: 3.0 };
        let mut sum = 0.0;
        rule.visit(|x, weight| {
            let ln_lower = -(-x).exp().ln_1p();
            let ln_upper = -x.exp().ln_1p();
            let term = weight * (a * ln_lower.max(-1e300) + b * ln_upper.max(-1e300)).exp();
            sum += term;
            term > 1e-18 || x.abs() < 60.0
        });
        sum
    }

    #[test]
    fn integrates_singular_ends() {
        let pi = std::f64::consts::PI;
        assert!((beta(0.5, 0.5) - pi).abs() < 1e-13 * pi);
        assert!((beta(1.0, 1.0) - 1.0).abs() < 1e-13);
        assert!((beta(0.05, 1.0) - 20.0).abs() < 1e-12);
        assert!((beta(3.0, 2.0) - 1.0 / 12.0).abs() < 1e-14);
    }
}
