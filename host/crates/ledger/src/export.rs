//! Exports: everything in a store as one stream, taken from a store that goes on working.
//!
//! A stream is a header, then frames: records as a scan met them, the commits that were made while
//! it ran, the blobs, and a manifest. The commits make up for the scan being no snapshot: applied in
//! order on top of the records they give what was there when the last of them had been made.

mod read;
mod write;

use std::io::Write;
use std::ops::ControlFlow;

use leadsman_flow::ledger::LedgerError;

use crate::change::Change;
use crate::error::OpenError;
use crate::limits::BLOB_BYTES_MAX;
use crate::log::cursor::Cursor;
use crate::options::Progress;
use crate::place::Place;
use crate::store::{Core, Store};
use write::Writer;

pub(crate) const MAGIC: &[u8; 16] = b"leadsman export\x01";
pub(crate) const FRAME_BYTES_MAX: usize = BLOB_BYTES_MAX + (1 << 20);

/// What a frame of an export holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Kind {
    /// Records.
    Records = 1,
    /// A commit: its number and its changes.
    Commit = 2,
    /// A blob: its tenant and its bytes.
    Blob = 3,
    /// What there was, and a digest of all of it.
    Manifest = 4,
}

/// What an export holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Manifest {
    /// The number of the last commit before the records were read.
    pub first_seq: u64,
    /// The number of the last commit that is in the export.
    pub last_seq: u64,
    /// How many records.
    pub records: u64,
    /// How many commits that were made while the records were read.
    pub commits: u64,
    /// How many blobs.
    pub blobs: u64,
}

impl Store {
    /// Writes everything in the store as of the last commit that is durable when its records have been
    /// read. The store goes on working meanwhile; one in memory takes no commits until then.
    ///
    /// # Errors
    ///
    /// When the store cannot be read or the export cannot be written.
    pub fn export(
        &self,
        to: &mut dyn Write,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Manifest, OpenError> {
        let core = &*self.core;
        let mut writer = match &core.place {
            None => core.front.hold(|seq| {
                let mut writer = Writer::begin(to, seq)?;
                write_records(core, &mut writer, progress)?;
                Ok::<_, OpenError>(writer)
            })?,
            Some(place) => {
                let mut writer = Writer::begin(to, core.front.durable_seq())?;
                // The scan must not miss what was durable when it began.
                core.front.settle().map_err(OpenError::records("bringing the state up to date"))?;
                write_records(core, &mut writer, progress)?;
                write_commits(core, place, &mut writer)?;
                writer
            }
        };
        write_blobs(core, &mut writer)?;
        writer.finish()
    }
}

fn write_records(
    core: &Core,
    writer: &mut Writer<'_>,
    progress: &mut dyn FnMut(Progress),
) -> Result<(), OpenError> {
    let mut written = Ok(());
    let scanned = core.front.adapter().scan(&[], None, &mut |key, value| {
        written = writer.record(Change::of(key, Some(value)));
        let records = writer.manifest.records;
        if records.is_multiple_of(4096) {
            progress(Progress::Records { records });
        }
        if written.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    });
    written?;
    scanned.map_err(OpenError::records("reading the records"))?;
    writer.end_records()
}

/// Writes every commit that the scan may have met in part, or not at all.
fn write_commits(core: &Core, place: &Place, writer: &mut Writer<'_>) -> Result<(), OpenError> {
    let until = core.front.durable_seq();
    let mut cursor = Cursor::after(&place.log(), writer.manifest.first_seq, until)?;
    while let Some(entry) = cursor.next()? {
        writer.commit(entry.seq, entry.payload)?;
    }
    Ok(())
}

fn write_blobs(core: &Core, writer: &mut Writer<'_>) -> Result<(), OpenError> {
    let reading = || OpenError::records("reading the blobs");
    for (tenant, digest) in core.blobs.addresses().map_err(reading())? {
        let bytes = core.blobs.get(&tenant, &digest).map_err(reading())?;
        let gone = || LedgerError::Damaged { place: "the blobs".to_owned(), cause: "one is gone".to_owned() };
        writer.blob(&tenant, &bytes.ok_or_else(gone).map_err(reading())?)?;
    }
    Ok(())
}
