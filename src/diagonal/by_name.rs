//! Laws of D by name, as `name` or `name:number,number`.

use std::sync::Arc;

use super::{
    Bernoulli, Beta, Constant, DiagonalLaw, Discrete, Rademacher, TruncatedNormal, TwoPoint,
    Uniform,
};
use crate::{Error, arguments};

/// The list of forms with an example each, and the forms in one text.
macro_rules! names {
    ($first:literal => $first_example:literal, $($form:literal => $example:literal,)*) => {
        /// What [`by_name`] understands: each law's name with its parameters, and an example.
        ///
        /// # Examples
        /// ```
        /// use ntk_spectrum::diagonal;
        ///
        /// for (form, example) in diagonal::NAMES {
        ///     println!("{form}, for instance {example}: {:?}", diagonal::by_name(example)?);
        /// }
        /// # Ok::<(), ntk_spectrum::Error>(())
        /// ```
        pub const NAMES: &[(&str, &str)] = &[($first, $first_example), $(($form, $example)),*];

        const FORMS: &str = concat!($first, $("; ", $form),*);
    };
}

names! {
    "constant:D" => "constant:1",
    "rademacher" => "rademacher",
    "two-point:FIRST,SECOND,PROBABILITY-OF-FIRST" => "two-point:2,1,0.25",
    "discrete:D1,W1,D2,W2,…" => "discrete:0,0.5,1,0.25,2,0.25",
    "bernoulli:KEEP" => "bernoulli:0.8",
    "bernoulli-scaled:KEEP" => "bernoulli-scaled:0.8",
    "uniform:LOWER,UPPER" => "uniform:0.5,1.5",
    "truncated-normal:MEAN,SD,LOWER,UPPER" => "truncated-normal:0,1,-2,2",
    "beta:ALPHA,BETA,LOWER,UPPER" => "beta:2,3,0,1",
}

/// Returns the law of D that a text names, as in `uniform:0.5,1.5`; [`NAMES`] lists the
/// forms.
///
/// # Errors
/// [`Error::UnknownName`] for a name that is not in the list, or a parameter that is no
/// number; [`Error::InvalidLength`] for too few or too many parameters; the error of the
/// law's constructor for parameters that it does not accept.
///
/// # Examples
/// ```
/// use ntk_spectrum::diagonal::{self, DiagonalLaw};
///
/// let law = diagonal::by_name("two-point:2,1,0.25")?;
/// assert_eq!(law.square_law(1e-13)?.nodes(), &[1.0, 4.0]);
/// let error = diagonal::by_name("uniform:0.5").unwrap_err();
/// assert!(error.to_string().contains("uniform:LOWER,UPPER"));
/// # Ok::<(), ntk_spectrum::Error>(())
/// ```
pub fn by_name(text: &str) -> Result<Arc<dyn DiagonalLaw>, Error> {
    let (name, list) = match text.split_once(':') {
        Some((name, list)) => (name, Some(list)),
        None => (text, None),
    };
    let Some(form) = form(name) else {
        let kind = "law of D";
        return Err(Error::UnknownName { kind, name: name.into(), allowed: FORMS });
    };
    let parameters = list.map_or(Ok(Vec::new()), arguments::numbers)?;
    match (name, parameters.as_slice()) {
        ("constant", &[d]) => Constant::new(d).map(shared),
        ("rademacher", []) => Ok(shared(Rademacher)),
        ("two-point", &[first, second, q]) => TwoPoint::new(first, second, q).map(shared),
        ("discrete", pairs) if !pairs.is_empty() && pairs.len() % 2 == 0 => discrete(pairs),
        ("bernoulli", &[keep]) => Bernoulli::new(keep).map(shared),
        ("bernoulli-scaled", &[keep]) => Bernoulli::new(keep).map(|law| shared(law.scaled())),
        ("uniform", &[lower, upper]) => Uniform::new(lower, upper).map(shared),
        ("truncated-normal", &[mean, sd, lower, upper]) => {
            TruncatedNormal::new(mean, sd, lower, upper).map(shared)
        }
        ("beta", &[alpha, beta, lower, upper]) => Beta::new(alpha, beta, lower, upper).map(shared),
        _ => Err(Error::InvalidLength {
            name: "the list of parameters of a law of D",
            length: parameters.len(),
            expected: form,
        }),
    }
}

/// The form that begins with this name.
fn form(name: &str) -> Option<&'static str> {
    let mut forms = NAMES.iter().map(|(form, _)| *form);
    forms.find(|form| form.split(':').next() == Some(name))
}

fn discrete(pairs: &[f64]) -> Result<Arc<dyn DiagonalLaw>, Error> {
    let (values, weights): (Vec<_>, Vec<_>) =
        pairs.chunks_exact(2).map(|pair| (pair[0], pair[1])).unzip();
    Discrete::new(&values, &weights).map(shared)
}

fn shared(law: impl DiagonalLaw + 'static) -> Arc<dyn DiagonalLaw> {
    Arc::new(law)
}
