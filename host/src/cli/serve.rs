//! `leadsman serve`: the HTTP API for many tenants.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, TryLockError};
use std::time::Duration;

use anyhow::{Context as _, anyhow};
use clap::Args;
use leadsman_domain::policy::Policy;
use leadsman_domain::{Facts, TenantId};
use leadsman_flow::backtest::Told;
use leadsman_flow::{Adopt, Archive, Desk, FlowError};
use leadsman_http::{
    BacktestOrder, DraftProblem, Drafted, Drained, Lent, Limits, Looked, Refused, Service, Untold,
};
use leadsman_ledger::Store;
use leadsman_policy::{PolicyFiles, Problem};
use leadsman_rules::ConfigurationProblem;
use tokio::net::TcpListener;

use super::warrant;
use crate::clock::{self, Stopwatch};
use crate::exit::{self, Exit};
use crate::inspected::{self, Inspected};
use crate::metrics::Metrics;
use crate::policies::{Opened, Shelf};
use crate::ready::Readying;
use crate::{backtests, examine, installation, policies};

/// How many submissions are told again over HTTP; half a minute, at a millisecond for each of both
/// revisions.
const BACKTEST_SUBMISSIONS_MAX: u64 = 10_000;

/// How often leads whose hold has fallen due are looked for.
const WAKE_EVERY: Duration = Duration::from_secs(1);

/// Answers HTTP for many tenants.
#[derive(Args)]
pub struct Serve {
    /// The data folder.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// A folder with one folder for each tenant: its name is the tenant, in it is the policy.
    #[arg(long, value_name = "DIR")]
    tenants: PathBuf,
    /// Where to listen. Port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:7070", value_name = "ADDRESS")]
    listen: SocketAddr,
    /// Where to show what is counted, for Prometheus, to whoever can reach it; nowhere, when missing.
    #[arg(long, value_name = "ADDRESS")]
    metrics: Option<SocketAddr>,
}

/// How long shadows rest when no lead waits for them.
const SHADOW_REST: Duration = Duration::from_millis(50);

/// How long a shadow looks before those of other tenants have their turn.
const SHADOW_TURN: Duration = Duration::from_millis(10);

/// What is served, and where.
pub struct Serving<'a> {
    pub store: &'a Store,
    pub readying: Arc<Readying>,
    pub tenants: BTreeMap<TenantId, Opened>,
    pub listen: SocketAddr,
    pub metrics: Metrics,
    pub metrics_listen: Option<SocketAddr>,
}

impl Serve {
    pub fn run(self) -> Result<(), Exit> {
        let (readying, metrics) = (Arc::new(Readying::new()?), Metrics::new());
        let store = installation::open(&self.data)?;
        let mut tenants = BTreeMap::new();
        for (tenant, folder) in folders(&self.tenants)? {
            let archive = Archive::new(store.tenant(&tenant));
            let opened = policies::check(&readying, &folder, Shelf::of(&archive)).and_then(|checked| {
                let rules = metrics.observing(&tenant, Arc::clone(&readying) as _);
                let (warrant, instruments) = (warrant("leadsman serve"), metrics.instruments(&tenant));
                checked.open(rules, store.tenant(&tenant), Adopt::IfChanged, &warrant, instruments)
            });
            let opened = opened.map_err(|exit| Exit {
                code: exit.code,
                error: exit.error.context(format!("tenant {tenant}")),
            })?;
            tenants.insert(tenant, opened);
        }
        let (listen, metrics_listen) = (self.listen, self.metrics);
        Serving { store: &store, readying, tenants, listen, metrics, metrics_listen }.serve()
    }
}

/// The tenants and their policies' folders.
fn folders(parent: &Path) -> Result<Vec<(TenantId, PathBuf)>, Exit> {
    let listed = std::fs::read_dir(parent)
        .with_context(|| format!("cannot read {}", parent.display()))
        .map_err(Exit::with(exit::POLICY))?;
    let mut folders = Vec::new();
    for entry in listed {
        let path = entry?.path();
        if path.join("policy.toml").is_file() {
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            let tenant =
                TenantId::parse(name).map_err(|cause| Exit { code: exit::POLICY, error: cause.into() })?;
            folders.push((tenant, path));
        }
    }
    folders.sort();
    if folders.is_empty() {
        let error = anyhow!("{} has no folder with a policy.toml", parent.display());
        return Err(Exit { code: exit::POLICY, error });
    }
    Ok(folders)
}

