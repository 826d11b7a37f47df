//! The macro of stock activations without parameters.

/// A stock activation without parameters whose σ′ is Lipschitz, by its formulas.
///
/// Where no `moments` are given, they come from quadrature.
macro_rules! lipschitz {
    (
        $(#[$doc:meta])*
        $name:ident {
            derivative($z:ident) = $derivative:expr;
            value($t:ident) = $value:expr;
            $(kinks = $kinks:expr;)?
            $(moments = $moments:expr;)?
        }
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
        pub struct $name;

        impl $crate::activation::Activation for $name {
            fn derivative(&self, $z: f64) -> f64 {
                $derivative
            }

            fn value(&self, $t: f64) -> f64 {
                $value
            }

            $(fn kinks(&self) -> Vec<f64> {
                $kinks
            })?

            fn regularity(&self) -> $crate::activation::Regularity {
                $crate::activation::Regularity::LIPSCHITZ
            }

            $(fn moments(&self) -> Result<$crate::activation::DerivativeMoments, $crate::Error> {
                $moments
            })?
        }
    };
}
pub(super) use lipschitz;
