//! Plugins that the tenant uploads.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use leadsman_flow::{Warrant, keep_upload};
use serde_json::json;

use crate::access::Caller;
use crate::blocking::{holding, reading};
use crate::extract::LongWork;
use crate::multipart::NewComponent;
use crate::problem::{Failure, FieldError, Kind};
use crate::service::{Refused, Service};
use crate::views::plugins::{KeptView, LogEntryView, NewPlugin, UploadView};

/// Examines a component and keeps it for the tenant's policies, which call it by its name and version.
///
/// It is checked, compiled in a process of its own with limits on time and memory, described, configured
/// and asked about leads that nobody submitted. It decides nothing until a policy names it.
#[utoipa::path(
    post, path = "/v1/plugins", tag = "plugins", operation_id = "uploadPlugin",
    request_body(content = NewPlugin, content_type = "multipart/form-data"),
    responses(
        (status = 201, description = "It is new", body = KeptView),
        (status = 200, description = "It was known", body = KeptView)
    )
)]
pub(crate) async fn push(
    State(service): State<Service>,
    caller: Caller,
    LongWork(place, new): LongWork<NewComponent>,
) -> Result<(StatusCode, Json<KeptView>), Failure> {
    let warrant = Warrant { by: caller.label.clone(), at: service.now(), why: new.reason.0 };
    let examine = service.examine();
    let given = new.configuration.is_some();
    let configuration = new.configuration.unwrap_or_else(|| json!({}));
    let component = new.component;
    let examined = move || (examine(&component, &configuration), component);
    let (looked, component) = holding(place, examined).await?;
    let looked = looked.map_err(refused)?;
    if given && !looked.problems.is_empty() {
        let sentence = "the plugin refuses its configuration".to_owned();
        return Err(refused(Refused { sentence, problems: looked.problems }));
    }
    let keep = move || keep_upload(caller.desk.ledger(), &component, looked.plugin, &warrant);
    let (upload, new) = reading(keep).await?;
    let status = if new { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, Json(KeptView::of(&upload, new, looked.report))))
}

/// Lists the plugins that were uploaded.
#[utoipa::path(
    get, path = "/v1/plugins", tag = "plugins", operation_id = "listPlugins",
    responses((status = 200, body = Vec<UploadView>))
)]
pub(crate) async fn list(caller: Caller) -> Result<Json<Vec<UploadView>>, Failure> {
    let uploads = reading(move || caller.desk.archive().uploads()).await?;
    Ok(Json(uploads.iter().map(Into::into).collect()))
}

/// Shows what a plugin wrote to its standard output and error lately, oldest first. It is kept in memory
/// only, up to 64 KiB for each plugin.
#[utoipa::path(
    get, path = "/v1/plugins/{name}/log", tag = "plugins", operation_id = "showPluginLog",
    params(("name" = String, Path, description = "The plugin's name, without its version")),
    responses((status = 200, body = Vec<LogEntryView>))
)]
pub(crate) async fn log(
    State(service): State<Service>,
    caller: Caller,
    Path(name): Path<String>,
) -> Json<Vec<LogEntryView>> {
    Json(service.log(&caller.tenant, &name).into_iter().map(Into::into).collect())
}

/// A component that may not come in: the cause and the remedy, and what it does not like about its
/// configuration.
fn refused(refused: Refused) -> Failure {
    let error = |(pointer, message)| FieldError::at(format!("/configuration{pointer}"), message);
    Failure {
        errors: refused.problems.into_iter().map(error).collect(),
        ..Failure::new(Kind::REFUSED_PLUGIN, refused.sentence)
    }
}
