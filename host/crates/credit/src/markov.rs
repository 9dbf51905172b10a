//! The removal effect in a Markov chain, solved exactly.
//!
//! A state is the last channels of a journey, as many as the order of the chain. With `Q` the probabilities of going
//! from one state to another, `r` those of converting next and `f` those of beginning in a state, `N = (I - Q)^-1`
//! tells how often a journey comes from one state to another, and a journey converts with `P = f N r`.
//!
//! If a channel is removed, whoever would go on by it is lost. With `S` the states that end in the channel, journeys
//! that never come to `S` convert with `P' = P - (f N)_S (N_SS)^-1 (N r)_S`, so one inverse serves all channels. The
//! removal effect is `1 - P'/P`, and channels share what the journeys brought in proportion to theirs.

use std::collections::HashMap;

use leadsman_domain::money::Minor;

use crate::LearnError;
use crate::journeys::{Channel, Journey, Milestones};
use crate::matrix::{Square, dot};
use crate::tally::Tally;

/// Most states of a chain. Solving takes time with the cube of their number: some seconds for so many.
pub const STATES_MAX: usize = 2_000;

pub(crate) fn credit(journeys: &[Journey], channels: usize, order: usize) -> Result<Tally, LearnError> {
    let chain = Chain::of(journeys, order)?;
    let effects = chain.removal_effects(channels);
    let mut tally = Tally::new(channels);
    for journey in journeys {
        tally.count(journey, &journey.steps);
    }
    let whole = Journey {
        steps: Vec::new(),
        ended: journeys[0].ended,
        conversions: journeys.iter().map(|journey| journey.conversions).sum(),
        value: Minor(journeys.iter().map(|journey| journey.value.0).sum()),
        in_vain: 0,
        milestones: Milestones::default(),
    };
    let all = (0..u32::try_from(channels).unwrap_or(u32::MAX)).map(Channel);
    // Every journey that converts comes through some channel, so not all effects are zero.
    if tally.split(&whole, all, &effects).is_ok() {
        tally.note_removal_effects(&effects);
    }
    Ok(tally)
}

/// A chain that ends in a conversion or in nothing.
struct Chain {
    /// The last channel of each state.
    ends_in: Vec<Channel>,
    /// From where a journey goes on to where, and how often.
    moves: HashMap<(usize, usize), u64>,
    /// How often journeys begin in a state.
    begins: Vec<u64>,
    /// How often journeys convert from a state.
    converts: Vec<u64>,
    /// How often journeys leave a state, to wherever.
    leaves: Vec<u64>,
}

impl Chain {
    fn of(journeys: &[Journey], order: usize) -> Result<Self, LearnError> {
        let mut states: HashMap<Vec<Channel>, usize> = HashMap::new();
        let (mut ends_in, mut moves) = (Vec::new(), HashMap::new());
        let (mut begins, mut converts, mut leaves) = (Vec::new(), Vec::new(), Vec::new());
        let mut recent: Vec<Channel> = Vec::with_capacity(order + 1);
        for journey in journeys {
            let times = journey.conversions + journey.in_vain;
            recent.clear();
            let mut before = None;
            for step in &journey.steps {
                recent.push(step.channel);
                if recent.len() > order {
                    recent.remove(0);
                }
                let state = match states.get(&recent) {
                    Some(known) => *known,
                    None => {
                        states.insert(recent.clone(), ends_in.len());
                        ends_in.push(step.channel);
                        for counts in [&mut begins, &mut converts, &mut leaves] {
                            counts.push(0);
                        }
                        ends_in.len() - 1
                    }
                };
                match before {
                    None => begins[state] += times,
                    Some(before) => *moves.entry((before, state)).or_insert(0) += times,
                }
                leaves[state] += times;
                before = Some(state);
            }
            if let Some(last) = before {
                converts[last] += journey.conversions;
            }
        }
        if ends_in.len() > STATES_MAX {
            return Err(LearnError::TooManyStates { order, states: ends_in.len() });
        }
        Ok(Self { ends_in, moves, begins, converts, leaves })
    }

    /// The removal effect of each channel, from 0 to 1.
    fn removal_effects(&self, channels: usize) -> Vec<f64> {
        let size = self.ends_in.len();
        let mut left = Square::identity(size);
        for ((from, to), times) in &self.moves {
            left.subtract(*from, *to, ratio(*times, self.leaves[*from]));
        }
        let visits = left.inverse();
        let all: u64 = self.begins.iter().sum();
        let begins: Vec<f64> = self.begins.iter().map(|times| ratio(*times, all)).collect();
        let next: Vec<f64> =
            self.converts.iter().zip(&self.leaves).map(|(times, all)| ratio(*times, *all)).collect();
        let converts = visits.times(&next);
        let visited = visits.times_row(&begins);
        let whole = dot(&begins, &converts);
        let mut of_channel: Vec<Vec<usize>> = vec![Vec::new(); channels];
        for (state, channel) in self.ends_in.iter().enumerate() {
            of_channel[channel.place()].push(state);
        }
        let effect = |states: &Vec<usize>| {
            let visited: Vec<f64> = states.iter().map(|state| visited[*state]).collect();
            let converts: Vec<f64> = states.iter().map(|state| converts[*state]).collect();
            let lost = dot(&visits.part(states).inverse().times_row(&visited), &converts);
            (lost / whole).clamp(0.0, 1.0)
        };
        of_channel.iter().map(effect).collect()
    }
}

#[expect(clippy::cast_precision_loss, reason = "a probability")]
fn ratio(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}
