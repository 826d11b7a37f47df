//! Segments of the support of pairs (y, 1/b − y), and their halves in the variable that
//! absorbs the branch points at an end.

/// Relative distance below which a singularity is the end itself, to rounding.
const ROUNDING: f64 = 1e-13;

/// An end of a segment: V and sum − V.
#[derive(Debug, Clone, Copy)]
pub(super) struct End {
    pub(super) here: f64,
    pub(super) there: f64,
}

/// A range of V, to be integrated together with its mirror image sum − V.
#[derive(Debug, Clone, Copy)]
pub(super) struct Segment {
    pub(super) start: End,
    pub(super) end: End,
    /// Symmetric about sum/2: only the right half is visited.
    pub(super) centred: bool,
}

impl Segment {
    /// Relative rounding error of an integral over the segment, whose ends are
    /// differences of numbers of their own size.
    pub(super) fn rounding(&self) -> f64 {
        let length = self.length();
        let ends = [Some(self.end), Some(self.start).filter(|_| !self.centred)];
        let size =
            ends.iter().flatten().map(|e| e.here.abs().max(e.there.abs())).fold(0.0, f64::max);
        1024.0 * f64::EPSILON * if length.is_finite() { 1.0 + size / length } else { 1.0 }
    }

    fn length(&self) -> f64 {
        if self.centred { self.end.here - self.end.there } else { self.end.here - self.start.here }
    }

    /// The segment as parts that each hang on one of its ends. `singularities`
    /// are the points where ρ_x is singular, `scale` is the size of the weights.
    pub(super) fn parts(&self, singularities: &[f64], scale: f64) -> Vec<Part> {
        let length = self.length();
        if length.is_infinite() {
            // Far enough for all singularities to be within the inverse variable's unit disc.
            let offset = singularities
                .iter()
                .flat_map(|s| [s - self.start.here, self.start.there - s])
                .map(f64::abs)
                .fold(scale, f64::max);
            return vec![
                Part::near(self.start, 1.0, offset, singularities),
                Part::Far { end: self.start, offset },
            ];
        }
        let mut parts = vec![Part::near(self.end, -1.0, 0.5 * length, singularities)];
        if !self.centred {
            parts.push(Part::near(self.start, 1.0, 0.5 * length, singularities));
        }
        parts
    }
}

/// A range of V that hangs on an end e of a segment.
#[derive(Debug)]
pub(super) enum Part {
    /// Next to e. With δ the distance from e to the next singularity outside,
    /// V = e ± δ sinh² u, 0 ≤ u ≤ `reach`, makes both branch points regular, and
    /// puts every other one outside at Im u = π/2.
    Near { end: End, direction: f64, delta: f64, reach: f64 },
    /// From e + `offset` to infinity, in the variable `offset`/(V − e).
    Far { end: End, offset: f64 },
}

impl Part {
    pub(super) fn near(end: End, direction: f64, length: f64, singularities: &[f64]) -> Self {
        let delta = singularities
            .iter()
            // Those of ρ_x from here, those of its mirror image from there: both ends are
            // as exact as they can be where they are next to 0.
            .flat_map(|&s| {
                [
                    (direction * (end.here - s), end.here, s),
                    (direction * (s - end.there), end.there, s),
                ]
            })
            .filter(|&(distance, place, s)| {
                distance > ROUNDING * length.min(place.abs().max(s.abs()))
            })
            .map(|(distance, ..)| distance)
            .fold(length, f64::min);
        Self::Near { end, direction, delta, reach: (length / delta).sqrt().asinh() }
    }

    /// What lies beyond τ next to V = 0, or next to its mirror image, in a variable that
    /// is log V down to `far_below`; `None` if this part does not end there, or has such a
    /// variable, or if there is nothing so far below.
    pub(super) fn towards_zero(&self, tau: f64, far_below: f64) -> Option<Self> {
        let &Self::Near { end, direction, delta, .. } = self else { return None };
        let at_zero = end.here == 0.0 || end.there == 0.0;
        if !at_zero || far_below <= 0.0 || delta <= far_below {
            return None;
        }
        let length = self.distance(tau);
        let reach = (length / far_below).sqrt().asinh();
        Some(Self::Near { end, direction, delta: far_below, reach })
    }

    /// How far from its end a part is at τ.
    fn distance(&self, tau: f64) -> f64 {
        match self {
            Self::Near { delta, reach, .. } => delta * (0.5 * reach * (1.0 - tau)).sinh().powi(2),
            Self::Far { offset, .. } => 2.0 * offset / (1.0 - tau),
        }
    }

    /// V, sum − V and dV/dτ at τ in \[−1, 1\], which runs outwards.
    pub(super) fn place(&self, tau: f64) -> (f64, f64, f64) {
        let (end, distance, rate) = match self {
            Self::Near { end, direction, delta, reach } => {
                let u = 0.5 * reach * (1.0 - tau);
                let sinh = u.sinh();
                let scale = direction * delta * sinh;
                (end, scale * sinh, -scale * reach * u.cosh())
            }
            Self::Far { end, offset } => {
                let s = 0.5 * (1.0 - tau);
                (end, offset / s, 0.5 * offset / (s * s))
            }
        };
        (end.here + distance, end.there - distance, rate)
    }
}
