//! The end of the log: where the last whole frame ends, and whether what stands behind it is the
//! rest of a write that was never acknowledged or damage to something that was.

use std::fs;
use std::path::Path;

use crate::error::OpenError;
use crate::files::{sync_dir, sync_file};
use crate::log::frame::{self, Found, Frame, Kind};
use crate::log::segment::{self, Segment};

/// Where a log ends.
#[derive(Debug)]
pub(crate) struct Tail {
    /// The last segment, if there is any.
    pub(crate) segment: Option<Segment>,
    /// Where its last whole frame ends.
    pub(crate) offset: usize,
    /// The number of the last commit.
    pub(crate) last_seq: u64,
    /// Bytes behind the last whole frame that are not blank.
    pub(crate) torn_bytes: u64,
    /// A segment whose creation was interrupted, to be removed.
    pub(crate) unborn: Option<std::path::PathBuf>,
}

impl Tail {
    /// Makes durable what the log ends with. A process that was killed between a write and its sync left
    /// it to the system's cache; whoever trusts it from now on must not lose it with the power.
    pub(crate) fn make_durable(&self, dir: &Path) -> Result<(), OpenError> {
        if let Some(segment) = &self.segment {
            sync_file(&segment.path)?;
            sync_dir(dir)?;
        }
        Ok(())
    }
}

/// Finds the end of the log in a folder. Changes nothing.
pub(crate) fn find(dir: &Path) -> Result<Tail, OpenError> {
    let mut tail = Tail { segment: None, offset: 0, last_seq: 0, torn_bytes: 0, unborn: None };
    let mut files = segment::files(dir)?;
    let Some((mut index, mut path)) = files.pop() else { return Ok(tail) };
    let mut bytes = fs::read(&path).map_err(OpenError::io("reading", &path))?;
    if Segment::read(&path, index, &bytes)?.is_none() {
        if !is_unborn(&bytes) {
            let cause = "its header is not whole".to_owned();
            return Err(OpenError::LogDamaged { place: path.display().to_string(), cause });
        }
        tail.torn_bytes = solid_len(&bytes) as u64;
        tail.unborn = Some(path);
        let Some(before) = files.pop() else { return Ok(tail) };
        (index, path) = before;
        bytes = fs::read(&path).map_err(OpenError::io("reading", &path))?;
    }
    let Some(segment) = Segment::read(&path, index, &bytes)? else {
        let cause = "its header is not whole".to_owned();
        return Err(OpenError::LogDamaged { place: path.display().to_string(), cause });
    };
    let end = walk(&segment, &bytes)?;
    if end.torn_bytes > 0 && tail.unborn.is_some() {
        // A segment is begun only when everything in the one before it is durable.
        let cause = "the log goes on behind it".to_owned();
        return Err(OpenError::LogDamaged { place: segment.place(end.offset), cause });
    }
    tail.torn_bytes += end.torn_bytes;
    Ok(Tail { segment: Some(segment), offset: end.offset, last_seq: end.last_seq, ..tail })
}

/// The frame at `offset`, if it is whole and the one that comes after commit number `last_seq`.
pub(crate) fn frame_after(bytes: &[u8], offset: usize, last_seq: u64) -> Found<'_> {
    let found = frame::read(bytes.get(offset..).unwrap_or_default());
    match found {
        Found::Whole(Frame { kind: Kind::Commit, seq, .. }) if seq == last_seq.wrapping_add(1) => found,
        Found::Whole(Frame { kind: Kind::Snapshot, seq, .. }) if seq == last_seq => found,
        Found::Whole(_) => Found::Broken,
        other => other,
    }
}

struct End {
    offset: usize,
    last_seq: u64,
    torn_bytes: u64,
}

fn walk(segment: &Segment, bytes: &[u8]) -> Result<End, OpenError> {
    let mut end = End { offset: segment::HEADER_BYTES, last_seq: segment.after_seq, torn_bytes: 0 };
    loop {
        match frame_after(bytes, end.offset, end.last_seq) {
            Found::Whole(frame) => {
                end.last_seq = frame.seq;
                end.offset += frame.len();
            }
            Found::Unknown(version) => {
                let place = segment.place(end.offset);
                return Err(OpenError::UnknownFormat { place, found: version.to_string() });
            }
            Found::Blank | Found::Broken => break,
        }
    }
    if proves_damage(bytes, end.offset) {
        let cause = "a record cannot be read, but records that were written after it can".to_owned();
        return Err(OpenError::LogDamaged { place: segment.place(end.offset), cause });
    }
    end.torn_bytes = solid_len(&bytes[end.offset..]) as u64;
    Ok(end)
}

/// Whether a frame stands behind `at` that was written when everything up to `at` and more was
/// already synced. Frames of the same write as the one at `at` prove nothing: a write that loses
/// power half way leaves any of its pages.
fn proves_damage(bytes: &[u8], at: usize) -> bool {
    let solid = at + solid_len(&bytes[at.min(bytes.len())..]);
    (at + 1..solid).any(|offset| match bytes.get(offset + 20..offset + frame::HEADER_BYTES) {
        Some([1 | 2, frame::FORMAT, 0, 0]) => {
            matches!(frame::read(&bytes[offset..]), Found::Whole(frame) if frame.group as usize > at)
        }
        _ => false,
    })
}

/// Whether the bytes of a segment without a whole header hold no frame either.
fn is_unborn(bytes: &[u8]) -> bool {
    solid_len(bytes) <= segment::HEADER_BYTES
}

/// How many bytes there are before nothing but zeros follows.
fn solid_len(bytes: &[u8]) -> usize {
    bytes.iter().rposition(|&byte| byte != 0).map_or(0, |last| last + 1)
}
