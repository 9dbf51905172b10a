//! What a server does between requests, for as long as it runs.

use std::sync::Arc;
use std::time::Duration;

use leadsman_domain::{LeadId, TenantId, Timestamp};
use leadsman_flow::{Cursor, Desk, FlowError, Warrant, Woken};
use tokio::time::MissedTickBehavior;

use crate::clock::{self, Stopwatch};

/// How often it is looked for what has fallen due, who has left, and who has room.
const LOOK_AFTER_EVERY: Duration = Duration::from_secs(1);

/// How long shadows rest when no lead waits for them.
const SHADOW_REST: Duration = Duration::from_millis(50);

/// How long a shadow looks before those of other tenants have their turn.
const SHADOW_TURN: Duration = Duration::from_millis(10);

/// The desks of the tenants that are served.
pub type Desks = Arc<[(TenantId, Arc<Desk>)]>;

/// Looks after leads that nobody asks about, for as long as the server runs: those for which something has
/// fallen due, those whose owner has left, those that wait although somebody has room, and, after another
/// policy has begun to decide, all of them. As long as more has fallen due than one look takes, it rests no longer
/// than it worked.
pub async fn look_after_leads(desks: Desks) {
    let mut ticks = tokio::time::interval(LOOK_AFTER_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut rounds: Vec<Round> = desks.iter().map(|_| Round::default()).collect();
    loop {
        if rounds.iter().all(|round| !round.has_more) {
            ticks.tick().await;
        }
        let watch = Stopwatch::start();
        for ((tenant, desk), round) in desks.iter().zip(&mut rounds) {
            let (desk, mut begun) = (Arc::clone(desk), std::mem::take(round));
            let looked = tokio::task::spawn_blocking(move || {
                let looked = begun.look_after(&desk, clock::now());
                (begun, looked)
            });
            match looked.await {
                Ok((begun, Ok(failed))) => {
                    *round = begun;
                    for (lead, error) in failed {
                        tracing::error!("lead {lead} of {tenant} cannot be looked after: {error}");
                    }
                }
                Ok((begun, Err(error))) => {
                    *round = begun;
                    tracing::error!("cannot look after the leads of {tenant}: {error}");
                }
                Err(_) => tracing::error!("looking after the leads of {tenant} broke down"),
            }
        }
        tokio::time::sleep(watch.elapsed().min(LOOK_AFTER_EVERY)).await;
    }
}

/// What is remembered of a tenant from one look to the next.
#[derive(Default)]
struct Round {
    /// The revision under which all leads were looked over, or are being.
    revision: u64,
    /// Where looking over goes on.
    place: Option<Cursor>,
    /// Whether it does.
    looks_over: bool,
    /// Whether more had fallen due than was woken.
    has_more: bool,
}

impl Round {
    /// One look after a tenant's leads. Each part is bounded, so that no tenant keeps the others waiting.
    fn look_after(&mut self, desk: &Desk, now: Timestamp) -> Result<Vec<(LeadId, FlowError)>, FlowError> {
        self.has_more = false;
        let revision = desk.revision().number;
        if self.revision != revision {
            let why = "dismissed in the policy, or no longer in it".to_owned();
            desk.relieve_the_dismissed(&Warrant { by: "leadsman".to_owned(), at: now, why })?;
            *self = Self { revision, looks_over: true, ..Self::default() };
        }
        let Woken { leads, failed } = desk.wake(now)?;
        self.has_more = !leads.is_empty() && desk.next_due()?.is_some_and(|due| due <= now);
        desk.fill(now)?;
        if self.looks_over {
            self.place = desk.look_over(self.place.as_ref(), now)?;
            self.looks_over = self.place.is_some();
        }
        Ok(failed)
    }
}

/// Gives shadows a quarter of one processor at most: after each look, three times as long is rested.
pub async fn look_in_the_shadows(desks: Desks) {
    let mut idle = false;
    loop {
        if idle {
            tokio::time::sleep(SHADOW_REST).await;
        }
        idle = true;
        for (_, desk) in desks.iter() {
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
