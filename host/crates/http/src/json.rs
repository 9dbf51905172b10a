//! JSON and other bodies, and what is said of those that do not fit: the place by JSON pointer, and the
//! line and column at which reading stopped.

use axum::body::Body;
use axum::extract::{FromRequest, Request};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use futures_util::StreamExt as _;
use serde::de::DeserializeOwned;
use serde_path_to_error::{Path, Segment};

use crate::problem::{Failure, FieldError, Kind};
use crate::service::Service;

/// A body of JSON.
pub(crate) struct JsonBody<T>(pub T);

/// A body of JSON that brings the files of a policy, which may be large.
pub(crate) struct PolicyBody<T>(pub T);

/// How much of a body that is too large is read and thrown away, so that the client, who may still be
/// sending, gets to see the answer.
const DISCARDED_BYTES_MAX: usize = 32 << 20;

impl<T: DeserializeOwned> FromRequest<Service> for JsonBody<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, service: &Service) -> Result<Self, Failure> {
        json(request, service.limits().body_bytes_max).await.map(Self)
    }
}

impl<T: DeserializeOwned> FromRequest<Service> for PolicyBody<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, service: &Service) -> Result<Self, Failure> {
        json(request, service.limits().policy_body_bytes_max).await.map(Self)
    }
}

/// The value in a body of JSON of at most so many bytes.
async fn json<T: DeserializeOwned>(request: Request, bytes_max: usize) -> Result<T, Failure> {
    let kind = media_type(request.headers());
    if kind != "application/json" && !(kind.starts_with("application/") && kind.ends_with("+json")) {
        return Err(Failure::new(Kind::UNSUPPORTED_TYPE, "send application/json"));
    }
    read(&whole(request.into_body(), bytes_max).await?)
}

/// A whole body of at most so many bytes.
pub(crate) async fn whole(body: Body, bytes_max: usize) -> Result<Vec<u8>, Failure> {
    let mut pieces = body.into_data_stream();
    let (mut bytes, mut seen) = (Vec::new(), 0_usize);
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|_| Failure::new(Kind::BAD_BODY, "the body ended early"))?;
        seen += piece.len();
        if seen <= bytes_max {
            bytes.extend_from_slice(&piece);
        } else if seen > bytes_max.saturating_add(DISCARDED_BYTES_MAX) {
            break;
        }
    }
    if seen <= bytes_max { Ok(bytes) } else { Err(too_large("the body", bytes_max, "bytes")) }
}

/// A body, or a part of it, is larger than a limit in some unit.
pub(crate) fn too_large(what: &str, most: usize, unit: &str) -> Failure {
    Failure::new(Kind::TOO_LARGE, format!("{what} has more than {most} {unit}"))
}

/// The media type of a body, without parameters, in lower case.
pub(crate) fn media_type(headers: &HeaderMap) -> String {
    let text = headers.get(CONTENT_TYPE).and_then(|text| text.to_str().ok()).unwrap_or_default();
    text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// Reads a value, and nothing after it.
pub(crate) fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Failure> {
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut json)
        .map_err(|error| refused(pointer(error.path()), error.inner()))?;
    json.end().map_err(|error| refused(String::new(), &error))?;
    Ok(value)
}

fn refused(pointer: String, error: &serde_json::Error) -> Failure {
    let (line, column) = (error.line(), error.column());
    let text = error.to_string();
    let place = format!(" at line {line} column {column}");
    let message = text.strip_suffix(&place).unwrap_or(&text).to_owned();
    let known = |number: usize| (line > 0).then_some(number);
    let errors = vec![FieldError { pointer, message, line: known(line), column: known(column) }];
    let kind = if error.is_data() { Kind::INVALID_BODY } else { Kind::MALFORMED_JSON };
    Failure { errors, ..Failure::new(kind, "") }
}

fn pointer(path: &Path) -> String {
    let mut pointer = String::new();
    for segment in path {
        match segment {
            Segment::Seq { index } => pointer.push_str(&format!("/{index}")),
            Segment::Map { key } | Segment::Enum { variant: key } => {
                pointer.push('/');
                pointer.push_str(&escaped(key));
            }
            Segment::Unknown => {}
        }
    }
    pointer
}

/// A name as part of a JSON pointer.
pub(crate) fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
