//! `leadsman pack install`: a pack becomes a policy's folder, or a folder goes on to a newer pack.

use std::io::{BufRead as _, IsTerminal as _, Write as _};
use std::path::PathBuf;

use anyhow::anyhow;
use clap::Args;
use leadsman_domain::difference::{self, Difference, Edition};
use leadsman_domain::{Digest, TenantId};
use leadsman_pack::{Conflict, Distrust, Merge, Outcome, Pack, PluginRecord, PublicKey, merge};
use leadsman_policy::PolicyFiles;
use serde_json::{Value, json};

use super::{Source, told, vouched};
use crate::exit::{self, Exit};
use crate::pack_folder::{self, Installed, Origin};
use crate::packs::{self, Fetched};
use crate::policies::{self, Checked, Shelf};
use crate::ready::Readying;
use crate::{installation, print};

#[derive(Args)]
pub struct Install {
    #[command(flatten)]
    source: Source,
    /// The folder: a new one, or one that a pack was installed into.
    #[arg(long, value_name = "DIR")]
    into: PathBuf,
    /// Accept what it reads, which limits it wants and what it changes, without being asked.
    #[arg(long)]
    accept: bool,
    /// Take it though it is not signed, or not by anybody who is trusted.
    #[arg(long)]
    unsigned: bool,
    /// Where both sides changed the same, write both between markers instead of changing nothing.
    #[arg(long)]
    markers: bool,
    /// The data folder, for plugins that were uploaded.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// The tenant whose uploads are meant.
    #[arg(long, default_value = "default", requires = "data")]
    tenant: TenantId,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// What was found out before anything is done.
struct Examined {
    /// What the pack's plugins read here.
    plugins: Vec<PluginRecord>,
    /// What it does to the folder, if a pack is there.
    upgrade: Option<Upgrade>,
}

/// What an upgrade does.
struct Upgrade {
    from: Pack,
    merge: Merge,
    /// What is different in the policy; none if what conflicts has no policy yet.
    differences: Option<Vec<Difference>>,
}

impl Install {
    pub fn run(self) -> Result<(), Exit> {
        let fetched = packs::fetch(&self.source.pack, self.source.access)?;
        let keys = packs::keys(&self.source.trust)?;
        let signed_by = match fetched.pack.trusted(&keys) {
            Ok(key) => Some(key),
            Err(Distrust::Unsigned | Distrust::Stranger(_)) if self.unsigned => None,
            Err(cause) => {
                let error = match cause {
                    Distrust::Unfitting(_) => anyhow!("{cause}; get it again from who built it"),
                    _ => anyhow!("{cause}; to take it all the same, say `--unsigned`"),
                };
                return Err(Exit { code: exit::UNTRUSTED, error });
            }
        };
        let installed = pack_folder::look(&self.into)?;
        let found = installed.as_ref().map(|installed| {
            let Installed { pack, origin } = installed;
            let news = [moved(&fetched, origin), no_newer(pack, &fetched.pack), other_key(origin, signed_by)];
            news.into_iter().flatten()
        });
        let notes: Vec<String> =
            fetched.note.clone().into_iter().chain(found.into_iter().flatten()).collect();
        let origin = origin(&fetched, signed_by);
        let pack = fetched.pack;
        let examined = self.examine(&pack, installed)?;
        let mut report = self.show(&pack, &keys, &examined, &notes);
        let upgrade = examined.upgrade;
        let decided = self.decide(upgrade.as_ref());
        if decided.is_ok() {
            match &upgrade {
                None => pack_folder::write(&self.into, &pack, &origin)?,
                Some(upgrade) => {
                    pack_folder::upgrade(&self.into, &upgrade.merge.outcomes, &pack, &origin)?;
                }
            }
        }
        report["installed"] = json!(decided.is_ok());
        if self.json {
            print::json(&report)?;
        }
        decided?;
        self.conclude(&pack, upgrade.as_ref())
    }

