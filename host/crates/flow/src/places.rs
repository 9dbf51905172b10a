//! Where a lead stands in the indexes, and what it counts for: a function of the lead and of nothing else,
//! so that what a change wrote the next one finds and takes away.

use leadsman_domain::lead::{Lead, Status};
use leadsman_domain::policy::Policy;

use crate::keys;
use crate::ledger::{Add, Batch, Key};

/// The places of one lead.
#[derive(Default)]
pub(crate) struct Places {
    /// Keys of indexes, which have no values.
    indexed: Vec<Key>,
    /// What it counts for by one.
    counted: Vec<Counted>,
}

/// A load to which a lead adds one.
#[derive(PartialEq)]
struct Counted {
    key: Key,
    bound: Bound,
}

/// What bounds a load.
#[derive(PartialEq)]
enum Bound {
    None,
    /// The cap of the lead's owner.
    Cap,
    /// A quota of the policy.
    Quota(String),
}

impl Places {
    /// The places of a lead.
    pub(crate) fn of(lead: &Lead) -> Self {
        let mut places = Self::default();
        match &lead.status {
            Status::Pooled { pool } => {
                places.indexed.push(keys::by_pool(pool, lead.received, &lead.id));
                places.counted.push(Counted { key: keys::pool_load(pool), bound: Bound::None });
            }
            Status::Assigned { owner, quotas, .. } => {
                places.indexed.push(keys::by_owner(owner, lead.since, &lead.id));
                if lead.takes_room() {
                    places.counted.push(Counted { key: keys::rep_load(owner), bound: Bound::Cap });
                    let quotas = quotas.iter().map(|quota| Counted {
                        key: keys::quota_load(owner, quota),
                        bound: Bound::Quota(quota.clone()),
                    });
                    places.counted.extend(quotas);
                }
            }
            Status::Rejected
            | Status::Held { .. }
            | Status::Blocked { .. }
            | Status::Nurtured
            | Status::Anonymous
            | Status::Merged { .. } => {}
        }
        places.indexed.extend(lead.due().map(|due| keys::due(due, &lead.id)));
        places
    }

    /// The loads that count it.
    pub(crate) fn counted(&self) -> impl Iterator<Item = &Key> {
        self.counted.iter().map(|counted| &counted.key)
    }

    /// Moves a lead from these places to those that it has now. What it newly counts for is bounded as the
    /// policy says.
    pub(crate) fn move_to(mut self, mut now: Self, lead: &Lead, policy: &Policy, batch: &mut Batch) {
        part(&mut self.indexed, &mut now.indexed);
        part(&mut self.counted, &mut now.counted);
        batch.deletes.extend(self.indexed);
        batch.puts.extend(now.indexed.into_iter().map(|key| (key, Vec::new())));
        let free = |gone: Counted| Add { key: gone.key, delta: -1, min: 0, max: i64::MAX };
        batch.adds.extend(self.counted.into_iter().map(free));
        let take = |new: Counted| {
            let max = new.bound.most(lead, policy).map_or(i64::MAX, i64::from);
            Add { key: new.key, delta: 1, min: 0, max }
        };
        batch.adds.extend(now.counted.into_iter().map(take));
    }
}

/// Takes out of both what is in both.
fn part<T: PartialEq>(before: &mut Vec<T>, now: &mut Vec<T>) {
    before.retain(|one| match now.iter().position(|other| other == one) {
        Some(place) => {
            now.remove(place);
            false
        }
        None => true,
    });
}

impl Bound {
    fn most(&self, lead: &Lead, policy: &Policy) -> Option<u32> {
        match self {
            Self::None => None,
            Self::Cap => policy.rep(lead.status.owner()?)?.cap,
            Self::Quota(name) => {
                policy.quotas.iter().find(|quota| quota.name == *name).map(|quota| quota.most)
            }
        }
    }
}
