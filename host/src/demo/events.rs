//! Sixty simulated days: who comes in when, what they do then, and who buys.

use leadsman_domain::attribution::Conversion;
use leadsman_domain::lead::Activity;
use leadsman_domain::money::Minor;
use leadsman_domain::submission::{Origin, Submission};
use leadsman_domain::time::DAY_MS;
use leadsman_domain::{ConversionId, Digest, Timestamp};
use rand::{Rng, RngExt as _};
use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::SeedableRng as _;

use super::people::{self, Person};

/// 2026-01-05, a Monday, at 08:00 UTC.
const START: Timestamp = Timestamp::from_ms(1_767_600_000_000);
const DAYS: i64 = 60;

/// Channels with their campaigns and how often they bring somebody.
const ORIGINS: [(&str, Option<&str>, u32); 9] = [
    ("paid-search", Some("brand-2026"), 18),
    ("paid-search", Some("warehouse-software"), 14),
    ("organic-search", None, 22),
    ("email", Some("winter-newsletter"), 10),
    ("event", Some("fair-hannover"), 9),
    ("social", Some("video-series"), 8),
    ("referral", None, 7),
    ("partner", Some("scanner-bundle"), 5),
    ("direct", None, 12),
];

const ACTIVITIES: [(&str, u32); 7] = [
    ("page.visit", 40),
    ("email.open", 28),
    ("page.pricing", 12),
    ("email.reply", 8),
    ("event.visit", 5),
    ("demo.request", 5),
    ("email.complaint", 2),
];

/// Something that happens in the demo.
#[derive(Debug, Clone)]
pub enum Happening {
    /// Somebody fills the form.
    Submitted(Box<Submission>),
    /// The lead of a submission does something.
    Acted {
        /// The submission.
        submission: Digest,
        /// What it does.
        activity: Activity,
    },
    /// The lead of a submission buys.
    Converted {
        /// The submission.
        submission: Digest,
        /// What it buys.
        conversion: Conversion,
    },
}

impl Happening {
    /// When it happens.
    pub fn at(&self) -> Timestamp {
        match self {
            Self::Submitted(submission) => submission.received,
            Self::Acted { activity, .. } => activity.at,
            Self::Converted { conversion, .. } => conversion.at,
        }
    }
}

/// Makes up what happens around so many submissions, in the order of time. The submissions are as they
/// come in: nothing is derived yet.
pub fn happenings(seed: u64, submissions: usize) -> Vec<Happening> {
    let mut random = ChaCha12Rng::seed_from_u64(seed);
    let mut known: Vec<Person> = Vec::new();
    let mut happenings = Vec::with_capacity(submissions * 4);
    for number in 0..submissions {
        let repeats = !known.is_empty() && random.random_bool(0.08);
        let person = if repeats {
            let person = &known[random.random_range(0..known.len())].clone();
            people::again(&mut random, person)
        } else {
            people::person(&mut random, number)
        };
        let received = moment(&mut random, START, DAYS);
        let key = Submission::key_of("demo", &number.to_string());
        life(&mut random, &person, key, received, number, &mut happenings);
        let (channel, campaign) = origin(&mut random);
        let origin = Some(Origin { channel, campaign });
        let facts = person.facts.clone();
        let submission = Submission { key, received, facts, origin, activities: Vec::new() };
        happenings.push(Happening::Submitted(Box::new(submission)));
        known.push(person);
    }
    // Nothing happens to a lead in the very moment at which it comes in, so time alone orders them.
    happenings.sort_by_key(Happening::at);
    happenings
}

/// What a person does after the form, and whether the person buys.
fn life(
    random: &mut impl Rng,
    person: &Person,
    submission: Digest,
    received: Timestamp,
    number: usize,
    happenings: &mut Vec<Happening>,
) {
    let eager = person.interest;
    let end = START.plus_ms(DAYS * DAY_MS);
    let mut last = received;
    while random.random_bool(0.35 + 0.45 * eager) {
        let at = last.plus_ms(random.random_range(60_000..5 * DAY_MS));
        if at >= end {
            return;
        }
        last = at;
        let kind = weighted(random, ACTIVITIES.iter().map(|(kind, weight)| (*kind, *weight)));
        let (channel, campaign) = if kind.starts_with("page.") && random.random_bool(0.4) {
            let (channel, campaign) = origin(random);
            (Some(channel), campaign)
        } else {
            (None, None)
        };
        let activity = Activity { kind: kind.to_owned(), at, quantity: 1.0, channel, campaign, by: None };
        happenings.push(Happening::Acted { submission, activity });
    }
    let bought = last.plus_ms(random.random_range(DAY_MS..6 * DAY_MS));
    if bought < end && random.random_bool(0.12 * eager * eager) {
        let Ok(id) = ConversionId::parse(&format!("deal-{number}")) else { return };
        let value = Minor(random.random_range(80_000..4_000_000));
        let scenario = if random.random_bool(0.2) { "existing-customer" } else { "new-business" };
        let conversion = Conversion {
            id,
            scenario: scenario.to_owned(),
            at: bought,
            value,
            currency: "EUR".to_owned(),
            deal_created: Some(last),
        };
        happenings.push(Happening::Converted { submission, conversion });
    }
}

fn moment(random: &mut impl Rng, start: Timestamp, days: i64) -> Timestamp {
    start.plus_ms(random.random_range(0..days * DAY_MS))
}

fn origin(random: &mut impl Rng) -> (String, Option<String>) {
    let origins = ORIGINS.iter().map(|(channel, campaign, weight)| ((*channel, *campaign), *weight));
    let (channel, campaign) = weighted(random, origins);
    (channel.to_owned(), campaign.map(str::to_owned))
}

/// Picks one by weight.
fn weighted<T: Copy>(random: &mut impl Rng, choices: impl Iterator<Item = (T, u32)> + Clone) -> T {
    let total: u32 = choices.clone().map(|(_, weight)| weight).sum();
    let mut place = random.random_range(0..total.max(1));
    let mut picked = None;
    for (choice, weight) in choices {
        picked = Some(choice);
        if place < weight {
            break;
        }
        place -= weight;
    }
    #[expect(clippy::expect_used, reason = "the tables above are not empty")]
    picked.expect("there is a choice")
}
