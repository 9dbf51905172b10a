//! What would have been different, with the leads behind every figure.

use std::collections::{BTreeMap, BTreeSet};

use leadsman_domain::{LeadId, RepId};
use serde::Serialize;

use crate::backtest::{Ending, Rerun};

/// A figure under the one revision and under the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Pair<T> {
    /// Under the revision that is compared with.
    pub was: T,
    /// Under the candidate.
    pub is: T,
}

/// Leads that went from one place to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Move {
    /// Where they are under the revision that is compared with; none if they are nowhere.
    pub was: Option<String>,
    /// Where they are under the candidate.
    pub is: Option<String>,
    /// Which.
    pub leads: Vec<LeadId>,
}

/// A score that is another one.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Shift {
    /// Whose.
    pub lead: LeadId,
    /// Under the revision that is compared with; none if it was not scored.
    pub was: Option<f64>,
    /// Under the candidate.
    pub is: Option<f64>,
}

/// What is different between two reruns of the same course.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Comparison {
    /// The numbers of the revisions.
    pub revision: Pair<u64>,
    /// Leads.
    pub leads: Pair<u64>,
    /// Leads by status.
    pub statuses: BTreeMap<String, Pair<u64>>,
    /// Leads that end in another status.
    pub status_moves: Vec<Move>,
    /// Leads by grade.
    pub grades: BTreeMap<String, Pair<u64>>,
    /// Leads that get another grade.
    pub grade_moves: Vec<Move>,
    /// Leads by owner.
    pub owners: BTreeMap<String, Pair<u64>>,
    /// Leads that go to another rep, or to one or none.
    pub owner_moves: Vec<Move>,
    /// The mean of all scores.
    pub mean_score: Pair<Option<f64>>,
    /// Scores that are others.
    pub score_shifts: Vec<Shift>,
    /// How many leads reps were passed over for because of their cap.
    pub full: BTreeMap<RepId, Pair<u64>>,
    /// Decisions.
    pub decisions: Pair<u64>,
    /// Fuel that they used.
    pub fuel: Pair<u64>,
    /// Decisions without a usable answer.
    pub faults: Pair<u64>,
    /// Things told that do not fit.
    pub misfits: Pair<u64>,
}

/// Compares what became of a course under a candidate with what became of it under another revision.
#[must_use]
pub fn compare(was: &Rerun, is: &Rerun) -> Comparison {
    let pair = |figure: fn(&Rerun) -> u64| Pair { was: figure(was), is: figure(is) };
    let both = Both { was, is };
    let status = |ending: &Ending| Some(ending.status.to_owned());
    let grade = |ending: &Ending| ending.grade.clone();
    let owner = |ending: &Ending| ending.owner.as_ref().map(ToString::to_string);
    let reps: BTreeSet<&RepId> = was.full.keys().chain(is.full.keys()).collect();
    let full = |rerun: &Rerun, rep: &RepId| rerun.full.get(rep).copied().unwrap_or(0);
    Comparison {
        revision: pair(|rerun| rerun.revision),
        leads: pair(|rerun| rerun.leads.len() as u64),
        statuses: both.counts(status),
        status_moves: both.moves(status),
        grades: both.counts(grade),
        grade_moves: both.moves(grade),
        owners: both.counts(owner),
        owner_moves: both.moves(owner),
        mean_score: Pair { was: mean(was), is: mean(is) },
        score_shifts: both.shifts(),
        full: reps
            .into_iter()
            .map(|rep| (rep.clone(), Pair { was: full(was, rep), is: full(is, rep) }))
            .collect(),
        decisions: pair(|rerun| rerun.decisions),
        fuel: pair(|rerun| rerun.fuel),
        faults: pair(|rerun| rerun.faults),
        misfits: pair(|rerun| rerun.misfits),
    }
}

struct Both<'a> {
    was: &'a Rerun,
    is: &'a Rerun,
}

impl Both<'_> {
    fn leads(&self) -> impl Iterator<Item = (&LeadId, Option<&Ending>, Option<&Ending>)> {
        let ids: BTreeSet<&LeadId> = self.was.leads.keys().chain(self.is.leads.keys()).collect();
        ids.into_iter().map(|id| (id, self.was.leads.get(id), self.is.leads.get(id)))
    }

    fn counts(&self, place: impl Fn(&Ending) -> Option<String>) -> BTreeMap<String, Pair<u64>> {
        let mut counts: BTreeMap<String, Pair<u64>> = BTreeMap::new();
        for (_, was, is) in self.leads() {
            if let Some(was) = was.and_then(&place) {
                counts.entry(was).or_insert(Pair { was: 0, is: 0 }).was += 1;
            }
            if let Some(is) = is.and_then(&place) {
                counts.entry(is).or_insert(Pair { was: 0, is: 0 }).is += 1;
            }
        }
        counts
    }

    fn moves(&self, place: impl Fn(&Ending) -> Option<String>) -> Vec<Move> {
        let mut moves: BTreeMap<(Option<String>, Option<String>), Vec<LeadId>> = BTreeMap::new();
        for (id, was, is) in self.leads() {
            let way = (was.and_then(&place), is.and_then(&place));
            if way.0 != way.1 {
                moves.entry(way).or_default().push(id.clone());
            }
        }
        moves.into_iter().map(|((was, is), leads)| Move { was, is, leads }).collect()
    }

    fn shifts(&self) -> Vec<Shift> {
        let score = |ending: Option<&Ending>| ending.and_then(|ending| ending.score);
        let shift =
            |(id, was, is): (&LeadId, _, _)| Shift { lead: id.clone(), was: score(was), is: score(is) };
        self.leads().map(shift).filter(|shift| shift.was != shift.is).collect()
    }
}

/// The mean score of the leads that were scored.
fn mean(rerun: &Rerun) -> Option<f64> {
    let scores: Vec<f64> = rerun.leads.values().filter_map(|ending| ending.score).collect();
    #[expect(clippy::cast_precision_loss, reason = "a mean")]
    let count = scores.len() as f64;
    (count > 0.0).then(|| scores.iter().sum::<f64>() / count)
}
