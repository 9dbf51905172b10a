//! Tells everything that it is shown, and answers in every way that the contracts have: whichever the lead asks for.

use leadsman_sdk::prelude::*;
use leadsman_sdk::{calendar, lists, numbers};

const HOUR_MS: f64 = 3_600_000.0;

#[derive(Facts)]
pub struct Seen {
    ask: Option<String>,
    size: Option<f64>,
    agreed: Option<bool>,
    since: Option<Timestamp>,
    tags: Option<Vec<String>>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Piece {
    /// The calendar that it asks.
    calendar: String,
    /// After how many working hours it speaks again.
    hours: f64,
}

const ACTIVITIES: [&str; 2] = ["call.done", "email.*"];

impl Plugin for Piece {
    type Config = Piece;
    type Facts = Seen;
    fn configure(config: Piece) -> Result<Self, Vec<Problem>> {
        if config.hours > 99.0 {
            return Err(vec![Problem::at("/hours", "must be at most 99")]);
        }
        Ok(config)
    }
    fn needs(&self) -> Needs {
        let declared = Rule { name: "size".to_owned(), axis: Axis::Fit, message: "Its size.".to_owned() };
        let needs = Needs::of::<Seen>().all_texts().activities(ACTIVITIES);
        needs.rep_attributes(["languages", "quota"]).lists(["named", "words"]).rules([declared])
    }
}

impl Screening for Piece {
    fn screen(&self, lead: &Lead<Seen>) -> Result<Verdict, Failure> {
        let (ask, told) = (asked(lead)?, told(lead));
        let finding = Finding::new("asked", told).attribute("ask").evidence(ask);
        Ok(match ask {
            "flag" => Verdict::accept().with(Severity::Flag, finding),
            "reject" => Verdict::accept().with(Severity::Reject, finding),
            _ => Verdict::accept(),
        })
    }
}

impl Scoring for Piece {
    fn score(&self, input: &ScoringInput<Seen>) -> Result<Assessment, Failure> {
        asked(&input.lead)?;
        let detail = format!("{} at {}", told(&input.lead), input.now.as_millis());
        let mut sum = Assessment::new().declared(0, input.lead.facts.size.unwrap_or(0.0));
        sum.contributions[0].detail = Some(detail);
        for activity in &input.activities {
            let kind = ACTIVITIES[activity.kind];
            let message = format!("{kind} at {}.", activity.at.as_millis());
            sum = sum.engagement(kind, activity.quantity, message);
        }
        for text in &input.lead.texts {
            if lists::contains("named", &text.text) {
                sum = sum.fit("named", -1.5, format!("{} is named.", text.name));
            }
            for hit in lists::find("words", &text.text) {
                let found = &text.text[hit.start as usize..hit.end as usize];
                sum = sum.engagement("word", 0.001, format!("{} says {found}: {}.", text.name, hit.entry));
            }
        }
        Ok(sum)
    }
}

impl Routing for Piece {
    fn route(&self, request: &Request<Seen>) -> Result<Proposal, Failure> {
        let reps: Vec<String> = request.candidates.iter().map(|candidate| candidate.rep.clone()).collect();
        let mut proposal = match asked(&request.lead)? {
            "pool" => Proposal::pool("other"),
            "rep" => Proposal::rep(&reps[0]),
            "narrow" => Proposal::narrow(reps),
            "hold" => Proposal::hold_until(calendar::next_opening(
                &self.calendar,
                request.now.plus_millis(43_200_000),
            )),
            "nurture" => Proposal::nurture(),
            _ => Proposal::pass(),
        };
        for one in &request.candidates {
            let cap = one.cap.map_or("none".to_owned(), |cap| cap.to_string());
            let own = one.attributes.as_slice().iter().map(shown).collect::<Vec<_>>().join(", ");
            let teams = one.teams.join("+");
            let message = format!("{teams}, weight {}, load {}, cap {cap}: {own}", one.weight, one.load);
            proposal = proposal.ranked(&one.rep, message);
        }
        for known in &request.acquaintances {
            let relation = match known.relation {
                Relation::Owner => "owner",
                Relation::AccountOwner => "account-owner",
                Relation::LastWorker => "last-worker",
            };
            proposal =
                proposal.passed_over(&known.rep, relation, format!("since {}", known.since.as_millis()));
        }
        let question = match request.question {
            Question::Dispatch => "dispatch",
            Question::Allocation => "allocation",
        };
        let pools: Vec<String> =
            request.pools.iter().map(|pool| format!("{} {}", pool.id, pool.waiting)).collect();
        let pool = request.pool.as_deref().unwrap_or("none");
        let message = format!(
            "{question} for {pool} of {} at {}: {}; {}",
            pools.join("+"),
            request.now.as_millis(),
            standing(&request.standing),
            told(&request.lead),
        );
        proposal = proposal.counter("turns", request.counter("turns") + 1);
        proposal.reasons.push(Reason::new("asked", message).about("ask"));
        Ok(proposal)
    }
}

impl FollowUp for Piece {
    fn review(&self, matter: &Matter<Seen>) -> Result<NextSteps, Failure> {
        let ask = asked(&matter.lead)?;
        let deed = match ask {
            "remind" => Some(Deed::Remind("Call it.".to_owned())),
            "escalate" => Some(Deed::Escalate("Nobody calls.".to_owned())),
            "recycle" => Some(Deed::Recycle(None)),
            "recycle-to" => Some(Deed::Recycle(Some("other".to_owned()))),
            "advance" => Some(Deed::advance(LifeStage::Sql)),
            "route" => Some(Deed::Route),
            "send" => Some(Deed::Send("welcome".to_owned())),
            "spawn" => Some(Deed::spawn("abroad", "other")),
            _ => None,
        };
        let mut steps = NextSteps::nothing();
        let key = format!("{ask}/{}", matter.since.as_millis());
        if let Some(deed) = deed.filter(|_| !matter.is_done(&key)) {
            let activities: Vec<String> = matter
                .activities
                .iter()
                .map(|one| format!("{} {}", ACTIVITIES[one.kind], numbers::format(one.quantity)))
                .collect();
            let message = format!(
                "{} since {}, pool {}, owner {}, nurtured {}, done {}, {}; {}; {}",
                matter.stage,
                matter.stage_since.as_millis(),
                matter.pool.as_deref().unwrap_or("none"),
                matter.owner.as_deref().unwrap_or("none"),
                matter.nurtured,
                matter.done.join("+"),
                activities.join("+"),
                standing(&matter.standing),
                told(&matter.lead),
            );
            steps = steps.act(key, deed, Reason::new("asked", message).about("ask"));
        }
        let worked = calendar::working_ms_between(&self.calendar, matter.since, matter.now);
        let later = calendar::add_working_ms(&self.calendar, matter.now, (self.hours * HOUR_MS) as u64);
        Ok(steps.deadline("later", later, format!("after {worked} ms of work")))
    }
}

impl Attribution for Piece {
    fn credit(&self, conversion: &Conversion, touches: &[Touch]) -> Result<Vec<f64>, Failure> {
        if conversion.scenario == "unknown" {
            return Err(Failure::Internal(format!("{} of {}", conversion.id, conversion.scenario)));
        }
        let known = |moment: Option<Timestamp>, share: f64| if moment.is_some() { share } else { 0.0 };
        let extra = known(conversion.lead_created, 0.25) + known(conversion.deal_created, 0.5);
        let weight = |touch: &Touch| {
            let hours = (conversion.at.as_millis() - touch.at.as_millis()) as f64 / HOUR_MS;
            let campaign = touch.campaign.as_ref().map_or(0, |campaign| 10 * campaign.len());
            hours + (touch.channel.len() + campaign) as f64 + extra
        };
        Ok(touches.iter().map(weight).collect())
    }
}

/// What the lead asks for.
fn asked(lead: &Lead<Seen>) -> Result<&str, Failure> {
    match lead.facts.ask.as_deref().unwrap_or("nothing") {
        "bad-input" => Err(Failure::BadInput(told(lead))),
        "internal" => Err(Failure::Internal(told(lead))),
        ask => Ok(ask),
    }
}

/// All that is seen of a lead.
fn told(lead: &Lead<Seen>) -> String {
    let Seen { ask, size, agreed, since, tags } = &lead.facts;
    let values = [
        ask.clone().map(Value::Text),
        size.map(Value::Number),
        agreed.map(Value::Flag),
        since.map(|since| Value::Time(since.as_millis())),
        tags.clone().map(Value::Texts),
    ];
    let values = values.iter().map(shown).collect::<Vec<_>>().join(", ");
    let texts: Vec<String> = lead.texts.iter().map(|one| format!("{}={}", one.name, one.text)).collect();
    format!("{} of {}: {values}; {}", lead.id, lead.received.as_millis(), texts.join(", "))
}

fn shown(value: &Option<Value>) -> String {
    match value {
        None => "none".to_owned(),
        Some(Value::Text(text)) => text.clone(),
        Some(Value::Number(number)) => numbers::format(*number),
        Some(Value::Flag(flag)) => flag.to_string(),
        Some(Value::Time(millis)) => millis.to_string(),
        Some(Value::Texts(texts)) => texts.join("+"),
    }
}

fn standing(standing: &Standing) -> String {
    let [score, fit, engagement] = [standing.score, standing.fit, standing.engagement].map(numbers::format);
    format!("{score} = {fit} + {engagement}, {}, mature {}", standing.grade, standing.mature)
}

leadsman_sdk::export!(Piece: screening, scoring, routing, follow_up, attribution);
