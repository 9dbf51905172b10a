//! A process that is killed at any moment loses nothing that it acknowledged, and doubles nothing.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use super::*;

/// Names the folder in which the child is to write.
const DIR: &str = "LEADSMAN_LEDGER_KILL_DIR";
const CHILD: &str = "tests::kill::writes_until_it_is_killed";
const KILLS: u32 = 32;
const THREADS: u64 = 6;

/// The child: not a test unless the other one starts it.
#[test]
fn writes_until_it_is_killed() {
    let Some(dir) = std::env::var_os(DIR).map(PathBuf::from) else { return };
    let (store, report) = open(&dir);
    assert_eq!(report.rebuilt, None, "a kill is no reason to rebuild");
    let threads: Vec<_> = (0..THREADS)
        .map(|thread| {
            let ledger = acme(&store);
            std::thread::spawn(move || write_for_ever(&*ledger, thread))
        })
        .collect();
    threads.into_iter().for_each(|thread| thread.join().expect("no panic"));
}

/// Counts up on a counter of its own; every commit leaves a lead, an entry and the sum.
fn write_for_ever(ledger: &dyn Ledger, thread: u64) {
    loop {
        let name = thread.to_string();
        let number = ledger.sum(&load(&name)).expect("read") + 1;
        let len = if number % 50 == 0 { 20_000 } else { 200 };
        let mut batch = put(lead(&name).number(number as u64), vec![thread as u8; len]);
        batch.adds = add(load(&name), 1, i64::MAX).adds;
        batch.appends = vec![(Key::of(Space::Journal).text(&name), number.to_be_bytes().to_vec())];
        commit(ledger, batch).expect("committed");
        // One write, so that a line is whole or not there.
        let line = format!("ack {thread} {number}\n");
        std::io::stdout().lock().write_all(line.as_bytes()).expect("told");
    }
}

/// Starts the child, and kills it when it has acknowledged so many commits.
fn run_and_kill(dir: &Path, acks: usize, acknowledged: &mut BTreeMap<u64, i64>) {
    let child = Command::new(std::env::current_exe().expect("this test"))
        .args(["--exact", CHILD, "--nocapture", "--test-threads=1"])
        .env(DIR, dir)
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn();
    let mut child = child.expect("started");
    let lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    let mut seen = 0;
    for line in lines.map_while(Result::ok) {
        let Some(rest) = line.split("ack ").nth(1) else { continue };
        let (thread, number) = rest.split_once(' ').expect("two numbers");
        let number: i64 = number.parse().expect("a number");
        let last = acknowledged.entry(thread.parse().expect("a number")).or_default();
        *last = number.max(*last);
        seen += 1;
        if seen == acks {
            child.kill().expect("killed");
        }
    }
    assert!(seen >= acks, "the child ended by itself");
    child.wait().expect("ended");
}

#[test]
fn nothing_acknowledged_is_lost_or_doubled_in_32_kills() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut random = Dice(3);
    let mut acknowledged = BTreeMap::new();
    for kill in 0..KILLS {
        run_and_kill(dir.path(), 1 + random.below(299), &mut acknowledged);
        let (store, report) = open(dir.path());
        assert_eq!(report.rebuilt, None, "kill {kill}");
        let ledger = acme(&store);
        for thread in 0..THREADS {
            let name = thread.to_string();
            let sum = ledger.sum(&load(&name)).expect("read");
            assert!(sum >= acknowledged.get(&thread).copied().unwrap_or(0), "kill {kill}: commits are lost");
            let leads = rows(&*ledger, &lead(&name), 1_000);
            assert_eq!(leads.len() as i64, sum, "kill {kill}: half a commit");
            let entries = rows(&*ledger, &Key::of(Space::Journal).text(&name), 1_000);
            let numbers: Vec<i64> = entries
                .iter()
                .map(|(_, entry)| i64::from_be_bytes(entry[..].try_into().expect("a number")))
                .collect();
            assert_eq!(numbers, (1..=sum).collect::<Vec<_>>(), "kill {kill}: an entry is lost or doubled");
        }
    }
    let (store, _) = open(dir.path());
    assert_eq!(store.verify(&mut |_| {}).problems, []);
}
