//! Writes far more than a log holds, with control characters, then panics.

leadsman_guests::scorer!(|_| {
    for line in 0..2_000 {
        println!("line {line} \u{1b}[31mred\u{7}");
    }
    panic!("\u{1b}[2Jgone");
});
