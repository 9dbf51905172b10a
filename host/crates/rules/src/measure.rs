//! One question, asked over and over: what an answer takes, and where its fuel goes.
//!
//! Where fuel goes is found without a special build and comes out the same on every machine: the call is run
//! again with less fuel than it takes, and the functions are noted in which it was when that ran out.

use leadsman_domain::PoolId;
use leadsman_domain::ruling::{Fault, Ruling};
use leadsman_flow::rules::{Ask, Step};

use crate::instance::Instance;
use crate::plugin::Plugin;
use crate::rulebook::PreparedRulebook;
use crate::state::Occasion;

/// A question to the plugin at one place of a policy.
pub struct Measured<'a> {
    plugin: &'a Plugin,
    pools: &'a [PoolId],
    ask: Ask<'a>,
}

/// What an answer took.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Taken {
    /// Fuel.
    pub fuel: u64,
    /// Memory that the instance has after it, in bytes.
    pub memory_bytes: usize,
}

impl PreparedRulebook {
    /// A question to be measured.
    #[must_use]
    pub fn measured<'a>(&'a self, step: Step, ask: Ask<'a>) -> Measured<'a> {
        Measured { plugin: self.plugin(step), pools: self.pools(), ask }
    }
}

impl Measured<'_> {
    /// Asks in a brand-new sandbox.
    ///
    /// # Errors
    ///
    /// When there is no usable answer.
    pub fn fresh(&self) -> Result<Taken, Fault> {
        self.ask(&mut self.open()?)
    }

    /// An instance to be asked again and again.
    ///
    /// # Errors
    ///
    /// When it cannot be started.
    pub fn open(&self) -> Result<Instance<'_>, Fault> {
        Instance::open(self.plugin, self.occasion())
    }

    /// Asks an instance.
    ///
    /// # Errors
    ///
    /// When there is no usable answer.
    pub fn ask(&self, instance: &mut Instance<'_>) -> Result<Taken, Fault> {
        let Ruling { outcome, fuel, .. } = self.ruling(instance);
        outcome.map(|()| Taken { fuel, memory_bytes: instance.memory_bytes() })
    }

    /// The functions in which a fresh call is when it has used up so much fuel, innermost first; none if it is
    /// over by then, or the sandbox does not note where calls end.
    #[must_use]
    pub fn functions_after(&self, fuel: u64) -> Vec<String> {
        let Ok(mut instance) = self.open() else { return Vec::new() };
        instance.starve(fuel);
        let _ = self.ruling(&mut instance);
        instance.ended_in()
    }

    fn occasion(&self) -> Occasion {
        match &self.ask {
            Ask::Screen(case) | Ask::Score(case) | Ask::Review(case) => {
                Occasion::of(case.lead.id.as_str(), case.now)
            }
            Ask::Route(inquiry) => Occasion::of(inquiry.case.lead.id.as_str(), inquiry.case.now),
            Ask::Credit { lead, conversion, .. } => Occasion::of(lead.id.as_str(), conversion.at),
        }
    }

    fn ruling(&self, instance: &mut Instance<'_>) -> Ruling<()> {
        match &self.ask {
            Ask::Screen(case) => ruling(instance.screen(&[*case]), all_usable),
            Ask::Score(case) => ruling(instance.score(&[*case]), all_usable),
            Ask::Route(inquiry) => ruling(instance.route(inquiry), usable),
            Ask::Review(case) => ruling(instance.review(*case, self.pools), usable),
            Ask::Credit { lead, conversion, touches } => {
                ruling(instance.credit(lead, conversion, touches), usable)
            }
        }
    }
}

/// A ruling without its answer.
fn ruling<T>(ruling: Ruling<T>, check: fn(T) -> Result<(), Fault>) -> Ruling<()> {
    let Ruling { outcome, fuel, log } = ruling;
    Ruling { outcome: outcome.and_then(check), fuel, log }
}

fn usable<T>(_: T) -> Result<(), Fault> {
    Ok(())
}

fn all_usable<T>(answers: Vec<Result<T, Fault>>) -> Result<(), Fault> {
    answers.into_iter().try_for_each(|answer| answer.map(drop))
}
