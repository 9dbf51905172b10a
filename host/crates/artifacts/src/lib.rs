//! The components that ship with Leadsman, built from `plugins/` by this crate's build script; and the files
//! of which authors' projects are made.

#![deny(missing_docs)]
#![forbid(unsafe_code)]

/// A component.
#[derive(Debug, Clone, Copy)]
pub struct Component {
    /// Its name, as policies use it.
    pub name: &'static str,
    /// The component itself.
    pub bytes: &'static [u8],
}

/// A file of which authors' projects are made.
#[derive(Debug, Clone, Copy)]
pub struct File {
    /// Its path in Leadsman's source, such as `sdk/rust/src/lib.rs`.
    pub path: &'static str,
    /// What is in it.
    pub bytes: &'static [u8],
}

include!(concat!(env!("OUT_DIR"), "/components.rs"));

/// The built-in plugin with a name.
#[must_use]
pub fn built_in(name: &str) -> Option<&'static [u8]> {
    BUILT_IN.iter().find(|component| component.name == name).map(|component| component.bytes)
}
