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
