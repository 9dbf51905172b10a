//! What every plugin has besides its stages.

use schemars::JsonSchema;
use serde::de::DeserializeOwned;

use crate::{Facts, Needs, Problem};

/// A plugin: its configuration, the facts that it reads, and itself as configured.
///
/// `configure` is called once, before any stage; the stages then see the plugin by shared reference.
pub trait Plugin: Sized + 'static {
    /// The configuration. Put `#[serde(deny_unknown_fields)]` on it, so that a mistyped key is a
    /// problem with a place and not a setting that does nothing. Its documentation comments become
    /// the descriptions of the JSON Schema. Take `()` for none (`null` in JSON).
    type Config: DeserializeOwned + JsonSchema;

    /// The attributes that the plugin reads: a struct with `#[derive(Facts)]`,
    /// [`Values`](crate::Values) or `()`.
    type Facts: Facts;

    /// Checks the configuration and prepares everything that the stages will use.
    ///
    /// # Errors
    ///
    /// All problems at once, each with the place in the configuration.
    fn configure(config: Self::Config) -> Result<Self, Vec<Problem>>;

    /// What the plugin, so configured, will read: by default the attributes of its facts and nothing
    /// else.
    fn needs(&self) -> Needs {
        Needs::of::<Self::Facts>()
    }
}
