//! The market of a policy: who comes in and what they do when it is simulated.

use std::path::{Path, PathBuf};

use anyhow::anyhow;
use leadsman_domain::policy::Policy;
use leadsman_policy::Market;

use crate::exit::{self, Exit};

/// The file of a policy's folder that describes its market.
const FILE: &str = "world.toml";

/// The file that describes the market of the policy in a folder, if there is one.
pub fn file_of(folder: &Path) -> Option<PathBuf> {
    Some(folder.join(FILE)).filter(|file| file.exists())
}

/// Checks the market that a policy's folder describes, if it describes one.
///
/// # Errors
///
/// As [`read`].
pub fn check(folder: &Path, policy: &Policy) -> Result<(), Exit> {
    file_of(folder).map_or(Ok(()), |file| read(&file, policy).map(drop))
}

/// The market that a file describes, checked against a policy.
///
/// # Errors
///
/// When it cannot be read or there are problems with it, each of which is told with its place.
pub fn read(file: &Path, policy: &Policy) -> Result<Market, Exit> {
    Market::load(file, policy).map_err(|errors| {
        let error = anyhow!("the world in {} has problems\n{errors}", file.display());
        Exit { code: exit::POLICY, error }
    })
}
