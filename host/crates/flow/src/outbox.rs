//! The outbox: what is told to other systems waits here, written in the same batch as what caused it, until
//! it is delivered or given up. Knows nothing of networks: who delivers asks what is due and says what
//! became of it.

mod desk;
mod message;
mod receiver;
mod schedule;
mod topic;

use leadsman_domain::{ReceiverId, Timestamp};

use crate::desk::until_committed;
use crate::error::FlowError;
use crate::keys;
use crate::ledger::{Add, Batch, CommitError, Key, Ledger, PAGE_ROWS_MAX};
use crate::record;
use crate::revision::Warrant;

pub use message::Message;
pub(crate) use message::Told;
pub use receiver::{FACTS_MAX, NewReceiver, RECEIVERS_MAX, Receiver, Receivers, Registered, Secret};
pub use topic::{Topic, UnknownTopic};

/// How many messages are moved or thrown away in one batch.
const MOVED_MAX: usize = 25;

/// A message that waits, as it lies in the outbox.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// The message.
    pub message: Message,
    receiver: Receiver,
    key: Key,
    stored: Vec<u8>,
}

/// Why a message was not delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setback {
    /// In words, for people.
    pub cause: String,
    /// How long the receiver asked to be left alone, in milliseconds.
    pub asked_ms: Option<i64>,
    /// Whether the receiver said that it wants no more messages.
    pub gone: bool,
}

/// A message that was not delivered so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failed {
    /// The message, with what went wrong.
    pub message: Message,
    /// When it is attempted again; never if it was given up.
    pub next: Option<Timestamp>,
}

/// A tenant's outbox, in its ledger.
pub struct Outbox<'a> {
    ledger: &'a dyn Ledger,
}

impl<'a> Outbox<'a> {
    /// The outbox in a ledger. While a desk is open over the ledger, receivers change through the desk.
    #[must_use]
    pub fn new(ledger: &'a dyn Ledger) -> Self {
        Self { ledger }
    }

    /// Registers a receiver. Its secret is made of random bytes.
    ///
    /// # Errors
    ///
    /// When its name is taken, there are too many, it is granted too many facts, or the ledger fails.
    pub fn add_receiver(
        &self,
        new: NewReceiver,
        random: [u8; 32],
        warrant: &Warrant,
    ) -> Result<Registered, FlowError> {
        receiver::add(self.ledger, new, random, warrant)
    }

    /// Every receiver, by name.
    ///
    /// # Errors
    ///
    /// When one cannot be read.
    pub fn receivers(&self) -> Result<Receivers, FlowError> {
        receiver::read(self.ledger)
    }

    /// The receiver with a name.
    ///
    /// # Errors
    ///
    /// When there is none, or it cannot be read.
    pub fn receiver(&self, name: &ReceiverId) -> Result<Receiver, FlowError> {
        Ok(receiver::named(self.ledger, name)?.receiver)
    }

    /// Removes a receiver with everything that waits for it.
    ///
    /// # Errors
    ///
    /// When there is none, or the ledger fails: then it stays, and some of its messages may be gone.
    pub fn remove_receiver(&self, name: &ReceiverId) -> Result<Receiver, FlowError> {
        let receiver = self.receiver(name)?;
        let mark = receiver.mark;
        self.each_batch(&keys::outbox_of(mark), None, |rows, batch| {
            batch.deletes.extend(rows.iter().map(|row| row.key.clone()));
            batch.adds.push(fewer(&receiver, rows.len()));
            Ok(())
        })?;
        self.each_batch(&keys::undeliverable_of(mark), None, |rows, batch| {
            batch.deletes.extend(rows.iter().map(|row| row.key.clone()));
            Ok(())
        })?;
        let batch = Batch { deletes: vec![keys::receiver(name)], ..Batch::default() };
        self.ledger.commit(batch)?.wait()?;
        Ok(receiver)
    }

