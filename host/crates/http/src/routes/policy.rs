//! The rules: which revision decides, which there are, and changing from one to another.

use axum::Json;
use axum::extract::State;
use leadsman_domain::difference::{self, Edition};
use leadsman_flow::{Desk, Warrant};

use crate::access::Caller;
use crate::blocking::{holding, reading};
use crate::bodies::{Activate, NewRevision, RollBack};
use crate::extract::LongWork;
use crate::govern::govern;
use crate::json::{JsonBody, PolicyBody, escaped};
use crate::problem::{Failure, FieldError};
use crate::service::{DraftProblem, Drafted, Service};
use crate::views::policy::{ActivationView, FrozenView, PolicyView, RevisionsView};

/// Shows the active revision, and which plugin serves each place.
#[utoipa::path(
    get, path = "/v1/policy", tag = "policy", operation_id = "showPolicy",
    responses((status = 200, body = PolicyView))
)]
pub(crate) async fn show(caller: Caller) -> Json<PolicyView> {
    Json(PolicyView::from(&caller.desk.revision()))
}

/// Lists the revisions, and who made which decide, when and why.
#[utoipa::path(
    get, path = "/v1/policy/revisions", tag = "policy", operation_id = "listRevisions",
    responses((status = 200, body = RevisionsView))
)]
pub(crate) async fn revisions(caller: Caller) -> Result<Json<RevisionsView>, Failure> {
    let active = caller.desk.revision().number;
    let read = move || {
        let archive = caller.desk.archive();
        Ok((archive.revisions()?, archive.activations()?))
    };
    let (revisions, activations) = reading(read).await?;
    Ok(Json(RevisionsView::of(active, &revisions, &activations)))
}

/// Freezes a policy as a revision with a number, and tells what is different from the one that decides.
/// Content that was frozen before keeps its number. It decides only once it is activated. The body has at most
/// 32 MiB.
#[utoipa::path(
    post, path = "/v1/policy/revisions", tag = "policy", operation_id = "freezeRevision",
    request_body = NewRevision,
    responses((status = 200, body = FrozenView))
)]
pub(crate) async fn freeze(
    State(service): State<Service>,
    caller: Caller,
    LongWork(place, PolicyBody(body)): LongWork<PolicyBody<NewRevision>>,
) -> Result<Json<FrozenView>, Failure> {
    let warrant = Warrant { by: caller.label.clone(), at: service.now(), why: body.reason.0 };
    let draft = service.draft();
    let archive = caller.desk.archive().clone();
    let drafted = holding(place, move || draft(&archive, &body.files)).await?;
    let Drafted { policy, components } = drafted.map_err(refused)?;
    let freeze = move || {
        let archive = caller.desk.archive();
        let (record, new) = leadsman_flow::freeze(caller.desk.ledger(), &policy, &components, &warrant)?;
        let active = archive.active_revision()?;
        let differences = active.map(|(active, was)| {
            let was = Edition { policy: &was, components: &active.components };
            difference::between(was, Edition { policy: &policy, components: &record.components })
        });
        Ok(FrozenView::of(&record, new, &differences.unwrap_or_default()))
    };
    Ok(Json(reading(freeze).await?))
}

/// A policy with problems, each at its file.
fn refused(problems: Vec<DraftProblem>) -> Failure {
    let error = |one: DraftProblem| FieldError {
        pointer: format!("/files/{}", escaped(&one.file)),
        message: one.message,
        line: one.place.map(|(line, _)| line),
        column: one.place.map(|(_, column)| column),
    };
    Failure::invalid(problems.into_iter().map(error).collect())
}

/// Makes a revision decide, from the next decision on. Decisions under way are finished by the revision
/// that began them; counters and loads go on as they are.
#[utoipa::path(
    post, path = "/v1/policy/activate", tag = "policy", operation_id = "activateRevision",
    request_body = Activate,
    responses((status = 200, body = ActivationView))
)]
pub(crate) async fn activate(
    State(service): State<Service>,
    caller: Caller,
    JsonBody(body): JsonBody<Activate>,
) -> Result<Json<ActivationView>, Failure> {
    let change = move |desk: &Desk, warrant: &Warrant| desk.activate(body.revision, warrant);
    let activation = govern(&service, caller, body.reason, change).await?;
    Ok(Json(ActivationView::from(&activation)))
}

/// Makes the revision decide again that did before; those that were given up in between do not count.
/// Nothing is compiled for it if it was at work since the server was started.
#[utoipa::path(
    post, path = "/v1/policy/rollback", tag = "policy", operation_id = "rollBack",
    request_body = RollBack,
    responses((status = 200, body = ActivationView))
)]
pub(crate) async fn roll_back(
    State(service): State<Service>,
    caller: Caller,
    JsonBody(body): JsonBody<RollBack>,
) -> Result<Json<ActivationView>, Failure> {
    let change = move |desk: &Desk, warrant: &Warrant| desk.roll_back(body.revision, warrant);
    let activation = govern(&service, caller, body.reason, change).await?;
    Ok(Json(ActivationView::from(&activation)))
}
