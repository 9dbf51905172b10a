//! The courier: takes what waits in the outboxes of all tenants to its receivers, beside the chores of a
//! server. A receiver that is dead delays its own messages only.

mod address;
mod post;
mod signature;

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream;
use leadsman_domain::{Digest, LeadId, TenantId};
use leadsman_flow::outbox::{Registered, Waiting};
use leadsman_flow::{Desk, FlowError};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinHandle;
use tokio::time::MissedTickBehavior;

use crate::chores::Desks;
use crate::clock;
use crate::metrics::Metrics;

pub use address::Reach;
pub use post::Post;

/// How often it is looked for messages that are due.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Messages that are read at once.
const PAGE_ROWS: usize = 64;

/// Messages that are on their way to one receiver at a time. Those about one
/// lead go one after the other, as long as none fails.
const AT_ONCE_FOR_A_RECEIVER: usize = 4;

/// Messages of one tenant that are on their way at a time.
const AT_ONCE_FOR_A_TENANT: usize = 16;

/// Messages of all tenants that are on their way at a time.
const AT_ONCE: usize = 128;

/// How long messages that are on their way may take when the server stops.
const LAST_TIME_MAX: Duration = Duration::from_secs(5);

/// What works on the outboxes until it is told to stop.
pub struct Courier {
    stop: watch::Sender<bool>,
    work: JoinHandle<()>,
}

impl Courier {
    /// Begins to work.
    pub fn begin(desks: Desks, post: Post, metrics: Metrics) -> Self {
        let (stop, stopped) = watch::channel(false);
        let bag = Bag { post, metrics, all: Semaphore::new(AT_ONCE), stopped };
        Self { stop, work: tokio::spawn(work(desks, Arc::new(bag))) }
    }

    /// Stops. What is on its way gets a little time; whatever is not known to have arrived is sent again by
    /// the next server.
    pub async fn stop(self) {
        // If nobody listens, the work has ended.
        let _ = self.stop.send(true);
        let _ = tokio::time::timeout(LAST_TIME_MAX, self.work).await;
    }
}

/// What the courier carries.
struct Bag {
    post: Post,
    metrics: Metrics,
    all: Semaphore,
    stopped: watch::Receiver<bool>,
}

/// Looks for messages again and again, and begins a round for each receiver that has none under way.
async fn work(desks: Desks, bag: Arc<Bag>) {
    let mut ticks = tokio::time::interval(LOOK_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut stopped = bag.stopped.clone();
    let tenants: Vec<Arc<Semaphore>> =
        desks.iter().map(|_| Arc::new(Semaphore::new(AT_ONCE_FOR_A_TENANT))).collect();
    let mut rounds: HashMap<Digest, JoinHandle<()>> = HashMap::new();
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            _ = stopped.changed() => break,
        }
        rounds.retain(|_, round| !round.is_finished());
        for ((tenant, desk), places) in desks.iter().zip(&tenants) {
            for to in desk.receivers().all().iter().filter(|one| one.receiver.gone.is_none()) {
                rounds.entry(to.receiver.mark).or_insert_with(|| {
                    let (tenant, desk, to) = (tenant.clone(), Arc::clone(desk), to.clone());
                    let (bag, places) = (Arc::clone(&bag), Arc::clone(places));
                    let failing = AtomicBool::new(false);
                    tokio::spawn(Round { tenant, desk, to, bag, places, failing }.run())
                });
            }
        }
    }
    for (_, round) in rounds {
        let _ = round.await;
    }
}

/// What is due for one receiver, until nothing is or a message fails.
struct Round {
    tenant: TenantId,
    desk: Arc<Desk>,
    to: Registered,
    bag: Arc<Bag>,
    places: Arc<Semaphore>,
    /// Set by the first message that fails: no other is begun in this round.
    failing: AtomicBool,
}

impl Round {
    async fn run(self) {
        if let Err(error) = self.deliver_all().await {
            let (tenant, name) = (&self.tenant, &self.to.receiver.name);
            tracing::error!("the outbox of {tenant} for {name} does not work: {error}");
        }
    }

