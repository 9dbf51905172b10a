use serde_json::json;

use super::*;
use crate::prelude::*;
use crate::{calendar as working, lists as words};

#[derive(Facts)]
struct Seen {
    industry: String,
    #[attribute("company.size")]
    size: Option<f64>,
    #[attribute("tags")]
    tags: Option<Vec<String>>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Settings {
    points: f64,
}

struct Demo(Settings);

impl Plugin for Demo {
    type Config = Settings;
    type Facts = Seen;

    fn configure(settings: Settings) -> Result<Self, Vec<Problem>> {
        if settings.points < 0.0 {
            return Err(vec![Problem::at("/points", "must not be negative")]);
        }
        Ok(Self(settings))
    }
}

impl Scoring for Demo {
    fn score(&self, input: &ScoringInput<Seen>) -> Result<Assessment, Failure> {
        let facts = &input.lead.facts;
        let size = facts.size.unwrap_or(1.0) + facts.tags.as_ref().map_or(0, Vec::len) as f64;
        Ok(Assessment::new().fit(&facts.industry, self.0.points * size, "size"))
    }
}

impl Screening for Demo {
    fn screen(&self, lead: &Lead<Seen>) -> Result<Verdict, Failure> {
        Ok(words::find("bad", &lead.facts.industry).into_iter().fold(Verdict::accept(), |verdict, hit| {
            verdict.with(Disposition::Reject, Finding::new("bad", "A bad word.").evidence(hit.entry))
        }))
    }
}

crate::export!(Demo: screening, scoring);

fn demo() -> Harness<Demo> {
    Harness::configure(json!({"points": 2})).unwrap()
}

#[test]
fn a_plugin_runs_as_in_the_host() {
    let lead = sample().with("industry", "retail").with("company.size", 4.0).with("tags", ["a", "b"]);
    let score = Score::of(Assessment::new().fit("retail", 12.0, "size"), &Needs::none());
    assert_eq!(demo().score(&lead).unwrap(), score);
    assert_eq!(demo().needs().attributes, ["industry", "company.size", "tags"]);
}

#[test]
fn bad_facts_name_the_attribute() {
    assert_eq!(
        demo().score(&sample()).unwrap_err(),
        Failure::BadInput("attribute `industry` is missing".to_owned())
    );
    let wrong = sample().with("industry", "x").with("company.size", "big");
    assert_eq!(
        demo().score(&wrong).unwrap_err(),
        Failure::BadInput("attribute `company.size` must be a number".to_owned())
    );
}

#[test]
fn problems_come_from_the_type_and_from_the_plugin() {
    let pointer = |config| Harness::<Demo>::configure(config).unwrap_err().remove(0).pointer;
    assert_eq!(pointer(json!({"points": 1, "pionts": 2})), "/pionts");
    assert_eq!(pointer(json!({"points": -1})), "/points");
}

#[test]
fn words_are_found_whole_and_across_spaces() {
    let harness = demo().lists([("bad", ["fraud", "诈骗"].as_slice())]);
    let findings = |text: &str| harness.screen(&sample().with("industry", text)).unwrap().findings.len();
    assert_eq!(findings("FRAUD and f r a u d, ｆｒａｕｄ"), 3);
    assert_eq!(findings("defrauded"), 0);
    assert_eq!(findings("网络诈　骗者"), 1);
}

#[test]
fn closed_hours_do_not_count() {
    let (at, hour) = (Timestamp::from_millis, 3_600_000);
    let harness = demo().closed("office", at(10 * hour), at(20 * hour));
    harness.host.install();
    assert_eq!(working::next_opening("office", at(15 * hour)), at(20 * hour));
    assert_eq!(working::add_working_ms("office", at(9 * hour), 2 * hour as u64), at(21 * hour));
    assert_eq!(working::working_ms_between("office", at(9 * hour), at(21 * hour)), 2 * hour as u64);
    assert_eq!(working::next_opening("other", at(15 * hour)), at(15 * hour));
}
