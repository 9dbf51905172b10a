//! A look at sled's data file before sled sees it.
//!
//! When the header of the segment is lost that sled's log should go on from, sled zeroes every
//! segment and opens empty, without an error. This reads the headers as sled would, and writes
//! nothing.

use std::collections::BTreeSet;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;

use crate::error::OpenError;
use crate::files::{entries, name_of};

/// sled's own figure, which Leadsman leaves alone.
const SEGMENT_BYTES: i64 = 512 << 10;

/// Whether sled would find where its log goes on.
pub(super) fn would_open(dir: &Path) -> Result<bool, OpenError> {
    let path = dir.join("db");
    let snapshot_end = entries(dir)?.iter().filter_map(|path| snapshot_lsn(path)).max().unwrap_or(0);
    let headers = File::open(&path).and_then(|data| read_headers(&data));
    let headers = match headers {
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(false),
        headers => headers.map_err(OpenError::io("reading", &path))?,
    };
    let since = snapshot_end / SEGMENT_BYTES * SEGMENT_BYTES;
    let recent = headers.iter().filter(|header| header.lsn >= since);
    let stable_end = recent.clone().map(|header| header.stable_lsn).max().unwrap_or(since).max(since);
    let starts: BTreeSet<i64> = recent.map(|header| header.lsn).collect();
    Ok(starts.contains(&(stable_end / SEGMENT_BYTES * SEGMENT_BYTES)))
}

struct Header {
    lsn: i64,
    stable_lsn: i64,
}

fn snapshot_lsn(path: &Path) -> Option<i64> {
    i64::from_str_radix(name_of(path).strip_prefix("snap.")?, 16).ok()
}

/// The headers that are whole.
fn read_headers(data: &File) -> io::Result<Vec<Header>> {
    let len = data.metadata()?.len();
    let mut headers = Vec::new();
    for at in (0..len).step_by(SEGMENT_BYTES as usize) {
        let mut header = [0; 20];
        match data.read_exact_at(&mut header, at) {
            Ok(()) => headers.extend(parse(&header)),
            Err(cause) if cause.kind() == io::ErrorKind::UnexpectedEof => break,
            Err(cause) => return Err(cause),
        }
    }
    Ok(headers)
}

fn parse(header: &[u8; 20]) -> Option<Header> {
    let (crc, rest) = header.split_first_chunk::<4>()?;
    let (lsn, rest_after) = rest.split_first_chunk::<8>()?;
    let stable_lsn: &[u8; 8] = rest_after.try_into().ok()?;
    let whole = u32::from_le_bytes(*crc) ^ u32::MAX == crc32fast::hash(rest);
    let number = |bytes: &[u8; 8]| i64::from_le_bytes(*bytes) ^ i64::MAX;
    whole.then(|| Header { lsn: number(lsn), stable_lsn: number(stable_lsn) })
}
