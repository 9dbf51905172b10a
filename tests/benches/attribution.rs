//! What attribution of a million touches costs, by the program: a file of made-up journeys, read, weighed by a plugin
//! in a fresh sandbox each or by a model that is learned, and added up. The number of touches may be given.
//!
//! `cargo bench --workspace --bench attribution -- 100000`

#![expect(clippy::unwrap_used, reason = "a measurement that fails has nothing to report")]

use std::fmt::Write as _;
use std::process::{Command, Stdio};
use std::time::Instant;

/// Touches of a journey, on average.
const TOUCHES_OF_JOURNEY: u64 = 5;

/// Of so many journeys one converts.
const CONVERTS: u64 = 5;

const CHANNELS: u64 = 12;

fn main() {
    let touches = std::env::args().find_map(|argument| argument.parse().ok()).unwrap_or(1_000_000);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("touches.csv");
    std::fs::write(&file, journeys(touches)).unwrap();
    let cache = folder.path().join("cache");
    let attribute = |model: &[&str]| {
        let mut program = Command::new(env!("CARGO_BIN_EXE_leadsman-under-test"));
        let program = program.env("LEADSMAN_CACHE", &cache).arg("attribute").arg(&file).args(model);
        assert!(program.stdout(Stdio::null()).status().unwrap().success());
    };
    // The first run compiles the plugin.
    attribute(&["--model", "linear"]);
    for model in [
        ["--model", "linear", "--order", "1"],
        ["--model", "time-decay", "--order", "1"],
        ["--model", "markov", "--order", "1"],
        ["--model", "markov", "--order", "2"],
        ["--model", "markov", "--order", "3"],
        ["--model", "shapley", "--order", "1"],
        ["--model", "shapley-simplified", "--order", "1"],
    ] {
        let began = Instant::now();
        attribute(&model);
        println!("{touches} touches by {:<20} {:?}", format!("{} {}", model[1], model[3]), began.elapsed());
    }
}

/// A file of so many touches.
fn journeys(touches: u64) -> String {
    let mut file = String::from("customer_id,time,channel,conversion,conversion_value\n");
    let mut chance = 7_u64;
    let mut draw = |below: u64| {
        // Knuth's generator; its upper bits are good enough for made-up journeys.
        chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (chance >> 33) % below
    };
    let (mut customer, mut left) = (0, 0);
    for _ in 0..touches {
        if left == 0 {
            (customer, left) = (customer + 1, 1 + draw(2 * TOUCHES_OF_JOURNEY - 1));
        }
        left -= 1;
        let converts = left == 0 && draw(CONVERTS) == 0;
        let (day, hour, minute) = (1 + draw(28), draw(24), draw(60));
        let (channel, value) = (draw(CHANNELS), if converts { 100 + draw(900) } else { 0 });
        writeln!(
            file,
            "customer-{customer},2026-03-{day:02}T{hour:02}:{minute:02}:00Z,channel-{channel},{},{value}.50",
            u8::from(converts)
        )
        .unwrap();
    }
    file.replace(",0,0.50\n", ",0,0\n")
}
