//! Backtests: a tenant's history told to two revisions again, each in a memory of its own.

use leadsman_domain::Timestamp;
use leadsman_flow::backtest::{Course, Rerun, Told, compare, rerun};
use leadsman_flow::{Archive, FlowError, Revision};
use leadsman_http::BacktestOrder;
use leadsman_ledger::Store;

use crate::ready::Readying;

/// The part of a history that shall be told again.
pub fn course(archive: &Archive, order: &BacktestOrder) -> Result<Course, FlowError> {
    let from = order.from.unwrap_or(Timestamp::from_ms(i64::MIN));
    Course::of(archive, from, order.to.unwrap_or(Timestamp::from_ms(i64::MAX)))
}

/// Tells a course to the revision that decides, or another one, and to the candidate; and compares. Calls
/// `progress` with how many things were told so far, to both together.
pub fn tell(
    archive: &Archive,
    readying: &Readying,
    course: &Course,
    order: &BacktestOrder,
    progress: &mut dyn FnMut(usize),
) -> Result<Told, FlowError> {
    let against = match order.against {
        Some(number) => number,
        None => archive.active_revision()?.ok_or(FlowError::NothingActive)?.0.number,
    };
    let told = course.happenings().len();
    let was = again(archive, readying, course, against, progress)?;
    let is = again(archive, readying, course, order.revision, &mut |more| progress(told + more))?;
    Ok(Told { submissions: course.submissions(), told, comparison: compare(&was, &is) })
}

fn again(
    archive: &Archive,
    readying: &Readying,
    course: &Course,
    number: u64,
    progress: &mut dyn FnMut(usize),
) -> Result<Rerun, FlowError> {
    let revision = Revision::ready(archive.revision(number)?, readying)?;
    // What is told goes to a memory of its own, which has no other tenant.
    rerun(course, revision, Store::in_memory().system(), progress)
}
