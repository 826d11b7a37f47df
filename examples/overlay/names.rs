//! Activations, laws of D and laws of X by name, as `name` or `name:number,number`.

use std::sync::Arc;

use ntk_spectrum::activation::{self, Activation};
use ntk_spectrum::diagonal::{self, DiagonalLaw};
use ntk_spectrum::ensemble::input::{self, InputLaw, Laplace, SparseGaussian, StudentT};

/// Something the user named, with the name.
#[derive(Debug, Clone)]
pub struct Named<T: ?Sized> {
    pub name: String,
    pub law: Arc<T>,
}

/// The names of the activations, in lines.
pub fn activations() -> String {
    lines(activation::NAMES)
}

/// The names of the laws of D, in lines.
pub fn diagonals() -> String {
    lines(diagonal::NAMES)
}

fn lines(names: &[(&str, &str)]) -> String {
    let mut lines = vec![String::new()];
    for (form, _) in names {
        let last = lines.len() - 1;
        if lines[last].chars().count() + form.chars().count() > 68 {
            lines.push(String::new());
        }
        let last = lines.len() - 1;
        lines[last] += &format!("{form}, ");
    }
    let lines: Vec<&str> = lines.iter().map(|line| line.trim_end()).collect();
    lines.join("\n    ").trim_end_matches(',').to_owned()
}

pub const INPUTS: &str = "\
    gaussian, rademacher, uniform, laplace, student-t:NU, sparse-gaussian:DENSITY";

pub fn activation(text: &str) -> Result<Named<dyn Activation>, String> {
    let law = activation::by_name(text).map_err(|error| error.to_string())?;
    law.moments().map_err(|error| format!("{text}: {error}"))?;
    Ok(Named { name: text.into(), law })
}

pub fn diagonal(text: &str) -> Result<Named<dyn DiagonalLaw>, String> {
    let law = diagonal::by_name(text).map_err(|error| error.to_string())?;
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

fn split(text: &str) -> Result<(&str, Vec<f64>), String> {
    let Some((name, list)) = text.split_once(':') else { return Ok((text, Vec::new())) };
    let numbers = list
        .split(',')
        .map(|number| number.parse().map_err(|_| format!("'{number}' in '{text}' is no number")))
        .collect::<Result<_, _>>()?;
    Ok((name, numbers))
}
