//! What goes wrong, as clients see it: problem details after RFC 9457.
//!
//! A [`Failure`] keeps what clients may read apart from what only the log may hold. It becomes a
//! [`Problem`] in [`layers`](crate::layers), where the number of the request is known.

use axum::http::header::{RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

/// The media type of problem details.
pub(crate) const MEDIA_TYPE: &str = "application/problem+json";

/// One kind of problem. Its name never changes, so programs can tell problems apart by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Kind {
    name: &'static str,
    title: &'static str,
    pub status: StatusCode,
}

macro_rules! kinds {
    ($($kind:ident $status:ident $name:literal $title:literal;)*) => {
        impl Kind {
            $(pub const $kind: Self = Self { name: $name, title: $title, status: StatusCode::$status };)*
        }
    };
}

kinds! {
    MALFORMED_JSON BAD_REQUEST "malformed-json" "The body is not JSON";
    BAD_QUERY BAD_REQUEST "bad-query" "The query cannot be read";
    BAD_HEADER BAD_REQUEST "bad-header" "A header cannot be read";
    BAD_BODY BAD_REQUEST "bad-body" "The body did not arrive";
    UNAUTHENTICATED UNAUTHORIZED "unauthenticated" "A valid access token is needed";
    FORBIDDEN FORBIDDEN "forbidden" "The token's role does not allow this";
    NOT_YOURS FORBIDDEN "lead-not-yours" "Reps work on their own leads";
    UNKNOWN_ROUTE NOT_FOUND "unknown-route" "There is nothing here";
    UNKNOWN_LEAD NOT_FOUND "unknown-lead" "There is no such lead";
    UNKNOWN_REVISION NOT_FOUND "unknown-revision" "There is no such revision";
    UNKNOWN_TARGET NOT_FOUND "unknown-target" "There is no such account, contact or opportunity";
    UNKNOWN_TASK NOT_FOUND "unknown-task" "The lead has no such task";
    UNKNOWN_FIGURE NOT_FOUND "unknown-figure" "The report has no such figure";
    UNKNOWN_CALENDAR NOT_FOUND "unknown-calendar" "The policy has no such calendar";
    UNKNOWN_RECEIVER NOT_FOUND "unknown-receiver" "There is no such receiver";
    METHOD_NOT_ALLOWED METHOD_NOT_ALLOWED "method-not-allowed" "The method does not fit this route";
    REJECTED CONFLICT "lead-rejected" "The lead was rejected";
    NOT_STOPPED CONFLICT "lead-not-stopped" "The lead is on its way already";
    NOT_OWNED CONFLICT "lead-not-owned" "Nobody owns the lead";
    NOT_POOLED CONFLICT "lead-not-pooled" "The lead does not wait in a pool";
    INELIGIBLE CONFLICT "lead-ineligible" "The lead may not go to sales yet";
    ILLEGAL_MOVE CONFLICT "illegal-move" "The lead cannot go to this stage from where it is";
    CANNOT_MERGE CONFLICT "cannot-merge" "The leads cannot become one, or two again";
    CONTACT_ELSEWHERE CONFLICT "contact-elsewhere" "The contact belongs to another account";
    QUALIFIED CONFLICT "lead-qualified" "The lead was qualified already";
    ANONYMOUS CONFLICT "lead-anonymous" "Nobody knows who the lead is";
    REP_UNAVAILABLE CONFLICT "rep-unavailable" "The rep cannot take the lead";
    LINE_TAKEN CONFLICT "line-taken" "There is a lead for this business line already";
    NOT_SOURCE CONFLICT "lead-not-source" "The lead was itself made out of another one";
    CONVERSION_ELSEWHERE CONFLICT "conversion-elsewhere" "The conversion belongs to another lead";
    CONVERSION_DIFFERS CONFLICT "conversion-differs" "The conversion is known with other values";
    NO_REVISION CONFLICT "no-revision" "There is no revision to go to";
    TRIAL CONFLICT "trial" "The trial is not as this needs it";
    REVISION_UNREADY CONFLICT "revision-unready" "The revision's plugins cannot be made ready";
    LABEL_TAKEN CONFLICT "label-taken" "Another component has this name and version";
    RECEIVER_TAKEN CONFLICT "receiver-taken" "Another receiver has this name";
    TOO_LARGE PAYLOAD_TOO_LARGE "too-large" "More was sent than is taken";
    UNSUPPORTED_TYPE UNSUPPORTED_MEDIA_TYPE "unsupported-type" "The content type does not fit";
    INVALID_BODY UNPROCESSABLE_ENTITY "invalid-body" "The body does not fit";
    KEY_REUSED UNPROCESSABLE_ENTITY "idempotency-key-reused" "The idempotency key came with another body";
    REFUSED_PLUGIN UNPROCESSABLE_ENTITY "refused-plugin" "The component may not come in";
    UNKNOWN_REP UNPROCESSABLE_ENTITY "unknown-rep" "There is no such rep";
    UNKNOWN_POOL UNPROCESSABLE_ENTITY "unknown-pool" "There is no such pool";
    UNKNOWN_RETURN UNPROCESSABLE_ENTITY "unknown-return" "The policy knows no such return";
    UNKNOWN_ACTIVITY UNPROCESSABLE_ENTITY "unknown-activity" "The policy does not know this activity";
    UNKNOWN_SOURCE UNPROCESSABLE_ENTITY "unknown-source" "The policy does not know this source";
    INTERNAL INTERNAL_SERVER_ERROR "internal" "Something broke on our side";
    BUSY SERVICE_UNAVAILABLE "busy" "Too much happened at once";
    STORE_UNAVAILABLE SERVICE_UNAVAILABLE "store-unavailable" "The store does not take commands";
    NOT_SERVED SERVICE_UNAVAILABLE "not-served" "The tenant is not served here";
    NOT_READY SERVICE_UNAVAILABLE "not-ready" "The server is not ready";
    TOO_SLOW GATEWAY_TIMEOUT "too-slow" "The answer took too long";
}

