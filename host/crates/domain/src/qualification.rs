//! Qualification: when a lead may become an account, a contact and an opportunity, and what of it they take
//! over. Other systems call it the conversion of a lead; here a conversion is what attribution gives credit
//! for.

use serde::{Deserialize, Serialize};

use crate::lead::{Lack, Lead};
use crate::life::LifeStage;
use crate::policy::Eligibility;
use crate::target::TargetKind;
use crate::value::{AttributeName, Facts, ValueKind};

/// The terms on which leads become accounts, contacts and opportunities.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Qualification {
    /// The stage that a lead must have reached.
    pub stage: LifeStage,
    /// What else it must have.
    pub requires: Eligibility,
    /// What an account takes over.
    pub account: Vec<Field>,
    /// What a contact takes over.
    pub contact: Vec<Field>,
    /// What an opportunity takes over.
    pub opportunity: Vec<Field>,
}

/// An attribute of a lead that becomes an attribute of what it is turned into.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// What it is called there.
    pub to: AttributeName,
    /// The attribute of the lead.
    pub from: AttributeName,
    /// Of what kind it is.
    pub kind: ValueKind,
    /// Whether a lead must have it.
    pub required: bool,
}

impl Qualification {
    /// What a kind of target takes over.
    #[must_use]
    pub fn fields(&self, kind: TargetKind) -> &[Field] {
        match kind {
            TargetKind::Account => &self.account,
            TargetKind::Contact => &self.contact,
            TargetKind::Opportunity => &self.opportunity,
        }
    }

    /// What a lead lacks of its stage and of the fields, each once.
    #[must_use]
    pub fn lacks(&self, lead: &Lead) -> Vec<Lack> {
        let mut lacks = Vec::new();
        if lead.stage < self.stage {
            lacks.push(Lack::Stage { least: self.stage });
        }
        for field in TargetKind::ALL.into_iter().flat_map(|kind| self.fields(kind)) {
            let name = field.from.to_string();
            let lack = match lead.facts.get(field.from.as_str()) {
                None if field.required => Lack::Attribute { name },
                Some(value) if value.kind() != field.kind => Lack::Kind { name, kind: field.kind },
                _ => continue,
            };
            if !lacks.contains(&lack) {
                lacks.push(lack);
            }
        }
        lacks
    }

    /// What a target of a kind takes over from a lead.
    #[must_use]
    pub fn taken_over(&self, kind: TargetKind, facts: &Facts) -> Facts {
        let taken = |field: &Field| {
            let value = facts.get(field.from.as_str()).filter(|value| value.kind() == field.kind)?;
            Some((field.to.clone(), value.clone()))
        };
        self.fields(kind).iter().filter_map(taken).collect()
    }
}
