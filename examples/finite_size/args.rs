//! Flags.

use ntk_spectrum::activation::NAMES;

use crate::Failure;
use crate::sample::Budget;

pub const USAGE: &str = "finite_size [models|ratios|sizes]… [--activations A,A,…] [--budget B]";

/// What of the tables is wanted.
pub struct Flags {
    tables: Vec<String>,
    pub activations: Vec<String>,
    pub budget: Budget,
}

impl Flags {
    /// `None` where help is asked for.
    pub fn parse() -> Result<Option<Self>, Failure> {
        use lexopt::prelude::*;
        let activations = NAMES.iter().map(|(_, example)| (*example).to_owned()).collect();
        let mut flags = Self { tables: Vec::new(), activations, budget: Budget::new(1.0) };
        let mut parser = lexopt::Parser::from_env();
        while let Some(argument) = parser.next()? {
            match argument {
                Long("activations") => {
                    let list: String = parser.value()?.parse()?;
                    // Parameters have commas, too: a name begins with a letter.
                    flags.activations.clear();
                    for part in list.split(',') {
                        match flags.activations.last_mut() {
                            Some(last) if !part.starts_with(char::is_alphabetic) => {
                                last.push(',');
                                last.push_str(part);
                            }
                            _ => flags.activations.push(part.to_owned()),
                        }
                    }
                }
                Long("budget") => flags.budget = Budget::new(parser.value()?.parse()?),
                Long("help") => return Ok(None),
                Value(table) => flags.tables.push(table.string()?),
                other => return Err(other.unexpected().into()),
            }
        }
        Ok(Some(flags))
    }

    pub fn wants(&self, table: &str) -> bool {
        self.tables.is_empty() || self.tables.iter().any(|wanted| wanted == table)
    }
}
