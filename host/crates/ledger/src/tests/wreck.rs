//! Whatever happens to sled's files, everything acknowledged is there, or the refusal is clear.

use std::fs::{self, File};
use std::os::unix::fs::FileExt;
use std::path::PathBuf;

use super::*;
use crate::OpenError;

const COMMITS: u32 = 150;

/// What the store holds, with values short and long, some replaced and some deleted.
fn make(dir: &Path) -> Vec<(Key, Vec<u8>)> {
    let (store, _) = open(dir);
    let ledger = acme(&store);
    for number in 0..COMMITS {
        let len = if number.is_multiple_of(10) { 20_000 } else { 400 };
        let mut batch = put(lead(&(number % 100).to_string()), vec![number as u8; len]);
        batch.deletes.push(lead(&((number + 50) % 100).to_string()));
        batch.adds = add(load("rep"), 1, 1_000_000).adds;
        commit(&*ledger, batch).expect("committed");
        if number == COMMITS / 2 {
            store.checkpoint().expect("durable");
        }
    }
    contents(&*ledger)
}

fn contents(ledger: &dyn Ledger) -> Vec<(Key, Vec<u8>)> {
    [Space::Lead, Space::Load].into_iter().flat_map(|space| rows(ledger, &Key::of(space), 1_000)).collect()
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("made");
    for path in crate::files::entries(from).expect("listed") {
        let target = to.join(crate::files::name_of(&path));
        if path.is_dir() { copy(&path, &target) } else { fs::copy(&path, target).map(drop).expect("copied") }
    }
}

/// Opens a store whose state was wrecked, and checks that all is there.
fn survives(dir: &Path, expected: &[(Key, Vec<u8>)], what: &str) -> OpenReport {
    let (store, report) = Store::open(dir, SMALL).unwrap_or_else(|error| panic!("{what}: {error:?}"));
    let ledger = acme(&store);
    let whole = store.verify(&mut |_| {}).problems.is_empty();
    if whole {
        assert!(contents(&*ledger) == expected, "{what}: the contents differ");
        commit(&*ledger, put(lead("new"), "1")).unwrap_or_else(|error| panic!("{what}: {error}"));
        return report;
    }
    // The damage lies where sled did not look: it is said, and a rebuild mends it.
    drop((ledger, store));
    Store::rebuild(dir, SMALL, &mut |_| {}).unwrap_or_else(|error| panic!("{what}: {error:?}"));
    let (store, _) = open(dir);
    assert!(contents(&*acme(&store)) == expected, "{what}: the contents differ after a rebuild");
    report
}

fn state_files(dir: &Path) -> Vec<PathBuf> {
    let entries = crate::files::entries(&dir.join("state")).expect("listed");
    entries.into_iter().filter(|path| path.is_file()).collect()
}

fn on_a_copy(
    source: &Path,
    wreck: impl FnOnce(&Path),
    expected: &[(Key, Vec<u8>)],
    what: &str,
) -> OpenReport {
    let dir = tempfile::tempdir().expect("a folder");
    copy(source, dir.path());
    wreck(dir.path());
    survives(dir.path(), expected, what)
}

#[test]
fn a_state_that_lost_files_is_made_anew() {
    let source = tempfile::tempdir().expect("a folder");
    let expected = make(source.path());
    for file in state_files(source.path()) {
        let name = crate::files::name_of(&file).to_owned();
        let remove = |dir: &Path| fs::remove_file(dir.join("state").join(&name)).expect("removed");
        let report = on_a_copy(source.path(), remove, &expected, &format!("without {name}"));
        if name == "db" {
            let rebuilt = report.rebuilt.expect("rebuilt");
            assert!(rebuilt.set_aside.is_some_and(|aside| aside.ends_with("state.damaged-1")));
        }
    }
    let empty = |dir: &Path| {
        fs::remove_dir_all(dir.join("state")).expect("removed");
        fs::create_dir(dir.join("state")).expect("made");
    };
    assert!(on_a_copy(source.path(), empty, &expected, "an empty folder").rebuilt.is_some());
    let gone = |dir: &Path| fs::remove_dir_all(dir.join("state")).expect("removed");
    let rebuilt = on_a_copy(source.path(), gone, &expected, "no folder").rebuilt.expect("rebuilt");
    assert_eq!(rebuilt.set_aside, None);
    let interrupted = |dir: &Path| drop(fs::write(dir.join("state/snap.00000000000000FF.generating"), "x"));
    assert_eq!(on_a_copy(source.path(), interrupted, &expected, "an interrupted open").rebuilt, None);
}

#[test]
fn a_state_that_is_cut_is_made_anew_or_caught_up() {
    let source = tempfile::tempdir().expect("a folder");
    let expected = make(source.path());
    for file in state_files(source.path()) {
        let name = crate::files::name_of(&file).to_owned();
        let len = fs::metadata(&file).expect("read").len();
        for eighth in 0..8 {
            let cut = |dir: &Path| {
                let file = File::options().write(true).open(dir.join("state").join(&name)).expect("opened");
                file.set_len(len * eighth / 8).expect("cut");
            };
            on_a_copy(source.path(), cut, &expected, &format!("{name} cut to {eighth}/8"));
        }
    }
}

#[test]
fn a_state_with_flipped_bits_is_made_anew_or_caught_up_or_found_out() {
    let source = tempfile::tempdir().expect("a folder");
    let expected = make(source.path());
    let mut random = Dice(11);
    for file in state_files(source.path()) {
        let name = crate::files::name_of(&file).to_owned();
        let whole = fs::read(&file).expect("read");
        let solid = whole.iter().rposition(|&byte| byte != 0).map_or(1, |last| last + 1);
        let flips = if name == "db" { 24 } else { 6 };
        for _ in 0..flips {
            let at = random.below(solid);
            let flipped = whole[at] ^ (1 << random.below(8));
            let flip = |dir: &Path| {
                let file = File::options().write(true).open(dir.join("state").join(&name)).expect("opened");
                file.write_all_at(&[flipped], at as u64).expect("written");
            };
            on_a_copy(source.path(), flip, &expected, &format!("{name} with a bit flipped at {at}"));
        }
    }
}

#[test]
fn a_lost_segment_header_never_leads_to_an_empty_store() {
    let source = tempfile::tempdir().expect("a folder");
    let expected = make(source.path());
    let len = fs::metadata(source.path().join("state/db")).expect("read").len();
    for at in (0..len).step_by(512 << 10) {
        let wipe = |dir: &Path| {
            let file = File::options().write(true).open(dir.join("state/db")).expect("opened");
            file.write_all_at(&[0; 20], at).expect("written");
        };
        on_a_copy(source.path(), wipe, &expected, &format!("no header at {at}"));
    }
}

#[test]
fn without_the_beginning_of_the_log_a_wrecked_state_is_left_alone_and_said() {
    let dir = tempfile::tempdir().expect("a folder");
    make(dir.path());
    let log = crate::files::entries(&dir.path().join("log")).expect("listed");
    assert!(log.len() > 2, "several segments");
    fs::remove_file(&log[0]).expect("archived");
    drop(open(dir.path()));
    fs::write(dir.path().join("state/db"), b"").expect("wrecked");
    assert!(matches!(Store::open(dir.path(), SMALL), Err(OpenError::LogIncomplete { .. })));
    assert!(dir.path().join("state").exists(), "nothing was moved");
    fs::remove_dir_all(dir.path().join("log")).expect("removed");
    assert!(matches!(Store::open(dir.path(), SMALL), Err(OpenError::LogIncomplete { .. })), "never on empty");
}
