//! The answer as it grows, within what an answer may hold.

use leadsman_sdk::duration::MINUTE_MS;
use leadsman_sdk::prelude::*;

use crate::deeds;

/// About how many bytes of actions one answer holds. The rest is done a minute later.
const ACTION_BYTES_MAX: usize = 16 << 10;

/// The answer to one review.
pub(crate) struct Steps {
    now: Timestamp,
    answer: NextSteps,
    bytes: usize,
    moves: Vec<(Timestamp, Action)>,
    left_out: bool,
}

impl Steps {
    pub(crate) fn new(now: Timestamp) -> Self {
        Self { now, answer: NextSteps::nothing(), bytes: 0, moves: Vec::new(), left_out: false }
    }

    /// Whether this can still be done in this review.
    pub(crate) fn has_room_for(&self, deed: &Deed) -> bool {
        if deeds::moves(deed) { self.moves.is_empty() } else { self.bytes < ACTION_BYTES_MAX }
    }

    /// Notes that something must wait for the next review.
    pub(crate) fn postpone(&mut self) {
        self.left_out = true;
    }

    /// Adds an action that was due at a moment. The caller sees to it that it was not done already.
    pub(crate) fn act(&mut self, due: Timestamp, action: Action) {
        if deeds::moves(&action.deed) {
            self.moves.push((due, action));
        } else if self.has_room_for(&action.deed) {
            self.bytes += deeds::bytes(&action);
            self.answer.actions.push(action);
        } else {
            self.postpone();
        }
    }

    /// Asks to look again at a later moment.
    pub(crate) fn look_again(&mut self, moment: Timestamp) {
        self.change(|answer| answer.look_again(moment));
    }

    /// Shows a deadline and asks to look again then.
    pub(crate) fn deadline(&mut self, rule: &str, at: Timestamp, consequence: &str) {
        self.change(|answer| answer.deadline(rule, at, consequence));
    }

    /// The answer: what leaves the lead where it is, then the one move that was due first. What is left
    /// out must be seen in the light of that move, or did not fit, so it is looked at again soon.
    pub(crate) fn finish(mut self) -> NextSteps {
        self.moves.sort_by_key(|(due, _)| *due);
        let mut moves = std::mem::take(&mut self.moves).into_iter();
        self.answer.actions.extend(moves.next().map(|(_, action)| action));
        if self.left_out || moves.next().is_some() {
            self.look_again(self.now.plus_millis(MINUTE_MS));
        }
        self.answer
    }

    fn change(&mut self, change: impl FnOnce(NextSteps) -> NextSteps) {
        self.answer = change(std::mem::replace(&mut self.answer, NextSteps::nothing()));
    }
}
