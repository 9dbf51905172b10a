//! Components from outside are looked at in a process of its own, with limits on its time and memory: a
//! compiler can be made to take long and much, and Wasmtime does not treat that as a defect.
//!
//! The process is this program again, run as `leadsman plugin examine`. It reads an [`Order`] and the
//! component from its standard input, and answers on its standard output. The code that it compiles stays
//! in the cache, sealed, so that what was compiled here is not compiled again where leads are served.

use std::io::{Read as _, Write as _};
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use leadsman_domain::limits::Limits;
use leadsman_domain::policy::Policy;
use leadsman_flow::digest_of;
use leadsman_rules::{ConfigurationProblem, PrepareError, Report, inspect};
use rustix::process::{Resource, Rlimit, nice, setrlimit};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::exit::Exit;
use crate::installation;
use crate::ready::Readying;

/// Processor time that an examination may take, in seconds, all threads together. A Python component of
/// 18 MB takes half of it.
const CPU_SECONDS_MAX: u64 = 60;

/// Memory that an examination may write to, in bytes.
const MEMORY_BYTES_MAX: u64 = 2 << 30;

/// How long an examination may take: it is the last to get a processor.
const WAIT_MAX: Duration = Duration::from_secs(300);

/// This program, even if its file was replaced since.
const THIS_PROGRAM: &str = "/proc/self/exe";

/// How an examination exits that took longer than [`WAIT_MAX`].
const TOO_LONG: i32 = 124;

/// Signals that end a process: by itself, by force, and because it took too much processor time.
const ABORTED: i32 = 6;
const KILLED: i32 = 9;
const OUT_OF_TIME: i32 = 24;

/// What is to be done with the components that follow.
#[derive(Serialize, Deserialize)]
enum Order {
    /// One is looked at.
    Look { configuration: Value, limits: Limits },
    /// They are made ready for a policy; so many bytes each, in the order of `Policy::sources`.
    Ready { policy: Box<Policy>, bytes: Vec<usize> },
}

/// Why a component may not come in.
#[derive(Debug, Clone, Serialize, Deserialize, thiserror::Error)]
#[error("{sentence}")]
pub struct Refused {
    /// The cause and the remedy.
    pub sentence: String,
    /// What the plugin does not like about its configuration.
    pub problems: Vec<ConfigurationProblem>,
}

impl Refused {
    fn of(sentence: impl Into<String>) -> Self {
        Self { sentence: sentence.into(), problems: Vec::new() }
    }
}

impl From<PrepareError> for Refused {
    fn from(error: PrepareError) -> Self {
        let sentence = error.to_string();
        match error {
            PrepareError::Configuration(problems) => Self { sentence, problems },
            PrepareError::Refused(_) | PrepareError::Broke(_) => Self::of(sentence),
        }
    }
}

/// Looks at a component, in a process of its own; one at a time.
///
/// # Errors
///
/// When it may not come in, breaks, or takes more than an examination may; or when the process cannot be
/// run.
pub fn component(bytes: &[u8], configuration: &Value, limits: &Limits) -> Result<Report, Refused> {
    if bytes.len() > limits.component_bytes {
        let most = limits.component_bytes;
        return Err(Refused::of(format!(
            "the component has {} bytes; at most {most} are taken",
            bytes.len()
        )));
    }
    let order = Order::Look { configuration: configuration.clone(), limits: *limits };
    serde_json::from_slice::<Result<Report, Refused>>(&ordered(&order, &[bytes])?)
        .map_err(|cause| Refused::of(format!("the examination gave no answer: {cause}")))?
}

/// Makes a policy's components ready in a process of its own, so that their code lies in the cache. What is
/// wrong with them is found again where they are made ready to decide.
///
/// # Errors
///
/// When that takes more than it may; or when the process cannot be run.
pub fn policy(policy: &Policy, components: &[Vec<u8>]) -> Result<(), Refused> {
    let bytes = components.iter().map(Vec::len).collect();
    let order = Order::Ready { policy: Box::new(policy.clone()), bytes };
    let components: Vec<&[u8]> = components.iter().map(Vec::as_slice).collect();
    ordered(&order, &components).map(drop)
}