    /// Looks at what would be there, without changing anything.
    fn examine(&self, pack: &Pack, installed: Option<Installed>) -> Result<Examined, Exit> {
        let store = self.data.as_deref().map(installation::open_existing).transpose()?;
        let archive = store.as_ref().map(|store| installation::archive(store, &self.tenant)).transpose()?;
        let shelf = archive.as_ref().map_or(Shelf::BUILT_IN, Shelf::of);
        let readying = Readying::new()?;
        let plugins = packs::examine(&readying, pack, shelf)?;
        let Some(Installed { pack: from, .. }) = installed else {
            return Ok(Examined { plugins, upgrade: None });
        };
        let [old, new] = [&from, pack].map(|pack| &pack.manifest().pack.name);
        if old != new {
            let into = self.into.display();
            let error =
                anyhow!("{into} has the pack {old}, and this is {new}; install it into a folder of its own");
            return Err(Exit { code: exit::USAGE, error });
        }
        let ours = pack_folder::files_of(&self.into, [&from, pack])?;
        let merge = merge(from.files(), &ours, pack.files());
        let differences =
            if merge.conflicts.is_empty() { Some(self.compare(&readying, &merge, shelf)?) } else { None };
        Ok(Examined { plugins, upgrade: Some(Upgrade { from, merge, differences }) })
    }

    /// What the policy would do otherwise, which has to be sound.
    fn compare(&self, readying: &Readying, merge: &Merge, shelf: Shelf<'_>) -> Result<Vec<Difference>, Exit> {
        let was = policies::check(readying, &self.into, shelf)?;
        let files = PolicyFiles::read(&self.into);
        let mut files = files.map_err(|errors| policies::problems(&errors))?;
        for (path, outcome) in &merge.outcomes {
            match outcome {
                Outcome::Kept => {}
                Outcome::Taken(content) | Outcome::Merged(content) => {
                    files.insert(path.as_str(), content.as_slice());
                }
                Outcome::Removed => files.remove(path.as_str()),
            }
        }
        let is = policies::check_foreign(readying, &files, shelf).map_err(|errors| {
            let Exit { code, error } = policies::problems(&errors);
            Exit {
                code,
                error: error.context("after the upgrade the policy would not be sound; nothing was changed"),
            }
        })?;
        let removed = |path: &String| {
            let mut outcomes = merge.outcomes.iter();
            outcomes.any(|(gone, outcome)| *outcome == Outcome::Removed && gone.as_str() == path)
        };
        if let Some(path) = is.loaded.components.keys().find(|path| removed(path)) {
            let error = anyhow!(
                "the policy here names {path}, which the newer pack has no more; nothing was changed"
            );
            return Err(Exit { code: exit::POLICY, error });
        }
        Ok(between(&was, &is))
    }

    /// Tells everything that somebody has to know who accepts it.
    fn show(&self, pack: &Pack, keys: &[PublicKey], examined: &Examined, notes: &[String]) -> Value {
        let Examined { plugins, upgrade } = examined;
        let mut report = json!({ "pack": told(pack, keys), "into": self.into, "notes": notes });
        report["pack"]["plugins"] = json!(plugins);
        if let Some(Upgrade { from, merge, differences }) = upgrade {
            report["reads_anew"] = json!(packs::reads_anew(&from.manifest().plugins, plugins));
            let outcome = |outcome: &Outcome| match outcome {
                Outcome::Kept => "kept",
                Outcome::Taken(_) => "taken",
                Outcome::Merged(_) => "merged",
                Outcome::Removed => "removed",
            };
            report["from"] = json!(from.manifest().pack);
            let files =
                merge.outcomes.iter().map(|(path, one)| (path.as_str().to_owned(), json!(outcome(one))));
            report["files"] = Value::Object(files.collect());
            report["differences"] = json!(differences);
            let conflicts = merge.conflicts.iter();
            report["conflicts"] = conflicts
                .map(|one| {
                    let (here, newer) = one.sides.as_ref().map(|sides| (&sides.here, &sides.newer)).unzip();
                    json!({ "file": one.path, "line": one.line, "message": one.message, "here": here, "newer": newer })
                })
                .collect();
        }
        if self.json {
            return report;
        }
        print::pack(pack, plugins, &vouched(pack, keys));
        if let Some(Upgrade { from, merge, differences }) = upgrade {
            println!("It upgrades {} in {}", from.manifest().pack, self.into.display());
            print::upgrade(&merge.outcomes, &merge.conflicts);
            packs::reads_anew(&from.manifest().plugins, plugins).iter().for_each(|one| println!("  {one}"));
            if let Some(differences) = differences {
                print::differences_from("the policy that is there", differences);
            }
        }
        notes.iter().for_each(|note| println!("note: {note}"));
        report
    }

