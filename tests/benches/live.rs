//! What a live system costs, through the program and over HTTP: how long a lead takes while the rules are
//! swapped, while a shadow looks on, and beside a tenant that abuses every limit; and what a thousand
//! tenants with a component each take of memory, and how soon one that was never called answers.
//!
//! Every figure comes with its quiet counterpart, measured in the same run.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a measurement that fails has nothing to report")]

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use leadsman_domain::limits::Limits as PluginLimits;
use leadsman_domain::{Digest, Facts, LeadId, Timestamp, journal};
use leadsman_flow::rules::Case;
use leadsman_rules::{Artefacts, Plugin, Preparation, Sandbox};
use reqwest::blocking::Client;
use serde_json::{Value, json};

const POLICY: &str = r#"
default_pool = "inbound"
[[screening]]
plugin = "contact-check"
[[scoring]]
plugin = "points"
config = { rules = [{ name = "large", points = 30, when = { attribute = "company.size", at_least = 100 } }] }
[[pools]]
id = "inbound"
[[pools.allocation]]
plugin = "round-robin"
[[reps]]
id = "ann"
[[reps]]
id = "bob"
"#;

/// How often quiet and loud times alternate.
const ROUNDS: u32 = 6;

/// Clients that send leads at one time.
const CLIENTS: usize = 64;

fn guest(name: &str) -> &'static [u8] {
    leadsman_artifacts::GUESTS.iter().find(|guest| guest.name == name).unwrap().bytes
}

/// A server over some tenants' policies.
struct Server {
    _folder: tempfile::TempDir,
    child: Child,
    address: String,
    tokens: Vec<String>,
}

/// A lead that was taken in.
struct Sent {
    lead: String,
    took: Duration,
}

fn program() -> Command {
    let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("live-artefacts");
    let mut command = Command::new(env!("CARGO_BIN_EXE_leadsman-under-test"));
    command.env("LEADSMAN_CACHE", cache).env_remove("LEADSMAN_LOG");
    command
}

