//! Exports and imports.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::*;
use crate::{Manifest, OpenError, Progress};

fn fill(store: &Store) {
    for name in ["acme", "b.v"] {
        let ledger = store.tenant(&tenant(name));
        for number in 0..120 {
            let len = if number % 40 == 0 { 30_000 } else { 100 };
            let mut batch = put(lead(&number.to_string()), vec![number as u8; len]);
            batch.appends.push((Key::of(Space::Journal).text("j"), name.as_bytes().to_vec()));
            commit(&*ledger, batch).expect("committed");
        }
        ledger.blob_put(name.as_bytes()).expect("stored");
    }
    commit(&*store.system(), put(Key::of(Space::Token).text("t"), "hash")).expect("committed");
}

type Contents = Vec<(Key, Vec<u8>)>;

fn contents(store: &Store) -> Vec<Contents> {
    let ledgers = [store.tenant(&tenant("acme")), store.tenant(&tenant("b.v")), store.system()];
    let spaces = [Space::Lead, Space::Journal, Space::Token, Space::Load];
    let below = |ledger: &Arc<dyn Ledger>| {
        spaces.into_iter().flat_map(|space| rows(&**ledger, &Key::of(space), 1_000)).collect()
    };
    ledgers.iter().map(below).collect()
}

fn export(store: &Store) -> (Vec<u8>, Manifest) {
    let mut bytes = Vec::new();
    let manifest = store.export(&mut bytes, &mut |_| {}).expect("exported");
    (bytes, manifest)
}

fn import(bytes: &[u8]) -> Result<(tempfile::TempDir, Manifest), OpenError> {
    let dir = tempfile::tempdir().expect("a folder");
    let manifest = Store::import(dir.path(), SMALL, &mut &bytes[..], &mut |_: Progress| {})?;
    Ok((dir, manifest))
}

#[test]
fn an_export_becomes_the_same_store_elsewhere() {
    on_both(|store| {
        fill(store);
        let (bytes, manifest) = export(store);
        assert_eq!((manifest.last_seq, manifest.records, manifest.blobs), (241, 481, 2));
        let (dir, imported) = import(&bytes).expect("imported");
        assert_eq!(imported, manifest);
        let (copy, report) = open(dir.path());
        assert_eq!((report.rebuilt, report.torn_bytes), (None, 0));
        assert_eq!(contents(&copy), contents(store));
        assert_eq!(copy.tenants().expect("read"), store.tenants().expect("read"));
        let digest = leadsman_domain::Digest::of(b"acme");
        assert_eq!(acme(&copy).blob_get(&digest).expect("read"), Some(b"acme".to_vec()));
        assert!(copy.last_seq() > 241, "numbers go on, so streams keep their order");
        assert_eq!(copy.verify(&mut |_| {}).problems, []);
        drop(copy);
        Store::rebuild(dir.path(), SMALL, &mut |_| {}).expect("rebuilt");
        let (copy, _) = open(dir.path());
        assert_eq!(contents(&copy), contents(store));
    });
}

#[test]
fn an_export_of_an_empty_store_is_an_empty_store() {
    on_both(|store| {
        let (dir, manifest) = import(&export(store).0).expect("imported");
        assert_eq!(manifest, Manifest::default());
        assert_eq!(open(dir.path()).0.tenants().expect("read"), []);
    });
}

#[test]
fn an_export_taken_while_others_write_is_what_one_commit_left() {
    let dir = tempfile::tempdir().expect("a folder");
    let (store, _) = open(dir.path());
    fill(&store);
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        // Both leads always change together, so a copy in which they differ is torn.
        scope.spawn(|| {
            let ledger = acme(&store);
            let mut round = 0_u32;
            while !stop.load(Ordering::Relaxed) {
                round += 1;
                let value = round.to_be_bytes().to_vec();
                let puts = vec![(lead("0"), value.clone()), (lead("99"), value)];
                commit(
                    &*ledger,
                    Batch { puts, adds: add(load("rep"), 1, 9_999_999).adds, ..Batch::default() },
                )
                .expect("committed");
            }
        });
        for _ in 0..10 {
            let (copy_dir, manifest) = import(&export(&store).0).expect("imported");
            let (copy, _) = open(copy_dir.path());
            let ledger = acme(&copy);
            assert_eq!(
                ledger.get(&lead("0")).expect("read").map(|value| value.len()),
                ledger.get(&lead("99")).expect("read").map(|value| if value.len() == 4 { 4 } else { 30_000 })
            );
            let sum = ledger.sum(&load("rep")).expect("read");
            assert_eq!(sum as u64, manifest.last_seq - 241);
            if sum > 0 {
                assert_eq!(ledger.get(&lead("0")).expect("read"), Some((sum as u32).to_be_bytes().to_vec()));
                assert_eq!(ledger.get(&lead("99")).expect("read"), Some((sum as u32).to_be_bytes().to_vec()));
            }
        }
        stop.store(true, Ordering::Relaxed);
    });
}

#[test]
fn an_export_that_is_cut_or_changed_is_refused_and_leaves_no_store() {
    let store = Store::in_memory();
    commit(&*acme(&store), put(lead("a"), "1")).expect("committed");
    acme(&store).blob_put(b"blob").expect("stored");
    let (bytes, _) = export(&store);
    for cut in 0..bytes.len() {
        assert!(import(&bytes[..cut]).is_err(), "cut to {cut}");
    }
    for at in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 4;
        assert!(import(&changed).is_err(), "changed at {at}");
    }
    let dir = tempfile::tempdir().expect("a folder");
    Store::import(dir.path(), SMALL, &mut &bytes[..40], &mut |_| {}).expect_err("cut");
    assert!(matches!(Store::open(dir.path(), SMALL), Err(OpenError::Unfinished { .. })));
    let used = tempfile::tempdir().expect("a folder");
    drop(open(used.path()));
    let refused = Store::import(used.path(), SMALL, &mut &bytes[..], &mut |_| {});
    assert!(matches!(refused, Err(OpenError::NotEmpty { .. })));
}
