//! What every adapter promises.

use std::sync::Arc;

use leadsman_flow::ledger::LedgerError;

use super::*;
use crate::{BATCH_BYTES_MAX, VALUE_BYTES_MAX};

#[test]
fn a_batch_happens_as_a_whole() {
    on_both(|store| {
        let ledger = acme(store);
        commit(&*ledger, put(lead("a"), "1")).expect("committed");
        let batch = Batch {
            puts: vec![(lead("b"), b"2".to_vec())],
            deletes: vec![lead("a")],
            adds: add(load("rep"), 2, 5).adds,
            appends: vec![(Key::of(Space::Journal).text("a"), b"entry".to_vec())],
            ..Batch::default()
        };
        let receipt = commit(&*ledger, batch).expect("committed");
        assert_eq!(receipt, Receipt { seq: 2, sums: vec![2] });
        assert_eq!(ledger.multi_get(&[lead("a"), lead("b")]).expect("read"), [None, Some(b"2".to_vec())]);
        assert_eq!(ledger.sum(&load("rep")).expect("read"), 2);
        assert_eq!(rows(&*ledger, &Key::of(Space::Journal).text("a"), 10).len(), 1);
    });
}

#[test]
fn a_batch_that_is_refused_leaves_nothing_behind() {
    on_both(|store| {
        let ledger = acme(store);
        commit(&*ledger, put(lead("a"), "1")).expect("committed");
        let everything = |expects| Batch {
            expects,
            puts: vec![(lead("b"), b"2".to_vec())],
            deletes: vec![lead("a")],
            adds: vec![
                Add { key: load("x"), delta: 1, min: 0, max: 9 },
                Add { key: load("y"), delta: 10, min: 0, max: 9 },
            ],
            appends: vec![(Key::of(Space::Journal).text("a"), b"entry".to_vec())],
        };
        let conflict = commit(&*ledger, everything(vec![(lead("a"), None)]));
        assert_eq!(conflict, Err(CommitError::Conflict { key: lead("a") }));
        let bounds = commit(&*ledger, everything(vec![]));
        assert_eq!(bounds, Err(CommitError::OutOfBounds { key: load("y"), sum: 10 }));
        assert_eq!(ledger.get(&lead("a")).expect("read"), Some(b"1".to_vec()));
        assert_eq!(ledger.get(&lead("b")).expect("read"), None);
        assert_eq!(ledger.sum(&load("x")).expect("read"), 0);
        assert_eq!(rows(&*ledger, &Key::of(Space::Journal), 10), []);
        assert_eq!(store.last_seq(), 1, "a refused batch has no number");
    });
}

#[test]
fn what_is_expected_may_be_nothing_or_a_value() {
    on_both(|store| {
        let ledger = acme(store);
        let expecting = |value: Option<&str>, new: &str| Batch {
            expects: vec![(lead("a"), value.map(|value| value.as_bytes().to_vec()))],
            ..put(lead("a"), new)
        };
        commit(&*ledger, expecting(None, "1")).expect("nothing was there");
        let conflict = Err(CommitError::Conflict { key: lead("a") });
        assert_eq!(commit(&*ledger, expecting(None, "2")), conflict);
        assert_eq!(commit(&*ledger, expecting(Some("3"), "2")), conflict);
        commit(&*ledger, expecting(Some("1"), "2")).expect("it was so");
        assert_eq!(ledger.get(&lead("a")).expect("read"), Some(b"2".to_vec()));
    });
}

#[test]
fn counters_keep_their_bounds_and_add_up_within_a_batch() {
    on_both(|store| {
        let ledger = acme(store);
        let twice = Batch {
            adds: [add(load("r"), 2, 5).adds, add(load("r"), 3, 5).adds].concat(),
            ..Batch::default()
        };
        assert_eq!(commit(&*ledger, twice).expect("committed").sums, [2, 5]);
        assert_eq!(
            commit(&*ledger, add(load("r"), 1, 5)),
            Err(CommitError::OutOfBounds { key: load("r"), sum: 6 })
        );
        assert_eq!(
            commit(&*ledger, add(load("r"), -6, 5)),
            Err(CommitError::OutOfBounds { key: load("r"), sum: -1 })
        );
        assert_eq!(commit(&*ledger, add(load("r"), -5, 5)).expect("committed").sums, [0]);
        let most = Batch {
            adds: vec![Add { key: load("m"), delta: i64::MAX, min: 0, max: i64::MAX }],
            ..Batch::default()
        };
        commit(&*ledger, most.clone()).expect("committed");
        assert!(matches!(commit(&*ledger, most), Err(CommitError::OutOfBounds { sum: i64::MAX, .. })));
    });
}

