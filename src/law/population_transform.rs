//! The transform of a population law, as solvers want it.

use num_complex::Complex64;

use super::coarse::Coarse;
use super::companion::TTransform;
use super::{Atom, SpectralLaw, TabulatedLaw};
use crate::Error;
use crate::numerics::complex::reciprocal;

/// The population inside the solver, where it is known to be solved and w is off
/// its atoms: a failure shows as NaN, which no iteration accepts.
pub(super) struct InUnit<'a, L> {
    pub(super) law: &'a L,
    /// The same law in a unit of length.
    pub(super) table: &'a TabulatedLaw,
    pub(super) mass: f64,
    pub(super) unit: f64,
}

impl<L: SpectralLaw> TTransform for InUnit<'_, L> {
    fn t(&self, w: Complex64) -> (Complex64, Complex64) {
        if self.law.is_table() {
            return self.table.t_transform(w);
        }
        let found = self.law.t_transform(self.unit * w);
        found.map_or((f64::NAN.into(), f64::NAN.into()), |(t, slope)| (t, self.unit * slope))
    }

    fn mass(&self) -> f64 {
        self.mass
    }

    fn raised(&self, w: Complex64) -> (Complex64, f64) {
        let value = w * self.table.cauchy_off_zero(w);
        (value, value.l1_norm())
    }

    fn covers(&self, w: f64) -> bool {
        self.table.support().iter().any(|i| i.lower.location <= w && w <= i.upper.location)
    }
}

/// A population off its support: from its table or closed form, or along a contour; and an
/// atom that takes a part of its mass, if there is one.
#[derive(Debug)]
pub(crate) struct OffSupport<'a, L: ?Sized> {
    law: &'a L,
    source: Source<'a>,
    mass: f64,
    atom: Atom,
}

#[derive(Debug, Clone, Copy)]
enum Source<'a> {
    Table(&'a TabulatedLaw),
    Coarse(&'a dyn Coarse),
}

impl<L: ?Sized> Clone for OffSupport<'_, L> {
    fn clone(&self) -> Self {
        Self { ..*self }
    }
}

impl<'a, L: SpectralLaw + ?Sized> OffSupport<'a, L> {
    pub(crate) fn new(law: &'a L) -> Result<Self, Error> {
        let (source, mass) = match law.coarse()? {
            Some(coarse) => (Source::Coarse(coarse), coarse.mass()),
            None => {
                let table = law.tabulated()?;
                (Source::Table(table), table.mass_off_zero())
            }
        };
        Ok(Self { law, source, mass, atom: Atom { location: 1.0, mass: 0.0 } })
    }

    /// The largest point of the support.
    pub(crate) fn upper_end(&self) -> Result<f64, Error> {
        let bulk = match self.source {
            Source::Table(table) => table.upper_end(),
            Source::Coarse(law) => law.upper_end()?,
        };
        Ok(if self.atom.mass > 0.0 { bulk.max(self.atom.location) } else { bulk })
    }

    /// The law that has this atom, and what is left of its mass as before.
    pub(crate) fn with_atom(self, atom: Atom) -> Self {
        Self { mass: (1.0 - atom.mass) * self.mass + atom.mass, atom, ..self }
    }

    /// T and T′ of the law as it is; not a number where that fails, which no iteration accepts.
    fn without_atom(&self, w: Complex64) -> (Complex64, Complex64) {
        let found = match self.source {
            Source::Coarse(law) => law.t_transform(w),
            Source::Table(table) if self.law.is_table() => Ok(table.t_transform(w)),
            Source::Table(_) => self.law.t_transform(w),
        };
        found.unwrap_or((f64::NAN.into(), f64::NAN.into()))
    }
}

impl<L: SpectralLaw + ?Sized> TTransform for OffSupport<'_, L> {
    fn t(&self, w: Complex64) -> (Complex64, Complex64) {
        let (t, slope) = self.without_atom(w);
        let inverse = reciprocal(w - self.atom.location);
        let rest = 1.0 - self.atom.mass;
        let term = self.atom.mass * self.atom.location * inverse;
        (rest * t + term, rest * slope - term * inverse)
    }

    fn mass(&self) -> f64 {
        self.mass
    }

    fn raised(&self, w: Complex64) -> (Complex64, f64) {
        let value = match self.source {
            Source::Coarse(law) => law.raised(w).unwrap_or(f64::NAN.into()),
            Source::Table(table) => w * table.cauchy_off_zero(w),
        };
        let term = self.atom.mass * w * reciprocal(w - self.atom.location);
        let value = (1.0 - self.atom.mass) * value + term;
        (value, value.l1_norm())
    }

    fn covers(&self, _: f64) -> bool {
        false
    }

    fn below_zero(&self, kappa: f64) -> (f64, f64) {
        let (kappa_a1, df2) = match self.source {
            // Of atoms alone the table is exact.
            Source::Table(table) if self.law.is_table() || table.pieces.is_empty() => {
                table.below_zero(kappa)
            }
            _ => {
                let (t, slope) = self.without_atom(Complex64::new(-kappa, 0.0));
                (-kappa * slope.re, kappa * slope.re - t.re)
            }
        };
        let rest = 1.0 - self.atom.mass;
        let inverse = (self.atom.location + kappa).recip();
        let share = self.atom.location * inverse;
        let own = self.atom.mass * share;
        (rest * kappa_a1 + own * (kappa * inverse), rest * df2 + own * share)
    }
}
