//! A small registry of OCI on loopback, as the distribution specification has it, honest or not.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Method, Response, StatusCode, Uri};
use axum::serve::Listener;
use futures_util::stream;
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivatePkcs8KeyDer;
use tokio_rustls::server::TlsStream;

use super::Author;
use crate::program::{arg, leadsman, said};

/// How the registry answers.
#[derive(Clone, Copy, PartialEq)]
enum Manner {
    Honest,
    /// Gives other bytes than the digest stands for.
    LiesAboutContent,
    /// Gives another manifest than the digest stands for.
    LiesAboutManifests,
    /// Gives bytes without end.
    Floods,
    /// Wants a token, and says where it is given.
    WantsToken,
    /// Wants a user with a password.
    WantsUser,
}

struct Shelf {
    manner: Manner,
    address: String,
    content: BTreeMap<String, Bytes>,
    tags: BTreeMap<String, String>,
    /// Requests that said who asks.
    signed: usize,
}

/// A registry that listens until it is dropped.
struct Registry {
    shelf: Arc<Mutex<Shelf>>,
    place: String,
    _runtime: Runtime,
}

impl Registry {
    fn listen() -> Self {
        Self::serve(|listener, router| async move { axum::serve(listener, router).await.unwrap() })
    }

    /// One that speaks TLS, with a certificate that it signed itself; gives that as well.
    fn listen_with_tls() -> (Self, String) {
        let own = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
        let certificate = own.cert.pem();
        let secret = PrivatePkcs8KeyDer::from(own.signing_key.serialize_der()).into();
        let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
        let settings = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let settings = settings.unwrap().with_no_client_auth();
        let settings = settings.with_single_cert(vec![own.cert.der().clone()], secret).unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(settings));
        let registry = Self::serve(|listener, router| async move {
            axum::serve(TlsListener { listener, acceptor }, router).await.unwrap();
        });
        (registry, certificate)
    }

    fn serve<F: Future<Output = ()> + Send + 'static>(serve: impl FnOnce(TcpListener, Router) -> F) -> Self {
        let runtime = Runtime::new().unwrap();
        let listener = runtime.block_on(TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0)))).unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let place = format!("oci://{address}/acme/solar");
        let (content, tags) = (BTreeMap::new(), BTreeMap::new());
        let shelf = Shelf { manner: Manner::Honest, address, content, tags, signed: 0 };
        let shelf = Arc::new(Mutex::new(shelf));
        let router = Router::new().fallback(answer).with_state(Arc::clone(&shelf));
        runtime.spawn(serve(listener, router));
        Self { shelf, place, _runtime: runtime }
    }

    fn behave(&self, manner: Manner) {
        self.shelf.lock().unwrap().manner = manner;
    }

    fn publish(&self, pack: &Path, tag: &str, more: &[&str]) -> (Option<i32>, String) {
        self.publish_knowing(pack, tag, &[&["--plain-http"], more].concat(), &[])
    }

    fn publish_knowing(
        &self,
        pack: &Path,
        tag: &str,
        more: &[&str],
        environment: &[(&str, &str)],
    ) -> (Option<i32>, String) {
        let place = format!("{}:{tag}", self.place);
        let mut program = leadsman();
        program.args(["pack", "publish", arg(pack), &place]).args(more).envs(environment.iter().copied());
        let output = program.output().unwrap();
        (output.status.code(), said(&output))
    }
}

/// Takes in who speaks TLS; who does not is not heard.
struct TlsListener {
    listener: TcpListener,
    acceptor: TlsAcceptor,
}

impl Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        loop {
            let (stream, address) = Listener::accept(&mut self.listener).await;
            if let Ok(stream) = self.acceptor.accept(stream).await {
                return (stream, address);
            }
        }
    }

    fn local_addr(&self) -> std::io::Result<Self::Addr> {
        self.listener.local_addr()
    }
}

fn digest(bytes: &[u8]) -> String {
    use sha2::Digest as _;
    let digits: String = sha2::Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{digits}")
}

fn plain(status: StatusCode, body: impl Into<Body>) -> Response<Body> {
    Response::builder().status(status).body(body.into()).unwrap()
}

