//! The clock that runs until a demo lesson is offered.

use leadsman_sdk::calendar::add_working_ms;
use leadsman_sdk::prelude::*;

use crate::Plans;
use crate::config::Offer;
use crate::runway::Runway;

/// How soon a demo lesson must be offered, in milliseconds of working time.
pub struct Promise {
    urgent_ms: u64,
    ample_ms: u64,
    late_ms: u64,
    open_ms: u64,
    clock: String,
}

impl Promise {
    pub(crate) fn of(offer: &Offer, clock: String, problems: &mut Vec<Problem>) -> Self {
        let mut millis = |name: &str, duration: &Duration| {
            let read = duration.millis();
            if let Err(message) = read {
                problems.push(Problem::at(format!("/offer/{name}"), message));
            } else if duration.is_in_days() {
                problems.push(Problem::at(
                    format!("/offer/{name}"),
                    "is working time: write it in minutes or hours",
                ));
            }
            u64::try_from(read.unwrap_or(0)).unwrap_or(0)
        };
        Self {
            urgent_ms: millis("urgent", &offer.urgent),
            ample_ms: millis("ample", &offer.ample),
            late_ms: millis("late", &offer.late),
            open_ms: millis("open", &offer.open),
            clock,
        }
    }

    /// What is to be done with a lead that somebody owns and to whom nothing was offered yet.
    pub(crate) fn review(&self, matter: &Matter<Plans>, runway: &Runway) -> NextSteps {
        let within_ms = match runway {
            Runway::Urgent { .. } => self.urgent_ms,
            Runway::Ample { .. } => self.ample_ms,
            Runway::Late { .. } => self.late_ms,
            Runway::Open => self.open_ms,
        };
        let half = add_working_ms(&self.clock, matter.since, within_ms / 2);
        let due = add_working_ms(&self.clock, matter.since, within_ms);
        let key = |what: &str| format!("{what}/{}", matter.since.as_millis());
        let (remind, recycle) = (key("remind"), key("recycle"));
        if matter.now >= due {
            if matter.is_done(&recycle) {
                return NextSteps::nothing();
            }
            let message = format!("No demo lesson was offered in time. {}", runway.sentence());
            return NextSteps::nothing().act(recycle, Deed::Recycle(None), Reason::new("no-offer", message));
        }
        let steps = NextSteps::nothing().deadline("demo-offer", due, "The lead goes back to its pool.");
        if matter.now < half {
            return steps.look_again(half);
        }
        if matter.is_done(&remind) {
            return steps;
        }
        let text = format!("Offer a demo lesson now. {}", runway.sentence());
        let reason = Reason::new("offer-due", text.clone());
        steps.act(remind, Deed::Remind(text), reason)
    }
}
