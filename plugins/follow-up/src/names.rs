//! Which names and texts a configuration may hold.

use std::collections::BTreeMap;

/// The longest name, in bytes: it must leave room for two moments in a key.
const NAME_BYTES_MAX: usize = 63;
/// The longest text, in bytes.
const TEXT_BYTES_MAX: usize = 300;
/// What is filled in.
const PLACES: [&str; 4] = ["{rule}", "{left}", "{deadline}", "{consequence}"];

/// The names of rules and signals, and where each was given.
#[derive(Default)]
pub(crate) struct Names(BTreeMap<String, String>);

impl Names {
    /// Takes a name for the item at a place. Names are parts of keys, which slashes divide.
    pub(crate) fn take(&mut self, name: &str, place: &str) -> Result<(), String> {
        id(name)?;
        if name.contains('/') {
            return Err("must not contain `/`".to_owned());
        }
        match self.0.insert(name.to_owned(), place.to_owned()) {
            Some(earlier) => Err(format!("`{name}` is already the name of {earlier}")),
            None => Ok(()),
        }
    }
}

/// Checks the name of something in the policy.
pub(crate) fn id(name: &str) -> Result<(), String> {
    bounded(name, NAME_BYTES_MAX)
}

/// Checks the name of a business line.
pub(crate) fn line(name: &str) -> Result<(), String> {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    id(name)?;
    if name.bytes().next().is_some_and(plain)
        && name.bytes().all(|byte| plain(byte) || b"-_.".contains(&byte))
    {
        return Ok(());
    }
    Err("must be of a-z, 0-9, `-`, `_` and `.`, and begin with a letter or digit".to_owned())
}

/// Checks a text for people.
pub(crate) fn text(text: &str) -> Result<(), String> {
    bounded(text, TEXT_BYTES_MAX)
}

/// Checks a text for people in which something is filled in.
pub(crate) fn template(said: &str) -> Result<(), String> {
    text(said)?;
    let rest = PLACES.iter().fold(said.to_owned(), |rest, place| rest.replace(place, ""));
    if rest.contains(['{', '}']) {
        return Err(format!("braces are for {} only", PLACES.join(", ")));
    }
    Ok(())
}

fn bounded(text: &str, bytes_max: usize) -> Result<(), String> {
    match text {
        _ if text.trim().is_empty() => Err("must not be empty".to_owned()),
        _ if text.len() > bytes_max => Err(format!("must not be longer than {bytes_max} bytes")),
        _ => Ok(()),
    }
}
