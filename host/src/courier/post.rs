//! One attempt to deliver one message. Whatever the receiver answers, it is not followed, not kept, and not
//! waited for longer than a few seconds.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use chrono::DateTime;
use leadsman_domain::Timestamp;
use leadsman_flow::outbox::{Message, Registered, Setback};
use reqwest::header::{CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Client, Response, StatusCode};

use super::address::{PublicOnly, Reach};
use super::signature::sign;

/// How long a receiver has to answer.
const ANSWER_TIME_MAX: Duration = Duration::from_secs(15);

/// How long it may take to reach it.
const CONNECT_TIME_MAX: Duration = Duration::from_secs(5);

/// Bytes of an answer that are read, so that its connection can be used again; with a longer one it is cut.
const ANSWER_BYTES_MAX: u64 = 16 << 10;

/// Connections that are kept open to a receiver.
const IDLE_MAX: usize = 4;

/// Sends messages.
pub struct Post {
    client: Client,
    reach: Reach,
}

impl Post {
    /// Sends to addresses within reach.
    pub fn new(reach: Reach) -> Result<Self, reqwest::Error> {
        let client = Client::builder()
            .redirect(Policy::none())
            .no_proxy()
            .timeout(ANSWER_TIME_MAX)
            .connect_timeout(CONNECT_TIME_MAX)
            .pool_max_idle_per_host(IDLE_MAX)
            .user_agent(concat!("leadsman/", env!("CARGO_PKG_VERSION")));
        let client = match reach {
            Reach::Public => client.https_only(true).dns_resolver(Arc::new(PublicOnly)),
            Reach::Any => client,
        };
        Ok(Self { client: client.build()?, reach })
    }

    /// Attempts to deliver a message to a receiver.
    pub async fn deliver(&self, to: &Registered, message: &Message, now: Timestamp) -> Result<(), Setback> {
        let url = self.reach.check(&to.receiver.url).map_err(plainly)?;
        let (id, seconds) = (message.webhook_id(), now.as_ms().div_euclid(1000));
        let request = self
            .client
            .post(url)
            .header(CONTENT_TYPE, "application/json")
            .header("webhook-id", &id)
            .header("webhook-timestamp", seconds)
            .header("webhook-signature", sign(&to.secret, &id, seconds, &message.body))
            .body(message.body.clone());
        let answer = request.send().await.map_err(|error| plainly(in_words(error)))?;
        let status = answer.status();
        if status.is_success() {
            finish(answer).await;
            return Ok(());
        }
        let asked_ms = asked_ms(answer.headers(), now);
        finish(answer).await;
        Err(Setback { cause: format!("it answered {status}"), asked_ms, gone: status == StatusCode::GONE })
    }
}

/// Reads a short answer to its end, and cuts a long one off.
async fn finish(mut answer: Response) {
    if answer.content_length().is_some_and(|bytes| bytes <= ANSWER_BYTES_MAX) {
        while let Ok(Some(_)) = answer.chunk().await {}
    }
}

/// How long the receiver asks to be left alone: in seconds, or until a date.
fn asked_ms(headers: &HeaderMap, now: Timestamp) -> Option<i64> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse::<u32>() {
        return Some(i64::from(seconds) * 1000);
    }
    let date = DateTime::parse_from_rfc2822(text).ok()?;
    Some(Timestamp::from_ms(date.timestamp_millis()).ms_since(now))
}

fn plainly(cause: String) -> Setback {
    Setback { cause, asked_ms: None, gone: false }
}

/// What went wrong, without the address, which may hold what is not for logs.
fn in_words(error: reqwest::Error) -> String {
    if error.is_timeout() {
        return "it did not answer in time".to_owned();
    }
    let error = error.without_url();
    let mut innermost: &dyn Error = &error;
    while let Some(cause) = innermost.source() {
        innermost = cause;
    }
    format!("it cannot be reached: {innermost}")
}
