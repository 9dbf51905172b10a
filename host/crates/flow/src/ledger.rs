//! The port to the store: what is meant, not how it is done.
//!
//! A [`Ledger`] belongs to one tenant. Keys do not name a tenant, and there is no way to make one
//! that does, so nothing above this port can reach from one tenant into another.

use std::fmt;
use std::ops::ControlFlow;

use leadsman_domain::Digest;

use crate::error::FlowError;

/// The kinds of records. Each has a fixed number that is part of the stored format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Space {
    /// Leads by id.
    Lead = 1,
    /// Journal pages by lead, in order.
    Journal = 2,
    /// Leads by identity.
    Identity = 3,
    /// Outcomes by idempotency key.
    Submission = 4,
    /// Leads by pool, in order of arrival.
    ByPool = 5,
    /// Leads by owner, in order of assignment.
    ByOwner = 6,
    /// Leads by the moment they were received.
    ByTime = 7,
    /// Bounded counters: loads of reps, sizes of pools.
    Load = 8,
    /// Counters of routing plugins.
    Turn = 9,
    /// Revisions of the policy.
    Revision = 10,
    /// Conversions by id.
    Conversion = 11,
    /// Things that fall due.
    Due = 12,
    /// Access tokens, by digest.
    Token = 13,
    /// Running totals of the summary.
    Tally = 14,
    /// Leads by account.
    ByAccount = 15,
    /// Plugins that were uploaded, by name and version.
    Plugin = 16,
    /// Accounts, contacts and opportunities, by kind and id.
    Target = 17,
    /// Systems that are told what happens, by name.
    Receiver = 18,
    /// Messages that wait to be sent, by receiver, in the order of their next attempts.
    Outbox = 19,
    /// Messages that were given up, by receiver.
    Undeliverable = 20,
    /// Campaigns, by what touches call them.
    Campaign = 21,
}

impl Space {
    /// Every space. Whoever adds one adds it here, or its keys cannot be read back.
    pub const ALL: &[Self] = &[
        Self::Lead,
        Self::Journal,
        Self::Identity,
        Self::Submission,
        Self::ByPool,
        Self::ByOwner,
        Self::ByTime,
        Self::Load,
        Self::Turn,
        Self::Revision,
        Self::Conversion,
        Self::Due,
        Self::Token,
        Self::Tally,
        Self::ByAccount,
        Self::Plugin,
        Self::Target,
        Self::Receiver,
        Self::Outbox,
        Self::Undeliverable,
        Self::Campaign,
    ];

    /// The space with a number.
    #[must_use]
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.iter().copied().find(|space| *space as u8 == number)
    }
}

/// One part of a key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// A text without the NUL character, ordered by bytes.
    Text(Box<str>),
    /// A number, ordered by size.
    Number(u64),
    /// A digest.
    Digest(Digest),
}

/// The place of a record among a tenant's records of one space. Ordered by its parts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    space: Space,
    parts: Vec<Part>,
}

impl Key {
    /// The beginning of a key, or the range of all keys of the space.
    #[must_use]
    pub fn of(space: Space) -> Self {
        Self { space, parts: Vec::with_capacity(3) }
    }

    /// The key with a text added. NUL characters, which no parsed id has, are dropped.
    #[must_use]
    pub fn text(mut self, text: &str) -> Self {
        let text: Box<str> = if text.contains('\0') { text.replace('\0', "").into() } else { text.into() };
        self.parts.push(Part::Text(text));
        self
    }

    /// The key with a number added.
    #[must_use]
    pub fn number(mut self, number: u64) -> Self {
        self.parts.push(Part::Number(number));
        self
    }

    /// The key with a digest added.
    #[must_use]
    pub fn digest(mut self, digest: Digest) -> Self {
        self.parts.push(Part::Digest(digest));
        self
    }

    /// The space.
    #[must_use]
    pub fn space(&self) -> Space {
        self.space
    }

    /// The parts.
    #[must_use]
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }
}

