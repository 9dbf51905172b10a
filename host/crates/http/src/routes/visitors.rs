//! Visitors: what somebody does before anybody knows who it is.

use axum::Json;
use axum::extract::{Path, State};
use leadsman_domain::VisitorId;

use crate::access::Caller;
use crate::blocking::command;
use crate::bodies::{Known, NewActivity};
use crate::json::JsonBody;
use crate::problem::{Failure, FieldError};
use crate::service::Service;
use crate::views::lead::BriefView;

/// Records what a visitor did whose name is not known. A submission with the attribute `visitor.id` joins it
/// to its lead, and from then on what the visitor does is the lead's; `unmerge` takes it out again. The answer
/// is the lead, which is `anonymous` until then.
#[utoipa::path(
    post, path = "/v1/visitors/{visitor}/activities", tag = "leads", operation_id = "observeVisitor",
    params(("visitor" = String, Path, description = "The visitor, by an id of your own")),
    request_body = NewActivity,
    responses((status = 200, body = BriefView))
)]
pub(crate) async fn observe(
    State(service): State<Service>,
    caller: Caller,
    Path(visitor): Path<String>,
    JsonBody(activity): JsonBody<NewActivity>,
) -> Result<Json<BriefView>, Failure> {
    let invalid = |cause: leadsman_domain::ids::InvalidId| {
        Failure::invalid(vec![FieldError::at("", format!("the visitor in the path: {cause}"))])
    };
    let visitor = VisitorId::parse(&visitor).map_err(invalid)?;
    let now = service.now();
    let known = Known { now, activities: &Default::default() };
    let activity = activity.activity(known).map_err(Failure::invalid)?;
    let lead = command(caller.pass().await?, move || caller.desk.observe(&visitor, activity, now)).await?;
    Ok(Json(BriefView::from(&lead)))
}
