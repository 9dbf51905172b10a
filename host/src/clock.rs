//! The edge at which wall-clock time comes in. Nothing else reads a clock.

use std::time::{Duration, Instant};

use leadsman_domain::Timestamp;
use leadsman_flow::Instruments;

/// The wall clock's time.
#[expect(clippy::disallowed_methods, reason = "this is the edge")]
pub fn now() -> Timestamp {
    Timestamp::from_ms(chrono::Utc::now().timestamp_millis())
}

/// Measures how long a command takes.
pub struct Stopwatch(Instant);

impl Instruments for Stopwatch {
    fn now(&self) -> Duration {
        self.elapsed()
    }

    fn committed(&self, _: Duration) {}
}

impl Stopwatch {
    /// Starts now.
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// The time since the start.
    pub fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }

    /// Seconds since the start.
    pub fn seconds(&self) -> f64 {
        self.0.elapsed().as_secs_f64()
    }
}
