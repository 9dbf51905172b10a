//! The models: relative weights for at least one touch, oldest first.

use leadsman_sdk::prelude::*;

use crate::{Config, Model, Shares};

/// The weights, not all zero; not yet normalised.
pub(crate) fn weigh(config: &Config, conversion: &Conversion, touches: &[Touch]) -> Vec<f64> {
    let last = touches.len() - 1;
    match config.model {
        Model::First => only(touches, 0),
        Model::Last => only(touches, last),
        Model::LastNonDirect => only(
            touches,
            touches.iter().rposition(|touch| touch.channel != config.direct_channel).unwrap_or(last),
        ),
        Model::Linear => vec![1.0; touches.len()],
        Model::TimeDecay => decayed(config.half_life_days, touches),
        Model::PositionDecay => (1..=touches.len()).map(|position| position as f64).collect(),
        Model::ChannelWeights => by_channel(config, touches),
        Model::UShaped | Model::WShaped | Model::FullPath | Model::JShaped | Model::InverseJ => {
            by_key_touches(config, conversion, touches)
        }
    }
}

/// The shares of a model with key touches; `None` for the others.
pub(crate) fn shares(model: Model) -> Option<Shares> {
    let none = Shares::default();
    match model {
        Model::UShaped => Some(Shares { first: 0.4, lead: 0.4, others: 0.2, ..none }),
        Model::WShaped => Some(Shares { first: 0.3, lead: 0.3, deal: 0.3, others: 0.1, ..none }),
        Model::FullPath => Some(Shares { first: 0.225, lead: 0.225, deal: 0.225, last: 0.225, others: 0.1 }),
        Model::JShaped => Some(Shares { first: 0.2, last: 0.6, others: 0.2, ..none }),
        Model::InverseJ => Some(Shares { first: 0.6, last: 0.2, others: 0.2, ..none }),
        _ => None,
    }
}

fn only(touches: &[Touch], chosen: usize) -> Vec<f64> {
    (0..touches.len()).map(|index| if index == chosen { 1.0 } else { 0.0 }).collect()
}

/// Half for every half-life before the last touch. Seen from there instead of from the conversion the
/// proportions are the same, and the last touch never fades to nothing.
fn decayed(half_life_days: f64, touches: &[Touch]) -> Vec<f64> {
    let Some(last) = touches.last() else { return Vec::new() };
    touches.iter().map(|touch| (-last.at.days_since(touch.at) / half_life_days).exp2()).collect()
}

fn by_channel(config: &Config, touches: &[Touch]) -> Vec<f64> {
    let weight = |touch: &Touch| config.channels.get(&touch.channel).copied().unwrap_or(0.0);
    let weights: Vec<f64> = touches.iter().map(weight).collect();
    if weights.iter().sum::<f64>() > 0.0 { weights } else { vec![1.0; touches.len()] }
}

fn by_key_touches(config: &Config, conversion: &Conversion, touches: &[Touch]) -> Vec<f64> {
    let shares = config.weights.or_else(|| shares(config.model)).unwrap_or_default();
    let last = touches.len() - 1;
    if config.model == Model::UShaped && touches.len() == 2 && config.weights.is_none() {
        return vec![1.0, 1.0];
    }
    let mut lead = conversion.lead_created.and_then(|moment| last_until(touches, moment));
    if config.model == Model::UShaped {
        lead = lead.or(Some(last));
    }
    let deal = conversion.deal_created.and_then(|moment| last_until(touches, moment));
    let keys = [(Some(0), shares.first), (lead, shares.lead), (deal, shares.deal), (Some(last), shares.last)];
    let mut weights = vec![0.0; touches.len()];
    let mut is_key = vec![false; touches.len()];
    for (position, share) in keys {
        if let Some(position) = position.filter(|_| share > 0.0) {
            weights[position] += share;
            is_key[position] = true;
        }
    }
    share_rest(config.model, &mut weights, &is_key, shares.others);
    weights
}

/// Gives the others their part. Without others a J splits it between its ends; elsewhere it is left
/// out, which leaves it to the key touches in proportion.
fn share_rest(model: Model, weights: &mut [f64], is_key: &[bool], part: f64) {
    let others = is_key.iter().filter(|key| !**key).count();
    let splits = others == 0 && matches!(model, Model::JShaped | Model::InverseJ);
    let receivers = if splits { is_key.len() } else { others };
    for (weight, key) in weights.iter_mut().zip(is_key) {
        if splits || !key {
            *weight += part / receivers as f64;
        }
    }
}

/// The last touch at or before a moment.
fn last_until(touches: &[Touch], moment: Timestamp) -> Option<usize> {
    touches.iter().rposition(|touch| touch.at <= moment)
}
