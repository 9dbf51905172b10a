//! What a server does between requests, for as long as it runs.

use std::sync::Arc;
use std::time::Duration;

use leadsman_domain::TenantId;
use leadsman_flow::{Desk, FlowError};

use crate::clock::{self, Stopwatch};

/// How often leads whose hold has fallen due are looked for.
const WAKE_EVERY: Duration = Duration::from_secs(1);

/// How long shadows rest when no lead waits for them.
const SHADOW_REST: Duration = Duration::from_millis(50);

/// How long a shadow looks before those of other tenants have their turn.
const SHADOW_TURN: Duration = Duration::from_millis(10);

/// The desks of the tenants that are served.
pub type Desks = Arc<[(TenantId, Arc<Desk>)]>;

/// Routes leads whose hold has fallen due, for as long as the server runs.
pub async fn wake(desks: Desks) {
    let mut ticks = tokio::time::interval(WAKE_EVERY);
    loop {
        ticks.tick().await;
        for (_, desk) in desks.iter() {
            let desk = Arc::clone(desk);
            let woken = tokio::task::spawn_blocking(move || desk.wake(clock::now())).await;
            if let Ok(Err(error)) = woken {
                tracing::error!("cannot wake held leads: {error}");
            }
        }
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
