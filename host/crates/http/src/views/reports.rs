//! Reports, as the command line prints them too.

use std::collections::BTreeMap;

use leadsman_flow::StandardVersion;
use leadsman_flow::report::{
    Behind, Conversions, Part, RepWork, Response, SourceFigures, SourceReport, StageReport, TeamReport,
    TeamWork, Waits,
};
use serde::Serialize;
use utoipa::ToSchema;

/// A report, and the version of the standard for qualified leads that held when it was made.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(crate) struct Cited<T: ToSchema> {
    /// The standard; none if nothing decides yet.
    pub standard: Option<StandardView>,
    /// The currency of the values in the report, by its ISO 4217 code; absent where there are none, or each tells its
    /// own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// The report.
    #[serde(flatten)]
    pub report: T,
}

/// A version of what the tenant calls a qualified lead: how leads are scored and graded, what they need to go to
/// sales, and on which terms they become opportunities.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Standard)]
pub(crate) struct StandardView {
    /// The how-manieth, from 1: it goes up whenever a revision begins to decide that says otherwise.
    version: u64,
    /// The revision that brought it.
    revision: u64,
    /// What tells it from others.
    digest: String,
}

/// What is told of a report: itself, or the leads behind one figure of it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum Told<T: ToSchema> {
    /// The report.
    Report(T),
    /// The leads behind one figure, if `of` names one.
    Behind(BehindView),
}

/// A page of the leads behind a figure of a report.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Behind)]
pub(crate) struct BehindView {
    /// Which figure: a JSON pointer into the report.
    of: String,
    /// What it is; none where it has no ground, and on pages after the first.
    #[schema(value_type = Option<f64>)]
    figure: Option<serde_json::Number>,
    /// The leads, in the order in which they came in.
    leads: Vec<PartView>,
    /// The cursor of the next page; none after the last.
    next: Option<String>,
}

/// A lead behind a figure.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Part)]
pub(crate) struct PartView {
    /// The lead.
    lead: String,
    /// What the figure would be if there were no other lead: 1 where leads are counted, its value where value is.
    #[schema(value_type = f64)]
    alone: serde_json::Number,
}

impl From<Behind> for BehindView {
    fn from(behind: Behind) -> Self {
        let Behind { of, figure, leads, next } = behind;
        let part = |Part { lead, alone }: Part| PartView { lead: lead.to_string(), alone };
        let next = next.map(|next| next.to_string());
        Self { of, figure, leads: leads.into_iter().map(part).collect(), next }
    }
}

impl From<StandardVersion> for StandardView {
    fn from(standard: StandardVersion) -> Self {
        let StandardVersion { version, revision, digest } = standard;
        Self { version, revision, digest: digest.to_string() }
    }
}

/// What a team made of its leads.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = TeamReport)]
pub(crate) struct TeamReportView {
    /// Leads that came in in that time, and were no junk.
    leads: u64,
    /// Of these: called by now, by whomever.
    contacted: u64,
    /// The same as a share, from 0 to 1.
    contacted_share: Option<f64>,
    /// From when these came in to the first call.
    response: ResponseView,
    /// By rep, those who have left included.
    reps: BTreeMap<String, RepWorkView>,
    /// Deals of leads that nobody had when they were made. They are in no rep's part.
    nobodys: NobodysDealsView,
    /// By team. A rep of several teams counts for the first that the policy names, and one of none for none.
    teams: BTreeMap<String, TeamWorkView>,
}

/// Deals that no rep made.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = NobodysDeals)]
pub(crate) struct NobodysDealsView {
    /// How many.
    won: u64,
    /// What they are worth, in minor units.
    won_value_minor: i64,
}

/// What the reps of a team made of their leads together.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = TeamWork)]
pub(crate) struct TeamWorkView {
    /// Leads given to them; one that came twice counts twice.
    given: u64,
    /// Of these: called by now, while they had them.
    contacted: u64,
    /// The same as a share, from 0 to 1.
    contacted_share: Option<f64>,
    /// Deals.
    won: u64,
    /// What they are worth, in minor units.
    won_value_minor: i64,
    /// Their part in what all teams won, in thousandths that add up to a thousand: by value, or by number if the
    /// deals are worth nothing.
    won_permille: Option<u16>,
}

/// What a rep made of the leads that the rep was given in that time, and what else happened in it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = RepWork)]
pub(crate) struct RepWorkView {
    /// Leads given to the rep; one that came twice counts twice.
    given: u64,
    /// Of these: called by now, while the rep had them.
    contacted: u64,
    /// The same as a share, from 0 to 1.
    contacted_share: Option<f64>,
    /// From when the rep was given these to the rep's first call.
    response: ResponseView,
    /// Taken from the rep because a deadline passed.
    recycled: u64,
    /// Given back by the rep.
    returned: u64,
    /// Refused by the rep.
    rejected: u64,
    /// Deals.
    won: u64,
    /// What they are worth, in minor units.
    won_value_minor: i64,
    /// The rep's part in what all reps won, in thousandths that add up to a thousand: by value, or by number if the
    /// deals are worth nothing.
    won_permille: Option<u16>,
    /// Leads that the rep owns now, deals apart.
    load: u64,
}

