//! Activations, laws of D and laws of X by name, as `name` or `name:number,number`.

use std::sync::Arc;

use ntk_spectrum::activation::{
    Activation, Arctan, Cosine, Elu, Erf, Gaussian, Gelu, GeluTanh, HardTanh, Identity, LeakyRelu,
    Mish, Polynomial, Relu, ReluPower, Selu, Sigmoid, Silu, Sine, Softplus, Softsign, Tanh,
};
use ntk_spectrum::ensemble::diagonal::{
    Bernoulli, Beta, Constant, DiagonalLaw, Discrete, Rademacher, TruncatedNormal, TwoPoint,
    Uniform,
};
use ntk_spectrum::ensemble::input::{self, InputLaw, Laplace, SparseGaussian, StudentT};

/// Something the user named, with the name.
#[derive(Debug, Clone)]
pub struct Named<T: ?Sized> {
    pub name: String,
    pub law: Arc<T>,
}

pub const ACTIVATIONS: &str = "\
    identity, relu, leaky-relu:SLOPE, relu-power:K, hard-tanh, elu:ALPHA,
    selu, tanh, sigmoid, erf, softsign, arctan, softplus, gelu, gelu-tanh,
    silu, mish, sine:FREQUENCY, cosine:FREQUENCY, gaussian,
    polynomial:C0,C1,…";

pub const DIAGONALS: &str = "\
    constant:D, rademacher, two-point:FIRST,SECOND,PROBABILITY-OF-FIRST,
    discrete:D1,W1,D2,W2,…, bernoulli:KEEP, bernoulli-scaled:KEEP,
    uniform:LOWER,UPPER, truncated-normal:MEAN,SD,LOWER,UPPER,
    beta:ALPHA,BETA,LOWER,UPPER";

pub const INPUTS: &str = "\
    gaussian, rademacher, uniform, laplace, student-t:NU, sparse-gaussian:DENSITY";

pub fn activation(text: &str) -> Result<Named<dyn Activation>, String> {
    let (name, numbers) = split(text)?;
    let law: Arc<dyn Activation> = match (name, numbers.as_slice()) {
        ("identity", []) => Arc::new(Identity),
        ("relu", []) => Arc::new(Relu),
        ("leaky-relu", &[slope]) => Arc::new(LeakyRelu::new(slope).unwrap()),
        ("relu-power", &[k]) => Arc::new(ReluPower::new(whole(k)?).unwrap()),
        ("hard-tanh", []) => Arc::new(HardTanh),
        ("elu", &[alpha]) => Arc::new(Elu::new(alpha).unwrap()),
        ("selu", []) => Arc::new(Selu),
        ("tanh", []) => Arc::new(Tanh),
        ("sigmoid", []) => Arc::new(Sigmoid),
        ("erf", []) => Arc::new(Erf),
        ("softsign", []) => Arc::new(Softsign),
        ("arctan", []) => Arc::new(Arctan),
        ("softplus", []) => Arc::new(Softplus),
        ("gelu", []) => Arc::new(Gelu),
        ("gelu-tanh", []) => Arc::new(GeluTanh),
        ("silu", []) => Arc::new(Silu),
        ("mish", []) => Arc::new(Mish),
        ("sine", &[frequency]) => Arc::new(Sine::new(frequency).unwrap()),
        ("cosine", &[frequency]) => Arc::new(Cosine::new(frequency).unwrap()),
        ("gaussian", []) => Arc::new(Gaussian),
        ("polynomial", coefficients @ [_, ..]) => Arc::new(Polynomial::new(coefficients).unwrap()),
        _ => return Err(format!("'{text}' is not one of\n    {ACTIVATIONS}")),
    };
    law.moments().map_err(|error| format!("{text}: {error}"))?;
    Ok(Named { name: text.into(), law })
}

pub fn diagonal(text: &str) -> Result<Named<dyn DiagonalLaw>, String> {
    let (name, numbers) = split(text)?;
    let law: Result<Arc<dyn DiagonalLaw>, _> = match (name, numbers.as_slice()) {
        ("constant", &[d]) => Constant::new(d).map(shared),
        ("rademacher", []) => Ok(shared(Rademacher)),
        ("two-point", &[first, second, q]) => TwoPoint::new(first, second, q).map(shared),
        ("discrete", pairs) if !pairs.is_empty() && pairs.len() % 2 == 0 => {
            let (values, weights): (Vec<_>, Vec<_>) =
                pairs.chunks(2).map(|pair| (pair[0], pair[1])).unzip();
            Discrete::new(&values, &weights).map(shared)
        }
        ("bernoulli", &[keep]) => Bernoulli::new(keep).map(shared),
        ("bernoulli-scaled", &[keep]) => Bernoulli::new(keep).map(|law| shared(law.scaled())),
        ("uniform", &[lower, upper]) => Uniform::new(lower, upper).map(shared),
        ("truncated-normal", &[mean, sd, lower, upper]) => {
            TruncatedNormal::new(mean, sd, lower, upper).map(shared)
        }
        ("beta", &[alpha, beta, lower, upper]) => Beta::new(alpha, beta, lower, upper).map(shared),
        _ => return Err(format!("'{text}' is not one of\n    {DIAGONALS}")),
    };
    let law = law.map_err(|error| format!("{text}: {error}"))?;
    Ok(Named { name: text.into(), law })
}

pub fn input(text: &str) -> Result<Named<dyn InputLaw>, String> {
    let (name, numbers) = split(text)?;
    let law: Arc<dyn InputLaw> = match (name, numbers.as_slice()) {
        ("gaussian", []) => Arc::new(input::Gaussian),
        ("rademacher", []) => Arc::new(input::Rademacher),
        ("uniform", []) => Arc::new(input::Uniform),
        ("laplace", []) => Arc::new(Laplace),
        ("student-t", &[nu]) => Arc::new(StudentT::new(nu).map_err(|e| format!("{text}: {e}"))?),
        ("sparse-gaussian", &[density]) => {
            Arc::new(SparseGaussian::new(density).map_err(|e| format!("{text}: {e}"))?)
        }
        _ => return Err(format!("'{text}' is not one of\n    {INPUTS}")),
    };
    Ok(Named { name: text.into(), law })
}

fn shared(law: impl DiagonalLaw + 'static) -> Arc<dyn DiagonalLaw> {
    Arc::new(law)
}

fn split(text: &str) -> Result<(&str, Vec<f64>), String> {
    let Some((name, list)) = text.split_once(':') else { return Ok((text, Vec::new())) };
    let numbers = list
        .split(',')
        .map(|number| number.parse().map_err(|_| format!("'{number}' in '{text}' is no number")))
        .collect::<Result<_, _>>()?;
    Ok((name, numbers))
}

fn whole(number: f64) -> Result<u32, String> {
    if number >= 0.0 && number <= f64::from(u32::MAX) && number.fract() == 0.0 {
        Ok(number as u32)
    } else {
        Err(format!("{number} is not a whole number"))
    }
}
