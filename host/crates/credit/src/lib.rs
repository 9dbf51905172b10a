//! Credit: what channels did for the conversions of many journeys.
//!
//! Journeys come from a file ([`Journeys::read`]) or from leads. A [`Learned`] model looks at all of them together,
//! those that ended in nothing included, and splits what they brought among the channels; a rule-based model is a
//! plugin that weighs the touches of one journey, and [`Tally`] adds up what it said. Either way nothing is lost:
//! the channels' conversions and values add up to those of the journeys.

pub mod journeys;
mod markov;
mod matrix;
mod read;
mod shapley;
pub mod tally;
#[cfg(test)]
mod tests;

pub use journeys::{Channel, Journey, Journeys, Milestones, Step};
pub use markov::STATES_MAX;
pub use read::{BadRow, InvalidFile, ReadJourneys, Reading};
pub use shapley::CHANNELS_MAX;
pub use tally::{ChannelCredit, Tally};

use leadsman_domain::attribution::TouchRules;

/// A model of attribution that is learned from all journeys, and not from the one that it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Learned {
    /// How much less would convert if nobody went on by a channel: the removal effect in a Markov chain whose
    /// states are the last channels of a journey.
    ///
    /// Anderl, Becker, von Wangenheim, Schumann: *Mapping the customer journey*, International Journal of Research
    /// in Marketing 33 (2016). Solved exactly, not simulated.
    Markov {
        /// How many channels back the chain looks: from 1 to 3.
        order: usize,
    },
    /// What a channel adds to the conversion rate, on average over all orders in which the channels of a journey
    /// could have come together (the Shapley value, 1953).
    Shapley,
    /// What journeys brought, shared evenly by their channels: the Shapley value of the game in which channels
    /// together are worth what came of journeys by none but them.
    ///
    /// Zhao, Mahboobi, Bagheri: *Shapley Value Methods for Attribution Modeling in Online Advertising*,
    /// arXiv 1804.05327 (2018).
    ShapleySimplified,
}

/// Why nothing can be learned of some journeys.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LearnError {
    /// None converted.
    #[error("none of the {journeys} journeys ends in a conversion: there is nothing to give credit for")]
    NoConversion {
        /// How many there are.
        journeys: u64,
    },
    /// The chain would be too large.
    #[error(
        "a Markov chain of order {order} over these journeys has {states} states, and at most {STATES_MAX} can be \
         solved: use a lower order, or put rare channels together"
    )]
    TooManyStates {
        /// The order.
        order: usize,
        /// How many states.
        states: usize,
    },
}

impl Learned {
    /// What each channel did for the journeys, and how a plugin can weigh touches by that.
    ///
    /// # Errors
    ///
    /// When there is nothing to learn from, or the model would be too large.
    pub fn credit(self, journeys: &Journeys, rules: &TouchRules) -> Result<Tally, LearnError> {
        let counted = journeys.counted(rules);
        if counted.iter().all(|journey| journey.conversions == 0) {
            let all = counted.iter().map(|journey| journey.conversions + journey.in_vain).sum();
            return Err(LearnError::NoConversion { journeys: all });
        }
        let channels = journeys.channels.len();
        match self {
            Self::Markov { order } => markov::credit(&counted, channels, order),
            Self::Shapley => Ok(shapley::credit(&counted, channels)),
            Self::ShapleySimplified => Ok(shapley::credit_simplified(&counted, channels)),
        }
    }
}