/// How long it took to respond.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Response)]
pub(crate) struct ResponseView {
    /// On the wall's clock; none if nobody responded.
    wall: Option<WaitsView>,
    /// In working time; none if nobody responded, or without a calendar.
    working: Option<WaitsView>,
}

/// How long something took, in hours.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Waits)]
pub(crate) struct WaitsView {
    /// On average.
    mean_hours: f64,
    /// Half of them no longer than this.
    p50_hours: f64,
    /// Nine of ten no longer than this.
    p90_hours: f64,
}

/// How far leads came, seen in two ways.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = StageReport)]
pub(crate) struct StageReportView {
    /// The leads that came in in that time, and how far they came by now.
    cohort: ConversionsView,
    /// What happened in that time, whenever the leads came in.
    period: ConversionsView,
    /// Where the leads of the cohort stand now: `uql`, `mql`, `sql`, `deal`. Together they are the cohort.
    standing: [u64; 4],
}

/// How many leads came to each stage or a later one for the first time, and each step as a share of the one
/// before, from 0 to 1.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Conversions)]
pub(crate) struct ConversionsView {
    /// Came in.
    uql: u64,
    /// Came to be MQL.
    mql: u64,
    /// Came to be SQL.
    sql: u64,
    /// Won.
    deal: u64,
    /// MQL of those that came in.
    uql_to_mql: Option<f64>,
    /// SQL of the MQL.
    mql_to_sql: Option<f64>,
    /// Deals of the SQL.
    sql_to_deal: Option<f64>,
    /// Deals of those that came in.
    uql_to_deal: Option<f64>,
}

/// Whence leads came, by the channel of their first touch.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = SourceReport)]
pub(crate) struct SourceReportView {
    /// All of them.
    all: SourceFiguresView,
    /// By source; branches of the tree stand for everything below them, as in `market`, `market/paid` and
    /// `market/paid/sem`. `unknown` is where no channel is known.
    sources: BTreeMap<String, SourceFiguresView>,
}

/// What came from a source.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = SourceFigures)]
pub(crate) struct SourceFiguresView {
    /// Leads that were no junk.
    leads: u64,
    /// Of these: won at least once.
    won: u64,
    /// What that is worth, in minor units.
    won_value_minor: i64,
}

impl From<SourceReport> for SourceReportView {
    fn from(report: SourceReport) -> Self {
        let sources = report.sources.into_iter().map(|(source, figures)| (source, figures.into()));
        Self { all: report.all.into(), sources: sources.collect() }
    }
}

impl From<SourceFigures> for SourceFiguresView {
    fn from(figures: SourceFigures) -> Self {
        let SourceFigures { leads, won, won_value_minor } = figures;
        Self { leads, won, won_value_minor }
    }
}

impl From<TeamReport> for TeamReportView {
    fn from(report: TeamReport) -> Self {
        let TeamReport { leads, contacted, contacted_share, response, reps, nobodys, teams } = report;
        let nobodys = NobodysDealsView { won: nobodys.won, won_value_minor: nobodys.won_value_minor };
        let reps = reps.into_iter().map(|(rep, work)| (rep.to_string(), work.into())).collect();
        let teams = teams.into_iter().map(|(team, work)| (team.to_string(), work.into())).collect();
        Self { leads, contacted, contacted_share, response: response.into(), reps, nobodys, teams }
    }
}

impl From<TeamWork> for TeamWorkView {
    fn from(work: TeamWork) -> Self {
        let TeamWork { given, contacted, contacted_share, won, won_value_minor, won_permille } = work;
        Self { given, contacted, contacted_share, won, won_value_minor, won_permille }
    }
}

impl From<RepWork> for RepWorkView {
    fn from(work: RepWork) -> Self {
        let RepWork { given, contacted, contacted_share, response, recycled, .. } = work;
        let RepWork { returned, rejected, won, won_value_minor, won_permille, load, .. } = work;
        let response = response.into();
        Self {
            given,
            contacted,
            contacted_share,
            response,
            recycled,
            returned,
            rejected,
            won,
            won_value_minor,
            won_permille,
            load,
        }
    }
}

impl From<Response> for ResponseView {
    fn from(response: Response) -> Self {
        Self { wall: response.wall.map(Into::into), working: response.working.map(Into::into) }
    }
}

impl From<Waits> for WaitsView {
    fn from(waits: Waits) -> Self {
        let Waits { mean_hours, p50_hours, p90_hours } = waits;
        Self { mean_hours, p50_hours, p90_hours }
    }
}

impl From<StageReport> for StageReportView {
    fn from(report: StageReport) -> Self {
        let StageReport { cohort, period, standing } = report;
        Self { cohort: cohort.into(), period: period.into(), standing }
    }
}

impl From<Conversions> for ConversionsView {
    fn from(conversions: Conversions) -> Self {
        let Conversions { uql, mql, sql, deal, uql_to_mql, mql_to_sql, sql_to_deal, uql_to_deal } =
            conversions;
        Self { uql, mql, sql, deal, uql_to_mql, mql_to_sql, sql_to_deal, uql_to_deal }
    }
}
