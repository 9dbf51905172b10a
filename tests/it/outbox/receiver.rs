//! A small receiver, as people write them: it checks the signature with the library of the specification,
//! honours the key, and can be told to misbehave.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Response, StatusCode};
use futures_util::stream;
use serde_json::Value;
use standardwebhooks::Webhook;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

/// How long a test waits for what must come; only one that fails waits so long.
const PATIENCE: Duration = Duration::from_secs(120);

/// How a receiver answers.
#[derive(Clone)]
pub enum Manner {
    /// Takes every message.
    Takes,
    /// Fails at every message so many times, and asks for a second each time.
    FailsFirst(u32),
    /// Never answers.
    Hangs,
    /// Wants no messages.
    Gone,
    /// Sends elsewhere.
    Redirects(String),
    /// Takes every message, and answers with bytes without end.
    Floods,
}

/// What came.
#[derive(Default)]
pub struct Seen {
    secret: Option<String>,
    /// Messages by their keys, as they came first.
    pub messages: BTreeMap<String, Value>,
    /// How often each came, failures and repetitions included.
    pub attempts: BTreeMap<String, u32>,
    /// Bytes of answers that were taken from a flood.
    pub flooded_bytes: u64,
    bodies: BTreeMap<String, Bytes>,
}

impl Seen {
    /// The leads that messages of a kind were about, each once.
    pub fn leads(&self, kind: &str) -> BTreeSet<String> {
        let of_kind = self.messages.values().filter(|message| message["type"] == kind);
        of_kind.map(|message| message["data"]["lead"].as_str().unwrap().to_owned()).collect()
    }
}

/// A receiver that listens until it is dropped.
pub struct Crm {
    pub address: String,
    shared: Arc<Shared>,
    _runtime: Runtime,
}

struct Shared {
    manner: Manner,
    seen: Mutex<Seen>,
    came: Condvar,
}

impl Crm {
    pub fn listen(manner: Manner) -> Self {
        let runtime = Runtime::new().unwrap();
        let shared = Arc::new(Shared { manner, seen: Mutex::default(), came: Condvar::new() });
        let listener = runtime.block_on(TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0)))).unwrap();
        let address = format!("http://{}/hook", listener.local_addr().unwrap());
        let router = Router::new().fallback(take).with_state(Arc::clone(&shared));
        runtime.spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { address, shared, _runtime: runtime }
    }

    /// The secret with which it checks what comes.
    pub fn trust(&self, secret: &str) {
        self.seen().secret = Some(secret.trim().to_owned());
    }

    pub fn seen(&self) -> MutexGuard<'_, Seen> {
        self.shared.seen.lock().unwrap()
    }

    /// Waits until something is so.
    pub fn until(&self, mut is_so: impl FnMut(&Seen) -> bool) -> MutexGuard<'_, Seen> {
        let waited = self.shared.came.wait_timeout_while(self.seen(), PATIENCE, |seen| !is_so(seen));
        let (seen, timeout) = waited.unwrap();
        assert!(!timeout.timed_out(), "only {} messages came", seen.messages.len());
        seen
    }
}

async fn take(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: Bytes) -> Response<Body> {
    let key = headers["webhook-id"].to_str().unwrap().to_owned();
    let attempts = {
        let mut seen = shared.seen.lock().unwrap();
        let attempts = seen.attempts.entry(key.clone()).or_default();
        *attempts += 1;
        *attempts
    };
    let answer = answer(&shared, &headers, &key, attempts, &body);
    shared.came.notify_all();
    if matches!(shared.manner, Manner::Hangs) {
        std::future::pending::<()>().await;
    }
    answer
}

fn answer(
    shared: &Arc<Shared>,
    headers: &HeaderMap,
    key: &str,
    attempts: u32,
    body: &Bytes,
) -> Response<Body> {
    let status = |status| Response::builder().status(status);
    let mut seen = shared.seen.lock().unwrap();
    let checked = Webhook::new(seen.secret.as_deref().unwrap_or_default()).unwrap().verify(body, headers);
    if checked.is_err() {
        return empty(StatusCode::UNAUTHORIZED);
    }
    match &shared.manner {
        Manner::FailsFirst(times) if attempts <= *times => {
            let answer = status(StatusCode::SERVICE_UNAVAILABLE).header("retry-after", "1");
            return answer.body(Body::empty()).unwrap();
        }
        Manner::Gone => return empty(StatusCode::GONE),
        Manner::Redirects(address) => {
            return status(StatusCode::TEMPORARY_REDIRECT)
                .header("location", address)
                .body(Body::empty())
                .unwrap();
        }
        _ => {}
    }
    let first = seen.bodies.entry(key.to_owned()).or_insert_with(|| body.clone()).clone();
    assert_eq!(first, body, "a message that comes again says the same");
    seen.messages.entry(key.to_owned()).or_insert_with(|| serde_json::from_slice(body).unwrap());
    drop(seen);
    match shared.manner {
        Manner::Floods => flood(Arc::clone(shared)),
        _ => empty(StatusCode::NO_CONTENT),
    }
}

fn empty(status: StatusCode) -> Response<Body> {
    Response::builder().status(status).body(Body::empty()).unwrap()
}

/// Two gigabytes, a megabyte at a time.
fn flood(shared: Arc<Shared>) -> Response<Body> {
    let piece = Bytes::from(vec![b'x'; 1 << 20]);
    let pieces = (0..2048).map(move |_| {
        shared.seen.lock().unwrap().flooded_bytes += 1 << 20;
        Ok::<_, std::convert::Infallible>(piece.clone())
    });
    Response::new(Body::from_stream(stream::iter(pieces)))
}
