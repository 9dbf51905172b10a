//! Frames: one commit in the log, or one part of a snapshot that an import begins with.
//!
//! A frame is its payload's length, a CRC32 of everything else in it, the number of the commit, the
//! place in the segment where the write that it belongs to began, its kind, the version of its
//! format, two zero bytes, and the payload. All before that place was synced before the frame was
//! written; that tells a torn tail from damage to what was acknowledged.

use std::ops::Range;

/// Bytes of a frame before its payload.
pub(crate) const HEADER_BYTES: usize = 24;

/// Most bytes of a payload: what one commit may have, and the keys and numbers around it.
pub(crate) const PAYLOAD_BYTES_MAX: usize = 16 << 20;

/// The version of the format that is written.
pub(crate) const FORMAT: u8 = 1;

const LENGTH: Range<usize> = 0..4;
const CRC: Range<usize> = 4..8;
const SEQ: Range<usize> = 8..16;
const GROUP: Range<usize> = 16..20;
const KIND: usize = 20;
const VERSION: usize = 21;

/// What a frame holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The changes of one commit.
    Commit,
    /// Some of the records that were there when commit number `seq` had been made.
    Snapshot,
}

/// A whole frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Frame<'bytes> {
    pub(crate) kind: Kind,
    pub(crate) seq: u64,
    /// Where in the segment the write began that this frame came with.
    pub(crate) group: u32,
    pub(crate) payload: &'bytes [u8],
}

impl Frame<'_> {
    /// How many bytes the frame takes.
    pub(crate) fn len(&self) -> usize {
        HEADER_BYTES + self.payload.len()
    }
}

/// What stands at a place in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Found<'bytes> {
    /// A frame.
    Whole(Frame<'bytes>),
    /// Nothing was written here.
    Blank,
    /// Something that is no frame.
    Broken,
    /// A frame of a later version of the format.
    Unknown(u8),
}

/// Adds a frame whose payload `write` appends. It is not sealed yet.
pub(crate) fn push(bytes: &mut Vec<u8>, kind: Kind, seq: u64, write: impl FnOnce(&mut Vec<u8>)) {
    let start = bytes.len();
    bytes.resize(start + HEADER_BYTES, 0);
    write(bytes);
    let payload_len = (bytes.len() - start - HEADER_BYTES) as u32;
    let header = &mut bytes[start..start + HEADER_BYTES];
    header[LENGTH].copy_from_slice(&payload_len.to_le_bytes());
    header[SEQ].copy_from_slice(&seq.to_le_bytes());
    header[KIND] = match kind {
        Kind::Commit => 1,
        Kind::Snapshot => 2,
    };
    header[VERSION] = FORMAT;
}

/// Seals the frames of one write, which is to begin at `group` in its segment.
pub(crate) fn seal(mut bytes: &mut [u8], group: u32) {
    while bytes.len() >= HEADER_BYTES {
        let len = HEADER_BYTES + u32_at(bytes, LENGTH) as usize;
        let (frame, rest) = bytes.split_at_mut(len);
        frame[GROUP].copy_from_slice(&group.to_le_bytes());
        let crc = crc_of(frame);
        frame[CRC].copy_from_slice(&crc.to_le_bytes());
        bytes = rest;
    }
}

/// The payloads of frames that were just pushed, and where among them each begins.
pub(crate) fn payloads(frames: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let mut rest = frames;
    std::iter::from_fn(move || {
        let header = rest.get(..HEADER_BYTES)?;
        let (frame, behind) = rest.split_at_checked(HEADER_BYTES + u32_at(header, LENGTH) as usize)?;
        let payload = &frame[HEADER_BYTES..];
        rest = behind;
        Some((frames.len() - behind.len() - payload.len(), payload))
    })
}

/// What stands at the beginning of `bytes`, which reach to the end of the segment.
pub(crate) fn read(bytes: &[u8]) -> Found<'_> {
    let Some(header) = bytes.get(..HEADER_BYTES) else {
        return if bytes.iter().all(|&byte| byte == 0) { Found::Blank } else { Found::Broken };
    };
    if header.iter().all(|&byte| byte == 0) {
        return Found::Blank;
    }
    let payload_len = u32_at(header, LENGTH) as usize;
    let Some(frame) = bytes.get(..HEADER_BYTES + payload_len).filter(|_| payload_len <= PAYLOAD_BYTES_MAX)
    else {
        return Found::Broken;
    };
    if crc_of(frame) != u32_at(frame, CRC) {
        return Found::Broken;
    }
    let kind = match (frame[VERSION], frame[KIND]) {
        (FORMAT, 1) => Kind::Commit,
        (FORMAT, 2) => Kind::Snapshot,
        (version, _) => return Found::Unknown(version),
    };
    let (seq, group) = (u64_at(frame, SEQ), u32_at(frame, GROUP));
    Found::Whole(Frame { kind, seq, group, payload: &frame[HEADER_BYTES..] })
}

fn crc_of(frame: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&frame[LENGTH]);
    hasher.update(&frame[SEQ.start..]);
    hasher.finalize()
}

fn u32_at(bytes: &[u8], at: Range<usize>) -> u32 {
    let mut number = [0; 4];
    number.copy_from_slice(&bytes[at]);
    u32::from_le_bytes(number)
}

fn u64_at(bytes: &[u8], at: Range<usize>) -> u64 {
    let mut number = [0; 8];
    number.copy_from_slice(&bytes[at]);
    u64::from_le_bytes(number)
}