    async fn deliver_all(&self) -> Result<(), FlowError> {
        while !self.is_over() {
            let receiver = self.to.receiver.clone();
            let due = self.at_desk(move |desk| desk.outbox().due(&receiver, clock::now(), PAGE_ROWS)).await?;
            let is_last = due.len() < PAGE_ROWS;
            let mut leads = by_lead(due).into_iter();
            // One goes ahead: a receiver that is dead is asked no more than that.
            if let Some(first) = leads.next() {
                self.deliver_in_order(first).await?;
            }
            let mut rest = stream::iter(leads)
                .map(|messages| self.deliver_in_order(messages))
                .buffer_unordered(AT_ONCE_FOR_A_RECEIVER);
            while let Some(delivered) = rest.next().await {
                delivered?;
            }
            if is_last {
                break;
            }
        }
        Ok(())
    }

    /// Delivers messages about one lead, as long as nothing fails.
    async fn deliver_in_order(&self, messages: Vec<Waiting>) -> Result<(), FlowError> {
        for waiting in messages {
            if self.is_over() {
                break;
            }
            self.deliver(waiting).await?;
        }
        Ok(())
    }

    async fn deliver(&self, waiting: Waiting) -> Result<(), FlowError> {
        let (Ok(_place), Ok(_place_of_all)) = (self.places.acquire().await, self.bag.all.acquire().await)
        else {
            return Ok(());
        };
        let delivered = self.bag.post.deliver(&self.to, &waiting.message, clock::now()).await;
        let noted = self.to.receiver.clone();
        let Err(setback) = delivered else {
            self.bag.metrics.sent(&self.tenant, "delivered");
            return self.at_desk(move |desk| desk.outbox().delivered(&waiting)).await;
        };
        self.failing.store(true, Ordering::Relaxed);
        let (id, cause) = (waiting.message.webhook_id(), setback.cause.clone());
        let next = self
            .at_desk(move |desk| {
                let now = clock::now();
                if setback.gone {
                    desk.note_gone(&noted, Some(now))?;
                }
                desk.outbox().undelivered(&waiting, &setback, now)
            })
            .await?;
        let (tenant, name) = (&self.tenant, &self.to.receiver.name);
        match next {
            Some(next) => {
                self.bag.metrics.sent(tenant, "failed");
                tracing::info!("{id} of {tenant} is sent to {name} again at {next}: {cause}");
            }
            None => {
                self.bag.metrics.sent(tenant, "given-up");
                tracing::warn!("{id} of {tenant} is given up for {name}: {cause}");
            }
        }
        Ok(())
    }

    /// Whether nothing more is to be begun: something failed, the server stops, or the receiver is no more.
    fn is_over(&self) -> bool {
        let mark = self.to.receiver.mark;
        let is_known = || self.desk.receivers().all().iter().any(|one| one.receiver.mark == mark);
        self.failing.load(Ordering::Relaxed) || *self.bag.stopped.borrow() || !is_known()
    }

    /// Does something that blocks.
    async fn at_desk<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Desk) -> Result<T, FlowError> + Send + 'static,
    ) -> Result<T, FlowError> {
        let desk = Arc::clone(&self.desk);
        let done = tokio::task::spawn_blocking(move || work(&desk)).await;
        done.unwrap_or_else(|cause| {
            Err(FlowError::Damaged { place: "the outbox".to_owned(), cause: cause.to_string() })
        })
    }
}

/// Messages by the lead that they are about, the leads and the messages of each in order.
fn by_lead(due: Vec<Waiting>) -> Vec<Vec<Waiting>> {
    let mut leads: Vec<Vec<Waiting>> = Vec::new();
    let mut places: HashMap<LeadId, usize> = HashMap::new();
    for waiting in due {
        let place = *places.entry(waiting.message.lead.clone()).or_insert(leads.len());
        match leads.get_mut(place) {
            Some(messages) => messages.push(waiting),
            None => leads.push(vec![waiting]),
        }
    }
    leads
}
