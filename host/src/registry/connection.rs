//! HTTP to a registry, as the OCI distribution specification has it: who asks, and how much of an answer is
//! read.

use std::io::Read as _;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, anyhow};
use clap::Args;
use reqwest::blocking::{Client, RequestBuilder, Response};
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, LOCATION, WWW_AUTHENTICATE};
use reqwest::{StatusCode, Url};
use serde::Deserialize;

use super::document::MANIFEST_TYPE;
use super::reference::{Reference, Sha256};
use crate::exit::{self, Exit};

/// Hold who asks, where a registry wants to know.
const USER_VARIABLE: &str = "LEADSMAN_REGISTRY_USER";
const PASSWORD_VARIABLE: &str = "LEADSMAN_REGISTRY_PASSWORD";

const CONNECT_MAX: Duration = Duration::from_secs(30);
const WAIT_MAX: Duration = Duration::from_secs(600);

/// The largest answer to a request for a token, and the largest complaint that is shown, in bytes.
const TOKEN_BYTES_MAX: u64 = 64 << 10;
const COMPLAINT_BYTES_MAX: u64 = 4 << 10;

/// How registries are reached.
#[derive(Args, Clone, Copy)]
pub struct Access {
    /// Speak to registries without TLS. User and password for them are read from LEADSMAN_REGISTRY_USER and
    /// LEADSMAN_REGISTRY_PASSWORD.
    #[arg(long)]
    plain_http: bool,
}

/// A connection to a repository of a registry.
pub struct Connection {
    client: Client,
    base: Url,
    /// What the registry wants to hear of who asks, once it has said so.
    authorization: Mutex<Option<String>>,
}

/// What a registry gives for user and password.
#[derive(Deserialize)]
struct Token {
    #[serde(alias = "access_token")]
    token: String,
}

impl Connection {
    /// A repository.
    pub fn to(reference: &Reference, access: Access) -> Result<Self, Exit> {
        let scheme = if access.plain_http { "http" } else { "https" };
        let base = format!("{scheme}://{}/v2/{}/", reference.registry(), reference.repository());
        let base = Url::parse(&base).with_context(|| format!("{base} is no address"))?;
        let client = Client::builder().connect_timeout(CONNECT_MAX).timeout(WAIT_MAX).build()?;
        Ok(Self { client, base, authorization: Mutex::default() })
    }

    /// Reads something of at most so many bytes; nothing if it is not there.
    pub fn get(&self, path: &str, bytes_max: u64) -> Result<(StatusCode, Vec<u8>), Exit> {
        let url = self.url(path)?;
        let answer = self.send(|| self.client.get(url.clone()).header(ACCEPT, MANIFEST_TYPE))?;
        match answer.status() {
            StatusCode::NOT_FOUND => Ok((StatusCode::NOT_FOUND, Vec::new())),
            status if status.is_success() => Ok((status, body(answer, bytes_max)?)),
            _ => Err(refused(answer)),
        }
    }

    /// Puts content where its digest is its name, unless it is there.
    pub fn put_blob(&self, digest: &Sha256, content: &[u8]) -> Result<(), Exit> {
        let known = self.url(&format!("blobs/{digest}"))?;
        if self.send(|| self.client.head(known.clone()))?.status().is_success() {
            return Ok(());
        }
        let uploads = self.url("blobs/uploads/")?;
        let begun = self.send(|| self.client.post(uploads.clone()).body(Vec::new()))?;
        if begun.status() != StatusCode::ACCEPTED {
            return Err(refused(begun));
        }
        let place = begun.headers().get(LOCATION).and_then(|place| place.to_str().ok());
        let mut place = place
            .and_then(|place| self.base.join(place).ok())
            .filter(|place| place.scheme() == self.base.scheme() || place.scheme() == "https")
            .ok_or_else(|| anyhow!("the registry does not say where to put content"))?;
        place.query_pairs_mut().append_pair("digest", &digest.to_string());
        let put = self.send(|| {
            let request = self.client.put(place.clone());
            request.header(CONTENT_TYPE, "application/octet-stream").body(content.to_vec())
        })?;
        if put.status().is_success() { Ok(()) } else { Err(refused(put)) }
    }

    /// Makes a tag stand for a manifest.
    pub fn put_manifest(&self, tag: &str, media_type: &str, written: Vec<u8>) -> Result<(), Exit> {
        let url = self.url(&format!("manifests/{tag}"))?;
        let put = self
            .send(|| self.client.put(url.clone()).header(CONTENT_TYPE, media_type).body(written.clone()))?;
        if put.status().is_success() { Ok(()) } else { Err(refused(put)) }
    }

    fn url(&self, path: &str) -> Result<Url, Exit> {
        Ok(self.base.join(path)?)
    }

