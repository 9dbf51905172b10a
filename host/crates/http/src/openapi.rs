//! The description of the API: what the routes say of themselves, with what is common to all of them.

use utoipa::openapi::path::Operation;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ComponentsBuilder, Schema};
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{Content, InfoBuilder, OpenApi, PathItem, Ref, ResponseBuilder};
use utoipa::{PartialSchema, ToSchema};

use crate::problem::{MEDIA_TYPE, Problem};

/// The name of the security scheme.
const TOKEN: &str = "token";

/// Completes the description that the routes gave of themselves.
pub(crate) fn complete(mut description: OpenApi) -> OpenApi {
    description
}
