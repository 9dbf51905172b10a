//! Reading a configuration, with the place of every problem.

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_path_to_error::{Path, Segment};

/// How deep a configuration may be nested. Readers call themselves for every level, and the stack of a
/// plugin is small.
const DEPTH_MAX: usize = 40;

/// What is wrong with one place of the configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The place as a JSON pointer (RFC 6901); the empty pointer is the whole configuration.
    pub pointer: String,
    /// What is wrong there and what to do about it.
    pub message: String,
}

impl Problem {
    /// A problem at a place, such as `/rules/3/points`.
    #[must_use]
    pub fn at(pointer: impl Into<String>, message: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), message: message.into() }
    }
}

/// Reads a configuration from JSON.
pub(crate) fn parse<C: DeserializeOwned>(json: &str) -> Result<C, Vec<Problem>> {
    if depth(json) > DEPTH_MAX {
        return Err(vec![Problem::at("", format!("nested more than {DEPTH_MAX} levels deep"))]);
    }
    let mut reader = serde_json::Deserializer::from_str(json);
    let config = serde_path_to_error::deserialize(&mut reader)
        .map_err(|error| vec![Problem::at(pointer(error.path()), without_position(error.inner()))])?;
    reader.end().map_err(|error| vec![Problem::at("", without_position(&error))])?;
    Ok(config)
}

/// The JSON Schema of a configuration type, as JSON.
pub(crate) fn schema<C: JsonSchema>() -> String {
    serde_json::Value::from(schemars::SchemaGenerator::default().into_root_schema_for::<C>()).to_string()
}

/// How deep arrays and objects are nested, brackets inside strings left out.
fn depth(json: &str) -> usize {
    let (mut now, mut most, mut in_text, mut escaped) = (0_usize, 0, false, false);
    for byte in json.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            b'[' | b'{' if !in_text => {
                now += 1;
                most = most.max(now);
            }
            b']' | b'}' if !in_text => now = now.saturating_sub(1),
            _ => {}
        }
    }
    most
}

/// A path of the reader as a JSON pointer.
fn pointer(path: &Path) -> String {
    let mut pointer = String::new();
    for segment in path {
        match segment {
            Segment::Seq { index } => pointer.push_str(&format!("/{index}")),
            Segment::Map { key } => push_token(&mut pointer, key),
            Segment::Enum { variant } => push_token(&mut pointer, variant),
            Segment::Unknown => {}
        }
    }
    pointer
}

/// Adds one token to a JSON pointer, escaped as RFC 6901 says.
pub(crate) fn push_token(pointer: &mut String, token: &str) {
    pointer.push('/');
    pointer.push_str(&token.replace('~', "~0").replace('/', "~1"));
}

/// The message without the line and column, which mean nothing for a configuration that was written as
/// TOML and arrives as JSON; syntax errors keep them.
fn without_position(error: &serde_json::Error) -> String {
    let message = error.to_string();
    match message.rfind(" at line ") {
        Some(end) if error.is_data() => message[..end].to_owned(),
        _ => message,
    }
}

#[cfg(test)]
mod tests;