/// Gives an order with its components, and takes the answer.
fn ordered(order: &Order, components: &[&[u8]]) -> Result<Vec<u8>, Refused> {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let (status, answer) =
        run(order, components).map_err(|cause| Refused::of(format!("it cannot be examined now: {cause}")))?;
    if status.success() { Ok(answer) } else { Err(Refused::of(ended(status))) }
}

fn run(order: &Order, components: &[&[u8]]) -> std::io::Result<(ExitStatus, Vec<u8>)> {
    let mut child = Command::new(THIS_PROGRAM)
        .args(["plugin", "examine"])
        // An arena that is reserved at once would count as memory that is written to.
        .env("MIMALLOC_ARENA_EAGER_COMMIT", "0")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let mut input = child.stdin.take().ok_or_else(|| std::io::Error::other("it takes no input"))?;
    let mut line = serde_json::to_vec(order)?;
    line.push(b'\n');
    // A child that ended early says why by how it ended.
    let mut all = std::iter::once(line.as_slice()).chain(components.iter().copied());
    let _ = all.try_for_each(|bytes| input.write_all(bytes));
    drop(input);
    let output = child.wait_with_output()?;
    Ok((output.status, output.stdout))
}

/// What is wrong with a component whose examination ended before its answer.
fn ended(status: ExitStatus) -> String {
    let took = match (status.signal(), status.code()) {
        (Some(OUT_OF_TIME | KILLED), _) => format!("{CPU_SECONDS_MAX} s of processor time"),
        (Some(ABORTED), _) => format!("{} MiB of memory", MEMORY_BYTES_MAX >> 20),
        (_, Some(TOO_LONG)) => format!("{} s", WAIT_MAX.as_secs()),
        _ => return format!("the component's examination broke off ({status})"),
    };
    format!(
        "to compile and try the component took more than {took}; make its functions smaller, and build it \
         with `opt-level = \"s\"`"
    )
}

/// What the process does that looks at a component.
///
/// # Errors
///
/// When it cannot limit itself, or its input cannot be read.
pub fn answer() -> Result<(), Exit> {
    limit_this_process()?;
    let mut input = Vec::new();
    std::io::stdin().lock().read_to_end(&mut input)?;
    let end = input.iter().position(|byte| *byte == b'\n').unwrap_or(input.len());
    let (line, bytes) = input.split_at(end);
    let mut bytes = bytes.get(1..).unwrap_or_default();
    match serde_json::from_slice(line)? {
        Order::Look { configuration, limits } => {
            let report = inspect(&installation::sandbox()?, bytes, &configuration, &limits);
            serde_json::to_writer(std::io::stdout().lock(), &report.map_err(Refused::from))?;
        }
        Order::Ready { policy, bytes: lengths } => {
            let mut components = Vec::with_capacity(lengths.len());
            for length in lengths {
                let (component, rest) = bytes.split_at_checked(length).unwrap_or((bytes, &[]));
                components.push(component.to_vec());
                bytes = rest;
            }
            let digest = digest_of(&policy, &components)?;
            // What is wrong with it is told where it is made ready to decide.
            let _ = Readying::new()?.policy(digest, &policy, &components);
        }
    }
    Ok(())
}

fn limit_this_process() -> std::io::Result<()> {
    let at_most = |most| Rlimit { current: Some(most), maximum: Some(most) };
    setrlimit(Resource::Core, at_most(0))?;
    setrlimit(Resource::Cpu, at_most(CPU_SECONDS_MAX))?;
    // Not the address space: the pool of memories takes much of it and writes to little.
    setrlimit(Resource::Data, at_most(MEMORY_BYTES_MAX))?;
    // Leads are served first. It may be refused, and then nothing is lost.
    let _ = nice(10);
    let watch = || {
        std::thread::sleep(WAIT_MAX);
        std::process::exit(TOO_LONG);
    };
    std::thread::Builder::new().spawn(watch).map(drop)
}