    /// How many messages wait for a receiver.
    ///
    /// # Errors
    ///
    /// When the ledger cannot be read.
    pub fn waiting(&self, receiver: &Receiver) -> Result<u64, FlowError> {
        Ok(u64::try_from(self.ledger.sum(&keys::outbox_load(receiver.mark))?).unwrap_or(0))
    }

    /// Messages for a receiver that were given up, and after them those that failed and are attempted again:
    /// so many of each at most, the latter among the next [`PAGE_ROWS_MAX`].
    ///
    /// # Errors
    ///
    /// When one cannot be read.
    pub fn failed(&self, receiver: &Receiver, limit: usize) -> Result<Vec<Failed>, FlowError> {
        let given_up = self.page(&keys::undeliverable_of(receiver.mark), None, limit)?;
        let waiting = self.page(&keys::outbox_of(receiver.mark), None, PAGE_ROWS_MAX)?;
        let again = waiting.into_iter().filter(|row| row.message.attempts > 0).take(limit);
        let again = again.map(|row| Failed { next: keys::next_attempt(&row.key), message: row.message });
        let given_up = given_up.into_iter().map(|row| Failed { message: row.message, next: None });
        Ok(given_up.chain(again).collect())
    }

    /// Sends again what was given up for a receiver, and at once what would be attempted later. Each message
    /// keeps its id and its body. A receiver that wanted no more messages gets them again. Says how many there
    /// are.
    ///
    /// # Errors
    ///
    /// When there is no such receiver, or the ledger fails; what was put back by then stays so.
    pub fn send_again(&self, name: &ReceiverId, now: Timestamp) -> Result<u64, FlowError> {
        let receiver = self.receiver(name)?;
        receiver::note_gone(self.ledger, &receiver, None)?;
        let mark = receiver.mark;
        let anew = |row: &Row, batch: &mut Batch| {
            let message = Message { attempts: 0, ..row.message.clone() };
            let key = keys::outbox(mark, now, message.at.as_ms().cast_unsigned(), message.id);
            batch.deletes.push(row.key.clone());
            batch.puts.push((key, record::encode("a message", &message)?));
            Ok::<_, FlowError>(())
        };
        let given_up = self.each_batch(&keys::undeliverable_of(mark), None, |rows, batch| {
            rows.iter().try_for_each(|row| anew(row, batch))?;
            batch.adds.push(more(&receiver, rows.len()));
            Ok(())
        })?;
        let later = keys::outbox_from(mark, now.plus_ms(1));
        let later = self.each_batch(&keys::outbox_of(mark), Some(&later), |rows, batch| {
            rows.iter().try_for_each(|row| anew(row, batch))
        })?;
        Ok(given_up + later)
    }

    /// The next messages for a receiver whose moment has come, in order. Waits until the changes that caused
    /// them are durable. Blocks; not to be called from async code.
    ///
    /// # Errors
    ///
    /// When one cannot be read.
    pub fn due(&self, receiver: &Receiver, now: Timestamp, limit: usize) -> Result<Vec<Waiting>, FlowError> {
        let rows = self.ledger.scan(&keys::outbox_of(receiver.mark), None, limit)?.rows.into_iter();
        let is_due = |(key, _): &(Key, Vec<u8>)| keys::next_attempt(key).is_some_and(|next| next <= now);
        let waiting = |row| Ok(Row::read(row)?.for_receiver(receiver));
        let due: Vec<Waiting> = rows.take_while(is_due).map(waiting).collect::<Result<_, FlowError>>()?;
        if !due.is_empty() {
            self.ledger.barrier()?.wait()?;
        }
        Ok(due)
    }

    /// Forgets a message that was delivered. If the process ends before that is durable, it is sent again
    /// with the same id.
    ///
    /// # Errors
    ///
    /// When the ledger fails.
    pub fn delivered(&self, waiting: &Waiting) -> Result<(), FlowError> {
        let mut batch = waiting.taken();
        batch.adds.push(fewer(&waiting.receiver, 1));
        unless_overtaken(self.ledger.commit(batch).map(drop))
    }

