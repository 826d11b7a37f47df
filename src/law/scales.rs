//! Many values of D², or scales of a covariance, replaced by fewer.

use super::coarse::gauss_values;
use crate::Error;

/// Largest ratio of the scales, or values of D², that share a Gauss rule: T sees ratios, and the
/// nodes of one rule over a wide range lie near its upper end. Also how far above the lowest κ lies
/// what T does not tell apart. Of values fewer groups do: where they lie dense, few nodes.
pub(super) const SCALES: f64 = 8.0;
pub(super) const VALUES: f64 = 64.0;

/// Groups that the number of scales is meant for: over a wider range there are as many more.
const GROUPS: usize = 3;

/// Nodes of such a rule at least, for both moments.
const LEAST: usize = 2;

/// Replaces scales, ascending with their weights, by about `count`, and as many more for each
/// further factor of `shared`^`GROUPS` in their range: groups of similar ones by Gauss rules,
/// small groups not at all. The transform is right at −κ for κ from `lowest` on, and nothing
/// smaller is told apart.
pub(super) fn fewer(
    scales: &[(f64, f64)],
    count: usize,
    (lowest, shared): (f64, f64),
) -> Result<Vec<(f64, f64)>, Error> {
    if count >= scales.len() {
        return Ok(scales.to_vec());
    }
    let (&[(least, _), ..], &[.., (largest, _)]) = (scales, scales) else { return Ok(Vec::new()) };
    let least = least.max(lowest).min(largest);
    let range = (largest / least).ln();
    let width = range / (range / shared.ln()).ceil().max(1.0);
    // The largest scale, at the end of the last range, is a group of its own.
    let group = |scale: &(f64, f64)| ((scale.0 / least).ln() / width) as usize;
    let mut groups: Vec<_> = scales.chunk_by(|l, r| group(l) == group(r)).collect();
    // What small groups do not need is for the others.
    groups.sort_by_key(|group| group.len());
    let (mut left, mut rest) = (count * groups.len().max(GROUPS) / GROUPS, groups.len());
    let mut fewer = Vec::new();
    for group in groups {
        let nodes = (left / rest).clamp(LEAST, group.len().max(LEAST));
        (left, rest) = (left.saturating_sub(nodes.min(group.len())), rest - 1);
        fewer.extend(gauss_values(group, group.iter().map(|scale| scale.1).sum(), nodes)?);
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
                let fewer = fewer(&scales, count, (0.0, SCALES)).unwrap();
                assert!(fewer.len() <= scales.len() && fewer.is_sorted_by(|l, r| l.0 <= r.0));
                for k in 0..3 {
                    let (found, expected) = (moment(&fewer, k), moment(&scales, k));
                    assert!((found / expected - 1.0).abs() < 1e-12, "{count} {k}");
                }
            }
            assert_eq!(fewer(&scales, scales.len(), (0.0, SCALES)).unwrap().len(), scales.len());
        }
    }

    #[test]
    fn small_groups_stay_as_they_are() {
        let scales: Vec<(f64, f64)> =
            (1..=1000).rev().map(|k| (1.0 / f64::from(k), 1e-3)).collect();
        let fewer = fewer(&scales, 64, (0.0, SCALES)).unwrap();
        assert!(fewer.len() <= 64 * 5 / 3);
        assert_eq!(fewer[fewer.len() - 5..], scales[995..]);
    }
}
