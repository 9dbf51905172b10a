//! The command line: one verb, one file.

mod attribute;
mod backtest;
mod bench;
mod build;
mod campaign;
mod check;
mod contact;
mod demo;
mod doctor;
mod explain;
mod fixture;
mod form;
mod new;
mod pack;
mod plugin;
mod policy;
mod rebuild;
mod replay;
mod report;
mod run;
mod serve;
mod simulate;
mod summary;
mod test;
mod token;
mod top;
mod train;
mod trial;
mod webhook;
mod wit_compat;

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use leadsman_domain::TenantId;
use leadsman_flow::Warrant;
use tracing_subscriber::EnvFilter;

use crate::exit::Exit;
use crate::project::Project;
use crate::remote::{self, Remote};
use crate::{clock, exit};

/// A rules engine for sales leads: every decision about a lead is taken by a WebAssembly component
/// that can be replaced, in a sandbox, while the system runs.
#[derive(Parser)]
#[command(name = "leadsman", version, after_help = EXIT_CODES)]
struct Leadsman {
    #[command(subcommand)]
    verb: Verb,
}

const EXIT_CODES: &str = "Exit codes: 0 ok, 1 failed, 2 usage, 3 policy has problems, 4 input cannot be read, \
                          5 data folder held by another process, 6 data damaged, 7 not found, \
                          8 a replay differs, 9 too little to learn from, 10 cases failed, 11 a tool is missing, \
                          12 a plugin's source has errors, 13 a pack was altered, is not trusted or was not accepted, \
                          14 a contract breaks components";

#[derive(Subcommand)]
enum Verb {
    /// Generates leads, takes them through every stage and reports.
    Demo(demo::Demo),
    /// Takes a CSV file of leads through a policy.
    Run(run::Run),
    /// Begins a plugin of your own.
    New(new::New),
    /// Makes the component of a project.
    Build(build::Build),
    /// Says of a project what would be said of it at upload.
    Check(check::Check),
    /// Tells a project's cases in the real sandbox, and compares.
    Test(test::Test),
    /// Makes a case out of what a journal tells of a lead.
    Fixture(fixture::Fixture),
    /// Measures what calls of a project's plugin take, and where its fuel goes.
    Bench(bench::Bench),
    /// Says whether a change of the contracts breaks components.
    WitCompat(wit_compat::WitCompat),
    /// Answers HTTP for many tenants.
    Serve(serve::Serve),
    /// Tells why a lead is where it is: every decision, its reasons, and who was not chosen and why.
    Explain(explain::Explain),
    /// Tells where the leads are.
    Summary(summary::Summary),
    /// Shows the facts that intake derives from contact data.
    Contact(contact::Contact),
    /// Looks at plugins.
    #[command(subcommand)]
    Plugin(plugin::Plugin),
    /// Makes, checks, installs, upgrades and publishes packs: a policy's folder in one signed file.
    #[command(subcommand)]
    Pack(pack::Pack),
    /// Checks, compares, freezes, activates and rolls back policies.
    #[command(subcommand)]
    Policy(policy::Policy),
    /// Tries a candidate revision on a running server: in the shadow, or as a canary.
    #[command(subcommand)]
    Trial(trial::Trial),
    /// Shows what a running server is busy with.
    Top(top::Top),
    /// Takes what was told of leads through a candidate revision again, and compares.
    Backtest(backtest::Backtest),
    /// Runs a team through simulated weeks under a policy, or under two side by side.
    Simulate(simulate::Simulate),
    /// Tells what reps made of their leads, and how far leads came.
    #[command(subcommand)]
    Report(report::Report),
    /// Says what campaigns cost, and how they belong together.
    #[command(subcommand)]
    Campaign(campaign::Campaign),
    /// Tells which channels earned the conversions of many journeys, by whatever model.
    Attribute(attribute::Attribute),
    /// Learns from a file of leads which of them convert: a model, a report on it and a policy that uses it.
    Train(train::Train),
    /// Takes journalled decisions again and compares them, to the last byte.
    Replay(replay::Replay),
    /// Issues, lists and revokes access tokens.
    #[command(subcommand)]
    Token(token::Token),
    /// Registers systems that are told what happens, and looks after what they were not told.
    #[command(subcommand)]
    Webhook(webhook::Webhook),
    /// Checks a data folder: every checksum, every blob, and every lead against its journal.
    Doctor(doctor::Doctor),
    /// Makes a data folder's state anew from its log.
    Rebuild(rebuild::Rebuild),
}

