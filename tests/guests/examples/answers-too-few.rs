//! Gives one answer less than there are leads.

#![allow(unsafe_code, dead_code, unused_imports, clippy::pedantic, reason = "generated code")]

wit_bindgen::generate!({ path: "../../wit", world: "scoring-plugin", generate_all });

use exports::leadsman::rules::plugin::{Description, Guest as PluginGuest, Needs, Problem};
use exports::leadsman::rules::scoring::{Assessment, Failure, Guest as ScoringGuest, ScoringInput};

pub struct Guest;

impl PluginGuest for Guest {
    fn describe() -> Description {
        Description {
            name: "answers-too-few".to_owned(),
            version: "0.1.0".to_owned(),
            summary: "Loses one.".to_owned(),
            configuration_schema: "{}".to_owned(),
        }
    }

    fn configure(_: String) -> Result<Needs, Vec<Problem>> {
        let (attributes, activities, rep_attributes, lists, rules) = Default::default();
        Ok(Needs { attributes, all_texts: false, activities, rep_attributes, lists, rules })
    }
}

impl ScoringGuest for Guest {
    fn score(inputs: Vec<ScoringInput>) -> Vec<Result<Assessment, Failure>> {
        inputs.iter().skip(1).map(|_| Ok(Assessment { contributions: Vec::new() })).collect()
    }
}

#[cfg(target_arch = "wasm32")]
export!(Guest);
