//! Guards: when a canary does worse than the revision that decides, it is over.
//!
//! Both sides are counted over the same time. A difference counts only as far as chance does not explain
//! it: three standard errors are taken off before it is compared with a guard's bound.

use hdrhistogram::Histogram;
use serde::{Deserialize, Serialize};

use super::CanaryFigures;

/// How many standard errors are left to chance: one false alarm in 700 looks.
const STANDARD_ERRORS: f64 = 3.0;

/// A hundredth of the leads decides over the 99th percentile; with fewer leads it is one lead's.
const LEADS_FOR_P99: u64 = 200;

/// Nothing counts as slower than an hour.
const MICROS_MAX: u64 = 3_600_000_000;

/// Scores count as spread by at least this share of their mean, so that scores that are all alike may
/// move a little.
const SPREAD_MIN: f64 = 0.1;

/// What ends a canary by itself. Shares are of new leads, 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Guards {
    /// Nobody judges before each side has so many new leads.
    pub leads_min: u64,
    /// How much larger the share of leads without a usable answer may be than under the active revision.
    pub failed_more_max: f64,
    /// How much larger or smaller the share of rejected leads may be.
    pub rejected_drift_max: f64,
    /// How far the mean score may be off, in standard deviations of the active revision's scores; these
    /// count as at least a tenth of their mean.
    pub score_drift_max: f64,
    /// How many times as long the slowest hundredth of leads may take (99th percentile), of those that came
    /// in alone.
    pub slower_max: f64,
}

impl Default for Guards {
    fn default() -> Self {
        Self {
            leads_min: 30,
            failed_more_max: 0.01,
            rejected_drift_max: 0.1,
            score_drift_max: 0.5,
            slower_max: 3.0,
        }
    }
}

/// A guard whose bound makes no sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the guard {0} must be {1}")]
pub struct InvalidGuards(pub &'static str, pub &'static str);

impl Guards {
    /// The guards, if their bounds make sense.
    ///
    /// # Errors
    ///
    /// When one is negative, not a number, or a slowness below 1.
    pub fn checked(self) -> Result<Self, InvalidGuards> {
        let shares =
            [("failed_more_max", self.failed_more_max), ("rejected_drift_max", self.rejected_drift_max)];
        if let Some((name, _)) = shares.into_iter().find(|(_, share)| !(0.0..=1.0).contains(share)) {
            return Err(InvalidGuards(name, "0 to 1"));
        }
        if !(self.score_drift_max >= 0.0 && self.score_drift_max.is_finite()) {
            return Err(InvalidGuards("score_drift_max", "0 or more"));
        }
        if !(self.slower_max >= 1.0 && self.slower_max.is_finite()) {
            return Err(InvalidGuards("slower_max", "1 or more"));
        }
        if self.leads_min == 0 {
            return Err(InvalidGuards("leads_min", "1 or more"));
        }
        Ok(self)
    }
}

/// What one side of a canary came to, over new leads.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Figures {
    /// New leads.
    pub leads: u64,
    /// Those for which any plugin gave no usable answer, whatever the fallback made of it.
    pub failed: u64,
    /// Those that screening turned away.
    pub rejected: u64,
    /// The mean score of those that were scored.
    pub mean_score: Option<f64>,
    /// How long the slowest hundredth took at least, in microseconds; 0 where nobody measures.
    pub p99_us: u64,
}

/// How one new lead fared.
#[derive(Debug, Clone, Copy)]
pub(super) struct Outcome {
    pub by_candidate: bool,
    pub failed: bool,
    pub rejected: bool,
    pub score: Option<f64>,
    pub micros: Option<u64>,
}

/// What the guards say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    GoOn,
    RollBack(String),
    Promote(String),
}

/// Both sides of a canary.
#[derive(Default)]
pub(super) struct Sides {
    active: Side,
    candidate: Side,
}

/// One side: counts, and the moments of its scores (Welford 1962).
struct Side {
    leads: u64,
    failed: u64,
    rejected: u64,
    scored: f64,
    mean_score: f64,
    squares: f64,
    micros: Histogram<u32>,
}

impl Default for Side {
    #[expect(clippy::expect_used, reason = "two significant digits are within the histogram's bounds")]
    fn default() -> Self {
        let micros = Histogram::new(2).expect("a histogram of two digits");
        let (scored, mean_score, squares) = (0.0, 0.0, 0.0);
        Self { leads: 0, failed: 0, rejected: 0, scored, mean_score, squares, micros }
    }
}

impl Side {
    fn note(&mut self, outcome: Outcome) {
        self.leads += 1;
        self.failed += u64::from(outcome.failed);
        self.rejected += u64::from(outcome.rejected);
        if let Some(score) = outcome.score {
            self.scored += 1.0;
            let off = score - self.mean_score;
            self.mean_score += off / self.scored;
            self.squares += off * (score - self.mean_score);
        }
        if let Some(micros) = outcome.micros {
            // Within the bounds of the histogram, which grows as it must.
            let _ = self.micros.record(micros.min(MICROS_MAX));
        }
    }

