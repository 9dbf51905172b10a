//! Reading: a lead with its journal, and the leads of a tenant.

use std::ops::ControlFlow;
use std::sync::Arc;

use leadsman_domain::journal::{self, Entry};
use leadsman_domain::lead::{Lead, Status};
use leadsman_domain::policy::Policy;
use leadsman_domain::{LeadId, RepId};
use serde::Serialize;

use crate::activation::{self, Activation};
use crate::cursor::Cursor;
use crate::error::FlowError;
use crate::ledger::{Key, Ledger, Part, Space, each_row, each_row_from};
use crate::revision::{self, Frozen, RevisionRecord};
use crate::trial::{self, EndedTrial};
use crate::uploads::{self, Label, Upload};
use crate::{keys, record};

/// A lead and everything that happened to it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct History {
    /// The lead as it is.
    pub lead: Lead,
    /// Its journal, oldest first.
    pub entries: Vec<Entry>,
}

impl History {
    /// Calls a function with every entry and the lead as it was just before; without one at the beginning, and after
    /// an entry that does not follow from those before it.
    pub fn each_entry(&self, mut visit: impl FnMut(&Entry, Option<&Lead>)) {
        let Some((first, rest)) = self.entries.split_first() else { return };
        visit(first, None);
        let mut before = journal::fold([first]).ok();
        for entry in rest {
            visit(entry, before.as_ref());
            before = before.and_then(|mut lead| journal::apply(&mut lead, entry).ok().map(|()| lead));
        }
    }
}

/// A tenant's records, to be read: needs no plugin and no policy but the one in the records.
#[derive(Clone)]
pub struct Archive {
    ledger: Arc<dyn Ledger>,
}

impl Archive {
    /// The archive in a tenant's ledger.
    #[must_use]
    pub fn new(ledger: Arc<dyn Ledger>) -> Self {
        Self { ledger }
    }

    pub(crate) fn ledger(&self) -> &dyn Ledger {
        &*self.ledger
    }

    /// A lead's state.
    ///
    /// # Errors
    ///
    /// When there is no such lead, or it cannot be read.
    pub fn lead(&self, id: &LeadId) -> Result<Lead, FlowError> {
        self.find(id)?.map(|(lead, _)| lead).ok_or_else(|| FlowError::UnknownLead(id.clone()))
    }

    /// The lead that a lead is part of by now: itself, unless it was merged.
    ///
    /// # Errors
    ///
    /// When there is no such lead, or it cannot be read.
    pub fn now_part_of(&self, id: LeadId) -> Result<LeadId, FlowError> {
        let mut id = id;
        while let Status::Merged { into, .. } = self.lead(&id)?.status {
            id = into;
        }
        Ok(id)
    }

    /// A lead's state with its bytes.
    pub(crate) fn find(&self, id: &LeadId) -> Result<Option<(Lead, Vec<u8>)>, FlowError> {
        let Some(bytes) = self.ledger.get(&keys::lead(id))? else { return Ok(None) };
        Ok(Some((record::decode("a lead", &bytes)?, bytes)))
    }

    /// The active revision's record and policy, if there is one.
    ///
    /// # Errors
    ///
    /// When it cannot be read.
    pub fn active_revision(&self) -> Result<Option<(RevisionRecord, Policy)>, FlowError> {
        let Some(number) = activation::active(&*self.ledger)? else { return Ok(None) };
        let record = revision::numbered(&*self.ledger, number)?.ok_or(FlowError::UnknownRevision(number))?;
        let policy = revision::policy_of(&*self.ledger, &record)?;
        Ok(Some((record, policy)))
    }

    /// A revision, whole.
    ///
    /// # Errors
    ///
    /// When there is none with that number, or it cannot be read.
    pub fn revision(&self, number: u64) -> Result<Frozen, FlowError> {
        revision::whole(&*self.ledger, number)
    }

    /// Calls a function with every page of a lead's journal: the number of the commit that wrote it, and
    /// its entries.
    pub(crate) fn each_page(
        &self,
        id: &LeadId,
        mut visit: impl FnMut(u64, &[Entry]),
    ) -> Result<(), FlowError> {
        self.each(&keys::journal(id), |key, bytes| {
            let seq = key.parts().iter().rev().nth(1);
            let Some(Part::Number(seq)) = seq else { return Ok(()) };
            visit(*seq, &record::decode::<Vec<Entry>>("a journal page", bytes)?);
            Ok(())
        })
    }

    /// Every revision, in the order of their numbers.
    ///
    /// # Errors
    ///
    /// When one cannot be read.
    pub fn revisions(&self) -> Result<Vec<RevisionRecord>, FlowError> {
        record::all("a revision", &*self.ledger, &keys::revisions())
    }

    /// Which revision became the one that decides, by whom, when and why: oldest first.
    ///
    /// # Errors
    ///
    /// When one cannot be read.
    pub fn activations(&self) -> Result<Vec<Activation>, FlowError> {
        activation::all(&*self.ledger)
    }

