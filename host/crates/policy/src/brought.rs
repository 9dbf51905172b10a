//! Components that a policy brings along, and the same policy naming them as uploads, for where policies are
//! sent without components.

use std::collections::BTreeMap;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::files::PolicyFiles;
use crate::problem::PolicyErrors;
use crate::source::SourceText;

const FILE: &str = "policy.toml";

/// Tables whose keys are not the policy's: whatever is called `path` in them names no component.
const FOREIGN: [&str; 2] = ["config", "import"];

/// A place where a component is named: the key, the path's text, and the path.
struct Named {
    key: Range<usize>,
    value: Range<usize>,
    path: String,
}

impl PolicyFiles {
    /// The components of at most so many bytes that the policy brings along, by their paths. A policy that is
    /// no TOML brings what can be seen of it.
    ///
    /// # Errors
    ///
    /// Those that cannot be read, each with the place that names it.
    pub fn brought(&self, bytes_max: usize) -> Result<BTreeMap<String, Vec<u8>>, PolicyErrors> {
        let text = self.policy_text();
        let source = SourceText::new(FILE, text);
        let (mut components, mut problems) = (BTreeMap::new(), Vec::new());
        for Named { value, path, .. } in named(text) {
            match self.component(&path, bytes_max) {
                Ok(component) => drop(components.insert(path, component)),
                Err(message) => problems.push(source.problem(value, message, None)),
            }
        }
        if problems.is_empty() { Ok(components) } else { Err(PolicyErrors::new(problems)) }
    }

    /// The same policy, in which each of these components is named by what it was uploaded as.
    #[must_use]
    pub fn with_uploads(mut self, labels: &BTreeMap<String, String>) -> Self {
        let mut text = self.policy_text().to_owned();
        let mut all = named(&text);
        // From the end, so that what is still to be replaced stays where it is.
        all.sort_by_key(|named| std::cmp::Reverse(named.key.start.max(named.value.start)));
        for Named { key, value, path } in all {
            if let Some(label) = labels.get(&path) {
                text.replace_range(value, &toml::Value::from(label.as_str()).to_string());
                text.replace_range(key, "upload");
            }
        }
        self.insert(FILE, text);
        self
    }

    fn policy_text(&self) -> &str {
        self.get(FILE).and_then(|content| std::str::from_utf8(content).ok()).unwrap_or_default()
    }
}

fn named(text: &str) -> Vec<Named> {
    let (document, _) = DeTable::parse_recoverable(text);
    let mut found = Vec::new();
    find(document.get_ref(), &mut found);
    found
}

fn find(table: &DeTable<'_>, found: &mut Vec<Named>) {
    for (key, value) in table {
        match (key.get_ref().as_ref(), value.get_ref()) {
            (name, _) if FOREIGN.contains(&name) => {}
            ("path", DeValue::String(path)) => {
                found.push(Named { key: key.span(), value: value.span(), path: path.to_string() });
            }
            _ => find_within(value, found),
        }
    }
}

fn find_within(value: &Spanned<DeValue<'_>>, found: &mut Vec<Named>) {
    match value.get_ref() {
        DeValue::Table(table) => find(table, found),
        DeValue::Array(array) => array.iter().for_each(|value| find_within(value, found)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on says so by a panic")]

    use super::*;

    #[test]
    fn components_are_named_by_what_they_were_uploaded_as_and_the_rest_stays_as_it_is() {
        let text = "# path = \"a.wasm\"\n[[scoring]]\npath = 'a.wasm' # ours\nconfig = { path = \"a.wasm\" }\n\
                    [[pools]]\nid = \"in\"\nallocation = [{ plugin = \"x\" }, { \"path\" = \"b.wasm\" }]\n";
        let files = PolicyFiles::new().with("policy.toml", text).with("a.wasm", "1").with("b.wasm", "22");
        let brought = files.brought(2).unwrap();
        assert_eq!(brought.keys().collect::<Vec<_>>(), ["a.wasm", "b.wasm"]);
        let problems = files.brought(1).unwrap_err().to_string();
        assert!(
            problems.contains("policy.toml:7:") && problems.contains("larger than 1 bytes"),
            "{problems}"
        );
        let labels = [("a.wasm", "a@1.0.0"), ("b.wasm", "b@2.0.0")];
        let labels = labels.map(|(path, label)| (path.to_owned(), label.to_owned())).into();
        let sent = files.with_uploads(&labels);
        let expected = "# path = \"a.wasm\"\n[[scoring]]\nupload = \"a@1.0.0\" # ours\n\
                        config = { path = \"a.wasm\" }\n[[pools]]\nid = \"in\"\n\
                        allocation = [{ plugin = \"x\" }, { upload = \"b@2.0.0\" }]\n";
        assert_eq!(sent.policy_text(), expected);
        assert_eq!(sent.brought(9).unwrap().len(), 0);
    }

    #[test]
    fn a_policy_that_is_no_toml_is_left_as_it_is() {
        let files = PolicyFiles::new().with("policy.toml", "[[scoring\npath = ");
        assert_eq!(files.brought(9), Ok(BTreeMap::new()));
        assert_eq!(files.clone().with_uploads(&BTreeMap::new()), files);
    }
}