/// The data folder and the tenant in it.
#[derive(Args)]
struct Data {
    /// The data folder.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// The tenant.
    #[arg(long, default_value = "default")]
    tenant: TenantId,
}

/// Where a tenant's records are: in a data folder that no server holds, or on a running server.
#[derive(Args)]
struct Place {
    /// The data folder, if no server holds it.
    #[arg(long, value_name = "DIR", required_unless_present = "server")]
    data: Option<PathBuf>,
    /// The tenant in the data folder.
    #[arg(long, default_value = "default")]
    tenant: TenantId,
    #[arg(long, value_name = "URL", help = remote::ADDRESS_HELP, conflicts_with_all = ["data", "tenant"])]
    server: Option<String>,
}

/// What an author works on: a policy's folder, with the source of a plugin or without.
#[derive(Args)]
struct Authored {
    /// The project's folder, or that of any policy.
    #[arg(value_name = "DIR", default_value = ".")]
    project: PathBuf,
    /// Take the component as it is.
    #[arg(long)]
    no_build: bool,
}

impl Authored {
    /// The folder, once its component is made.
    fn built(&self) -> Result<&Path, Exit> {
        if !self.no_build {
            Project::build_in(&self.project)?;
        }
        Ok(&self.project)
    }
}

/// One of the two, found.
enum At {
    Folder(Data),
    Server(Remote),
}

impl Place {
    fn at(&self) -> Result<At, Exit> {
        match (&self.server, &self.data) {
            (Some(address), _) => Ok(At::Server(Remote::at(address)?)),
            (None, data) => {
                let data = data.clone().unwrap_or_default();
                Ok(At::Folder(Data { data, tenant: self.tenant.clone() }))
            }
        }
    }
}

/// A warrant for what is done at the command line without anybody saying why.
fn warrant(verb: &str) -> Warrant {
    Warrant { by: whoever(), at: clock::now(), why: verb.to_owned() }
}

/// Who sits at the command line, as far as the system says.
fn whoever() -> String {
    let named = std::env::var("USER").ok().filter(|name| !name.is_empty());
    named.unwrap_or_else(|| "the command line".to_owned())
}

/// Whoever reads what is printed may stop before its end, as `head` does: that is no defect to be told of.
fn leave_quietly_if_nobody_reads() {
    let tell = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let said = panic.payload().downcast_ref::<String>();
        if said.is_some_and(|said| said.starts_with("failed printing to stdout: Broken pipe")) {
            std::process::exit(i32::from(exit::OK));
        }
        tell(panic);
    }));
}

/// Parses the command line and does what it says.
pub fn main() -> ExitCode {
    leave_quietly_if_nobody_reads();
    let filter = EnvFilter::try_from_env("LEADSMAN_LOG").unwrap_or_else(|_| EnvFilter::new("warn"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .init();
    exit::report(match Leadsman::parse().verb {
        Verb::Demo(verb) => verb.run(),
        Verb::Run(verb) => verb.run(),
        Verb::New(verb) => verb.run(),
        Verb::Build(verb) => verb.run(),
        Verb::Check(verb) => verb.run(),
        Verb::Test(verb) => verb.run(),
        Verb::Fixture(verb) => verb.run(),
        Verb::Bench(verb) => verb.run(),
        Verb::WitCompat(verb) => verb.run(),
        Verb::Serve(verb) => verb.run(),
        Verb::Explain(verb) => verb.run(),
        Verb::Summary(verb) => verb.run(),
        Verb::Contact(verb) => verb.run(),
        Verb::Plugin(verb) => verb.run(),
        Verb::Pack(verb) => verb.run(),
        Verb::Policy(verb) => verb.run(),
        Verb::Trial(verb) => verb.run(),
        Verb::Top(verb) => verb.run(),
        Verb::Backtest(verb) => verb.run(),
        Verb::Simulate(verb) => verb.run(),
        Verb::Train(verb) => verb.run(),
        Verb::Replay(verb) => verb.run(),
        Verb::Report(verb) => verb.run(),
        Verb::Attribute(verb) => verb.run(),
        Verb::Campaign(verb) => verb.run(),
        Verb::Token(verb) => verb.run(),
        Verb::Webhook(verb) => verb.run(),
        Verb::Doctor(verb) => verb.run(),
        Verb::Rebuild(verb) => verb.run(),
    })
}
