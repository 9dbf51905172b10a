//! `leadsman serve`: the HTTP API for many tenants.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, anyhow};
use clap::Args;
use leadsman_domain::TenantId;
use leadsman_flow::{Adopt, Archive};
use leadsman_http::{Drained, Limits, Service};
use leadsman_ledger::Store;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use super::warrant;
use crate::chores::{self, Desks};
use crate::courier::{Courier, Post, Reach};
use crate::exit::{self, Exit};
use crate::metrics::Metrics;
use crate::policies::{Opened, Shelf};
use crate::ready::Readying;
use crate::{installation, lent, policies};

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
    /// Let tenants register receivers of messages in private networks, and such without TLS.
    #[arg(long)]
    allow_private_webhooks: bool,
}

/// What is served, and where.
pub struct Serving<'a> {
    pub store: &'a Store,
    pub readying: Arc<Readying>,
    pub tenants: BTreeMap<TenantId, Opened>,
    pub listen: SocketAddr,
    pub metrics: Metrics,
    pub metrics_listen: Option<SocketAddr>,
    pub reach: Reach,
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
        let reach = Reach::allowing_private(self.allow_private_webhooks);
        Serving { store: &store, readying, tenants, listen, metrics, metrics_listen, reach }.serve()
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
        let Self { store, readying, tenants, listen, metrics, metrics_listen, reach } = self;
        let lent = lent::lend(readying, Arc::clone(&metrics.logs), reach);
        let service = Service::new(store.system(), lent, Limits::default());
        let desks: Desks = tenants.into_iter().map(|(tenant, opened)| (tenant, opened.desk)).collect();
        service.replace_tenants(desks.iter().cloned());
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        let drained = runtime.block_on(async {
            let stop = told_to_stop()?;
            let listener = bind(listen).await?;
            println!("listening on http://{}", listener.local_addr()?);
            let courier = Courier::begin(Arc::clone(&desks), Post::new(reach)?, metrics.clone());
            if let Some(address) = metrics_listen {
                let listener = bind(address).await?;
                println!("metrics on http://{}/metrics", listener.local_addr()?);
                let desks = Arc::clone(&desks);
                let text = move || {
                    metrics.look_at(&desks);
                    metrics.text()
                };
                tokio::spawn(leadsman_http::serve_metrics(listener, text));
            }
            tokio::spawn(chores::look_in_the_shadows(Arc::clone(&desks)));
            tokio::spawn(chores::look_after_leads(desks));
            let drained = leadsman_http::serve(listener, service, stop).await?;
            courier.stop().await;
            anyhow::Ok(drained)
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

/// Completes at SIGTERM or SIGINT, from the call on: whoever reads that the server listens may stop it.
fn told_to_stop() -> std::io::Result<impl Future<Output = ()>> {
    let mut interrupted = signal(SignalKind::interrupt())?;
    let mut terminated = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! { _ = interrupted.recv() => {}, _ = terminated.recv() => {} }
    })
}