impl Server {
    /// Starts a server for tenants with a policy and a component each.
    fn start(tenants: &[(String, String, Option<Vec<u8>>)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let mut tokens = Vec::new();
        for (tenant, policy, component) in tenants {
            let home = folder.path().join("tenants").join(tenant);
            std::fs::create_dir_all(&home).unwrap();
            std::fs::write(home.join("policy.toml"), policy).unwrap();
            if let Some(component) = component {
                std::fs::write(home.join("own.wasm"), component).unwrap();
            }
            let issue =
                ["token", "issue", "--role", "admin", "--label", "bench", "--tenant", tenant, "--data"];
            let issued = program().args(issue).arg(&data).output().unwrap();
            tokens.push(String::from_utf8(issued.stdout).unwrap().trim().to_owned());
        }
        let mut child = program()
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(&data)
            .arg("--tenants")
            .arg(folder.path().join("tenants"))
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let said = BufReader::new(child.stdout.as_mut().unwrap()).lines().next().unwrap().unwrap();
        let address = said.strip_prefix("listening on ").unwrap().to_owned();
        Self { _folder: folder, child, address, tokens }
    }

    fn post(&self, client: &Client, tenant: usize, path: &str, body: &Value) -> (u16, Value) {
        let request = client.post(format!("{}{path}", self.address)).bearer_auth(&self.tokens[tenant]);
        match request.json(body).send() {
            Ok(answer) => (answer.status().as_u16(), answer.json().unwrap_or_default()),
            Err(cause) => panic!("{cause}"),
        }
    }

    fn lead(&self, client: &Client, tenant: usize, number: u64) -> Sent {
        let facts =
            json!({ "contact.email": format!("{number}@company{number}.com"), "company.size": number % 500 });
        let began = Instant::now();
        let (status, answer) = self.post(client, tenant, "/v1/leads", &json!({ "facts": facts }));
        let took = began.elapsed();
        assert_eq!(status, 201, "a lead was not taken in: {answer}");
        Sent { lead: answer["lead"].as_str().unwrap().to_owned(), took }
    }

    /// The size of the server in memory, in bytes: all of it, and what is not files.
    fn resident(&self) -> (u64, u64) {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let size = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
            line.trim().trim_end_matches(" kB").trim().parse::<u64>().unwrap() << 10
        };
        (size("VmRSS:"), size("RssAnon:"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Sends leads of tenants from many clients for a while.
fn load(
    server: &Server,
    tenants: &[usize],
    clients: usize,
    pause: Duration,
    span: Duration,
    next: &AtomicU64,
) -> Vec<Sent> {
    let ends = Instant::now() + span;
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..clients)
            .map(|client| {
                scope.spawn(move || {
                    let http = Client::new();
                    let mut took = Vec::new();
                    let mut turn = client;
                    while Instant::now() < ends {
                        let tenant = tenants[turn % tenants.len()];
                        turn += clients;
                        took.push(server.lead(&http, tenant, next.fetch_add(1, Ordering::Relaxed)));
                        std::thread::sleep(pause);
                    }
                    took
                })
            })
            .collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    })
}

fn quantile(times: &mut [Duration], share: f64) -> f64 {
    times.sort();
    let place = ((times.len() as f64 - 1.0) * share).round() as usize;
    times.get(place).copied().unwrap_or_default().as_secs_f64() * 1e3
}

fn row(name: &str, sent: &[Sent], seconds: f64) {
    let mut times: Vec<Duration> = sent.iter().map(|sent| sent.took).collect();
    println!(
        "  {name:<34} {:>8.0} leads/s   p50 {:>7.2} ms   p99 {:>7.2} ms",
        times.len() as f64 / seconds,
        quantile(&mut times, 0.5),
        quantile(&mut times, 0.99)
    );
}

/// Freezes another policy over HTTP, and gives its number.
fn freeze(server: &Server, client: &Client, policy: &str) -> u64 {
    let body = json!({ "files": { "policy.toml": policy }, "reason": "bench" });
    let (status, frozen) = server.post(client, 0, "/v1/policy/revisions", &body);
    assert_eq!(status, 200, "{frozen}");
    frozen["revision"].as_u64().unwrap()
}

/// Checks every hundredth of the leads that came while revisions changed: each was decided by one. Says how
/// many were checked.
fn unmixed(server: &Server, client: &Client, sent: &[Sent]) -> usize {
    let checked: Vec<_> = sent.iter().step_by(100).collect();
    for Sent { lead, .. } in &checked {
        let request = client.get(format!("{}/v1/leads/{lead}/decisions", server.address));
        let decisions: Value = request.bearer_auth(&server.tokens[0]).send().unwrap().json().unwrap();
        let entries = decisions["decisions"].as_array().unwrap().iter();
        let revisions: BTreeSet<u64> =
            entries.map(|entry| entry["decision"]["revision"].as_u64().unwrap()).collect();
        assert_eq!(revisions.len(), 1, "{decisions}");
    }
    checked.len()
}

/// Leads while an administrator activates another revision every 200 ms, and while a shadow looks on.
fn swaps(span: Duration) {
    let server = Server::start(&[("acme".to_owned(), POLICY.to_owned(), None)]);
    let (client, next) = (Client::new(), AtomicU64::new(0));
    let other = freeze(&server, &client, &POLICY.replace("points = 30", "points = 40"));
    let quietly = |span| load(&server, &[0], CLIENTS, Duration::ZERO, span, &next);
    quietly(Duration::from_secs(2));
    println!("{CLIENTS} clients, one tenant");
    row("quiet", &quietly(span / 3), (span / 3).as_secs_f64());
    let done = AtomicBool::new(false);
    let (took, mut swapped) = std::thread::scope(|scope| {
        let admin = scope.spawn(|| {
            let mut swapped = Vec::new();
            while !done.load(Ordering::Relaxed) {
                let revision = if swapped.len() % 2 == 0 { other } else { 1 };
                let began = Instant::now();
                let body = json!({ "revision": revision, "reason": "bench" });
                assert_eq!(server.post(&client, 0, "/v1/policy/activate", &body).0, 200);
                swapped.push(began.elapsed());
                std::thread::sleep(Duration::from_millis(200).saturating_sub(began.elapsed()));
            }
            swapped
        });
        let took = quietly(span);
        done.store(true, Ordering::Relaxed);
        (took, admin.join().unwrap())
    });
    row("a swap every 200 ms", &took, span.as_secs_f64());
    println!(
        "  {} swaps, each until it is durable:        p50 {:>7.2} ms   p99 {:>7.2} ms",
        swapped.len(),
        quantile(&mut swapped, 0.5),
        quantile(&mut swapped, 0.99)
    );
    println!(
        "  {} leads looked at afterwards, none with decisions of two revisions",
        unmixed(&server, &client, &took)
    );
    let body = json!({ "revision": 1, "reason": "bench" });
    server.post(&client, 0, "/v1/policy/activate", &body);
    row("quiet again", &quietly(span / 3), (span / 3).as_secs_f64());
    let shadow = json!({ "revision": other, "mode": "shadow", "leads": 100_000, "reason": "bench" });
    assert_eq!(server.post(&client, 0, "/v1/policy/trial", &shadow).0, 200);
    row("beside a shadow", &quietly(span / 3), (span / 3).as_secs_f64());
    let end = json!({ "promote": false, "reason": "bench" });
    let (_, shown) = server.post(&client, 0, "/v1/policy/trial/end", &end);
    assert_eq!(shown["ended"][0]["mode"], "shadow", "{shown}");
    row("quiet at last", &quietly(span / 3), (span / 3).as_secs_f64());
}

/// A hundred tenants, of which one abuses every limit.
fn abuse(span: Duration) {
    for name in ["loops-for-ever", "allocates-without-end", "floods-its-log"] {
        let abusive = POLICY.replacen("[[scoring]]", "[[scoring]]\npath = \"own.wasm\"\n[[scoring]]", 1);
        let abuser = ("t0".to_owned(), abusive, Some(guest(name).to_vec()));
        let usual = |number: usize| (format!("t{number}"), POLICY.to_owned(), None);
        let tenants: Vec<_> = std::iter::once(abuser).chain((1..100).map(usual)).collect();
        let server = Server::start(&tenants);
        let others: Vec<usize> = (1..100).collect();
        let next = AtomicU64::new(0);
        // As many leads as leave the machine idle half of the time.
        let usual = || load(&server, &others, 8, Duration::from_millis(20), span, &next);
        usual();
        // By turns, so that a hiccup of the machine does not count for one side only.
        let (mut quiet, mut beside, mut abuser) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            quiet.extend(usual());
            std::thread::scope(|scope| {
                let abuses = scope.spawn(|| load(&server, &[0], 16, Duration::ZERO, span, &next));
                beside.extend(usual());
                abuser.extend(abuses.join().unwrap());
            });
        }
        let seconds = span.as_secs_f64() * f64::from(ROUNDS);
        println!("100 tenants, 8 clients that pause, beside one whose scorer {name}");
        row("quiet", &quiet, seconds);
        row("beside the abuser", &beside, seconds);
        row("the abuser itself", &abuser, seconds);
    }
}

