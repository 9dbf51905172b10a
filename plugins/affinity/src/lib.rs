//! Gives a lead to the rep who knows it already, before anybody takes a turn.
//!
//! ```toml
//! relations = ["owner", "account-owner", "last-worker"]   # the default: all, closest first
//! ```
//!
//! The first who knows the lead in the order of the relations and is a candidate wins. If none of them
//! is a candidate, because they are absent, full or barred, the next plugin is asked, and each is named
//! with the reason. No counters move: knowing a customer costs no turn.

#[cfg(test)]
mod tests;

use leadsman_sdk::prelude::*;

/// Of how many reps it is said why not.
const SHOWN_MAX: usize = 50;

/// Which relations count.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The relations that count, the most important first.
    #[serde(default = "all")]
    relations: Vec<RelationName>,
}

/// How a rep knows a lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum RelationName {
    /// Owns, or owned, this lead.
    Owner,
    /// Owns another lead of the same company.
    AccountOwner,
    /// Was the last to work with it.
    LastWorker,
}

/// The plugin, configured.
pub struct Affinity {
    relations: Vec<RelationName>,
}

impl Plugin for Affinity {
    type Config = Config;
    type Facts = ();

    fn configure(config: Config) -> Result<Self, Vec<Problem>> {
        let relations = config.relations;
        let mut problems = Vec::new();
        if relations.is_empty() {
            problems.push(Problem::at("/relations", "must name at least one relation"));
        }
        for (index, relation) in relations.iter().enumerate() {
            if relations[..index].contains(relation) {
                problems.push(Problem::at(format!("/relations/{index}"), "is named twice"));
            }
        }
        if problems.is_empty() { Ok(Self { relations }) } else { Err(problems) }
    }
}

impl Routing for Affinity {
    fn route(&self, request: &Request<()>) -> Result<Proposal, Failure> {
        if request.question == Question::Dispatch {
            return Ok(Proposal::pass().because("not-asked", "Affinity is for allocation only."));
        }
        let known = self.known(request);
        let chosen = known.iter().find(|one| request.candidate(&one.rep).is_some());
        let mut proposal = match chosen {
            Some(one) => Proposal::rep(&one.rep).because("affinity", format!("{} {}.", one.rep, knows(one))),
            None if known.is_empty() => Proposal::pass().because("unknown", "Nobody knows this lead yet."),
            None => Proposal::pass().because("not-available", "Nobody who knows this lead can take it now."),
        };
        for one in &known {
            proposal = match (request.candidate(&one.rep), chosen) {
                (None, _) => {
                    let message = format!("{}, but cannot take leads now.", capital(knows(one)));
                    proposal.passed_over(&one.rep, "not-available", message)
                }
                (Some(_), Some(winner)) if winner.rep != one.rep => {
                    let message = format!("{}; {} is closer.", capital(knows(one)), winner.rep);
                    let proposal = proposal.ranked(&one.rep, format!("{}.", capital(knows(one))));
                    proposal.passed_over(&one.rep, "less-close", message)
                }
                _ => proposal.ranked(&one.rep, format!("{}.", capital(knows(one)))),
            };
        }
        Ok(if chosen.is_some() { without_relation(proposal, request, &known) } else { proposal })
    }
}

impl Affinity {
    /// Those who know the lead, in the order of the configured relations, each once.
    fn known<'a>(&self, request: &'a Request<()>) -> Vec<&'a Acquaintance> {
        let mut known: Vec<&Acquaintance> = Vec::new();
        for relation in &self.relations {
            for one in request.acquaintances.iter().filter(|one| Relation::from(*relation) == one.relation) {
                if !known.iter().any(|earlier| earlier.rep == one.rep) {
                    known.push(one);
                }
            }
        }
        known
    }
}

/// Says of the candidates who do not know the lead why not.
fn without_relation(proposal: Proposal, request: &Request<()>, known: &[&Acquaintance]) -> Proposal {
    let strangers = request.candidates.iter().filter(|one| !known.iter().any(|other| other.rep == one.rep));
    strangers.take(SHOWN_MAX).fold(proposal, |proposal, stranger| {
        proposal.passed_over(&stranger.rep, "no-relation", "Does not know this lead.")
    })
}

const fn knows(one: &Acquaintance) -> &'static str {
    match one.relation {
        Relation::Owner => "owns or owned this lead",
        Relation::AccountOwner => "owns another lead of this company",
        Relation::LastWorker => "was the last to work with this lead",
    }
}

fn capital(sentence: &str) -> String {
    let mut letters = sentence.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

impl From<RelationName> for Relation {
    fn from(name: RelationName) -> Self {
        match name {
            RelationName::Owner => Relation::Owner,
            RelationName::AccountOwner => Relation::AccountOwner,
            RelationName::LastWorker => Relation::LastWorker,
        }
    }
}

fn all() -> Vec<RelationName> {
    vec![RelationName::Owner, RelationName::AccountOwner, RelationName::LastWorker]
}

leadsman_sdk::export!(Affinity: routing);
