//! What messages are signed with, by the Standard Webhooks specification.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use leadsman_flow::outbox::Secret;
use sha2::Sha256;

/// The header `webhook-signature` of a message that is sent at a time, in seconds since 1970.
pub fn sign(secret: &Secret, id: &str, seconds: i64, body: &str) -> String {
    // A key of any length will do.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&secret.key()) else { return String::new() };
    mac.update(format!("{id}.{seconds}.{body}").as_bytes());
    format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
}
