//! Rebates: the agent whose lead it was gets a part of the deal.

use leadsman_domain::agent;
use leadsman_domain::attribution::{Conversion, Touch};
use leadsman_domain::journal::Event;
use leadsman_domain::lead::Lead;
use leadsman_domain::{LeadId, Timestamp};

use crate::change::Change;
use crate::desk::Desk;
use crate::error::FlowError;
use crate::history::Archive;
use crate::revision::Revision;

impl Desk {
    /// Writes what is due to an agent for a conversion, beside it.
    pub(crate) fn rebate(
        &self,
        revision: &Revision,
        change: &mut Change,
        conversion: &Conversion,
        now: Timestamp,
    ) -> Result<(), FlowError> {
        let agents = &revision.policy.agents;
        if agents.is_empty() {
            return Ok(());
        }
        let whence = self.archive().first_touch(change.lead())?;
        if let Some(rebate) = agent::rebate(agents, whence.as_ref(), &change.lead().facts, conversion) {
            change.happened(now, Event::Rebated { conversion: conversion.id.clone(), rebate });
        }
        Ok(())
    }
}

impl Archive {
    /// The touch by which a lead came: the first that was told of it, which never changes; of a lead that was made
    /// out of another one for a business line, that one's.
    fn first_touch(&self, lead: &Lead) -> Result<Option<Touch>, FlowError> {
        let mut id: Option<LeadId> = Some(lead.id.clone());
        while let Some(one) = id {
            let history = self.history(&one)?;
            let touch = history.entries.iter().find_map(|entry| match &entry.event {
                Event::Acted { activity } => activity.touch(),
                _ => None,
            });
            if touch.is_some() {
                return Ok(touch);
            }
            id = history.lead.source.map(|source| source.lead);
        }
        Ok(None)
    }
}
