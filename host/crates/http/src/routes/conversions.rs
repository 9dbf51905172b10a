//! Conversions: a lead became something worth money.

use axum::Json;
use axum::extract::State;

use crate::access::Caller;
use crate::blocking::command;
use crate::bodies::NewConversion;
use crate::extract::LeadInPath;
use crate::json::JsonBody;
use crate::problem::{Failure, Kind};
use crate::service::Service;
use crate::views::lead::WonView;

/// Records a conversion and shares its value among the lead's touches. The same conversion again changes
/// nothing and gets the same answer.
#[utoipa::path(
    post, path = "/v1/leads/{lead}/conversions", tag = "leads", operation_id = "recordConversion",
    params(("lead" = String, Path, description = "The lead")),
    request_body = NewConversion,
    responses((status = 200, body = WonView))
)]
pub(crate) async fn record(
    State(service): State<Service>,
    caller: Caller,
    LeadInPath(lead): LeadInPath,
    JsonBody(body): JsonBody<NewConversion>,
) -> Result<Json<WonView>, Failure> {
    let now = service.now();
    let conversion = body.conversion(now).map_err(Failure::invalid)?;
    let pass = caller.pass().await?;
    let convert = move || {
        caller.desk.archive().check_told(&lead, &caller.acting)?;
        caller.desk.convert(&lead, &conversion, now)
    };
    let lead = command(pass, convert).await?;
    let won = lead.won.iter().find(|won| won.conversion.id == body.id);
    let won = won.ok_or_else(|| Failure::hidden(Kind::INTERNAL, "a conversion left no trace"))?;
    if !body.agrees_with(&won.conversion) {
        let detail = format!("conversion {} was recorded with other values, and stays as it was", body.id);
        return Err(Failure::new(Kind::CONVERSION_DIFFERS, detail));
    }
    Ok(Json(WonView::from(won)))
}
