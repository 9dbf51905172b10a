//! `leadsman serve`: the HTTP API for many tenants.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, anyhow};
use clap::Args;
use leadsman_domain::{Facts, TenantId};
use leadsman_flow::{Adopt, Desk};
use leadsman_http::{DraftProblem, Drafted, Drained, Limits, Service};
use leadsman_ledger::Store;
use leadsman_policy::{PolicyFiles, Problem};
use tokio::net::TcpListener;

use super::warrant;
use crate::exit::{self, Exit};
use crate::metrics::Metrics;
use crate::policies::Opened;
use crate::ready::Readying;
use crate::{clock, installation, policies};

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

/// What is served, and where.
pub struct Serving<'a> {
    pub store: &'a Store,
    pub readying: Arc<Readying>,
    pub tenants: BTreeMap<TenantId, Opened>,
    pub listen: SocketAddr,
    pub metrics: Option<(SocketAddr, Metrics)>,
}

impl Serve {
    pub fn run(self) -> Result<(), Exit> {
        let (readying, metrics) = (Arc::new(Readying::new()?), Metrics::new());
        let store = installation::open(&self.data)?;
        let mut tenants = BTreeMap::new();
        for (tenant, folder) in folders(&self.tenants)? {
            let opened = policies::check(&readying, &folder).and_then(|checked| {
                let rules = metrics.observing(&tenant, Arc::clone(&readying) as _);
                checked.open(rules, store.tenant(&tenant), Adopt::IfChanged, &warrant("leadsman serve"))
            });
            let opened = opened.map_err(|exit| Exit {
                code: exit.code,
                error: exit.error.context(format!("tenant {tenant}")),
            })?;
            tenants.insert(tenant, opened);
        }
        let metrics = self.metrics.map(|address| (address, metrics));
        Serving { store: &store, readying, tenants, listen: self.listen, metrics }.serve()
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
        let Self { store, readying, tenants, listen, metrics } = self;
        let known: BTreeMap<TenantId, Arc<Desk>> =
            tenants.iter().map(|(tenant, opened)| (tenant.clone(), Arc::clone(&opened.desk))).collect();
        let derive = move |tenant: &TenantId, facts: &mut Facts| {
            // That it is a country was checked when the policy came in.
            let region = known.get(tenant).map(|desk| policies::region_of(&desk.revision().policy));
            *facts = leadsman_intake::derive(facts, region.and_then(Result::ok).flatten());
        };
        let draft = move |files: &BTreeMap<String, String>| draft(&readying, files);
        let (clock, limits) = (Arc::new(clock::now), Limits::default());
        let service = Service::new(store.system(), clock, Arc::new(derive), Arc::new(draft), limits);
        let desks: Vec<Arc<Desk>> = tenants.values().map(|opened| Arc::clone(&opened.desk)).collect();
        service.replace_tenants(tenants.into_iter().map(|(tenant, opened)| (tenant, opened.desk)));
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        let drained = runtime.block_on(async {
            let listener = bind(listen).await?;
            println!("listening on http://{}", listener.local_addr()?);
            if let Some((address, metrics)) = metrics {
                let listener = bind(address).await?;
                println!("metrics on http://{}/metrics", listener.local_addr()?);
                tokio::spawn(leadsman_http::serve_metrics(listener, move || metrics.text()));
            }
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

/// Reads and checks a policy that came over HTTP.
fn draft(readying: &Readying, files: &BTreeMap<String, String>) -> Result<Drafted, Vec<DraftProblem>> {
    let files = files.iter().fold(PolicyFiles::new(), |all, (path, text)| all.with(path, text.as_str()));
    let checked = policies::check_sent(readying, &files).map_err(|errors| {
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
