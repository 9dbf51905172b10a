//! Reports, folded from the journals.

use axum::Json;
use axum::extract::Path;
use leadsman_domain::calendar::UnknownCalendar;
use leadsman_flow::report::{
    AccountReport, CampaignReport, ChannelReport, Forecast, SourceReport, Span, StageReport, TeamReport,
};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::access::Caller;
use crate::blocking::holding;
use crate::extract::Params;
use crate::problem::{Failure, FieldError};
use crate::values::Moment;
use crate::views::accounts::AccountReportView;
use crate::views::campaigns::CampaignReportView;
use crate::views::channels::{ChannelReportView, ForecastView};
use crate::views::members::MembersView;
use crate::views::reports::{Cited, SourceReportView, StageReportView, TeamReportView};

/// What a report on the team is about.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct AboutTeam {
    /// From this moment on.
    #[param(value_type = Option<String>, format = "date-time")]
    from: Option<Moment>,
    /// Before this moment.
    #[param(value_type = Option<String>, format = "date-time")]
    until: Option<Moment>,
    /// The kind of activity that a call is; `call.*` stands for every kind with that beginning. `call.done` if
    /// missing.
    call: Option<String>,
    /// The calendar of the policy that says what working time is; `office` if missing, if there is one.
    hours: Option<String>,
}

/// What a report on stages or sources is about.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct AboutTime {
    /// From this moment on.
    #[param(value_type = Option<String>, format = "date-time")]
    from: Option<Moment>,
    /// Before this moment.
    #[param(value_type = Option<String>, format = "date-time")]
    until: Option<Moment>,
}

/// What a report on accounts is about.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct AboutAccounts {
    /// From this moment on.
    #[param(value_type = Option<String>, format = "date-time")]
    from: Option<Moment>,
    /// Before this moment.
    #[param(value_type = Option<String>, format = "date-time")]
    until: Option<Moment>,
    /// Only this account, in whatever case and width. All of them if missing.
    account: Option<String>,
}

/// Tells what reps made of their leads: how many they were given, how many they called and how soon, what came
/// back, what they won, and what they own now. Reads every journal: not for every second.
#[utoipa::path(
    get, path = "/v1/reports/team", tag = "reports", operation_id = "reportTeam", params(AboutTeam),
    responses((status = 200, body = Cited<TeamReportView>))
)]
pub(crate) async fn team(
    caller: Caller,
    Params(about): Params<AboutTeam>,
) -> Result<Json<Cited<TeamReportView>>, Failure> {
    let span = span(about.from, about.until);
    let report = holding(caller.long_place()?, move || {
        let policy = caller.desk.revision().policy;
        let call = about.call.as_deref().unwrap_or("call.done");
        let hours = policy.hours(about.hours.as_deref()).map_err(no_such_hours)?;
        let report = TeamReport::of(caller.desk.archive(), &policy.reps, call, hours, span);
        cited(&caller, TeamReportView::from(report?))
    });
    report.await?
}

/// Tells how many leads came from one stage of life to the next: of those that came in in that time, and in
/// that time whenever they came in. Reads every journal: not for every second.
#[utoipa::path(
    get, path = "/v1/reports/stages", tag = "reports", operation_id = "reportStages", params(AboutTime),
    responses((status = 200, body = Cited<StageReportView>))
)]
pub(crate) async fn stages(
    caller: Caller,
    Params(about): Params<AboutTime>,
) -> Result<Json<Cited<StageReportView>>, Failure> {
    let span = span(about.from, about.until);
    let report = holding(caller.long_place()?, move || {
        cited(&caller, StageReportView::from(StageReport::of(caller.desk.archive(), span)?))
    });
    report.await?
}

/// Tells whence the leads of that time came: by the channel of their first touch, which never changes, rolled up
/// along the policy's tree of sources. Reads every journal: not for every second.
#[utoipa::path(
    get, path = "/v1/reports/sources", tag = "reports", operation_id = "reportSources", params(AboutTime),
    responses((status = 200, body = Cited<SourceReportView>))
)]
pub(crate) async fn sources(
    caller: Caller,
    Params(about): Params<AboutTime>,
) -> Result<Json<Cited<SourceReportView>>, Failure> {
    let span = span(about.from, about.until);
    let report = holding(caller.long_place()?, move || {
        let report = SourceReport::of(caller.desk.archive(), &caller.desk.revision().policy.sources, span);
        cited(&caller, SourceReportView::from(report?))
    });
    report.await?
}

