//! Stock activations by name.

use std::fmt;
use std::sync::{Arc, LazyLock};

use super::{
    Activation, Arctan, Cosine, Elu, Erf, Gaussian, Gelu, GeluTanh, HardTanh, Identity, LeakyRelu,
    Mish, Polynomial, Relu, ReluPower, Selu, Sigmoid, Silu, Sine, Softplus, Softsign, Tanh,
};
use crate::Error;
use crate::arguments::parameter;

/// A stock activation: what [`by_name`] calls it, and what parameters it takes.
///
/// Displayed as its name with its parameters, `leaky-relu:SLOPE` for instance.
///
/// # Examples
///
/// ```
/// use ntk_spectrum::activation::{NAMES, by_name};
///
/// for stock in NAMES {
///     println!("{stock:24} for example {:24} {:?}", stock.example, by_name(stock.example)?);
/// }
/// # Ok::<(), ntk_spectrum::Error>(())
/// ```
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct StockActivation {
    /// The name with the parameters in capitals, as in `leaky-relu:SLOPE`.
    pub usage: &'static str,
    /// A text that [`by_name`] takes, with parameters of ordinary size.
    pub example: &'static str,
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

impl StockActivation {
    const fn new(usage: &'static str, example: &'static str, build: Build) -> Self {
        Self { usage, example, build }
    }

    const fn plain(name: &'static str, build: fn() -> Arc<dyn Activation>) -> Self {
        Self::new(name, name, Build::Plain(build))
    }

    /// Returns the name without parameters.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.usage.split(':').next().unwrap_or_default()
    }

    /// Returns the parameters in capitals, `SLOPE` for instance; empty if it has none.
    #[must_use]
    pub fn parameters(&self) -> &'static str {
        self.usage.split_once(':').map_or("", |(_, parameters)| parameters)
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

impl fmt::Display for StockActivation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.usage)
    }
}

impl fmt::Debug for StockActivation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StockActivation")
            .field("usage", &self.usage)
            .field("example", &self.example)
            .finish_non_exhaustive()
    }
}

/// All stock activations, by family.
///
/// # Examples
///
/// ```
/// use ntk_spectrum::activation::NAMES;
///
/// let elu = NAMES.iter().find(|stock| stock.name() == "elu").unwrap();
/// assert_eq!((elu.parameters(), elu.to_string()), ("ALPHA", "elu:ALPHA".into()));
/// ```
pub const NAMES: &[StockActivation] = &[
    StockActivation::plain("identity", || Arc::new(Identity)),
    StockActivation::plain("relu", || Arc::new(Relu)),
    StockActivation::new(
        "leaky-relu:SLOPE",
        "leaky-relu:0.1",
        Build::WithNumber(|slope| shared(LeakyRelu::new(slope))),
    ),
    StockActivation::new("relu-power:K", "relu-power:2", Build::WithNumber(relu_power)),
    StockActivation::plain("hard-tanh", || Arc::new(HardTanh)),
    StockActivation::new("elu:ALPHA", "elu:1", Build::WithNumber(|alpha| shared(Elu::new(alpha)))),
    StockActivation::plain("selu", || Arc::new(Selu)),
    StockActivation::plain("tanh", || Arc::new(Tanh)),
    StockActivation::plain("sigmoid", || Arc::new(Sigmoid)),
    StockActivation::plain("erf", || Arc::new(Erf)),
    StockActivation::plain("softsign", || Arc::new(Softsign)),
    StockActivation::plain("arctan", || Arc::new(Arctan)),
    StockActivation::plain("softplus", || Arc::new(Softplus)),
    StockActivation::plain("gelu", || Arc::new(Gelu)),
    StockActivation::plain("gelu-tanh", || Arc::new(GeluTanh)),
    StockActivation::plain("silu", || Arc::new(Silu)),
    StockActivation::plain("mish", || Arc::new(Mish)),
    StockActivation::new(
        "sine:FREQUENCY",
        "sine:1",
        Build::WithNumber(|frequency| shared(Sine::new(frequency))),
    ),
    StockActivation::new(
        "cosine:FREQUENCY",
        "cosine:1",
        Build::WithNumber(|frequency| shared(Cosine::new(frequency))),
    ),
    StockActivation::plain("gaussian", || Arc::new(Gaussian)),
    StockActivation::new(
        "polynomial:C0,C1,…",
        "polynomial:0,1,0.5,0.25",
        Build::WithList(|coefficients| shared(Polynomial::new(coefficients))),
    ),
];

/// The usages of all, for errors.
static ALLOWED: LazyLock<String> = LazyLock::new(|| {
    let usages: Vec<_> = NAMES.iter().map(|stock| stock.usage).collect();
    usages.join(", ")
});

fn shared<A: Activation + 'static>(activation: Result<A, Error>) -> Built {
    activation.map(|activation| Arc::new(activation) as Arc<dyn Activation>)
}

fn relu_power(power: f64) -> Built {
    let whole = power.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&power);
    parameter("power", power, whole, ReluPower::POWERS)?;
    shared(ReluPower::new(power as u32))
}

/// Returns the stock activation called `text`, a name of [`NAMES`] with its parameters:
/// `name` or `name:number,number`.
///
/// # Errors
///
/// - [`Error::UnknownName`] if there is no such activation, if it takes another number
///   of parameters, or if one of them is no number; `allowed` then holds all names, or
///   the usage of the one that was meant,
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
/// assert_eq!(error.to_string(), "activation 'elu' is not known: elu:ALPHA");
/// # Ok::<(), ntk_spectrum::Error>(())
/// ```
pub fn by_name(text: &str) -> Result<Arc<dyn Activation>, Error> {
    let unknown =
        |kind, name: &str, allowed| Error::UnknownName { kind, name: name.into(), allowed };
    let (name, list) = match text.split_once(':') {
        Some((name, list)) => (name, Some(list)),
        None => (text, None),
    };
    let stock = NAMES
        .iter()
        .find(|stock| stock.name() == name)
        .ok_or_else(|| unknown("activation", name, &ALLOWED))?;
    let number = |text: &str| text.parse().map_err(|_| unknown("number", text, stock.usage));
    let parameters: Vec<f64> =
        list.into_iter().flat_map(|list| list.split(',')).map(number).collect::<Result<_, _>>()?;
    stock.build(&parameters).unwrap_or_else(|| Err(unknown("activation", text, stock.usage)))
}
