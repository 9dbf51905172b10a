//! What reps made of their leads.

use std::collections::BTreeMap;

use leadsman_domain::money::{Minor, split};
use leadsman_domain::order::Parting;
use leadsman_domain::policy::{Calendar, Rep};
use leadsman_domain::{RepId, TeamId, Timestamp};
use serde::Serialize;

use super::{Figure, Fold, Response, Span, Story};
use crate::error::FlowError;
use crate::history::{Archive, History};

/// What a team made of its leads in a span of time. Who had a lead that is part of another one by now had it, but
/// the two are one lead.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct TeamReport {
    /// Leads that came in in that time, and were no junk.
    pub leads: u64,
    /// Of these: called by now, by whomever.
    pub contacted: u64,
    /// The same as a share, from 0 to 1; none without leads.
    pub contacted_share: Option<f64>,
    /// From when these came in to the first call.
    pub response: Response,
    /// By rep, those who have left included.
    pub reps: BTreeMap<RepId, RepWork>,
    /// Deals of leads that nobody had when they were made. They are in no rep's part.
    pub nobodys: NobodysDeals,
    /// By team. A rep of several teams counts for the first that the policy names, and one of none for none.
    pub teams: BTreeMap<TeamId, TeamWork>,
}

/// Deals that no rep made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct NobodysDeals {
    /// How many.
    pub won: u64,
    /// What they are worth, in minor units.
    pub won_value_minor: i64,
}

/// What the reps of a team made of their leads together.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct TeamWork {
    /// Leads given to them; one that came twice counts twice.
    pub given: u64,
    /// Of these: called by now, while they had them.
    pub contacted: u64,
    /// The same as a share, from 0 to 1; none if none was given.
    pub contacted_share: Option<f64>,
    /// Deals that they made.
    pub won: u64,
    /// What they are worth, in minor units.
    pub won_value_minor: i64,
    /// Their part in what all teams won, in thousandths: by value, or by number if the deals are worth nothing. All
    /// teams together have a thousand; none if nobody won.
    pub won_permille: Option<u16>,
}

/// What one rep made of the leads that the rep was given in that time, and what else happened to the rep's
/// leads in it.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct RepWork {
    /// Leads given to the rep; one that came twice counts twice.
    pub given: u64,
    /// Of these: called by now, while the rep had them.
    pub contacted: u64,
    /// The same as a share, from 0 to 1; none if none was given.
    pub contacted_share: Option<f64>,
    /// From when the rep was given these to the rep's first call.
    pub response: Response,
    /// Leads taken from the rep because a deadline passed.
    pub recycled: u64,
    /// Leads that the rep gave back.
    pub returned: u64,
    /// Leads that the rep refused.
    pub rejected: u64,
    /// Deals that the rep made.
    pub won: u64,
    /// What they are worth, in minor units.
    pub won_value_minor: i64,
    /// The rep's part in what all reps won, in thousandths: by value, or by number if the deals are worth nothing.
    /// All reps together have a thousand; none if nobody won.
    pub won_permille: Option<u16>,
    /// Leads that the rep owns now, deals apart.
    pub load: u64,
}

/// When somebody came, and when somebody responded.
type Pairs = Vec<(Timestamp, Timestamp)>;

/// The report on the team in a span of time.
#[derive(Debug, Clone)]
pub struct TeamFold {
    /// The reps of the policy.
    pub reps: Vec<Rep>,
    /// Activities of this kind are calls; `call.*` stands for every kind with that beginning.
    pub call: String,
    /// What working time is.
    pub hours: Option<Calendar>,
    /// The span.
    pub span: Span,
}

/// The report in the making.
#[derive(Debug, Clone, Default)]
pub struct Worked {
    report: TeamReport,
    responses: Pairs,
    by_rep: BTreeMap<RepId, Pairs>,
}

impl TeamReport {
    /// Folds the journals of all leads. Activities of the kind `call` are calls, and working time is that of
    /// `hours`.
    ///
    /// # Errors
    ///
    /// When a journal cannot be read.
    pub fn of(
        archive: &Archive,
        reps: &[Rep],
        call: &str,
        hours: Option<&Calendar>,
        span: Span,
    ) -> Result<Self, FlowError> {
        let (reps, call) = (reps.to_vec(), call.to_owned());
        archive.report(&TeamFold { reps, call, hours: hours.cloned(), span })
    }
}

impl Fold for TeamFold {
    type Sums = Worked;
    type Report = TeamReport;
    const JOURNALS: bool = true;

