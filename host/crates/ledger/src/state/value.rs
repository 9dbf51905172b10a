//! How values are stored in sled: with a checksum when they are short, and else as the place in the log
//! where they stand in any case, so that sled moves small records only.
//!
//! A record is a tag, a CRC32 of its key, the tag, the rest and the value in the log if it is there,
//! and the rest.

use leadsman_flow::ledger::LedgerError;

use crate::change::Change;
use crate::limits::VALUE_BYTES_MAX;
use crate::log::Position;

/// Most bytes of a value that is stored in sled although it stands in the log: fetching it from there
/// would cost more than carrying it.
const SHORT_BYTES_MAX: usize = 64;

const TAG_WHOLE: u8 = 1;
const TAG_IN_LOG: u8 = 2;
const HEADER_BYTES: usize = 5;

/// What the record of a key holds.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Stored<'bytes> {
    /// The value.
    Whole(&'bytes [u8]),
    /// Where the value is.
    InLog {
        /// Where it begins.
        at: Position,
        /// How many bytes it has.
        len: usize,
    },
}

/// Writes the record of a change's key into `record`, unless the change is a deletion.
pub(super) fn encode(record: &mut Vec<u8>, change: &Change<'_>) -> bool {
    record.clear();
    let Some(value) = change.value else { return false };
    match change.at {
        Some(at) if value.len() > SHORT_BYTES_MAX => {
            record.extend_from_slice(&[TAG_IN_LOG, 0, 0, 0, 0]);
            record.extend_from_slice(&at.segment.to_be_bytes());
            record.extend_from_slice(&at.offset.to_be_bytes());
            record.extend_from_slice(&(value.len() as u64).to_be_bytes());
            seal(record, change.key, value);
        }
        _ => {
            record.extend_from_slice(&[TAG_WHOLE, 0, 0, 0, 0]);
            record.extend_from_slice(value);
            seal(record, change.key, &[]);
        }
    }
    true
}

/// Reads the record of a key.
pub(super) fn read<'bytes>(key: &[u8], record: &'bytes [u8]) -> Result<Stored<'bytes>, LedgerError> {
    match record.split_at_checked(HEADER_BYTES) {
        Some((&[TAG_WHOLE, ..], value)) => {
            check(key, record, &[])?;
            Ok(Stored::Whole(value))
        }
        Some((&[TAG_IN_LOG, ..], rest)) => {
            let (numbers, []) = rest.as_chunks::<8>() else { return Err(damaged("a record is cut")) };
            let [segment, offset, len] = numbers else { return Err(damaged("a record is cut")) };
            let [segment, offset, len] = [segment, offset, len].map(|number| u64::from_be_bytes(*number));
            if len > VALUE_BYTES_MAX as u64 {
                return Err(damaged("a value is longer than any is"));
            }
            Ok(Stored::InLog { at: Position { segment, offset }, len: len as usize })
        }
        Some(_) => Err(damaged("a record is of an unknown kind")),
        None => Err(damaged("a record is cut")),
    }
}

/// Checks that a record, and the value in the log that it names, are as they were written.
pub(super) fn check(key: &[u8], record: &[u8], in_log: &[u8]) -> Result<(), LedgerError> {
    if record.get(1..HEADER_BYTES) == Some(crc_of(key, record, in_log).as_slice()) {
        Ok(())
    } else {
        Err(damaged("a record does not match its checksum"))
    }
}

fn seal(record: &mut [u8], key: &[u8], in_log: &[u8]) {
    let crc = crc_of(key, record, in_log);
    record[1..HEADER_BYTES].copy_from_slice(&crc);
}

fn crc_of(key: &[u8], record: &[u8], in_log: &[u8]) -> [u8; 4] {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(key);
    hasher.update(record.get(..1).unwrap_or_default());
    hasher.update(record.get(HEADER_BYTES..).unwrap_or_default());
    hasher.update(in_log);
    hasher.finalize().to_le_bytes()
}

fn damaged(cause: &str) -> LedgerError {
    LedgerError::Damaged { place: "the state".to_owned(), cause: cause.to_owned() }
}
