//! The engines of the process: how guests are compiled, where their memories lie, and how their time is
//! told.

use std::num::NonZeroUsize;
use std::panic::resume_unwind;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use leadsman_domain::limits::MEMORY_BYTES_MAX;
use wasmtime::{Config, Enabled, EngineWeak, OptLevel, PoolingAllocationConfig, RegallocAlgorithm};

use crate::artefacts::Artefacts;
use crate::workshop::Workshop;

/// Milliseconds between two ticks of the epoch: the grain of limits on time.
pub(crate) const TICK_MS: u64 = 5;

/// How many times as long guests may take where only their fuel is to count.
const PATIENCE: u64 = 200;

/// Instances that may run at one time.
const SLOTS: u32 = 256;

/// Native stack for guest code, in bytes; less than the smallest thread that runs it. An interpreter takes a
/// large frame for every call of the language that it interprets.
const STACK_BYTES_MAX: usize = 1 << 20;

/// The same for code that is compiled for configuring, whose frames are several times as large, and the stack of the
/// threads on which it runs.
const CONFIGURING_STACK_BYTES_MAX: usize = 8 << 20;
const CONFIGURING_THREAD_BYTES: usize = 12 << 20;

/// How many functions are noted of where a call ended, if that is wanted.
const FUNCTIONS_NOTED_MAX: usize = 128;

/// The sandbox cannot be set up on this machine.
#[derive(Debug, thiserror::Error)]
#[error("cannot set up the sandbox: {0}")]
pub struct SandboxError(String);

/// Where guests run, with all that they share. One for the process; cheap to clone.
#[derive(Clone)]
pub struct Sandbox {
    shared: Arc<Shared>,
    /// How many times as long as their limits say guests may take.
    patience: u64,
}

struct Shared {
    /// For running: code as quick as it gets, in memory that lies ready.
    running: Workshop,
    /// For configuring, which happens once: code that is compiled twice as fast.
    configuring: Workshop,
    slots: Slots,
}

impl Sandbox {
    /// Sets up the engines, their memory pool, the thread that ticks their epochs, and the inert world
    /// that guests are linked to. Compiled code is kept in `artefacts`, if given.
    ///
    /// # Errors
    ///
    /// When the machine does not give the address space or thread that this takes.
    pub fn new(artefacts: Option<Artefacts>) -> Result<Self, SandboxError> {
        Self::noting(artefacts, None)
    }

    /// A sandbox that notes in which functions failed calls ended, which takes time: for authors.
    ///
    /// # Errors
    ///
    /// As [`Sandbox::new`].
    pub fn noting_functions(artefacts: Option<Artefacts>) -> Result<Self, SandboxError> {
        Self::noting(artefacts, NonZeroUsize::new(FUNCTIONS_NOTED_MAX))
    }

    fn noting(artefacts: Option<Artefacts>, functions: Option<NonZeroUsize>) -> Result<Self, SandboxError> {
        let configuration = || {
            let mut config = configuration();
            config.wasm_backtrace_max_frames(functions);
            config
        };
        let artefacts = artefacts.map(Arc::new);
        let workshop = |config: &Config| {
            Workshop::new(config, artefacts.clone()).map_err(|cause| SandboxError(format!("{cause:#}")))
        };
        let running = workshop(configuration().allocation_strategy(pool()))?;
        let configuring = workshop(
            configuration()
                .max_wasm_stack(CONFIGURING_STACK_BYTES_MAX)
                // Nothing runs on stacks of Wasmtime's own, but they have to be larger than that.
                .async_stack_size(CONFIGURING_THREAD_BYTES)
                .cranelift_opt_level(OptLevel::None)
                .cranelift_regalloc_algorithm(RegallocAlgorithm::SinglePass),
        )?;
        start_ticking([running.engine().weak(), configuring.engine().weak()])?;
        let shared = Shared { running, configuring, slots: Slots::new(SLOTS) };
        Ok(Self { shared: Arc::new(shared), patience: 1 })
    }

    /// The same sandbox, but guests are held to their fuel and hardly to their time, so that what they decide is
    /// the same on every machine: for telling histories again, and for made-up ones.
    #[must_use]
    pub fn patient(&self) -> Self {
        Self { shared: Arc::clone(&self.shared), patience: PATIENCE }
    }

    /// How many times as long as their limits say guests may take.
    pub(crate) fn patience(&self) -> u64 {
        self.patience
    }

    /// Where code for running is made.
    pub(crate) fn running(&self) -> &Workshop {
        &self.shared.running
    }

    /// Where code for configuring is made. It runs [`apart`](Self::apart).
    pub(crate) fn configuring(&self) -> &Workshop {
        &self.shared.configuring
    }

    /// Works on a thread whose stack is large enough for code that is made for configuring, and waits for it.
    ///
    /// # Errors
    ///
    /// When the machine has no thread to give.
    pub(crate) fn apart<R: Send>(&self, work: impl FnOnce() -> R + Send) -> std::io::Result<R> {
        std::thread::scope(|scope| {
            let thread = std::thread::Builder::new().stack_size(CONFIGURING_THREAD_BYTES);
            let thread = thread.name("leadsman-configuring".to_owned()).spawn_scoped(scope, work)?;
            Ok(thread.join().unwrap_or_else(|panicked| resume_unwind(panicked)))
        })
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
        // Wasmtime copies between the parts of a component that is made of several, as those with QuickJS are, in
        // modules that know both memories. All of them together are held to the limit of the instance.
        .wasm_multi_memory(true)
        .wasm_relaxed_simd(false)
        .consume_fuel(true)
        .epoch_interruption(true)
        .cranelift_nan_canonicalization(true)
        .max_wasm_stack(STACK_BYTES_MAX);
    config
}

/// Places for every guest to be as large in parts as any may be: CPython is 14 modules, QuickJS has two memories.
fn pool() -> PoolingAllocationConfig {
    let mut pool = PoolingAllocationConfig::new();
    pool.pagemap_scan(Enabled::Auto)
        .max_unused_warm_slots(100)
        .linear_memory_keep_resident(512 << 10)
        .table_keep_resident(64 << 10)
        .max_memory_size(MEMORY_BYTES_MAX)
        .table_elements(10_000)
        .total_component_instances(SLOTS)
        .total_core_instances(SLOTS * 16)
        .total_memories(SLOTS * 2)
        .total_tables(SLOTS * 2)
        // Nothing waits in a guest, so none needs a stack of its own.
        .total_stacks(0)
        .max_core_instances_per_component(16)
        .max_memories_per_component(2)
        .max_tables_per_component(4);
    pool
}

/// Ticks the engines' epochs from a thread of its own for as long as they live.
fn start_ticking(engines: [EngineWeak; 2]) -> Result<(), SandboxError> {
    let tick = move || {
        while let [Some(one), Some(other)] = engines.each_ref().map(EngineWeak::upgrade) {
            one.increment_epoch();
            other.increment_epoch();
            drop((one, other));
            std::thread::sleep(Duration::from_millis(TICK_MS));
        }
    };
    std::thread::Builder::new()
        .name("leadsman-epoch".to_owned())
        .spawn(tick)
        .map(|_| ())
        .map_err(|cause| SandboxError(cause.to_string()))
}