/// Many tenants with a component each.
fn tenants() {
    println!("tenants with a scorer of their own of {} KB", guest("remembers").len() / 1000);
    let mut before: Option<(usize, u64)> = None;
    for count in [10, 100, 1000] {
        let tenants: Vec<_> = (0..count)
            .map(|number: usize| {
                let policy = "default_pool = \"inbound\"\n[[scoring]]\npath = \"own.wasm\"\n[[pools]]\nid = \"inbound\"\n";
                (format!("t{number}"), policy.to_owned(), Some(unlike(guest("remembers"), number)))
            })
            .collect();
        let began = Instant::now();
        let server = Server::start(&tenants);
        let cold = began.elapsed();
        let (all, anonymous) = server.resident();
        let (client, next) = (Client::new(), AtomicU64::new(0));
        let mut first: Vec<_> = (0..count)
            .map(|tenant| server.lead(&client, tenant, next.fetch_add(1, Ordering::Relaxed)).took)
            .collect();
        let mut warm: Vec<_> = (0..2_000)
            .map(|turn| server.lead(&client, turn % count, next.fetch_add(1, Ordering::Relaxed)).took)
            .collect();
        println!(
            "  {count:>5}: started in {:>6.1} s, {:>6.1} MB in memory ({:.1} MB of it no files); first lead p50 {:.2} ms, later ones p50 {:.2} ms",
            cold.as_secs_f64(),
            all as f64 / 1e6,
            anonymous as f64 / 1e6,
            quantile(&mut first, 0.5),
            quantile(&mut warm, 0.5),
        );
        if let Some((fewer, smaller)) = before {
            println!(
                "         {:.0} KB for each tenant more",
                (all.saturating_sub(smaller)) as f64 / 1e3 / (count - fewer) as f64
            );
        }
        before = Some((count, all));
    }
}

