//! What a store on disk keeps, reports and refuses.

use std::fs::{self, File};
use std::os::unix::fs::FileExt;
use std::path::PathBuf;

use super::*;
use crate::{Committed, OpenError, Rebuilt};

/// A store with some commits in it, closed again.
fn filled(dir: &Path, commits: u32) {
    let (store, _) = open(dir);
    let ledger = acme(&store);
    for number in 0..commits {
        let batch = Batch {
            adds: add(load("rep"), 1, 1_000_000).adds,
            ..put(lead(&number.to_string()), vec![7; 300])
        };
        commit(&*ledger, batch).expect("committed");
    }
}

fn holds(store: &Store, commits: u32) {
    let ledger = acme(store);
    assert_eq!(rows(&*ledger, &Key::of(Space::Lead), 100).len() as u32, commits);
    assert_eq!(ledger.sum(&load("rep")).expect("read"), i64::from(commits));
    assert_eq!(store.last_seq(), u64::from(commits));
}

fn segments(dir: &Path) -> Vec<PathBuf> {
    crate::files::entries(&dir.join("log")).expect("listed")
}

/// Where the log's last commit of a segment ends.
fn end_of(segment: &Path) -> usize {
    let bytes = fs::read(segment).expect("read");
    bytes.iter().rposition(|&byte| byte != 0).map_or(0, |last| last + 1)
}

#[test]
fn everything_is_there_when_it_is_opened_again() {
    let dir = tempfile::tempdir().expect("a folder");
    let (store, report) = open(dir.path());
    assert!(report.created);
    let digest = acme(&store).blob_put(b"a long payload").expect("stored");
    drop(store);
    filled(dir.path(), 500);
    assert!(segments(dir.path()).len() >= 3, "many segments");
    for _ in 0..3 {
        let (store, report) = open(dir.path());
        assert_eq!(
            report,
            OpenReport { last_seq: 500, reapplied: report.reapplied, ..OpenReport::default() }
        );
        holds(&store, 500);
        assert_eq!(acme(&store).blob_get(&digest).expect("read"), Some(b"a long payload".to_vec()));
    }
}

#[test]
fn after_a_checkpoint_nothing_is_applied_again() {
    let dir = tempfile::tempdir().expect("a folder");
    filled(dir.path(), 50);
    let (store, _) = open(dir.path());
    store.checkpoint().expect("durable");
    drop(store);
    assert_eq!(open(dir.path()).1.reapplied, 0);
}

#[test]
fn a_second_opening_is_refused_while_the_first_holds_the_folder() {
    let dir = tempfile::tempdir().expect("a folder");
    let (store, _) = open(dir.path());
    let ledger = acme(&store);
    drop(store);
    assert!(matches!(Store::open(dir.path(), SMALL), Err(OpenError::Held { .. })));
    assert!(matches!(Store::rebuild(dir.path(), SMALL, &mut |_| {}), Err(OpenError::Held { .. })));
    drop(ledger);
    open(dir.path());
}

#[test]
fn a_log_that_is_cut_anywhere_in_its_last_commit_loses_only_that() {
    let source = tempfile::tempdir().expect("a folder");
    filled(source.path(), 5);
    let segment = segments(source.path()).pop().expect("a segment");
    let whole = fs::read(&segment).expect("read");
    let end = end_of(&segment);
    let start = end_of_commit(&whole, 4);
    let dir = tempfile::tempdir().expect("a folder");
    for cut in start..end {
        let place = dir.path().join("log").join(crate::files::name_of(&segment));
        fs::create_dir_all(dir.path().join("log")).expect("made");
        fs::copy(source.path().join("format"), dir.path().join("format")).expect("copied");
        let mut torn = whole.clone();
        torn[cut..].fill(0);
        fs::write(&place, torn).expect("written");
        let tail = crate::log::tail::find(&dir.path().join("log")).expect("found");
        assert_eq!((tail.last_seq, tail.offset), (4, start), "cut at {cut}");
        // Trailing zeros of a frame do not show.
        assert!(tail.torn_bytes <= (cut - start) as u64);
        let log = crate::log::writer::Log::resume(&dir.path().join("log"), tail, 64 << 10).expect("resumed");
        drop(log);
        assert_eq!(end_of(&place), start, "nothing is left of it");
    }
    fs::remove_dir_all(dir.path().join("log")).expect("removed");
    copy_log(source.path(), dir.path());
    let place = dir.path().join("log").join(crate::files::name_of(&segment));
    File::options().write(true).open(&place).and_then(|file| file.set_len(end as u64 - 3)).expect("cut");
    let (store, report) = open(dir.path());
    assert_eq!(report.last_seq, 4);
    assert!((1..=(end - start) as u64).contains(&report.torn_bytes));
    holds(&store, 4);
    commit(&*acme(&store), put(lead("new"), "1")).expect("it goes on");
    assert_eq!(store.verify(&mut |_| {}).problems, []);
}

