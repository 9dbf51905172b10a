//! Questions of routing by names.

use std::collections::BTreeMap;

use super::sample::Sample;
use crate::bindings::routing::exports::leadsman::rules::routing as wit;
use crate::{Counter, Needs, Pool, Proposal, Question, Relation, Standing, Timestamp, Value};

/// A question of routing with everything that the host knows.
#[derive(Debug, Clone)]
pub struct Ask {
    question: Question,
    lead: Sample,
    standing: Standing,
    pool: Option<String>,
    pools: Vec<Pool>,
    reps: Vec<Rep>,
    acquaintances: Vec<wit::Acquaintance>,
    counters: BTreeMap<String, i64>,
}

/// A rep who could own the lead.
#[derive(Debug, Clone)]
pub struct Rep {
    candidate: wit::Candidate,
    attributes: BTreeMap<String, Value>,
}

/// Which of the candidates of this pool shall own the lead?
#[must_use]
pub fn allocation(pool: &str, lead: Sample) -> Ask {
    Ask { pool: Some(pool.to_owned()), ..ask(Question::Allocation, lead) }
}

/// Which pool shall the lead go to?
#[must_use]
pub fn dispatch(lead: Sample) -> Ask {
    ask(Question::Dispatch, lead)
}

/// A rep of weight 1, without teams, load, cap or attributes.
#[must_use]
pub fn rep(id: &str) -> Rep {
    let candidate =
        wit::Candidate { rep: id.to_owned(), teams: vec![], weight: 1, load: 0, cap: None, values: vec![] };
    Rep { candidate, attributes: BTreeMap::new() }
}

fn ask(question: Question, lead: Sample) -> Ask {
    let standing = Standing { score: 0.0, fit: 0.0, engagement: 0.0, grade: String::new(), mature: false };
    Ask {
        question,
        lead,
        standing,
        pool: None,
        pools: Vec::new(),
        reps: Vec::new(),
        acquaintances: Vec::new(),
        counters: BTreeMap::new(),
    }
}

impl Rep {
    /// Sets the rep's share of turns.
    #[must_use]
    pub fn weight(mut self, weight: u32) -> Self {
        self.candidate.weight = weight;
        self
    }

    /// Puts the rep in a team.
    #[must_use]
    pub fn team(mut self, team: &str) -> Self {
        self.candidate.teams.push(team.to_owned());
        self
    }

    /// Says how many leads the rep owns, and may own.
    #[must_use]
    pub fn load(mut self, load: u32, cap: Option<u32>) -> Self {
        (self.candidate.load, self.candidate.cap) = (load, cap);
        self
    }

    /// Gives the rep an attribute.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.attributes.insert(name.to_owned(), value.into());
        self
    }

    fn candidate(&self, needs: &Needs) -> wit::Candidate {
        let value = |name: &String| self.attributes.get(name).cloned();
        wit::Candidate { values: needs.rep_attributes.iter().map(value).collect(), ..self.candidate.clone() }
    }
}

impl Ask {
    /// Adds a candidate.
    #[must_use]
    pub fn candidate(mut self, rep: Rep) -> Self {
        self.reps.push(rep);
        self.reps.sort_by(|one, other| one.candidate.rep.cmp(&other.candidate.rep));
        self
    }

    /// Leaves only some of the candidates.
    #[must_use]
    pub fn only(mut self, keep: impl Fn(&str) -> bool) -> Self {
        self.reps.retain(|rep| keep(&rep.candidate.rep));
        self
    }

    /// Adds a pool of the policy.
    #[must_use]
    pub fn pool(mut self, id: &str, waiting: u64) -> Self {
        self.pools.push(Pool { id: id.to_owned(), waiting });
        self
    }

    /// Adds a rep who knows the lead, after those who know it closer.
    #[must_use]
    pub fn known_by(mut self, rep: &str, relation: Relation, since: Timestamp) -> Self {
        let since_ms = since.as_millis();
        self.acquaintances.push(wit::Acquaintance { rep: rep.to_owned(), relation, since_ms });
        self
    }

    /// Sets what scoring said.
    #[must_use]
    pub fn standing(mut self, standing: Standing) -> Self {
        self.standing = standing;
        self
    }

    /// Keeps the counters of a proposal for the next question, as the host does.
    pub fn commit(&mut self, proposal: &Proposal) {
        for Counter { key, value } in &proposal.counters {
            self.counters.insert(key.clone(), *value);
        }
    }

    /// The counters as they stand.
    #[must_use]
    pub fn counters(&self) -> &BTreeMap<String, i64> {
        &self.counters
    }

    /// Sets a counter.
    #[must_use]
    pub fn counter(mut self, key: &str, value: i64) -> Self {
        self.counters.insert(key.to_owned(), value);
        self
    }

    pub(super) fn request(&self, needs: &Needs, now: Timestamp) -> wit::Request {
        let counters = self.counters.iter();
        wit::Request {
            question: self.question,
            lead: self.lead.lead(needs, now),
            standing: self.standing.clone(),
            pool: self.pool.clone(),
            pools: self.pools.clone(),
            candidates: self.reps.iter().map(|rep| rep.candidate(needs)).collect(),
            acquaintances: self.acquaintances.clone(),
            counters: counters.map(|(key, value)| Counter { key: key.clone(), value: *value }).collect(),
            now_ms: now.as_millis(),
        }
    }
}
