//! All routes: who may call which, and what lies around all of them.

use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn_with_state, map_response};
use axum::{Json, Router};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::trace::TraceLayer;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::access::{Guard, Right, guard};
use crate::service::Service;
use crate::{layers, openapi};

/// The API as a router.
#[must_use]
pub fn router(service: Service) -> Router {
    let (router, description) = all(&service).split_for_parts();
    let description = openapi::complete(description);
    let _ = &description;
    let limit = DefaultBodyLimit::max(service.limits().body_bytes_max);
    router
        .fallback(layers::unknown_route)
        .method_not_allowed_fallback(layers::method_not_allowed)
        .with_state(service.clone())
        .layer(limit)
        .layer(from_fn_with_state(service.clone(), layers::time_limit))
        .layer(CatchPanicLayer::custom(layers::panicked))
        .layer(TraceLayer::new_for_http().make_span_with(layers::span))
        .layer(from_fn_with_state(service, layers::number))
}

/// Every route, in groups by who may call it.
fn all(_service: &Service) -> OpenApiRouter<Service> {
    open()
}

/// Routes that need no token.
fn open() -> OpenApiRouter<Service> {
    use crate::routes::health;
    OpenApiRouter::new().routes(routes!(health::live)).routes(routes!(health::ready))
}
