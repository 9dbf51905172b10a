//! Tokens in the store.

use leadsman_domain::TenantId;
use leadsman_flow::ledger::{Key, Space};
use leadsman_ledger::Store;

use super::world::{NOW, World, apart, request};
use crate::tokens::{Role, TokenError, TokenRecord, find, issue, list, revoke};

fn record(label: &str) -> TokenRecord {
    let tenant = TenantId::parse("acme").unwrap();
    TokenRecord { tenant, role: Role::Reader, rep: None, label: label.to_owned(), issued: NOW }
}

#[test]
fn tokens_are_issued_found_listed_and_revoked() {
    let ledger = Store::in_memory().system();
    let token = issue(ledger.as_ref(), &record("dashboard"), [7; 32]).unwrap();
    assert_eq!(token.reveal(), format!("lm_acme_{}", "07".repeat(32)));
    assert_eq!(find(ledger.as_ref(), token.reveal()).unwrap(), Some(record("dashboard")));
    assert_eq!(list(ledger.as_ref()).unwrap(), [(token.digest(), record("dashboard"))]);
    assert!(revoke(ledger.as_ref(), token.digest()).unwrap());
    assert!(!revoke(ledger.as_ref(), token.digest()).unwrap());
    assert_eq!(find(ledger.as_ref(), token.reveal()).unwrap(), None);
}

#[test]
fn the_token_itself_is_kept_nowhere() {
    let ledger = Store::in_memory().system();
    let token = issue(ledger.as_ref(), &record("dashboard"), [0xab; 32]).unwrap();
    let page = ledger.scan(&Key::of(Space::Token), None, 10).unwrap();
    assert!(!format!("{:?}", page.rows).contains(&"ab".repeat(32)));
    assert!(!String::from_utf8_lossy(&page.rows[0].1).contains(&"ab".repeat(32)));
    assert!(!format!("{token:?}").contains(&"ab".repeat(32)));
}

#[test]
fn labels_and_repetitions_are_refused() {
    let ledger = Store::in_memory().system();
    for label in ["", " ", "two\nlines", &"x".repeat(101)] {
        assert!(matches!(issue(ledger.as_ref(), &record(label), [1; 32]), Err(TokenError::Label)));
    }
    issue(ledger.as_ref(), &record("one"), [1; 32]).unwrap();
    assert!(matches!(issue(ledger.as_ref(), &record("two"), [1; 32]), Err(TokenError::Exists)));
    assert!("root".parse::<Role>().is_err());
    assert!(Role::ALL.iter().all(|role| role.to_string().parse() == Ok(*role)));
}

#[tokio::test]
async fn a_revoked_token_opens_nothing() {
    let world = World::new();
    let token = world.admin();
    let policy = || request("GET", "/v1/policy", Some(&token)).body("".into()).unwrap();
    assert_eq!(world.send(policy()).await.status, 200);
    let digest = leadsman_domain::Digest::of(token.as_bytes());
    assert!(apart(|| revoke(world.store.system().as_ref(), digest)).unwrap());
    assert_eq!(world.send(policy()).await.status, 401);
}
