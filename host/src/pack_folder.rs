//! The folder that a pack was installed into: written whole or not at all, and with the pack that it came from,
//! so that a newer one can be told from what its owner made of it.
//!
//! An upgrade is laid down beside the files first, in `.pack/upgrade`. That it lies there is what decides: from
//! then on it will be carried out, by this run, or by the next one if this is cut short.

use std::fs;
use std::io;
use std::path::Path;

use anyhow::{Context as _, anyhow};
use leadsman_domain::Digest;
use leadsman_pack::{Files, Outcome, Pack, PackPath, PublicKey};
use serde::{Deserialize, Serialize};

use crate::exit::{self, Exit};
use crate::packs;
use crate::whole_folder::{self, put, sync};

/// Holds the pack that a folder came from; a hidden folder, so no part of the policy.
const KEPT: &str = ".pack";
const PACK: &str = "installed.pack";
const ORIGIN: &str = "origin.json";
const UPGRADE: &str = "upgrade";
/// An upgrade that is still being laid down; what is left of one that was cut short is of no use.
const UNFINISHED: &str = "upgrade.unfinished";
const PLAN: &str = "plan.json";

/// Where the pack of a folder came from, and why it was trusted.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Origin {
    /// The pack's address.
    pub address: Digest,
    /// Who signed it, if anybody who is trusted did.
    pub signed_by: Option<PublicKey>,
    /// The place in a registry, without the digest.
    pub reference: Option<String>,
    /// The digest that was found there.
    pub digest: Option<String>,
}

/// The pack that a folder came from.
pub struct Installed {
    /// The pack.
    pub pack: Pack,
    /// Whence it came.
    pub origin: Origin,
}

/// What an upgrade does to a folder, besides the pack that is kept there.
#[derive(Default, Serialize, Deserialize)]
struct Plan {
    write: Vec<PackPath>,
    remove: Vec<PackPath>,
}

/// Looks for the pack that a folder came from; none if there is nothing yet. An upgrade that was cut short is
/// carried out first.
pub fn look(folder: &Path) -> Result<Option<Installed>, Exit> {
    let place = || format!("cannot read {}", folder.display());
    let is_empty = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        entries => entries.with_context(place)?.next().is_none(),
    };
    let kept = folder.join(KEPT);
    if !kept.is_dir() {
        if is_empty {
            return Ok(None);
        }
        let error = anyhow!(
            "{} is not empty and no pack was installed there; name a folder that is new, and nothing is lost",
            folder.display()
        );
        return Err(Exit { code: exit::USAGE, error });
    }
    carry_out(folder)?;
    let pack = packs::read(&kept.join(PACK))?;
    let origin = fs::read(kept.join(ORIGIN)).with_context(place)?;
    let origin =
        serde_json::from_slice(&origin).with_context(|| format!("{KEPT}/{ORIGIN} cannot be read"))?;
    Ok(Some(Installed { pack, origin }))
}

/// The files of a folder that a pack has, or that another one had.
pub fn files_of(folder: &Path, packs: [&Pack; 2]) -> Result<Files, Exit> {
    let mut files = Files::new();
    for path in packs.into_iter().flat_map(|pack| pack.files().keys()) {
        let content = leadsman_pack::read(folder, path.as_str()).map_err(Exit::with(exit::INPUT))?;
        files.extend(content.map(|content| (path.clone(), content)));
    }
    Ok(files)
}

/// Writes a folder that is not there yet, or is empty.
pub fn write(folder: &Path, pack: &Pack, origin: &Origin) -> Result<(), Exit> {
    let origin = serde_json::to_vec_pretty(origin)?;
    let (kept_pack, kept_origin) = (format!("{KEPT}/{PACK}"), format!("{KEPT}/{ORIGIN}"));
    let kept = [(kept_pack.as_str(), pack.bytes()), (kept_origin.as_str(), origin.as_slice())];
    let files = pack.files().iter().map(|(path, content)| (path.as_str(), content.as_slice()));
    whole_folder::write(folder, files.chain(kept))
}

/// Carries out a merge in a folder, which is of the newer pack from then on.
pub fn upgrade(
    folder: &Path,
    outcomes: &[(PackPath, Outcome)],
    pack: &Pack,
    origin: &Origin,
) -> Result<(), Exit> {
    let kept = folder.join(KEPT);
    let place = || format!("cannot write to {}", kept.display());
    let aside = kept.join(UNFINISHED);
    if_there(fs::remove_dir_all(&aside)).with_context(place)?;
    let mut plan = Plan::default();
    for (path, outcome) in outcomes {
        match outcome {
            Outcome::Kept => {}
            Outcome::Removed => plan.remove.push(path.clone()),
            Outcome::Taken(content) | Outcome::Merged(content) => {
                put(&aside.join("files").join(path.as_str()), content).with_context(place)?;
                plan.write.push(path.clone());
            }
        }
    }
    put(&aside.join(PACK), pack.bytes()).with_context(place)?;
    put(&aside.join(ORIGIN), &serde_json::to_vec_pretty(origin)?).with_context(place)?;
    put(&aside.join(PLAN), &serde_json::to_vec_pretty(&plan)?).with_context(place)?;
    sync(&aside).with_context(place)?;
    fs::rename(&aside, kept.join(UPGRADE)).with_context(place)?;
    sync(&kept).with_context(place)?;
    carry_out(folder)
}

/// Carries out the upgrade that lies in a folder, if one does, however often it was begun.
fn carry_out(folder: &Path) -> Result<(), Exit> {
    let kept = folder.join(KEPT);
    let upgrade = kept.join(UPGRADE);
    if !upgrade.is_dir() {
        return Ok(());
    }
    let place = || format!("the upgrade in {} cannot be carried out", upgrade.display());
    let plan = match fs::read(upgrade.join(PLAN)) {
        // It was carried out, and only the rest of the paper is left.
        Err(error) if error.kind() == io::ErrorKind::NotFound => Plan::default(),
        plan => serde_json::from_slice(&plan.with_context(place)?).with_context(place)?,
    };
    for path in &plan.write {
        let target = folder.join(path.as_str());
        if let Some(parent) = target.parent() {
            fs::create_dir_all(parent).with_context(place)?;
        }
        if_there(fs::rename(upgrade.join("files").join(path.as_str()), target)).with_context(place)?;
    }
    for path in &plan.remove {
        if_there(fs::remove_file(folder.join(path.as_str()))).with_context(place)?;
    }
    for name in [PACK, ORIGIN] {
        if_there(fs::rename(upgrade.join(name), kept.join(name))).with_context(place)?;
    }
    sync(folder).with_context(place)?;
    sync(&kept).with_context(place)?;
    fs::remove_dir_all(&upgrade).with_context(place)?;
    Ok(())
}

/// What was done before needs not be done again.
fn if_there(done: io::Result<()>) -> io::Result<()> {
    match done {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        done => done,
    }
}
