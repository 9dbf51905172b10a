//! One running instance: opened fresh, limited, called, measured, thrown away.

use leadsman_domain::PoolId;
use leadsman_domain::attribution::{Conversion, Touch};
use leadsman_domain::follow_up::NextSteps;
use leadsman_domain::lead::Lead;
use leadsman_domain::limits::Limits;
use leadsman_domain::routing::Proposal;
use leadsman_domain::ruling::{Fault, FaultClass, Ruling};
use leadsman_domain::scoring::Contribution;
use leadsman_domain::screening::Verdict;
use leadsman_flow::rules::{Case, Inquiry};
use wasmtime::{FrameInfo, Store, WasmBacktrace};

use crate::allowance::{Allowance, ticks};
use crate::convert::Loaded;
use crate::fault::classify;
use crate::introduction::Terms;
use crate::plugin::Plugin;
use crate::sandbox::Slot;
use crate::state::{GuestState, Occasion};
use crate::workshop::Workshop;

/// A batch may take this many times as long as one lead at most, however many leads it has.
const BATCH_TIME_FACTOR_MAX: u64 = 40;

/// An instance of a plugin, configured and ready to be called.
pub struct Instance<'a> {
    plugin: &'a Plugin,
    store: Store<GuestState>,
    loaded: Loaded<'a>,
    /// Less fuel for a call than its limits say, to see where it is when that runs out.
    starved: Option<u64>,
    /// The functions in which the last failed call ended, innermost first, if that is noted.
    ended_in: Vec<String>,
    // Dropped after the store, which gives its memory back to the pool first.
    _slot: Slot,
}

impl<'a> Instance<'a> {
    /// Opens a fresh instance for an occasion.
    pub(crate) fn open(plugin: &'a Plugin, occasion: Occasion) -> Result<Self, Fault> {
        let slot = plugin.sandbox().take_slot();
        let code = plugin.code();
        let state = GuestState::new(plugin.library().clone(), *plugin.limits(), occasion);
        let mut store = new_store(plugin.sandbox().running(), state);
        let limits = if code.configured { *plugin.limits() } else { while_configuring(plugin.limits()) };
        refill(&mut store, &limits, plugin.sandbox().patience())
            .and_then(|()| code.linked.instantiate(&mut store))
            .map_err(|cause| instantiation_fault(&cause, &store, &limits))
            .and_then(|instance| {
                let loaded = Loaded { exports: &code.exports, instance, limits: plugin.limits() };
                let mut opened =
                    Self { plugin, store, loaded, starved: None, ended_in: Vec::new(), _slot: slot };
                if !code.configured {
                    opened.configure()?;
                }
                Ok(opened)
            })
    }

