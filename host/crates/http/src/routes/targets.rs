//! Accounts, contacts and opportunities; and the question whether somebody is known.

use axum::Json;
use axum::extract::{Path, State};
use leadsman_domain::TargetId;
use leadsman_domain::target::TargetKind;
use serde::Serialize;
use utoipa::ToSchema;

use crate::access::Caller;
use crate::blocking::{command, reading};
use crate::bodies::targets::{NewTarget, Probe};
use crate::json::JsonBody;
use crate::problem::{Failure, Kind};
use crate::service::Service;
use crate::views::target::{FoundView, TargetView};

/// Shows an account, a contact or an opportunity.
#[utoipa::path(
    get, path = "/v1/targets/{kind}/{id}", tag = "targets", operation_id = "showTarget",
    params(
        ("kind" = String, Path, description = "`account`, `contact` or `opportunity`"),
        ("id" = String, Path, description = "Its id"),
    ),
    responses((status = 200, body = TargetView))
)]
pub(crate) async fn show(
    caller: Caller,
    Path(path): Path<(String, String)>,
) -> Result<Json<TargetView>, Failure> {
    let (kind, id) = named(&path)?;
    let unknown = format!("there is no {kind} {id}");
    let target = reading(move || caller.desk.archive().target(kind, &id)).await?;
    let target = target.ok_or_else(|| Failure::new(Kind::UNKNOWN_TARGET, unknown))?;
    Ok(Json(TargetView::from(&target)))
}

/// Keeps an account, a contact or an opportunity that the tenant has, under its own id, in place of what was
/// known of it. Submissions are compared with it from now on, as the policy's `matching` says.
#[utoipa::path(
    put, path = "/v1/targets/{kind}/{id}", tag = "targets", operation_id = "keepTarget",
    params(
        ("kind" = String, Path, description = "`account`, `contact` or `opportunity`"),
        ("id" = String, Path, description = "Its id"),
    ),
    request_body = NewTarget,
    responses((status = 200, body = TargetView))
)]
pub(crate) async fn keep(
    State(service): State<Service>,
    caller: Caller,
    Path(path): Path<(String, String)>,
    JsonBody(body): JsonBody<NewTarget>,
) -> Result<Json<TargetView>, Failure> {
    let (kind, id) = named(&path)?;
    let mut known = body.known().map_err(Failure::invalid)?;
    service.derive(&caller.desk.revision().policy, &mut known.facts);
    let now = service.now();
    let target = command(caller.pass().await?, move || caller.desk.keep(kind, &id, &known, now)).await?;
    Ok(Json(TargetView::from(&target)))
}

/// Who somebody is, among those who are known.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Probed)]
pub(crate) struct ProbedView {
    /// The records that the facts belong to: at most one lead, one contact and one account.
    found: Vec<FoundView>,
}

/// Says whether somebody is known, before they are entered: by the policy's identity keys, among leads,
/// contacts and accounts. Writes nothing.
#[utoipa::path(
    post, path = "/v1/probe", tag = "targets", operation_id = "probe",
    request_body = Probe,
    responses((status = 200, body = ProbedView))
)]
pub(crate) async fn probe(
    State(service): State<Service>,
    caller: Caller,
    JsonBody(body): JsonBody<Probe>,
) -> Result<Json<ProbedView>, Failure> {
    let mut facts = body.facts().map_err(Failure::invalid)?;
    let policy = caller.desk.revision().policy;
    service.derive(&policy, &mut facts);
    let found = reading(move || caller.desk.archive().probe(&policy, &facts)).await?;
    Ok(Json(ProbedView { found: found.iter().map(FoundView::from).collect() }))
}

fn named((kind, id): &(String, String)) -> Result<(TargetKind, TargetId), Failure> {
    let unknown = |detail: String| Failure::new(Kind::UNKNOWN_TARGET, detail);
    let kind = TargetKind::named(kind)
        .ok_or_else(|| unknown(format!("{kind:?} is not `account`, `contact` or `opportunity`")))?;
    Ok((kind, TargetId::parse(id).map_err(|cause| unknown(cause.to_string()))?))
}