async fn answer(
    State(shelf): State<Arc<Mutex<Shelf>>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let mut shelf = shelf.lock().unwrap();
    if uri.path() == "/token" {
        assert_eq!(uri.query(), Some("service=test&scope=repository%3Aacme%2Fsolar%3Apull"));
        return plain(StatusCode::OK, r#"{ "token": "sesame" }"#);
    }
    if shelf.manner == Manner::WantsToken {
        if headers.get("authorization").is_none_or(|value| value != "Bearer sesame") {
            let challenge = format!(
                "Bearer realm=\"http://{}/token\",service=\"test\",scope=\"repository:acme/solar:pull\"",
                shelf.address
            );
            let answer = Response::builder().status(401).header("www-authenticate", challenge);
            return answer.body(Body::empty()).unwrap();
        }
        shelf.signed += 1;
    }
    // The user ann with the password sesame.
    let is_ann = headers.get("authorization").is_some_and(|value| value == "Basic YW5uOnNlc2FtZQ==");
    if shelf.manner == Manner::WantsUser && !is_ann {
        let answer = Response::builder().status(401).header("www-authenticate", "Basic realm=\"test\"");
        return answer.body(r#"{ "errors": [{ "message": "who are you?" }] }"#.into()).unwrap();
    }
    let path = uri.path().strip_prefix("/v2/acme/solar/").unwrap_or_else(|| panic!("{uri}"));
    match (method.as_str(), path.split_once('/').unwrap()) {
        ("POST", ("blobs", "uploads/")) => {
            let answer =
                Response::builder().status(202).header("location", "/v2/acme/solar/blobs/uploads/7?state=x");
            answer.body(Body::empty()).unwrap()
        }
        ("PUT", ("blobs", "uploads/7")) => {
            let asked = uri.query().unwrap().strip_prefix("state=x&digest=").unwrap().replace("%3A", ":");
            assert_eq!(asked, digest(&body));
            shelf.content.insert(asked, body);
            plain(StatusCode::CREATED, "")
        }
        ("PUT", ("manifests", tag)) => {
            let written: serde_json::Value = serde_json::from_slice(&body).unwrap();
            assert_eq!(written["artifactType"], "application/vnd.leadsman.pack.v1");
            for descriptor in [&written["config"], &written["layers"][0]] {
                assert!(shelf.content.contains_key(descriptor["digest"].as_str().unwrap()));
            }
            shelf.tags.insert(tag.to_owned(), digest(&body));
            shelf.content.insert(digest(&body), body);
            plain(StatusCode::CREATED, "")
        }
        ("GET" | "HEAD", (kind, name)) => {
            let name = shelf.tags.get(name).cloned().unwrap_or_else(|| name.to_owned());
            match shelf.content.get(&name) {
                None => plain(StatusCode::NOT_FOUND, r#"{ "errors": [{ "code": "BLOB_UNKNOWN" }] }"#),
                Some(content) => give(shelf.manner, kind, content),
            }
        }
        _ => plain(StatusCode::METHOD_NOT_ALLOWED, ""),
    }
}

/// Gives what is asked for, or something else.
fn give(manner: Manner, kind: &str, content: &Bytes) -> Response<Body> {
    let lies = match manner {
        Manner::LiesAboutContent => kind == "blobs",
        Manner::LiesAboutManifests => kind == "manifests",
        _ => false,
    };
    if lies {
        let mut other = content.to_vec();
        let last = other.iter().rposition(|byte| byte.is_ascii_lowercase()).unwrap();
        other[last] ^= 1;
        return plain(StatusCode::OK, other);
    }
    if manner == Manner::Floods {
        let endless = stream::repeat_with(|| Ok::<_, std::io::Error>(Bytes::from_static(&[b'x'; 65_536])));
        return plain(StatusCode::OK, Body::from_stream(endless));
    }
    plain(StatusCode::OK, content.clone())
}

#[test]
fn a_pack_is_published_and_installed_by_tag_and_by_digest() {
    let (author, registry) = (Author::new(), Registry::listen());
    let (code, words) = registry.publish(&author.build("1.0.0"), "1.0.0", &[]);
    assert_eq!(code, Some(0), "{words}");
    let pinned = words.trim().strip_prefix("published as ").unwrap().to_owned();
    assert!(pinned.contains(":1.0.0@sha256:"), "{pinned}");
    let (code, words) = registry.publish(&author.path("solar-1.0.0.pack"), "1.0.0", &[]);
    assert!(code == Some(0) && words.contains("known as"), "{words}");
    for place in [format!("{}:1.0.0", registry.place), pinned] {
        let (code, words) = author.install_from(&place, &["--accept", "--plain-http"]);
        assert_eq!(code, Some(0), "{words}");
        assert!(author.path("tenant/policy.toml").exists());
        std::fs::remove_dir_all(author.path("tenant")).unwrap();
    }
    let (code, words) = author.install_from(&format!("{}:9", registry.place), &["--plain-http"]);
    assert!(code == Some(7) && words.contains("there is no oci://"), "{words}");
    let (code, words) = author.install_from("oci://127.0.0.1/Solar", &["--plain-http"]);
    assert!(code == Some(2) && words.contains("is no place in a registry"), "{words}");
}

#[test]
fn a_tag_moves_only_if_that_is_meant_and_whoever_installed_by_it_is_told() {
    let (author, registry) = (Author::new(), Registry::listen());
    let (_, words) = registry.publish(&author.build("1.0.0"), "stable", &[]);
    let pinned = words.trim().strip_prefix("published as ").unwrap().to_owned();
    let stable = format!("{}:stable", registry.place);
    let (code, words) = author.install_from(&stable, &["--accept", "--plain-http"]);
    assert_eq!(code, Some(0), "{words}");
    author.edit("source/policy.toml", "points = 30", "points = 40");
    let newer = author.build("1.1.0");
    let (code, words) = registry.publish(&newer, "stable", &[]);
    assert!(code == Some(1) && words.contains("--move"), "{words}");
    let (code, words) = registry.publish(&newer, "stable", &["--move"]);
    assert_eq!(code, Some(0), "{words}");
    let (code, words) = author.install_from(&pinned, &["--accept", "--plain-http"]);
    assert!(code == Some(0) && words.contains("the tag stable was moved"), "{words}");
    assert!(author.read("tenant/policy.toml").contains("points = 30"), "the digest pins");
    let (code, words) = author.install_from(&stable, &["--accept", "--plain-http"]);
    assert!(code == Some(0) && words.contains("when it was installed here, and stands for"), "{words}");
    assert!(author.read("tenant/policy.toml").contains("points = 40"));
}

#[test]
fn a_registry_that_lies_or_floods_is_found_out() {
    let (author, registry) = (Author::new(), Registry::listen());
    let (_, words) = registry.publish(&author.build("1.0.0"), "1.0.0", &[]);
    let pinned = words.trim().strip_prefix("published as ").unwrap().to_owned();
    for (manner, complaint) in [
        (Manner::LiesAboutContent, "the registry gave something else"),
        (Manner::LiesAboutManifests, "the registry gave something else"),
        (Manner::Floods, "the registry gives more than"),
    ] {
        registry.behave(manner);
        let (code, words) = author.install_from(&pinned, &["--accept", "--plain-http", "--unsigned"]);
        assert!(code == Some(13) && words.contains(complaint), "{words}");
        assert!(!author.path("tenant").exists());
    }
}

#[test]
fn a_registry_that_wants_a_token_gets_the_one_it_asks_for() {
    let (author, registry) = (Author::new(), Registry::listen());
    registry.behave(Manner::WantsToken);
    let (code, words) = registry.publish(&author.build("1.0.0"), "1.0.0", &[]);
    assert_eq!(code, Some(0), "{words}");
    assert!(registry.shelf.lock().unwrap().signed >= 7);
}

#[test]
fn a_registry_that_wants_a_user_says_so_and_lets_in_the_right_one() {
    let (author, registry) = (Author::new(), Registry::listen());
    registry.behave(Manner::WantsUser);
    let pack = author.build("1.0.0");
    let publish = |environment: &[(&str, &str)]| {
        registry.publish_knowing(&pack, "1.0.0", &["--plain-http"], environment)
    };
    let variables = ["LEADSMAN_REGISTRY_USER", "LEADSMAN_REGISTRY_PASSWORD"];
    let (code, words) = publish(&[]);
    assert_eq!(code, Some(2), "{words}");
    assert!(words.contains("wants a user") && variables.iter().all(|one| words.contains(one)), "{words}");
    let (code, words) = publish(&[(variables[0], "ann"), (variables[1], "mellon")]);
    assert_eq!(code, Some(1), "{words}");
    assert!(words.contains("who are you?") && words.contains("\"ann\" or its password is wrong"), "{words}");
    assert!(!words.contains("mellon"), "{words}");
    let ann = [(variables[0], "ann"), (variables[1], "sesame")];
    let (code, words) = publish(&ann);
    assert_eq!(code, Some(0), "{words}");
    let place = format!("{}:1.0.0", registry.place);
    let (code, words) = author.install_knowing(&place, &["--accept", "--plain-http"], &ann);
    assert_eq!(code, Some(0), "{words}");
}

#[test]
fn a_registry_is_spoken_to_by_tls_and_only_if_its_certificate_is_trusted() {
    let (author, (registry, certificate)) = (Author::new(), Registry::listen_with_tls());
    author.write(&[("registry.pem", certificate.as_bytes())]);
    let pack = author.build("1.0.0");
    let (code, words) = registry.publish_knowing(&pack, "1.0.0", &[], &[]);
    assert_eq!(code, Some(1), "{words}");
    assert!(words.contains("cannot reach the registry") && words.contains("certificate"), "{words}");
    let (trusted, place) = (author.path("registry.pem"), format!("{}:1.0.0", registry.place));
    let trusting = [("SSL_CERT_FILE", arg(&trusted))];
    let (code, words) = registry.publish_knowing(&pack, "1.0.0", &[], &trusting);
    assert_eq!(code, Some(0), "{words}");
    let (code, words) = author.install_knowing(&place, &["--accept"], &trusting);
    assert_eq!(code, Some(0), "{words}");
    assert!(author.path("tenant/policy.toml").exists());
    let plain = Registry::listen();
    let (code, words) = plain.publish_knowing(&pack, "1.0.0", &[], &trusting);
    assert!(code == Some(1) && words.contains("--plain-http"), "{words}");
}