#[test]
fn a_write_of_several_commits_may_be_torn_anywhere() {
    use crate::front::Sink;
    use crate::log::{frame, tail, writer::Log};
    let dir = tempfile::tempdir().expect("a folder");
    let mut log = Log::begin(dir.path(), 0, 64 << 10).expect("begun");
    let group = |numbers: std::ops::RangeInclusive<u64>| {
        let mut frames = Vec::new();
        numbers.for_each(|seq| {
            frame::push(&mut frames, frame::Kind::Commit, seq, |payload| {
                payload.resize(payload.len() + 50, 9)
            })
        });
        frames
    };
    log.append(&mut group(1..=2), 2).expect("written");
    log.append(&mut group(3..=6), 6).expect("written");
    let path = dir.path().join("000000000001.log");
    let whole = fs::read(&path).expect("read");
    let frame = frame::HEADER_BYTES + 50;
    let first = crate::log::segment::HEADER_BYTES;
    for number in 1..=6 {
        let mut torn = whole.clone();
        torn[first + (number - 1) * frame + 30] ^= 1;
        fs::write(&path, torn).expect("written");
        let found = tail::find(dir.path());
        if number <= 2 {
            assert!(
                matches!(found, Err(OpenError::LogDamaged { .. })),
                "{number} was durable before 3 was written"
            );
        } else {
            // The last write may have lost any of its pages; it was never acknowledged.
            assert_eq!(found.expect("found").last_seq, number as u64 - 1);
        }
    }
}

#[test]
fn damage_in_the_middle_is_refused_and_nothing_is_touched() {
    let dir = tempfile::tempdir().expect("a folder");
    filled(dir.path(), 100);
    let segment = segments(dir.path()).pop().expect("a segment");
    let whole = fs::read(&segment).expect("read");
    let end = end_of(&segment);
    let last = end_of_last_but_one(&whole);
    for at in (32..last).step_by(131) {
        let mut flipped = whole.clone();
        flipped[at] ^= 0x10;
        fs::write(&segment, &flipped).expect("written");
        let refused = Store::open(dir.path(), SMALL).map(|(_, report)| report);
        assert!(matches!(refused, Err(OpenError::LogDamaged { .. })), "a flip at {at} of {end}: {refused:?}");
        assert_eq!(fs::read(&segment).expect("read"), flipped);
    }
    fs::write(&segment, &whole).expect("written");
    holds(&open(dir.path()).0, 100);
}

#[test]
fn a_segment_that_was_being_born_is_removed_and_one_that_is_missing_is_noticed() {
    let dir = tempfile::tempdir().expect("a folder");
    filled(dir.path(), 500);
    let unborn = dir.path().join("log").join(format!("{:012}.log", segments(dir.path()).len() + 1));
    for content in [&[][..], &[b'L'; 9]] {
        fs::write(&unborn, content).expect("written");
        holds(&open(dir.path()).0, 500);
        assert!(!unborn.exists());
    }
    fs::remove_file(&segments(dir.path())[1]).expect("removed");
    fs::remove_dir_all(dir.path().join("state")).expect("removed");
    assert!(matches!(Store::open(dir.path(), SMALL), Err(OpenError::LogDamaged { .. })));
}

#[test]
fn a_state_that_is_ahead_of_its_log_is_refused() {
    let dir = tempfile::tempdir().expect("a folder");
    filled(dir.path(), 20);
    open(dir.path()).0.checkpoint().expect("durable");
    let segment = segments(dir.path()).pop().expect("a segment");
    let start = end_of_commit(&fs::read(&segment).expect("read"), 19);
    File::options().write(true).open(&segment).and_then(|file| file.set_len(start as u64)).expect("cut");
    assert!(matches!(
        Store::open(dir.path(), SMALL),
        Err(OpenError::LogBehindState { log_seq: 19, state_seq: 20 })
    ));
}

