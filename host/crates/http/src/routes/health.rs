//! Is the server there, and does it take requests? For whoever watches and whoever balances load.

use axum::Json;
use axum::extract::State;
use leadsman_domain::Digest;
use leadsman_flow::ledger::{Key, Space};
use serde::Serialize;
use utoipa::ToSchema;

use crate::blocking::blocking;
use crate::problem::{Failure, Kind};
use crate::service::Service;

/// The state of the server.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Health {
    /// What it is.
    #[schema(example = "ready")]
    status: &'static str,
}

/// Says that the server runs.
#[utoipa::path(
    get, path = "/healthz", tag = "operation", operation_id = "isLive",
    responses((status = 200, body = Health))
)]
pub(crate) async fn live() -> Json<Health> {
    Json(Health { status: "live" })
}

/// Says whether the server takes requests: its store can be read, and it is not about to stop.
#[utoipa::path(
    get, path = "/readyz", tag = "operation", operation_id = "isReady",
    responses((status = 200, body = Health))
)]
pub(crate) async fn ready(State(service): State<Service>) -> Result<Json<Health>, Failure> {
    if service.is_draining() {
        return Err(Failure::new(Kind::NOT_READY, "the server is about to stop"));
    }
    let tokens = service.tokens();
    let probe = Key::of(Space::Token).digest(Digest::of(b"ready"));
    blocking(move || tokens.get(&probe)).await??;
    Ok(Json(Health { status: "ready" }))
}
