//! A running server, asked over HTTP.

use anyhow::{Context as _, anyhow};
use clap::Args;
use reqwest::Url;
use reqwest::blocking::multipart::Form;
use reqwest::blocking::{Client, RequestBuilder};
use serde_json::Value;

use crate::exit::{self, Exit};

/// Holds the access token; a token on the command line would be seen by everybody on the machine.
const TOKEN_VARIABLE: &str = "LEADSMAN_TOKEN";

/// What `--help` says of the address of a server.
pub const ADDRESS_HELP: &str = "The address of a running server, such as http://127.0.0.1:7070. The access \
                                token, which also says which tenant is meant, is read from the environment \
                                variable LEADSMAN_TOKEN";

/// Which running server is meant.
#[derive(Args, Clone)]
pub struct Server {
    #[arg(long = "server", value_name = "URL", help = ADDRESS_HELP)]
    address: String,
}

impl Server {
    /// A connection to it.
    pub fn connect(&self) -> Result<Remote, Exit> {
        Remote::at(&self.address)
    }
}

/// A connection to a server, with a token.
pub struct Remote {
    client: Client,
    address: String,
    token: String,
}

impl Remote {
    /// A server at an address.
    pub fn at(address: &str) -> Result<Self, Exit> {
        let token = std::env::var(TOKEN_VARIABLE)
            .with_context(|| format!("the access token is missing: set {TOKEN_VARIABLE}"))
            .map_err(Exit::with(exit::USAGE))?;
        // A backtest, or the compilation of a large component, takes its time.
        let client = Client::builder().timeout(None).build()?;
        Ok(Self { client, address: address.trim_end_matches('/').to_owned(), token })
    }

    /// Reads something.
    pub fn get(&self, path: &str) -> Result<Value, Exit> {
        self.send(self.client.get(self.url(path)))
    }

    /// Asks for something.
    pub fn ask(&self, path: &str, query: &[(&str, String)]) -> Result<Value, Exit> {
        let url = Url::parse_with_params(&self.url(path), query);
        let url = url
            .with_context(|| format!("{} is no address", self.address))
            .map_err(Exit::with(exit::USAGE))?;
        self.send(self.client.get(url))
    }

    /// Sends a body of JSON.
    pub fn post(&self, path: &str, body: &Value) -> Result<Value, Exit> {
        self.send(self.client.post(self.url(path)).json(body))
    }

    /// Puts a body of JSON in place of what was there.
    pub fn put(&self, path: &str, body: &Value) -> Result<Value, Exit> {
        self.send(self.client.put(self.url(path)).json(body))
    }

    /// Removes something.
    pub fn delete(&self, path: &str) -> Result<Value, Exit> {
        self.send(self.client.delete(self.url(path)))
    }

    /// Sends a form of several parts.
    pub fn post_form(&self, path: &str, form: Form) -> Result<Value, Exit> {
        self.send(self.client.post(self.url(path)).multipart(form))
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.address)
    }

    fn send(&self, request: RequestBuilder) -> Result<Value, Exit> {
        let answer = request.bearer_auth(&self.token).send();
        let answer = answer.with_context(|| format!("cannot reach the server at {}", self.address))?;
        let status = answer.status();
        let body: Value = answer.json().with_context(|| format!("the server answered {status}"))?;
        if status.is_success() { Ok(body) } else { Err(problem(status.as_u16(), &body)) }
    }
}

/// What the server says is wrong, as an exit.
fn problem(status: u16, body: &Value) -> Exit {
    let text = |name: &str| body[name].as_str().filter(|text| !text.is_empty());
    let mut sentence = [text("title"), text("detail")].into_iter().flatten().collect::<Vec<_>>().join(": ");
    for error in body["errors"].as_array().into_iter().flatten() {
        let part = |name: &str| error[name].as_str().unwrap_or_default();
        let place = match (error["line"].as_u64(), error["column"].as_u64()) {
            (Some(line), Some(column)) => format!(" {line}:{column}"),
            _ => String::new(),
        };
        let place = match part("pointer") {
            "" if place.is_empty() => String::new(),
            pointer => format!("at {pointer}{place}: "),
        };
        sentence.push_str(&format!("\n  {place}{}", part("message")));
    }
    if sentence.is_empty() {
        sentence = format!("the server answered {status}");
    }
    let code = match status {
        400 => exit::INPUT,
        404 => exit::NOT_FOUND,
        422 => exit::POLICY,
        _ => exit::FAILED,
    };
    Exit { code, error: anyhow!(sentence) }
}
