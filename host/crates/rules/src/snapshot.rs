//! Snapshots: a component whose memory is already configured, so that a fresh instance starts where
//! `configure` ended.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use wasmtime::Store;
use wasmtime::component::{Instance, InstancePre, Lift, WasmList};
use wasmtime_wizer::{ComponentInstanceState, Wizer};

use crate::convert::Exports;
use crate::instance;
use crate::introduction::{Introduction, Terms, introduce};
use crate::plugin::PrepareError;
use crate::sandbox::Sandbox;
use crate::state::GuestState;

/// A component that has been asked who it is and has taken its configuration.
pub(crate) struct Frozen {
    pub introduction: Introduction,
    pub linked: InstancePre<GuestState>,
}

/// Asks a component who it is, configures it and freezes it.
///
/// # Errors
///
/// When the component has a shape that cannot be frozen (nested modules, for example). The caller
/// configures each instance instead. The inner error is the component's own: it broke, or it refuses
/// its configuration.
pub(crate) fn freeze(
    sandbox: &Sandbox,
    bytes: &[u8],
    terms: &Terms<'_>,
) -> wasmtime::Result<Result<Frozen, PrepareError>> {
    let wizer = Wizer::new();
    let (context, instrumented) = wizer.instrument_component(bytes)?;
    let workshop = sandbox.configuring();
    let linked = workshop.link(&workshop.compile_shared(&instrumented)?)?;
    let exports = Exports::find(&linked)?;
    let _slot = sandbox.take_slot();
    let mut store = instance::configuring_store(workshop, terms)?;
    let (instance, introduction) = match introduce(&mut store, &linked, &exports, terms) {
        Ok(introduced) => introduced,
        Err(refused) => return Ok(Err(refused)),
    };
    instance::lift_limits(&mut store)?;
    let mut source = Source { store: &mut store, instance };
    let snapshot = ready(wizer.snapshot_component(&context, &mut source))??;
    let workshop = sandbox.running();
    Ok(Ok(Frozen { introduction, linked: workshop.link(&workshop.compile(&snapshot)?)? }))
}

/// Runs a future that never waits.
fn ready<T>(future: impl Future<Output = T>) -> wasmtime::Result<T> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => Ok(value),
        Poll::Pending => Err(wasmtime::Error::msg("the snapshot waited for something")),
    }
}

/// What the snapshot is taken from. Wizer's own adapter calls asynchronously; here nothing waits.
struct Source<'a> {
    store: &'a mut Store<GuestState>,
    instance: Instance,
}

impl Source<'_> {
    /// Calls one of the accessors that instrumentation added.
    #[expect(clippy::panic, reason = "the accessors are the instrumentation's own and cannot fail")]
    fn access<R: Lift + 'static>(&mut self, instance: &str, function: &str) -> R {
        let result = (|| -> wasmtime::Result<R> {
            let missing = || wasmtime::Error::msg("accessor missing");
            let (_, parent) =
                self.instance.get_export(&mut *self.store, None, instance).ok_or_else(missing)?;
            let (_, child) =
                self.instance.get_export(&mut *self.store, Some(&parent), function).ok_or_else(missing)?;
            let accessor = self.instance.get_typed_func::<(), (R,)>(&mut *self.store, child)?;
            Ok(accessor.call(&mut *self.store, ())?.0)
        })();
        result.unwrap_or_else(|cause| panic!("snapshot accessor {instance}#{function}: {cause:#}"))
    }
}

impl ComponentInstanceState for Source<'_> {
    async fn call_func_ret_list_u8(
        &mut self,
        instance: &str,
        function: &str,
        contents: impl FnOnce(&[u8]) + Send,
    ) {
        let list: WasmList<u8> = self.access(instance, function);
        contents(list.as_le_slice(&*self.store));
    }

    async fn call_func_ret_s32(&mut self, instance: &str, function: &str) -> i32 {
        self.access(instance, function)
    }

    async fn call_func_ret_s64(&mut self, instance: &str, function: &str) -> i64 {
        self.access(instance, function)
    }

    async fn call_func_ret_f32(&mut self, instance: &str, function: &str) -> u32 {
        self.access::<f32>(instance, function).to_bits()
    }

    async fn call_func_ret_f64(&mut self, instance: &str, function: &str) -> u64 {
        self.access::<f64>(instance, function).to_bits()
    }
}
