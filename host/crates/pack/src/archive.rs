//! A tar with one way to write it. Reading decides nothing by what an archive says: each header is compared
//! with the one that has to stand there, so there are no links, no other owners, and nothing between or behind.

use std::io;

use tar::{EntryType, Header};

/// Archives are made of blocks of so many bytes.
const BLOCK: usize = 512;

/// Two empty blocks end an archive.
const END: [u8; 2 * BLOCK] = [0; 2 * BLOCK];

/// Writes entries, in their order.
pub(crate) fn write<'a>(entries: impl IntoIterator<Item = (String, &'a [u8])>) -> io::Result<Vec<u8>> {
    let mut archive = Vec::new();
    for (name, content) in entries {
        archive.extend_from_slice(header(&name, content.len() as u64)?.as_bytes());
        archive.extend_from_slice(content);
        archive.resize(archive.len().next_multiple_of(BLOCK), 0);
    }
    archive.extend_from_slice(&END);
    Ok(archive)
}

fn header(name: &str, bytes: u64) -> io::Result<Header> {
    let mut header = Header::new_ustar();
    header.set_path(name)?;
    header.set_mode(0o644);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(0);
    header.set_entry_type(EntryType::Regular);
    header.set_size(bytes);
    header.set_cksum();
    Ok(header)
}

/// What is left of an archive that is read.
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// All of it.
    pub fn new(archive: &'a [u8]) -> Self {
        Self { rest: archive }
    }

    /// The content of the next entry, if it has this name and not more than so many bytes.
    pub fn next(&mut self, name: &str, bytes_max: u64) -> Option<&'a [u8]> {
        let block = self.rest.get(..BLOCK)?;
        let bytes = Header::from_byte_slice(block).entry_size().ok().filter(|bytes| *bytes <= bytes_max)?;
        self.expect(name, bytes)
    }

    /// The content of the next entry, if it has this name and size.
    pub fn expect(&mut self, name: &str, bytes: u64) -> Option<&'a [u8]> {
        let (block, rest) = self.rest.split_at_checked(BLOCK)?;
        let length = usize::try_from(bytes).ok()?;
        let (content, rest) = rest.split_at_checked(length)?;
        let (padding, rest) = rest.split_at_checked(length.checked_next_multiple_of(BLOCK)? - length)?;
        let is_ours =
            block == header(name, bytes).ok()?.as_bytes().as_slice() && padding.iter().all(|byte| *byte == 0);
        if !is_ours {
            return None;
        }
        self.rest = rest;
        Some(content)
    }

    /// Whether the archive ends here.
    pub fn is_at_end(&self) -> bool {
        self.rest == END
    }
}