    /// The trials that are over, oldest first.
    ///
    /// # Errors
    ///
    /// When one cannot be read.
    pub fn ended_trials(&self) -> Result<Vec<EndedTrial>, FlowError> {
        trial::ended(&*self.ledger)
    }

    /// The plugins that were uploaded, by name and version.
    ///
    /// # Errors
    ///
    /// When one cannot be read.
    pub fn uploads(&self) -> Result<Vec<Upload>, FlowError> {
        uploads::all(&*self.ledger)
    }

    /// The plugin that was uploaded under a label, if there is one.
    ///
    /// # Errors
    ///
    /// When it cannot be read.
    pub fn upload(&self, label: &Label) -> Result<Option<Upload>, FlowError> {
        uploads::find(&*self.ledger, label)
    }

    /// The component of an uploaded plugin.
    ///
    /// # Errors
    ///
    /// When it cannot be read.
    pub fn component(&self, upload: &Upload) -> Result<Vec<u8>, FlowError> {
        let place = || format!("plugin {}", upload.plugin.label());
        let blob = self.ledger.blob_get(&upload.plugin.digest)?;
        blob.ok_or_else(|| FlowError::Damaged { place: place(), cause: "its blob is missing".to_owned() })
    }

    /// A lead with its journal.
    ///
    /// # Errors
    ///
    /// When there is no such lead, or it cannot be read.
    pub fn history(&self, id: &LeadId) -> Result<History, FlowError> {
        let lead = self.lead(id)?;
        let mut entries: Vec<Entry> = Vec::new();
        self.each(&keys::journal(id), |_, bytes| {
            entries.extend(record::decode::<Vec<Entry>>("a journal page", bytes)?);
            Ok(())
        })?;
        Ok(History { lead, entries })
    }

    /// Everybody who owns a lead, found without reading the leads.
    ///
    /// # Errors
    ///
    /// When they cannot be listed.
    pub fn owners(&self) -> Result<Vec<RepId>, FlowError> {
        let mut owners: Vec<RepId> = Vec::new();
        let mut cursor = None;
        while let Some((key, _)) =
            self.ledger.scan(&Key::of(Space::ByOwner), cursor.as_ref(), 1)?.rows.into_iter().next()
        {
            let [Part::Text(owner), ..] = key.parts() else { break };
            cursor = Some(Key::of(Space::ByOwner).text(owner).number(u64::MAX));
            match RepId::parse(owner) {
                Ok(owner) if owners.last() != Some(&owner) => owners.push(owner),
                _ => break,
            }
        }
        Ok(owners)
    }

    /// Calls a function with the id of every lead, in the order in which they came in; a page of them is held at a
    /// time.
    ///
    /// # Errors
    ///
    /// When they cannot be listed, or the function fails.
    pub fn each_id(&self, mut visit: impl FnMut(LeadId) -> Result<(), FlowError>) -> Result<(), FlowError> {
        self.each(&Key::of(Space::ByTime), |key, _| keys::lead_in(key).map_or(Ok(()), &mut visit))
    }

    /// Calls a function with the place of every lead in the order in which they came in, from one on until it is
    /// enough.
    pub(crate) fn each_place(
        &self,
        from: Option<&Cursor>,
        mut visit: impl FnMut(Cursor) -> Result<ControlFlow<()>, FlowError>,
    ) -> Result<(), FlowError> {
        let all = Key::of(Space::ByTime);
        let from = from.map(|place| place.within(&all));
        each_row_from(&*self.ledger, &all, from, |key, _| {
            Cursor::of(key).map_or(Ok(ControlFlow::Continue(())), &mut visit)
        })
    }

    /// Calls a function with every lead, in the order of their ids.
    ///
    /// # Errors
    ///
    /// When a lead cannot be read.
    pub fn each_lead(&self, mut visit: impl FnMut(Lead)) -> Result<(), FlowError> {
        self.each(&Key::of(Space::Lead), |_, bytes| {
            visit(record::decode("a lead", bytes)?);
            Ok(())
        })
    }

    /// Checks that every lead equals the fold of its journal. Calls `problem` for each that does not,
    /// and returns how many were checked.
    ///
    /// # Errors
    ///
    /// When the ledger cannot be read at all.
    pub fn audit(&self, mut problem: impl FnMut(&LeadId, String)) -> Result<u64, FlowError> {
        // By their times, whose records have no values that could be damaged.
        let mut checked = 0;
        self.each_id(|id| {
            checked += 1;
            match self.history(&id).map(|history| (journal::fold(&history.entries), history.lead)) {
                Ok((Ok(folded), lead)) if folded == lead => {}
                Ok((Ok(_), _)) => problem(&id, "its state is not the fold of its journal".to_owned()),
                Ok((Err(broken), _)) => problem(&id, broken.to_string()),
                Err(error) => problem(&id, error.to_string()),
            }
            Ok(())
        })?;
        Ok(checked)
    }

    fn each(
        &self,
        prefix: &Key,
        visit: impl FnMut(&Key, &[u8]) -> Result<(), FlowError>,
    ) -> Result<(), FlowError> {
        each_row(&*self.ledger, prefix, visit)
    }
}
