//! Targets: accounts, contacts and opportunities, those that leads became and those that a tenant brought.

use std::collections::BTreeMap;

use leadsman_domain::matching::identities;
use leadsman_domain::membership::{self, InvalidMembership, check_campaigns};
use leadsman_domain::policy::Policy;
use leadsman_domain::submission::check_facts;
use leadsman_domain::target::{Target, TargetKind};
use leadsman_domain::{Facts, RepId, TargetId, Timestamp};

use crate::desk::{Desk, Pending, until_committed};
use crate::error::FlowError;
use crate::history::Archive;
use crate::ledger::{Batch, Key, each_row};
use crate::{keys, record};

/// What a tenant says of an account, a contact or an opportunity that it has.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Known {
    /// Everything that is known of it.
    pub facts: Facts,
    /// Who looks after it.
    pub owner: Option<RepId>,
    /// The account that it belongs to.
    pub account: Option<TargetId>,
    /// The campaigns that it is a member of, and its status in each.
    pub campaigns: BTreeMap<String, String>,
}

impl Archive {
    /// An account, a contact or an opportunity, if there is one with that id.
    ///
    /// # Errors
    ///
    /// When it cannot be read.
    pub fn target(&self, kind: TargetKind, id: &TargetId) -> Result<Option<Target>, FlowError> {
        record::find(kind.as_str(), self.ledger(), &keys::target(kind, id))
    }

    /// Calls a function with every target of a kind, in the order of their ids.
    pub(crate) fn each_target(
        &self,
        kind: TargetKind,
        mut visit: impl FnMut(Target),
    ) -> Result<(), FlowError> {
        each_row(self.ledger(), &keys::targets(kind), |_, bytes| {
            visit(record::decode(kind.as_str(), bytes)?);
            Ok(())
        })
    }

    /// An account, a contact or an opportunity that has to be there.
    pub(crate) fn known_target(&self, kind: TargetKind, id: &TargetId) -> Result<Target, FlowError> {
        let unknown = || FlowError::UnknownTarget { kind, id: id.clone() };
        self.target(kind, id)?.ok_or_else(unknown)
    }

    /// The batch that writes a target over what is stored of it. It is known by those of its identities that
    /// belong to nobody yet, and no longer by those that it has no more.
    pub(crate) fn writing(&self, target: &Target, policy: &Policy) -> Result<Batch, FlowError> {
        let mut batch = Batch::default();
        let (key, kind) = (keys::target(target.kind, &target.id), target.kind);
        let stored = self.ledger().get(&key)?;
        let before: Option<Target> =
            stored.as_deref().map(|bytes| record::decode(kind.as_str(), bytes)).transpose()?;
        batch.expects.push((key.clone(), stored));
        batch.puts.push((key, record::encode(kind.as_str(), target)?));
        let by = match kind {
            TargetKind::Account => &policy.matching.account_keys,
            TargetKind::Contact => &policy.identity,
            TargetKind::Opportunity => return Ok(batch),
        };
        let places = |facts: &Facts| -> Vec<Key> {
            identities(by, facts).iter().map(|one| keys::identity_of_target(one.digest, kind)).collect()
        };
        let now = places(&target.facts);
        let before = before.map(|before| places(&before.facts)).unwrap_or_default();
        let own = target.id.as_str().as_bytes();
        for gone in before.into_iter().filter(|place| !now.contains(place)) {
            if self.ledger().get(&gone)?.as_deref() == Some(own) {
                batch.expects.push((gone.clone(), Some(own.to_vec())));
                batch.deletes.push(gone);
            }
        }
        self.claim_identities(&mut batch, now, target.id.as_str())?;
        Ok(batch)
    }
}

impl Desk {
    /// Keeps an account, a contact or an opportunity that the tenant has, in place of what was known of it.
    /// Submissions are compared with it from now on, where the policy says so.
    ///
    /// # Errors
    ///
    /// When it holds more than a record may, its owner is not in the policy, it cannot be a member of its
    /// campaigns, or the ledger fails.
    pub fn keep(
        &self,
        kind: TargetKind,
        id: &TargetId,
        known: &Known,
        now: Timestamp,
    ) -> Result<Pending<Target>, FlowError> {
        let policy = self.revision().policy;
        check_facts(&known.facts).map_err(|cause| FlowError::TooMuchOf { kind, id: id.clone(), cause })?;
        let cause = match kind {
            TargetKind::Opportunity if !known.campaigns.is_empty() => Err(InvalidMembership::Opportunity),
            _ => check_campaigns(&known.campaigns),
        };
        cause.map_err(|cause| FlowError::InvalidMembership { kind, id: id.clone(), cause })?;
        if let Some(owner) = known.owner.as_ref().filter(|owner| policy.rep(owner).is_none()) {
            return Err(FlowError::UnknownRep(owner.clone()));
        }
        let mut turn = self.turn();
        until_committed(|| {
            let Known { facts, owner, account, campaigns } = known.clone();
            let mut target = self.archive().target(kind, id)?.unwrap_or_else(|| Target::new(kind, id, now));
            (target.facts, target.owner, target.account) = (facts, owner, account);
            target.campaigns = membership::renewed(&target.campaigns, &campaigns, now);
            let batch = self.archive().writing(&target, &policy)?;
            Ok(self.commit(&mut turn, batch).map(|ticket| self.pending(target, ticket)))
        })
    }
}
