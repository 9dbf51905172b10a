//! The world of a simulation: who comes in when, and when reps work. It is the same for every policy. Who they
//! are a market says, or else they are the demo's people.

use leadsman_domain::Timestamp;
use leadsman_domain::lead::{Activity, Lead};
use leadsman_domain::policy::Calendar;
use leadsman_domain::submission::{Origin, Submission};
use leadsman_domain::time::DAY_MS;
use leadsman_policy::Market;
use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::SeedableRng as _;

use super::chance::Chance;
use super::crowd::{self, Member};
use crate::demo::people;

/// How long a rep takes from one call to the next, in milliseconds, if nothing else is said: twenty minutes.
const CALL_MS: u64 = 20 * 60 * 1000;

/// How many conversations it takes until a lead buys, or is given up, if nothing else is said.
const CONVERSATIONS: u32 = 3;

/// What a deal brings at most, in minor units, if nothing else is said.
const VALUE_MINOR_MAX: f64 = 4_000_000.0;

/// Channels through which leads come.
const CHANNELS: [&str; 5] = ["paid-search", "organic-search", "email", "event", "referral"];

/// What is simulated.
#[derive(Debug, Clone)]
pub struct World {
    /// The seed: the same one makes the same world.
    pub chance: Chance,
    /// When it begins.
    pub start: Timestamp,
    /// How many days it lasts.
    pub days: u32,
    /// How many leads come in on a working day.
    pub leads_a_day: u32,
    /// When reps work.
    pub hours: Calendar,
    /// Who comes in and what they do, if it is not the demo's people, who do nothing by themselves.
    pub market: Option<Market>,
}

/// A lead that comes in.
#[derive(Debug, Clone)]
pub struct Arrival {
    /// Its submission, with nothing derived yet.
    pub submission: Submission,
    /// How much it wants to buy, from 0 to 1. Not known to the rules.
    pub interest: f64,
    /// What it does after it came in, oldest first.
    pub after: Vec<Activity>,
}

/// What a deal brings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bargain {
    /// The question of attribution that it is.
    pub scenario: String,
    /// What it is worth, in minor units.
    pub value_minor: i64,
    /// The currency, by its ISO 4217 code.
    pub currency: String,
}

impl World {
    /// When it ends.
    pub fn end(&self) -> Timestamp {
        self.start.plus_ms(DAY_MS * i64::from(self.days))
    }

    /// Who comes in, in the order of time.
    pub fn arrivals(&self) -> Vec<Arrival> {
        let mut arrivals: Vec<Arrival> = (0..self.days)
            .flat_map(|day| (0..self.leads_on(day)).map(move |nth| (day, nth)))
            .map(|(day, nth)| self.arrival(day, nth))
            .collect();
        arrivals.sort_by_key(|arrival| (arrival.submission.received, arrival.submission.key));
        arrivals
    }

    fn leads_on(&self, day: u32) -> u32 {
        let begins = self.start.plus_ms(DAY_MS * i64::from(day));
        let works = self.hours.working_ms_between(begins, begins.plus_ms(DAY_MS)) > 0;
        let quiet = || match &self.market {
            Some(market) => (f64::from(self.leads_a_day) * market.quiet).round() as u32,
            None => self.leads_a_day / 3,
        };
        if works { self.leads_a_day } else { quiet() }
    }

    fn arrival(&self, day: u32, nth: u32) -> Arrival {
        let name = format!("{day}/{nth}");
        let mut random = ChaCha12Rng::seed_from_u64(self.chance.seed(&["person", &name]));
        let number = (day * self.leads_a_day + nth) as usize;
        let within = self.chance.seed(&["moment", &name]) % DAY_MS.unsigned_abs();
        let received = self.start.plus_ms(DAY_MS * i64::from(day) + within.cast_signed());
        let Member { facts, origin, interest, before, after } = match &self.market {
            Some(market) => crowd::member(market, &mut random, number, received),
            None => {
                let person = people::person(&mut random, number);
                let channel = CHANNELS[self.chance.seed(&["channel", &name]) as usize % CHANNELS.len()];
                let origin = Some(Origin { channel: channel.to_owned(), campaign: None });
                let (before, after) = (Vec::new(), Vec::new());
                Member { facts: person.facts, origin, interest: person.interest, before, after }
            }
        };
        let key = Submission::key_of("simulation", &name);
        Arrival {
            submission: Submission { key, received, facts, origin, activities: before },
            interest,
            after,
        }
    }

    /// What a lead does after its first conversation.
    pub fn after_talk(&self, lead: &Lead, interest: f64, talked: Timestamp) -> Vec<Activity> {
        let Some(market) = &self.market else { return Vec::new() };
        let mut random = ChaCha12Rng::seed_from_u64(self.chance.seed(&["talked", lead.id.as_str()]));
        crowd::after_talk(market, &mut random, &lead.facts, interest, talked)
    }

    /// What a deal with a lead brings; none if it does not buy whatever is said.
    pub fn bargain(&self, lead: &Lead) -> Option<Bargain> {
        let share = self.chance.number(&["value", lead.id.as_str()]);
        let Some(market) = &self.market else {
            let (scenario, currency) = ("default".to_owned(), "EUR".to_owned());
            return Some(Bargain { scenario, value_minor: (share * VALUE_MINOR_MAX) as i64, currency });
        };
        let (worth, value_minor) = crowd::worth(market, &lead.facts, share)?;
        Some(Bargain { scenario: worth.scenario.clone(), value_minor, currency: worth.currency.clone() })
    }

    /// After how many conversations a lead buys, or is given back.
    pub fn conversations(&self) -> u32 {
        self.market.as_ref().map_or(CONVERSATIONS, |market| market.calls.conversations)
    }

    /// The moments at which a rep can make a call, in order.
    pub fn calls(&self) -> Vec<Timestamp> {
        let call_ms = self.market.as_ref().map_or(CALL_MS, |market| market.calls.every_ms);
        let mut calls = Vec::new();
        let mut next = self.hours.next_opening(self.start);
        while next < self.end() && self.hours.is_open(next) {
            calls.push(next);
            next = self.hours.next_opening(self.hours.add_working_ms(next, call_ms));
        }
        calls
    }
}
