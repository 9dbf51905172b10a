//! Recovery: bringing a state up to its log, and making it anew when it cannot be trusted.

use std::collections::BTreeMap;
use std::path::Path;

use leadsman_flow::ledger::LedgerError;

use crate::adapter::Adapter;
use crate::change::{self, Change};
use crate::error::OpenError;
use crate::files::{remove_dir, rename};
use crate::log::Position;
use crate::log::cursor::Cursor;
use crate::options::{OpenReport, Progress, Rebuilt};
use crate::place::Place;
use crate::state::State;
use crate::state::open::{self as state, Refusal};

/// Bytes of changes that are applied at a time.
const ROUND_BYTES: usize = 4 << 20;

/// What recovery works on.
pub(crate) struct Recovery<'run> {
    pub(crate) place: &'run Place,
    pub(crate) cache_bytes: u64,
    /// The last commit of the log.
    pub(crate) last_seq: u64,
    pub(crate) progress: &'run mut dyn FnMut(Progress),
}

impl Recovery<'_> {
    /// Opens the state and applies what it lacks, or makes it anew.
    pub(crate) fn recover(&mut self, report: &mut OpenReport) -> Result<State, OpenError> {
        let dir = self.place.state();
        (self.progress)(Progress::OpeningState);
        remove_dir(&self.place.state_in_making())?;
        if !dir.exists() {
            report.created = self.last_seq == 0;
            if !report.created {
                report.rebuilt = Some(Rebuilt { reason: "there was none".to_owned(), set_aside: None });
            }
            return self.make_anew();
        }
        let reason = match state::open(&dir, &self.place.log(), self.cache_bytes) {
            Ok(state) => match self.catch_up(&state) {
                Ok(reapplied) => {
                    report.reapplied = reapplied;
                    return Ok(state);
                }
                Err(OpenError::Records { source: source @ LedgerError::Damaged { .. }, .. }) => {
                    source.to_string()
                }
                Err(other) => return Err(other),
            },
            Err(Refusal::Damaged(reason)) => reason,
            Err(Refusal::Failed(error)) => return Err(error),
        };
        tracing::warn!(%reason, "the state is made anew from the log");
        // Nothing is moved before it is known that the log reaches back far enough.
        Cursor::at_origin(&self.place.log(), self.last_seq)?;
        let aside = self.place.state_set_aside();
        rename(&dir, &aside)?;
        report.rebuilt = Some(Rebuilt { reason, set_aside: Some(aside) });
        self.make_anew()
    }

    /// Makes the state anew from the whole log, and puts it in place.
    pub(crate) fn make_anew(&mut self) -> Result<State, OpenError> {
        let (making, dir, log) = (self.place.state_in_making(), self.place.state(), self.place.log());
        let made = state::create(&making, &log, self.cache_bytes, 0)?;
        if self.last_seq > 0 {
            self.apply(&made, Cursor::at_origin(&log, self.last_seq)?)?;
        }
        made.checkpoint().map_err(OpenError::records("making the state durable"))?;
        drop(made);
        state::sync_all(&making)?;
        remove_dir(&dir)?;
        rename(&making, &dir)?;
        state::open(&dir, &log, self.cache_bytes).map_err(|refusal| match refusal {
            Refusal::Failed(error) => error,
            Refusal::Damaged(cause) => OpenError::Records {
                operation: "opening the state that was just made",
                source: LedgerError::Damaged { place: "the state".to_owned(), cause },
            },
        })
    }

    fn catch_up(&mut self, state: &State) -> Result<u64, OpenError> {
        let state_seq = state.last_seq().map_err(OpenError::records("reading the state"))?;
        if state_seq > self.last_seq {
            return Err(OpenError::LogBehindState { log_seq: self.last_seq, state_seq });
        }
        if state_seq == self.last_seq {
            return Ok(0);
        }
        let cursor = Cursor::after(&self.place.log(), state_seq, self.last_seq)?;
        self.apply(state, cursor)
    }

    fn apply(&mut self, state: &State, mut cursor: Cursor) -> Result<u64, OpenError> {
        let (mut round, mut round_bytes, mut seq, mut commits) = (Round::new(), 0, 0, 0);
        while let Some(entry) = cursor.next()? {
            for change in change::read_at(entry.payload, Some(entry.at)) {
                let change = change.map_err(|malformed| OpenError::LogDamaged {
                    place: format!("commit {}", entry.seq),
                    cause: malformed.to_string(),
                })?;
                round_bytes += change::encoded_len(change.key, change.value);
                round.insert(change.key.to_vec(), (change.value.map(<[u8]>::to_vec), change.at));
            }
            (seq, commits) = (entry.seq, commits + 1);
            if round_bytes >= ROUND_BYTES {
                apply_round(state, &std::mem::take(&mut round), seq)?;
                round_bytes = 0;
                (self.progress)(Progress::Applying { seq, last_seq: self.last_seq });
            }
        }
        if commits > 0 {
            apply_round(state, &round, seq)?;
            (self.progress)(Progress::Applying { seq, last_seq: self.last_seq });
        }
        Ok(commits)
    }
}

/// Keys with their last values, and where these stand in the log.
type Round = BTreeMap<Vec<u8>, (Option<Vec<u8>>, Option<Position>)>;

fn apply_round(state: &State, round: &Round, seq: u64) -> Result<(), OpenError> {
    let changes = round.iter().map(|(key, (value, at))| Change { key, value: value.as_deref(), at: *at });
    let changes: Vec<Change<'_>> = changes.collect();
    state.apply(&changes, seq).map_err(OpenError::records("writing the state"))
}

/// Makes the state of the store in a folder anew from its log. The old one is removed when the new
/// one is whole.
pub(crate) fn rebuild(
    dir: &Path,
    cache_bytes: u64,
    progress: &mut dyn FnMut(Progress),
) -> Result<u64, OpenError> {
    let place = Place::hold(dir)?;
    place.check_format()?;
    let tail = crate::log::tail::find(&place.log())?;
    tail.make_durable(&place.log())?;
    let last_seq = tail.last_seq;
    // The old state is removed when the new one is whole, so the log must have it all.
    Cursor::at_origin(&place.log(), last_seq)?;
    Recovery { place: &place, cache_bytes, last_seq, progress }.make_anew()?;
    Ok(last_seq)
}
