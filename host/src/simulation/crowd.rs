//! The crowd of a market: who comes in, by the distributions that `world.toml` states. All chance comes from
//! the number of a lead and the seed, so that no lead depends on another.

use std::collections::BTreeMap;

use leadsman_domain::filter::all_fit;
use leadsman_domain::lead::Activity;
use leadsman_domain::submission::{ACTIVITIES_MAX, Origin};
use leadsman_domain::time::DAY_MS;
use leadsman_domain::{Facts, Timestamp, Value};
use leadsman_policy::Market;
use leadsman_policy::market::{Choice, Draw, Habit, Moments, Worth};
use rand::{Rng, RngExt as _};

/// How many activities of a kind a lead does at most.
const EACH_MAX: usize = 50;

/// Somebody of the crowd.
#[derive(Debug, Clone)]
pub struct Member {
    /// What the form says.
    pub facts: Facts,
    /// The channel through which they come.
    pub origin: Option<Origin>,
    /// How much they want to buy, from 0 to 1. Not known to the rules.
    pub interest: f64,
    /// What they did before they come in, oldest first.
    pub before: Vec<Activity>,
    /// What they do after that, oldest first.
    pub after: Vec<Activity>,
}

/// Makes up who comes in as the `number`th at a moment.
pub fn member(market: &Market, random: &mut impl Rng, number: usize, received: Timestamp) -> Member {
    let mut words = Words { market, drawn: BTreeMap::new(), number };
    let [least, most] = market.interest;
    let mut interest = least + (most - least) * random.random::<f64>();
    let channel = weighted(random, &market.channels, |channel| channel.weight);
    interest += channel.map_or(0.0, |channel| channel.interest);
    let origin = channel.map(|channel| Origin { channel: channel.name.clone(), campaign: None });
    let mut facts = Facts::new();
    let mut settled = Vec::new();
    for fact in &market.facts {
        if settled.contains(&&fact.attribute) || !all_fit(&fact.when, &facts) {
            continue;
        }
        settled.push(&fact.attribute);
        if random.random::<f64>() < fact.missing {
            continue;
        }
        if let Some((value, gain)) = draw(&fact.draw, random, &mut words, received) {
            facts.set(fact.attribute.clone(), value);
            interest += gain;
        }
    }
    let interest = interest.clamp(0.0, 1.0);
    let mut before = Vec::new();
    let mut after = Vec::new();
    for habit in market.activities.iter().filter(|habit| all_fit(&habit.when, &facts)) {
        match habit.at {
            Moments::Before(span_ms) => {
                before
                    .extend(done(habit, random, interest, |share| received.plus_ms(-within(span_ms, share))));
            }
            Moments::After(span_ms) => {
                after.extend(done(habit, random, interest, |share| received.plus_ms(within(span_ms, share))));
            }
            Moments::AfterTalk(_) => {}
        }
    }
    before.sort_by_key(|activity| activity.at);
    after.sort_by_key(|activity| activity.at);
    // Of too many the latest come along.
    before.drain(..before.len().saturating_sub(ACTIVITIES_MAX));
    Member { facts, origin, interest, before, after }
}

/// What somebody does after the first conversation with a rep.
pub fn after_talk(
    market: &Market,
    random: &mut impl Rng,
    facts: &Facts,
    interest: f64,
    talked: Timestamp,
) -> Vec<Activity> {
    let mut after = Vec::new();
    for habit in market.activities.iter().filter(|habit| all_fit(&habit.when, facts)) {
        if let Moments::AfterTalk(span_ms) = habit.at {
            after.extend(done(habit, random, interest, |share| talked.plus_ms(within(span_ms, share))));
        }
    }
    after
}

/// What a deal with somebody brings; none if they buy nothing. `share` is where in its bounds it lies, from 0 to
/// below 1.
pub fn worth<'m>(market: &'m Market, facts: &Facts, share: f64) -> Option<(&'m Worth, i64)> {
    let worth = market.deals.iter().find(|worth| all_fit(&worth.when, facts))?;
    let [least, most] = worth.value_minor;
    let exponent = i32::try_from(worth.skew).unwrap_or(1);
    Some((worth, (least + (most - least) * share.powi(exponent)) as i64))
}

