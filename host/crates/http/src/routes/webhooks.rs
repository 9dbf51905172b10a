//! Receivers: systems that are told what happens, by signed messages.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use leadsman_domain::ReceiverId;

use crate::access::Caller;
use crate::blocking::{holding, reading};
use crate::bodies::webhooks::NewWebhook;
use crate::json::JsonBody;
use crate::problem::{Failure, FieldError, Kind};
use crate::service::Service;
use crate::views::webhooks::{AddedView, FailedView, SentAgainView, WebhookView};

/// How many messages are shown of those that were given up, and of those that are sent again.
const FAILED_MAX: usize = 100;

/// Registers a receiver, which is told what happens from now on.
///
/// Messages are signed as the Standard Webhooks specification says, with the secret that this shows, once.
/// Each is attempted until the receiver answers with a status from 200 to 299, for three days at most; its
/// `webhook-id` stays the same. A receiver that answers 410 is told nothing more.
#[utoipa::path(
    post, path = "/v1/webhooks", tag = "webhooks", operation_id = "addWebhook",
    request_body = NewWebhook,
    responses((status = 201, body = AddedView))
)]
pub(crate) async fn add(
    State(service): State<Service>,
    caller: Caller,
    JsonBody(new): JsonBody<NewWebhook>,
) -> Result<(StatusCode, Json<AddedView>), Failure> {
    let checked = service.receiver_address(&new.url);
    checked.map_err(|cause| Failure::invalid(vec![FieldError::at("/url", cause)]))?;
    let random = service.random().map_err(|cause| Failure::hidden(Kind::INTERNAL, cause))?;
    let warrant = caller.warrant(service.now(), "");
    let pass = caller.pass().await?;
    let add = move || caller.desk.add_receiver(new.into(), random, &warrant);
    let added = holding(pass, add).await??;
    Ok((StatusCode::CREATED, Json(AddedView::from(&added))))
}

/// Lists the receivers, and how much waits for each.
#[utoipa::path(
    get, path = "/v1/webhooks", tag = "webhooks", operation_id = "listWebhooks",
    responses((status = 200, body = Vec<WebhookView>))
)]
pub(crate) async fn list(caller: Caller) -> Result<Json<Vec<WebhookView>>, Failure> {
    let read = move || {
        let (outbox, receivers) = (caller.desk.outbox(), caller.desk.receivers());
        let receivers = receivers.all().iter().map(|one| &one.receiver);
        receivers.map(|one| Ok(WebhookView::of(one, outbox.waiting(one)?))).collect()
    };
    Ok(Json(reading(read).await?))
}

/// Removes a receiver with everything that waits for it, and shows it once more.
#[utoipa::path(
    delete, path = "/v1/webhooks/{name}", tag = "webhooks", operation_id = "removeWebhook",
    params(("name" = String, Path, description = "The receiver's name")),
    responses((status = 200, body = WebhookView), (status = 404, description = "There is no such receiver"))
)]
pub(crate) async fn remove(caller: Caller, Path(name): Path<String>) -> Result<Json<WebhookView>, Failure> {
    let name = named(&name)?;
    let place = caller.wait_for_long_place().await?;
    let removed = holding(place, move || caller.desk.remove_receiver(&name)).await??;
    Ok(Json(WebhookView::of(&removed, 0)))
}

/// Lists messages that a receiver did not get: those that were given up, then those that are sent again.
#[utoipa::path(
    get, path = "/v1/webhooks/{name}/failed", tag = "webhooks", operation_id = "listFailedMessages",
    params(("name" = String, Path, description = "The receiver's name")),
    responses((status = 200, body = Vec<FailedView>), (status = 404, description = "There is no such receiver"))
)]
pub(crate) async fn failed(
    caller: Caller,
    Path(name): Path<String>,
) -> Result<Json<Vec<FailedView>>, Failure> {
    let name = named(&name)?;
    let read = move || {
        let outbox = caller.desk.outbox();
        outbox.failed(&outbox.receiver(&name)?, FAILED_MAX)
    };
    Ok(Json(reading(read).await?.iter().map(Into::into).collect()))
}

/// Sends again what was given up for a receiver, and at once what would be sent again later. A receiver that
/// wanted no more messages is told again what happens.
#[utoipa::path(
    post, path = "/v1/webhooks/{name}/retry", tag = "webhooks", operation_id = "retryWebhook",
    params(("name" = String, Path, description = "The receiver's name")),
    responses((status = 200, body = SentAgainView), (status = 404, description = "There is no such receiver"))
)]
pub(crate) async fn retry(
    State(service): State<Service>,
    caller: Caller,
    Path(name): Path<String>,
) -> Result<Json<SentAgainView>, Failure> {
    let (name, now) = (named(&name)?, service.now());
    let place = caller.wait_for_long_place().await?;
    let messages = holding(place, move || caller.desk.send_again(&name, now)).await??;
    Ok(Json(SentAgainView { messages }))
}

/// The receiver in a path. What cannot be the name of one is an unknown receiver.
fn named(text: &str) -> Result<ReceiverId, Failure> {
    ReceiverId::parse(text).map_err(|cause| Failure::new(Kind::UNKNOWN_RECEIVER, cause.to_string()))
}
