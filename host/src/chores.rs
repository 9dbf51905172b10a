//! What a server does between requests, for as long as it runs.

use std::sync::Arc;
use std::time::Duration;

use leadsman_domain::{TenantId, Timestamp};
use leadsman_flow::{Desk, FlowError, Warrant};

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
/// fallen due, those whose owner has left, and those that wait although somebody has room.
pub async fn look_after_leads(desks: Desks) {
    let mut ticks = tokio::time::interval(LOOK_AFTER_EVERY);
    loop {
        ticks.tick().await;
        for (tenant, desk) in desks.iter() {
            let desk = Arc::clone(desk);
            let looked = tokio::task::spawn_blocking(move || look_after(&desk, clock::now())).await;
            if let Ok(Err(error)) = looked {
                tracing::error!("cannot look after the leads of {tenant}: {error}");
            }
        }
    }
}

/// One look after a tenant's leads. Each part is bounded, so that no tenant keeps the others waiting.
fn look_after(desk: &Desk, now: Timestamp) -> Result<(), FlowError> {
    desk.wake(now)?;
    let why = "no longer in the policy's team".to_owned();
    desk.relieve_the_dismissed(&Warrant { by: "leadsman".to_owned(), at: now, why })?;
    desk.fill(now).map(drop)
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