    fn begin(&self) -> Worked {
        let mut worked = Worked::default();
        worked.report.reps = self.reps.iter().map(|rep| (rep.id.clone(), RepWork::default())).collect();
        worked
    }

    fn add(&self, worked: &mut Worked, history: &History) {
        let (lead, story, span) = (&history.lead, Story::of(history, &self.call), self.span);
        if !lead.is_part_of_another() && span.has(lead.received) {
            worked.report.leads += 1;
            worked.responses.extend(story.first_call.map(|called| (lead.received, called)));
        }
        for stint in &story.stints {
            let work = worked.report.reps.entry(stint.rep.clone()).or_default();
            if span.has(stint.since) {
                work.given += 1;
                let called = stint.first_call.map(|called| (stint.since, called));
                worked.by_rep.entry(stint.rep.clone()).or_default().extend(called);
            }
            match stint.ended.filter(|(at, _)| span.has(*at)) {
                Some((_, Parting::Recycled)) => work.recycled += 1,
                Some((_, Parting::Returned)) => work.returned += 1,
                Some((_, Parting::Rejected)) => work.rejected += 1,
                _ => {}
            }
        }
        for deal in story.deals.iter().filter(|deal| span.has(deal.at)) {
            let (won, value) = match &deal.rep {
                Some(rep) => {
                    let work = worked.report.reps.entry(rep.clone()).or_default();
                    (&mut work.won, &mut work.won_value_minor)
                }
                None if deal.of_another => continue,
                None => {
                    let nobodys = &mut worked.report.nobodys;
                    (&mut nobodys.won, &mut nobodys.won_value_minor)
                }
            };
            *won += 1;
            *value = value.saturating_add(deal.value.0);
        }
        if let Some(owner) = lead.status.owner().filter(|_| lead.takes_room()) {
            worked.report.reps.entry(owner.clone()).or_default().load += 1;
        }
    }

    fn finish(&self, worked: Worked) -> TeamReport {
        let Worked { mut report, responses, mut by_rep } = worked;
        let hours = self.hours.as_ref();
        report.contacted = responses.len() as u64;
        report.contacted_share = share(report.contacted, report.leads);
        report.response = Response::of(&responses, hours);
        for (rep, work) in &mut report.reps {
            let responses = by_rep.remove(rep).unwrap_or_default();
            work.contacted = responses.len() as u64;
            work.contacted_share = share(work.contacted, work.given);
            work.response = Response::of(&responses, hours);
        }
        for rep in &self.reps {
            let (Some(team), Some(work)) = (rep.teams.first(), report.reps.get(&rep.id)) else { continue };
            report.teams.entry(team.clone()).or_default().add(work);
        }
        let won = report.reps.values().map(|work| (work.won, work.won_value_minor)).collect();
        for (work, part) in report.reps.values_mut().zip(permille(won)) {
            work.won_permille = part;
        }
        let won = report.teams.values().map(|work| (work.won, work.won_value_minor)).collect();
        for (work, part) in report.teams.values_mut().zip(permille(won)) {
            work.won_permille = part;
        }
        report
    }

    fn only(&self, figure: &Figure) -> Self {
        let shows = |rep: &Rep| match figure.way()[..] {
            ["reps", name, ..] => rep.id.as_str() == name,
            ["teams", name, ..] => rep.teams.first().is_some_and(|team| team.as_str() == name),
            _ => false,
        };
        Self { reps: self.reps.iter().filter(|rep| shows(rep)).cloned().collect(), ..self.clone() }
    }
}

impl TeamWork {
    fn add(&mut self, work: &RepWork) {
        self.given += work.given;
        self.contacted += work.contacted;
        self.contacted_share = share(self.contacted, self.given);
        self.won += work.won;
        self.won_value_minor = self.won_value_minor.saturating_add(work.won_value_minor);
    }
}

/// The part of each in what all won, by number and value, in thousandths; rounded by largest remainder, so that they
/// add up to a thousand.
fn permille(won: Vec<(u64, i64)>) -> impl Iterator<Item = Option<u16>> {
    let by_value: Vec<f64> = won.iter().map(|(_, value)| (*value).max(0) as f64).collect();
    let by_number: Vec<f64> = won.iter().map(|(number, _)| *number as f64).collect();
    let whole = Minor(1000);
    let parts = split(whole, &by_value).or_else(|_| split(whole, &by_number)).unwrap_or_default();
    let mut parts = parts.into_iter();
    won.into_iter().map(move |_| parts.next().and_then(|part| u16::try_from(part.0).ok()))
}

/// A share of a whole; none of nothing.
pub(super) fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}
