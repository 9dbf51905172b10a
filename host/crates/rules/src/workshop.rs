//! A workshop: an engine with what guests are linked to, where components become code.

use std::collections::VecDeque;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use leadsman_domain::Digest;
use wasmtime::component::{Component, InstancePre, Linker};
use wasmtime::{Config, Engine};

use crate::artefacts::Artefacts;
use crate::state::GuestState;
use crate::{imports, wasi};

/// Compiles components and links them.
pub(crate) struct Workshop {
    engine: Engine,
    linker: Linker<GuestState>,
    artefacts: Option<Arc<Artefacts>>,
    /// Those that were asked for last, the newest first.
    known: Mutex<VecDeque<(Digest, Component)>>,
}

/// How many components that many plugins may share are remembered.
const KNOWN_MAX: usize = 64;

impl Workshop {
    pub(crate) fn new(config: &Config, artefacts: Option<Arc<Artefacts>>) -> wasmtime::Result<Self> {
        let engine = Engine::new(config)?;
        let mut linker = Linker::new(&engine);
        wasi::link(&mut linker)?;
        imports::link(&mut linker)?;
        Ok(Self { engine, linker, artefacts, known: Mutex::default() })
    }

    pub(crate) fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Compiles a component that many plugins may share, and remembers it until many others were.
    pub(crate) fn compile_shared(&self, bytes: &[u8]) -> wasmtime::Result<Component> {
        let digest = Digest::of(bytes);
        if let Some(known) = self.remembered(&digest) {
            return Ok(known);
        }
        let component = self.compile(bytes)?;
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.truncate(KNOWN_MAX - 1);
        known.push_front((digest, component.clone()));
        Ok(component)
    }

    fn remembered(&self, digest: &Digest) -> Option<Component> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let place = known.iter().position(|(name, _)| name == digest)?;
        let found = known.remove(place)?;
        known.push_front(found.clone());
        Some(found.1)
    }

    /// Links a component to what guests may have.
    pub(crate) fn link(&self, component: &Component) -> wasmtime::Result<InstancePre<GuestState>> {
        self.linker.instantiate_pre(component)
    }

    /// Compiles a component.
    pub(crate) fn compile(&self, bytes: &[u8]) -> wasmtime::Result<Component> {
        let component = match &self.artefacts {
            Some(artefacts) => self.kept(artefacts, bytes)?,
            None => Component::from_binary(&self.engine, bytes)?,
        };
        component.initialize_copy_on_write_image()?;
        Ok(component)
    }

    /// Takes the code from the disk, or compiles it and puts it there.
    fn kept(&self, artefacts: &Artefacts, bytes: &[u8]) -> wasmtime::Result<Component> {
        let name = self.artefact_name(bytes);
        if let Some(known) = artefacts.find(&name).and_then(|path| self.trusted(&path)) {
            return Ok(known);
        }
        let component = Component::from_binary(&self.engine, bytes)?;
        artefacts.store(&name, &component.serialize()?);
        // Used from the file from now on, if that could be stored.
        Ok(artefacts.find(&name).and_then(|path| self.trusted(&path)).unwrap_or(component))
    }

    #[expect(
        unsafe_code,
        reason = "Wasmtime runs what it is given here as machine code. It was made by this program: \
        `Artefacts` gives nothing out that was not stored with its own key in a folder that only its owner can write"
    )]
    fn trusted(&self, path: &Path) -> Option<Component> {
        // SAFETY: see the reason above.
        let component = unsafe { Component::deserialize_file(&self.engine, path) };
        component.inspect_err(|cause| tracing::warn!("kept code cannot be used: {cause:#}")).ok()
    }

    /// Code is as good as the bytes that it was made from, the version and the settings of the compiler,
    /// and the features of the processor.
    fn artefact_name(&self, bytes: &[u8]) -> Digest {
        let mut compatibility = DefaultHasher::new();
        self.engine.precompile_compatibility_hash().hash(&mut compatibility);
        Digest::of_parts([&compatibility.finish().to_le_bytes()[..], bytes])
    }
}
