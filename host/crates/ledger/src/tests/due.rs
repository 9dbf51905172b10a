//! Claims and leases.

use std::collections::BTreeSet;

use leadsman_domain::Timestamp;

use super::*;
use crate::due::{ack, ack_within, claim_due, due_key, lease, release};

const fn at(ms: i64) -> Timestamp {
    Timestamp::from_ms(ms)
}

#[test]
fn entries_are_claimed_in_order_once_and_again_when_the_claim_runs_out() {
    on_both(|store| {
        let ledger = acme(store);
        for (ms, id) in [(30, "c"), (10, "a"), (20, "b"), (99, "later")] {
            commit(&*ledger, put(due_key("timers", at(ms), id), id)).expect("committed");
        }
        commit(&*ledger, put(due_key("other", at(1), "x"), "x")).expect("committed");
        let first = claim_due(&*ledger, "timers", at(50), 2, 100).expect("claimed");
        assert_eq!(first.iter().map(|claim| &*claim.id).collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!((first[0].due, first[0].until), (at(10), at(150)));
        let second = claim_due(&*ledger, "timers", at(50), 9, 100).expect("claimed");
        assert_eq!(second.iter().map(|claim| &*claim.id).collect::<Vec<_>>(), ["c"]);
        assert_eq!(claim_due(&*ledger, "timers", at(60), 9, 100).expect("claimed"), []);
        assert!(ack(&*ledger, first[0].clone()).expect("acknowledged"));
        assert!(!ack(&*ledger, first[0].clone()).expect("acknowledged"), "it is gone");
        let again = claim_due(&*ledger, "timers", at(150), 9, 100).expect("claimed");
        assert_eq!(again.iter().map(|claim| &*claim.id).collect::<Vec<_>>(), ["later", "b", "c"]);
        assert!(!ack(&*ledger, first[1].clone()).expect("acknowledged"), "somebody else has it now");
        let mut batch = put(lead("a"), "done");
        ack_within(&mut batch, &again[1]);
        commit(&*ledger, batch).expect("committed");
        assert!(!ack(&*ledger, again[1].clone()).expect("acknowledged"));
    });
}

#[test]
fn no_entry_is_claimed_by_two() {
    on_both(|store| {
        let ledger = acme(store);
        for entry in 0..200 {
            commit(&*ledger, put(due_key("q", at(entry % 7), &entry.to_string()), "")).expect("committed");
        }
        let threads: Vec<_> = (0..8)
            .map(|_| {
                let ledger = acme(store);
                std::thread::spawn(move || {
                    let mut mine = Vec::new();
                    loop {
                        let claims = claim_due(&*ledger, "q", at(10), 5, 1_000).expect("claimed");
                        let rest = ledger.scan(&Key::of(Space::Due).text("q"), None, 1).expect("read");
                        mine.extend(claims.into_iter().map(|claim| claim.id));
                        if rest.rows[0].0 >= due_key("q", at(11), "") {
                            return mine;
                        }
                    }
                })
            })
            .collect();
        let claimed: Vec<String> =
            threads.into_iter().flat_map(|thread| thread.join().expect("no panic")).collect();
        assert_eq!(claimed.len(), 200);
        assert_eq!(claimed.iter().collect::<BTreeSet<_>>().len(), 200);
    });
}

#[test]
fn a_lease_has_one_holder_until_it_runs_out() {
    on_both(|store| {
        let ledger = acme(store);
        assert!(lease(&*ledger, "writer", "one", at(0), 100).expect("asked"));
        assert!(!lease(&*ledger, "writer", "two", at(50), 100).expect("asked"));
        assert!(lease(&*ledger, "writer", "one", at(90), 100).expect("asked"), "kept");
        assert!(!lease(&*ledger, "writer", "two", at(189), 100).expect("asked"));
        assert!(lease(&*ledger, "writer", "two", at(190), 100).expect("asked"));
        assert!(!release(&*ledger, "writer", "one").expect("asked"));
        assert!(release(&*ledger, "writer", "two").expect("asked"));
        assert!(lease(&*ledger, "writer", "one", at(191), 100).expect("asked"));
    });
}
