//! What requests carry besides bodies: a lead in the path, a query, an idempotency key.

use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::request::Parts;
use leadsman_domain::LeadId;
use leadsman_flow::{Cursor, InvalidCursor};
use serde::de::DeserializeOwned;

use crate::access::Caller;
use crate::gate::TenantPlace;
use crate::problem::{Failure, Kind};
use crate::service::Service;

/// How many bytes an idempotency key may have.
const KEY_BYTES_MAX: usize = 255;

/// The lead in a path. What cannot be the id of a lead is an unknown lead.
pub(crate) struct LeadInPath(pub LeadId);

impl<S: Send + Sync> FromRequestParts<S> for LeadInPath {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let text = Path::<String>::from_request_parts(parts, state).await;
        let text = text.map(|Path(text)| text).unwrap_or_default();
        LeadId::parse(&text).map(Self).map_err(|cause| Failure::new(Kind::UNKNOWN_LEAD, cause.to_string()))
    }
}

/// A request whose work takes long. It gets its place before its body is read.
pub(crate) struct LongWork<T>(pub TenantPlace, pub T);

impl<T: FromRequest<Service, Rejection = Failure>> FromRequest<Service> for LongWork<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, service: &Service) -> Result<Self, Failure> {
        let (mut parts, body) = request.into_parts();
        let place = Caller::from_request_parts(&mut parts, service).await?.long_place()?;
        Ok(Self(place, T::from_request(Request::from_parts(parts, body), service).await?))
    }
}

/// The query of a URL.
pub(crate) struct Params<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Params<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        Query::try_from_uri(&parts.uri)
            .map(|Query(query)| Self(query))
            .map_err(|cause| Failure::new(Kind::BAD_QUERY, cause.body_text()))
    }
}

/// A number of a query that has a default and a most.
pub(crate) fn within(
    asked: Option<usize>,
    otherwise: usize,
    most: usize,
    name: &str,
) -> Result<usize, Failure> {
    match asked.unwrap_or(otherwise) {
        number if (1..=most).contains(&number) => Ok(number),
        _ => Err(Failure::new(Kind::BAD_QUERY, format!("`{name}` is 1 to {most}"))),
    }
}

/// The cursor of a query, if there is one.
pub(crate) fn cursor(text: Option<&str>) -> Result<Option<Cursor>, Failure> {
    let wrong = |wrong: InvalidCursor| Failure::new(Kind::BAD_QUERY, format!("`cursor`: {wrong}"));
    text.map(|text| text.parse().map_err(wrong)).transpose()
}

/// The header `Idempotency-Key`, if there is one.
pub(crate) struct IdempotencyKey(pub Option<String>);

impl<S: Send + Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        let mut headers = parts.headers.get_all("idempotency-key").iter();
        let Some(header) = headers.next() else { return Ok(Self(None)) };
        let text = header.to_str().ok().filter(|text| is_key(text) && headers.next().is_none());
        let detail = "an `Idempotency-Key` has 1 to 255 visible characters of ASCII, and comes once";
        text.map(|text| Self(Some(text.to_owned()))).ok_or_else(|| Failure::new(Kind::BAD_HEADER, detail))
    }
}

/// Whether a text can be an idempotency key.
pub(crate) fn is_key(text: &str) -> bool {
    (1..=KEY_BYTES_MAX).contains(&text.len()) && !text.chars().any(char::is_control)
}