    /// Notes that a message was not delivered: it is attempted again by the schedule, or given up. Says when;
    /// never if it was given up.
    ///
    /// # Errors
    ///
    /// When the ledger fails.
    pub fn undelivered(
        &self,
        waiting: &Waiting,
        setback: &Setback,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, FlowError> {
        let (mark, place) = (waiting.receiver.mark, place_of(&waiting.key));
        let attempts = waiting.message.attempts + 1;
        let message = Message { attempts, trouble: Some(setback.cause.clone()), ..waiting.message.clone() };
        let next = schedule::next(now, &message.id, attempts, setback.asked_ms).filter(|_| !setback.gone);
        let mut batch = waiting.taken();
        let key = match next {
            Some(next) => keys::outbox(mark, next, place, message.id),
            None => {
                batch.adds.push(fewer(&waiting.receiver, 1));
                keys::undeliverable(mark, now, place, message.id)
            }
        };
        batch.puts.push((key, record::encode("a message", &message)?));
        unless_overtaken(self.ledger.commit(batch).map(drop))?;
        Ok(next)
    }

    /// Some messages below a key.
    fn page(&self, prefix: &Key, from: Option<&Key>, limit: usize) -> Result<Vec<Row>, FlowError> {
        self.ledger.scan(prefix, from, limit)?.rows.into_iter().map(Row::read).collect()
    }

    /// Changes every message below a key, which by that leaves its place, some in each batch. Says how many
    /// there were.
    fn each_batch(
        &self,
        prefix: &Key,
        from: Option<&Key>,
        mut change: impl FnMut(&[Row], &mut Batch) -> Result<(), FlowError>,
    ) -> Result<u64, FlowError> {
        let mut changed = 0;
        loop {
            let moved = until_committed(|| {
                let rows = self.page(prefix, from, MOVED_MAX)?;
                if rows.is_empty() {
                    return Ok(Ok(None));
                }
                let expects = rows.iter().map(|row| (row.key.clone(), Some(row.stored.clone())));
                let mut batch = Batch { expects: expects.collect(), ..Batch::default() };
                change(&rows, &mut batch)?;
                Ok(self.ledger.commit(batch).map(|ticket| Some((rows.len() as u64, ticket))))
            })?;
            let Some((rows, ticket)) = moved else { return Ok(changed) };
            ticket.wait()?;
            changed += rows;
        }
    }
}

/// A message with its key and its bytes.
struct Row {
    message: Message,
    key: Key,
    stored: Vec<u8>,
}

impl Row {
    fn read((key, stored): (Key, Vec<u8>)) -> Result<Self, FlowError> {
        Ok(Self { message: record::decode("a message", &stored)?, key, stored })
    }

    fn for_receiver(self, receiver: &Receiver) -> Waiting {
        let Self { message, key, stored } = self;
        Waiting { message, receiver: receiver.clone(), key, stored }
    }
}

impl Waiting {
    /// The batch that takes it from its place.
    fn taken(&self) -> Batch {
        Batch {
            expects: vec![(self.key.clone(), Some(self.stored.clone()))],
            deletes: vec![self.key.clone()],
            ..Batch::default()
        }
    }
}

/// Whoever was faster has moved the message, or its receiver is no more.
fn unless_overtaken(committed: Result<(), CommitError>) -> Result<(), FlowError> {
    match committed {
        Ok(()) | Err(CommitError::Conflict { .. }) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// The place of a message among those of its moment.
fn place_of(key: &Key) -> u64 {
    keys::place_of_message(key).unwrap_or(0)
}

fn fewer(receiver: &Receiver, count: usize) -> Add {
    let more = more(receiver, count);
    Add { delta: -more.delta, ..more }
}

/// Counts messages that wait. Nothing fails because of this count.
fn more(receiver: &Receiver, count: usize) -> Add {
    let delta = i64::try_from(count).unwrap_or(i64::MAX);
    Add { key: keys::outbox_load(receiver.mark), delta, min: i64::MIN, max: i64::MAX }
}
