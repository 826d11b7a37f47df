//! Many values of D², or scales of a covariance, replaced by fewer.

use super::coarse::gauss_values;
use crate::Error;

/// Largest ratio of the scales that share a Gauss rule: T sees ratios of scales, and the nodes of
/// one rule over a wide range lie near its upper end. Also how far above the lowest κ scales may
/// lie that T does not see at all.
const SHARED: f64 = 8.0;

/// Groups that the number of scales is meant for, the upper ones, and the nodes of each further
/// one: on the negative axis T is then right to 1e-11.
const GROUPS: usize = 3;
const LOWER: usize = 16;

/// For more scales than this many times `LOWER` the lower groups have more nodes, too.
const PART: usize = 8;

/// Nodes of such a rule at least, for both moments.
const LEAST: usize = 2;

/// Replaces scales, ascending with their weights, by about `count`, and a few more for each factor
/// of `SHARED` in their range below the upper `GROUPS`: groups of similar ones by Gauss rules,
/// small groups not at all. The transform is right at −κ for κ from `lowest` on, and nothing
/// smaller is told apart.
pub(super) fn fewer(
    scales: &[(f64, f64)],
    count: usize,
    lowest: f64,
) -> Result<Vec<(f64, f64)>, Error> {
    if count >= scales.len() {
        return Ok(scales.to_vec());
    }
    let (&[(least, _), ..], &[.., (largest, _)]) = (scales, scales) else { return Ok(Vec::new()) };
    let least = least.max(lowest).min(largest);
    let range = (largest / least).ln();
    let width = range / (range / SHARED.ln()).ceil().max(1.0);
    // The largest scale, at the end of the last range, is a group of its own.
    let group = |scale: &(f64, f64)| ((scale.0 / least).ln() / width) as usize;
    let groups: Vec<_> = scales.chunk_by(|l, r| group(l) == group(r)).collect();
    let (lower, upper) = groups.split_at(groups.len().saturating_sub(GROUPS + 1));
    let mut fewer = Vec::new();
    let mut replace = |group: &[(f64, f64)], nodes: usize| {
        let nodes = nodes.clamp(LEAST, group.len().max(LEAST));
        fewer.extend(gauss_values(group, group.iter().map(|scale| scale.1).sum(), nodes)?);
        Ok::<_, Error>(nodes.min(group.len()))
    };
    for group in lower {
        replace(group, LOWER.max(count / PART))?;
    }
    // What small groups do not need is for the others.
    let mut upper = upper.to_vec();
    upper.sort_by_key(|group| group.len());
    let (mut left, mut rest) = (count, upper.len());
    for group in upper {
        left = left.saturating_sub(replace(group, left / rest)?);
        rest -= 1;
    }
    fewer.sort_by(|l, r| l.0.total_cmp(&r.0));
    Ok(fewer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_moments_stay() {
        let falling: Vec<(f64, f64)> =
            (1..=1000).rev().map(|k| (1.0 / f64::from(k), 1e-3)).collect();
        let steep: Vec<(f64, f64)> =
            (0..300).map(|k| (10.0_f64.powi(k - 300), 1.0 / 300.0)).collect();
        // All within one range: none of them may be lost where all are asked for.
        let even: Vec<(f64, f64)> = (1..=7).map(|k| (f64::from(k), 1.0 / 7.0)).collect();
        for scales in [falling, steep, even, vec![(0.7, 1.0); 50], vec![(0.5, 1.0)]] {
            let moment = |scales: &[(f64, f64)], k| -> f64 {
                scales.iter().map(|(s, weight)| weight * s.powi(k)).sum()
            };
            for count in [1, 32, 64, 5000] {
                let fewer = fewer(&scales, count, 0.0).unwrap();
                assert!(fewer.len() <= scales.len() && fewer.is_sorted_by(|l, r| l.0 <= r.0));
                for k in 0..3 {
                    let (found, expected) = (moment(&fewer, k), moment(&scales, k));
                    assert!((found / expected - 1.0).abs() < 1e-12, "{count} {k}");
                }
            }
            assert_eq!(fewer(&scales, scales.len(), 0.0).unwrap().len(), scales.len());
        }
    }

    #[test]
    fn small_groups_stay_as_they_are() {
        let scales: Vec<(f64, f64)> =
            (1..=1000).rev().map(|k| (1.0 / f64::from(k), 1e-3)).collect();
        let fewer = fewer(&scales, 64, 0.0).unwrap();
        assert!(fewer.len() <= 64 * 5 / 3);
        assert_eq!(fewer[fewer.len() - 5..], scales[995..]);
    }
}