/// Tells what the leads of that time are worth by account: how many there are, their scores rolled up as the
/// policy says, who owns them, and what came of them. Reads every lead: not for every second.
#[utoipa::path(
    get, path = "/v1/reports/accounts", tag = "reports", operation_id = "reportAccounts", params(AboutAccounts),
    responses((status = 200, body = Cited<AccountReportView>))
)]
pub(crate) async fn accounts(
    caller: Caller,
    Params(about): Params<AboutAccounts>,
) -> Result<Json<Cited<AccountReportView>>, Failure> {
    let span = span(about.from, about.until);
    let report = holding(caller.long_place()?, move || {
        let policy = caller.desk.revision().policy;
        let report = AccountReport::of(caller.desk.archive(), &policy, span, about.account.as_deref());
        cited(&caller, AccountReportView::from(report?))
    });
    report.await?
}

/// Tells how good channels are: what became by now of the leads that came in in that time, by the channel of their
/// first touch and by the month in which they came. Reads every journal: not for every second.
#[utoipa::path(
    get, path = "/v1/reports/channels", tag = "reports", operation_id = "reportChannels", params(AboutTime),
    responses((status = 200, body = Cited<ChannelReportView>))
)]
pub(crate) async fn channels(
    caller: Caller,
    Params(about): Params<AboutTime>,
) -> Result<Json<Cited<ChannelReportView>>, Failure> {
    let span = span(about.from, about.until);
    let report = holding(caller.long_place()?, move || {
        let report = ChannelReport::of(caller.desk.archive(), caller.desk.revision().policy.zone, span);
        cited(&caller, ChannelReportView::from(report?))
    });
    report.await?
}

/// Tells which step of the way to the deal fell off most, for leads that came in in that time against those that came
/// in before it, and what the leads that are on their way now may bring. Reads every journal: not for every second.
#[utoipa::path(
    get, path = "/v1/reports/forecast", tag = "reports", operation_id = "reportForecast", params(AboutTime),
    responses((status = 200, body = Cited<ForecastView>))
)]
pub(crate) async fn forecast(
    caller: Caller,
    Params(about): Params<AboutTime>,
) -> Result<Json<Cited<ForecastView>>, Failure> {
    let span = span(about.from, about.until);
    let report = holding(caller.long_place()?, move || {
        cited(&caller, ForecastView::from(Forecast::of(caller.desk.archive(), span)?))
    });
    report.await?
}

/// Tells what campaigns cost and brought, each by itself and with its parts: leads, known and new customers,
/// opportunities, orders, and what of the deals' value is credited to it. Reads every lead: not for every second.
#[utoipa::path(
    get, path = "/v1/reports/campaigns", tag = "reports", operation_id = "reportCampaigns", params(AboutTime),
    responses((status = 200, body = Cited<CampaignReportView>))
)]
pub(crate) async fn campaigns(
    caller: Caller,
    Params(about): Params<AboutTime>,
) -> Result<Json<Cited<CampaignReportView>>, Failure> {
    let span = span(about.from, about.until);
    let report = holding(caller.long_place()?, move || {
        cited(&caller, CampaignReportView::from(CampaignReport::of(caller.desk.archive(), span)?))
    });
    report.await?
}

/// Lists the members of a campaign, by who was one first: whom it touched, and the contacts and accounts of which
/// was said that they are in it. Leads and contacts that are the same person are one member. Reads every lead,
/// contact and account: not for every second.
#[utoipa::path(
    get, path = "/v1/campaigns/{campaign}/members", tag = "reports", operation_id = "listMembers",
    params(("campaign" = String, Path, description = "The campaign")),
    responses((status = 200, body = MembersView))
)]
pub(crate) async fn members(
    caller: Caller,
    Path(campaign): Path<String>,
) -> Result<Json<MembersView>, Failure> {
    let members = holding(caller.long_place()?, move || {
        caller.desk.archive().members(&campaign, &caller.desk.revision().policy)
    });
    Ok(Json(MembersView::of(members.await??)))
}

fn cited<T: ToSchema>(caller: &Caller, report: T) -> Result<Json<Cited<T>>, Failure> {
    let standard = caller.desk.archive().standard()?.map(Into::into);
    Ok(Json(Cited { standard, report }))
}

fn no_such_hours(unknown: UnknownCalendar) -> Failure {
    Failure::invalid(vec![FieldError::at("", format!("`hours`: {unknown}"))])
}

fn span(from: Option<Moment>, until: Option<Moment>) -> Span {
    Span { from: from.map(|moment| moment.0), until: until.map(|moment| moment.0) }
}
