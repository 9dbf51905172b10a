//! What is common to all requests: a number, a span, a time limit, a net for panics, and one form for
//! everything that goes wrong.

use std::any::Any;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tracing::Span;

use crate::problem::{Failure, Kind, MEDIA_TYPE};
use crate::service::Service;

/// Where components are compiled, or history is told again.
const LONG: [&str; 3] = ["/v1/plugins", "/v1/policy/revisions", "/v1/policy/backtest"];

/// The header that tells the number of a request.
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The number of a request: what the client calls it, or what the server does.
#[derive(Debug, Clone)]
pub(crate) struct RequestId(pub String);

/// Numbers a request, and turns what went wrong with it into problem details. The outermost layer.
pub(crate) async fn number(State(service): State<Service>, mut request: Request, next: Next) -> Response {
    let id = given_id(&request).unwrap_or_else(|| service.next_request());
    request.extensions_mut().insert(RequestId(id.clone()));
    let mut response = next.run(request).await;
    if let Some(failure) = response.extensions_mut().remove::<Failure>() {
        failure.log(&id);
        let problem = failure.into_problem(&id);
        // A problem has only texts and numbers, so there is nothing in it that JSON lacks.
        *response.body_mut() = serde_json::to_vec(&problem).map(Body::from).unwrap_or_default();
        response.headers_mut().remove(CONTENT_LENGTH);
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
    }
    // Answers are personal, and change.
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

/// The number that the client gave, if it is fit for logs.
fn given_id(request: &Request) -> Option<String> {
    let id = request.headers().get(REQUEST_ID)?.to_str().ok()?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    ((1..=64).contains(&id.len()) && id.bytes().all(plain)).then(|| id.to_owned())
}

/// Gives up on a request that takes too long.
pub(crate) async fn time_limit(State(service): State<Service>, request: Request, next: Next) -> Response {
    let limits = service.limits();
    let is_long = LONG.contains(&request.uri().path());
    let wait = if is_long { limits.long_request_wait } else { limits.request_wait };
    tokio::time::timeout(wait, next.run(request)).await.unwrap_or_else(|_| {
        let detail = "it may or may not have been done; send it again with the same idempotency key";
        Failure::new(Kind::TOO_SLOW, detail).into_response()
    })
}

/// The span of a request. Holds no header, no query and no body: these may be secret or personal.
pub(crate) fn span(request: &Request) -> Span {
    let id = request.extensions().get::<RequestId>().map_or("", |id| id.0.as_str());
    tracing::info_span!("request", id, method = %request.method(), path = request.uri().path())
}

/// The answer to a request whose handling panicked.
pub(crate) fn panicked(panic: Box<dyn Any + Send>) -> Response {
    let said = panic.downcast_ref::<&str>().copied().or(panic.downcast_ref::<String>().map(String::as_str));
    let cause = format!("a panic: {}", said.unwrap_or("of unknown kind"));
    Failure::hidden(Kind::INTERNAL, cause).into_response()
}

/// The answer where there is no route.
pub(crate) async fn unknown_route() -> Failure {
    Failure::new(Kind::UNKNOWN_ROUTE, "the routes are listed in /v1/openapi.json")
}

/// The answer where the route takes other methods. The header `Allow` says which.
pub(crate) async fn method_not_allowed() -> Failure {
    Failure::new(Kind::METHOD_NOT_ALLOWED, "")
}
