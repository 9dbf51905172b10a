//! What people decide about a lead: to let it go on, or who shall own it.

use axum::Json;
use axum::extract::State;

use crate::access::Caller;
use crate::blocking::command;
use crate::bodies::{Assignment, Release};
use crate::extract::LeadInPath;
use crate::json::JsonBody;
use crate::problem::Failure;
use crate::service::Service;
use crate::views::lead::BriefView;

/// Sets a rejected or held lead on its way again. The journal names the token's label.
#[utoipa::path(
    post, path = "/v1/leads/{lead}/release", tag = "leads", operation_id = "releaseLead",
    params(("lead" = String, Path, description = "The lead")),
    request_body = Release,
    responses((status = 200, body = BriefView))
)]
pub(crate) async fn release(
    State(service): State<Service>,
    caller: Caller,
    LeadInPath(lead): LeadInPath,
    JsonBody(body): JsonBody<Release>,
) -> Result<Json<BriefView>, Failure> {
    let now = service.now();
    let lead =
        command(caller.pass().await?, move || caller.desk.release(&lead, &caller.label, &body.reason.0, now))
            .await?;
    Ok(Json(BriefView::from(&lead)))
}

/// Gives a lead to a rep, whose cap and absences hold here as everywhere.
#[utoipa::path(
    post, path = "/v1/leads/{lead}/assign", tag = "leads", operation_id = "assignLead",
    params(("lead" = String, Path, description = "The lead")),
    request_body = Assignment,
    responses((status = 200, body = BriefView))
)]
pub(crate) async fn assign(
    State(service): State<Service>,
    caller: Caller,
    LeadInPath(lead): LeadInPath,
    JsonBody(body): JsonBody<Assignment>,
) -> Result<Json<BriefView>, Failure> {
    let now = service.now();
    let lead = command(caller.pass().await?, move || caller.desk.assign(&lead, &body.rep, now)).await?;
    Ok(Json(BriefView::from(&lead)))
}
