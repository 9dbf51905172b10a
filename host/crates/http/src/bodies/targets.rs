//! Records that a tenant has, and whom it asks for, as clients send them.

use std::collections::BTreeMap;

use leadsman_domain::submission::check_facts;
use leadsman_domain::{Facts, RepId, TargetId};
use leadsman_flow::Known;
use serde::Deserialize;
use utoipa::ToSchema;

use super::facts;
use crate::problem::FieldError;
use crate::values::{FactMap, distinct};

/// An account, a contact or an opportunity, whole: it takes the place of what was known of it.
#[derive(Debug, Clone, PartialEq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewTarget {
    /// What is known of it.
    #[serde(deserialize_with = "distinct")]
    #[schema(value_type = std::collections::BTreeMap<String, crate::values::FactValue>)]
    pub facts: FactMap,
    /// Who looks after it.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "mei.lin")]
    pub owner: Option<RepId>,
    /// The account of a contact or an opportunity.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "acme-gmbh")]
    pub account: Option<TargetId>,
    /// The campaigns that a contact or an account is a member of, and how far it came in each. Of those in which it
    /// stands already, it is a member since then.
    #[serde(default, deserialize_with = "distinct")]
    #[schema(value_type = std::collections::BTreeMap<String, String>, example = json!({"fair-2026": "invited"}))]
    pub campaigns: BTreeMap<String, String>,
}

/// Somebody who may be known.
#[derive(Debug, Clone, PartialEq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Probe {
    /// What is known of them.
    #[serde(deserialize_with = "distinct")]
    #[schema(value_type = std::collections::BTreeMap<String, crate::values::FactValue>, example = json!({
        "contact.email": "mei.lin@example.com"
    }))]
    pub facts: FactMap,
}

impl NewTarget {
    /// What is said of it, with nothing derived yet.
    pub(crate) fn known(self) -> Result<Known, Vec<FieldError>> {
        let Self { facts, owner, account, campaigns } = self;
        Ok(Known { facts: checked(facts)?, owner, account, campaigns })
    }
}

impl Probe {
    /// The facts, with nothing derived yet.
    pub(crate) fn facts(self) -> Result<Facts, Vec<FieldError>> {
        checked(self.facts)
    }
}

/// Facts within the limits of a record.
pub(crate) fn checked(map: FactMap) -> Result<Facts, Vec<FieldError>> {
    let mut errors = Vec::new();
    let facts = facts(map, &mut errors);
    if let Err(cause) = check_facts(&facts) {
        errors.push(FieldError::at("/facts", cause.to_string()));
    }
    if errors.is_empty() { Ok(facts) } else { Err(errors) }
}
