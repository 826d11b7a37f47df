//! `Dimensions`, and what is refused.

use ntk_spectrum::{Dimensions, Error, ErrorKind};

#[test]
fn ratios_of_sizes_and_sizes_of_ratios() {
    let dimensions = Dimensions::new(90, 5, 6).unwrap();
    assert_eq!((dimensions.n(), dimensions.d(), dimensions.p()), (90, 5, 6));
    assert_eq!((dimensions.gamma1(), dimensions.gamma2()), (3.0, 1.2));
    for (gamma1, gamma2, d) in [(0.7, 1.0, 40), (0.3, 0.5, 64), (2.0, 3.1, 7)] {
        let sizes = Dimensions::from_ratios(gamma1, gamma2, d).unwrap();
        // Rounded to the nearest size, first p, then n.
        let p = (gamma2 * d as f64).round();
        assert_eq!(
            sizes,
            Dimensions::new((gamma1 * d as f64 * p).round() as usize, d, p as usize).unwrap()
        );
    }
    // Sizes whose product is beyond a machine word have their ratios.
    let huge = Dimensions::new(usize::MAX, usize::MAX, usize::MAX).unwrap();
    assert_eq!(huge.gamma2(), 1.0);
    assert!(huge.gamma1() > 0.0 && huge.gamma1() < 1e-18);
}

#[test]
fn what_is_no_size_is_refused() {
    for (sizes, argument) in [([0, 1, 1], "n"), ([1, 0, 1], "d"), ([1, 1, 0], "p")] {
        let error = Dimensions::new(sizes[0], sizes[1], sizes[2]).unwrap_err();
        assert!(matches!(error, Error::InvalidSize { name, size: 0, .. } if name == argument));
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
    }
    for bad in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e300, 1e-300] {
        for (gamma1, gamma2, argument) in [(bad, 1.0, "gamma1"), (1.0, bad, "gamma2")] {
            match Dimensions::from_ratios(gamma1, gamma2, 40).unwrap_err() {
                Error::InvalidParameter { name, value, .. } => {
                    assert_eq!((name, value.to_bits()), (argument, bad.to_bits()));
                }
                other => panic!("{other}"),
            }
        }
    }
    assert!(matches!(
        Dimensions::from_ratios(1.0, 1.0, 0),
        Err(Error::InvalidSize { name: "d", .. })
    ));
}
