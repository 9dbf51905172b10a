//! Changes: what a commit does to stored keys, as bytes. What the log keeps and the adapters apply.

use std::fmt;

use crate::log::Position;

/// A stored key and its new value, or none when it is deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Change<'bytes> {
    pub(crate) key: &'bytes [u8],
    pub(crate) value: Option<&'bytes [u8]>,
    /// Where the value begins in the log, if it stands there.
    pub(crate) at: Option<Position>,
}

impl<'bytes> Change<'bytes> {
    /// A change that is not in the log.
    pub(crate) fn of(key: &'bytes [u8], value: Option<&'bytes [u8]>) -> Self {
        Self { key, value, at: None }
    }
}

/// Bytes that are no list of changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Malformed;

impl fmt::Display for Malformed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("its changes cannot be read")
    }
}

const PUT: u8 = 1;
const DELETE: u8 = 2;

/// Adds a change to a list of changes.
pub(crate) fn push(bytes: &mut Vec<u8>, change: Change<'_>) {
    bytes.push(if change.value.is_some() { PUT } else { DELETE });
    push_slice(bytes, change.key);
    if let Some(value) = change.value {
        push_slice(bytes, value);
    }
}

/// How many bytes a change takes in a list.
pub(crate) fn encoded_len(key: &[u8], value: Option<&[u8]>) -> usize {
    1 + 4 + key.len() + value.map_or(0, |value| 4 + value.len())
}

/// Reads a list of changes.
pub(crate) fn read(bytes: &[u8]) -> Reader<'_> {
    read_at(bytes, None)
}

/// Reads a list of changes that begins at a place in the log, if it is there.
pub(crate) fn read_at(bytes: &[u8], begin: Option<Position>) -> Reader<'_> {
    Reader { rest: bytes, end: begin.map(|begin| begin.after(bytes.len())) }
}

/// The changes of a list, in order.
#[derive(Debug)]
pub(crate) struct Reader<'bytes> {
    rest: &'bytes [u8],
    /// Where the list ends in the log, if it is there.
    end: Option<Position>,
}

impl<'bytes> Reader<'bytes> {
    fn take(&mut self) -> Option<Change<'bytes>> {
        let (&operation, rest) = self.rest.split_first()?;
        let (key, rest) = take_slice(rest)?;
        let (value, rest) = match operation {
            PUT => take_slice(rest).map(|(value, rest)| (Some(value), rest))?,
            DELETE => (None, rest),
            _ => return None,
        };
        self.rest = rest;
        let at = value.zip(self.end).map(|(value, end)| end.before(rest.len() + value.len()));
        Some(Change { key, value, at })
    }
}

impl<'bytes> Iterator for Reader<'bytes> {
    type Item = Result<Change<'bytes>, Malformed>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let change = self.take().ok_or(Malformed);
        if change.is_err() {
            self.rest = &[];
        }
        Some(change)
    }
}

fn push_slice(bytes: &mut Vec<u8>, slice: &[u8]) {
    // Keys and values are checked against limits far below 4 GiB before they come here.
    bytes.extend_from_slice(&(slice.len() as u32).to_le_bytes());
    bytes.extend_from_slice(slice);
}

fn take_slice(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (len, rest) = bytes.split_first_chunk::<4>()?;
    rest.split_at_checked(u32::from_le_bytes(*len) as usize)
}
