//! The table, compiled, with the place of every problem.

use leadsman_sdk::condition::{Compiled, Scope};
use leadsman_sdk::prelude::*;

use crate::config::{Config, QuestionName, TargetConfig};
use crate::covers;

/// One row.
pub(crate) struct Entry {
    /// `None` matches always.
    pub(crate) when: Option<Compiled>,
    pub(crate) target: Target,
    pub(crate) reason: String,
    question: Option<QuestionName>,
}

/// Where a lead goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    Pool(String),
    Rep(String),
    Team(String),
    Nurture,
    HoldUntilOpening(String),
}

impl Entry {
    /// Whether the rule has an answer to this question.
    pub(crate) fn answers(&self, question: Question) -> bool {
        match self.question.or_else(|| self.target.question()) {
            Some(QuestionName::Dispatch) => question == Question::Dispatch,
            Some(QuestionName::Allocation) => question == Question::Allocation,
            None => true,
        }
    }

    /// Whether it gives an answer whenever it holds, whatever the calendar says.
    pub(crate) const fn answers_always(&self) -> bool {
        !matches!(self.target, Target::HoldUntilOpening(_))
    }

    /// Whether it holds for a lead with these values.
    pub(crate) fn holds(&self, values: &[Option<Value>], now: Timestamp) -> bool {
        self.when.as_ref().is_none_or(|when| when.holds(values, now))
    }
}

impl Target {
    /// The question that the target answers, if it is only one.
    const fn question(&self) -> Option<QuestionName> {
        match self {
            Target::Pool(_) | Target::Nurture => Some(QuestionName::Dispatch),
            Target::Rep(_) | Target::Team(_) => Some(QuestionName::Allocation),
            Target::HoldUntilOpening(_) => None,
        }
    }
}

pub(crate) fn compile(config: &Config) -> Result<(Vec<Entry>, Needs), Vec<Problem>> {
    let mut scope = Scope::for_routing();
    let mut entries = Vec::new();
    for (index, rule) in config.rules.iter().enumerate() {
        let place = format!("/rules/{index}");
        check_name(&mut scope, config, index, &place);
        let when = Some(scope.compile(&rule.when, &format!("{place}/when")));
        let reason = format!("Rule {}: {}.", rule.name, rule.when);
        if let Some(target) = target(&mut scope, &rule.to, &format!("{place}/to")) {
            check_question(&mut scope, rule.question, &target, &place);
            entries.push(Entry { when, target, reason, question: rule.question });
        }
    }
    let positions: Vec<usize> = config.covers.iter().map(|axis| scope.attribute(&axis.attribute)).collect();
    for Problem { pointer, message } in covers::check_axes(config) {
        scope.problem(pointer, message);
    }
    let rules = entries.len();
    if let Some(otherwise) = &config.otherwise
        && let Some(target) = target(&mut scope, otherwise, "/otherwise")
    {
        let reason = "No rule of the table matches; this is done otherwise.".to_owned();
        entries.push(Entry { when: None, target, reason, question: None });
    }
    let needs = scope.finish()?;
    if config.covers.is_empty() {
        return Ok((entries, needs));
    }
    if !needs.lists.is_empty() {
        let message = "a table whose rules read lists cannot be looked through for gaps and overlaps";
        return Err(vec![Problem::at("/covers", message)]);
    }
    match covers::gaps_and_overlaps(config, &positions, &entries[..rules]) {
        none if none.is_empty() => Ok((entries, needs)),
        problems => Err(problems),
    }
}

fn check_name(scope: &mut Scope, config: &Config, index: usize, place: &str) {
    let name = &config.rules[index].name;
    if name.trim().is_empty() {
        scope.problem(format!("{place}/name"), "must not be empty");
    }
    if let Some(earlier) = config.rules[..index].iter().position(|rule| rule.name == *name) {
        scope.problem(format!("{place}/name"), format!("`{name}` is already the name of /rules/{earlier}"));
    }
}

fn check_question(scope: &mut Scope, question: Option<QuestionName>, target: &Target, place: &str) {
    if let (Some(said), Some(fits)) = (question, target.question())
        && said != fits
    {
        let message = match fits {
            QuestionName::Dispatch => "a pool or nurture is the answer to a dispatch, not to an allocation",
            QuestionName::Allocation => "a rep or a team is the answer to an allocation, not to a dispatch",
        };
        scope.problem(format!("{place}/question"), message);
    }
}

fn target(scope: &mut Scope, config: &TargetConfig, place: &str) -> Option<Target> {
    let named = |name: &Option<String>| name.clone().filter(|name| !name.trim().is_empty());
    let given = [
        named(&config.pool).map(Target::Pool),
        named(&config.rep).map(Target::Rep),
        named(&config.team).map(Target::Team),
        config.nurture.filter(|nurture| *nurture).map(|_| Target::Nurture),
        named(&config.hold_until_opening).map(Target::HoldUntilOpening),
    ];
    let mut given = given.into_iter().flatten();
    match (given.next(), given.next()) {
        (Some(target), None) => Some(target),
        _ => {
            let message =
                "expected exactly one of `pool`, `rep`, `team`, `nurture = true`, `hold_until_opening`";
            scope.problem(place, message);
            None
        }
    }
}