/// How soon a plugin answers whose compiled code lies on the disk and nowhere else.
fn cold_starts() {
    let folder = tempfile::tempdir().unwrap();
    let components: Vec<_> = (0..40).map(|number| unlike(guest("remembers"), number)).collect();
    println!("from code on the disk to the first answer, a scorer of {} KB", guest("remembers").len() / 1000);
    let lead = journal::begin(LeadId::of_submission(&Digest::of(b"1")), Timestamp::from_ms(0), Facts::new());
    for (what, preparation) in
        [("configured for every call", Preparation::Shared), ("from a snapshot", Preparation::Frozen)]
    {
        let answers = |sandbox: &Sandbox, component: &[u8]| {
            let began = Instant::now();
            let plugin =
                Plugin::load(sandbox, component, &json!({}), PluginLimits::default(), preparation).unwrap();
            let rulings = plugin.score(&[Case { lead: &lead, now: lead.received }]);
            assert!(rulings[0].outcome.is_ok());
            began.elapsed()
        };
        let artefacts = || Some(Artefacts::open(&folder.path().join("artefacts")).unwrap());
        for when in ["compiled", "loaded"] {
            let sandbox = Sandbox::new(artefacts()).unwrap();
            let mut took: Vec<_> = components.iter().map(|component| answers(&sandbox, component)).collect();
            println!(
                "  {what:<26} {when:<9} p50 {:>8.2} ms   p99 {:>8.2} ms",
                quantile(&mut took, 0.5),
                quantile(&mut took, 0.99)
            );
        }
    }
}

/// The same component with other bytes: a custom section with a number.
fn unlike(component: &[u8], number: usize) -> Vec<u8> {
    let mut bytes = component.to_vec();
    let (name, content) = (b"number", number.to_le_bytes());
    let length = u8::try_from(1 + name.len() + content.len()).unwrap();
    bytes.extend_from_slice(&[0, length, u8::try_from(name.len()).unwrap()]);
    bytes.extend_from_slice(name);
    bytes.extend_from_slice(&content);
    bytes
}

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|one| !one.starts_with('-')).collect();
    let wants = |name: &str| wanted.is_empty() || wanted.iter().any(|one| one == name);
    if wants("swaps") {
        swaps(Duration::from_secs(60));
    }
    if wants("abuse") {
        abuse(Duration::from_secs(4));
    }
    if wants("cold") {
        cold_starts();
    }
    if wants("tenants") {
        tenants();
    }
}
