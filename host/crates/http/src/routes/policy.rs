//! The active policy.

use axum::Json;

use crate::access::Caller;
use crate::views::policy::PolicyView;

/// Shows the active revision, and which plugin serves each place.
#[utoipa::path(
    get, path = "/v1/policy", tag = "policy", operation_id = "showPolicy",
    responses((status = 200, body = PolicyView))
)]
pub(crate) async fn show(caller: Caller) -> Json<PolicyView> {
    Json(PolicyView::from(&caller.desk.revision()))
}
