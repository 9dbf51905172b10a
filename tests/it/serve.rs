//! The server as a client sees it, over loopback: tokens, leads, problems, and a drain at the end.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};

use reqwest::blocking::{Client, RequestBuilder};
use serde_json::{Value, json};

use crate::program::{POLICY, arg, leadsman, run, said, write};

pub struct Server {
    child: Child,
    pub address: String,
    pub metrics: String,
    client: Client,
}

impl Server {
    pub fn start(folder: &Path) -> Self {
        Self::start_with(folder, &[])
    }

    /// A server with more arguments.
    pub fn start_with(folder: &Path, more: &[&str]) -> Self {
        let (data, tenants) = (folder.join("data"), folder.join("tenants"));
        let mut child = leadsman()
            .args(["serve", "--data", arg(&data), "--tenants", arg(&tenants)])
            .args(["--listen", "127.0.0.1:0", "--metrics", "127.0.0.1:0"])
            .args(more)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(child.stdout.as_mut().unwrap()).lines();
        let mut address = |before: &str| {
            let line = said.next().unwrap().unwrap();
            line.strip_prefix(before).unwrap_or_else(|| panic!("{line:?}")).to_owned()
        };
        let (address, metrics) = (address("listening on "), address("metrics on "));
        Self { child, address, metrics, client: Client::new() }
    }

    /// The value of a metric with all its labels.
    pub fn metric(&self, name: &str) -> Option<f64> {
        let text = self.client.get(&self.metrics).send().unwrap().text().unwrap();
        let line = text.lines().find_map(|line| line.strip_prefix(name).map(str::to_owned))?;
        line.trim().parse().ok()
    }

    pub fn get(&self, token: &str, path: &str) -> (u16, Value) {
        self.send(token, self.client.get(format!("{}{path}", self.address)))
    }

    pub fn post(&self, token: &str, path: &str, body: &Value) -> (u16, Value) {
        self.send(token, self.client.post(format!("{}{path}", self.address)).json(body))
    }

    /// The same with a server that may be killed meanwhile: an answer only if it was a good one.
    pub fn try_post(&self, token: &str, path: &str, body: &Value) -> Option<Value> {
        let request = self.client.post(format!("{}{path}", self.address)).json(body).bearer_auth(token);
        request.send().ok()?.error_for_status().ok()?.json().ok()
    }

    /// Sends lines of JSON, and reads the lines that answer them.
    fn post_lines(&self, token: &str, path: &str, lines: impl Iterator<Item = Value>) -> Vec<Value> {
        let body: String = lines.map(|line| format!("{line}\n")).collect();
        let request = self.client.post(format!("{}{path}", self.address));
        let request = request.header("content-type", "application/x-ndjson").bearer_auth(token).body(body);
        let answer = request.send().unwrap().text().unwrap();
        answer.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    fn send(&self, token: &str, request: RequestBuilder) -> (u16, Value) {
        let response = request.bearer_auth(token).send().unwrap();
        let status = response.status().as_u16();
        (status, serde_json::from_str(&response.text().unwrap()).unwrap_or(Value::Null))
    }

    /// Kills the server in the middle of whatever it does.
    pub fn kill(&self) {
        let id = self.child.id().to_string();
        assert!(std::process::Command::new("kill").args(["-9", &id]).status().unwrap().success());
    }

    /// Tells the server to stop and waits until it has.
    pub fn drain(mut self) -> bool {
        let killed = std::process::Command::new("kill").arg(self.child.id().to_string()).status().unwrap();
        killed.success() && self.child.wait().unwrap().success()
    }
}

/// A test that fails leaves no server behind.
impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub fn token(folder: &Path, tenant: &str, role: &str) -> String {
    let data = folder.join("data");
    let issued =
        run(&["token", "issue", "--data", arg(&data), "--tenant", tenant, "--role", role, "--label", "test"]);
    assert!(issued.status.success(), "{}", said(&issued));
    String::from_utf8(issued.stdout).unwrap().trim().to_owned()
}

fn installation() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let files =
        [("tenants/acme/policy.toml", POLICY.as_bytes()), ("tenants/globex/policy.toml", POLICY.as_bytes())];
    write(folder.path(), &files);
    folder
}

