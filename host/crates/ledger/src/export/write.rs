//! Writing an export: frames with a length, a kind and a CRC32, and a digest over all of them.

use std::io::Write;
use std::path::Path;

use crate::change::{self, Change};
use crate::error::OpenError;
use crate::export::{Kind, MAGIC, Manifest};
use crate::key::tenant_name;

/// Records go into one frame until it is this long.
const RECORDS_BYTES: usize = 1 << 20;

/// An export that is being written.
pub(super) struct Writer<'to> {
    to: &'to mut dyn Write,
    hasher: blake3::Hasher,
    records: Vec<u8>,
    tenant: String,
    pub(super) manifest: Manifest,
}

impl<'to> Writer<'to> {
    /// Begins an export of a store whose last durable commit is number `seq`.
    pub(super) fn begin(to: &'to mut dyn Write, seq: u64) -> Result<Self, OpenError> {
        let manifest = Manifest { first_seq: seq, last_seq: seq, ..Manifest::default() };
        let mut writer =
            Self { to, hasher: blake3::Hasher::new(), records: Vec::new(), tenant: String::new(), manifest };
        writer.write(MAGIC)?;
        writer.write(&seq.to_le_bytes())?;
        Ok(writer)
    }

    /// Adds a record. A frame holds records of one tenant.
    pub(super) fn record(&mut self, change: Change<'_>) -> Result<(), OpenError> {
        let tenant = tenant_name(change.key).map_err(OpenError::records("reading the records"))?;
        if self.records.len() >= RECORDS_BYTES || self.tenant != tenant {
            self.end_records()?;
            tenant.clone_into(&mut self.tenant);
        }
        change::push(&mut self.records, change);
        self.manifest.records += 1;
        Ok(())
    }

    /// Ends the records.
    pub(super) fn end_records(&mut self) -> Result<(), OpenError> {
        let mut records = std::mem::take(&mut self.records);
        if !records.is_empty() {
            self.frame(Kind::Records, &[&records])?;
        }
        records.clear();
        self.records = records;
        Ok(())
    }

    /// Adds a commit.
    pub(super) fn commit(&mut self, seq: u64, changes: &[u8]) -> Result<(), OpenError> {
        self.manifest.commits += 1;
        self.manifest.last_seq = seq;
        self.frame(Kind::Commit, &[&seq.to_le_bytes(), changes])
    }

    /// Adds a blob.
    pub(super) fn blob(&mut self, tenant: &str, bytes: &[u8]) -> Result<(), OpenError> {
        self.manifest.blobs += 1;
        self.frame(Kind::Blob, &[tenant.as_bytes(), &[0], bytes])
    }

    /// Ends the export with its manifest.
    pub(super) fn finish(mut self) -> Result<Manifest, OpenError> {
        let digest = self.hasher.finalize();
        let Manifest { first_seq, last_seq, records, commits, blobs } = self.manifest;
        let numbers = [first_seq, last_seq, records, commits, blobs].map(u64::to_le_bytes);
        self.frame(Kind::Manifest, &[numbers.as_flattened(), digest.as_bytes()])?;
        self.to.flush().map_err(OpenError::io("writing", Path::new("the export")))?;
        Ok(self.manifest)
    }

    fn frame(&mut self, kind: Kind, parts: &[&[u8]]) -> Result<(), OpenError> {
        let len: usize = parts.iter().map(|part| part.len()).sum();
        let mut crc = crc32fast::Hasher::new();
        crc.update(&[kind as u8]);
        parts.iter().for_each(|part| crc.update(part));
        self.write(&(len as u32).to_le_bytes())?;
        self.write(&crc.finalize().to_le_bytes())?;
        self.write(&[kind as u8])?;
        parts.iter().try_for_each(|part| self.write(part))
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), OpenError> {
        self.hasher.update(bytes);
        self.to.write_all(bytes).map_err(OpenError::io("writing", Path::new("the export")))
    }
}
