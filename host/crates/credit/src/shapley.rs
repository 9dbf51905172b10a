//! The Shapley value of channels.
//!
//! The players are the channels of a journey, in whatever order and however often they were there. A coalition is
//! worth the conversion rate of the journeys by exactly its channels, nothing if there are none. The value of a
//! channel `i` among the channels `T` of a journey is
//!
//! ```text
//! sum over S in T without i of |S|! (|T| - |S| - 1)! / |T|! * (v(S and i) - v(S))
//! ```
//!
//! What journeys by these channels brought is split in proportion. A channel whose company does harm gets nothing; if
//! all do, they share evenly.

use std::collections::{BTreeMap, HashMap};

use crate::journeys::{Channel, Journey};
use crate::tally::Tally;

/// Most channels of one journey: of a longer one the last so many different ones count. There are two to the power
/// of this number of coalitions.
pub const CHANNELS_MAX: usize = 12;

/// How journeys by the same channels went.
#[derive(Default)]
struct Went {
    conversions: u64,
    all: u64,
}

pub(crate) fn credit(journeys: &[Journey], channels: usize) -> Tally {
    let mut went: HashMap<Vec<Channel>, Went> = HashMap::new();
    for journey in journeys {
        let of_all = went.entry(company(journey)).or_default();
        of_all.conversions += journey.conversions;
        of_all.all += journey.conversions + journey.in_vain;
    }
    let mut weights: BTreeMap<&Vec<Channel>, Vec<f64>> = BTreeMap::new();
    for (company, _) in went.iter().filter(|(_, went)| went.conversions > 0) {
        weights.insert(company, shares(&values(company, &went)));
    }
    tally(journeys, channels, |company| weights.get(company).cloned().unwrap_or_default())
}

pub(crate) fn credit_simplified(journeys: &[Journey], channels: usize) -> Tally {
    tally(journeys, channels, |company| vec![1.0; company.len()])
}

fn tally(journeys: &[Journey], channels: usize, weights: impl Fn(&Vec<Channel>) -> Vec<f64>) -> Tally {
    let mut tally = Tally::new(channels);
    for journey in journeys.iter().filter(|journey| journey.conversions > 0) {
        let company = company(journey);
        // A journey has a touch, and weights are shares.
        if tally.split(journey, company.iter().copied(), &weights(&company)).is_ok() {
            tally.count(journey, &journey.steps);
        }
    }
    tally
}

/// The different channels of a journey, sorted; the last ones, if there are too many.
fn company(journey: &Journey) -> Vec<Channel> {
    let mut company: Vec<Channel> = Vec::new();
    for step in journey.steps.iter().rev() {
        if !company.contains(&step.channel) {
            company.push(step.channel);
        }
        if company.len() == CHANNELS_MAX {
            break;
        }
    }
    company.sort_unstable();
    company
}

/// The Shapley value of each channel of a company. They add up to the company's conversion rate.
fn values(company: &[Channel], went: &HashMap<Vec<Channel>, Went>) -> Vec<f64> {
    let worth: Vec<f64> = (0..1_usize << company.len())
        .map(|members| {
            let coalition: Vec<Channel> = members_of(company, members).collect();
            went.get(&coalition).map_or(0.0, Went::rate)
        })
        .collect();
    let chances = chances(company.len());
    let value = |place: usize| {
        let without = (0..worth.len()).filter(|members| members & (1 << place) == 0);
        let gain = |members: usize| {
            chances[members.count_ones() as usize] * (worth[members | (1 << place)] - worth[members])
        };
        without.map(gain).sum()
    };
    (0..company.len()).map(value).collect()
}

fn members_of(company: &[Channel], members: usize) -> impl Iterator<Item = Channel> + '_ {
    company
        .iter()
        .enumerate()
        .filter(move |(place, _)| members & (1 << place) != 0)
        .map(|(_, channel)| *channel)
}

/// How likely a channel comes after so many given ones: `s! (n - s - 1)! / n!`, by `s`.
fn chances(channels: usize) -> Vec<f64> {
    let factorial = |number: usize| (1..=number).map(|factor| factor as f64).product::<f64>();
    let chance = |before: usize| factorial(before) * factorial(channels - before - 1) / factorial(channels);
    (0..channels).map(chance).collect()
}

/// Values as weights: none below zero, and not all zero.
fn shares(values: &[f64]) -> Vec<f64> {
    let shares: Vec<f64> = values.iter().map(|value| value.max(0.0)).collect();
    if shares.iter().sum::<f64>() > 0.0 { shares } else { vec![1.0; values.len()] }
}

impl Went {
    #[expect(clippy::cast_precision_loss, reason = "a rate")]
    fn rate(&self) -> f64 {
        if self.all == 0 { 0.0 } else { self.conversions as f64 / self.all as f64 }
    }
}
