//! Products with the Jacobian of the network, and with its transpose.

use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis};

use super::NtkOperator;
use super::contraction::Contraction;
use crate::{Error, arguments, memory};

impl NtkOperator {
    /// Computes the Jacobian–vector product $J\theta$: how the outputs on the n samples move
    /// when W moves by θ, a d × p matrix,
    ///
    /// $$ (J\theta)\_i = \sum\_{a,k} J\_{i,(a,k)}\\, \theta\_{ak} , \qquad
    /// J\_{i,(a,k)} = \frac{x\_{ia}}{\sqrt d}\\, \frac{D_k \varphi\_{ik}}{\sqrt p} ,
    /// \qquad K = J J^\top . $$
    ///
    /// J, an n × dp matrix, is never formed. With
    /// [`Centring::Centred`](crate::activation::Centring::Centred) it is that of the centred
    /// kernel, $\varphi - a_0$ in place of φ.
    ///
    /// # Errors
    /// [`Error::SizeMismatch`] unless `theta` is d × p, [`Error::InvalidElement`] when it is
    /// not finite; as the activation, when the features are recomputed.
    ///
    /// # Complexity
    /// 2ndp floating-point operations.
    ///
    /// # Examples
    ///
    /// ```
    /// use ntk_spectrum::ndarray::Array1;
    /// use ntk_spectrum::activation::Relu;
    /// use ntk_spectrum::prelude::*;
    ///
    /// let ensemble = TwoLayerEnsemble::new(Dimensions::new(500, 10, 12)?, Relu).with_seed(3);
    /// let kernel = NtkBuilder::from_ensemble(&ensemble).build_operator()?;
    /// let u = Array1::linspace(-1.0, 1.0, 500);
    /// let mut image = Array1::zeros(500);
    /// kernel.apply_vector(image.view_mut(), u.view())?;
    /// // K u = J (Jᵀ u)
    /// let moved = kernel.jvp(kernel.vjp(u.view())?.view())?;
    /// assert!((&moved - &image).iter().all(|difference| difference.abs() < 1e-12));
    /// # Ok::<(), Error>(())
    /// ```
    pub fn jvp(&self, theta: ArrayView2<'_, f64>) -> Result<Array1<f64>, Error> {
        let (d, p) = (self.dimensions.d(), self.dimensions.p());
        arguments::same_size("rows of theta", theta.nrows(), d, "the input dimension d")?;
        arguments::same_size("columns of theta", theta.ncols(), p, "the number p of neurons")?;
        arguments::finite_rows("theta", theta, 0)?;
        let scale = (d as f64).sqrt().recip();
        let kept = self.neurons.iter().flat_map(|neuron| theta.column(*neuron).to_vec());
        let u: Vec<f64> = kept.map(|entry| scale * entry).collect();
        let mut out = Array1::zeros(self.dimensions.n());
        self.contraction.jvp(out.view_mut().insert_axis(Axis(1)), &u)?;
        Ok(out)
    }

    /// Computes the vector–Jacobian product $J^\top u$ of n numbers, a d × p matrix like W:
    /// the gradient with respect to W of $\langle u, f(X) \rangle$. The columns of neurons
    /// with $D_k = 0$ are 0. J is that of [`jvp`](Self::jvp).
    ///
    /// # Errors
    /// [`Error::SizeMismatch`] unless `u` has n entries, [`Error::InvalidEntry`] when it is
    /// not finite, [`Error::MemoryLimit`]; as the activation, when the features are
    /// recomputed.
    ///
    /// # Complexity
    /// 2ndp floating-point operations.
    pub fn vjp(&self, u: ArrayView1<'_, f64>) -> Result<Array2<f64>, Error> {
        let (d, p) = (self.dimensions.d(), self.dimensions.p());
        arguments::same_size("length of u", u.len(), self.dimensions.n(), "the samples")?;
        arguments::finite_entries("u", u)?;
        let mut gradient = memory::zeros("Jᵀu", d, p, self.memory_limit)?;
        let scale = (d as f64).sqrt();
        let kept = self.contraction.vjp(u.insert_axis(Axis(1)))?;
        for (neuron, column) in self.neurons.iter().zip(kept.chunks_exact(d)) {
            let into = gradient.column_mut(*neuron);
            into.into_iter().zip(column).for_each(|(entry, found)| *entry = scale * found);
        }
        Ok(gradient)
    }

    /// Checks that `other` is the kernel of the same network, on other samples.
    pub(crate) fn same_network(&self, other: &Self) -> Result<(), Error> {
        let [mine, others] = [self, other].map(|kernel| kernel.dimensions);
        let reason = "of both kernels the same";
        arguments::same_size("d of the other kernel", others.d(), mine.d(), reason)?;
        arguments::same_size("p of the other kernel", others.p(), mine.p(), reason)?;
        let fingerprint =
            |Contraction { features, .. }: &Contraction| (features.fingerprint() >> 11) as f64;
        let (mine, others) = (fingerprint(&self.contraction), fingerprint(&other.contraction));
        let name = "the fingerprint of W, D and the activation of the other kernel";
        let allowed = "that of the first: both are kernels of one network";
        arguments::parameter(name, others, mine == others, allowed)?;
        Ok(())
    }
}
