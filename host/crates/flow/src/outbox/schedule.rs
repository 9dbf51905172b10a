//! When a message that could not be delivered is attempted again: as the Standard Webhooks specification
//! recommends, and a little later, differently for each message.

use leadsman_domain::{Digest, Timestamp};

const SECOND_MS: i64 = 1000;
const MINUTE_MS: i64 = 60 * SECOND_MS;
const HOUR_MS: i64 = 60 * MINUTE_MS;

/// How long after each attempt the next one is made, in milliseconds.
const DELAYS_MS: [i64; 9] = [
    5 * SECOND_MS,
    5 * MINUTE_MS,
    30 * MINUTE_MS,
    2 * HOUR_MS,
    5 * HOUR_MS,
    10 * HOUR_MS,
    14 * HOUR_MS,
    20 * HOUR_MS,
    24 * HOUR_MS,
];

/// The soonest and the latest that a receiver may ask for, in milliseconds.
const ASKED_MS: (i64, i64) = (SECOND_MS, 24 * HOUR_MS);

/// A delay grows by up to one part in so many.
const JITTER: i64 = 10;

/// When a message is attempted again that was attempted so often in vain; never, if that was the last time.
/// What the receiver asked for goes before the schedule, within bounds.
pub(super) fn next(
    now: Timestamp,
    message: &Digest,
    attempts: u32,
    asked_ms: Option<i64>,
) -> Option<Timestamp> {
    let place = usize::try_from(attempts.checked_sub(1)?).ok()?;
    let delay = *DELAYS_MS.get(place)?;
    let delay = asked_ms.map_or(delay, |asked| asked.clamp(ASKED_MS.0, ASKED_MS.1));
    let [high, low, ..] =
        Digest::of_parts([&message.as_bytes()[..], &attempts.to_be_bytes()]).first_16_bytes();
    let part = i64::from(u16::from_be_bytes([high, low]));
    Some(now.plus_ms(delay + delay / JITTER * part / i64::from(u16::MAX)))
}
