//! Weighs the touches on the way to a deal by one of the known models.
//!
//! ```toml
//! model = "u-shaped"
//! ```
//!
//! | model | weights |
//! |---|---|
//! | `first`, `last` | all to the first, all to the last |
//! | `last-non-direct` | all to the last that is not `direct_channel`; if there is none, to the last |
//! | `linear` | the same for each |
//! | `u-shaped` | 0.4 first, 0.4 lead-creating (or last), 0.2 shared by the others; two touches halve |
//! | `w-shaped` | 0.3 first, 0.3 lead-creating, 0.3 deal-creating, 0.1 shared by the others |
//! | `full-path` | 0.225 first, lead-creating, deal-creating and last, 0.1 shared by the others |
//! | `j-shaped` | 0.2 first, 0.6 last, 0.2 shared by the others, or by both if there are no others |
//! | `inverse-j` | 0.6 first, 0.2 last, 0.2 shared by the others, or by both if there are no others |
//! | `time-decay` | half as much for every `half_life_days` (7) before the conversion |
//! | `position-decay` | 1, 2, 3, ... from the first to the last |
//! | `channel-weights` | the weight of the touch's channel in `channels`; the same for each if all are 0 |
//!
//! The lead-creating touch is the last at or before the moment at which the lead was created, the
//! deal-creating one likewise. A touch that is several of the key touches gets the sum; what belongs to
//! a key touch that is not known, or to others that are not there, goes to the rest in proportion. The
//! shares of the key models can be changed:
//!
//! ```toml
//! model = "w-shaped"
//! weights = { first = 0.25, lead = 0.25, deal = 0.25, others = 0.25 }
//! ```
//!
//! Which touches there are to weigh, by look-back and session, is for the policy to say. Weights sum to one; the
//! host turns them into money that adds up exactly.

mod models;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use leadsman_sdk::prelude::*;

/// How the touches of a conversion are weighed.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The model.
    pub(crate) model: Model,
    /// After how many days `time-decay` gives half.
    #[serde(default = "seven")]
    pub(crate) half_life_days: f64,
    /// The channel of visits without a source.
    #[serde(default = "direct")]
    pub(crate) direct_channel: String,
    /// Shares instead of those that `u-shaped`, `w-shaped`, `full-path`, `j-shaped` and `inverse-j` have.
    pub(crate) weights: Option<Shares>,
    /// The weights of `channel-weights` by channel; a channel that is not named has 0.
    #[serde(default)]
    pub(crate) channels: BTreeMap<String, f64>,
}

/// A model of attribution.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Model {
    /// All to the first touch.
    First,
    /// All to the last touch.
    Last,
    /// All to the last touch that has a source.
    LastNonDirect,
    /// The same for each.
    Linear,
    /// Most to the first and the lead-creating touch.
    UShaped,
    /// Most to the first, the lead-creating and the deal-creating touch.
    WShaped,
    /// Most to these and the last.
    FullPath,
    /// Most to the last touch, some to the first.
    JShaped,
    /// Most to the first touch, some to the last.
    InverseJ,
    /// The nearer to the conversion, the more.
    TimeDecay,
    /// The later in the order, the more.
    PositionDecay,
    /// By channel.
    ChannelWeights,
}

/// The shares of the key touches and of all others together, relative to each other.
#[derive(Debug, Clone, Copy, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Shares {
    /// Of the first touch.
    #[serde(default)]
    pub(crate) first: f64,
    /// Of the lead-creating touch.
    #[serde(default)]
    pub(crate) lead: f64,
    /// Of the deal-creating touch.
    #[serde(default)]
    pub(crate) deal: f64,
    /// Of the last touch.
    #[serde(default)]
    pub(crate) last: f64,
    /// Of all other touches together.
    #[serde(default)]
    pub(crate) others: f64,
}

/// The plugin, configured.
pub struct TouchCredit {
    config: Config,
}

impl Plugin for TouchCredit {
    type Config = Config;
    type Facts = ();

    fn configure(config: Config) -> Result<Self, Vec<Problem>> {
        let mut problems = Vec::new();
        if !(config.half_life_days > 0.0 && config.half_life_days <= 36_500.0) {
            problems.push(Problem::at("/half_life_days", "must be more than 0 and at most 36500 days"));
        }
        if let Some(shares) = config.weights {
            check_shares(&mut problems, &config, shares);
        }
        if config.model == Model::ChannelWeights && config.channels.is_empty() {
            problems
                .push(Problem::at("/channels", "the model `channel-weights` needs the weights of channels"));
        }
        for (name, weight) in &config.channels {
            if *weight < 0.0 {
                let token = name.replace('~', "~0").replace('/', "~1");
                problems.push(Problem::at(format!("/channels/{token}"), "must not be negative"));
            }
        }
        if problems.is_empty() { Ok(Self { config }) } else { Err(problems) }
    }
}

impl Attribution for TouchCredit {
    fn credit(&self, conversion: &Conversion, touches: &[Touch]) -> Result<Vec<f64>, Failure> {
        if touches.is_empty() {
            return Err(Failure::BadInput("there are no touches to weigh".to_owned()));
        }
        Ok(normalised(models::weigh(&self.config, conversion, touches)))
    }
}

fn normalised(weights: Vec<f64>) -> Vec<f64> {
    let sum: f64 = weights.iter().sum();
    weights.into_iter().map(|weight| weight / sum).collect()
}

fn check_shares(problems: &mut Vec<Problem>, config: &Config, shares: Shares) {
    if models::shares(config.model).is_none() {
        problems.push(Problem::at("/weights", "this model has no shares to change"));
    }
    let named = [
        ("first", shares.first),
        ("lead", shares.lead),
        ("deal", shares.deal),
        ("last", shares.last),
        ("others", shares.others),
    ];
    for (name, share) in named {
        if !(0.0..=1_000_000.0).contains(&share) {
            problems.push(Problem::at(format!("/weights/{name}"), "must be between 0 and one million"));
        }
    }
    if shares.first + shares.last <= 0.0 {
        problems.push(Problem::at(
            "/weights",
            "the first or the last touch must have a share, as they are always known",
        ));
    }
}

const fn seven() -> f64 {
    7.0
}

fn direct() -> String {
    "direct".to_owned()
}

leadsman_sdk::export!(TouchCredit: attribution);
