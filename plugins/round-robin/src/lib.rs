//! Gives leads to the reps of a pool in fair turns, weighted by ability.
//!
//! ```toml
//! weights = "rep"                 # each rep's own weight (the default), or "equal"
//! weight_attribute = "ability"    # or a number among the rep's attributes, instead of the weight
//! ```
//!
//! With weights 5, 1 and 1 the turns go `a a b a c a a`, over and over; every stretch from the start
//! stays within one turn of each rep's ideal share.
//!
//! # How turns are kept
//!
//! Every rep has a credit, a counter named `turn/<rep>` in units of weight. At each turn every
//! candidate earns their weight, the chosen one pays the sum of all weights. So a credit is what the
//! rep is owed, and as long as the same reps are candidates it is, divided by that sum, the difference
//! between the ideal and the actual number of leads.
//!
//! The choice is Tijdeman's: among those who are owed enough for the turn not to put them ahead by more
//! than their share, the one who would otherwise fall behind first. The better known smooth weighted
//! round robin (most credit first) gives the same turns in simple cases, but for some weights strays by
//! more than one turn; this does not.
//!
//! # Who is absent
//!
//! Only the credits of candidates move. A rep who was absent, full or barred comes back with the credit
//! of before: nothing was missed that must be made up for, and nothing was gained. As the sum of weights
//! may have become smaller meanwhile, credits are kept within one turn either way.

#[cfg(test)]
mod tests;
mod turns;

use leadsman_sdk::prelude::*;

use turns::{Standing, Turns};

/// How many candidates the ranking shows, and for how many it says why not.
const SHOWN_MAX: usize = 50;

/// The greatest weight that an attribute can give.
const WEIGHT_MAX: f64 = 10_000.0;

/// Fair turns for the reps of a pool.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where the weights come from.
    #[serde(default)]
    weights: Weights,
    /// A number among the rep's attributes that is the weight, rounded to a whole number of at least 1.
    /// Reps without it have the weight that `weights` says.
    weight_attribute: Option<String>,
}

/// Where weights come from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Weights {
    /// Each rep's own weight in the policy.
    #[default]
    Rep,
    /// The same for all.
    Equal,
}

/// The plugin, configured.
pub struct RoundRobin {
    config: Config,
}

impl Plugin for RoundRobin {
    type Config = Config;
    type Facts = ();

    fn configure(config: Config) -> Result<Self, Vec<Problem>> {
        match &config.weight_attribute {
            Some(name) if name.trim().is_empty() => {
                Err(vec![Problem::at("/weight_attribute", "must name an attribute of reps")])
            }
            _ => Ok(Self { config }),
        }
    }

    fn needs(&self) -> Needs {
        Needs::none().rep_attributes(self.config.weight_attribute.as_deref())
    }
}

impl Routing for RoundRobin {
    fn route(&self, request: &Request<()>) -> Result<Proposal, Failure> {
        if request.question == Question::Dispatch {
            return Ok(Proposal::pass().because("not-asked", "Turns are for allocation only."));
        }
        let keys: Vec<String> =
            request.candidates.iter().map(|candidate| format!("turn/{}", candidate.rep)).collect();
        let standings = request.candidates.iter().zip(&keys).map(|(candidate, key)| Standing {
            weight: self.weight(candidate),
            credit: request.counter(key),
        });
        match Turns::new(standings.collect()).next() {
            Some(turn) => Ok(propose(request, &keys, &turn)),
            None => Ok(Proposal::pass().because("no-candidates", "Nobody is there to take a turn.")),
        }
    }
}

impl RoundRobin {
    fn weight(&self, candidate: &Candidate) -> u32 {
        match (candidate.attributes.get(0), self.config.weights) {
            (Some(Value::Number(number)), _) => number.round().clamp(1.0, WEIGHT_MAX) as u32,
            (_, Weights::Rep) => candidate.weight.max(1),
            (_, Weights::Equal) => 1,
        }
    }
}

fn propose(request: &Request<()>, keys: &[String], turn: &turns::Turn) -> Proposal {
    let name = |index: usize| request.candidates[index].rep.as_str();
    let chosen = name(turn.order[0]);
    let message = format!("It is the turn of {chosen} among {}.", turn.order.len());
    let mut proposal = Proposal::rep(chosen).because("turn", message);
    for (place, &index) in turn.order.iter().enumerate().take(SHOWN_MAX) {
        let owed = turn.owed(index);
        proposal = proposal.ranked(name(index), format!("Owed {owed} turns."));
        if place > 0 {
            let message = format!("Not their turn: number {} in the order, owed {owed} turns.", place + 1);
            proposal = proposal.passed_over(name(index), "not-their-turn", message);
        }
    }
    for (key, (before, after)) in keys.iter().zip(turn.credits()) {
        if before != after {
            proposal = proposal.counter(key, after);
        }
    }
    proposal
}

leadsman_sdk::export!(RoundRobin: routing);
