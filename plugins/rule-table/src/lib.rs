//! Routes leads by a table of rules, of which the first that matches wins.
//!
//! ```toml
//! [[rules]]
//! name = "night"
//! when = { attribute = "lead.mature", is = true }
//! to = { hold_until_opening = "office" }      # matches only while the calendar is closed
//!
//! [[rules]]
//! name = "large-companies"
//! when = { all = [{ attribute = "company.size", at_least = 1000 },
//!                 { attribute = "lead.score", at_least = 60 }] }
//! to = { pool = "enterprise" }                # answers a dispatch
//!
//! [[rules]]
//! name = "not-ripe"
//! when = { attribute = "lead.mature", is = false }
//! to = { nurture = true }
//!
//! [[rules]]
//! name = "german-speakers"
//! when = { attribute = "country", one_of = ["DE", "AT"] }
//! to = { team = "german" }                    # answers an allocation; `rep = "ann"` likewise
//!
//! [otherwise]
//! pool = "general"
//! ```
//!
//! A rule answers the question that fits its target: `pool` and `nurture` a dispatch, `rep` and `team`
//! an allocation, `hold_until_opening` both; `question = "dispatch"` or `"allocation"` says it
//! expressly. The reason of the answer names the rule.
//!
//! A team narrows the choice to its candidates and leaves it to the next plugin. If a named rep, or
//! everybody of a named team, is not among the candidates, the next plugin is asked, and those are
//! passed over with a reason.
//!
//! # Segments
//!
//! A table that divides leads among teams says into what, and is refused if a segment has no rule, or more
//! than one:
//!
//! ```toml
//! covers = [
//!   { attribute = "company.size", cuts = [100, 1000] },     # below 100, from 100 to 1000, from 1000
//!   { attribute = "region", values = ["north", "south"] },
//! ]
//! ```
//!
//! What lies outside, such as a lead whose size is not known, is for `otherwise` or the next plugin.
//!
//! Besides the lead's attributes, conditions can read what scoring said: `lead.score`, `lead.fit`,
//! `lead.engagement` (numbers), `lead.grade` (a text) and `lead.mature` (a flag).

mod config;
mod covers;
mod table;
#[cfg(test)]
mod tests;

use leadsman_sdk::calendar;
use leadsman_sdk::prelude::*;

pub use config::Config;
use table::{Entry, Target};

/// Of how many reps it is said why not.
const SHOWN_MAX: usize = 50;

/// The plugin, configured.
pub struct RuleTable {
    entries: Vec<Entry>,
    needs: Needs,
}

impl Plugin for RuleTable {
    type Config = Config;
    type Facts = Values;

    fn configure(config: Config) -> Result<Self, Vec<Problem>> {
        let (entries, needs) = table::compile(&config)?;
        Ok(Self { entries, needs })
    }

    fn needs(&self) -> Needs {
        self.needs.clone()
    }
}

impl Routing for RuleTable {
    fn route(&self, request: &Request<Values>) -> Result<Proposal, Failure> {
        let values = request.values();
        let mut entries = self.entries.iter().filter(|entry| entry.answers(request.question));
        let answer = entries.find_map(|entry| {
            entry.holds(values.as_slice(), request.now).then(|| answer(entry, request)).flatten()
        });
        Ok(answer.unwrap_or_else(|| Proposal::pass().because("no-match", "No rule of the table matches.")))
    }
}

/// The answer of a rule that matches; `None` if there is nothing to wait for.
fn answer(entry: &Entry, request: &Request<Values>) -> Option<Proposal> {
    let proposal = match &entry.target {
        Target::Pool(pool) => Proposal::pool(pool),
        Target::Nurture => Proposal::nurture(),
        Target::HoldUntilOpening(name) => {
            let opening = calendar::next_opening(name, request.now);
            if opening <= request.now {
                return None;
            }
            Proposal::hold_until(opening)
        }
        Target::Rep(rep) => to_rep(rep, request),
        Target::Team(team) => to_team(team, request),
    };
    Some(proposal.because("rule", entry.reason.as_str()))
}

fn to_rep(rep: &str, request: &Request<Values>) -> Proposal {
    if request.candidate(rep).is_none() {
        let message = "Named by the rule, but cannot take leads now.";
        return Proposal::pass().passed_over(rep, "not-available", message);
    }
    let others = request.candidates.iter().filter(|other| other.rep != rep).take(SHOWN_MAX);
    others.fold(Proposal::rep(rep).ranked(rep, "Named by the rule."), |proposal, other| {
        proposal.passed_over(&other.rep, "not-named", format!("The rule names {rep}."))
    })
}

fn to_team(team: &str, request: &Request<Values>) -> Proposal {
    let (members, others): (Vec<&Candidate>, Vec<&Candidate>) =
        request.candidates.iter().partition(|candidate| candidate.teams.iter().any(|name| name == team));
    let proposal = if members.is_empty() {
        Proposal::pass().because("not-available", format!("Nobody of the team {team} can take leads now."))
    } else {
        Proposal::narrow(members.into_iter().map(|member| member.rep.clone()).collect())
    };
    others.into_iter().take(SHOWN_MAX).fold(proposal, |proposal, other| {
        proposal.passed_over(&other.rep, "wrong-team", format!("Is not in the team {team}."))
    })
}

leadsman_sdk::export!(RuleTable: routing);
