//! `Centring`: which matrix stands in the kernel.

/// Whether $\varphi = \sigma^\prime$ stands in a kernel as it is, or without its
/// Gaussian mean $a_0 = \mathbb E \varphi(Z)$.
///
/// The mean adds $a_0^2 \\, (\mathbb E D^2) X X^\top / d$ to the kernel, of rank d: d
/// outliers of size n/d, which do not enter the limit.
///
/// # Examples
///
/// ```
/// use ntk_spectrum::activation::Centring;
///
/// assert_eq!(Centring::default(), Centring::Raw);
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Centring {
    /// $\varphi$ itself, as in the kernel of a network.
    #[default]
    Raw,
    /// $\varphi - a_0$.
    #[doc(alias = "centered")]
    Centred,
}
