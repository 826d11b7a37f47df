//! Laws of the diagonal of D: quadratures, sampling, refusals.

use ntk_spectrum::ensemble::diagonal::*;
use num_complex::Complex64;
fn closed(a: f64, b: f64, z: Complex64) -> Complex64 {
    let root = z.sqrt();
    let f = |d: f64| ((root + d).ln() - (root - d).ln());
    (f(b) - f(a)) / (2.0 * root * (b - a))
}
#[test]
fn probe() {
    for (a, b) in [
        (0.0, 1.0),
        (1.0, 2.0),
        (-1.0, 1.0),
        (-1.0, 2.0),
        (-2.0, -0.5),
        (0.01, 1.0),
        (1.0, 1.001),
    ] {
        let law = Uniform::new(a, b).unwrap().square_law(1e-13).unwrap();
        let s: Complex64 = law.boundary_rule().iter().map(|n| n.1).sum();
        println!(
            "[{a},{b}] n={} gauss={} sum-1={:.1e} {:?}",
            law.boundary_rule().len(),
            law.nodes().len(),
            (s - 1.0).norm(),
            law.support()
        );
        for k in 1..=8 {
            let exact = (b.powi(2 * k + 1) - a.powi(2 * k + 1)) / ((b - a) * (2 * k + 1) as f64);
            print!(" {:.0e}", (law.moment(k) / exact - 1.0).abs());
        }
        println!();
        let (lo, hi) = law.support()[0];
        let len = hi - lo;
        for z in [
            Complex64::new(lo + 0.3 * len, 0.0),
            Complex64::new(lo + 0.01 * len, 0.0),
            Complex64::new(lo + 1e-4 * len, 0.0),
            Complex64::new(lo + 1e-8 * len, 0.0),
            Complex64::new(lo + 1e-10 * len, 0.0),
            Complex64::new(lo - 1e-10 * len, 0.0),
            Complex64::new(lo - 1e-3 * len, 0.0),
            Complex64::new(lo - 3.0 * len, 0.0),
            Complex64::new(hi - 1e-3 * len, 0.0),
            Complex64::new(hi - 1e-6 * len, 0.0),
            Complex64::new(hi - 1e-10 * len, 0.0),
            Complex64::new(hi + 1e-10 * len, 0.0),
            Complex64::new(hi + 1e-4 * len, 1e-4 * len),
            Complex64::new(lo, 1e-10 * len),
            Complex64::new(0.3 * len + lo, 1e-4),
            Complex64::new(10.0 * hi, 0.0),
        ] {
            let g: Complex64 = law.boundary_rule().iter().map(|(t, w)| w / (z - t)).sum();
            let e = closed(a, b, z + Complex64::new(0.0, 1e-300));
            print!(" {:.0e}", (g - e).norm() / e.norm());
        }
        println!();
    }
}
