//! Qualification: a lead becomes an account, a contact and an opportunity, each a known one or a new one, all in
//! one commit with the lead.

use leadsman_domain::TargetId;
use leadsman_domain::journal::Event;
use leadsman_domain::submission::check_facts;
use leadsman_domain::target::{Target, TargetKind};

use crate::change::Change;
use crate::eligibility;
use crate::error::FlowError;
use crate::work::Work;

/// The targets that somebody chose, in the order of [`TargetKind::ALL`]; new ones where there is none.
pub(crate) type Chosen<'a> = [Option<&'a TargetId>; 3];

impl Work<'_> {
    /// Whether a lead may become what was chosen.
    pub(crate) fn check_qualify(&self, change: &Change, chosen: Chosen<'_>) -> Result<(), FlowError> {
        let lead = change.lead();
        if lead.qualified.is_some() {
            return Err(FlowError::Qualified(lead.id.clone()));
        }
        self.check_consent(change)?;
        let terms = &self.revision.policy.qualification;
        let mut lacks = eligibility::lacks(&terms.requires, lead);
        lacks.extend(terms.lacks(lead).into_iter().filter(|lack| !lacks.contains(lack)).collect::<Vec<_>>());
        if !lacks.is_empty() {
            return Err(FlowError::Ineligible { lead: lead.id.clone(), lacks });
        }
        for (kind, id) in TargetKind::ALL.into_iter().zip(chosen) {
            if let Some(id) = id {
                self.desk.archive().known_target(kind, id)?;
            }
        }
        if let [Some(account), Some(contact), _] = chosen {
            let contact = self.desk.archive().known_target(TargetKind::Contact, contact)?;
            if let Some(other) = contact.account.filter(|other| other != account) {
                return Err(FlowError::ContactElsewhere { contact: contact.id, account: other });
            }
        }
        Ok(())
    }

    /// Makes a lead what was chosen. Known targets keep what is known of them, and their blanks are filled.
    pub(crate) fn qualify(&mut self, change: &mut Change, chosen: Chosen<'_>) -> Result<(), FlowError> {
        let [mut account, mut contact, mut opportunity] = self.targets(change, chosen)?;
        contact.account.get_or_insert_with(|| account.id.clone());
        opportunity.account.get_or_insert_with(|| account.id.clone());
        opportunity.contact.get_or_insert_with(|| contact.id.clone());
        opportunity.tasks.extend(change.lead().tasks.iter().cloned());
        for target in [&mut account, &mut contact, &mut opportunity] {
            let is_new = target.sources.is_empty() && target.created == self.now;
            if is_new && target.owner.is_none() {
                target.owner = change.lead().status.owner().cloned();
            }
            target.add_source(change.lead().id.clone());
            let (kind, id) = (target.kind, target.id.clone());
            check_facts(&target.facts).map_err(|cause| FlowError::TooMuchOf { kind, id, cause })?;
            change.along_with(self.desk.archive().writing(target, &self.revision.policy)?);
        }
        let (account, contact, opportunity) = (account.id, contact.id, opportunity.id);
        change.happened(self.now, Event::Qualified { account, contact, opportunity });
        Ok(())
    }

    fn targets(&self, change: &Change, chosen: Chosen<'_>) -> Result<[Target; 3], FlowError> {
        let [account, contact, opportunity] = chosen;
        let target = |kind, id: Option<&TargetId>| -> Result<Target, FlowError> {
            let mut target = match id {
                Some(id) => self.desk.archive().known_target(kind, id)?,
                None => {
                    let id = TargetId::of_lead(kind, &change.lead().id);
                    let known = self.desk.archive().target(kind, &id)?;
                    known.unwrap_or_else(|| Target::new(kind, &id, self.now))
                }
            };
            let taken = self.revision.policy.qualification.taken_over(kind, &change.lead().facts);
            target.facts.fill_blanks_from(&taken);
            Ok(target)
        };
        Ok([
            target(TargetKind::Account, account)?,
            target(TargetKind::Contact, contact)?,
            target(TargetKind::Opportunity, opportunity)?,
        ])
    }
}