impl Serving<'_> {
    /// Serves until the process is told to stop, then finishes what is under way.
    pub fn serve(self) -> Result<(), Exit> {
        let Self { store, readying, tenants, listen, metrics, metrics_listen } = self;
        let derive = |policy: &Policy, facts: &mut Facts| {
            // That it is a country was checked when the policy came in.
            *facts = leadsman_intake::derive(facts, policies::region_of(policy).ok().flatten());
        };
        let (told_by, logs) = (Arc::clone(&readying), Arc::clone(&metrics.logs));
        let draft =
            move |archive: &Archive, files: &BTreeMap<String, String>| draft(&readying, archive, files);
        let lent = Lent {
            clock: Arc::new(clock::now),
            derive: Arc::new(derive),
            draft: Arc::new(draft),
            examine: Arc::new(look_at),
            backtest: Arc::new(move |archive, order| backtest(&told_by, archive, order)),
            log: Arc::new(move |tenant, plugin| logs.of(tenant, plugin)),
        };
        let service = Service::new(store.system(), lent, Limits::default());
        let desks: Vec<Arc<Desk>> = tenants.values().map(|opened| Arc::clone(&opened.desk)).collect();
        let shown: Vec<_> =
            tenants.iter().map(|(tenant, opened)| (tenant.clone(), Arc::clone(&opened.desk))).collect();
        service.replace_tenants(tenants.into_iter().map(|(tenant, opened)| (tenant, opened.desk)));
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        let drained = runtime.block_on(async {
            let listener = bind(listen).await?;
            println!("listening on http://{}", listener.local_addr()?);
            if let Some(address) = metrics_listen {
                let listener = bind(address).await?;
                println!("metrics on http://{}/metrics", listener.local_addr()?);
                let text = move || {
                    metrics.look_at(&shown);
                    metrics.text()
                };
                tokio::spawn(leadsman_http::serve_metrics(listener, text));
            }
            tokio::spawn(look_in_the_shadows(desks.clone()));
            tokio::spawn(wake(desks));
            anyhow::Ok(leadsman_http::serve(listener, service, told_to_stop()).await?)
        })?;
        store.checkpoint()?;
        match drained {
            Drained::Fully => println!("drained"),
            Drained::Partly => println!("stopped; some requests were cut off"),
        }
        Ok(())
    }
}

async fn bind(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| format!("cannot listen on {address}"))
}

/// Looks at a component that came over HTTP.
fn look_at(component: &[u8], configuration: &serde_json::Value) -> Result<Looked, Refused> {
    let problems = |problems: &[ConfigurationProblem]| {
        problems.iter().map(|one| (one.pointer.clone(), one.message.clone())).collect()
    };
    let limits = policies::limits_max();
    let report = examine::component(component, configuration, &limits)
        .map_err(|refused| Refused { problems: problems(&refused.problems), sentence: refused.sentence })?;
    Ok(Looked {
        plugin: inspected::examined(&report),
        problems: report.configured.as_ref().map_or_else(|found| problems(found), |_| Vec::new()),
        report: serde_json::to_value(Inspected::of(&report, limits)).unwrap_or_default(),
    })
}

/// Tells history again, one at a time.
fn backtest(readying: &Readying, archive: &Archive, order: &BacktestOrder) -> Result<Told, Untold> {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _turn = match ONE_AT_A_TIME.try_lock() {
        Err(TryLockError::WouldBlock) => return Err(Untold::Busy),
        turn => turn,
    };
    let course = backtests::course(archive, order).map_err(Untold::Flow)?;
    let submissions = course.submissions();
    if submissions > BACKTEST_SUBMISSIONS_MAX {
        return Err(Untold::TooLong { submissions, submissions_max: BACKTEST_SUBMISSIONS_MAX });
    }
    backtests::tell(archive, readying, &course, order, &mut |_| {}).map_err(Untold::Flow)
}

/// Reads and checks a policy that came over HTTP.
fn draft(
    readying: &Readying,
    archive: &Archive,
    files: &BTreeMap<String, String>,
) -> Result<Drafted, Vec<DraftProblem>> {
    let files = files.iter().fold(PolicyFiles::new(), |all, (path, text)| all.with(path, text.as_str()));
    let checked = policies::check_sent(readying, &files, Shelf::of(archive)).map_err(|errors| {
        let problem = |one: &Problem| DraftProblem {
            file: one.file.clone(),
            place: one.place.as_ref().map(|place| (place.line, place.column)),
            message: one
                .help
                .as_ref()
                .map_or_else(|| one.message.clone(), |help| format!("{}; {help}", one.message)),
        };
        errors.problems().iter().map(problem).collect::<Vec<_>>()
    })?;
    Ok(Drafted { policy: checked.loaded.policy, components: checked.components })
}

/// Routes leads whose hold has fallen due, for as long as the server runs.
async fn wake(desks: Vec<Arc<Desk>>) {
    let mut ticks = tokio::time::interval(WAKE_EVERY);
    loop {
        ticks.tick().await;
        for desk in &desks {
            let desk = Arc::clone(desk);
            let woken = tokio::task::spawn_blocking(move || desk.wake(clock::now())).await;
            if let Ok(Err(error)) = woken {
                tracing::error!("cannot wake held leads: {error}");
            }
        }
    }
}

/// Gives shadows a quarter of one processor at most: after each look, three times as long is rested.
async fn look_in_the_shadows(desks: Vec<Arc<Desk>>) {
    let mut idle = false;
    loop {
        if idle {
            tokio::time::sleep(SHADOW_REST).await;
        }
        idle = true;
        for desk in &desks {
            let desk = Arc::clone(desk);
            let look = move || {
                let watch = Stopwatch::start();
                let mut looks = 0;
                while watch.elapsed() < SHADOW_TURN && desk.look_in_the_shadow()? {
                    looks += 1;
                }
                Ok::<_, FlowError>((looks, watch.seconds()))
            };
            match tokio::task::spawn_blocking(look).await {
                Ok(Ok((0, _))) | Err(_) => {}
                Ok(Ok((_, seconds))) => {
                    idle = false;
                    tokio::time::sleep(Duration::from_secs_f64(3.0 * seconds)).await;
                }
                Ok(Err(error)) => tracing::error!("cannot look in the shadow: {error}"),
            }
        }
    }
}

/// Completes at SIGTERM or SIGINT.
async fn told_to_stop() {
    let interrupted = tokio::signal::ctrl_c();
    match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(mut terminated) => {
            tokio::select! { _ = interrupted => {}, _ = terminated.recv() => {} }
        }
        Err(_) => drop(interrupted.await),
    }
}
