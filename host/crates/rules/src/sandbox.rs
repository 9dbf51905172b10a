//! The one engine of the process: how guests are compiled, where their memories lie, how their time
//! is told, and what is linked to them.

use std::collections::HashMap;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use leadsman_domain::Digest;
use wasmtime::component::{Component, InstancePre, Linker};
use wasmtime::{Config, Engine, InstanceAllocationStrategy, PoolingAllocationConfig};

use crate::state::GuestState;
use crate::{imports, wasi};

/// Milliseconds between two ticks of the epoch: the grain of wall-clock limits.
pub(crate) const TICK_MS: u64 = 5;

/// Instances that may run at one time.
const SLOTS: u32 = 256;

/// The largest memory that any plan allows one instance, in bytes: room for interpreted guests.
const POOL_MEMORY_BYTES_MAX: usize = 64 << 20;

/// Native stack for guest code, in bytes; less than the smallest thread that runs it.
const STACK_BYTES_MAX: usize = 512 << 10;

/// The sandbox cannot be set up on this machine.
#[derive(Debug, thiserror::Error)]
#[error("cannot set up the sandbox: {0}")]
pub struct SandboxError(String);

impl SandboxError {
    pub(crate) fn new(cause: &wasmtime::Error) -> Self {
        Self(format!("{cause:#}"))
    }
}

/// The engine with all that guests share. One for the process; cheap to clone.
#[derive(Clone)]
pub struct Sandbox {
    shared: Arc<Shared>,
}

struct Shared {
    engine: Engine,
    linker: Linker<GuestState>,
    slots: Slots,
    compiled: Mutex<HashMap<Digest, Component>>,
}

impl Sandbox {
    /// Sets up the engine, its memory pool, the thread that ticks its epoch, and the inert world that
    /// guests are linked to.
    ///
    /// # Errors
    ///
    /// When the machine does not give the address space or thread that this takes.
    pub fn new() -> Result<Self, SandboxError> {
        let engine = Engine::new(&configuration()).map_err(|cause| SandboxError::new(&cause))?;
        let mut linker = Linker::new(&engine);
        wasi::link(&mut linker).map_err(|cause| SandboxError::new(&cause))?;
        imports::link(&mut linker).map_err(|cause| SandboxError::new(&cause))?;
        start_ticking(&engine)?;
        let shared = Shared { engine, linker, slots: Slots::new(SLOTS), compiled: Mutex::default() };
        Ok(Self { shared: Arc::new(shared) })
    }

    pub(crate) fn engine(&self) -> &Engine {
        &self.shared.engine
    }

    /// Compiles a component; the same bytes are compiled once.
    pub(crate) fn compile(&self, digest: Digest, bytes: &[u8]) -> wasmtime::Result<Component> {
        let known = self.shared.compiled.lock().unwrap_or_else(PoisonError::into_inner).get(&digest).cloned();
        if let Some(known) = known {
            return Ok(known);
        }
        let component = Component::from_binary(self.engine(), bytes)?;
        component.initialize_copy_on_write_image()?;
        self.shared.compiled.lock().unwrap_or_else(PoisonError::into_inner).insert(digest, component.clone());
        Ok(component)
    }

    /// Links a component that was admitted to what guests may have.
    pub(crate) fn link(&self, component: &Component) -> wasmtime::Result<InstancePre<GuestState>> {
        self.shared.linker.instantiate_pre(component)
    }

    /// Waits for a free place in the pool.
    pub(crate) fn take_slot(&self) -> Slot {
        self.shared.slots.take();
        Slot { sandbox: self.clone() }
    }
}

/// A place in the pool, given back when dropped.
pub(crate) struct Slot {
    sandbox: Sandbox,
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.sandbox.shared.slots.give_back();
    }
}

struct Slots {
    free: Mutex<u32>,
    freed: Condvar,
}

impl Slots {
    fn new(count: u32) -> Self {
        Self { free: Mutex::new(count), freed: Condvar::new() }
    }

    fn take(&self) {
        let free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        let mut free = self.freed.wait_while(free, |free| *free == 0).unwrap_or_else(PoisonError::into_inner);
        *free -= 1;
    }

    fn give_back(&self) {
        *self.free.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.freed.notify_one();
    }
}

/// Deny by default: what a rules engine has no use for is switched off, and what could make two runs
/// differ is fixed.
fn configuration() -> Config {
    let mut config = Config::new();
    config
        .wasm_component_model(true)
        .concurrency_support(false)
        .gc_support(false)
        .shared_memory(false)
        .wasm_memory64(false)
        .wasm_multi_memory(false)
        .wasm_relaxed_simd(false)
        .consume_fuel(true)
        .epoch_interruption(true)
        .cranelift_nan_canonicalization(true)
        .max_wasm_stack(STACK_BYTES_MAX)
        .wasm_backtrace_max_frames(None)
        .allocation_strategy(InstanceAllocationStrategy::Pooling(pool()));
    config
}

fn pool() -> PoolingAllocationConfig {
    let mut pool = PoolingAllocationConfig::new();
    pool.max_unused_warm_slots(100)
        .linear_memory_keep_resident(256 << 10)
        .table_keep_resident(64 << 10)
        .max_memory_size(POOL_MEMORY_BYTES_MAX)
        .table_elements(10_000)
        .total_component_instances(SLOTS)
        .total_core_instances(SLOTS * 4)
        .total_memories(SLOTS)
        .total_tables(SLOTS * 2)
        .max_core_instances_per_component(16)
        .max_memories_per_component(1)
        .max_tables_per_component(4);
    pool
}

/// Ticks the engine's epoch from a thread of its own for as long as the engine lives.
fn start_ticking(engine: &Engine) -> Result<(), SandboxError> {
    let engine = engine.weak();
    let tick = move || {
        while let Some(engine) = engine.upgrade() {
            engine.increment_epoch();
            drop(engine);
            std::thread::sleep(Duration::from_millis(TICK_MS));
        }
    };
    std::thread::Builder::new()
        .name("leadsman-epoch".to_owned())
        .spawn(tick)
        .map(|_| ())
        .map_err(|cause| SandboxError(cause.to_string()))
}
