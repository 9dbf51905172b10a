//! Sums of gradients by bin, and the best split that they show.

use leadsman_model::BINS_MAX;

use super::Settings;

/// The sums of one bin.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Sums {
    pub gradient: f64,
    pub hessian: f64,
}

impl Sums {
    fn plus(self, other: Self) -> Self {
        Self { gradient: self.gradient + other.gradient, hessian: self.hessian + other.hessian }
    }

    pub fn minus(self, other: Self) -> Self {
        Self { gradient: self.gradient - other.gradient, hessian: self.hessian - other.hessian }
    }

    /// The loss that a leaf with these sums saves, twice.
    fn worth(self, ridge: f64) -> f64 {
        self.gradient * self.gradient / (self.hessian + ridge)
    }
}

/// What counts as rows: bins with less have none.
const NOTHING: f64 = 1e-9;

/// A split of a node.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Split {
    pub gain: f64,
    pub attribute: u8,
    pub left_bins: u64,
}

/// Looks for the best split of one attribute.
pub(super) fn best(
    bins: &[Sums],
    whole: Sums,
    attribute: u8,
    is_set: bool,
    settings: &Settings,
) -> Option<Split> {
    let mut order: [u8; BINS_MAX] = [0; BINS_MAX];
    let mut count = 0;
    let mut present = 0_u64;
    for (bin, sums) in (0_u8..).zip(bins) {
        // A value with next to no rows says nothing of its own, and would fit whatever chance did to it.
        if sums.hessian > if is_set { settings.hessian_min } else { NOTHING } {
            present |= 1 << bin;
            if is_set || bin > 0 {
                order[count] = bin;
                count += 1;
            }
        }
    }
    let order = &mut order[..count];
    let ridge = if is_set { settings.ridge_of_sets } else { settings.ridge };
    if is_set {
        let lean = |bin: u8| bins[usize::from(bin)].gradient / (bins[usize::from(bin)].hessian + ridge);
        order.sort_by(|&one, &other| lean(one).total_cmp(&lean(other)).then(one.cmp(&other)));
    }
    let mut found = Search { whole, settings, ridge, best: None };
    let missing = (!is_set && present & 1 == 1).then(|| bins[0]);
    let (mut left, mut left_bins) = (Sums::default(), 0_u64);
    for (nth, &bin) in order.iter().enumerate() {
        left = left.plus(bins[usize::from(bin)]);
        left_bins |= 1 << bin;
        if nth + 1 < order.len() || missing.is_some() {
            found.consider(left, left_bins);
        }
        if let Some(missing) = missing.filter(|_| nth + 1 < order.len()) {
            found.consider(left.plus(missing), left_bins | 1);
        }
    }
    let (gain, left, left_bins) = found.best?;
    // Bins in which nobody was go where most are; but those between numbers keep the order.
    let left_is_larger = left.hessian * 2.0 > whole.hessian;
    let left_bins = if is_set {
        left_bins | if left_is_larger { !present } else { 0 }
    } else {
        let highest = 63 - (left_bins & !1).leading_zeros().min(63);
        let below = (u64::MAX >> (63 - highest)) & !1;
        let is_missing_left = left_bins & 1 == 1 || (present & 1 == 0 && left_is_larger);
        below | u64::from(is_missing_left)
    };
    Some(Split { gain, attribute, left_bins })
}

struct Search<'a> {
    whole: Sums,
    settings: &'a Settings,
    ridge: f64,
    best: Option<(f64, Sums, u64)>,
}

impl Search<'_> {
    fn consider(&mut self, left: Sums, left_bins: u64) {
        let right = self.whole.minus(left);
        let least = self.settings.hessian_min;
        if left.hessian < least || right.hessian < least {
            return;
        }
        let ridge = self.ridge;
        let gain = left.worth(ridge) + right.worth(ridge) - self.whole.worth(ridge);
        if gain > NOTHING && self.best.is_none_or(|(best, ..)| gain > best) {
            self.best = Some((gain, left, left_bins));
        }
    }
}