impl fmt::Display for Key {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:?}", self.space)?;
        for part in &self.parts {
            match part {
                Part::Text(text) => write!(formatter, "/{text}")?,
                Part::Number(number) => write!(formatter, "/{number}")?,
                Part::Digest(digest) => write!(formatter, "/{}", digest.short())?,
            }
        }
        Ok(())
    }
}

/// A bounded addition to a counter. A counter that was never added to is zero. A cap of n is an
/// addition with the maximum n.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Add {
    /// The counter.
    pub key: Key,
    /// What is added.
    pub delta: i64,
    /// The least that the sum may be.
    pub min: i64,
    /// The most that the sum may be.
    pub max: i64,
}

/// A change that happens as a whole or not at all.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Batch {
    /// Values on which the decision was taken: a key and what it held, or that it held nothing.
    pub expects: Vec<(Key, Option<Vec<u8>>)>,
    /// Values to write. At most 1 MiB each.
    pub puts: Vec<(Key, Vec<u8>)>,
    /// Keys to delete.
    pub deletes: Vec<Key>,
    /// Bounded additions.
    pub adds: Vec<Add>,
    /// Values to append to streams: each is stored under its stream's key followed by the number of
    /// the commit and its place in this list, so a stream reads in the order of commits.
    pub appends: Vec<(Key, Vec<u8>)>,
}

impl Batch {
    /// The batch that does what both do.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        let Self { expects, puts, deletes, adds, appends } = other;
        self.expects.extend(expects);
        self.puts.extend(puts);
        self.deletes.extend(deletes);
        self.adds.extend(adds);
        self.appends.extend(appends);
        self
    }
}

/// What became of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The number of the commit in the whole store, rising by one.
    pub seq: u64,
    /// The sums of the batch's additions, in order.
    pub sums: Vec<i64>,
}

/// Why a batch was not committed. Nothing of it was.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CommitError {
    /// A value was not what the decision was taken on: read and decide again.
    #[error("{key} changed since it was read")]
    Conflict {
        /// Which value.
        key: Key,
    },
    /// A counter would leave its bounds.
    #[error("{key} would become {sum}, out of its bounds")]
    OutOfBounds {
        /// Which counter.
        key: Key,
        /// What it would become.
        sum: i64,
    },
    /// The store cannot take it.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

/// The store does not work.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LedgerError {
    /// Reading or writing failed. After a failed write the store takes no more commits.
    #[error("{operation}: {cause}")]
    Storage {
        /// What was being done.
        operation: String,
        /// What the system said.
        cause: String,
    },
    /// Stored bytes are not what was written.
    #[error("{place} is damaged: {cause}")]
    Damaged {
        /// Where.
        place: String,
        /// What is wrong with it.
        cause: String,
    },
    /// A batch or value is larger than the store takes.
    #[error("{what} has {bytes} bytes; at most {bytes_max} are taken")]
    TooLarge {
        /// What.
        what: String,
        /// How large it is.
        bytes: usize,
        /// How large it may be.
        bytes_max: usize,
    },
    /// The store is closed.
    #[error("the store is closed")]
    Closed,
}

/// A batch that is committed in memory, and on its way to the disk. Commits become durable in the
/// order of their numbers, so what was decided on an earlier one never outlives it. Acknowledge
/// nothing before [`Ticket::wait`] or [`Ticket::durable`] returned.
#[derive(Debug)]
pub struct Ticket {
    receipt: Receipt,
    durable: tokio::sync::oneshot::Receiver<Result<(), LedgerError>>,
}

impl Ticket {
    /// A ticket for a receipt, fulfilled through the other end of the channel. For adapters.
    #[must_use]
    pub fn new(receipt: Receipt, durable: tokio::sync::oneshot::Receiver<Result<(), LedgerError>>) -> Self {
        Self { receipt, durable }
    }

    /// The receipt, valid as soon as the batch is durable.
    #[must_use]
    pub fn receipt(&self) -> &Receipt {
        &self.receipt
    }

    /// Blocks until the batch is durable. Not to be called from async code.
    ///
    /// # Errors
    ///
    /// When the batch could not be made durable.
    pub fn wait(self) -> Result<Receipt, LedgerError> {
        self.durable.blocking_recv().unwrap_or(Err(LedgerError::Closed))?;
        Ok(self.receipt)
    }