impl Kind {
    /// The kind as a URI.
    pub(crate) fn uri(self) -> String {
        format!("urn:leadsman:problem:{}", self.name)
    }
}

/// One thing that is wrong with a body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct FieldError {
    /// JSON pointer (RFC 6901) to the value; empty for the whole body.
    #[schema(example = "/facts/contact.email")]
    pub pointer: String,
    /// What is wrong with it.
    pub message: String,
    /// The line at which reading stopped, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// The column at which reading stopped, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<usize>,
}

impl FieldError {
    /// Something wrong with the value at a pointer.
    pub(crate) fn at(pointer: impl Into<String>, message: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), message: message.into(), line: None, column: None }
    }
}

/// Problem details (RFC 9457).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Problem {
    /// The kind of problem, for programs.
    #[serde(rename = "type")]
    #[schema(example = "urn:leadsman:problem:unknown-lead")]
    kind: String,
    /// The kind of problem, for people.
    #[schema(example = "There is no such lead")]
    title: &'static str,
    /// The HTTP status.
    #[schema(example = 404)]
    pub status: u16,
    /// What is wrong this time.
    #[serde(skip_serializing_if = "String::is_empty")]
    #[schema(required = false)]
    detail: String,
    /// The request, as the log of the server knows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "urn:leadsman:request:19a3c5d2f00-2a")]
    instance: Option<String>,
    /// What is wrong with the body, place by place.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    errors: Vec<FieldError>,
}

/// Why a request is not answered as it asked. `internal` is for the log alone and has no other way out.
#[derive(Debug, Clone)]
pub(crate) struct Failure {
    pub kind: Kind,
    pub detail: String,
    pub errors: Vec<FieldError>,
    pub(crate) internal: Option<String>,
}

impl Failure {
    /// A failure, and what is wrong this time.
    pub(crate) fn new(kind: Kind, detail: impl Into<String>) -> Self {
        Self { kind, detail: detail.into(), errors: Vec::new(), internal: None }
    }

    /// A failure on our side. The cause goes to the log.
    pub(crate) fn hidden(kind: Kind, cause: impl Into<String>) -> Self {
        Self { kind, detail: String::new(), errors: Vec::new(), internal: Some(cause.into()) }
    }

    /// A body that does not fit.
    pub(crate) fn invalid(errors: Vec<FieldError>) -> Self {
        Self { kind: Kind::INVALID_BODY, detail: String::new(), errors, internal: None }
    }

    /// Writes to the log what clients do not get to see.
    pub(crate) fn log(&self, request: &str) {
        if let Some(cause) = &self.internal {
            tracing::error!(request, problem = self.kind.name, cause, "a request failed");
        }
    }

    /// What the client gets to see. The number of the request leads from it to the log.
    pub(crate) fn into_problem(self, request: &str) -> Problem {
        Problem {
            kind: self.kind.uri(),
            title: self.kind.title,
            status: self.kind.status.as_u16(),
            detail: self.detail,
            instance: Some(format!("urn:leadsman:request:{request}")),
            errors: self.errors,
        }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let kind = self.kind;
        let mut response = kind.status.into_response();
        if kind == Kind::UNAUTHENTICATED {
            let challenge = HeaderValue::from_static("Bearer realm=\"leadsman\"");
            response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
        }
        if kind.status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response.extensions_mut().insert(self);
        response
    }
}
