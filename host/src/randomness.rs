//! The edge at which randomness comes in, for what nobody may guess.

use anyhow::anyhow;

/// As many random bytes as a secret has, from the system.
pub fn bytes() -> anyhow::Result<[u8; 32]> {
    let mut random = [0; 32];
    getrandom::fill(&mut random).map_err(|cause| anyhow!("no randomness: {cause}"))?;
    Ok(random)
}
