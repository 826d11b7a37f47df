//! The sample of a histogram: its bars, and what they leave out.

use super::axis::{Scale, short};
use super::curve;
use super::density::Bar;
use crate::Error;
use crate::empirical::{Bins, EmpiricalSpectrum, Split};

/// Narrower bars than this would be less than a pixel wide.
const MOST_BARS: usize = 2000;

/// Of values that all are within a pixel: the part of the picture that their bar has.
const ONLY_BAR: f64 = 0.04;

/// What is shown of a spectrum.
#[derive(Debug, Clone, Copy)]
pub(super) enum Sample<'a> {
    Whole(&'a EmpiricalSpectrum),
    Parts(&'a Split),
}

impl<'a> Sample<'a> {
    /// What is binned, and the mass it stands for.
    pub(super) fn values(self, atom: f64) -> (&'a [f64], f64) {
        match self {
            Self::Whole(spectrum) => {
                let values = curve::positive(spectrum);
                (values, values.len() as f64 / spectrum.len() as f64)
            }
            Self::Parts(split) => {
                let all = split.spectrum().sorted();
                let bulk = &all[split.zeros()..all.len() - split.outliers().len()];
                (curve::above_zero(bulk), 1.0 - atom)
            }
        }
    }

    /// What the picture does not show.
    pub(super) fn notes(self, atom: f64) -> Vec<String> {
        let mut parts = Vec::new();
        let (spectrum, outliers) = match self {
            Self::Whole(spectrum) => (spectrum, None),
            Self::Parts(split) => (split.spectrum(), Some(split.outliers())),
        };
        let (zeros, n) = (spectrum.zeros(), spectrum.len());
        if zeros > 0 || atom > 0.0 {
            let fraction = short(zeros as f64 / n as f64);
            let atom = short(atom);
            parts.push(format!("{zeros} zeros, a fraction {fraction} (law: {atom})"));
        }
        if let Some(outliers) = outliers
            && let (Some(first), Some(last)) = (outliers.first(), outliers.last())
        {
            let (first, last) = (short(*first), short(*last));
            parts.push(match outliers.len() {
                1 => format!("1 outlier at {first}"),
                count => format!("{count} outliers in [{first}, {last}]"),
            });
        }
        // A line each: together they can be wider than half a page.
        let mut notes: Vec<String> =
            parts.iter().map(|part| format!("not among the bars: {part}")).collect();
        if spectrum.undetermined() > 0 {
            notes.push(format!("{} of all are not told from 0", spectrum.undetermined()));
        }
        notes
    }
}

/// The bars of values that stand for a mass, in the variable drawn on this scale, their heights
/// as densities; `width` is that of the picture.
pub(super) fn bars(
    (values, mass): (&[f64], f64),
    x: Scale,
    bins: Option<Bins>,
    width: f64,
) -> Result<Vec<Bar>, Error> {
    let (Some(first), Some(last)) = (values.first(), values.last()) else {
        return Ok(Vec::new());
    };
    let (low, high) = (x.place(*first), x.place(*last));
    if MOST_BARS as f64 * (high - low) < width {
        let (middle, half) = (0.5 * (low + high), 0.5 * ONLY_BAR * width);
        return Ok(vec![(middle - half, middle + half, mass / (2.0 * half))]);
    }
    let drawn = values.iter().map(|value| x.place(*value)).collect();
    let drawn = EmpiricalSpectrum::from_sorted(drawn);
    let bins = match bins {
        Some(bins) => bins,
        None => {
            let least = (2.0 * (drawn.len() as f64).sqrt()).ceil() as usize;
            Bins::Fixed(Bins::FreedmanDiaconis.count(&drawn)?.max(least).min(MOST_BARS))
        }
    };
    let histogram = drawn.histogram(bins)?;
    Ok(histogram.bars().map(|(low, high, h)| (low, high, mass * h)).collect())
}
