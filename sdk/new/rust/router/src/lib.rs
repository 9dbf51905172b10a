//! Gives a lead to the rep who speaks its language and has the fewest leads.

use leadsman_sdk::prelude::*;

#[derive(Facts)]
pub struct Speaks {
    #[attribute("person.language")]
    language: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Languages {
    /// The language of leads that do not say theirs, such as `en`.
    otherwise: String,
}

impl Plugin for Languages {
    type Config = Languages;
    type Facts = Speaks;
    fn configure(config: Languages) -> Result<Self, Vec<Problem>> {
        Ok(config)
    }
    fn needs(&self) -> Needs {
        Needs::of::<Speaks>().rep_attributes(["languages"])
    }
}

impl Routing for Languages {
    fn route(&self, request: &Request<Speaks>) -> Result<Proposal, Failure> {
        let language = request.lead.facts.language.as_ref().unwrap_or(&self.otherwise);
        let speaks = |rep: &&Candidate| match rep.attributes.get(0) {
            Some(Value::Texts(languages)) => languages.contains(language),
            _ => false,
        };
        let mut reps: Vec<&Candidate> = request.candidates.iter().filter(speaks).collect();
        reps.sort_by_key(|rep| rep.load);
        Ok(match reps.first() {
            Some(first) => Proposal::rep(&first.rep)
                .because("speaks", format!("{} speaks {language} and has {} leads.", first.rep, first.load)),
            None => Proposal::pass().because("nobody", format!("Nobody who is there speaks {language}.")),
        })
    }
}

leadsman_sdk::export!(Languages: routing);

#[cfg(test)]
mod tests;
