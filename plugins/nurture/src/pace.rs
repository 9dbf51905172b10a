//! When a message may be sent: not too many in a period, and only while a calendar is open.

use leadsman_sdk::calendar;
use leadsman_sdk::duration::DAY_MS;
use leadsman_sdk::prelude::*;

/// How long after its moment a message is still sent.
const GRACE_MS: i64 = DAY_MS;

/// At most so many messages in any period of this length, its end excluded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cap {
    /// At least 1.
    pub(crate) sends: usize,
    pub(crate) within_ms: i64,
}

/// The pace of messages.
pub(crate) struct Pace {
    pub(crate) cap: Option<Cap>,
    pub(crate) calendar: Option<String>,
}

impl Pace {
    /// When a message that is due at a moment is sent, given the moments of all that were sent, in order;
    /// `None` if that was missed.
    ///
    /// The moment of a message is the first, from when it is due on, at which cap and calendar allow it.
    /// It holds for a day, and until the calendar opens after that. Others may use up the cap
    /// meanwhile; then the message has a new moment.
    pub(crate) fn schedule(&self, due: Timestamp, sent: &[Timestamp], now: Timestamp) -> Option<Timestamp> {
        let mut moment = self.allowed(due, sent);
        while moment < now {
            let last = self.opening(moment.plus_millis(GRACE_MS));
            match self.forestalled(moment, last, sent) {
                Some(at) => moment = self.allowed(at, sent),
                None if now > last => return None,
                None => return Some(self.opening(now)),
            }
        }
        Some(moment)
    }

    /// The first moment from this one on at which both cap and calendar allow a message.
    fn allowed(&self, from: Timestamp, sent: &[Timestamp]) -> Timestamp {
        let mut moment = from;
        loop {
            let open = self.opening(self.free(moment, sent));
            if open == moment {
                return moment;
            }
            moment = open;
        }
    }

    /// When another message, after a moment and no later than a last one, used up the cap.
    fn forestalled(&self, moment: Timestamp, last: Timestamp, sent: &[Timestamp]) -> Option<Timestamp> {
        let after = &sent[sent.partition_point(|at| *at <= moment)..];
        let meanwhile = after.iter().take_while(|at| **at <= last);
        meanwhile.copied().find(|at| self.free(*at, sent) > *at)
    }

    /// The first moment from this one on at which the cap allows a message.
    fn free(&self, from: Timestamp, sent: &[Timestamp]) -> Timestamp {
        let Some(cap) = self.cap else { return from };
        let mut moment = from;
        loop {
            let until = sent.partition_point(|at| *at <= moment);
            // The message that must be out of the period before another can be in it.
            let Some(blocking) = until.checked_sub(cap.sends) else { return moment };
            let free = sent[blocking].plus_millis(cap.within_ms);
            if free <= moment {
                return moment;
            }
            moment = free;
        }
    }

    fn opening(&self, at: Timestamp) -> Timestamp {
        self.calendar.as_ref().map_or(at, |name| calendar::next_opening(name, at))
    }
}
