//! Groups of leads, and the messages of their tracks.

use leadsman_sdk::condition::Compiled;
use leadsman_sdk::duration::DAY_MS;
use leadsman_sdk::prelude::*;

use crate::pace::Pace;

/// A group of leads.
pub(crate) struct Group {
    pub(crate) name: String,
    /// `None` holds for everybody.
    pub(crate) when: Option<Compiled>,
    /// The place of its track among the tracks.
    pub(crate) track: usize,
}

/// A track.
pub(crate) struct Track {
    pub(crate) name: String,
    /// In the order of their days.
    pub(crate) sends: Vec<Send>,
}

/// A message of a track.
pub(crate) struct Send {
    pub(crate) day: u32,
    pub(crate) template: String,
}

impl Track {
    /// Sends what is due, and shows what is next. `sent` are the moments of all messages, in order.
    pub(crate) fn review<F>(
        &self,
        group: &Group,
        pace: &Pace,
        mut sent: Vec<Timestamp>,
        matter: &Matter<F>,
    ) -> NextSteps {
        let mut steps = NextSteps::nothing();
        for send in &self.sends {
            let key = self.key(send, matter.since);
            if matter.is_done(&key) {
                continue;
            }
            let due = matter.since.plus_millis(i64::from(send.day) * DAY_MS);
            match pace.schedule(due, &sent, matter.now) {
                None => {}
                Some(moment) if moment > matter.now => {
                    return steps.deadline(&self.name, moment, format!("message {}", send.template));
                }
                Some(_) => {
                    sent.push(matter.now);
                    let deed = Deed::Send(send.template.clone());
                    steps = steps.act(key, deed, self.reason(group, send));
                }
            }
        }
        steps
    }

    fn key(&self, send: &Send, since: Timestamp) -> String {
        format!("{}/{}/{}/{}", self.name, send.template, since.as_millis(), send.day)
    }

    fn reason(&self, group: &Group, send: &Send) -> Reason {
        let message = format!("Group {}, track {}: the message of day {}.", group.name, self.name, send.day);
        Reason::new("track", message)
    }
}
