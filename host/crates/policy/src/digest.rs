//! The digest of a policy: of its canonical JSON, in which the keys of objects are sorted whatever the
//! order of writing was.

use std::collections::BTreeMap;

use leadsman_domain::Digest;
use leadsman_domain::mapping::ColumnMapping;
use leadsman_domain::policy::Policy;
use serde_json::{Value, json};

/// The digest of everything that decides.
pub(crate) fn digest(
    policy: &Policy,
    mapping: Option<&ColumnMapping>,
    components: &BTreeMap<String, Vec<u8>>,
) -> Result<Digest, serde_json::Error> {
    let components: BTreeMap<_, _> =
        components.iter().map(|(path, content)| (path, Digest::of(content).to_string())).collect();
    let whole = json!({
        "format": 2,
        "policy": serde_json::to_value(policy)?,
        "mapping": serde_json::to_value(mapping)?,
        "components": components,
    });
    let mut canonical = String::new();
    write(&whole, &mut canonical);
    Ok(Digest::of(canonical.as_bytes()))
}

fn write(value: &Value, output: &mut String) {
    match value {
        Value::Array(items) => {
            output.push('[');
            for item in items {
                write(item, output);
                output.push(',');
            }
            output.push(']');
        }
        Value::Object(entries) => {
            let sorted: BTreeMap<_, _> = entries.iter().collect();
            output.push('{');
            for (key, item) in sorted {
                output.push_str(&Value::from(key.as_str()).to_string());
                output.push(':');
                write(item, output);
                output.push(',');
            }
            output.push('}');
        }
        scalar => output.push_str(&scalar.to_string()),
    }
}
