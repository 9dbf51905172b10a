//! Segments: the files of the log, each with a header that says what came before it.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use crate::error::OpenError;
use crate::files::{entries, name_of, sync_dir};
use crate::log::frame::FORMAT;

/// Bytes of a segment before its first frame.
pub(crate) const HEADER_BYTES: usize = 32;

const MAGIC: &[u8; 8] = b"LEADSLOG";

/// One file of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Segment {
    pub(crate) path: PathBuf,
    /// Its place among the segments.
    pub(crate) index: u64,
    /// The number of the last commit before it.
    pub(crate) after_seq: u64,
    /// Whether the state was empty before it, so that the log can be replayed from here.
    pub(crate) origin: bool,
}

impl Segment {
    /// Creates a segment, durable with its header.
    pub(crate) fn create(
        dir: &Path,
        index: u64,
        after_seq: u64,
        origin: bool,
    ) -> Result<(Self, File), OpenError> {
        let path = path_of(dir, index);
        let mut options = File::options();
        let file = options.read(true).write(true).create_new(true).open(&path);
        let file = file.map_err(OpenError::io("creating", &path))?;
        let header = header_of(after_seq, origin);
        file.write_all_at(&header, 0)
            .and_then(|()| file.sync_all())
            .map_err(OpenError::io("writing", &path))?;
        sync_dir(dir)?;
        Ok((Self { path, index, after_seq, origin }, file))
    }

    /// Reads the header at the beginning of a segment; none if it is not whole.
    pub(crate) fn read(path: &Path, index: u64, bytes: &[u8]) -> Result<Option<Self>, OpenError> {
        let Some(header) = bytes.get(..HEADER_BYTES) else { return Ok(None) };
        if &header[..8] != MAGIC || header[12..16] != crc_of(header) {
            return Ok(None);
        }
        if header[8] != FORMAT {
            let place = path.display().to_string();
            return Err(OpenError::UnknownFormat { place, found: header[8].to_string() });
        }
        let mut after_seq = [0; 8];
        after_seq.copy_from_slice(&header[16..24]);
        let after_seq = u64::from_le_bytes(after_seq);
        Ok(Some(Self { path: path.to_owned(), index, after_seq, origin: header[9] == 1 }))
    }

    /// Where in the segment something is, for people.
    pub(crate) fn place(&self, offset: usize) -> String {
        format!("{} byte {offset}", name_of(&self.path))
    }
}

/// Where the segment with an index is.
pub(crate) fn path_of(dir: &Path, index: u64) -> PathBuf {
    dir.join(format!("{index:012}.log"))
}

/// The files of the log, in order, with their places. Their headers are not read.
pub(crate) fn files(dir: &Path) -> Result<Vec<(u64, PathBuf)>, OpenError> {
    let index_of = |path: &Path| name_of(path).strip_suffix(".log")?.parse().ok();
    Ok(entries(dir)?.into_iter().filter_map(|path| Some((index_of(&path)?, path))).collect())
}

/// The segments of a log, in order. One at the end whose header is not whole is being made, or was
/// when the process ended; there is nothing in it.
pub(crate) fn list(dir: &Path) -> Result<Vec<Segment>, OpenError> {
    let mut segments: Vec<Segment> = Vec::new();
    let mut headless: Option<PathBuf> = None;
    for (index, path) in files(dir)? {
        let damaged = |path: &Path, cause: &str| OpenError::LogDamaged {
            place: name_of(path).to_owned(),
            cause: cause.to_owned(),
        };
        if let Some(before) = &headless {
            return Err(damaged(before, "its header is not whole"));
        }
        if segments.last().is_some_and(|before| before.index + 1 != index) {
            return Err(damaged(&path, "the segment before it is missing"));
        }
        let mut header = [0; HEADER_BYTES];
        let file = File::open(&path).map_err(OpenError::io("opening", &path))?;
        let whole = file.read_exact_at(&mut header, 0).is_ok();
        match if whole { Segment::read(&path, index, &header)? } else { None } {
            Some(segment) => segments.push(segment),
            None => headless = Some(path),
        }
    }
    Ok(segments)
}

fn header_of(after_seq: u64, origin: bool) -> [u8; HEADER_BYTES] {
    let mut header = [0; HEADER_BYTES];
    header[..8].copy_from_slice(MAGIC);
    header[8] = FORMAT;
    header[9] = u8::from(origin);
    header[16..24].copy_from_slice(&after_seq.to_le_bytes());
    let crc = crc_of(&header);
    header[12..16].copy_from_slice(&crc);
    header
}

fn crc_of(header: &[u8]) -> [u8; 4] {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&header[..12]);
    hasher.update(&header[16..]);
    hasher.finalize().to_le_bytes()
}
