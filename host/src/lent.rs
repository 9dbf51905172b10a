//! What the host lends to the API: a clock, and all that takes a sandbox, a policy's folder or a store.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, TryLockError};

use leadsman_domain::Facts;
use leadsman_domain::policy::Policy;
use leadsman_flow::Archive;
use leadsman_flow::backtest::Told;
use leadsman_http::{BacktestOrder, DraftProblem, Drafted, Lent, Looked, Refused, Untold};
use leadsman_policy::{PolicyFiles, Problem};
use leadsman_rules::ConfigurationProblem;
use serde_json::Value;

use crate::courier::Reach;
use crate::inspected::{self, Inspected};
use crate::logs::Logs;
use crate::policies::Shelf;
use crate::ready::Readying;
use crate::{backtests, clock, examine, policies, randomness};

/// How many submissions are told again over HTTP; half a minute, at a millisecond for each of both
/// revisions.
const BACKTEST_SUBMISSIONS_MAX: u64 = 10_000;

/// Everything that the API needs of the host.
pub fn lend(readying: Arc<Readying>, logs: Arc<Logs>, reach: Reach) -> Lent {
    let told_by = Arc::clone(&readying);
    Lent {
        clock: Arc::new(clock::now),
        derive: Arc::new(derive),
        draft: Arc::new(move |archive, files| draft(&readying, archive, files)),
        examine: Arc::new(look_at),
        backtest: Arc::new(move |archive, order| backtest(&told_by, archive, order)),
        log: Arc::new(move |tenant, plugin| logs.of(tenant, plugin)),
        receiver_address: Arc::new(move |address| reach.check(address).map(drop)),
        random: Arc::new(|| randomness::bytes().map_err(|cause| cause.to_string())),
    }
}

/// Derives facts for a policy.
fn derive(policy: &Policy, facts: &mut Facts) {
    // That it is a country was checked when the policy came in.
    *facts = leadsman_intake::derive(facts, policies::region_of(policy).ok().flatten());
}

/// Reads and checks a policy that came over HTTP.
fn draft(
    readying: &Readying,
    archive: &Archive,
    files: &BTreeMap<String, String>,
) -> Result<Drafted, Vec<DraftProblem>> {
    let files = files.iter().fold(PolicyFiles::new(), |all, (path, text)| all.with(path, text.as_str()));
    let checked = policies::check_sent(readying, &files, Shelf::of(archive)).map_err(|errors| {
        let problem = |one: &Problem| DraftProblem {
            file: one.file.clone(),
            place: one.place.as_ref().map(|place| (place.line, place.column)),
            message: one
                .help
                .as_ref()
                .map_or_else(|| one.message.clone(), |help| format!("{}; {help}", one.message)),
        };
        errors.problems().iter().map(problem).collect::<Vec<_>>()
    })?;
    Ok(Drafted { policy: checked.loaded.policy, components: checked.components })
}

/// Looks at a component that came over HTTP.
fn look_at(component: &[u8], configuration: &Value) -> Result<Looked, Refused> {
    let problems = |problems: &[ConfigurationProblem]| {
        problems.iter().map(|one| (one.pointer.clone(), one.message.clone())).collect()
    };
    let limits = policies::limits_max();
    let report = examine::component(component, configuration, &limits)
        .map_err(|refused| Refused { problems: problems(&refused.problems), sentence: refused.sentence })?;
    Ok(Looked {
        plugin: inspected::examined(&report),
        problems: report.configured.as_ref().map_or_else(|found| problems(found), |_| Vec::new()),
        report: serde_json::to_value(Inspected::of(&report, limits)).unwrap_or_default(),
    })
}

/// Tells history again, one at a time.
fn backtest(readying: &Readying, archive: &Archive, order: &BacktestOrder) -> Result<Told, Untold> {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _turn = match ONE_AT_A_TIME.try_lock() {
        Err(TryLockError::WouldBlock) => return Err(Untold::Busy),
        turn => turn,
    };
    let course = backtests::course(archive, order).map_err(Untold::Flow)?;
    let submissions = course.submissions();
    if submissions > BACKTEST_SUBMISSIONS_MAX {
        return Err(Untold::TooLong { submissions, submissions_max: BACKTEST_SUBMISSIONS_MAX });
    }
    backtests::tell(archive, readying, &course, order, &mut |_| {}).map_err(Untold::Flow)
}
