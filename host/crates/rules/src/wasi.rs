//! The inert WASI: what a `wasm32-wasip2` guest imports whether it needs it or not, and nothing that
//! could reach out of the sandbox, wait, or make two runs differ.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::SeedableRng;
use wasmtime::component::Linker;
use wasmtime_wasi::cli::{IsTerminal, StdoutStream};
use wasmtime_wasi::p2::{OutputStream, Pollable, StreamResult};
use wasmtime_wasi::{HostMonotonicClock, HostWallClock, WasiCtx};

use crate::state::{GuestState, Log, Occasion};

/// Nanoseconds of one millisecond.
const MILLISECOND_NS: u64 = 1_000_000;

/// Interfaces of WASI that a guest may import. All the others are refused at admission, but for [`SOCKETS`].
pub(crate) const ALLOWED: [&str; 14] = [
    "wasi:cli/environment",
    "wasi:cli/exit",
    "wasi:cli/stderr",
    "wasi:cli/stdin",
    "wasi:cli/stdout",
    "wasi:cli/terminal-input",
    "wasi:cli/terminal-output",
    "wasi:cli/terminal-stderr",
    "wasi:cli/terminal-stdin",
    "wasi:cli/terminal-stdout",
    "wasi:clocks/",
    "wasi:filesystem/",
    "wasi:io/",
    "wasi:random/",
];

/// What the C library of an interpreter imports whether it needs it or not. Nothing can be had from it.
pub(crate) const SOCKETS: &str = "wasi:sockets/";

/// Functions that are traps, each with what is said about it. A guest that sleeps would hold a thread that no
/// limit frees; without these of `wasi:sockets` there is no socket, no network and no address.
const TRAPS: [(&str, &str, &str); 6] = [
    ("wasi:io/poll@0.2.12", "poll", "a plugin may not wait"),
    ("wasi:io/poll@0.2.12", "[method]pollable.block", "a plugin may not wait"),
    ("wasi:sockets/instance-network@0.2.12", "instance-network", "a plugin has no network"),
    ("wasi:sockets/ip-name-lookup@0.2.12", "resolve-addresses", "a plugin has no network"),
    ("wasi:sockets/tcp-create-socket@0.2.12", "create-tcp-socket", "a plugin has no network"),
    ("wasi:sockets/udp-create-socket@0.2.12", "create-udp-socket", "a plugin has no network"),
];

/// Links WASI, with traps where a guest could wait or reach out.
pub(crate) fn link(linker: &mut Linker<GuestState>) -> wasmtime::Result<()> {
    wasmtime_wasi::p2::add_to_linker_sync(linker)?;
    linker.allow_shadowing(true);
    for (interface, function, sentence) in TRAPS {
        let mut interface = linker.instance(interface)?;
        interface.func_new(function, move |_, _, _, _| Err(wasmtime::Error::msg(sentence)))?;
    }
    linker.allow_shadowing(false);
    Ok(())
}

/// WASI for one instance: no files, arguments, environment or input; the clock stands at the moment
/// of the decision; randomness follows from the decision; output goes to the log.
pub(crate) fn inert(occasion: Occasion, log: &Arc<Mutex<Log>>) -> WasiCtx {
    let seed = *occasion.seed.as_bytes();
    let clock = StandingClock { ms: u64::try_from(occasion.now.as_ms()).unwrap_or(0) };
    let mut half = [0; 16];
    half.copy_from_slice(&seed[..16]);
    WasiCtx::builder()
        .stdout(LogStream(Arc::clone(log)))
        .stderr(LogStream(Arc::clone(log)))
        .wall_clock(clock)
        .monotonic_clock(clock)
        .secure_random(ChaCha12Rng::from_seed(seed))
        .insecure_random(ChaCha12Rng::from_seed(seed))
        .insecure_random_seed(u128::from_le_bytes(half))
        .max_random_size(64 << 10)
        .build()
}

/// A clock that does not go.
#[derive(Clone, Copy)]
struct StandingClock {
    ms: u64,
}

impl HostWallClock for StandingClock {
    fn resolution(&self) -> Duration {
        Duration::from_millis(1)
    }

    fn now(&self) -> Duration {
        Duration::from_millis(self.ms)
    }
}

impl HostMonotonicClock for StandingClock {
    fn resolution(&self) -> u64 {
        MILLISECOND_NS
    }

    fn now(&self) -> u64 {
        self.ms.saturating_mul(MILLISECOND_NS)
    }
}

/// Standard output and error: the capped log.
#[derive(Clone)]
struct LogStream(Arc<Mutex<Log>>);

impl IsTerminal for LogStream {
    fn is_terminal(&self) -> bool {
        false
    }
}

impl StdoutStream for LogStream {
    fn async_stream(&self) -> Box<dyn tokio::io::AsyncWrite + Send + Sync> {
        Box::new(tokio::io::sink())
    }

    fn p2_stream(&self) -> Box<dyn OutputStream> {
        Box::new(self.clone())
    }
}

#[wasmtime_wasi::async_trait]
impl Pollable for LogStream {
    async fn ready(&mut self) {}
}

#[wasmtime_wasi::async_trait]
impl OutputStream for LogStream {
    fn write(&mut self, bytes: bytes::Bytes) -> StreamResult<()> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).write(&bytes);
        Ok(())
    }

    fn flush(&mut self) -> StreamResult<()> {
        Ok(())
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        Ok(4096)
    }
}