    /// Waits until the batch is durable.
    ///
    /// # Errors
    ///
    /// When the batch could not be made durable.
    pub async fn durable(self) -> Result<Receipt, LedgerError> {
        self.durable.await.unwrap_or(Err(LedgerError::Closed))?;
        Ok(self.receipt)
    }
}

/// A page of a scan.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Page {
    /// Keys and values, in order.
    pub rows: Vec<(Key, Vec<u8>)>,
    /// Where the next page begins; none after the last.
    pub next: Option<Key>,
}

/// Most rows that one page of a scan holds.
pub const PAGE_ROWS_MAX: usize = 1_000;

/// One tenant's records. Reads see every commit that was accepted before them, durable or not.
pub trait Ledger: Send + Sync {
    /// The value of a key.
    ///
    /// # Errors
    ///
    /// When the store cannot be read.
    fn get(&self, key: &Key) -> Result<Option<Vec<u8>>, LedgerError>;

    /// The values of several keys, in order.
    ///
    /// # Errors
    ///
    /// When the store cannot be read.
    fn multi_get(&self, keys: &[Key]) -> Result<Vec<Option<Vec<u8>>>, LedgerError> {
        keys.iter().map(|key| self.get(key)).collect()
    }

    /// The sum of a counter.
    ///
    /// # Errors
    ///
    /// When the store cannot be read.
    fn sum(&self, key: &Key) -> Result<i64, LedgerError>;

    /// The records whose keys begin with `prefix`, in order, from `cursor` on (which is where a
    /// page's `next` pointed), at most `limit` or [`PAGE_ROWS_MAX`]. A scan is no snapshot: guard
    /// what depends on it with `expects`.
    ///
    /// # Errors
    ///
    /// When the store cannot be read.
    fn scan(&self, prefix: &Key, cursor: Option<&Key>, limit: usize) -> Result<Page, LedgerError>;

    /// Commits a batch: checks it against every commit before it, makes it visible, and sends it on
    /// its way to the disk.
    ///
    /// # Errors
    ///
    /// On a conflict, a counter out of bounds, or a store that cannot take it.
    fn commit(&self, batch: Batch) -> Result<Ticket, CommitError>;

    /// A ticket for every commit that was accepted before. Reads see commits that are not durable yet,
    /// so what is answered from records alone waits for this.
    ///
    /// # Errors
    ///
    /// When the store takes no more commits.
    fn barrier(&self) -> Result<Ticket, LedgerError>;

    /// Stores bytes under their digest, durably. Storing them again changes nothing.
    ///
    /// # Errors
    ///
    /// When they cannot be written.
    fn blob_put(&self, bytes: &[u8]) -> Result<Digest, LedgerError>;

    /// The bytes with a digest, checked against it.
    ///
    /// # Errors
    ///
    /// When they cannot be read or are not what the digest says.
    fn blob_get(&self, digest: &Digest) -> Result<Option<Vec<u8>>, LedgerError>;
}

/// Shows every record below a key, in order; a page of them is held at a time.
pub(crate) fn each_row(
    ledger: &dyn Ledger,
    prefix: &Key,
    mut visit: impl FnMut(&Key, &[u8]) -> Result<(), FlowError>,
) -> Result<(), FlowError> {
    each_row_from(ledger, prefix, None, |key, bytes| visit(key, bytes).map(ControlFlow::Continue))
}

/// Shows the records below a key, in order, from a place on until it is enough.
pub(crate) fn each_row_from(
    ledger: &dyn Ledger,
    prefix: &Key,
    from: Option<Key>,
    mut visit: impl FnMut(&Key, &[u8]) -> Result<ControlFlow<()>, FlowError>,
) -> Result<(), FlowError> {
    let mut cursor = from;
    loop {
        let page = ledger.scan(prefix, cursor.as_ref(), PAGE_ROWS_MAX)?;
        for (key, bytes) in &page.rows {
            if visit(key, bytes)?.is_break() {
                return Ok(());
            }
        }
        match page.next {
            Some(next) => cursor = Some(next),
            None => return Ok(()),
        }
    }
}
