//! Reports, folded from the journals.

use axum::Json;
use axum::extract::Path;
use leadsman_domain::calendar::UnknownCalendar;
use leadsman_flow::FlowError;
use leadsman_flow::report::{AccountReport, SourceReport, Span, StageReport, TeamReport};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::access::Caller;
use crate::blocking::holding;
use crate::extract::Params;
use crate::problem::{Failure, FieldError};
use crate::values::Moment;
use crate::views::accounts::AccountReportView;
use crate::views::members::MembersView;
use crate::views::reports::{SourceReportView, StageReportView, TeamReportView};

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
    responses((status = 200, body = TeamReportView))
)]
pub(crate) async fn team(
    caller: Caller,
    Params(about): Params<AboutTeam>,
) -> Result<Json<TeamReportView>, Failure> {
    let span = span(about.from, about.until);
    let report = holding(caller.long_place()?, move || {
        let policy = caller.desk.revision().policy;
        let reps = policy.reps.iter().map(|rep| rep.id.clone());
        let call = about.call.as_deref().unwrap_or("call.done");
        let hours = policy.hours(about.hours.as_deref()).map_err(no_such_hours)?;
        let report = TeamReport::of(caller.desk.archive(), reps, call, hours, span);
        Ok::<_, Failure>(Json(report?.into()))
    });
    report.await?
}

/// Tells how many leads came from one stage of life to the next: of those that came in in that time, and in
/// that time whenever they came in. Reads every journal: not for every second.
#[utoipa::path(
    get, path = "/v1/reports/stages", tag = "reports", operation_id = "reportStages", params(AboutTime),
    responses((status = 200, body = StageReportView))
)]
pub(crate) async fn stages(
    caller: Caller,
    Params(about): Params<AboutTime>,
) -> Result<Json<StageReportView>, Failure> {
    let span = span(about.from, about.until);
    let report = holding(caller.long_place()?, move || StageReport::of(caller.desk.archive(), span));
    let report: Result<StageReport, FlowError> = report.await?;
    Ok(Json(report?.into()))
}

/// Tells whence the leads of that time came: by the channel of their first touch, which never changes, rolled up
/// along the policy's tree of sources. Reads every journal: not for every second.
#[utoipa::path(
    get, path = "/v1/reports/sources", tag = "reports", operation_id = "reportSources", params(AboutTime),
    responses((status = 200, body = SourceReportView))
)]
pub(crate) async fn sources(
    caller: Caller,
    Params(about): Params<AboutTime>,
) -> Result<Json<SourceReportView>, Failure> {
    let span = span(about.from, about.until);
    let report = holding(caller.long_place()?, move || {
        SourceReport::of(caller.desk.archive(), &caller.desk.revision().policy.sources, span)
    });
    Ok(Json(report.await??.into()))
}

/// Tells what the leads of that time are worth by account: how many there are, their scores rolled up as the
/// policy says, who owns them, and what came of them. Reads every lead: not for every second.
#[utoipa::path(
    get, path = "/v1/reports/accounts", tag = "reports", operation_id = "reportAccounts", params(AboutAccounts),
    responses((status = 200, body = AccountReportView))
)]
pub(crate) async fn accounts(
    caller: Caller,
    Params(about): Params<AboutAccounts>,
) -> Result<Json<AccountReportView>, Failure> {
    let span = span(about.from, about.until);
    let report = holding(caller.long_place()?, move || {
        let policy = caller.desk.revision().policy;
        AccountReport::of(caller.desk.archive(), &policy, span, about.account.as_deref())
    });
    Ok(Json(report.await??.into()))
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

fn no_such_hours(unknown: UnknownCalendar) -> Failure {
    Failure::invalid(vec![FieldError::at("", format!("`hours`: {unknown}"))])
}

fn span(from: Option<Moment>, until: Option<Moment>) -> Span {
    Span { from: from.map(|moment| moment.0), until: until.map(|moment| moment.0) }
}