#[test]
fn leads_go_in_come_out_and_stay_with_their_tenant() {
    let folder = installation();
    let acme = token(folder.path(), "acme", "admin");
    let globex = token(folder.path(), "globex", "admin");
    let reader = token(folder.path(), "acme", "reader");
    let server = Server::start(folder.path());
    let body =
        json!({ "facts": { "contact.email": "ann@northwind.com", "company.size": 500 }, "channel": "email" });

    let (status, taken) = server.post(&acme, "/v1/leads", &body);
    assert_eq!((status, taken["settled"].as_str()), (201, Some("assigned")), "{taken}");
    let lead = taken["lead"].as_str().unwrap();
    let (status, again) = server.post(&acme, "/v1/leads", &body);
    assert!(status < 300 && again["lead"] == lead, "{status} {again}");

    let conversion = json!({ "id": "deal-1", "value_minor": 1001, "currency": "EUR" });
    let (status, converted) = server.post(&acme, &format!("/v1/leads/{lead}/conversions"), &conversion);
    assert!(status < 300, "{status} {converted}");
    let (status, activity) =
        server.post(&acme, &format!("/v1/leads/{lead}/activities"), &json!({ "kind": "page.visit" }));
    assert!(status < 300, "{status} {activity}");
    for path in [
        format!("/v1/leads/{lead}"),
        format!("/v1/leads/{lead}/history"),
        format!("/v1/leads/{lead}/decisions"),
    ] {
        let (status, found) = server.get(&reader, &path);
        assert_eq!(status, 200, "{path}: {found}");
        assert_eq!(server.get(&globex, &path).0, 404, "{path} is visible to another tenant");
        assert_eq!(server.get("nonsense", &path).0, 401, "{path}");
    }
    assert_eq!(server.post(&reader, "/v1/leads", &body).0, 403);
    assert_eq!(server.get(&reader, "/v1/summary").1["leads"], 1);
    assert_eq!(server.get(&globex, "/v1/summary").1["leads"], 0);

    // Scored when it came in, and again after the activity.
    let points = "tenant=\"acme\",stage=\"scoring\",plugin=\"points\"";
    assert_eq!(server.metric(&format!("leadsman_decisions_total{{{points},outcome=\"answer\"}}")), Some(2.0));
    assert_eq!(server.metric(&format!("leadsman_plugin_call_seconds_count{{{points}}}")), Some(2.0));
    assert!(server.metric(&format!("leadsman_plugin_fuel_total{{{points}}}")) > Some(100.0));
    let others = points.replace("acme", "globex");
    assert_eq!(server.metric(&format!("leadsman_decisions_total{{{others},outcome=\"answer\"}}")), Some(0.0));
    assert!(server.drain());

    let data = folder.path().join("data");
    let summary = crate::program::json(&["summary", "--data", arg(&data), "--tenant", "acme", "--json"]);
    assert_eq!((&summary["leads"], &summary["converted"]), (&1.into(), &1.into()));
}

#[test]
fn bad_requests_are_problems_and_bad_lines_do_not_stop_good_ones() {
    let folder = installation();
    let acme = token(folder.path(), "acme", "intake");
    let server = Server::start(folder.path());
    let post = |path: &str, kind: &str, body: String| {
        let request =
            server.client.post(format!("{}{path}", server.address)).header("content-type", kind).body(body);
        let response = request.bearer_auth(&acme).send().unwrap();
        let media = response.headers()["content-type"].to_str().unwrap().to_owned();
        (response.status().as_u16(), media, response.text().unwrap())
    };
    let (status, media, problem) =
        post("/v1/leads", "application/json", "{\"facts\": {\"contact.email\": }".to_owned());
    assert_eq!((status, media.as_str()), (400, "application/problem+json"), "{problem}");
    let (status, _, problem) =
        post("/v1/leads", "application/json", format!("{{\"facts\":{{\"a\":\"{}\"}}}}", "x".repeat(8 << 20)));
    assert_eq!(status, 413, "{problem}");
    assert_eq!(
        post("/v1/leads/lead-0/activities", "application/json", "{\"kind\":\"page.visit\"}".to_owned()).0,
        404
    );
    let lines = "{\"facts\":{\"contact.email\":\"a@northwind.com\"}}\nnot json\n{\"facts\":{\"contact.email\":\"b@northwind.com\"}}\n";
    let (status, _, answer) = post("/v1/leads/bulk", "application/x-ndjson", lines.to_owned());
    assert_eq!(status, 200, "{answer}");
    let answers: Vec<Value> = answer.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(answers.len(), 3, "{answer}");
    assert!(answers[1].get("problem").is_some() && answers[2].get("lead").is_some(), "{answer}");
    assert!(server.drain());
}

