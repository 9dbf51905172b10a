//! Orders: what people do with leads.

use axum::Json;
use axum::extract::{Path, State};
use leadsman_domain::RepId;
use serde::Serialize;
use utoipa::ToSchema;

use crate::access::Caller;
use crate::blocking::{command, holding};
use crate::bodies::orders::{NewOrder, Relief};
use crate::extract::LeadInPath;
use crate::json::JsonBody;
use crate::problem::{Failure, Kind};
use crate::service::Service;
use crate::views::lead::BriefView;

/// Orders something about a lead: to claim, assign, transfer, return, reclaim, reject, dispatch, allocate,
/// advance, release, merge or qualify it, and to note tasks. A token of the role `rep` takes leads for its own rep and orders about what that
/// rep owns; a manager orders anything, and is bound by caps, quotas, absences and consent like everybody.
/// The journal names the token's label and the reason.
#[utoipa::path(
    post, path = "/v1/leads/{lead}/orders", tag = "leads", operation_id = "orderLead",
    params(("lead" = String, Path, description = "The lead")),
    request_body = NewOrder,
    responses((status = 200, body = BriefView))
)]
pub(crate) async fn order(
    State(service): State<Service>,
    caller: Caller,
    LeadInPath(lead): LeadInPath,
    JsonBody(body): JsonBody<NewOrder>,
) -> Result<Json<BriefView>, Failure> {
    let warrant = caller.warrant(service.now(), &body.reason);
    let order = body.order(&caller.acting).map_err(Failure::invalid)?;
    let pass = caller.pass().await?;
    let lead = command(pass, move || caller.desk.order(&lead, &order, &caller.acting, &warrant)).await?;
    Ok(Json(BriefView::from(&lead)))
}

/// How many leads moved on.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Relieved)]
pub(crate) struct RelievedView {
    /// How many leads the rep owned, and owns no longer.
    moved: u64,
}

/// Moves on every lead that a rep owns, each with the reason: for somebody who leaves. A policy in which the
/// rep is dismissed does the same when it is activated. Called again after a failure it goes on.
#[utoipa::path(
    post, path = "/v1/reps/{rep}/relieve", tag = "leads", operation_id = "relieveRep",
    params(("rep" = String, Path, description = "The rep")),
    request_body = Relief,
    responses((status = 200, body = RelievedView))
)]
pub(crate) async fn relieve(
    State(service): State<Service>,
    caller: Caller,
    Path(rep): Path<String>,
    JsonBody(body): JsonBody<Relief>,
) -> Result<Json<RelievedView>, Failure> {
    let rep: RepId =
        rep.parse().map_err(|_| Failure::new(Kind::UNKNOWN_REP, "this is not the id of a rep"))?;
    let warrant = caller.warrant(service.now(), &body.reason.0);
    let place = caller.long_place()?;
    let moved = holding((caller.pass().await?, place), move || caller.desk.relieve(&rep, &warrant)).await??;
    Ok(Json(RelievedView { moved }))
}