#[test]
fn a_value_that_is_no_counter_cannot_be_added_to() {
    on_both(|store| {
        let ledger = acme(store);
        commit(&*ledger, put(load("r"), "text")).expect("committed");
        assert!(matches!(
            commit(&*ledger, add(load("r"), 1, 5)),
            Err(CommitError::Ledger(LedgerError::Damaged { .. }))
        ));
        assert!(ledger.sum(&load("r")).is_err());
    });
}

#[test]
fn streams_read_in_the_order_of_commits() {
    on_both(|store| {
        let ledger = acme(store);
        let stream = Key::of(Space::Journal).text("a");
        let mut expected = Vec::new();
        for round in 0..20_u8 {
            let appends = (0..3).map(|index| (stream.clone(), vec![round, index])).collect();
            let seq = commit(&*ledger, Batch { appends, ..Batch::default() }).expect("committed").seq;
            expected.extend(
                (0..3).map(|index| (stream.clone().number(seq).number(u64::from(index)), vec![round, index])),
            );
        }
        assert_eq!(rows(&*ledger, &stream, 7), expected);
    });
}

#[test]
fn scans_are_ordered_paged_and_stay_below_their_prefix() {
    on_both(|store| {
        let ledger = acme(store);
        let key = |pool: &str, at: u64| Key::of(Space::ByPool).text(pool).number(at);
        for at in [5, 1, 9, 256, 2, 70_000] {
            for pool in ["in", "inbound", "out"] {
                commit(&*ledger, put(key(pool, at), at.to_string())).expect("committed");
            }
        }
        commit(&*ledger, Batch { deletes: vec![key("in", 9)], ..Batch::default() }).expect("committed");
        for limit in 1..8 {
            let seen = rows(&*ledger, &Key::of(Space::ByPool).text("in"), limit);
            let expected = [1, 2, 5, 256, 70_000].map(|at: u64| (key("in", at), at.to_string().into_bytes()));
            assert_eq!(seen, expected);
        }
        let all = rows(&*ledger, &Key::of(Space::ByPool), 1_000);
        assert_eq!(all.len(), 17);
        assert!(all.is_sorted());
        let page = ledger.scan(&Key::of(Space::ByPool).text("in"), Some(&key("in", 3)), 1).expect("a page");
        assert_eq!((page.rows[0].0.clone(), page.next), (key("in", 5), Some(key("in", 256))));
        let page = ledger.scan(&Key::of(Space::ByPool).text("in"), Some(&key("out", 0)), 9).expect("a page");
        assert_eq!(page, Default::default(), "a cursor behind the prefix is at the end");
    });
}

#[test]
fn tenants_see_nothing_of_each_other() {
    on_both(|store| {
        let names = ["acme", "acme-2", "acme.x", "b"];
        for name in names {
            commit(&*store.tenant(&tenant(name)), put(lead("a"), name)).expect("committed");
        }
        commit(&*store.system(), put(lead("a"), "system")).expect("committed");
        for name in names {
            let ledger = store.tenant(&tenant(name));
            assert_eq!(rows(&*ledger, &Key::of(Space::Lead), 10), [(lead("a"), name.as_bytes().to_vec())]);
            let digest = ledger.blob_put(name.as_bytes()).expect("stored");
            assert_eq!(ledger.blob_get(&digest).expect("read"), Some(name.as_bytes().to_vec()));
            assert_eq!(store.system().blob_get(&digest).expect("read"), None);
        }
        assert_eq!(store.system().get(&lead("a")).expect("read"), Some(b"system".to_vec()));
        let mut tenants = store.tenants().expect("read");
        tenants.sort();
        assert_eq!(tenants, names.map(tenant));
    });
}

#[test]
fn long_values_and_their_replacements_read_back() {
    on_both(|store| {
        let ledger = acme(store);
        let lengths = [0, 1, 7 << 10, (7 << 10) + 1, 7155, 7156, 40_000, VALUE_BYTES_MAX, 14_310, 3, 20_000];
        for (round, length) in lengths.into_iter().enumerate() {
            let value: Vec<u8> = (0..length).map(|at| (at * 31 + round) as u8).collect();
            commit(&*ledger, put(lead("long"), value.clone())).expect("committed");
            store.checkpoint().expect("settled");
            assert_eq!(ledger.get(&lead("long")).expect("read"), Some(value.clone()));
            assert_eq!(rows(&*ledger, &Key::of(Space::Lead), 10), [(lead("long"), value)]);
        }
        commit(&*ledger, Batch { deletes: vec![lead("long")], ..Batch::default() }).expect("committed");
        store.checkpoint().expect("settled");
        assert_eq!(rows(&*ledger, &Key::of(Space::Lead), 10), []);
    });
}

