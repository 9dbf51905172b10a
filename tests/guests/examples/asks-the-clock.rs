//! Scores by the clock and by chance: the inert world makes both follow from the decision.

use std::hash::{BuildHasher as _, RandomState};
use std::time::SystemTime;

leadsman_guests::scorer!(|_| {
    #[expect(clippy::disallowed_methods, reason = "this is what the guest is about")]
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_millis());
    #[expect(clippy::cast_precision_loss, reason = "a figure, not an amount")]
    let (now, chance) = ((now % 1_000_000) as f64, (RandomState::new().hash_one(7) % 1_000_000) as f64);
    Ok(Assessment::new().fit("clock", now, "The time.").fit("chance", chance, "By chance."))
});