/// A value, and what it adds to the interest.
fn draw<'m>(
    draw: &'m Draw,
    random: &mut impl Rng,
    words: &mut Words<'m>,
    received: Timestamp,
) -> Option<(Value, f64)> {
    match draw {
        Draw::Choices(choices) => {
            let Choice { is, interest, .. } = weighted(random, choices, |choice| choice.weight)?;
            let value = match is {
                Value::Text(text) => Value::Text(words.fill(text, random)),
                value => value.clone(),
            };
            Some((value, *interest))
        }
        Draw::Range { bounds: [least, most], step, skew, interest } => {
            let share = random.random::<f64>().powi(i32::try_from(*skew).unwrap_or(1));
            let number = least + (most - least) * share;
            let number = step.map_or(number, |step| (number / step).round() * step);
            Some((Value::Number(number), share * interest))
        }
        Draw::Days([least, most]) => {
            let days = least + (most - least) * random.random::<f64>();
            Some((Value::Time(received.plus_ms((days * DAY_MS as f64) as i64)), 0.0))
        }
    }
}

/// One of several, by weight.
fn weighted<'a, T>(random: &mut impl Rng, all: &'a [T], weight: impl Fn(&T) -> f64) -> Option<&'a T> {
    let sum: f64 = all.iter().map(&weight).sum();
    let mut left = random.random::<f64>() * sum;
    let found = all.iter().find(|one| {
        left -= weight(one);
        left < 0.0
    });
    found.or_else(|| all.iter().rev().find(|one| weight(one) > 0.0))
}

/// How often, and when, somebody does something.
fn done(habit: &Habit, random: &mut impl Rng, interest: f64, at: impl Fn(f64) -> Timestamp) -> Vec<Activity> {
    let [without, with] = habit.rate;
    let rate = without + (with - without) * interest;
    // Each time there is a next one as probably, which makes `rate` of them on average.
    let (most, probability) = if habit.once { (1, rate) } else { (EACH_MAX, rate / (1.0 + rate)) };
    let mut activities = Vec::new();
    while activities.len() < most && random.random::<f64>() < probability {
        let [least, greatest] = habit.quantity;
        let quantity = (least + (greatest - least) * random.random::<f64>()).round();
        activities.push(Activity {
            kind: habit.kind.clone(),
            at: at(random.random::<f64>()),
            quantity,
            channel: habit.channel.clone(),
            campaign: habit.campaign.clone(),
            by: None,
        });
    }
    activities
}

fn within(span_ms: i64, share: f64) -> i64 {
    (span_ms as f64 * share) as i64
}

/// The words of one lead: each is drawn once, so that a name is the same wherever it stands.
struct Words<'m> {
    market: &'m Market,
    drawn: BTreeMap<&'m str, &'m str>,
    number: usize,
}

impl<'m> Words<'m> {
    fn fill(&mut self, text: &'m str, random: &mut impl Rng) -> String {
        let mut filled = String::new();
        let mut rest = text;
        while let Some(at) = rest.find(['{', '#']) {
            filled.push_str(&rest[..at]);
            rest = &rest[at + 1..];
            if text.as_bytes()[text.len() - rest.len() - 1] == b'#' {
                filled.push(char::from(b'0' + random.random_range(0..10_u8)));
                continue;
            }
            let (name, after) = rest.split_once('}').unwrap_or((rest, ""));
            rest = after;
            match name {
                "n" => filled.push_str(&self.number.to_string()),
                name => filled.push_str(self.word(name, random)),
            }
        }
        filled + rest
    }

    fn word(&mut self, name: &'m str, random: &mut impl Rng) -> &'m str {
        let market = self.market;
        self.drawn.entry(name).or_insert_with(|| {
            let words = market.words.get(name).map_or(&[][..], Vec::as_slice);
            if words.is_empty() { "" } else { words[random.random_range(0..words.len())].as_str() }
        })
    }
}