#[test]
fn a_rebuild_makes_the_same_state() {
    let dir = tempfile::tempdir().expect("a folder");
    filled(dir.path(), 300);
    let mut steps = Vec::new();
    let last = Store::rebuild(dir.path(), SMALL, &mut |step| steps.push(step)).expect("rebuilt");
    assert_eq!(last, 300);
    assert!(steps.contains(&crate::Progress::Applying { seq: 300, last_seq: 300 }));
    let (store, report) = open(dir.path());
    assert_eq!((report.rebuilt, report.reapplied), (None::<Rebuilt>, 0));
    holds(&store, 300);
}

#[test]
fn the_feed_tells_what_commits_did() {
    let dir = tempfile::tempdir().expect("a folder");
    filled(dir.path(), 400);
    let (store, _) = open(dir.path());
    let batch = Batch { deletes: vec![lead("0")], ..put(Key::of(Space::Token).text("t"), "1") };
    commit(&*store.system(), batch).expect("committed");
    let changes: Vec<Committed> =
        store.changes_since(250).expect("read").map(|one| one.expect("read")).collect();
    assert_eq!(changes.iter().map(|one| one.seq).collect::<Vec<_>>(), (251..=401).collect::<Vec<_>>());
    assert_eq!(changes[0].tenant, Some(tenant("acme")));
    assert_eq!(changes[0].writes[1], (load("rep"), Some(251_i64.to_be_bytes().to_vec())));
    let last = changes.last().expect("one");
    assert_eq!((&last.tenant, &last.writes[1]), (&None, &(lead("0"), None)));
    assert_eq!(store.changes_since(401).expect("read").count(), 0);
}

#[test]
fn blobs_that_are_damaged_are_noticed_and_mended() {
    let dir = tempfile::tempdir().expect("a folder");
    let (store, _) = open(dir.path());
    let digest = acme(&store).blob_put(b"component").expect("stored");
    let text = digest.to_string();
    let path = dir.path().join("blobs/acme").join(&text[..2]).join(&text[2..]);
    File::options().write(true).open(&path).and_then(|file| file.write_all_at(b"C", 0)).expect("written");
    assert!(acme(&store).blob_get(&digest).is_err());
    assert_eq!(store.verify(&mut |_| {}).problems.len(), 1);
    acme(&store).blob_put(b"component").expect("stored");
    assert_eq!(acme(&store).blob_get(&digest).expect("read"), Some(b"component".to_vec()));
    let findings = store.verify(&mut |_| {});
    assert_eq!((findings.blobs, findings.problems.len()), (1, 0));
}

#[test]
fn the_scrub_finds_damage_in_an_older_segment() {
    let dir = tempfile::tempdir().expect("a folder");
    filled(dir.path(), 500);
    let (store, _) = open(dir.path());
    let findings = store.verify(&mut |_| {});
    assert_eq!((findings.commits, findings.records, findings.problems.len()), (500, 501, 0));
    let first = &segments(dir.path())[0];
    File::options().write(true).open(first).and_then(|file| file.write_all_at(b"!", 5_000)).expect("written");
    let findings = store.verify(&mut |_| {});
    // The commit, and the record whose value stands in it; the scrub goes on behind both.
    assert_eq!((findings.records, findings.problems.len()), (500, 2));
    let damaged = |number: &u32| acme(&store).get(&lead(&number.to_string())).is_err();
    assert_eq!((0..500).filter(damaged).count(), 1);
}

pub(super) fn copy_log(from: &Path, to: &Path) {
    fs::create_dir_all(to.join("log")).expect("made");
    fs::copy(from.join("format"), to.join("format")).expect("copied");
    for segment in segments(from) {
        fs::copy(&segment, to.join("log").join(crate::files::name_of(&segment))).expect("copied");
    }
}

/// Where commit number `seq` ends in the bytes of a segment.
fn end_of_commit(bytes: &[u8], seq: u64) -> usize {
    let mut at = crate::log::segment::HEADER_BYTES;
    while let crate::log::frame::Found::Whole(frame) = crate::log::frame::read(&bytes[at..]) {
        at += frame.len();
        if frame.seq == seq {
            break;
        }
    }
    at
}

fn end_of_last_but_one(bytes: &[u8]) -> usize {
    let (mut at, mut before) = (crate::log::segment::HEADER_BYTES, 0);
    while let crate::log::frame::Found::Whole(frame) = crate::log::frame::read(&bytes[at..]) {
        before = at;
        at += frame.len();
    }
    before
}
