//! Counts its calls in its memory: in a fresh sandbox every call is the first.

use std::sync::atomic::{AtomicU32, Ordering};

pub static CALLS: AtomicU32 = AtomicU32::new(0);

leadsman_guests::scorer!(|_| {
    let call = CALLS.fetch_add(1, Ordering::Relaxed) + 1;
    Ok(Assessment::new().fit("calls", f64::from(call), "How often it was called."))
});