    fn configure(&mut self) -> Result<(), Fault> {
        match self.loaded.configure(&mut self.store, self.plugin.configuration()) {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(_)) => Err(Fault::new(
                FaultClass::Internal,
                "the plugin refused a configuration that it had taken before",
            )),
            Err(cause) => Err(classify(&cause, self.store.data(), &while_configuring(self.plugin.limits()))),
        }
    }

    /// Screens leads in one call.
    pub fn screen(&mut self, cases: &[Case<'_>]) -> Ruling<Vec<Result<Verdict, Fault>>> {
        let readings = self.plugin.readings();
        self.call(cases.len(), |loaded, store| loaded.screen(store, readings, cases))
    }

    /// Scores leads in one call.
    pub fn score(&mut self, cases: &[Case<'_>]) -> Ruling<Vec<Result<Vec<Contribution>, Fault>>> {
        let readings = self.plugin.readings();
        self.call(cases.len(), |loaded, store| loaded.score(store, readings, cases))
    }

    /// Asks a routing question.
    pub fn route(&mut self, inquiry: &Inquiry<'_>) -> Ruling<Proposal> {
        let readings = self.plugin.readings();
        self.call(1, |loaded, store| loaded.route(store, readings, inquiry))
    }

    /// Reviews a lead.
    pub fn review(&mut self, case: Case<'_>, pools: &[PoolId]) -> Ruling<NextSteps> {
        let (readings, name) = (self.plugin.readings(), &self.plugin.stamp().name);
        self.call(1, |loaded, store| loaded.review(store, readings, case, pools, name))
    }

    /// Weighs touches.
    pub fn credit(&mut self, lead: &Lead, conversion: &Conversion, touches: &[Touch]) -> Ruling<Vec<f64>> {
        self.call(1, |loaded, store| loaded.credit(store, lead, conversion, touches))
    }

    /// Gives every call from now on so much fuel at most.
    pub(crate) fn starve(&mut self, fuel: u64) {
        self.starved = Some(fuel);
    }

    /// The functions in which the last failed call ended, innermost first, if the sandbox notes that.
    pub(crate) fn ended_in(self) -> Vec<String> {
        self.ended_in
    }

    /// The memory that it has, in bytes.
    pub(crate) fn memory_bytes(&self) -> usize {
        self.store.data().memory_bytes()
    }

    /// What the guest wrote to its standard output and error.
    #[must_use]
    pub fn log(&self) -> String {
        self.store.data().log()
    }

    fn call<T>(
        &mut self,
        leads: usize,
        call: impl FnOnce(&Loaded<'_>, &mut Store<GuestState>) -> wasmtime::Result<Result<T, Fault>>,
    ) -> Ruling<T> {
        let limits = self.plugin.limits();
        // All leads of a batch share the fuel and data of one, so that no lead gets an answer in company
        // that it would not get alone.
        let time = (leads as u64).clamp(1, BATCH_TIME_FACTOR_MAX) * self.plugin.sandbox().patience();
        let filled = refill(&mut self.store, limits, time);
        let filled = match self.starved {
            Some(fuel) => filled.and_then(|()| self.store.set_fuel(fuel)),
            None => filled,
        };
        let before = self.store.get_fuel().unwrap_or(0);
        let outcome = filled.and_then(|()| call(&self.loaded, &mut self.store));
        let fuel = before.saturating_sub(self.store.get_fuel().unwrap_or(0));
        let outcome = outcome.unwrap_or_else(|cause| {
            self.ended_in = functions(&cause);
            Err(classify(&cause, self.store.data(), limits))
        });
        let log = Some(self.log()).filter(|log| !log.is_empty()).map(String::into_boxed_str);
        Ruling { outcome, fuel, log }
    }
}

/// The functions in which a call ended, innermost first; none unless the sandbox notes them.
fn functions(cause: &wasmtime::Error) -> Vec<String> {
    let Some(trace) = cause.downcast_ref::<WasmBacktrace>() else { return Vec::new() };
    let name = |frame: &FrameInfo| match frame.func_name() {
        Some(name) => format!("{:#}", rustc_demangle::demangle(name)),
        None => format!("function {}", frame.func_index()),
    };
    trace.frames().iter().map(name).collect()
}

/// A store with room to describe and configure.
pub(crate) fn configuring_store(
    workshop: &Workshop,
    terms: &Terms<'_>,
) -> wasmtime::Result<Store<GuestState>> {
    let state = GuestState::new(terms.library.clone(), *terms.limits, Occasion::none());
    let mut store = new_store(workshop, state);
    refill(&mut store, &while_configuring(terms.limits), 1)?;
    store.set_hostcall_fuel(16 << 20);
    Ok(store)
}

/// Lifts the limits of a store in which only the host's own code runs from now on.
pub(crate) fn lift_limits(store: &mut Store<GuestState>) -> wasmtime::Result<()> {
    store.set_fuel(u64::MAX)?;
    store.set_epoch_deadline(u64::from(u32::MAX));
    store.set_hostcall_fuel(128 << 20);
    Ok(())
}

fn new_store(workshop: &Workshop, state: GuestState) -> Store<GuestState> {
    let mut store = Store::new(workshop.engine(), state);
    store.limiter(|state| state);
    store.epoch_deadline_callback(|guest| Ok(guest.data().allowance.check()));
    store
}

/// What describing and configuring may use up: ten times the fuel and the time of a call, since both parse text.
pub(crate) fn while_configuring(limits: &Limits) -> Limits {
    let (fuel, time_ms) = (limits.fuel.saturating_mul(10), limits.time_ms.saturating_mul(10));
    Limits { fuel, time_ms, ..*limits }
}

/// Fills up fuel, time and data for a call: so many times the time that the limits say.
fn refill(store: &mut Store<GuestState>, limits: &Limits, time: u64) -> wasmtime::Result<()> {
    store.set_fuel(limits.fuel)?;
    let ms = limits.time_ms.saturating_mul(time);
    store.data_mut().allowance = Allowance::of_ms(ms);
    store.set_epoch_deadline(ticks(ms));
    store.set_hostcall_fuel(limits.host_call_bytes.max(limits.output_bytes));
    Ok(())
}

/// An instantiation fails by the guest's start function, by its limits, or by the host's.
fn instantiation_fault(cause: &wasmtime::Error, store: &Store<GuestState>, limits: &Limits) -> Fault {
    if cause.is::<wasmtime::Trap>() || store.data().refused_memory {
        classify(cause, store.data(), limits)
    } else {
        Fault::new(FaultClass::Host, format!("the plugin could not be started: {cause:#}"))
    }
}
