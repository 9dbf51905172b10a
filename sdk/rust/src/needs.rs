//! What a plugin, as configured, will read and speak of.

use crate::{Facts, Rule};

/// What a plugin will read. The host sends these and nothing else, so that a scorer that did not ask
/// for the phone number never sees it. Every list has the order in which the host will send.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Needs {
    /// Names of lead attributes.
    pub attributes: Vec<String>,
    /// Whether every text attribute of the lead is needed, with its name.
    pub all_texts: bool,
    /// Kinds of activity, such as `email.reply`; a name that ends in `.*` stands for every kind with
    /// that beginning.
    pub activities: Vec<String>,
    /// Names of rep attributes. Read by routing only.
    pub rep_attributes: Vec<String>,
    /// Names of the lists that the plugin will ask for.
    pub lists: Vec<String>,
    /// The rules that contributions refer to by their place here. Scoring only.
    pub rules: Vec<Rule>,
}

impl Needs {
    /// Nothing at all.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// The attributes of a facts type.
    #[must_use]
    pub fn of<F: Facts>() -> Self {
        Self::default().attributes(F::ATTRIBUTES.iter().copied())
    }

    /// Adds attributes, in order.
    #[must_use]
    pub fn attributes<T: Into<String>>(mut self, names: impl IntoIterator<Item = T>) -> Self {
        self.attributes.extend(names.into_iter().map(Into::into));
        self
    }

    /// Asks for every text attribute.
    #[must_use]
    pub fn all_texts(mut self) -> Self {
        self.all_texts = true;
        self
    }

    /// Adds kinds of activity, in order.
    #[must_use]
    pub fn activities<T: Into<String>>(mut self, kinds: impl IntoIterator<Item = T>) -> Self {
        self.activities.extend(kinds.into_iter().map(Into::into));
        self
    }

    /// Adds rep attributes, in order.
    #[must_use]
    pub fn rep_attributes<T: Into<String>>(mut self, names: impl IntoIterator<Item = T>) -> Self {
        self.rep_attributes.extend(names.into_iter().map(Into::into));
        self
    }

    /// Declares rules, in order, so that contributions can name them by their place.
    #[must_use]
    pub fn rules(mut self, rules: impl IntoIterator<Item = Rule>) -> Self {
        self.rules.extend(rules);
        self
    }

    /// Adds lists.
    #[must_use]
    pub fn lists<T: Into<String>>(mut self, names: impl IntoIterator<Item = T>) -> Self {
        self.lists.extend(names.into_iter().map(Into::into));
        self
    }
}