    fn figures(&self) -> Figures {
        Figures {
            leads: self.leads,
            failed: self.failed,
            rejected: self.rejected,
            mean_score: (self.scored > 0.0).then_some(self.mean_score),
            p99_us: self.micros.value_at_quantile(0.99),
        }
    }

    /// A share of the side's leads, and the square of its standard error (Agresti and Coull 1998).
    fn share(&self, count: u64) -> (f64, f64) {
        #[expect(clippy::cast_precision_loss, reason = "a share")]
        let (count, leads) = (count as f64 + 1.0, self.leads as f64 + 2.0);
        let share = count / leads;
        (share, share * (1.0 - share) / leads)
    }

    /// The variance of the scores.
    fn variance(&self) -> f64 {
        if self.scored > 1.0 { self.squares / (self.scored - 1.0) } else { 0.0 }
    }
}

impl Sides {
    pub(super) fn note(&mut self, outcome: Outcome) {
        let side = if outcome.by_candidate { &mut self.candidate } else { &mut self.active };
        side.note(outcome);
    }

    pub(super) fn figures(&self) -> CanaryFigures {
        CanaryFigures { active: self.active.figures(), candidate: self.candidate.figures() }
    }

    pub(super) fn judge(&self, guards: &Guards, promote_after: Option<u64>) -> Verdict {
        let Self { active, candidate } = self;
        if active.leads.min(candidate.leads) < guards.leads_min {
            return Verdict::GoOn;
        }
        let objection = self
            .failures(guards)
            .or_else(|| self.rejects(guards))
            .or_else(|| self.scores(guards))
            .or_else(|| self.slowness(guards));
        match (objection, promote_after) {
            (Some(why), _) => Verdict::RollBack(why),
            (None, Some(leads)) if candidate.leads >= leads => {
                Verdict::Promote(format!("{leads} new leads, and no guard objected"))
            }
            (None, _) => Verdict::GoOn,
        }
    }

    fn failures(&self, guards: &Guards) -> Option<String> {
        let ((was, was_error), (is, is_error)) =
            (self.active.share(self.active.failed), self.candidate.share(self.candidate.failed));
        let more = is - was - STANDARD_ERRORS * (was_error + is_error).sqrt();
        (more > guards.failed_more_max).then(|| {
            let (active, candidate) = (&self.active, &self.candidate);
            format!(
                "{} of {} new leads got no usable answer, under the active revision {} of {}",
                candidate.failed, candidate.leads, active.failed, active.leads
            )
        })
    }

    fn rejects(&self, guards: &Guards) -> Option<String> {
        let ((was, was_error), (is, is_error)) =
            (self.active.share(self.active.rejected), self.candidate.share(self.candidate.rejected));
        let drift = (is - was).abs() - STANDARD_ERRORS * (was_error + is_error).sqrt();
        (drift > guards.rejected_drift_max).then(|| {
            let (active, candidate) = (&self.active, &self.candidate);
            format!(
                "{} of {} new leads were rejected, under the active revision {} of {}",
                candidate.rejected, candidate.leads, active.rejected, active.leads
            )
        })
    }

    fn scores(&self, guards: &Guards) -> Option<String> {
        let Self { active, candidate } = self;
        #[expect(clippy::cast_precision_loss, reason = "a bound")]
        let enough = guards.leads_min as f64;
        if active.scored.min(candidate.scored) < enough.max(2.0) {
            return None;
        }
        let error = (active.variance() / active.scored + candidate.variance() / candidate.scored).sqrt();
        let drift = (candidate.mean_score - active.mean_score).abs() - STANDARD_ERRORS * error;
        let spread = active.variance().sqrt().max(SPREAD_MIN * active.mean_score.abs());
        (drift > guards.score_drift_max * spread).then(|| {
            format!(
                "the mean score is {:.2}, under the active revision {:.2}",
                candidate.mean_score, active.mean_score
            )
        })
    }

    fn slowness(&self, guards: &Guards) -> Option<String> {
        let Self { active, candidate } = self;
        if active.micros.len().min(candidate.micros.len()) < LEADS_FOR_P99 {
            return None;
        }
        let [was, is] = [active, candidate].map(|side| side.micros.value_at_quantile(0.99));
        #[expect(clippy::cast_precision_loss, reason = "a ratio")]
        let slower = was > 0 && is as f64 > was as f64 * guards.slower_max;
        slower.then(|| {
            format!("one new lead in a hundred takes {is} us or more, under the active revision {was} us")
        })
    }
}

#[cfg(test)]
mod tests;
