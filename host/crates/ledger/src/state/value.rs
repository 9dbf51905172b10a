//! How values are stored in sled: with a checksum, and in pieces when they are long.
//!
//! A record is a tag, a CRC32 of its key and the rest, and the rest. Long values lie in pieces under
//! keys of their own; the record says how long the value is and which version of the pieces belongs
//! to it, so that a reader who meets a value while it is replaced notices.

use leadsman_flow::ledger::LedgerError;

/// Most bytes of a value that is stored as one record. Longer ones make sled's pages so large that it
/// moves them to files that it never syncs.
pub(super) const WHOLE_BYTES_MAX: usize = 7 << 10;

/// Where the pieces are.
const PIECES: u8 = 1;

/// Where it is listed which keys have pieces, and how many.
pub(super) const LISTS: &[u8] = &[2];

const TAG_WHOLE: u8 = 1;
const TAG_IN_PIECES: u8 = 2;
const TAG_PIECE: u8 = 3;
const HEADER_BYTES: usize = 5;
const PIECE_BYTES_MAX: usize = WHOLE_BYTES_MAX - HEADER_BYTES - 8;

/// What the record of a key holds.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Stored<'bytes> {
    /// The value.
    Whole(&'bytes [u8]),
    /// Where the value is.
    InPieces { version: u64, len: usize, pieces: u16 },
}

/// A piece of a long value.
pub(super) struct Piece<'bytes> {
    pub(super) index: u16,
    pub(super) bytes: &'bytes [u8],
}

/// The pieces of a long value.
pub(super) fn pieces(value: &[u8]) -> impl Iterator<Item = Piece<'_>> {
    (0_u16..).zip(value.chunks(PIECE_BYTES_MAX)).map(|(index, bytes)| Piece { index, bytes })
}

/// Where a piece is stored. Two keys of one length never share a place.
pub(super) fn piece_key(key: &[u8], index: u16) -> Vec<u8> {
    [&[PIECES], key, index.to_be_bytes().as_slice()].concat()
}

/// Where it is listed that a key has pieces.
pub(super) fn list_key(key: &[u8]) -> Vec<u8> {
    [LISTS, key].concat()
}

/// The key that a place in the list is about.
pub(super) fn listed_key(listed: &[u8]) -> &[u8] {
    listed.get(LISTS.len()..).unwrap_or_default()
}

/// How many pieces the list says that a key has.
pub(super) fn read_count(bytes: &[u8]) -> Result<u16, LedgerError> {
    bytes.try_into().map(u16::from_be_bytes).map_err(|_| damaged("a list of pieces cannot be read"))
}

/// The record of a value that is stored as a whole.
pub(super) fn encode_whole(record: &mut Vec<u8>, key: &[u8], value: &[u8]) {
    record.clear();
    seal(record, TAG_WHOLE, key, &[value]);
}

/// The record of a value that is stored in pieces.
pub(super) fn encode_in_pieces(key: &[u8], version: u64, len: usize) -> Vec<u8> {
    let mut record = Vec::with_capacity(HEADER_BYTES + 16);
    seal(&mut record, TAG_IN_PIECES, key, &[&version.to_be_bytes(), &(len as u64).to_be_bytes()]);
    record
}

/// The record of a piece.
pub(super) fn encode_piece(place: &[u8], bytes: &[u8], version: u64) -> Vec<u8> {
    let mut record = Vec::with_capacity(HEADER_BYTES + 8 + bytes.len());
    seal(&mut record, TAG_PIECE, place, &[&version.to_be_bytes(), bytes]);
    record
}

/// Reads the record of a key.
pub(super) fn read<'bytes>(key: &[u8], record: &'bytes [u8]) -> Result<Stored<'bytes>, LedgerError> {
    match unseal(key, record)? {
        (TAG_WHOLE, value) => Ok(Stored::Whole(value)),
        (TAG_IN_PIECES, rest) => {
            let (version, len) = rest.split_first_chunk::<8>().ok_or_else(|| damaged("a record is cut"))?;
            let len: [u8; 8] = len.try_into().map_err(|_| damaged("a record is cut"))?;
            let len = u64::from_be_bytes(len) as usize;
            let pieces = u16::try_from(len.div_ceil(PIECE_BYTES_MAX));
            let pieces = pieces.map_err(|_| damaged("a value has too many pieces"))?;
            Ok(Stored::InPieces { version: u64::from_be_bytes(*version), len, pieces })
        }
        _ => Err(damaged("a record is of an unknown kind")),
    }
}

/// Reads the record of a piece that belongs to a version.
pub(super) fn read_piece<'bytes>(
    place: &[u8],
    record: &'bytes [u8],
    version: u64,
) -> Result<&'bytes [u8], LedgerError> {
    match unseal(place, record)? {
        (TAG_PIECE, rest) => match rest.split_first_chunk::<8>() {
            Some((of, bytes)) if u64::from_be_bytes(*of) == version => Ok(bytes),
            _ => Err(damaged("a piece belongs to another version of its value")),
        },
        _ => Err(damaged("a piece is of an unknown kind")),
    }
}

fn seal(record: &mut Vec<u8>, tag: u8, key: &[u8], parts: &[&[u8]]) {
    record.push(tag);
    record.extend_from_slice(&[0; 4]);
    parts.iter().for_each(|part| record.extend_from_slice(part));
    let crc = crc_of(key, tag, &record[HEADER_BYTES..]);
    record[1..HEADER_BYTES].copy_from_slice(&crc);
}

fn unseal<'bytes>(key: &[u8], record: &'bytes [u8]) -> Result<(u8, &'bytes [u8]), LedgerError> {
    let (header, rest) = record.split_at_checked(HEADER_BYTES).ok_or_else(|| damaged("a record is cut"))?;
    if header[1..] == crc_of(key, header[0], rest) {
        Ok((header[0], rest))
    } else {
        Err(damaged("a record does not match its checksum"))
    }
}

fn crc_of(key: &[u8], tag: u8, rest: &[u8]) -> [u8; 4] {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(key);
    hasher.update(&[tag]);
    hasher.update(rest);
    hasher.finalize().to_le_bytes()
}

fn damaged(cause: &str) -> LedgerError {
    LedgerError::Damaged { place: "the state".to_owned(), cause: cause.to_owned() }
}
