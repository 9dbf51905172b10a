//! The first meeting with a plugin: who are you, and here is your configuration.

use leadsman_domain::limits::Limits;
use leadsman_domain::ruling::{Fault, FaultClass};
use wasmtime::Store;
use wasmtime::component::{Instance, InstancePre};

use crate::admission::{Inspection, Refusal};
use crate::convert::{Description, Exports, Loaded, Needs};
use crate::fault::classify;
use crate::instance::while_configuring;
use crate::plugin::{ConfigurationProblem, PrepareError};
use crate::state::{GuestState, Library};

/// On what terms a plugin is made ready.
pub(crate) struct Terms<'a> {
    /// What it says of itself.
    pub inspection: &'a Inspection,
    /// Its configuration as JSON.
    pub configuration: &'a str,
    /// What its imports read.
    pub library: &'a Library,
    /// Its limits.
    pub limits: &'a Limits,
}

/// What a plugin said when it was made ready.
pub(crate) struct Introduction {
    pub description: Description,
    pub needs: Needs,
}

/// What a plugin reads with its configuration, or what it does not like about that.
pub(crate) type Configured = Result<Needs, Vec<ConfigurationProblem>>;

/// Starts a plugin, asks who it is and hands it its configuration, which it must take.
pub(crate) fn introduce(
    store: &mut Store<GuestState>,
    linked: &InstancePre<GuestState>,
    exports: &Exports,
    terms: &Terms<'_>,
) -> Result<(Instance, Introduction), PrepareError> {
    let (instance, description, configured) = meet(store, linked, exports, terms)?;
    let needs = configured.map_err(PrepareError::Configuration)?;
    Ok((instance, Introduction { description, needs }))
}

/// Starts a plugin, asks who it is and hands it its configuration.
pub(crate) fn meet(
    store: &mut Store<GuestState>,
    linked: &InstancePre<GuestState>,
    exports: &Exports,
    terms: &Terms<'_>,
) -> Result<(Instance, Description, Configured), PrepareError> {
    let limits = &while_configuring(terms.limits);
    let broke = |cause: &wasmtime::Error, store: &Store<GuestState>| {
        PrepareError::Broke(classify(cause, store.data(), limits))
    };
    let instance = linked.instantiate(&mut *store).map_err(|cause| broke(&cause, store))?;
    let loaded = Loaded { exports, instance, limits };
    let description = loaded.describe(store).map_err(|cause| broke(&cause, store))?;
    check_description(&description)?;
    let configured = loaded.configure(store, terms.configuration).map_err(|cause| broke(&cause, store))?;
    Ok((instance, description, configured))
}

/// What a plugin says of itself goes into journals, metrics and onto screens.
fn check_description(description: &Description) -> Result<(), Refusal> {
    let fits = |text: &str, bytes_max: usize| text.len() <= bytes_max && !text.chars().any(char::is_control);
    let named = !description.name.is_empty() && !description.version.is_empty();
    if named
        && fits(&description.name, 64)
        && fits(&description.version, 64)
        && fits(&description.summary, 500)
    {
        return Ok(());
    }
    Err(Refusal::Unnamed)
}

/// A fault of the host while a plugin was made ready.
pub(crate) fn host_fault(cause: &wasmtime::Error) -> PrepareError {
    PrepareError::Broke(Fault::new(FaultClass::Host, format!("{cause:#}")))
}
