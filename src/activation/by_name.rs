//! Stock activations by name.

use std::sync::{Arc, LazyLock};

use super::{
    Activation, Arctan, Cosine, Elu, Erf, Gaussian, Gelu, GeluTanh, HardTanh, Identity, LeakyRelu,
    Mish, Polynomial, Relu, ReluPower, Selu, Sigmoid, Silu, Sine, Softplus, Softsign, Tanh,
};
use crate::{Error, arguments};

/// A stock activation: what [`by_name`] calls it, and how it is made.
struct Stock {
    /// The name with the parameters in capitals, as in `leaky-relu:SLOPE`.
    usage: &'static str,
    /// A text that [`by_name`] takes, with parameters of ordinary size.
    example: &'static str,
    build: Build,
}

/// An activation of known parameters, or the error that says which are wrong.
type Built = Result<Arc<dyn Activation>, Error>;

/// How numbers become an activation.
#[derive(Clone, Copy)]
enum Build {
    Plain(fn() -> Arc<dyn Activation>),
    WithNumber(fn(f64) -> Built),
    WithList(fn(&[f64]) -> Built),
}

impl Stock {
    const fn new(usage: &'static str, example: &'static str, build: Build) -> Self {
        Self { usage, example, build }
    }

    const fn plain(name: &'static str, build: fn() -> Arc<dyn Activation>) -> Self {
        Self::new(name, name, Build::Plain(build))
    }

    /// The name without parameters.
    fn name(&self) -> &'static str {
        self.usage.split(':').next().unwrap_or_default()
    }

    /// Makes the activation, if it takes this many parameters.
    fn build(&self, parameters: &[f64]) -> Option<Built> {
        match (self.build, parameters) {
            (Build::Plain(build), []) => Some(Ok(build())),
            (Build::WithNumber(build), &[number]) => Some(build(number)),
            (Build::WithList(build), list @ [_, ..]) => Some(build(list)),
            _ => None,
        }
    }
}

/// All stock activations, by family.
const STOCK: [Stock; 21] = [
    Stock::plain("identity", || Arc::new(Identity)),
    Stock::plain("relu", || Arc::new(Relu)),
    Stock::new(
        "leaky-relu:SLOPE",
        "leaky-relu:0.1",
        Build::WithNumber(|slope| shared(LeakyRelu::new(slope))),
    ),
    Stock::new("relu-power:K", "relu-power:2", Build::WithNumber(relu_power)),
    Stock::plain("hard-tanh", || Arc::new(HardTanh)),
    Stock::new("elu:ALPHA", "elu:1", Build::WithNumber(|alpha| shared(Elu::new(alpha)))),
    Stock::plain("selu", || Arc::new(Selu)),
    Stock::plain("tanh", || Arc::new(Tanh)),
    Stock::plain("sigmoid", || Arc::new(Sigmoid)),
    Stock::plain("erf", || Arc::new(Erf)),
    Stock::plain("softsign", || Arc::new(Softsign)),
    Stock::plain("arctan", || Arc::new(Arctan)),
    Stock::plain("softplus", || Arc::new(Softplus)),
    Stock::plain("gelu", || Arc::new(Gelu)),
    Stock::plain("gelu-tanh", || Arc::new(GeluTanh)),
    Stock::plain("silu", || Arc::new(Silu)),
    Stock::plain("mish", || Arc::new(Mish)),
    Stock::new(
        "sine:FREQUENCY",
        "sine:1",
        Build::WithNumber(|frequency| shared(Sine::new(frequency))),
    ),
    Stock::new(
        "cosine:FREQUENCY",
        "cosine:1",
        Build::WithNumber(|frequency| shared(Cosine::new(frequency))),
    ),
    Stock::plain("gaussian", || Arc::new(Gaussian)),
    Stock::new(
        "polynomial:C0,C1,…",
        "polynomial:0,1,0.5,0.25",
        Build::WithList(|coefficients| shared(Polynomial::new(coefficients))),
    ),
];

/// What [`by_name`] understands: each activation's name with its parameters, and an
/// example.
///
/// # Examples
///
/// ```
/// use ntk_spectrum::activation;
///
/// for (form, example) in activation::NAMES {
///     println!("{form}, for instance {example}: {:?}", activation::by_name(example)?);
/// }
/// # Ok::<(), ntk_spectrum::Error>(())
/// ```
pub const NAMES: &[(&str, &str)] = &{
    let mut names = [("", ""); STOCK.len()];
    let mut k = 0;
    while k < names.len() {
        names[k] = (STOCK[k].usage, STOCK[k].example);
        k += 1;
    }
    names
};

/// The usages of all, for errors.
static ALLOWED: LazyLock<String> = LazyLock::new(|| {
    let usages: Vec<_> = STOCK.iter().map(|stock| stock.usage).collect();
    usages.join(", ")
});

fn shared<A: Activation + 'static>(activation: Result<A, Error>) -> Built {
    activation.map(|activation| Arc::new(activation) as Arc<dyn Activation>)
}

fn relu_power(power: f64) -> Built {
    let whole = power.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&power);
    arguments::parameter("power", power, whole, ReluPower::POWERS)?;
    shared(ReluPower::new(power as u32))
}

/// Returns the stock activation called `text`, a name of [`NAMES`] with its parameters:
/// `name` or `name:number,number`.
///
/// # Errors
///
/// - [`Error::UnknownName`] if there is no such activation, or a parameter is no number,
/// - [`Error::InvalidLength`] for too few or too many parameters,
/// - the error of the activation's constructor if a parameter is outside its range.
///
/// # Examples
///
/// ```
/// use ntk_spectrum::activation::by_name;
///
/// assert_eq!(by_name("leaky-relu:0.1")?.derivative(-1.0), 0.1);
/// assert_eq!(by_name("polynomial:0,0,0.5")?.value(3.0), 4.5);
///
/// let error = by_name("elu").unwrap_err();
/// assert!(error.to_string().contains("elu:ALPHA"));
/// # Ok::<(), ntk_spectrum::Error>(())
/// ```
pub fn by_name(text: &str) -> Result<Arc<dyn Activation>, Error> {
    let (name, list) = match text.split_once(':') {
        Some((name, list)) => (name, Some(list)),
        None => (text, None),
    };
    let Some(stock) = STOCK.iter().find(|stock| stock.name() == name) else {
        let (kind, name, allowed) = ("activation", name.into(), ALLOWED.as_str());
        return Err(Error::UnknownName { kind, name, allowed });
    };
    let parameters = list.map_or(Ok(Vec::new()), arguments::numbers)?;
    stock.build(&parameters).unwrap_or(Err(Error::InvalidLength {
        name: "the list of parameters of an activation",
        length: parameters.len(),
        expected: stock.usage,
    }))
}
