//! Reading the log, frame by frame, across segments, up to what is durable.

use std::collections::VecDeque;
use std::fs;
use std::ops::Range;
use std::path::Path;

use crate::error::OpenError;
use crate::log::Position;
use crate::log::frame::{self, Found, Frame};
use crate::log::segment::{self, Segment};
use crate::log::tail::frame_after;

/// A place in the log, from which it is read on.
#[derive(Debug)]
pub(crate) struct Cursor {
    waiting: VecDeque<Segment>,
    open: Option<(Segment, Vec<u8>)>,
    offset: usize,
    /// The number of the last commit that was read or skipped.
    last_seq: u64,
    /// Commits up to this number or before are skipped.
    after_seq: Option<u64>,
    /// The number of the last commit that is to be read.
    until_seq: u64,
}

/// What one frame brought.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entry<'bytes> {
    /// The number of the commit.
    pub(crate) seq: u64,
    /// Its changes.
    pub(crate) payload: &'bytes [u8],
    /// Where these begin.
    pub(crate) at: Position,
}

impl Cursor {
    /// Before everything in the log, which must reach back to an empty state.
    pub(crate) fn at_origin(dir: &Path, until_seq: u64) -> Result<Self, OpenError> {
        let segments = segment::list(dir)?;
        let origin = segments.iter().rposition(|segment| segment.origin);
        let Some(origin) = origin else {
            let after_seq = segments.first().map_or(0, |segment| segment.after_seq);
            return Err(OpenError::LogIncomplete { after_seq });
        };
        Ok(Self::over(segments.into_iter().skip(origin).collect(), None, until_seq))
    }

    /// Behind commit number `seq`.
    pub(crate) fn after(dir: &Path, seq: u64, until_seq: u64) -> Result<Self, OpenError> {
        let segments = segment::list(dir)?;
        let first = segments.iter().rposition(|segment| segment.after_seq <= seq);
        let Some(first) = first else {
            let after_seq = segments.first().map_or(0, |segment| segment.after_seq);
            return Err(OpenError::LogIncomplete { after_seq });
        };
        Ok(Self::over(segments.into_iter().skip(first).collect(), Some(seq), until_seq))
    }

    /// At the beginning of the log, wherever that is, to check all of it.
    pub(crate) fn at_start(dir: &Path, until_seq: u64) -> Result<Self, OpenError> {
        Ok(Self::over(segment::list(dir)?.into(), None, until_seq))
    }

    fn over(waiting: VecDeque<Segment>, after_seq: Option<u64>, until_seq: u64) -> Self {
        let last_seq = waiting.front().map_or(until_seq, |segment| segment.after_seq);
        Self { waiting, open: None, offset: 0, last_seq, after_seq, until_seq }
    }

    /// What the next frame brought; none at the end.
    pub(crate) fn next(&mut self) -> Result<Option<Entry<'_>>, OpenError> {
        while self.last_seq < self.until_seq {
            let Some((segment, bytes)) = &self.open else {
                self.open_next()?;
                continue;
            };
            match frame_after(bytes, self.offset, self.last_seq) {
                Found::Whole(Frame { seq, payload, .. }) => {
                    let start = self.offset + frame::HEADER_BYTES;
                    let payload = start..start + payload.len();
                    (self.offset, self.last_seq) = (payload.end, seq);
                    if self.after_seq.is_none_or(|after| seq > after) {
                        return Ok(self.show(seq, payload));
                    }
                }
                Found::Unknown(version) => {
                    let place = segment.place(self.offset);
                    return Err(OpenError::UnknownFormat { place, found: version.to_string() });
                }
                Found::Blank if self.waiting.front().is_some_and(|next| next.after_seq == self.last_seq) => {
                    self.open = None;
                }
                Found::Blank | Found::Broken => {
                    let cause = "a record cannot be read".to_owned();
                    return Err(OpenError::LogDamaged { place: segment.place(self.offset), cause });
                }
            }
        }
        Ok(None)
    }

    fn show(&self, seq: u64, payload: Range<usize>) -> Option<Entry<'_>> {
        let (segment, bytes) = self.open.as_ref()?;
        let at = Position { segment: segment.index, offset: payload.start as u64 };
        Some(Entry { seq, payload: bytes.get(payload)?, at })
    }

    fn open_next(&mut self) -> Result<(), OpenError> {
        let Some(segment) = self.waiting.pop_front() else {
            let cause = format!("it ends with commit {}, not {}", self.last_seq, self.until_seq);
            return Err(OpenError::LogDamaged { place: "its end".to_owned(), cause });
        };
        let bytes = fs::read(&segment.path).map_err(OpenError::io("reading", &segment.path))?;
        self.offset = segment::HEADER_BYTES;
        self.open = Some((segment, bytes));
        Ok(())
    }
}
