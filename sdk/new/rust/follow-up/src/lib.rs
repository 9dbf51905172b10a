//! Takes a lead back from an owner who does not call it in time, and reminds the owner before.

use leadsman_sdk::prelude::*;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Deadlines {
    /// How long an owner may take until the first call, such as `24h`.
    within: Duration,
    /// How long before that the owner is reminded, such as `2h`.
    remind: Duration,
}

pub struct FirstCall {
    within_ms: i64,
    remind_ms: i64,
}

impl Plugin for FirstCall {
    type Config = Deadlines;
    type Facts = ();
    fn configure(config: Deadlines) -> Result<Self, Vec<Problem>> {
        let millis = |span: &Duration, at: &str| span.millis().map_err(|cause| vec![Problem::at(at, cause)]);
        Ok(FirstCall {
            within_ms: millis(&config.within, "/within")?,
            remind_ms: millis(&config.remind, "/remind")?,
        })
    }
    fn needs(&self) -> Needs {
        Needs::none().activities(["call.done"])
    }
}

impl FollowUp for FirstCall {
    fn review(&self, matter: &Matter<()>) -> Result<NextSteps, Failure> {
        let was_called = matter.activities.iter().any(|call| call.at >= matter.since);
        if matter.owner.is_none() || was_called {
            return Ok(NextSteps::nothing());
        }
        // Keys name the occasion, so that another owner is reminded anew.
        let occasion = matter.since.as_millis();
        let deadline = matter.since.plus_millis(self.within_ms);
        let reminder = deadline.plus_millis(-self.remind_ms);
        let steps = NextSteps::nothing();
        Ok(if matter.now >= deadline {
            let reason = Reason::new("not-called", "Nobody called the lead in time.");
            steps.act(format!("recycle/{occasion}"), Deed::Recycle(None), reason)
        } else if matter.now >= reminder {
            let reason = Reason::new("call-soon", "The time for the first call is nearly up.");
            let text = "Call this lead now, or somebody else will get it.".to_owned();
            let steps = steps.act(format!("remind/{occasion}"), Deed::Remind(text), reason);
            steps.deadline("first-call", deadline, "back to the pool")
        } else {
            steps.deadline("first-call", deadline, "back to the pool").look_again(reminder)
        })
    }
}

leadsman_sdk::export!(FirstCall: follow_up);

#[cfg(test)]
mod tests;
