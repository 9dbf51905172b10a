//! Which names are reserved in which stage, and what stands behind them.

use serde_json::{Value as Json, json};

use crate::condition::Compiled;
use crate::harness::{Harness, Sample, Situation, dispatch, pooled, sample};
use crate::prelude::*;

use super::*;

/// Answers with yes if its condition holds: it proposes the pool `yes`, or sends the template `yes`.
struct Asks {
    when: Compiled,
    needs: Needs,
}

#[derive(Deserialize, JsonSchema)]
struct Settings {
    when: Condition,
    in_follow_up: bool,
}

impl Plugin for Asks {
    type Config = Settings;
    type Facts = Values;

    fn configure(settings: Settings) -> Result<Self, Vec<Problem>> {
        let mut scope = if settings.in_follow_up { Scope::for_follow_up() } else { Scope::for_routing() };
        let when = scope.compile(&settings.when, "/when");
        Ok(Self { when, needs: scope.finish()? })
    }

    fn needs(&self) -> Needs {
        self.needs.clone()
    }
}

impl Routing for Asks {
    fn route(&self, request: &Request<Values>) -> Result<Proposal, Failure> {
        let holds = self.when.holds(request.values().as_slice(), request.now);
        Ok(if holds { Proposal::pool("yes") } else { Proposal::pass() })
    }
}

impl FollowUp for Asks {
    fn review(&self, matter: &Matter<Values>) -> Result<NextSteps, Failure> {
        let holds = self.when.holds(matter.values().as_slice(), matter.now);
        let yes =
            || NextSteps::nothing().act("yes", Deed::Send("yes".to_owned()), Reason::new("yes", "Yes."));
        Ok(if holds { yes() } else { NextSteps::nothing() })
    }
}

fn asks(when: &Json, in_follow_up: bool) -> Harness<Asks> {
    Harness::configure(json!({"when": when, "in_follow_up": in_follow_up})).unwrap()
}

fn standing(grade: &str) -> Standing {
    Standing { score: 70.0, fit: 50.0, engagement: 20.0, grade: grade.to_owned(), mature: true }
}

fn big() -> Sample {
    sample().with("company.size", 100.0)
}

/// Whether a condition holds in routing.
fn routes(when: &Json, grade: &str) -> bool {
    let proposal = asks(when, false).route(&dispatch(big()).standing(standing(grade))).unwrap();
    proposal.choice == Choice::Pool("yes".to_owned())
}

/// Whether a condition holds in follow-up, for an MQL.
fn reviews(when: &Json, grade: &str) -> bool {
    let situation: Situation = pooled(big(), "north", Timestamp::from_millis(0)).standing(standing(grade));
    !asks(when, true).review(&situation).unwrap().actions.is_empty()
}

#[test]
fn what_scoring_said_can_be_read_beside_the_attributes() {
    for (name, value) in [
        ("lead.score", json!(70)),
        ("lead.fit", json!(50)),
        ("lead.engagement", json!(20)),
        ("lead.grade", json!("b1")),
        ("lead.mature", json!(true)),
        ("company.size", json!(100)),
    ] {
        let when = json!({"attribute": name, "is": value});
        assert!(routes(&when, "B1") && reviews(&when, "B1"), "{name}");
        let not = json!({"attribute": name, "is_not": value});
        assert!(!routes(&not, "B1") && !reviews(&not, "B1"), "{name}");
    }
}

#[test]
fn without_grades_the_grade_is_absent() {
    let absent = json!({"attribute": "lead.grade", "absent": true});
    assert!(routes(&absent, "") && reviews(&absent, ""));
    assert!(!routes(&absent, "B1") && !reviews(&absent, "B1"));
}

#[test]
fn the_stage_of_life_is_reserved_in_follow_up_only() {
    let when = json!({"all": [
        {"attribute": "company.size", "present": true}, {"attribute": "lead.stage", "is": "mql"},
    ]});
    assert!(reviews(&when, ""));
    assert_eq!(asks(&when, true).needs().attributes, ["company.size"]);
    assert!(!routes(&when, ""));
    assert_eq!(asks(&when, false).needs().attributes, ["company.size", "lead.stage"]);
}
