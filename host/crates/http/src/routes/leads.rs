//! The leads of a tenant: one comes in, or they are listed.

use axum::Json;
use axum::extract::State;
use axum::http::header::LOCATION;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use leadsman_domain::{PoolId, RepId};
use leadsman_flow::ledger::{Key, Space};
use leadsman_flow::{Cursor, Desk, FlowError, Intake, Settled};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::access::Caller;
use crate::arrivals;
use crate::blocking::{holding, reading};
use crate::bodies::NewLead;
use crate::extract::{IdempotencyKey, Params, cursor, within};
use crate::json::JsonBody;
use crate::problem::{Failure, FieldError, Kind};
use crate::service::Service;
use crate::views::intake::IntakeView;
use crate::views::lead::BriefView;

const LIMIT_DEFAULT: usize = 50;
const LIMIT_MAX: usize = 200;

/// Takes a lead in: it is screened, matched, scored and routed, and the answer says what became of it.
///
/// Sent again with the same `Idempotency-Key`, or without one but saying the same, it gets the same
/// answer with the header `Idempotency-Replayed: true`, and nothing happens.
#[utoipa::path(
    post, path = "/v1/leads", tag = "leads", operation_id = "sendLead",
    params(("Idempotency-Key" = Option<String>, Header,
        description = "1 to 255 characters, new for each lead")),
    request_body = NewLead,
    responses(
        (status = 201, body = IntakeView, description = "A new lead; `Location` says where it is"),
        (status = 200, body = IntakeView, description = "A lead that was known: one more touch"),
    )
)]
pub(crate) async fn send(
    State(service): State<Service>,
    caller: Caller,
    IdempotencyKey(key): IdempotencyKey,
    JsonBody(mut lead): JsonBody<NewLead>,
) -> Result<Response, Failure> {
    if key.is_some() && lead.key.is_some() && key != lead.key {
        let message = "the header `Idempotency-Key` says something else";
        return Err(Failure::invalid(vec![FieldError::at("/key", message)]));
    }
    lead.key = key.or(lead.key);
    let answers = holding(caller.pass().await?, move || {
        arrivals::take_in(&service, &caller, std::iter::once(Ok(lead)))
    })
    .await??;
    let intake = answers.durable().await?.pop();
    intake.unwrap_or_else(|| Err(Failure::hidden(Kind::INTERNAL, "an answer is missing"))).map(answer)
}

/// The status that tells what became of a lead.
pub(crate) fn status(intake: &Intake) -> StatusCode {
    if intake.settled == Settled::Duplicate { StatusCode::OK } else { StatusCode::CREATED }
}

fn answer(intake: Intake) -> Response {
    let status = status(&intake);
    let mut response = (status, Json(IntakeView::from(&intake))).into_response();
    let location = HeaderValue::from_str(&format!("/v1/leads/{}", intake.lead));
    if let (StatusCode::CREATED, Ok(location)) = (status, location) {
        response.headers_mut().insert(LOCATION, location);
    }
    if intake.seen_before {
        response.headers_mut().insert("idempotency-replayed", HeaderValue::from_static("true"));
    }
    response
}

/// Which leads are listed.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Listing {
    /// Those that this rep owns, in the order in which they were assigned.
    #[param(value_type = Option<String>)]
    owner: Option<RepId>,
    /// Those that wait in this pool for an owner, in the order in which they were received.
    #[param(value_type = Option<String>)]
    pool: Option<PoolId>,
    /// How many; 50 if missing.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<usize>,
    /// Where to go on: `next` of the page before.
    cursor: Option<String>,
}

/// A page of leads.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Leads)]
pub(crate) struct LeadsView {
    /// The leads.
    leads: Vec<BriefView>,
    /// The cursor of the next page; none after the last.
    next: Option<String>,
}

/// Lists leads, a page at a time: all of them in the order in which they were received, or those of one
/// owner or one pool.
#[utoipa::path(
    get, path = "/v1/leads", tag = "leads", operation_id = "listLeads", params(Listing),
    responses((status = 200, body = LeadsView))
)]
pub(crate) async fn list(
    caller: Caller,
    Params(listing): Params<Listing>,
) -> Result<Json<LeadsView>, Failure> {
    let limit = within(listing.limit, LIMIT_DEFAULT, LIMIT_MAX, "limit")?;
    let index = match (&listing.owner, &listing.pool) {
        (None, None) => Key::of(Space::ByTime),
        (Some(owner), None) => Key::of(Space::ByOwner).text(owner.as_str()),
        (None, Some(pool)) => Key::of(Space::ByPool).text(pool.as_str()),
        (Some(_), Some(_)) => {
            let detail = "ask for `owner` or for `pool`: a lead with an owner waits in no pool";
            return Err(Failure::new(Kind::BAD_QUERY, detail));
        }
    };
    let cursor = cursor(listing.cursor.as_deref())?;
    reading(move || page(&caller.desk, &index, cursor.as_ref(), limit)).await.map(Json)
}

/// Reads a page of an index, whose keys end in a moment and a lead, and the leads of the page.
fn page(desk: &Desk, index: &Key, cursor: Option<&Cursor>, limit: usize) -> Result<LeadsView, FlowError> {
    // Whatever the cursor, the place is in this index.
    let from = cursor.map(|place| place.within(index));
    let page = desk.ledger().scan(index, from.as_ref(), limit)?;
    let mut leads = Vec::with_capacity(page.rows.len());
    for (key, _) in &page.rows {
        let Some(place) = Cursor::of(key) else { continue };
        leads.push(BriefView::from(&desk.archive().lead(place.lead())?));
    }
    Ok(LeadsView { leads, next: page.next.as_ref().and_then(Cursor::of).map(|next| next.to_string()) })
}
