//! What a matter says, and which deeds are left to be done.

use serde_json::{Value as Json, json};

use super::*;
use crate::harness::{Harness, Situation, nurtured, owned, pooled, sample};
use crate::prelude::*;

/// Does one thing, unless it is moot.
struct Does(Deed);

/// What it does; nothing of this is to take the lead back to its pool.
#[derive(Deserialize, JsonSchema)]
struct Settings {
    advance: Option<LifeStage>,
    recycle: Option<String>,
}

impl Plugin for Does {
    type Config = Settings;
    type Facts = ();

    fn configure(settings: Settings) -> Result<Self, Vec<Problem>> {
        Ok(Self(settings.advance.map_or(Deed::Recycle(settings.recycle), Deed::advance)))
    }
}

impl FollowUp for Does {
    fn review(&self, matter: &Matter<()>) -> Result<NextSteps, Failure> {
        if self.0.is_moot(matter) {
            return Ok(NextSteps::nothing());
        }
        Ok(NextSteps::nothing().act("it", self.0.clone(), Reason::new("it", "It is not moot.")))
    }
}

fn now() -> Timestamp {
    Timestamp::from_millis(0)
}

fn done(does: Json, situation: &Situation) -> Result<Vec<Deed>, Failure> {
    let steps = Harness::<Does>::configure(does).unwrap().review(situation)?;
    Ok(steps.actions.into_iter().map(|action| action.deed).collect())
}

#[test]
fn a_stage_is_moot_once_it_is_reached() {
    let at = |stage: LifeStage| {
        done(json!({"advance": "sql"}), &nurtured(sample(), now()).stage(stage.as_str(), now()))
    };
    assert_eq!(at(LifeStage::Uql).unwrap(), [Deed::Advance("sql".to_owned())]);
    assert_eq!(at(LifeStage::Mql).unwrap(), [Deed::Advance("sql".to_owned())]);
    assert_eq!(at(LifeStage::Sql).unwrap(), []);
    assert_eq!(at(LifeStage::Deal).unwrap(), []);
}

#[test]
fn a_stage_of_another_name_is_bad_input() {
    let failure = done(json!({}), &nurtured(sample(), now()).stage("lead", now())).unwrap_err();
    assert_eq!(failure, Failure::BadInput("there is no stage of life `lead`".to_owned()));
}

#[test]
fn a_pool_is_moot_for_those_who_wait_there() {
    let to_north = |situation| done(json!({"recycle": "north"}), &situation).unwrap();
    let moved = [Deed::Recycle(Some("north".to_owned()))];
    assert_eq!(to_north(pooled(sample(), "north", now())), []);
    assert_eq!(to_north(pooled(sample(), "south", now())), moved);
    assert_eq!(to_north(owned(sample(), "ann", "north", now())), moved, "its owner loses it");
    let back = done(json!({}), &pooled(sample(), "north", now())).unwrap();
    assert_eq!(back, [Deed::Recycle(None)], "which pool that is the host knows");
}
