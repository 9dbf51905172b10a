//! Identity keys: by which attributes somebody is known.

use leadsman_domain::AttributeName;
use leadsman_domain::identity::IdentityKey;
use toml::de::DeValue;

use crate::reader::Node;

/// The identity keys of leads; phone number and mail address, each alone, if the policy says nothing.
pub(crate) fn read(node: Option<Node<'_>>) -> Vec<IdentityKey> {
    let Some(node) = node else {
        let usual = ["contact.phone.e164", "contact.email.normal"];
        return usual
            .into_iter()
            .filter_map(|name| Some(IdentityKey(vec![AttributeName::parse(name).ok()?])))
            .collect();
    };
    keys(&node)
}

/// A list of keys, each a list of attributes.
pub(crate) fn keys(node: &Node<'_>) -> Vec<IdentityKey> {
    let mut keys: Vec<IdentityKey> = Vec::new();
    for item in node.items() {
        let names = item.items();
        let attributes: Vec<_> = names.iter().filter_map(|name| name.parsed(AttributeName::parse)).collect();
        if matches!(item.value(), DeValue::Array(array) if array.is_empty()) {
            item.problem("an identity key names at least one attribute", None);
        } else if !names.is_empty() && attributes.len() == names.len() {
            keys.push(IdentityKey(attributes));
        }
    }
    keys
}
