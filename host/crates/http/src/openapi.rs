//! The description of the API: what the routes say of themselves, with what is common to all of them.

use utoipa::openapi::path::Operation;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{ContentBuilder, Info, OpenApi, PathItem, Ref, RefOr, Response, ResponseBuilder};
use utoipa::{PartialSchema, ToSchema};

use crate::problem::{MEDIA_TYPE, Problem};

/// Where the description is.
pub(crate) const PATH: &str = "/v1/openapi.json";
/// The name of the security scheme.
const TOKEN: &str = "token";
const SUMMARY: &str = "Sends leads to Leadsman, tells what became of them and why. Moments are RFC 3339; \
    problems are RFC 9457. The tenant comes from the access token.";

/// Puts together what open and guarded routes say of themselves, and adds what is common to them.
pub(crate) fn complete(mut open: OpenApi, mut guarded: OpenApi) -> OpenApi {
    operations(&mut open).for_each(|operation| refuses(operation, &[("default", "A problem")]));
    for operation in operations(&mut guarded) {
        operation.security = Some(vec![SecurityRequirement::new::<_, [&str; 0], &str>(TOKEN, [])]);
        let mut problems = vec![
            ("401", "No access token, or one that is not known"),
            ("403", "The token's role does not allow this"),
            ("default", "Another problem"),
        ];
        if operation.request_body.is_some() {
            problems.push(("413", "More was sent than is taken"));
            problems.push(("415", "The content type does not fit"));
            problems.push(("422", "The body does not fit; `errors` says where"));
        }
        if operation.parameters.iter().flatten().any(is_lead) {
            problems.push(("404", "The tenant has no such lead"));
        }
        refuses(operation, &problems);
    }
    open.merge(guarded);
    let mut info = Info::new("Leadsman", env!("CARGO_PKG_VERSION"));
    info.description = Some(SUMMARY.to_owned());
    open.info = info;
    let components = open.components.get_or_insert_default();
    let mut schemas = Vec::new();
    Problem::schemas(&mut schemas);
    schemas.push((Problem::name().into_owned(), Problem::schema()));
    components.schemas.extend(schemas);
    let scheme = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some(
            "An access token, which names the tenant and a role: admin, author, intake, reader",
        ))
        .build();
    components.security_schemes.insert(TOKEN.to_owned(), SecurityScheme::Http(scheme).into());
    open
}

fn operations(description: &mut OpenApi) -> impl Iterator<Item = &mut Operation> {
    description.paths.paths.values_mut().flat_map(|item| {
        let PathItem { get, post, put, patch, delete, .. } = item;
        [get, post, put, patch, delete].into_iter().flatten()
    })
}

fn refuses(operation: &mut Operation, problems: &[(&str, &str)]) {
    for (status, description) in problems {
        operation.responses.responses.entry((*status).to_owned()).or_insert_with(|| problem(description));
    }
}

fn problem(description: &str) -> RefOr<Response> {
    let schema = Ref::from_schema_name(Problem::name());
    let content = ContentBuilder::new().schema(Some(schema)).build();
    RefOr::T(ResponseBuilder::new().description(description).content(MEDIA_TYPE, content).build())
}

fn is_lead(parameter: &RefOr<utoipa::openapi::path::Parameter>) -> bool {
    matches!(parameter, RefOr::T(parameter) if parameter.name == "lead")
}
