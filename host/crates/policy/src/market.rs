//! `world.toml`: the made-up market of a simulation. Who comes in, through which channels, what they say of
//! themselves, what they do before and after, and what their deals bring.
//!
//! ```toml
//! leads_a_day = 60                    # on days on which reps work
//! quiet = 0.5                         # the share of that on other days
//! interest = [0.05, 0.6]              # how much somebody wants to buy, from 0 to 1, before facts add to it
//!
//! [calls]
//! kind = "call.done"                  # the activity that a call is
//! every = "10m"                       # how long a rep takes from one call to the next
//! conversations = 2                   # after so many a lead buys, or is given back
//!
//! [words]                             # `{first}` in a text stands for one of these, the same in the whole lead
//! first = ["Anna", "Mehmet", "Wei"]
//!
//! [[channels]]
//! name = "paid-search"
//! weight = 3
//! interest = -0.05
//!
//! [[facts]]                           # in this order; the first that fits gives an attribute its value
//! attribute = "course"
//! choices = [{ is = "ielts", weight = 3, interest = 0.1 }, { is = "japanese" }]
//!
//! [[facts]]
//! attribute = "course.level"
//! when = [{ attribute = "course", is = "ielts" }]
//! range = [4.0, 7.5]                  # a number; `skew = 3` makes small ones frequent
//! step = 0.5
//! missing = 0.2                       # a fifth does not say it
//!
//! [[facts]]
//! attribute = "contact.phone"
//! choices = [{ is = "+49 151 1#######" }]     # `#` is a digit, `{n}` the number of the lead
//!
//! [[facts]]
//! attribute = "consent.contact"
//! likely = 0.9                        # yes or no
//!
//! [[facts]]
//! attribute = "exam.date"
//! days = [10, 200]                    # a moment so many days after coming in
//!
//! [[activities]]
//! kind = "page.visit"
//! before = "14d"                      # within so long before coming in; or `after`, or `after_talk`
//! rate = [0.5, 4]                     # how many on average: without interest, and with the most
//! channel = "organic-search"
//!
//! [[activities]]
//! kind = "lesson.demo"
//! after_talk = "3d"                   # within so long after the first conversation
//! rate = [0.1, 0.9]
//! once = true                         # at most one; the rate is its probability
//!
//! [[deals]]                           # the first that fits; who fits none does not buy
//! value_minor = [80000, 400000]
//! skew = 2
//! currency = "EUR"
//! scenario = "new-student"
//! ```

use std::collections::BTreeMap;
use std::path::Path;

use leadsman_domain::filter::Filter;
use leadsman_domain::policy::Policy;
use leadsman_domain::{AttributeName, Value};

use crate::problem::{PolicyErrors, Problem};

mod read;

/// What `world.toml` says.
#[derive(Debug, Clone, PartialEq)]
pub struct Market {
    /// How many leads come in on a day on which reps work.
    pub leads_a_day: u32,
    /// The share of that on other days.
    pub quiet: f64,
    /// The bounds of interest, before facts add to it.
    pub interest: [f64; 2],
    /// How reps call.
    pub calls: Calls,
    /// What `{name}` in a text stands for.
    pub words: BTreeMap<String, Vec<String>>,
    /// Channels through which leads come; none if empty.
    pub channels: Vec<Channel>,
    /// What leads say of themselves.
    pub facts: Vec<Fact>,
    /// What leads do.
    pub activities: Vec<Habit>,
    /// What deals bring.
    pub deals: Vec<Worth>,
}

/// How reps call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calls {
    /// The kind of activity that a call is, if it says so.
    pub kind: Option<String>,
    /// How long a rep takes from one call to the next, in milliseconds of working time.
    pub every_ms: u64,
    /// After how many conversations a lead buys or is given back.
    pub conversations: u32,
}

/// A channel.
#[derive(Debug, Clone, PartialEq)]
pub struct Channel {
    /// Its name.
    pub name: String,
    /// How many come through it, relative to the others.
    pub weight: f64,
    /// What coming through it adds to the interest.
    pub interest: f64,
}

/// How an attribute gets its value.
#[derive(Debug, Clone, PartialEq)]
pub struct Fact {
    /// The attribute.
    pub attribute: AttributeName,
    /// For which leads, by what was drawn before.
    pub when: Vec<Filter>,
    /// The share of leads that do not say it.
    pub missing: f64,
    /// What it can be.
    pub draw: Draw,
}

/// What a value is drawn from.
#[derive(Debug, Clone, PartialEq)]
pub enum Draw {
    /// One of these.
    Choices(Vec<Choice>),
    /// A number.
    Range {
        /// The bounds.
        bounds: [f64; 2],
        /// What it is rounded to.
        step: Option<f64>,
        /// 1 for every number as often; the greater, the more frequent are small ones.
        skew: u32,
        /// What the greatest adds to the interest; the others in proportion.
        interest: f64,
    },
    /// A moment, in days after coming in.
    Days([f64; 2]),
}

/// One of several values.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// The value; texts may have `{word}`, `{n}` and `#` in them.
    pub is: Value,
    /// How frequent it is, relative to the others.
    pub weight: f64,
    /// What it adds to the interest.
    pub interest: f64,
}

/// What leads do now and then.
#[derive(Debug, Clone, PartialEq)]
pub struct Habit {
    /// The kind of activity.
    pub kind: String,
    /// When it is done.
    pub at: Moments,
    /// For which leads.
    pub when: Vec<Filter>,
    /// How many on average, without interest and with the most.
    pub rate: [f64; 2],
    /// At most one; the rate is its probability.
    pub once: bool,
    /// The bounds of its quantity.
    pub quantity: [f64; 2],
    /// The channel, if it is a touch.
    pub channel: Option<String>,
    /// The campaign of the touch.
    pub campaign: Option<String>,
}

/// When something is done, within a span in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moments {
    /// Before the lead comes in.
    Before(i64),
    /// After it came in.
    After(i64),
    /// After the first conversation with a rep.
    AfterTalk(i64),
}

/// What a deal brings.
#[derive(Debug, Clone, PartialEq)]
pub struct Worth {
    /// For which leads.
    pub when: Vec<Filter>,
    /// The bounds of its value, in minor units.
    pub value_minor: [f64; 2],
    /// 1 for every value as often; the greater, the more frequent are small ones.
    pub skew: u32,
    /// The currency, by its ISO 4217 code.
    pub currency: String,
    /// The question of attribution that it is.
    pub scenario: String,
}

impl Market {
    /// Reads a file, which the policy's channels, kinds of activity and scenarios have to suit.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it, and when it cannot be read.
    pub fn load(file: &Path, policy: &Policy) -> Result<Self, PolicyErrors> {
        let name = file.file_name().map_or("world.toml".into(), |name| name.to_string_lossy());
        let text = std::fs::read_to_string(file)
            .map_err(|error| Problem::of_file(&*name, format!("cannot read the file: {error}")))?;
        Self::parse(&name, &text, policy)
    }

    /// Reads a text.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it.
    pub fn parse(name: &str, text: &str, policy: &Policy) -> Result<Self, PolicyErrors> {
        read::read(name, text, policy)
    }
}
