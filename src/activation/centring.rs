/// Whether $\varphi = \sigma^\prime$ itself or φ less its Gaussian mean stands in a kernel.
///
/// $a_0 = \mathbb E \varphi(Z)$ makes d outliers of size n/d and does not enter the limit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Centring {
    /// φ.
    #[default]
    Raw,
    /// $\varphi - a_0$.
    Centred,
}
