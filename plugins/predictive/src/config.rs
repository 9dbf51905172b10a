//! The configuration: a model, and how much is told of its reasons.

use std::collections::BTreeSet;

use leadsman_sdk::model::ModelDocument;
use leadsman_sdk::prelude::*;

use crate::Predictive;

/// The configuration of the plugin.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The model, as `leadsman train` wrote it.
    pub model: ModelDocument,
    /// How many attributes are told of each lead, those that moved it most; the others are told together.
    #[serde(default = "reasons_usual")]
    pub reasons: usize,
}

fn reasons_usual() -> usize {
    6
}

impl Config {
    pub(crate) fn compile(self) -> Result<Predictive, Vec<Problem>> {
        let names: Vec<&str> = self.model.attributes.iter().map(|one| one.name()).collect();
        let mut seen = BTreeSet::new();
        let twice = names.iter().enumerate().filter(|(_, name)| !seen.insert(**name));
        let problems: Vec<Problem> = twice
            .map(|(place, name)| {
                Problem::at(format!("/model/attributes/{place}/name"), format!("`{name}` is there already"))
            })
            .collect();
        if !problems.is_empty() {
            return Err(problems);
        }
        let model = self.model.model().map_err(|error| vec![Problem::at("/model", error.to_string())])?;
        let rule = |name: String, message: String| Rule { name, axis: Axis::Fit, message };
        let own = [
            rule("average lead".to_owned(), "How probable it is of the average lead, in percent.".to_owned()),
            rule("other attributes".to_owned(), "All attributes that are not told singly.".to_owned()),
        ];
        let of_attributes =
            names.iter().map(|name| rule((*name).to_owned(), format!("What `{name}` says of such a lead.")));
        let needs =
            Needs::none().rules(own.into_iter().chain(of_attributes)).attributes(names.iter().copied());
        Ok(Predictive { model, reasons: self.reasons, needs })
    }
}
