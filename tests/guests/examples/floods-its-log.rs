//! Writes far more than a log holds, with control characters, then panics.

#![expect(clippy::panic, reason = "this is what it is here for")]

leadsman_guests::scorer!(|_| {
    for line in 0..2_000 {
        println!("line {line} \u{1b}[31mred\u{7}");
    }
    panic!("\u{1b}[2Jgone");
});
