//! Tenants who would use messages to reach into the house, and receivers that would wear the server out.

use serde_json::json;

use super::deliveries::{PRIVATE, installation, register, send};
use super::receiver::{Crm, Manner};
use crate::program::{arg, run, said};
use crate::serve::{Server, token};

#[test]
fn private_addresses_are_refused_however_they_are_written() {
    let folder = installation();
    let token = token(folder.path(), "acme", "admin");
    let data = folder.path().join("data");
    let by_hand = run(&["webhook", "add", "http://127.0.0.1/", "--name", "crm", "--data", arg(&data)]);
    assert_eq!(by_hand.status.code(), Some(2), "{}", said(&by_hand));
    let server = Server::start(folder.path());
    for url in [
        "http://example.com/",
        "ftp://example.com/",
        "file:///etc/passwd",
        "https://ann:secret@example.com/",
        "https://127.0.0.1/",
        "https://0x7f.1/",
        "https://2130706433/",
        "https://017700000001/",
        "https://10.1.2.3/",
        "https://172.16.0.1/",
        "https://192.168.1.1:8080/",
        "https://169.254.169.254/latest/meta-data",
        "https://100.64.0.1/",
        "https://198.18.0.1/",
        "https://0.0.0.0/",
        "https://255.255.255.255/",
        "https://224.0.0.1/",
        "https://[::]/",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://[64:ff9b::a00:1]/",
        "https://[2002:a00:1::]/",
        "https://[fe80::1]/",
        "https://[fd00::1]/",
        "https://[2001:db8::1]/",
    ] {
        let (status, problem) = server.post(&token, "/v1/webhooks", &json!({ "name": "crm", "url": url }));
        assert_eq!((status, &problem["errors"][0]["pointer"]), (422, &json!("/url")), "{url}: {problem}");
    }
    let public = json!({ "name": "crm", "url": "https://93.184.215.14/hook" });
    let (status, added) = server.post(&token, "/v1/webhooks", &public);
    assert_eq!(status, 201, "{added}");
    assert!(added["secret"].as_str().unwrap().starts_with("whsec_"));
    assert!(server.drain());
}

#[test]
fn a_name_that_stands_for_a_private_address_is_refused_when_it_is_connected_to() {
    let folder = installation();
    let token = token(folder.path(), "acme", "admin");
    let crm = Crm::listen(Manner::Takes);
    let server = Server::start(folder.path());
    let url = crm.address.replace("http://127.0.0.1", "https://localhost");
    let (status, added) = server.post(&token, "/v1/webhooks", &json!({ "name": "crm", "url": url }));
    assert_eq!(status, 201, "{added}");
    send(&server, &token, 1).unwrap();
    let cause = loop {
        let (_, failed) = server.get(&token, "/v1/webhooks/crm/failed");
        if let Some(cause) = failed[0]["cause"].as_str() {
            break cause.to_owned();
        }
        std::thread::yield_now();
    };
    assert!(cause.contains("private network"), "{cause}");
    assert!(crm.seen().attempts.is_empty());
    assert!(server.drain());
}

#[test]
fn a_redirect_is_not_followed_and_an_answer_without_end_is_cut() {
    let folder = installation();
    let token = token(folder.path(), "acme", "admin");
    let elsewhere = Crm::listen(Manner::Takes);
    let (redirects, floods) =
        (Crm::listen(Manner::Redirects(elsewhere.address.clone())), Crm::listen(Manner::Floods));
    register(folder.path(), &redirects, "redirects", &["--events", "lead.assigned"]);
    register(folder.path(), &floods, "floods", &["--events", "lead.assigned"]);
    let server = Server::start_with(folder.path(), &[PRIVATE]);
    (0..3).for_each(|number| drop(send(&server, &token, number).unwrap()));
    drop(redirects.until(|seen| !seen.attempts.is_empty()));
    let delivered = "leadsman_messages_total{tenant=\"acme\",outcome=\"delivered\"}";
    while server.metric(delivered) != Some(3.0) {
        std::thread::yield_now();
    }
    let failed = loop {
        let (_, failed) = server.get(&token, "/v1/webhooks/redirects/failed");
        if failed[0].is_object() {
            break failed;
        }
        std::thread::yield_now();
    };
    assert!(failed[0]["cause"].as_str().unwrap().contains("307"), "{failed}");
    assert!(elsewhere.seen().attempts.is_empty());
    assert!(floods.seen().flooded_bytes < 256 << 20, "{}", floods.seen().flooded_bytes);
    assert!(server.drain());
}
