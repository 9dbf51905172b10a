//! Bodies of several parts (RFC 7578): a component with its configuration.

use std::collections::BTreeMap;
use std::convert::Infallible;

use axum::extract::{FromRequest, Request};
use axum::http::header::CONTENT_TYPE;
use futures_util::stream;
use multer::{Constraints, Multipart, parse_boundary};
use serde_json::Value;

use crate::json::{read, whole};
use crate::problem::{Failure, FieldError, Kind};
use crate::service::Service;
use crate::values::Word;

/// A component that shall come in.
pub(crate) struct NewComponent {
    /// Its bytes.
    pub component: Vec<u8>,
    /// The configuration to try it with, if one came.
    pub configuration: Option<Value>,
    /// The reason, for the record.
    pub reason: Word,
}

const PARTS: [&str; 3] = ["component", "configuration", "reason"];

impl FromRequest<Service> for NewComponent {
    type Rejection = Failure;

    async fn from_request(request: Request, service: &Service) -> Result<Self, Failure> {
        let kind = request.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        let boundary = kind.and_then(|kind| parse_boundary(kind).ok());
        let boundary =
            boundary.ok_or_else(|| Failure::new(Kind::UNSUPPORTED_TYPE, "send multipart/form-data"))?;
        let body = whole(request.into_body(), service.limits().component_body_bytes_max).await?;
        let mut parts = parts(body, boundary).await?;
        let missing = |name: &str| Failure::invalid(vec![FieldError::at(format!("/{name}"), "is missing")]);
        let component = parts.remove("component").ok_or_else(|| missing("component"))?;
        let configuration =
            parts.remove("configuration").map(|text| within("configuration", read(&text))).transpose()?;
        let reason = parts.remove("reason").ok_or_else(|| missing("reason"))?;
        let reason = Value::String(String::from_utf8_lossy(&reason).into_owned());
        let reason = within("reason", read(reason.to_string().as_bytes()))?;
        Ok(Self { component, configuration, reason })
    }
}

/// The parts of a body, by name.
async fn parts(body: Vec<u8>, boundary: String) -> Result<BTreeMap<String, Vec<u8>>, Failure> {
    let broken =
        |cause: multer::Error| Failure::new(Kind::BAD_BODY, format!("the parts are broken: {cause}"));
    let constraints = Constraints::new().allowed_fields(PARTS.to_vec());
    let pieces = stream::once(async { Ok::<_, Infallible>(body) });
    let mut multipart = Multipart::with_constraints(pieces, boundary, constraints);
    let mut parts = BTreeMap::new();
    while let Some(part) = multipart.next_field().await.map_err(broken)? {
        let name = part.name().unwrap_or_default().to_owned();
        let bytes = part.bytes().await.map_err(broken)?.to_vec();
        if parts.insert(name.clone(), bytes).is_some() {
            return Err(Failure::invalid(vec![FieldError::at(format!("/{name}"), "came twice")]));
        }
    }
    Ok(parts)
}

/// What is wrong with a part, at its place in the whole.
fn within<T>(name: &str, read: Result<T, Failure>) -> Result<T, Failure> {
    read.map_err(|failure| {
        let at = |error: FieldError| FieldError { pointer: format!("/{name}{}", error.pointer), ..error };
        Failure { errors: failure.errors.into_iter().map(at).collect(), ..failure }
    })
}
