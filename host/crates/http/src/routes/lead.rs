//! One lead: its state, its journal, and what was decided about it.

use axum::Json;
use axum::extract::State;

use crate::access::Caller;
use crate::blocking::{command, reading};
use crate::bodies::orders::Correction;
use crate::extract::LeadInPath;
use crate::json::JsonBody;
use crate::problem::Failure;
use crate::service::Service;
use crate::views::journal::{DecisionsView, EntryView, EventView, HistoryView};
use crate::views::lead::{BriefView, LeadView};

/// Shows a lead as it is.
#[utoipa::path(
    get, path = "/v1/leads/{lead}", tag = "leads", operation_id = "showLead",
    params(("lead" = String, Path, description = "The lead")),
    responses((status = 200, body = LeadView))
)]
pub(crate) async fn show(caller: Caller, LeadInPath(lead): LeadInPath) -> Result<Json<LeadView>, Failure> {
    let lead = reading(move || caller.desk.archive().lead(&lead)).await?;
    Ok(Json(LeadView::from(&lead)))
}

/// Corrects what is known of a lead: these facts take the place of what was known. It is scored again, and
/// goes on if it was blocked and lacks nothing any more.
#[utoipa::path(
    patch, path = "/v1/leads/{lead}", tag = "leads", operation_id = "correctLead",
    params(("lead" = String, Path, description = "The lead")),
    request_body = Correction,
    responses((status = 200, body = BriefView))
)]
pub(crate) async fn correct(
    State(service): State<Service>,
    caller: Caller,
    LeadInPath(lead): LeadInPath,
    JsonBody(body): JsonBody<Correction>,
) -> Result<Json<BriefView>, Failure> {
    let now = service.now();
    let mut facts = body.facts().map_err(Failure::invalid)?;
    service.derive(&caller.desk.policy_for(&lead), &mut facts);
    let lead = command(caller.pass().await?, move || caller.desk.correct(&lead, &facts, now)).await?;
    Ok(Json(BriefView::from(&lead)))
}

/// Shows a lead with its journal: everything that happened to it.
#[utoipa::path(
    get, path = "/v1/leads/{lead}/history", tag = "leads", operation_id = "showHistory",
    params(("lead" = String, Path, description = "The lead")),
    responses((status = 200, body = HistoryView))
)]
pub(crate) async fn history(
    caller: Caller,
    LeadInPath(lead): LeadInPath,
) -> Result<Json<HistoryView>, Failure> {
    let history = reading(move || caller.desk.archive().history(&lead)).await?;
    Ok(Json(HistoryView { lead: LeadView::from(&history.lead), entries: EntryView::all(&history) }))
}

/// Shows what plugins decided about a lead, with inputs, outputs and reasons.
#[utoipa::path(
    get, path = "/v1/leads/{lead}/decisions", tag = "leads", operation_id = "showDecisions",
    params(("lead" = String, Path, description = "The lead")),
    responses((status = 200, body = DecisionsView))
)]
pub(crate) async fn decisions(
    caller: Caller,
    LeadInPath(lead): LeadInPath,
) -> Result<Json<DecisionsView>, Failure> {
    let history = reading(move || caller.desk.archive().history(&lead)).await?;
    let mut decisions = EntryView::all(&history);
    decisions.retain(|entry| matches!(entry.event, EventView::Decided { .. }));
    Ok(Json(DecisionsView { lead: history.lead.id.to_string(), decisions }))
}
