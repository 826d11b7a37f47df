//! A trait's implementor behind a reference or a smart pointer implements the trait.

/// Implements a trait for pointers to its implementors, `T` in their types.
///
/// All methods have to be listed, the provided ones too: one that is left out would
/// fall back to what the trait provides, and lose what the implementor has. A test
/// compares the lists with the traits.
macro_rules! forward {
    // One pointer at a time.
    ($trait:ident for [$($pointer:ty),*] $methods:tt) => {
        $($crate::forward::forward! { @ $trait, $pointer, $methods })*
    };
    (@ $trait:ident, $pointer:ty, {
        $(fn $name:ident(&self $(, $argument:ident: $type:ty)*) $(-> $out:ty)?;)*
    }) => {
        impl<T: $trait + ?Sized> $trait for $pointer {
            $(fn $name(&self $(, $argument: $type)*) $(-> $out)? {
                (**self).$name($($argument),*)
            })*
        }
    };
}
pub(crate) use forward;
