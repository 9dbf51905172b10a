//! The scrub: every commit of the log, every record of the state and every blob is read and checked.

use leadsman_flow::ledger::LedgerError;

use crate::change;
use crate::error::OpenError;
use crate::log::cursor::Cursor;
use crate::options::Progress;
use crate::store::{Core, Store};

/// What a scrub found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Findings {
    /// Commits in the log that are whole.
    pub commits: u64,
    /// Records in the state that are whole.
    pub records: u64,
    /// Blobs that are whole.
    pub blobs: u64,
    /// What is damaged.
    pub problems: Vec<Problem>,
}

/// Something that is damaged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where.
    pub place: String,
    /// What is wrong with it.
    pub cause: String,
}

impl Store {
    /// Reads and checks everything that is durable: the log, the state, the blobs. Damage is reported
    /// and does not stop the scrub. Whether the records make sense is for the layers above to check.
    #[must_use]
    pub fn verify(&self, progress: &mut dyn FnMut(Progress)) -> Findings {
        let mut findings = Findings::default();
        if let Err(cause) = check_log(&self.core, &mut findings, progress) {
            findings.note(cause.into());
        }
        check_records(&self.core, &mut findings, progress);
        if let Err(cause) = check_blobs(&self.core, &mut findings, progress) {
            findings.note(cause);
        }
        findings
    }
}

impl Findings {
    fn note(&mut self, cause: LedgerError) {
        self.problems.push(match cause {
            LedgerError::Damaged { place, cause } => Problem { place, cause },
            LedgerError::Storage { operation, cause } => Problem { place: operation, cause },
            other => Problem { place: "the store".to_owned(), cause: other.to_string() },
        });
    }

    fn report(&self, progress: &mut dyn FnMut(Progress)) {
        const STEP: u64 = 4096;
        let checked = self.commits + self.records + self.blobs;
        if checked.is_multiple_of(STEP) {
            progress(Progress::Checking { checked });
        }
    }
}

fn check_log(
    core: &Core,
    findings: &mut Findings,
    progress: &mut dyn FnMut(Progress),
) -> Result<(), OpenError> {
    let Some(place) = &core.place else { return Ok(()) };
    let mut cursor = Cursor::at_start(&place.log(), core.front.durable_seq())?;
    while let Some(entry) = cursor.next()? {
        if let Some(malformed) = change::read(entry.payload).find_map(Result::err) {
            let place = format!("commit {} in the log", entry.seq);
            findings.problems.push(Problem { place, cause: malformed.to_string() });
        }
        findings.commits += 1;
        findings.report(progress);
    }
    Ok(())
}

fn check_records(core: &Core, findings: &mut Findings, progress: &mut dyn FnMut(Progress)) {
    core.front.adapter().check(&mut |record| {
        match record.and_then(crate::key::decode) {
            Ok(_) => findings.records += 1,
            Err(cause) => findings.note(cause),
        }
        findings.report(progress);
    });
}

fn check_blobs(
    core: &Core,
    findings: &mut Findings,
    progress: &mut dyn FnMut(Progress),
) -> Result<(), LedgerError> {
    for (tenant, digest) in core.blobs.addresses()? {
        match core.blobs.get(&tenant, &digest) {
            Ok(_) => findings.blobs += 1,
            Err(cause) => findings.note(cause),
        }
        findings.report(progress);
    }
    Ok(())
}
