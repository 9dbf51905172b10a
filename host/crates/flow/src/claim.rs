//! Claims: what holds when reps take leads from a pool themselves.

use leadsman_domain::calendar::day_number;
use leadsman_domain::policy::Claims;
use leadsman_domain::{PoolId, RepId};

use crate::change::Change;
use crate::error::FlowError;
use crate::keys;
use crate::ledger::{Add, Batch};
use crate::orders::Acting;
use crate::work::Work;

/// Checks a claim on a lead that waits in a pool, and counts it for the day. Managers who claim for
/// somebody are bound by caps and quotas only.
pub(crate) fn check(
    work: &mut Work<'_>,
    change: &mut Change,
    pool: &PoolId,
    rep: &RepId,
    acting: &Acting,
) -> Result<(), FlowError> {
    let Some(claims) = terms(work, pool, acting) else { return Ok(()) };
    let free = change.lead().since.plus_ms(claims.delay_ms);
    if work.now < free {
        return Err(FlowError::unavailable(
            rep,
            format!("may take this lead from {free} on, as it has only just come"),
        ));
    }
    check_cooldown(work, change, claims, rep)?;
    if let Some(per_day) = claims.per_day {
        let key = keys::claims(rep, pool, day_number(work.revision.policy.zone, work.now));
        let taken = work.turn.count(work.desk.ledger(), &key)?;
        if taken >= i64::from(per_day) {
            let why = format!("took {taken} leads from pool {pool} today, which is the most");
            return Err(FlowError::unavailable(rep, why));
        }
        let counted = Add { key, delta: 1, min: 0, max: i64::from(per_day) };
        change.along_with(Batch { adds: vec![counted], ..Batch::default() });
    }
    Ok(())
}

/// Checks the transfer of a lead by its owner: whoever gets it serves its pool, and has not owned it just
/// before, so that two reps cannot keep a lead between them for ever.
pub(crate) fn check_transfer(
    work: &mut Work<'_>,
    change: &Change,
    pool: &PoolId,
    rep: &RepId,
    acting: &Acting,
) -> Result<(), FlowError> {
    match terms(work, pool, acting) {
        Some(claims) => check_cooldown(work, change, claims, rep),
        None => Ok(()),
    }
}

/// What holds for reps who take leads from a pool; nothing for managers.
fn terms(work: &Work<'_>, pool: &PoolId, acting: &Acting) -> Option<Claims> {
    match acting {
        Acting::Rep(_) => work.revision.policy.pool(pool).map(|pool| pool.claims),
        Acting::Manager => None,
    }
}

fn check_cooldown(work: &Work<'_>, change: &Change, claims: Claims, rep: &RepId) -> Result<(), FlowError> {
    let had = change.lead().former_owners.iter().rev().find(|former| former.rep == *rep);
    let again = had.map(|former| former.until.plus_ms(claims.cooldown_ms));
    match again.filter(|again| work.now < *again) {
        Some(again) => {
            let why = format!("owned this lead before and may take it again from {again} on");
            Err(FlowError::unavailable(rep, why))
        }
        None => Ok(()),
    }
}
