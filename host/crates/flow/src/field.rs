//! The field: who could own a lead, and who could not and why. Plugins choose from it, and nobody else is
//! chosen.

use leadsman_domain::lead::Lead;
use leadsman_domain::order::Parting;
use leadsman_domain::policy::{Pool, Rep};
use leadsman_domain::routing::{Candidate, PassedOver};
use leadsman_domain::{PoolId, RepId, Timestamp};

use crate::change::Change;
use crate::error::FlowError;
use crate::keys;
use crate::ledger::Key;
use crate::work::Work;

/// Who is left to choose from, and who is not, and why.
pub(crate) struct Field {
    pub candidates: Vec<Candidate>,
    pub barred: Vec<PassedOver>,
}

impl Work<'_> {
    /// Every rep who is there, for the dispatch.
    pub(crate) fn everybody_present(&self) -> Field {
        let mut field = Field { candidates: Vec::new(), barred: Vec::new() };
        for rep in &self.revision.policy.reps {
            match self.away(rep) {
                Some(why) => field.barred.push(why),
                None => field.candidates.push(candidate(rep, 0)),
            }
        }
        field
    }

    /// The reps who serve a pool: who can take a lead, and who cannot and why.
    pub(crate) fn who_serves(&mut self, change: &Change, pool: &PoolId) -> Result<Field, FlowError> {
        let mut field = Field { candidates: Vec::new(), barred: Vec::new() };
        let revision = self.revision;
        for rep in &revision.policy.reps {
            if !rep.serves(pool) {
                continue;
            }
            if let Some(why) = self.away(rep) {
                field.barred.push(why);
            } else if let Some(full) = self.room(change, rep)? {
                field.barred.push(passed(&rep.id, "full", &full));
            } else {
                let load = self.turn.rep_load(self.desk.ledger(), &rep.id)?;
                field.candidates.push(candidate(rep, load));
            }
        }
        Ok(field)
    }

    fn away(&self, rep: &Rep) -> Option<PassedOver> {
        let (code, message) = away(rep, self.now)?;
        Some(passed(&rep.id, code, message))
    }

    /// What keeps a rep from owning one more lead like this, if anything does: the cap, or a quota. The lead
    /// itself does not count if the rep has just given it up, and a deal takes no room.
    pub(crate) fn room(&mut self, change: &Change, rep: &Rep) -> Result<Option<String>, FlowError> {
        if !change.lead().takes_room() {
            return Ok(None);
        }
        let ledger = self.desk.ledger();
        let freed = |key: Key| u32::from(change.frees(&key));
        let beside = |key: Key| change.counted_beside(&key);
        let (key, load) = (|| keys::rep_load(&rep.id), self.turn.rep_load(ledger, &rep.id)?);
        let load = load + beside(key()) - freed(key());
        if rep.cap.is_some_and(|cap| load >= cap) {
            return Ok(Some(format!("owns {load} leads, which is the cap")));
        }
        let revision = self.revision;
        for quota in revision.policy.quotas_on(&change.lead().facts, rep) {
            let freed = freed(keys::quota_load(&rep.id, &quota.name));
            let beside = beside(keys::quota_load(&rep.id, &quota.name));
            let load = self.turn.quota_load(ledger, &rep.id, &quota.name)? + beside - freed;
            if load >= quota.most {
                return Ok(Some(format!("owns {load} leads of quota {}, which is the most", quota.name)));
            }
        }
        Ok(None)
    }
}

impl Field {
    /// Takes out who refused the lead or left it behind, and its last owners as long as somebody else can
    /// have it: of those the one whom it left longest ago comes back first.
    pub(crate) fn bar_former_owners(&mut self, lead: &Lead, pool: Option<&Pool>) {
        let parted = |how: Parting| move |rep: &RepId| lead.turned_away(rep) == Some(how);
        self.bar("refused", "refused this lead before", parted(Parting::Rejected));
        self.bar("left", "left this lead behind", parted(Parting::Left));
        let exclude = pool.map_or(0, |pool| pool.exclude_former as usize);
        let mut last: Vec<&RepId> = Vec::new();
        for former in lead.former_owners.iter().rev() {
            if !last.contains(&&former.rep) && last.len() < exclude {
                last.push(&former.rep);
            }
        }
        let someone_else =
            |last: &[&RepId]| self.candidates.iter().any(|candidate| !last.contains(&&candidate.rep));
        while !last.is_empty() && !someone_else(&last) {
            last.pop();
        }
        self.bar("had-it", "owned this lead before", |rep| last.contains(&rep));
    }

    pub(crate) fn bar(&mut self, code: &str, why: &str, is_barred: impl Fn(&RepId) -> bool) {
        let (out, kept): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.candidates).into_iter().partition(|one| is_barred(&one.rep));
        self.candidates = kept;
        self.barred.extend(out.iter().map(|one| passed(&one.rep, code, why)));
    }
}

/// Why a rep is not there at a moment, if so: a word and a few.
pub(crate) fn away(rep: &Rep, at: Timestamp) -> Option<(&'static str, &'static str)> {
    if rep.dismissed {
        Some(("dismissed", "has left"))
    } else if rep.is_absent(at) {
        Some(("absent", "is away"))
    } else {
        None
    }
}

fn candidate(rep: &Rep, load: u32) -> Candidate {
    let teams = rep.teams.clone();
    Candidate { rep: rep.id.clone(), teams, weight: rep.weight, load, cap: rep.cap }
}

pub(crate) fn passed(rep: &RepId, code: &str, message: &str) -> PassedOver {
    PassedOver { rep: rep.clone(), code: code.to_owned(), message: message.to_owned() }
}
