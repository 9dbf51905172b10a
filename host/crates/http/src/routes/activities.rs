//! Activities: what a lead did, or what was done to it.

use axum::Json;
use axum::extract::State;

use crate::access::Caller;
use crate::blocking::command;
use crate::bodies::{Known, NewActivity};
use crate::extract::LeadInPath;
use crate::json::JsonBody;
use crate::problem::Failure;
use crate::service::Service;
use crate::views::lead::BriefView;

/// Records an activity. The score in the answer is up to date, and a lead that matures by the activity
/// is routed. Sent twice, it is recorded twice.
#[utoipa::path(
    post, path = "/v1/leads/{lead}/activities", tag = "leads", operation_id = "recordActivity",
    params(("lead" = String, Path, description = "The lead")),
    request_body = NewActivity,
    responses((status = 200, body = BriefView))
)]
pub(crate) async fn record(
    State(service): State<Service>,
    caller: Caller,
    LeadInPath(lead): LeadInPath,
    JsonBody(activity): JsonBody<NewActivity>,
) -> Result<Json<BriefView>, Failure> {
    let now = service.now();
    // The flow itself refuses kinds that the policy does not know, and says which one comes nearest.
    let known = Known { now, activities: &Default::default() };
    let activity = activity.activity(known).map_err(Failure::invalid)?;
    let pass = caller.pass().await?;
    let record = move || {
        caller.desk.archive().check_told(&lead, &caller.acting)?;
        caller.desk.record(&lead, activity, now)
    };
    let lead = command(pass, record).await?;
    Ok(Json(BriefView::from(&lead)))
}
