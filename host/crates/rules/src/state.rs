//! What the host keeps for one instance: its limits as they are used up, its lists and calendars, its
//! log, and its inert WASI once it asks for it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use leadsman_domain::limits::Limits;
use leadsman_domain::policy::Calendar;
use leadsman_domain::{Digest, Timestamp};
use wasmtime::ResourceLimiter;
use wasmtime::component::ResourceTable;
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};

use crate::allowance::Allowance;
use crate::lists::ListLibrary;
use crate::wasi;

/// Most elements of all tables of an instance together.
const TABLE_ELEMENTS_MAX: usize = 10_000;

/// Handles (of streams and the like) that a guest may hold at one time.
const HANDLES_MAX: usize = 64;

/// What the guest's imports read.
#[derive(Clone, Default)]
pub(crate) struct Library {
    pub lists: Arc<ListLibrary>,
    pub calendars: Arc<BTreeMap<String, Calendar>>,
}

/// What makes two runs of a decision alike: its moment, and the seed of all randomness.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Occasion {
    pub now: Timestamp,
    pub seed: Digest,
}

impl Occasion {
    /// The occasion of everything that must not depend on a lead: describing and configuring.
    pub(crate) fn none() -> Self {
        Self { now: Timestamp::default(), seed: Digest::of(b"") }
    }

    /// The occasion of a decision about a lead.
    pub(crate) fn of(lead: &str, now: Timestamp) -> Self {
        Self { now, seed: Digest::of_parts([lead.as_bytes(), &now.as_ms().to_le_bytes()]) }
    }
}

/// The data of an instance's store.
pub(crate) struct GuestState {
    pub library: Library,
    pub occasion: Occasion,
    /// The time of the call.
    pub allowance: Allowance,
    limits: Limits,
    memory_bytes: usize,
    table_elements: usize,
    /// Whether the guest was refused memory or table space, which explains the trap that follows.
    pub refused_memory: bool,
    log: Arc<Mutex<Log>>,
    wasi: Option<Box<(WasiCtx, ResourceTable)>>,
}

impl GuestState {
    pub(crate) fn new(library: Library, limits: Limits, occasion: Occasion) -> Self {
        let log =
            Arc::new(Mutex::new(Log { bytes: Vec::new(), bytes_max: limits.log_bytes, truncated: false }));
        Self {
            library,
            occasion,
            allowance: Allowance::of_ms(limits.time_ms),
            limits,
            memory_bytes: 0,
            table_elements: 0,
            refused_memory: false,
            log,
            wasi: None,
        }
    }

    /// The memory of the instance, in bytes.
    pub(crate) fn memory_bytes(&self) -> usize {
        self.memory_bytes
    }

    /// What the guest wrote to its standard output and error so far.
    pub(crate) fn log(&self) -> String {
        self.log.lock().unwrap_or_else(PoisonError::into_inner).text()
    }
}

impl ResourceLimiter for GuestState {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        let after = self.memory_bytes.saturating_add(desired.saturating_sub(current));
        let fits = after <= self.limits.memory_bytes;
        if fits {
            self.memory_bytes = after;
        } else {
            self.refused_memory = true;
        }
        Ok(fits)
    }

    fn table_growing(
        &mut self,
        current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        let after = self.table_elements.saturating_add(desired.saturating_sub(current));
        let fits = after <= TABLE_ELEMENTS_MAX;
        if fits {
            self.table_elements = after;
        } else {
            self.refused_memory = true;
        }
        Ok(fits)
    }

    fn instances(&self) -> usize {
        16
    }

    fn memories(&self) -> usize {
        2
    }

    fn tables(&self) -> usize {
        4
    }
}

/// Most guests never call WASI, so it is made when first asked for.
impl WasiView for GuestState {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        let (occasion, log) = (self.occasion, &self.log);
        let made = self.wasi.get_or_insert_with(|| {
            let mut table = ResourceTable::new();
            table.set_max_capacity(HANDLES_MAX);
            Box::new((wasi::inert(occasion, log), table))
        });
        WasiCtxView { ctx: &mut made.0, table: &mut made.1 }
    }
}

/// What a guest wrote, up to a limit.
pub(crate) struct Log {
    bytes: Vec<u8>,
    bytes_max: usize,
    truncated: bool,
}

impl Log {
    pub(crate) fn write(&mut self, bytes: &[u8]) {
        let room = self.bytes_max.saturating_sub(self.bytes.len());
        self.truncated |= bytes.len() > room;
        self.bytes.extend_from_slice(&bytes[..bytes.len().min(room)]);
    }

    /// The log as text: control characters escaped, with a mark where it was cut.
    fn text(&self) -> String {
        let mut text = String::with_capacity(self.bytes.len());
        for character in String::from_utf8_lossy(&self.bytes).chars() {
            if character == '\n' || !character.is_control() {
                text.push(character);
            } else {
                text.extend(character.escape_default());
            }
        }
        if self.truncated {
            text.push_str("\n[truncated]");
        }
        text
    }
}
