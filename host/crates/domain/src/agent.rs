//! Channel agents: partners who bring leads, and get a part of what these become.

use serde::{Deserialize, Serialize};

use crate::attribution::{Conversion, Touch};
use crate::filter::{Filter, all_fit};
use crate::ids::AgentId;
use crate::money::Minor;
use crate::plan::Rate;
use crate::time::Timestamp;
use crate::value::Facts;

/// A partner who brings leads. A lead is the agent's if everything fits that is said here.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Agent {
    /// The agent's id.
    pub id: AgentId,
    /// How the agent is called.
    pub name: String,
    /// The channel of the first touch.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub channel: Option<String>,
    /// The campaign of the first touch.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub campaign: Option<String>,
    /// What the lead's attributes must be.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub leads: Vec<Filter>,
    /// What the agent gets, from when until when; none of them at the same time as another.
    pub contracts: Vec<Contract>,
}

/// What an agent gets of deals in a span of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contract {
    /// The part of their value.
    pub rate: Rate,
    /// The first moment; always if missing.
    pub from: Option<Timestamp>,
    /// The first moment after it; for ever if missing.
    pub until: Option<Timestamp>,
}

/// What an agent gets of a deal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rebate {
    /// Who.
    pub agent: AgentId,
    /// The contract's rate.
    pub rate: Rate,
    /// How much, in minor units of the deal's currency.
    pub value: Minor,
}

impl Agent {
    /// Whether a lead is the agent's: by its first touch, and by what is known of it.
    #[must_use]
    pub fn brought(&self, whence: Option<&Touch>, facts: &Facts) -> bool {
        let campaign = whence.and_then(|touch| touch.campaign.as_ref());
        let by_channel =
            self.channel.as_ref().is_none_or(|own| whence.is_some_and(|touch| touch.channel == *own));
        let by_campaign = self.campaign.as_ref().is_none_or(|own| campaign == Some(own));
        by_channel && by_campaign && all_fit(&self.leads, facts)
    }

    /// The contract in force at a moment.
    #[must_use]
    pub fn contract(&self, at: Timestamp) -> Option<&Contract> {
        self.contracts.iter().find(|contract| contract.holds(at))
    }
}

impl Contract {
    /// Whether it is in force at a moment.
    #[must_use]
    pub fn holds(&self, at: Timestamp) -> bool {
        self.from.is_none_or(|from| from <= at) && self.until.is_none_or(|until| at < until)
    }

    /// Whether there is a moment at which it and another one are in force.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        let ends_before =
            |one: &Self, other: &Self| one.until.zip(other.from).is_some_and(|(until, from)| until <= from);
        !ends_before(self, other) && !ends_before(other, self)
    }
}

/// What is due for a conversion: to the first agent whose lead it was, by the contract in force when it happened.
#[must_use]
pub fn rebate(
    agents: &[Agent],
    whence: Option<&Touch>,
    facts: &Facts,
    conversion: &Conversion,
) -> Option<Rebate> {
    let agent = agents.iter().find(|agent| agent.brought(whence, facts))?;
    let rate = agent.contract(conversion.at)?.rate;
    Some(Rebate { agent: agent.id.clone(), rate, value: rate.of_amount(conversion.value) })
}
