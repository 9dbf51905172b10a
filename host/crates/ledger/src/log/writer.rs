//! Continuing the log: one write and one sync for a group of commits.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use crate::error::OpenError;
use crate::files::sync_dir;
use crate::front::Sink;
use crate::log::segment::{self, Segment};
use crate::log::tail::Tail;
use crate::log::{Position, frame};

/// How far a segment is filled with zeros ahead of what is written, so that a sync need not make
/// room, only write.
const STRIDE_BYTES: usize = 1 << 20;

/// The end of the log, where it grows.
#[derive(Debug)]
pub(crate) struct Log {
    dir: PathBuf,
    segment: Segment,
    file: File,
    offset: usize,
    /// Up to where the segment is filled.
    filled: usize,
    last_seq: u64,
    segment_bytes: usize,
}

impl Log {
    /// Begins a log in an empty folder, after commit number `after_seq`.
    pub(crate) fn begin(dir: &Path, after_seq: u64, segment_bytes: usize) -> Result<Self, OpenError> {
        let (segment, file) = Segment::create(dir, 1, after_seq, true)?;
        Ok(Self::over(dir, segment, file, after_seq, segment_bytes))
    }

    /// Continues the log that ends where `tail` says. What stands behind its end is blanked first.
    pub(crate) fn resume(dir: &Path, tail: Tail, segment_bytes: usize) -> Result<Self, OpenError> {
        if let Some(unborn) = &tail.unborn {
            std::fs::remove_file(unborn).map_err(OpenError::io("removing", unborn))?;
            sync_dir(dir)?;
        }
        let Some(segment) = tail.segment else { return Self::begin(dir, 0, segment_bytes) };
        let path = segment.path.clone();
        let file =
            File::options().read(true).write(true).open(&path).map_err(OpenError::io("opening", &path))?;
        let len = file.metadata().map_err(OpenError::io("reading", &path))?.len();
        let mut log = Self::over(dir, segment, file, tail.last_seq, segment_bytes);
        (log.offset, log.filled) = (tail.offset, len as usize);
        if tail.torn_bytes > 0 {
            log.blank_rest().map_err(OpenError::io("blanking the end of", &path))?;
        }
        Ok(log)
    }

    fn over(dir: &Path, segment: Segment, file: File, last_seq: u64, segment_bytes: usize) -> Self {
        let dir = dir.to_owned();
        let (offset, filled) = (segment::HEADER_BYTES, segment::HEADER_BYTES);
        Self { dir, segment, file, offset, filled, last_seq, segment_bytes }
    }

    fn blank_rest(&mut self) -> io::Result<()> {
        let end = self.filled;
        self.filled = self.offset;
        self.fill_to(end)?;
        self.file.sync_all()
    }

    fn fill_to(&mut self, end: usize) -> io::Result<()> {
        if end > self.filled {
            self.file.write_all_at(&vec![0; end - self.filled], self.filled as u64)?;
            self.filled = end;
        }
        Ok(())
    }

    fn make_room(&mut self, bytes: usize) -> io::Result<()> {
        let is_begun = self.offset > segment::HEADER_BYTES;
        if is_begun && self.offset + bytes > self.segment_bytes {
            self.rotate()?;
        }
        let needed = self.offset + bytes;
        if needed > self.filled {
            let stride = needed.next_multiple_of(STRIDE_BYTES).min(self.segment_bytes.max(needed));
            self.fill_to(stride)?;
        }
        Ok(())
    }

    fn rotate(&mut self) -> io::Result<()> {
        let created = Segment::create(&self.dir, self.segment.index + 1, self.last_seq, false);
        let (segment, file) = created.map_err(into_io)?;
        (self.segment, self.file) = (segment, file);
        (self.offset, self.filled) = (segment::HEADER_BYTES, segment::HEADER_BYTES);
        Ok(())
    }
}

impl Sink for Log {
    fn append(&mut self, frames: &mut [u8], last_seq: u64) -> io::Result<Position> {
        self.make_room(frames.len())?;
        let group = u32::try_from(self.offset).map_err(io::Error::other)?;
        frame::seal(frames, group);
        self.file.write_all_at(frames, self.offset as u64)?;
        self.file.sync_data()?;
        let began = Position { segment: self.segment.index, offset: self.offset as u64 };
        self.offset += frames.len();
        self.last_seq = last_seq;
        Ok(began)
    }
}

fn into_io(error: OpenError) -> io::Error {
    match error {
        OpenError::Io { source, .. } => source,
        other => io::Error::other(other),
    }
}
