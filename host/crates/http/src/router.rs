//! All routes: who may call which, and what lies around all of them.

use axum::middleware::from_fn_with_state;
use axum::routing::get;
use axum::{Json, Router};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::trace::TraceLayer;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};
use utoipa_axum::routes;

use crate::access::{Guard, Right, guard};
use crate::routes::{
    activities, bulk, campaigns, conversions, health, lead, leads, orders, plugins, policy, reports, summary,
    targets, trial, visitors, webhooks, work,
};
use crate::service::Service;
use crate::{layers, openapi};

type Routes = Vec<UtoipaMethodRouter<Service>>;

/// The API as a router.
pub fn router(service: Service) -> Router {
    let mut all = gather(open());
    for (right, routes) in guarded() {
        let guard_layer = from_fn_with_state(Guard { service: service.clone(), right }, guard);
        all = all.merge(gather(routes).route_layer(guard_layer));
    }
    let description = Json(document());
    let (router, _) = all.split_for_parts();
    router
        .route(openapi::PATH, get(|| async move { description }))
        .fallback(layers::unknown_route)
        .method_not_allowed_fallback(layers::method_not_allowed)
        .with_state(service.clone())
        .layer(from_fn_with_state(service.clone(), layers::time_limit))
        .layer(CatchPanicLayer::custom(layers::panicked))
        .layer(TraceLayer::new_for_http().make_span_with(layers::span))
        .layer(from_fn_with_state(service, layers::number))
}

/// The description of the API (OpenAPI 3.1), as `/v1/openapi.json` gives it.
#[must_use]
pub fn document() -> OpenApi {
    let all = guarded().into_iter().fold(OpenApiRouter::new(), |all, (_, routes)| all.merge(gather(routes)));
    openapi::complete(gather(open()).into_openapi(), all.into_openapi())
}

/// Routes that need no token.
fn open() -> Routes {
    vec![routes!(health::live), routes!(health::ready)]
}

/// Routes by the right that they need.
fn guarded() -> Vec<(Right, Routes)> {
    let send = vec![
        routes!(leads::send),
        routes!(bulk::send),
        routes!(activities::record),
        routes!(conversions::record),
    ];
    let order = vec![routes!(orders::order), routes!(bulk::order)];
    let direct = vec![
        routes!(lead::correct),
        routes!(orders::relieve),
        routes!(targets::keep),
        routes!(campaigns::keep),
    ];
    let read_leads = vec![
        routes!(leads::list),
        routes!(lead::show),
        routes!(lead::history),
        routes!(work::queue),
        routes!(work::suggestions),
        routes!(targets::show),
        routes!(targets::probe),
        routes!(summary::show),
        routes!(reports::team),
        routes!(reports::stages),
        routes!(reports::sources),
        routes!(reports::accounts),
        routes!(reports::channels),
        routes!(reports::forecast),
        routes!(reports::campaigns),
        routes!(reports::referrers),
        routes!(reports::rebates),
        routes!(reports::trends),
        routes!(reports::plan),
        routes!(reports::members),
        routes!(campaigns::list),
    ];
    let read_rules = vec![
        routes!(lead::decisions),
        routes!(policy::show),
        routes!(policy::revisions),
        routes!(trial::show),
        routes!(plugins::list),
        routes!(plugins::log),
    ];
    let publish = vec![routes!(plugins::push)];
    let govern = vec![
        routes!(policy::freeze),
        routes!(policy::activate),
        routes!(policy::roll_back),
        routes!(trial::begin),
        routes!(trial::end),
        routes!(trial::backtest),
    ];
    let connect = vec![
        routes!(webhooks::add, webhooks::list),
        routes!(webhooks::remove),
        routes!(webhooks::failed),
        routes!(webhooks::retry),
    ];
    vec![
        (Right::Send, send),
        (Right::Observe, vec![routes!(visitors::observe)]),
        (Right::Order, order),
        (Right::Direct, direct),
        (Right::ReadLeads, read_leads),
        (Right::ReadRules, read_rules),
        (Right::Publish, publish),
        (Right::Govern, govern),
        (Right::Connect, connect),
    ]
}

fn gather(routes: Routes) -> OpenApiRouter<Service> {
    routes.into_iter().fold(OpenApiRouter::new(), OpenApiRouter::routes)
}
