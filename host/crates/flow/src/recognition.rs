//! Recognition: whom a submission comes from, among the leads, contacts and accounts that are known.

use leadsman_domain::identity::Identity;
use leadsman_domain::journal::Event;
use leadsman_domain::lead::{Lead, Status};
use leadsman_domain::matching::{OnMatch, identities};
use leadsman_domain::policy::Policy;
use leadsman_domain::screening::{Disposition, Finding};
use leadsman_domain::target::{Counterpart, Link, TargetKind};
use leadsman_domain::{Facts, LeadId, PoolId, RepId, TargetId};

use crate::change::Change;
use crate::error::FlowError;
use crate::history::Archive;
use crate::keys;
use crate::ledger::{Batch, Key};
use crate::work::Work;

/// A known record that facts belong to.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// The record, and the key that agrees.
    pub link: Link,
    /// Who owns it.
    pub owner: Option<RepId>,
    /// What the policy does about it when a submission comes in.
    pub on: OnMatch,
}

/// Whom a submission comes from.
#[derive(Default)]
pub(crate) struct Recognised {
    /// The lead that it is one more touch on, and the key that agrees, in words.
    pub merges: Option<(LeadId, String)>,
    /// Records that the new lead is tied to.
    pub beside: Vec<Found>,
}

impl Archive {
    /// Every known record that facts belong to, by the policy's keys: at most one lead, one contact and one
    /// account. For whoever is about to enter somebody who may be known.
    ///
    /// # Errors
    ///
    /// When the ledger fails.
    pub fn probe(&self, policy: &Policy, facts: &Facts) -> Result<Vec<Found>, FlowError> {
        let own = identities(&policy.identity, facts);
        let mut found = Vec::new();
        if let Some((id, key)) = self.lead_known_by(&own)? {
            let owner = self.lead(&id)?.status.owner().cloned();
            let link = Link { to: Counterpart::Lead(id), key };
            found.push(Found { link, owner, on: policy.matching.leads });
        }
        let on = |configured: Option<OnMatch>| configured.unwrap_or(OnMatch::Link);
        found.extend(self.target_known_by(TargetKind::Contact, &own, on(policy.matching.contacts))?);
        let of_accounts = identities(&policy.matching.account_keys, facts);
        found.extend(self.target_known_by(
            TargetKind::Account,
            &of_accounts,
            on(policy.matching.accounts),
        )?);
        Ok(found)
    }

    /// Whom a submission comes from, among the records that the policy compares it with.
    pub(crate) fn recognise(
        &self,
        policy: &Policy,
        own: &[Identity],
        facts: &Facts,
    ) -> Result<Recognised, FlowError> {
        let matching = &policy.matching;
        let mut recognised = Recognised::default();
        match self.lead_known_by(own)? {
            Some(known) if matching.leads == OnMatch::Merge => {
                recognised.merges = Some(known);
                return Ok(recognised);
            }
            Some((id, key)) => {
                let owner = self.lead(&id)?.status.owner().cloned();
                let link = Link { to: Counterpart::Lead(id), key };
                recognised.beside.push(Found { link, owner, on: matching.leads });
            }
            None => {}
        }
        if let Some(on) = matching.contacts {
            recognised.beside.extend(self.target_known_by(TargetKind::Contact, own, on)?);
        }
        if let Some(on) = matching.accounts {
            let of_accounts = identities(&matching.account_keys, facts);
            recognised.beside.extend(self.target_known_by(TargetKind::Account, &of_accounts, on)?);
        }
        Ok(recognised)
    }

    /// The lead that one of these identities belongs to, as what it is part of by now, and by which key.
    fn lead_known_by(&self, identities: &[Identity]) -> Result<Option<(LeadId, String)>, FlowError> {
        for identity in identities {
            if let Some(text) = self.text_at("an identity", &keys::identity(identity.digest))? {
                let id = LeadId::parse(&text).map_err(|cause| damaged("an identity", &cause))?;
                return Ok(Some((self.now_part_of(id)?, identity.key.clone())));
            }
        }
        Ok(None)
    }

    fn target_known_by(
        &self,
        kind: TargetKind,
        identities: &[Identity],
        on: OnMatch,
    ) -> Result<Option<Found>, FlowError> {
        for identity in identities {
            if let Some(text) =
                self.text_at("an identity", &keys::identity_of_target(identity.digest, kind))?
            {
                let id = TargetId::parse(&text).map_err(|cause| damaged("an identity", &cause))?;
                let owner = self.target(kind, &id)?.and_then(|target| target.owner);
                let to = match kind {
                    TargetKind::Account => Counterpart::Account(id),
                    _ => Counterpart::Contact(id),
                };
                return Ok(Some(Found { link: Link { to, key: identity.key.clone() }, owner, on }));
            }
        }
        Ok(None)
    }