    /// Asks, and says who asks if the registry wants to know.
    fn send(&self, request: impl Fn() -> RequestBuilder) -> Result<Response, Exit> {
        let send = || -> Result<Response, Exit> {
            let request = request().build()?;
            let mut request = request;
            let known = self.authorization.lock().unwrap_or_else(PoisonError::into_inner).clone();
            // Nobody else is told, wherever the registry sends us.
            if let Some(known) = known.filter(|_| request.url().origin() == self.base.origin()) {
                request.headers_mut().insert(AUTHORIZATION, known.parse()?);
            }
            Ok(self.client.execute(request).with_context(|| self.unreachable())?)
        };
        let answer = send()?;
        if answer.status() != StatusCode::UNAUTHORIZED {
            return Ok(answer);
        }
        let authorization = self.authorize(answer.headers())?;
        *self.authorization.lock().unwrap_or_else(PoisonError::into_inner) = Some(authorization);
        let answer = send()?;
        if answer.status() == StatusCode::UNAUTHORIZED { Err(stranger(answer)) } else { Ok(answer) }
    }

    fn unreachable(&self) -> String {
        let place = self.base.authority();
        match self.base.scheme() {
            "https" => format!(
                "cannot reach the registry at {place} by TLS (one without TLS is reached with `--plain-http`)"
            ),
            _ => format!("cannot reach the registry at {place}"),
        }
    }

    /// What a registry wants to hear, by the challenge that it gave.
    fn authorize(&self, headers: &HeaderMap) -> Result<String, Exit> {
        let challenge =
            headers.get(WWW_AUTHENTICATE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let (scheme, parameters) = challenge.split_once(' ').unwrap_or((challenge, ""));
        let user = std::env::var(USER_VARIABLE).ok();
        let password = std::env::var(PASSWORD_VARIABLE).ok();
        if scheme.eq_ignore_ascii_case("basic") {
            let user = user.ok_or_else(|| Exit {
                code: exit::USAGE,
                error: anyhow!("the registry wants a user; set {USER_VARIABLE} and {PASSWORD_VARIABLE}"),
            })?;
            return Ok(basic(&user, &password.unwrap_or_default()));
        }
        let parameter = |name: &str| {
            let value = parameters.split_once(&format!("{name}=\""))?.1;
            value.split_once('"').map(|(value, _)| value.to_owned())
        };
        let realm = parameter("realm").and_then(|realm| Url::parse(&realm).ok());
        let mut realm = realm
            .filter(|realm| realm.scheme() == "https" || realm.scheme() == self.base.scheme())
            .ok_or_else(|| anyhow!("the registry refuses, and does not say whom to ask for a token"))?;
        for name in ["service", "scope"] {
            if let Some(value) = parameter(name) {
                realm.query_pairs_mut().append_pair(name, &value);
            }
        }
        let mut request = self.client.get(realm);
        if let Some(user) = user {
            request = request.header(AUTHORIZATION, basic(&user, &password.unwrap_or_default()));
        }
        let answer = request.send().context("cannot reach who gives tokens for the registry")?;
        match answer.status() {
            status if status.is_success() => {}
            StatusCode::UNAUTHORIZED => return Err(stranger(answer)),
            _ => return Err(refused(answer)),
        }
        let token: Token = serde_json::from_slice(&body(answer, TOKEN_BYTES_MAX)?)
            .context("who gives tokens for the registry gave none")?;
        Ok(format!("Bearer {}", token.token))
    }
}

fn basic(user: &str, password: &str) -> String {
    use base64::Engine as _;
    format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(format!("{user}:{password}")))
}

/// Reads an answer of at most so many bytes.
fn body(answer: Response, bytes_max: u64) -> Result<Vec<u8>, Exit> {
    let large = || Exit {
        code: exit::UNTRUSTED,
        error: anyhow!("the registry gives more than the {bytes_max} bytes that it may"),
    };
    if answer.content_length().is_some_and(|bytes| bytes > bytes_max) {
        return Err(large());
    }
    let mut bytes = Vec::new();
    answer.take(bytes_max + 1).read_to_end(&mut bytes).context("the registry broke off")?;
    if bytes.len() as u64 > bytes_max { Err(large()) } else { Ok(bytes) }
}

/// That a registry does not let in who asks, or nobody did.
fn stranger(answer: Response) -> Exit {
    let Exit { code, error } = refused(answer);
    let error = match std::env::var(USER_VARIABLE) {
        Ok(user) => {
            anyhow!(
                "{error}; the user {user:?} or its password is wrong: see {USER_VARIABLE} and {PASSWORD_VARIABLE}"
            )
        }
        Err(_) => anyhow!("{error}; it may want a user: set {USER_VARIABLE} and {PASSWORD_VARIABLE}"),
    };
    Exit { code, error }
}

/// What a registry says is wrong.
fn refused(answer: Response) -> Exit {
    let status = answer.status();
    let mut said = Vec::new();
    let _ = answer.take(COMPLAINT_BYTES_MAX).read_to_end(&mut said);
    let said: serde_json::Value = serde_json::from_slice(&said).unwrap_or_default();
    let message = said["errors"][0]["message"].as_str().unwrap_or_default();
    let message: String = message.chars().filter(|one| !one.is_control()).collect();
    let error = match message.as_str() {
        "" => anyhow!("the registry refuses: {status}"),
        message => anyhow!("the registry refuses: {status}: {message}"),
    };
    let code = if status == StatusCode::NOT_FOUND { exit::NOT_FOUND } else { exit::FAILED };
    Exit { code, error }
}
