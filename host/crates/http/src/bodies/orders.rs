//! What people order about leads, as clients send it.

use leadsman_domain::life::LifeStage;
use leadsman_domain::order::Order;
use leadsman_domain::{Facts, LeadId, LineId, PoolId, RepId, TargetId};
use leadsman_flow::Acting;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use utoipa::ToSchema;

use super::targets::checked;
use crate::problem::FieldError;
use crate::values::{FactMap, Moment, Word, distinct};

/// How many bytes the reason of an order may have.
const REASON_BYTES_MAX: usize = 2_000;
/// How many reps may be named as suggested.
const SUGGESTED_MAX: usize = 50;

/// An order about a lead, and why.
#[derive(Debug, Clone, PartialEq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewOrder {
    /// What to do: `claim`, `assign`, `transfer`, `return`, `reclaim`, `reject`, `dispatch`, `allocate`,
    /// `advance`, `release`, `merge`, `unmerge`, `add-task`, `close-task`, `qualify` or
    /// `spawn`.
    pub order: Verb,
    /// Who shall own the lead: for `assign` and `transfer`, and for `claim` by a manager.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "mei.lin")]
    pub rep: Option<RepId>,
    /// Whom the system had suggested, best first: for `assign`, so that the journal shows what was not taken.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    pub suggested: Vec<RepId>,
    /// Where the lead goes: for `dispatch`; where the new one begins: for `spawn`.
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
    /// The other lead: for `merge` and `unmerge`.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub other: Option<LeadId>,
    /// What is to be done: for `add-task`.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "send the offer")]
    pub task: Option<Word>,
    /// Until when: for `add-task`.
    #[serde(default)]
    pub due: Option<Moment>,
    /// The number of the task: for `close-task`.
    #[serde(default)]
    pub number: Option<u32>,
    /// The account that the lead becomes: for `qualify`. A new one if missing.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "acme-gmbh")]
    pub account: Option<TargetId>,
    /// The contact that the lead becomes: for `qualify`. A new one if missing.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub contact: Option<TargetId>,
    /// The opportunity that the lead becomes: for `qualify`. A new one if missing.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub opportunity: Option<TargetId>,
    /// The business line of the new lead: for `spawn`.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "study-abroad")]
    pub line: Option<LineId>,
    /// The reason, for the lead's journal.
    #[serde(default)]
    #[schema(example = "asked for by phone")]
    pub reason: String,
}

/// An order about a lead, in a line of many.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct LeadOrder {
    pub lead: LeadId,
    pub order: NewOrder,
}

impl<'de> Deserialize<'de> for LeadOrder {
    /// Beside the lead a line has what an order has, and nothing else.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut line = serde_json::Map::deserialize(deserializer)?;
        let lead = line.remove("lead").ok_or_else(|| D::Error::missing_field("lead"))?;
        let lead = lead.as_str().and_then(|lead| LeadId::parse(lead).ok());
        let lead = lead.ok_or_else(|| D::Error::custom("`lead` is not the id of a lead"))?;
        let order = NewOrder::deserialize(Value::Object(line)).map_err(D::Error::custom)?;
        Ok(Self { lead, order })
    }
}

/// An order about a lead, in a line of many, as it is described.
#[derive(Deserialize, ToSchema)]
#[schema(as = LeadOrder)]
#[expect(dead_code, reason = "says how a `LeadOrder` is written")]
pub(crate) struct LeadOrderView {
    /// The lead.
    lead: String,
    /// What to do, to whom, where and why, beside the lead.
    #[serde(flatten)]
    order: NewOrder,
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
    /// Another lead becomes part of this one.
    Merge,
    /// A lead that became part of this one is one of its own again.
    Unmerge,
    /// Something is to be done.
    AddTask,
    /// A task is done.
    CloseTask,
    /// The lead becomes an account, a contact and an opportunity.
    Qualify,
    /// A lead for another business line is made out of it.
    Spawn,
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
            Verb::Merge => {
                needed(self.other.clone(), "/other", &mut errors).map(|other| Order::Merge { other })
            }
            Verb::Unmerge => {
                needed(self.other.clone(), "/other", &mut errors).map(|other| Order::Unmerge { other })
            }
            Verb::AddTask => {
                let due = self.due.map(|due| due.0);
                needed(self.task.clone(), "/task", &mut errors)
                    .map(|task| Order::AddTask { text: task.0, due })
            }
            Verb::CloseTask => {
                needed(self.number, "/number", &mut errors).map(|number| Order::CloseTask { number })
            }
            Verb::Qualify => Some(Order::Qualify {
                account: self.account.clone(),
                contact: self.contact.clone(),
                opportunity: self.opportunity.clone(),
            }),
            Verb::Spawn => {
                let line = needed(self.line.clone(), "/line", &mut errors);
                let pool = needed(self.pool.clone(), "/pool", &mut errors);
                line.zip(pool).map(|(line, pool)| Order::Spawn { line, pool })
            }
        };
        let surplus = self.given().into_iter().filter(|(_, verbs)| !verbs.contains(&self.order));
        errors.extend(surplus.map(|(at, _)| FieldError::at(at, "does not belong to this order")));
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

impl NewOrder {
    /// What was given besides the verb and the reason, and the verbs that take it.
    fn given(&self) -> Vec<(&'static str, &'static [Verb])> {
        let fields: [(bool, &str, &[Verb]); 13] = [
            (self.rep.is_some(), "/rep", &[Verb::Claim, Verb::Assign, Verb::Transfer]),
            (!self.suggested.is_empty(), "/suggested", &[Verb::Assign]),
            (self.pool.is_some(), "/pool", &[Verb::Dispatch, Verb::Spawn]),
            (self.line.is_some(), "/line", &[Verb::Spawn]),
            (self.code.is_some(), "/code", &[Verb::Return]),
            (self.stage.is_some(), "/stage", &[Verb::Advance]),
            (self.other.is_some(), "/other", &[Verb::Merge, Verb::Unmerge]),
            (self.task.is_some(), "/task", &[Verb::AddTask]),
            (self.due.is_some(), "/due", &[Verb::AddTask]),
            (self.number.is_some(), "/number", &[Verb::CloseTask]),
            (self.account.is_some(), "/account", &[Verb::Qualify]),
            (self.contact.is_some(), "/contact", &[Verb::Qualify]),
            (self.opportunity.is_some(), "/opportunity", &[Verb::Qualify]),
        ];
        fields.into_iter().filter(|(given, ..)| *given).map(|(_, at, verbs)| (at, verbs)).collect()
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
        checked(self.facts)
    }
}
