//! From raw scores to probabilities, along a line that never falls.

use crate::InvalidModel;

/// A probability in billionths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Probability(u32);

impl Probability {
    /// One, in billionths.
    pub const ONE: u32 = 1_000_000_000;

    /// A probability from billionths; more than one is one.
    #[must_use]
    pub const fn from_billionths(billionths: u32) -> Self {
        Self(if billionths > Self::ONE { Self::ONE } else { billionths })
    }

    /// Billionths.
    #[must_use]
    pub const fn billionths(self) -> u32 {
        self.0
    }

    /// From 0 to 1.
    #[must_use]
    pub fn as_f64(self) -> f64 {
        f64::from(self.0) / f64::from(Self::ONE)
    }

    /// In thousandths of a percent, halves up: the unit of points.
    #[must_use]
    pub const fn percent_thousandths(self) -> i64 {
        (self.0 as i64 + 5_000) / 10_000
    }
}

/// A line through equally spaced knots, never falling, level beyond its ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calibration {
    from: i64,
    shift: u32,
    knots: Vec<u32>,
}

impl Calibration {
    /// A line from the raw score `from` on, with a knot every 2^`shift`, each in billionths.
    ///
    /// # Errors
    ///
    /// When there are fewer than two knots, they fall, are above one, or lie beyond reach.
    pub fn new(from: i64, shift: u32, knots: Vec<u32>) -> Result<Self, InvalidModel> {
        let rises = knots.windows(2).all(|pair| pair[0] <= pair[1]);
        let highest = knots.last().copied().unwrap_or(u32::MAX);
        let within = (1..=24).contains(&shift) && from.unsigned_abs() < 1 << 40 && knots.len() <= 4096;
        if knots.len() < 2 || !rises || highest > Probability::ONE || !within {
            return Err(InvalidModel::Calibration);
        }
        Ok(Self { from, shift, knots })
    }

    /// The probability that belongs to a raw score.
    #[must_use]
    pub fn probability(&self, raw: i64) -> Probability {
        let (knot, rest) = self.place(raw);
        let (low, high) = (i64::from(self.knots[knot]), i64::from(self.knots[knot + 1]));
        let billionths = low + (((high - low) * rest) >> self.shift);
        Probability(u32::try_from(billionths).unwrap_or(Probability::ONE))
    }

    /// How steep the line is about a raw score: by how much the probability rises for one unit of it.
    #[must_use]
    pub(crate) fn slope(&self, raw: i64) -> f64 {
        let (knot, _) = self.place(raw);
        let rise = f64::from(self.knots[knot + 1]) - f64::from(self.knots[knot]);
        rise / f64::from(Probability::ONE) / f64::from(1_u32 << self.shift)
    }

    /// The distance between two knots.
    fn step(&self) -> i64 {
        1 << self.shift
    }

    /// The raw score of the first knot, the shift, and the knots.
    #[must_use]
    pub fn parts(&self) -> (i64, u32, &[u32]) {
        (self.from, self.shift, &self.knots)
    }

    /// The knot at or before a raw score, and how far beyond it that is.
    fn place(&self, raw: i64) -> (usize, i64) {
        let last = self.knots.len() - 2;
        let offset = raw.saturating_sub(self.from);
        if offset <= 0 {
            return (0, 0);
        }
        match usize::try_from(offset >> self.shift) {
            Ok(knot) if knot <= last => (knot, offset & (self.step() - 1)),
            _ => (last, self.step()),
        }
    }
}
