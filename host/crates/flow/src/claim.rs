//! Claims: what holds when reps take leads from a pool themselves.

use leadsman_domain::calendar::day_number;
use leadsman_domain::{PoolId, RepId};

use crate::change::Change;
use crate::error::FlowError;
use crate::keys;
use crate::ledger::Add;
use crate::orders::Acting;
use crate::routing::Route;

/// Checks a claim on a lead that waits in a pool, and counts it for the day. Managers who claim for
/// somebody are bound by caps and quotas only.
pub(crate) fn check(
    route: &mut Route<'_>,
    change: &mut Change,
    pool: &PoolId,
    rep: &RepId,
    acting: &Acting,
) -> Result<(), FlowError> {
    let policy = &route.revision.policy;
    let unavailable = |reason: String| FlowError::RepUnavailable { rep: rep.clone(), reason };
    if policy.rep(rep).is_none_or(|known| !known.serves(pool)) {
        return Err(unavailable(format!("does not serve pool {pool}")));
    }
    let (Acting::Rep(_), Some(claims)) = (acting, policy.pool(pool).map(|pool| pool.claims)) else {
        return Ok(());
    };
    let lead = change.lead();
    let free = lead.since.plus_ms(claims.delay_ms);
    if route.now < free {
        return Err(unavailable(format!("may take this lead from {free} on, as it has only just come")));
    }
    let had = lead.former_owners.iter().rev().find(|former| former.rep == *rep);
    let again = had.map(|former| former.until.plus_ms(claims.cooldown_ms));
    if let Some(again) = again.filter(|again| route.now < *again) {
        return Err(unavailable(format!("owned this lead before and may take it again from {again} on")));
    }
    if let Some(per_day) = claims.per_day {
        let key = keys::claims(rep, pool, day_number(policy.zone, route.now));
        let taken = route.turn.count(route.desk.ledger(), &key)?;
        if taken >= i64::from(per_day) {
            return Err(unavailable(format!("took {taken} leads from pool {pool} today, which is the most")));
        }
        change.add(Add { key, delta: 1, min: 0, max: i64::from(per_day) });
    }
    Ok(())
}
