//! Why a lead has its probability: what each attribute adds, in thousandths of a percent.

use crate::{Bins, Model, Probability};

/// So many thousandths of a percent are one.
const PERCENT_THOUSANDTHS: f64 = 100_000.0;

/// A probability and what it is made of. Base and parts sum to
/// [`Probability::percent_thousandths`] exactly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// The probability.
    pub probability: Probability,
    /// The probability of the average lead, in thousandths of a percent.
    pub base_thousandths: i64,
    /// What the attributes add, in their order; those that the trees asked and that moved something.
    pub parts: Vec<Part>,
}

/// What one attribute adds to the probability, or takes from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// Its place in the model.
    pub attribute: usize,
    /// Thousandths of a percent.
    pub thousandths: i64,
}

impl Model {
    /// The probability of a lead with these bins, and why.
    ///
    /// Log-odds add up, percent do not: a step of the same size moves a lead far from one half less. So the
    /// way from the base to the probability is divided in proportion to what the attributes add in log-odds,
    /// which keeps their signs and their order, and rounded by largest remainders.
    #[must_use]
    pub fn explain(&self, bins: &Bins) -> Explanation {
        let contributions = self.forest().contributions(bins, self.encoders().len());
        let (base, calibration) = (self.forest().base(), self.calibration());
        let moved: i64 = contributions.iter().sum();
        let (average, probability) = (calibration.probability(base), calibration.probability(base + moved));
        // The secant from the base to the probability, known to a billionth either way: for a lead that moved
        // next to nothing that says little, and the line's own slope says which it is.
        let (rise, run) = (probability.as_f64() - average.as_f64(), moved as f64);
        let unit = 1.0 / f64::from(Probability::ONE);
        let lowest = ((rise.abs() - unit) / run.abs()).max(0.0);
        let slope = match moved {
            0 => calibration.slope(base),
            _ => calibration.slope(base).clamp(lowest, (rise.abs() + unit) / run.abs()),
        };
        let base_thousandths = average.percent_thousandths();
        let rise = probability.percent_thousandths() - base_thousandths;
        Explanation {
            probability,
            base_thousandths,
            parts: parts(&contributions, slope * PERCENT_THOUSANDTHS, rise),
        }
    }
}

/// Scales contributions to thousandths of a percent and rounds them so that they sum to `rise`.
fn parts(contributions: &[i64], slope: f64, rise: i64) -> Vec<Part> {
    let mut parts = Vec::with_capacity(contributions.len());
    let mut remainders = Vec::with_capacity(contributions.len());
    let mut given = 0;
    for (attribute, &contribution) in contributions.iter().enumerate().filter(|(_, one)| **one != 0) {
        let exact = contribution as f64 * slope;
        let whole = exact.floor();
        given += whole as i64;
        remainders.push((exact - whole, parts.len()));
        parts.push(Part { attribute, thousandths: whole as i64 });
    }
    if parts.is_empty() {
        return parts;
    }
    let left = rise - given;
    let count = parts.len() as i64;
    let (each, one_more) = (left.div_euclid(count), left.rem_euclid(count) as usize);
    if each != 0 {
        parts.iter_mut().for_each(|part| part.thousandths += each);
    }
    // The largest remainders, ties to the first; their own order does not matter.
    remainders
        .select_nth_unstable_by(one_more, |one, other| other.0.total_cmp(&one.0).then(one.1.cmp(&other.1)));
    for &(_, place) in &remainders[..one_more] {
        parts[place].thousandths += 1;
    }
    parts
}
