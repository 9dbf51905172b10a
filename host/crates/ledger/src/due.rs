//! Things that fall due, and leases: claims that only one of many claimants wins.
//!
//! An entry of a queue lies under `Due / queue / moment / id`, so a queue reads in the order in which
//! its entries fall due. A claim moves the entry to the moment when the claim runs out: whoever
//! claimed it and lives says so with [`ack`]; if nobody does, it falls due again. Only commits and
//! what they expect are used, so this works on every adapter. Time is passed in.

use leadsman_domain::Timestamp;
use leadsman_flow::ledger::{Batch, CommitError, Key, Ledger, LedgerError, Part, Space};

/// How often a claim is tried again when others claim at the same time.
const ATTEMPTS: usize = 16;

/// The name under which leases lie among the queues. A queue cannot be named like it and clash: behind
/// it comes a text, and behind a queue's name a number.
const LEASES: &str = "lease";

/// An entry that was claimed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// What it is: its id within the queue.
    pub id: String,
    /// What was stored with it.
    pub value: Vec<u8>,
    /// When it fell due.
    pub due: Timestamp,
    /// When it falls due again unless it is acknowledged before.
    pub until: Timestamp,
    key: Key,
}

/// Where an entry of a queue lies: put it with a batch to make something fall due, delete it to call
/// that off. Moments before 1970 count as 1970.
#[must_use]
pub fn due_key(queue: &str, due: Timestamp, id: &str) -> Key {
    Key::of(Space::Due).text(queue).number(moment(due)).text(id)
}

/// Claims entries of a queue that fell due by `now`, the earliest first, at most `limit` of them, for
/// `lease_ms` milliseconds. No entry is claimed twice at a time.
///
/// # Errors
///
/// When the store cannot be read or written.
pub fn claim_due(
    ledger: &dyn Ledger,
    queue: &str,
    now: Timestamp,
    limit: usize,
    lease_ms: i64,
) -> Result<Vec<Claim>, LedgerError> {
    if limit == 0 {
        return Ok(Vec::new());
    }
    let until = now.plus_ms(lease_ms.max(1));
    for _ in 0..ATTEMPTS {
        let page = ledger.scan(&Key::of(Space::Due).text(queue), None, limit)?;
        let due = page.rows.into_iter().filter_map(|(key, value)| read_entry(queue, until, key, value));
        let due: Vec<(Key, Claim)> = due.take_while(|(_, claim)| claim.due <= now).collect();
        if due.is_empty() {
            return Ok(Vec::new());
        }
        let mut batch = Batch::default();
        for (key, claim) in &due {
            batch.expects.push((key.clone(), Some(claim.value.clone())));
            batch.deletes.push(key.clone());
            batch.puts.push((claim.key.clone(), claim.value.clone()));
        }
        match ledger.commit(batch) {
            Ok(ticket) => {
                ticket.wait()?;
                return Ok(due.into_iter().map(|(_, claim)| claim).collect());
            }
            Err(CommitError::Ledger(cause)) => return Err(cause),
            // Somebody else was faster.
            Err(CommitError::Conflict { .. } | CommitError::OutOfBounds { .. }) => {}
        }
    }
    Ok(Vec::new())
}

/// Takes a claimed entry out of its queue for good. False if the claim had run out and somebody else
/// claimed the entry since.
///
/// # Errors
///
/// When the store cannot be read or written.
pub fn ack(ledger: &dyn Ledger, claim: Claim) -> Result<bool, LedgerError> {
    let expects = vec![(claim.key.clone(), Some(claim.value))];
    won(ledger, Batch { expects, deletes: vec![claim.key], ..Batch::default() })
}

/// What a batch of the caller's own needs to acknowledge a claim within it.
pub fn ack_within(batch: &mut Batch, claim: &Claim) {
    batch.expects.push((claim.key.clone(), Some(claim.value.clone())));
    batch.deletes.push(claim.key.clone());
}

/// Takes a lease with a name for `ttl_ms` milliseconds, or keeps it if `holder` has it. False if
/// somebody else has it.
///
/// # Errors
///
/// When the store cannot be read or written.
pub fn lease(
    ledger: &dyn Ledger,
    name: &str,
    holder: &str,
    now: Timestamp,
    ttl_ms: i64,
) -> Result<bool, LedgerError> {
    let key = lease_key(name);
    let before = ledger.get(&key)?;
    let taken = before.as_deref().and_then(read_lease);
    if taken.is_some_and(|(until, other)| other != holder.as_bytes() && until > moment(now)) {
        return Ok(false);
    }
    let until = moment(now.plus_ms(ttl_ms)).to_be_bytes();
    let puts = vec![(key.clone(), [&until, holder.as_bytes()].concat())];
    won(ledger, Batch { expects: vec![(key, before)], puts, ..Batch::default() })
}

/// Gives a lease back. False if `holder` does not have it.
///
/// # Errors
///
/// When the store cannot be read or written.
pub fn release(ledger: &dyn Ledger, name: &str, holder: &str) -> Result<bool, LedgerError> {
    let key = lease_key(name);
    let before = ledger.get(&key)?;
    let held = before.as_deref().and_then(read_lease).is_some_and(|(_, by)| by == holder.as_bytes());
    if !held {
        return Ok(false);
    }
    won(ledger, Batch { expects: vec![(key.clone(), before)], deletes: vec![key], ..Batch::default() })
}

fn won(ledger: &dyn Ledger, batch: Batch) -> Result<bool, LedgerError> {
    match ledger.commit(batch) {
        Ok(ticket) => ticket.wait().map(|_| true),
        Err(CommitError::Ledger(cause)) => Err(cause),
        Err(CommitError::Conflict { .. } | CommitError::OutOfBounds { .. }) => Ok(false),
    }
}

/// Reads an entry of a queue and where a claim on it would lie.
fn read_entry(queue: &str, until: Timestamp, key: Key, value: Vec<u8>) -> Option<(Key, Claim)> {
    let [_, Part::Number(due), Part::Text(id)] = key.parts() else { return None };
    let due = Timestamp::from_ms(i64::try_from(*due).unwrap_or(i64::MAX));
    let claim = Claim { id: id.to_string(), value, due, until, key: due_key(queue, until, id) };
    Some((key, claim))
}

fn read_lease(value: &[u8]) -> Option<(u64, &[u8])> {
    let (until, holder) = value.split_first_chunk::<8>()?;
    Some((u64::from_be_bytes(*until), holder))
}

fn lease_key(name: &str) -> Key {
    Key::of(Space::Due).text(LEASES).text(name)
}

fn moment(at: Timestamp) -> u64 {
    u64::try_from(at.as_ms()).unwrap_or(0)
}
