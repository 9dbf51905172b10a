//! Whose turn is it? Whole numbers only; knows nothing of leads.

use std::cmp::{Ordering, Reverse};

/// What one candidate brings to the choice.
pub(crate) struct Standing {
    /// The share of turns; at least 1.
    pub(crate) weight: u32,
    /// What the candidate is owed from before, in units of weight.
    pub(crate) credit: i64,
}

/// A choice about to be made.
pub(crate) struct Turns {
    standings: Vec<Standing>,
    sum: i64,
}

/// A choice that was made.
pub(crate) struct Turn {
    /// The candidates by their positions, the chosen one first.
    pub(crate) order: Vec<usize>,
    /// The credit before, and after the weights of this turn were earned.
    earned: Vec<(i64, i64)>,
    sum: i64,
}

impl Turns {
    pub(crate) fn new(standings: Vec<Standing>) -> Self {
        let sum = standings.iter().map(|standing| i64::from(standing.weight)).sum();
        Self { standings, sum }
    }

    /// Makes the choice; `None` if there is nobody to choose.
    pub(crate) fn next(self) -> Option<Turn> {
        if self.standings.is_empty() {
            return None;
        }
        let earn = |standing: &Standing| {
            let kept = standing.credit.clamp(-self.sum, self.sum);
            (standing.credit, kept + i64::from(standing.weight))
        };
        let earned: Vec<(i64, i64)> = self.standings.iter().map(earn).collect();
        let mut order: Vec<usize> = (0..earned.len()).collect();
        order.sort_by(|&one, &other| self.compare(&earned, one, other));
        Some(Turn { order, earned, sum: self.sum })
    }

    /// Those whom a turn would not put ahead come first, the earliest deadline first; then the most
    /// credit; then the order given.
    fn compare(&self, earned: &[(i64, i64)], one: usize, other: usize) -> Ordering {
        let (due_one, due_other) = (self.is_due(earned[one].1), self.is_due(earned[other].1));
        let by_deadline = || {
            if due_one {
                self.deadline(earned, one, other).cmp(&self.deadline(earned, other, one))
            } else {
                Ordering::Equal
            }
        };
        Reverse(due_one)
            .cmp(&Reverse(due_other))
            .then_with(by_deadline)
            .then_with(|| earned[other].1.cmp(&earned[one].1))
            .then_with(|| one.cmp(&other))
    }

    /// Whether the credit is at least the part 1/(2n-2) of a turn (Tijdeman's condition for a deviation
    /// of at most 1 - 1/(2n-2)).
    fn is_due(&self, credit: i64) -> bool {
        i128::from(credit) * self.spread() >= i128::from(self.sum)
    }

    /// When the candidate would fall behind too far: (sum (1 - 1/(2n-2)) - credit) / weight turns from
    /// now; multiplied by 2n-2 and by both weights, so as to stay whole.
    fn deadline(&self, earned: &[(i64, i64)], of: usize, against: usize) -> i128 {
        let behind = i128::from(self.sum) * (self.spread() - 1) - i128::from(earned[of].1) * self.spread();
        behind * i128::from(self.standings[against].weight)
    }

    /// 2n-2, or 1 for a single candidate.
    fn spread(&self) -> i128 {
        (2 * self.standings.len() as i128 - 2).max(1)
    }
}

impl Turn {
    /// How many turns a candidate is owed before the choice, for people: to a hundredth.
    pub(crate) fn owed(&self, index: usize) -> String {
        let hundredths = (self.earned[index].1 as f64 / self.sum as f64 * 100.0).round() as i64;
        let sign = if hundredths < 0 { "-" } else { "" };
        // Whole numbers, because a fraction takes a guest ten times as long to write.
        format!("{sign}{}.{:02}", hundredths.abs() / 100, hundredths.abs() % 100)
    }

    /// The credits of all candidates before and after the turn.
    pub(crate) fn credits(&self) -> impl Iterator<Item = (i64, i64)> {
        let chosen = self.order[0];
        self.earned.iter().enumerate().map(move |(index, &(before, earned))| {
            (before, if index == chosen { earned - self.sum } else { earned })
        })
    }
}
