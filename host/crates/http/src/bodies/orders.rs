//! What people order about leads, as clients send it.

use leadsman_domain::life::LifeStage;
use leadsman_domain::order::Order;
use leadsman_domain::submission::check_facts;
use leadsman_domain::{Facts, PoolId, RepId};
use leadsman_flow::Acting;
use serde::Deserialize;
use utoipa::ToSchema;

use super::facts;
use crate::problem::FieldError;
use crate::values::{FactMap, Word, distinct};

/// How many bytes the reason of an order may have.
const REASON_BYTES_MAX: usize = 2_000;
/// How many reps may be named as suggested.
const SUGGESTED_MAX: usize = 50;

/// An order about a lead, and why.
#[derive(Debug, Clone, PartialEq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewOrder {
    /// What to do: `claim`, `assign`, `transfer`, `return`, `reclaim`, `reject`, `dispatch`, `allocate`,
    /// `advance` or `release`.
    pub order: Verb,
    /// Who shall own the lead: for `assign` and `transfer`, and for `claim` by a manager.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "mei.lin")]
    pub rep: Option<RepId>,
    /// Whom the system had suggested, best first: for `assign`, so that the journal shows what was not taken.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    pub suggested: Vec<RepId>,
    /// Where the lead goes: for `dispatch`.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub pool: Option<PoolId>,
    /// A word of the policy's `returns`, which says to which pool: for `return`.
    #[serde(default)]
    #[schema(example = "not-ripe")]
    pub code: Option<String>,
    /// The stage of the lead's life: for `advance`.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "sql")]
    pub stage: Option<LifeStage>,
    /// The reason, for the lead's journal.
    #[serde(default)]
    #[schema(example = "asked for by phone")]
    pub reason: String,
}

/// What can be ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Verb {
    /// A rejected, held or blocked lead goes on.
    Release,
    /// A rep takes a lead from a pool.
    Claim,
    /// A manager gives a lead to a rep.
    Assign,
    /// The owner hands a lead over.
    Transfer,
    /// The owner gives a lead back.
    Return,
    /// A manager takes a lead back to its pool.
    Reclaim,
    /// The owner refuses a lead, and is not counted a turn.
    Reject,
    /// The lead is moved to a pool.
    Dispatch,
    /// The pool's plugins are asked who gets the lead.
    Allocate,
    /// The lead is moved to another stage of its life.
    Advance,
}

impl NewOrder {
    /// The order, if it says what it needs and nothing else.
    pub(crate) fn order(&self, acting: &Acting) -> Result<Order, Vec<FieldError>> {
        let mut errors = Vec::new();
        let own = match (self.order, acting) {
            (Verb::Claim, Acting::Rep(rep)) => Some(rep.clone()),
            _ => None,
        };
        let rep = self.rep.clone().or(own);
        let order = match self.order {
            Verb::Release => Some(Order::Release),
            Verb::Claim => needed(rep, "/rep", &mut errors).map(|rep| Order::Claim { rep }),
            Verb::Assign => {
                let suggested = self.suggested.clone();
                needed(rep, "/rep", &mut errors).map(|rep| Order::Assign { rep, suggested })
            }
            Verb::Transfer => needed(rep, "/rep", &mut errors).map(|rep| Order::Transfer { rep }),
            Verb::Return => Some(Order::Return { code: self.code.clone() }),
            Verb::Reclaim => Some(Order::Reclaim),
            Verb::Reject => Some(Order::Reject),
            Verb::Dispatch => {
                needed(self.pool.clone(), "/pool", &mut errors).map(|pool| Order::Dispatch { pool })
            }
            Verb::Allocate => Some(Order::Allocate),
            Verb::Advance => needed(self.stage, "/stage", &mut errors).map(|stage| Order::Advance { stage }),
        };
        let takes_rep = matches!(self.order, Verb::Claim | Verb::Assign | Verb::Transfer);
        let superfluous = [
            (self.rep.is_some() && !takes_rep, "/rep"),
            (!self.suggested.is_empty() && self.order != Verb::Assign, "/suggested"),
            (self.pool.is_some() && self.order != Verb::Dispatch, "/pool"),
            (self.code.is_some() && self.order != Verb::Return, "/code"),
            (self.stage.is_some() && self.order != Verb::Advance, "/stage"),
        ];
        let surplus = superfluous.into_iter().filter(|(is_there, _)| *is_there);
        errors.extend(surplus.map(|(_, at)| FieldError::at(at, "does not belong to this order")));
        if self.reason.len() > REASON_BYTES_MAX {
            errors.push(FieldError::at("/reason", format!("longer than {REASON_BYTES_MAX} bytes")));
        }
        if self.suggested.len() > SUGGESTED_MAX {
            errors.push(FieldError::at("/suggested", format!("more than {SUGGESTED_MAX}")));
        }
        match order {
            Some(order) if errors.is_empty() => Ok(order),
            _ => Err(errors),
        }
    }
}

fn needed<T>(value: Option<T>, pointer: &str, errors: &mut Vec<FieldError>) -> Option<T> {
    if value.is_none() {
        errors.push(FieldError::at(pointer, "this order needs it"));
    }
    value
}

/// Why everything that a rep owns moves on.
#[derive(Debug, Clone, PartialEq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Relief {
    /// The reason, for the leads' journals.
    #[schema(value_type = String, example = "leaves the company")]
    pub reason: Word,
}

/// What is known better of a lead.
#[derive(Debug, Clone, PartialEq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Correction {
    /// The attributes that take the place of what was known.
    #[serde(deserialize_with = "distinct")]
    #[schema(value_type = std::collections::BTreeMap<String, crate::values::FactValue>)]
    pub facts: FactMap,
}

impl Correction {
    /// The facts, with nothing derived yet.
    pub(crate) fn facts(self) -> Result<Facts, Vec<FieldError>> {
        let mut errors = Vec::new();
        let facts = facts(self.facts, &mut errors);
        if let Err(cause) = check_facts(&facts) {
            errors.push(FieldError::at("/facts", cause.to_string()));
        }
        if errors.is_empty() { Ok(facts) } else { Err(errors) }
    }
}
