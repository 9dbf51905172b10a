//! Calls itself without end.

#[expect(unconditional_recursion, reason = "this is what the guest is about")]
pub fn deeper(depth: u64) -> u64 {
    let room = std::hint::black_box([depth; 64]);
    deeper(depth + 1) + room[7]
}

leadsman_guests::scorer!(|_| {
    #[expect(clippy::cast_precision_loss, reason = "never gets here")]
    let points = deeper(0) as f64;
    Ok(Assessment::new().fit("deep", points, "Never said."))
});