#[test]
fn what_is_too_large_is_refused() {
    on_both(|store| {
        let ledger = acme(store);
        let refused =
            |batch| matches!(commit(&*ledger, batch), Err(CommitError::Ledger(LedgerError::TooLarge { .. })));
        assert!(refused(put(lead("a"), vec![0; VALUE_BYTES_MAX + 1])));
        assert!(refused(put(lead(&"a".repeat(600)), "1")));
        let many = (0..=BATCH_BYTES_MAX / VALUE_BYTES_MAX)
            .map(|at| (lead(&at.to_string()), vec![0; VALUE_BYTES_MAX]));
        assert!(refused(Batch { puts: many.collect(), ..Batch::default() }));
        assert_eq!(store.last_seq(), 0);
    });
}

#[test]
fn a_closed_store_takes_no_commits_but_can_be_read() {
    on_both(|store| {
        let ledger = acme(store);
        commit(&*ledger, put(lead("a"), "1")).expect("committed");
        store.close();
        assert_eq!(commit(&*ledger, put(lead("a"), "2")), Err(CommitError::Ledger(LedgerError::Closed)));
        assert_eq!(ledger.get(&lead("a")).expect("read"), Some(b"1".to_vec()));
    });
}

#[test]
fn a_cap_holds_against_64_threads() {
    on_both(|store| {
        const CAP: i64 = 100;
        let start = Arc::new(std::sync::Barrier::new(64));
        let threads: Vec<_> = (0..64)
            .map(|_| {
                let (ledger, start) = (acme(store), Arc::clone(&start));
                std::thread::spawn(move || {
                    start.wait();
                    let tries = (0..10).map(|_| commit(&*ledger, add(load("rep"), 1, CAP)));
                    tries.filter(Result::is_ok).count()
                })
            })
            .collect();
        let taken: usize = threads.into_iter().map(|thread| thread.join().expect("no panic")).sum();
        assert_eq!(taken as i64, CAP);
        assert_eq!(acme(store).sum(&load("rep")).expect("read"), CAP);
        assert_eq!(store.last_seq() as i64, CAP);
    });
}

#[test]
fn decisions_on_one_value_never_overwrite_each_other() {
    on_both(|store| {
        let threads: Vec<_> = (0..8)
            .map(|_| {
                let ledger = acme(store);
                std::thread::spawn(move || (0..25).for_each(|_| increment(&*ledger)))
            })
            .collect();
        threads.into_iter().for_each(|thread| thread.join().expect("no panic"));
        assert_eq!(acme(store).get(&lead("n")).expect("read"), Some(b"200".to_vec()));
    });
}

fn increment(ledger: &dyn Ledger) {
    loop {
        let before = ledger.get(&lead("n")).expect("read");
        let number = before
            .as_deref()
            .map_or(0, |text| String::from_utf8_lossy(text).parse::<u32>().expect("a number"));
        let batch = Batch { expects: vec![(lead("n"), before)], ..put(lead("n"), (number + 1).to_string()) };
        match commit(ledger, batch) {
            Ok(_) => return,
            Err(CommitError::Conflict { .. }) => {}
            Err(other) => panic!("{other}"),
        }
    }
}

#[test]
fn long_values_are_never_seen_in_part_while_they_are_replaced() {
    on_both(|store| {
        let (ledger, done) = (acme(store), std::sync::atomic::AtomicBool::new(false));
        commit(&*ledger, put(lead("long"), vec![0; 60_000])).expect("committed");
        std::thread::scope(|scope| {
            scope.spawn(|| {
                for round in 1..60_u8 {
                    let len = if round.is_multiple_of(3) { 100 } else { 60_000 + usize::from(round) * 100 };
                    commit(&*acme(store), put(lead("long"), vec![round; len])).expect("committed");
                }
                done.store(true, std::sync::atomic::Ordering::Release);
            });
            while !done.load(std::sync::atomic::Ordering::Acquire) {
                let read = ledger.get(&lead("long")).expect("read").expect("there");
                let scanned = rows(&*ledger, &Key::of(Space::Lead), 10).pop().expect("there").1;
                for value in [read, scanned] {
                    assert!(value.iter().all(|byte| *byte == value[0]), "of one round");
                }
                assert_eq!(store.verify(&mut |_| {}).problems, []);
            }
        });
    });
}

#[test]
fn a_barrier_waits_for_everything_before_it_and_writes_nothing_where_nothing_waits() {
    on_both(|store| {
        let ledger = acme(store);
        let waiting: Vec<_> = (0..20)
            .map(|number| ledger.commit(put(lead(&number.to_string()), "1")).expect("accepted"))
            .collect();
        ledger.barrier().expect("accepted").wait().expect("durable");
        let receipts: Vec<_> =
            waiting.into_iter().map(|ticket| ticket.wait().expect("durable").seq).collect();
        assert_eq!(receipts, (1..=20).collect::<Vec<_>>());
        let settled = store.last_seq();
        ledger.barrier().expect("accepted").wait().expect("durable");
        assert_eq!(store.last_seq(), settled);
    });
}
