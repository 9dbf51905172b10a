//! What the front does when its log fails, lags or is slow.

use std::io;
use std::sync::mpsc::{Receiver, Sender, channel};

use leadsman_domain::TenantId;
use leadsman_flow::ledger::{Key, Space};

use super::*;
use crate::log::{Position, frame};
use crate::memory::Memory;

/// A log that is told for each group what to do with it, and tells how many commits it had.
struct Told {
    orders: Receiver<io::Result<()>>,
    groups: Sender<usize>,
}

impl Sink for Told {
    fn append(&mut self, frames: &mut [u8], _last_seq: u64) -> io::Result<Position> {
        let _ = self.groups.send(frame::payloads(frames).count());
        let order = self.orders.recv().unwrap_or_else(|_| Err(io::Error::other("nobody gives orders")));
        order.map(|()| Position { segment: 1, offset: 0 })
    }
}

struct Rig {
    front: Front,
    orders: Sender<io::Result<()>>,
    groups: Receiver<usize>,
    prefix: Prefix,
}

fn rig(pending_bytes_max: usize) -> Rig {
    let ((orders, told), (tell, groups)) = (channel(), channel());
    let pace = Pace { pending_bytes_max, checkpoint_bytes: 1 };
    let sink = Box::new(Told { orders: told, groups: tell });
    let front = Front::logged(Box::new(Memory::default()), sink, 0, pace).expect("started");
    Rig { front, orders, groups, prefix: Prefix::of(&TenantId::parse("acme").expect("an id")) }
}

fn key() -> Key {
    Key::of(Space::Lead).text("a")
}

impl Rig {
    fn put(&self, value: &str) -> Result<Ticket, CommitError> {
        let puts = vec![(key(), value.as_bytes().to_vec())];
        self.front.commit(&self.prefix, Batch { puts, ..Batch::default() })
    }

    fn value(&self) -> Option<Vec<u8>> {
        self.front.get(&self.prefix.encode(&key())).expect("read")
    }
}

#[test]
fn a_commit_is_seen_at_once_and_durable_later() {
    let rig = rig(1 << 20);
    let ticket = rig.put("1").expect("accepted");
    assert_eq!((rig.value(), rig.front.durable_seq()), (Some(b"1".to_vec()), 0));
    rig.orders.send(Ok(())).expect("told");
    assert_eq!(ticket.wait().expect("durable").seq, 1);
    assert_eq!(rig.front.durable_seq(), 1);
    rig.front.settle().expect("applied");
    assert_eq!(rig.value(), Some(b"1".to_vec()));
}

#[test]
fn commits_that_wait_together_are_written_together() {
    let rig = rig(1 << 20);
    let first = rig.put("0").expect("accepted");
    assert_eq!(rig.groups.recv(), Ok(1));
    let rest: Vec<Ticket> = (1..=5).map(|number| rig.put(&number.to_string()).expect("accepted")).collect();
    rig.orders.send(Ok(())).expect("told");
    rig.orders.send(Ok(())).expect("told");
    assert_eq!(first.wait().expect("durable").seq, 1);
    let seqs: Vec<u64> = rest.into_iter().map(|ticket| ticket.wait().expect("durable").seq).collect();
    assert_eq!((seqs, rig.groups.recv()), (vec![2, 3, 4, 5, 6], Ok(5)));
}

#[test]
fn after_a_failed_write_nothing_more_is_taken_and_only_what_was_durable_is_seen() {
    let rig = rig(1 << 20);
    let durable = rig.put("1").expect("accepted");
    assert_eq!(rig.groups.recv(), Ok(1));
    let lost = [rig.put("2").expect("accepted"), rig.put("3").expect("accepted")];
    rig.orders.send(Ok(())).expect("told");
    rig.orders.send(Err(io::Error::other("the disk is gone"))).expect("told");
    durable.wait().expect("durable");
    for ticket in lost {
        assert!(
            matches!(ticket.wait(), Err(LedgerError::Storage { cause, .. }) if cause == "the disk is gone")
        );
    }
    assert!(matches!(rig.put("4"), Err(CommitError::Ledger(LedgerError::Storage { .. }))));
    rig.front.close();
    assert_eq!(rig.value(), Some(b"1".to_vec()));
    assert_eq!(rig.front.durable_seq(), 1);
}

#[test]
fn commits_wait_when_too_much_is_pending() {
    let rig = rig(1);
    (0..10).for_each(|_| rig.orders.send(Ok(())).expect("told"));
    std::thread::scope(|scope| {
        for number in 0..10 {
            let rig = &rig.front;
            let prefix = Prefix::system();
            scope.spawn(move || {
                let puts = vec![(key(), vec![number])];
                let ticket = rig.commit(&prefix, Batch { puts, ..Batch::default() }).expect("accepted");
                ticket.wait().expect("durable");
            });
        }
    });
    drop(rig.front);
    assert_eq!(
        rig.groups.iter().collect::<Vec<_>>(),
        [1; 10],
        "each was accepted when the one before was applied"
    );
}

#[test]
fn closing_writes_what_was_accepted() {
    let rig = rig(1 << 20);
    let tickets = [rig.put("1").expect("accepted"), rig.put("2").expect("accepted")];
    rig.orders.send(Ok(())).expect("told");
    rig.orders.send(Ok(())).expect("told");
    rig.front.close();
    tickets.into_iter().for_each(|ticket| drop(ticket.wait().expect("durable")));
    assert_eq!(rig.value(), Some(b"2".to_vec()));
}