    /// Whether it may be done.
    fn decide(&self, upgrade: Option<&Upgrade>) -> Result<(), Exit> {
        let conflicts = upgrade.map(|upgrade| upgrade.merge.conflicts.as_slice()).unwrap_or_default();
        if !conflicts.is_empty() && !self.markers {
            let told = self.listed(conflicts, |one| one.line);
            let error = anyhow!(
                "{} conflicts, nothing was changed; mend the files, or say `--markers` to have both sides written:{told}",
                conflicts.len()
            );
            return Err(Exit { code: exit::FAILED, error });
        }
        if self.accept || (!self.json && std::io::stdin().is_terminal() && ask()?) {
            return Ok(());
        }
        let error =
            anyhow!("it was not accepted, and nothing was changed; to accept what is shown, say `--accept`");
        Err(Exit { code: exit::UNTRUSTED, error })
    }

    /// Says what was done, and what is left to do.
    fn conclude(&self, pack: &Pack, upgrade: Option<&Upgrade>) -> Result<(), Exit> {
        let (about, into) = (&pack.manifest().pack, self.into.display());
        let conflicts = upgrade.map(|upgrade| upgrade.merge.conflicts.as_slice()).unwrap_or_default();
        if conflicts.is_empty() {
            if !self.json {
                println!("{into} has {about}; next: `leadsman policy apply {into}`");
            }
            return Ok(());
        }
        let told = self.listed(conflicts, |one| one.marked_line);
        Err(anyhow!("{into} has {about}, and {} conflicts to mend by hand:{told}", conflicts.len()).into())
    }

    /// Conflicts on lines of their own, each with its file and line.
    fn listed(&self, conflicts: &[Conflict], line: fn(&Conflict) -> Option<usize>) -> String {
        let one = |one: &Conflict| {
            let file = self.into.join(one.path.as_str());
            let line = line(one).map(|line| format!(":{line}")).unwrap_or_default();
            let sides = one.sides.as_ref().map(|sides| {
                // What is in a pack is not to move a cursor.
                let line = |line: &str| format!("\n      {}", line.replace(char::is_control, "\u{fffd}"));
                let shown = |text: &str| text.lines().map(line).collect::<String>();
                format!("\n    here:{}\n    in the newer pack:{}", shown(&sides.here), shown(&sides.newer))
            });
            format!("\n  {}{line}: {}{}", file.display(), one.message, sides.unwrap_or_default())
        };
        conflicts.iter().map(one).collect()
    }
}

/// Asks whoever sits at the terminal.
fn ask() -> Result<bool, Exit> {
    print!("Accept it? [y/N] ");
    std::io::stdout().flush()?;
    let mut answer = String::new();
    std::io::stdin().lock().read_line(&mut answer)?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
}

/// Where a pack came from, to be kept beside it.
fn origin(fetched: &Fetched, signed_by: Option<PublicKey>) -> Origin {
    let (reference, digest) = fetched.from.clone().unzip();
    Origin {
        address: fetched.pack.address(),
        signed_by,
        reference: reference.and_then(|reference| reference.movable()),
        digest: digest.map(|digest| digest.to_string()),
    }
}

/// Whether the place that a folder's pack came from has something else now.
fn moved(fetched: &Fetched, origin: &Origin) -> Option<String> {
    let (reference, now) = fetched.from.as_ref()?;
    let was = origin.digest.as_ref()?;
    let place = reference.movable()?;
    (origin.reference.as_ref() == Some(&place) && *was != now.to_string())
        .then(|| format!("{place} stood for {was} when it was installed here, and stands for {now} now"))
}

/// Whether what comes is no newer than what is there, and not the same either.
fn no_newer(there: &Pack, comes: &Pack) -> Option<String> {
    let [old, new] = [there, comes].map(|pack| &pack.manifest().pack.version);
    if old > new {
        return Some(format!("version {new} is older than {old}, which is there"));
    }
    let is_other = old == new && there.address() != comes.address();
    is_other.then(|| format!("it is another pack than the one that is there, though both say version {new}"))
}

/// Whether somebody else signed what comes than what is there.
fn other_key(origin: &Origin, signed_by: Option<PublicKey>) -> Option<String> {
    let before = origin.signed_by.filter(|before| Some(*before) != signed_by)?;
    Some(format!("the pack that is there was signed by {before}, and this one was not"))
}

fn between(was: &Checked, is: &Checked) -> Vec<Difference> {
    let digests = |checked: &Checked| -> Vec<Digest> {
        checked.components.iter().map(|bytes| Digest::of(bytes)).collect()
    };
    let [old, new] = [was, is].map(digests);
    difference::between(
        Edition { policy: &was.loaded.policy, components: &old },
        Edition { policy: &is.loaded.policy, components: &new },
    )
}
