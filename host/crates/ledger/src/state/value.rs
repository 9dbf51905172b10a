//! How values are stored in sled: with a checksum when they are short, and else as the place in the log
//! where they stand in any case, so that sled moves small records only.
//!
//! A record is a tag, a CRC32 of its key, the tag and the rest, and the rest: the value, or its place in
//! the log, its length and its own CRC32. So damage to the state is told from damage to the log.

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
        /// The CRC32 of the value.
        crc: u32,
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
            record.extend_from_slice(&crc32fast::hash(value).to_be_bytes());
        }
        _ => {
            record.extend_from_slice(&[TAG_WHOLE, 0, 0, 0, 0]);
            record.extend_from_slice(value);
        }
    }
    let crc = crc_of(change.key, record);
    record[1..HEADER_BYTES].copy_from_slice(&crc);
    true
}

/// Reads the record of a key.
pub(super) fn read<'bytes>(key: &[u8], record: &'bytes [u8]) -> Result<Stored<'bytes>, LedgerError> {
    if record.get(1..HEADER_BYTES) != Some(crc_of(key, record).as_slice()) {
        return Err(damaged("a record does not match its checksum"));
    }
    match record.split_at_checked(HEADER_BYTES) {
        Some((&[TAG_WHOLE, ..], value)) => Ok(Stored::Whole(value)),
        Some((&[TAG_IN_LOG, ..], place)) => {
            let (numbers, crc) = place.as_chunks::<8>();
            let (&[segment, offset, len], &[a, b, c, d]) = (numbers, crc) else {
                return Err(damaged("a record is cut"));
            };
            let [segment, offset, len] = [segment, offset, len].map(u64::from_be_bytes);
            if len > VALUE_BYTES_MAX as u64 {
                return Err(damaged("a value is longer than any is"));
            }
            let (at, crc) = (Position { segment, offset }, u32::from_be_bytes([a, b, c, d]));
            Ok(Stored::InLog { at, len: len as usize, crc })
        }
        _ => Err(damaged("a record is of an unknown kind")),
    }
}

fn crc_of(key: &[u8], record: &[u8]) -> [u8; 4] {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(key);
    hasher.update(record.get(..1).unwrap_or_default());
    hasher.update(record.get(HEADER_BYTES..).unwrap_or_default());
    hasher.finalize().to_le_bytes()
}

fn damaged(cause: &str) -> LedgerError {
    LedgerError::Damaged { place: "the state".to_owned(), cause: cause.to_owned() }
}