#[test]
fn f43_of_51_orders_in_one_request_the_last_is_refused_and_reports_tell_the_same_everywhere() {
    let folder = tempfile::tempdir().unwrap();
    let policy = "account = \"company.domain\"\ndefault_pool = \"sea\"\n[[pools]]\nid = \"sea\"\n[[reps]]\nid = \"ann\"\ncap = 50\n";
    write(folder.path(), &[("tenants/acme/policy.toml", policy.as_bytes())]);
    let manager = token(folder.path(), "acme", "manager");
    let server = Server::start(folder.path());
    let leads = (0..51).map(|nth| json!({ "facts": { "contact.email": format!("n{nth}@n{nth}.com") } }));
    let taken = server.post_lines(&manager, "/v1/leads/bulk", leads);
    let order = |line: &Value| json!({ "lead": line["lead"], "order": "claim", "rep": "ann" });
    let done = server.post_lines(&manager, "/v1/orders", taken.iter().map(order));
    let statuses: Vec<u64> = done.iter().map(|line| line["status"].as_u64().unwrap()).collect();
    assert_eq!((statuses.len(), &statuses[..50]), (51, [200; 50].as_slice()));
    assert_eq!(done[50]["problem"]["type"], "urn:leadsman:problem:rep-unavailable", "{}", done[50]);
    let reports = [
        "team",
        "stages",
        "sources",
        "accounts",
        "channels",
        "forecast",
        "campaigns",
        "referrers",
        "rebates",
        "trends",
    ]
    .map(|report| {
        let (status, told) = server.get(&manager, &format!("/v1/reports/{report}"));
        assert_eq!((status, &told["standard"]["version"]), (200, &json!(1)), "{told}");
        (report, told)
    });
    assert_eq!((&reports[0].1["leads"], &reports[0].1["reps"]["ann"]["load"]), (&json!(51), &json!(50)));
    let (status, told) = server.get(&manager, "/v1/reports/accounts?account=N7.com");
    assert_eq!((status, told["accounts"].as_array().unwrap().len()), (200, 1), "{told}");
    let owners = json!({ "ann": 1 });
    assert_eq!(
        (&told["accounts"][0]["account"], &told["accounts"][0]["owners"]),
        (&json!("n7.com"), &owners)
    );
    let ask = |arguments: &[&str]| {
        let mut asking = leadsman();
        asking.env("LEADSMAN_TOKEN", &manager).args(arguments).output().unwrap()
    };
    let no_such_hours = "the policy has no calendar `nights` and no other one";
    for (report, told) in &reports {
        let answer = ask(&["report", report, "--server", &server.address, "--json"]);
        assert_eq!(serde_json::from_slice::<Value>(&answer.stdout).unwrap(), *told, "{}", said(&answer));
    }
    let (status, told) = server.get(&manager, "/v1/reports/team?of=/reps/ann/load");
    assert_eq!((status, &told["figure"]), (200, &json!(50)), "{told}");
    assert_eq!(told["leads"].as_array().unwrap().len(), 50);
    let (_, page) = server.get(&manager, "/v1/reports/team?of=/reps/ann/load&limit=30");
    let next = page["next"].as_str().unwrap();
    let (_, rest) =
        server.get(&manager, &format!("/v1/reports/team?of=/reps/ann/load&limit=30&cursor={next}"));
    let pages = [&page, &rest].map(|page| page["leads"].as_array().unwrap().clone()).concat();
    assert_eq!((&json!(pages), &rest["next"]), (&told["leads"], &Value::Null));
    let of = ["--of", "/reps/ann/load", "--limit", "30", "--cursor", next, "--json"];
    let answer = ask(&[["report", "team", "--server", &server.address].as_slice(), &of].concat());
    assert_eq!(serde_json::from_slice::<Value>(&answer.stdout).unwrap(), rest, "{}", said(&answer));
    for query in ["limit=0", "limit=1001", "cursor=x"] {
        let (status, told) = server.get(&manager, &format!("/v1/reports/team?of=/reps/ann/load&{query}"));
        assert_eq!(status, 400, "{told}");
    }
    let answer = ask(&["report", "team", "--server", &server.address, "--of", "/reps/ann/load", "--json"]);
    assert_eq!(serde_json::from_slice::<Value>(&answer.stdout).unwrap(), told, "{}", said(&answer));
    let (status, told) = server.get(&manager, "/v1/reports/team?of=/reps/zoe/load");
    assert!(
        status == 404 && told.to_string().contains("as far as that goes, it has: ann"),
        "{status} {told}"
    );
    let (status, told) = server.get(&manager, "/v1/reports/trends?by=mood");
    assert!(status == 400 && told.to_string().contains("write channel, rep or pool"), "{status} {told}");
    let answer = ask(&["report", "team", "--server", &server.address, "--hours", "nights"]);
    assert_eq!(answer.status.code(), Some(7), "as without a server: {}", said(&answer));
    assert!(said(&answer).contains(no_such_hours), "{}", said(&answer));
    assert!(server.drain());
    let data = folder.path().join("data");
    for (report, told) in reports {
        let arguments = ["report", report, "--data", arg(&data), "--tenant", "acme"];
        assert_eq!(crate::program::json(&[&arguments[..], &["--json"]].concat()), told);
        assert!(run(&arguments).status.success());
    }
    let answer = run(&["report", "team", "--data", arg(&data), "--tenant", "acme", "--hours", "nights"]);
    assert_eq!(answer.status.code(), Some(7), "{}", said(&answer));
    assert!(said(&answer).contains(no_such_hours), "{}", said(&answer));
}
