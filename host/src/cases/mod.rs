//! Cases at work: each is told to a desk of its own over an empty memory, in simulated time, in the real
//! sandbox; then what was expected is compared with what came of it. And cases out of journals.

mod compare;
mod coverage;
mod fuel;
mod mask;
mod play;
mod retold;
mod tested;

use std::path::Path;

use anyhow::anyhow;
use chrono_tz::Tz;
use leadsman_policy::cases::Case;

use crate::exit::{self, Exit};
use crate::policies::Checked;

use coverage::Coverage;
pub use fuel::{Baseline, Regression};
pub use mask::Mask;
pub use play::{Played, play};
pub use retold::case_of;
pub use tested::Tested;

/// Reads the cases of a project; moments without an offset are in the zone.
pub fn read(project: &Path, zone: Tz) -> Result<Vec<Case>, Exit> {
    leadsman_policy::cases::read(project, zone)
        .map_err(|errors| Exit { code: exit::INPUT, error: anyhow!("the cases have problems\n{errors}") })
}

/// Tells the cases of a project under its policy, which must all come out as expected.
pub fn hold(project: &Path, checked: Checked) -> Result<(), Exit> {
    let cases = read(project, checked.loaded.policy.zone)?;
    let (tested, _) = Tested::of(checked, &cases, None)?;
    let failed = tested.cases.iter().filter(|case| !case.problems.is_empty());
    let told: Vec<String> = failed
        .map(|case| case.problems.iter().map(|one| format!("\n  {}: {one}", case.name)).collect())
        .collect();
    if told.is_empty() {
        return Ok(());
    }
    let error = anyhow!(
        "{} of {} cases come out otherwise than expected; mend them, or leave them out with `--skip-cases`{}",
        told.len(),
        cases.len(),
        told.concat()
    );
    Err(Exit { code: exit::CASES, error })
}
