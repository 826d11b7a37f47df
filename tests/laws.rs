//! Closed-form laws against the tables made of their densities, and the
//! generalised Marchenko–Pastur law against laws known in closed form.

use ntk_spectrum::law::{MarchenkoPastur, SpectralLaw, Uniform};
use num_complex::Complex64;

/// Points of the closed upper half-plane: far, near and on the support.
fn points(lower: f64, upper: f64) -> Vec<Complex64> {
    let mut points = Vec::new();
    for k in -8..=28 {
        let x = lower + (upper - lower) * (f64::from(k) / 20.0 + 0.0137);
        for height in [10.0, 1.0, 0.3, 0.1, 1e-2, 1e-4, 1e-8, 0.0] {
            points.push(Complex64::new(x, height * (upper - lower)));
        }
    }
    points
}

#[test]
fn tables_reproduce_closed_transforms() {
    let mut worst: (f64, f64) = (0.0, 0.0);
    for ratio in [0.1, 0.5, 1.0, 1.7, 30.0] {
        let law = MarchenkoPastur::new(ratio).unwrap();
        let table = law.tabulated().unwrap();
        for z in points(law.edges().0, law.edges().1) {
            let (t, slope) = law.t_transform(z).unwrap();
            let (u, change) = table.t_transform(z);
            let off = (t - u).norm() / (1.0 + t.norm());
            let off2 = (slope - change).norm() / (1.0 + slope.norm());
            if off > 1e-12 || off2 > 1e-10 {
                println!("{ratio} {z} {t} {u} {off:e} {slope} {change} {off2:e}");
            }
            worst = (worst.0.max(off), worst.1.max(off2));
        }
    }
    println!("{worst:?}");
    let law = Uniform::new(1.0, 3.0).unwrap();
    for z in points(1.0, 3.0) {
        let (t, slope) = law.t_transform(z).unwrap();
        let (u, change) = law.tabulated().unwrap().t_transform(z);
        let off = (t - u).norm() / (1.0 + t.norm());
        let off2 = (slope - change).norm() / (1.0 + slope.norm());
        if off > 1e-12 || off2 > 1e-10 {
            println!("{z} {t} {u} {off:e} {slope} {change} {off2:e}");
        }
        worst = (worst.0.max(off), worst.1.max(off2));
    }
    println!("{worst:?}");
}