    /// Adds those identities to a batch that belong to nobody yet.
    pub(crate) fn claim_identities(
        &self,
        batch: &mut Batch,
        keys: impl IntoIterator<Item = Key>,
        owner: &str,
    ) -> Result<(), FlowError> {
        for key in keys {
            if self.ledger().get(&key)?.is_none() {
                batch.expects.push((key.clone(), None));
                batch.puts.push((key, owner.as_bytes().to_vec()));
            }
        }
        Ok(())
    }

    fn text_at(&self, place: &str, key: &Key) -> Result<Option<String>, FlowError> {
        let bytes = self.ledger().get(key)?;
        bytes.map(|bytes| String::from_utf8(bytes).map_err(|cause| damaged(place, &cause))).transpose()
    }
}

impl Work<'_> {
    /// Ties a new lead to the records that it was found beside, and does what the policy says about that.
    /// Says whether that settles where the lead is.
    pub(crate) fn settle_beside(&mut self, change: &mut Change, beside: &[Found]) -> Result<bool, FlowError> {
        for found in beside {
            change.happened(self.now, Event::Linked { link: found.link.clone() });
        }
        let rejects: Vec<&Found> = beside.iter().filter(|found| found.on == OnMatch::Reject).collect();
        if !rejects.is_empty() {
            let mut findings = change.lead().findings.clone();
            findings.extend(rejects.into_iter().map(duplicate));
            change.happened(self.now, Event::Screened { disposition: Disposition::Reject, findings });
            return Ok(true);
        }
        let routes = beside.iter().filter(|found| found.on == OnMatch::RouteToOwner);
        for owner in routes.filter_map(|found| found.owner.as_ref()) {
            let pool = self.pool_from_which(change.lead(), owner);
            let checked =
                self.check_owner(change, owner).and_then(|()| self.check_admission(change.lead(), &pool));
            match checked {
                Ok(()) => {
                    change.give(self.now, &self.revision.policy, owner, &pool, None);
                    return Ok(true);
                }
                Err(
                    cause @ (FlowError::RepUnavailable { .. }
                    | FlowError::UnknownRep(_)
                    | FlowError::NotAdmitted { .. }
                    | FlowError::Ineligible { .. }),
                ) => {
                    let (owner, reason) = (owner.clone(), cause.to_string());
                    change.happened(self.now, Event::KnownOwnerPassedOver { owner, reason });
                }
                Err(error) => return Err(error),
            }
        }
        Ok(false)
    }

    /// The pool from which a rep gets a lead: the one where it is or belongs. A lead without one comes from the
    /// default pool, if the rep serves it.
    pub(crate) fn pool_from_which(&self, lead: &Lead, owner: &RepId) -> PoolId {
        let policy = &self.revision.policy;
        if let Some(pool) = self.pool_of(lead) {
            return pool;
        }
        let serves = |pool: &PoolId| policy.rep(owner).is_some_and(|rep| rep.serves(pool));
        let mut pools = policy.pools.iter().map(|pool| &pool.id);
        let other = (!serves(&policy.default_pool)).then(|| pools.find(|pool| serves(pool))).flatten();
        other.unwrap_or(&policy.default_pool).clone()
    }

    /// Makes the lead of a change known by whatever it can be known by and nobody is known by yet. What is
    /// junk, has no name, or was made out of another lead, swallows nobody.
    pub(crate) fn index(&self, change: &mut Change) -> Result<(), FlowError> {
        let has_no_name = matches!(change.lead().status, Status::Rejected | Status::Anonymous);
        if has_no_name || change.lead().source.is_some() {
            return Ok(());
        }
        let own = identities(&self.revision.policy.identity, &change.lead().facts);
        let mut batch = Batch::default();
        let places = own.iter().map(|one| keys::identity(one.digest));
        self.desk.archive().claim_identities(&mut batch, places, change.lead().id.as_str())?;
        change.along_with(batch);
        Ok(())
    }
}

/// What is found in a lead that the policy turns away because it is known.
fn duplicate(found: &Found) -> Finding {
    let what = match &found.link.to {
        Counterpart::Lead(id) => format!("lead {id}"),
        Counterpart::Contact(id) => format!("contact {id}"),
        Counterpart::Account(id) => format!("account {id}"),
    };
    Finding {
        code: "duplicate".to_owned(),
        message: format!("{what} has the same {}", found.link.key),
        attribute: None,
        evidence: None,
    }
}

fn damaged(place: &str, cause: &dyn std::fmt::Display) -> FlowError {
    FlowError::Damaged { place: place.to_owned(), cause: cause.to_string() }
}
