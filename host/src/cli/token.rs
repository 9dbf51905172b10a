//! `leadsman token`: who may use the API.

use std::path::PathBuf;

use anyhow::anyhow;
use clap::{Args, Subcommand};
use leadsman_domain::{Digest, RepId, TenantId};
use leadsman_http::tokens::{self, Role, TokenRecord};

use crate::exit::{self, Exit};
use crate::{clock, installation, print, randomness};

/// Issues, lists and revokes access tokens. The server must not be running on the same folder.
#[derive(Subcommand)]
pub enum Token {
    /// Makes a token and shows it, this once.
    Issue(Issue),
    /// Lists the tokens: never themselves, only what is known of them.
    List(List),
    /// Revokes a token.
    Revoke(Revoke),
}

#[derive(Args)]
pub struct Issue {
    /// The data folder.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Whose leads it opens.
    #[arg(long)]
    tenant: TenantId,
    /// What it allows: admin, author, intake, reader, manager or rep.
    #[arg(long)]
    role: Role,
    /// The rep who will bear it, for the role `rep`.
    #[arg(long, required_if_eq("role", "rep"))]
    rep: Option<RepId>,
    /// What people call it, such as `website form`.
    #[arg(long)]
    label: String,
}

#[derive(Args)]
pub struct List {
    /// The data folder.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
pub struct Revoke {
    /// The token's digest, as listed.
    digest: String,
    /// The data folder.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
}

impl Token {
    pub fn run(self) -> Result<(), Exit> {
        match self {
            Self::Issue(issue) => issue.run(),
            Self::List(list) => list.run(),
            Self::Revoke(revoke) => revoke.run(),
        }
    }
}

impl Issue {
    fn run(self) -> Result<(), Exit> {
        let store = installation::open(&self.data)?;
        let Self { tenant, role, rep, label, .. } = self;
        let record = TokenRecord { tenant, role, rep, label, issued: clock::now() };
        println!("{}", issue(store.system().as_ref(), &record)?);
        Ok(())
    }
}

/// Makes a token from the system's randomness.
pub fn issue(ledger: &dyn leadsman_flow::ledger::Ledger, record: &TokenRecord) -> Result<String, Exit> {
    Ok(tokens::issue(ledger, record, randomness::bytes()?)?.reveal().to_owned())
}

impl List {
    fn run(self) -> Result<(), Exit> {
        let store = installation::open_existing(&self.data)?;
        let tokens = tokens::list(store.system().as_ref())?;
        if self.json {
            let rows = tokens
                .iter()
                .map(|(digest, record)| serde_json::json!({ "digest": digest, "token": record }));
            return print::json(&rows.collect::<Vec<_>>());
        }
        for (digest, record) in tokens {
            println!(
                "{digest} {:<12} {:<8} {} {}",
                record.tenant,
                record.role.as_str(),
                record.issued,
                record.label
            );
        }
        Ok(())
    }
}

impl Revoke {
    fn run(self) -> Result<(), Exit> {
        let store = installation::open_existing(&self.data)?;
        let digest = Digest::try_from(self.digest)?;
        if tokens::revoke(store.system().as_ref(), digest)? {
            return Ok(());
        }
        Err(Exit { code: exit::NOT_FOUND, error: anyhow!("there is no such token") })
    }
}
