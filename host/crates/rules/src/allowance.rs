//! The time that a call may take: what the processor spends on it. A guest has nothing to wait for, so what goes
//! by beyond that is a machine that is busy with others, and no fault of the guest's.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};
use wasmtime::UpdateDeadline;

use crate::sandbox::TICK_MS;

/// Until when the processor may be at a call, in the time that it spent on this thread.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Allowance {
    until: Duration,
}

impl Allowance {
    /// So much from now on.
    pub(crate) fn of_ms(ms: u64) -> Self {
        Self { until: spent().saturating_add(Duration::from_millis(ms)) }
    }

    /// What becomes of a call that has taken its time by the clock on the wall.
    pub(crate) fn check(self) -> UpdateDeadline {
        match self.until.saturating_sub(spent()) {
            Duration::ZERO => UpdateDeadline::Interrupt,
            left => UpdateDeadline::Continue(ticks(u64::try_from(left.as_millis()).unwrap_or(u64::MAX))),
        }
    }
}

/// Milliseconds in ticks of the epoch, rounded up.
pub(crate) fn ticks(ms: u64) -> u64 {
    ms / TICK_MS + 1
}

/// What the processor spent on this thread so far.
fn spent() -> Duration {
    let spent = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(spent.tv_sec.unsigned_abs(), u32::try_from(spent.tv_nsec).unwrap_or(0))
}
