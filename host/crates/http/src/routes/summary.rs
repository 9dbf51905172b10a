//! The summary.

use axum::Json;

use crate::access::Caller;
use crate::blocking::reading;
use crate::problem::Failure;
use crate::views::summary::SummaryView;

/// Sums up where the leads are. Reads every lead: not for every second.
#[utoipa::path(
    get, path = "/v1/summary", tag = "leads", operation_id = "showSummary",
    responses((status = 200, body = SummaryView))
)]
pub(crate) async fn show(caller: Caller) -> Result<Json<SummaryView>, Failure> {
    reading(move || caller.desk.archive().summary()).await.map(|summary| Json(summary.into()))
}
