//! `leadsman webhook`: who is told what happens.

use anyhow::anyhow;
use clap::{Args, Subcommand};
use leadsman_domain::{AttributeName, ReceiverId};
use leadsman_flow::FlowError;
use leadsman_flow::outbox::{self, NewReceiver, Outbox, Receiver, Topic};
use serde_json::{Value, json};

use super::{At, Data, Place, warrant};
use crate::courier::Reach;
use crate::exit::{self, Exit};
use crate::{clock, installation, print, randomness};

/// How many messages `failed` shows.
const FAILED_MAX: usize = 100;

/// Registers systems that are told what happens, and looks after what they were not told.
#[derive(Subcommand)]
pub enum Webhook {
    /// Registers a receiver, and shows the secret with which its messages are signed, this once.
    Add(Add),
    /// Lists the receivers: never their secrets.
    List(List),
    /// Removes a receiver, with everything that waits for it.
    Remove(Remove),
    /// Lists messages that could not be delivered: given up, or to be sent again.
    Failed(Failed),
    /// Sends again what was given up for a receiver, and what would be sent again later.
    Retry(Retry),
}

#[derive(Args)]
pub struct Add {
    /// Where messages are sent.
    url: String,
    /// What people call it, such as `crm`.
    #[arg(long)]
    name: ReceiverId,
    /// What it is told: lead.reminder, lead.escalation, message.due, lead.assigned, lead.pooled, lead.woken,
    /// lead.staged; everything, when missing.
    #[arg(long, value_name = "EVENTS", value_delimiter = ',')]
    events: Vec<Topic>,
    /// The facts of leads that it gets to see; none, when missing.
    #[arg(long, value_name = "ATTRIBUTES", value_delimiter = ',', value_parser = AttributeName::parse)]
    facts: Vec<AttributeName>,
    /// Take an address in a private network, or one without TLS; the server must allow it too.
    #[arg(long, conflicts_with = "server")]
    allow_private_webhooks: bool,
    #[command(flatten)]
    place: Place,
}

#[derive(Args)]
pub struct List {
    #[command(flatten)]
    place: Place,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// A receiver, where its tenant's records are.
#[derive(Args)]
struct Named {
    /// The receiver's name.
    name: ReceiverId,
    #[command(flatten)]
    place: Place,
}

#[derive(Args)]
pub struct Remove {
    #[command(flatten)]
    named: Named,
}

#[derive(Args)]
pub struct Failed {
    #[command(flatten)]
    named: Named,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
pub struct Retry {
    #[command(flatten)]
    named: Named,
}

impl Webhook {
    pub fn run(self) -> Result<(), Exit> {
        match self {
            Self::Add(verb) => verb.run(),
            Self::List(verb) => verb.run(),
            Self::Remove(verb) => verb.run(),
            Self::Failed(verb) => verb.run(),
            Self::Retry(verb) => verb.run(),
        }
    }
}

impl Add {
    fn run(self) -> Result<(), Exit> {
        let Self { url, name, events: topics, facts, .. } = self;
        let secret = match self.place.at()? {
            At::Folder(data) => {
                let reach = Reach::allowing_private(self.allow_private_webhooks);
                let usage = |cause| Exit { code: exit::USAGE, error: anyhow!("{url}: {cause}") };
                reach.check(&url).map_err(usage)?;
                let random = randomness::bytes()?;
                let store = installation::open(&data.data)?;
                let new = NewReceiver { name, url, topics, facts };
                let ledger = store.tenant(&data.tenant);
                let added =
                    Outbox::new(&*ledger).add_receiver(new, random, &warrant("leadsman webhook add"))?;
                store.close();
                added.secret.reveal().to_owned()
            }
            At::Server(remote) => {
                let body = json!({ "name": name, "url": url, "events": topics, "facts": facts });
                remote.post("/v1/webhooks", &body)?["secret"].as_str().unwrap_or_default().to_owned()
            }
        };
        println!("{secret}");
        Ok(())
    }
}

impl List {
    fn run(self) -> Result<(), Exit> {
        let receivers = match self.place.at()? {
            At::Folder(data) => in_folder(&data, |outbox| {
                let receivers = outbox.receivers()?;
                let shown = receivers.all().iter().map(|one| shown(outbox, &one.receiver));
                Ok(Value::Array(shown.collect::<Result<_, _>>()?))
            })?,
            At::Server(remote) => remote.get("/v1/webhooks")?,
        };
        if self.json {
            return print::json(&receivers);
        }
        print::webhooks(&receivers);
        Ok(())
    }
}

impl Remove {
    fn run(self) -> Result<(), Exit> {
        let Named { name, place } = self.named;
        match place.at()? {
            At::Folder(data) => drop(in_folder(&data, |outbox| outbox.remove_receiver(&name))?),
            At::Server(remote) => drop(remote.delete(&format!("/v1/webhooks/{name}"))?),
        }
        Ok(())
    }
}

impl Failed {
    fn run(self) -> Result<(), Exit> {
        let Named { name, place } = self.named;
        let failed = match place.at()? {
            At::Folder(data) => in_folder(&data, |outbox| {
                let failed = outbox.failed(&outbox.receiver(&name)?, FAILED_MAX)?;
                Ok(failed.iter().map(failure).collect())
            })?,
            At::Server(remote) => remote.get(&format!("/v1/webhooks/{name}/failed"))?,
        };
        if self.json {
            return print::json(&failed);
        }
        print::failed_messages(&failed);
        Ok(())
    }
}

impl Retry {
    fn run(self) -> Result<(), Exit> {
        let Named { name, place } = self.named;
        let messages = match place.at()? {
            At::Folder(data) => in_folder(&data, |outbox| outbox.send_again(&name, clock::now()))?,
            At::Server(remote) => {
                let answer = remote.post(&format!("/v1/webhooks/{name}/retry"), &json!({}))?;
                answer["messages"].as_u64().unwrap_or_default()
            }
        };
        println!("{messages} messages are sent again");
        Ok(())
    }
}

/// Works on the outbox in a data folder that no server holds.
fn in_folder<T>(data: &Data, work: impl FnOnce(&Outbox<'_>) -> Result<T, FlowError>) -> Result<T, Exit> {
    let store = installation::open_existing(&data.data)?;
    installation::archive(&store, &data.tenant)?;
    let ledger = store.tenant(&data.tenant);
    let done = work(&Outbox::new(&*ledger)).map_err(refused)?;
    store.close();
    Ok(done)
}

/// A receiver as the API shows it.
fn shown(outbox: &Outbox<'_>, receiver: &Receiver) -> Result<Value, FlowError> {
    Ok(json!({
        "name": receiver.name,
        "url": receiver.url,
        "events": receiver.topics,
        "facts": receiver.facts,
        "added": receiver.added.at.to_string(),
        "by": receiver.added.by,
        "gone": receiver.gone.map(|gone| gone.to_string()),
        "waiting": outbox.waiting(receiver)?,
    }))
}

/// A message that could not be delivered, as the API shows it.
fn failure(failed: &outbox::Failed) -> Value {
    let message = &failed.message;
    json!({
        "id": message.webhook_id(),
        "event": message.topic,
        "lead": message.lead,
        "at": message.at.to_string(),
        "attempts": message.attempts,
        "cause": message.trouble,
        "next": failed.next.map(|next| next.to_string()),
    })
}

fn refused(error: FlowError) -> Exit {
    let code = match error {
        FlowError::UnknownReceiver(_) => exit::NOT_FOUND,
        _ => exit::FAILED,
    };
    Exit { code, error: error.into() }
}
