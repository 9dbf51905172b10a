//! The world of a simulation: who comes in when, and when reps work. It is the same for every policy.

use leadsman_domain::Timestamp;
use leadsman_domain::policy::Calendar;
use leadsman_domain::submission::{Origin, Submission};
use leadsman_domain::time::DAY_MS;
use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::SeedableRng as _;

use super::chance::Chance;
use crate::demo::people;

/// How long a rep takes from one call to the next, in milliseconds: twenty minutes.
const CALL_MS: u64 = 20 * 60 * 1000;

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
    /// How many leads come in on a working day; a third of them on other days.
    pub leads_a_day: u32,
    /// When reps work.
    pub hours: Calendar,
}

/// A lead that comes in.
#[derive(Debug, Clone)]
pub struct Arrival {
    /// Its submission, with nothing derived yet.
    pub submission: Submission,
    /// How much it wants to buy, from 0 to 1. Not known to the rules.
    pub interest: f64,
}

impl World {
    /// A world with a seed.
    pub fn new(seed: u64, start: Timestamp, days: u32, leads_a_day: u32, hours: Calendar) -> Self {
        Self { chance: Chance(seed), start, days, leads_a_day, hours }
    }

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
        if works { self.leads_a_day } else { self.leads_a_day / 3 }
    }

    fn arrival(&self, day: u32, nth: u32) -> Arrival {
        let name = format!("{day}/{nth}");
        let mut random = ChaCha12Rng::seed_from_u64(self.chance.seed(&["person", &name]));
        let person = people::person(&mut random, (day * self.leads_a_day + nth) as usize);
        let within = self.chance.seed(&["moment", &name]) % DAY_MS.unsigned_abs();
        let received = self.start.plus_ms(DAY_MS * i64::from(day) + within.cast_signed());
        let channel = CHANNELS[self.chance.seed(&["channel", &name]) as usize % CHANNELS.len()];
        let submission = Submission {
            key: Submission::key_of("simulation", &name),
            received,
            facts: person.facts,
            origin: Some(Origin { channel: channel.to_owned(), campaign: None }),
            activities: Vec::new(),
        };
        Arrival { submission, interest: person.interest }
    }

    /// The moments at which a rep can make a call, in order.
    pub fn calls(&self) -> Vec<Timestamp> {
        let mut calls = Vec::new();
        let mut next = self.hours.next_opening(self.start);
        while next < self.end() && self.hours.is_open(next) {
            calls.push(next);
            next = self.hours.next_opening(self.hours.add_working_ms(next, CALL_MS));
        }
        calls
    }
}
