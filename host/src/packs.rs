//! Packs in this installation: one made of a folder, one read from a file or a registry, and what the plugins
//! of one were found to read.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use anyhow::{Context as _, anyhow};
use chrono_tz::Tz;
use leadsman_domain::policy::{Binding, PluginSource, Policy, Pool};
use leadsman_pack::{
    About, InvalidLine, Line, Manifest, PACK_BYTES_MAX, Pack, PluginRecord, PublicKey, Reads, Refusal,
    SecretKey,
};
use leadsman_policy::PolicyFiles;
use leadsman_rules::{Needs, Plugin};

use crate::cases;
use crate::exit::{self, Exit};
use crate::policies::{self, Checked, Shelf};
use crate::ready::Readying;
use crate::registry::{Access, Reference, Registry, Sha256};
use crate::simulation::market;

/// A pack, and where it came from.
pub struct Fetched {
    /// The pack.
    pub pack: Pack,
    /// Where in a registry, if it came from one, and what that has under its tag.
    pub from: Option<(Reference, Sha256)>,
    /// What else is to be said of where it came from.
    pub note: Option<String>,
}

/// Makes a pack of a policy's folder, whose plugins are all made ready first, and whose cases come out as expected
/// unless they are skipped.
pub fn build(folder: &Path, key: Option<&SecretKey>, skip_cases: bool) -> Result<Pack, Exit> {
    let checked = policies::check(&Readying::new()?.patient(), folder, Shelf::BUILT_IN)?;
    market::check(folder, &checked.loaded.policy)?;
    let files = leadsman_pack::gather(folder, &checked.loaded.components);
    let files = files.map_err(Exit::with(exit::INPUT))?;
    let about = About::of(&files).map_err(Exit::with(exit::INPUT))?;
    let plugins = plugins(&checked)?;
    if !skip_cases {
        cases::hold(folder, checked)?;
    }
    Pack::build(Manifest::of(about, &files, plugins), &files, key).map_err(refused)
}

/// How many cases a pack brings; none if they cannot be read.
pub fn cases(pack: &Pack) -> Option<usize> {
    leadsman_policy::cases::of(&files(pack), Tz::UTC).ok().map(|cases| cases.len())
}

fn files(pack: &Pack) -> PolicyFiles {
    let files = pack.files().iter();
    files.fold(PolicyFiles::new(), |files, (path, content)| files.with(path.as_str(), content.as_slice()))
}

/// Reads a pack from a file, or from a registry if it is named with `oci://`.
pub fn fetch(name: &str, access: Access) -> Result<Fetched, Exit> {
    if !Reference::is_meant(name) {
        return Ok(Fetched { pack: read(Path::new(name))?, from: None, note: None });
    }
    let reference: Reference = name.parse().map_err(Exit::with(exit::USAGE))?;
    let pulled = Registry::connect(&reference, access)?.pull(&reference)?;
    let pack = Pack::read(pulled.bytes).map_err(refused)?;
    Ok(Fetched { pack, from: Some((reference, pulled.digest)), note: pulled.note })
}

/// Reads a pack from a file.
pub fn read(path: &Path) -> Result<Pack, Exit> {
    let read = || {
        let mut bytes = Vec::new();
        // One byte more than a pack may have, so that a larger file is seen to be one.
        File::open(path)?.take(PACK_BYTES_MAX + 1).read_to_end(&mut bytes).map(|_| bytes)
    };
    let bytes = read().with_context(|| format!("cannot read {}", path.display()));
    Pack::read(bytes.map_err(Exit::with(exit::INPUT))?).map_err(refused)
}

/// The keys that are trusted: each named as it is, or by a file with one on each line.
pub fn keys(named: &[String]) -> Result<Vec<PublicKey>, Exit> {
    let mut keys = Vec::new();
    for name in named {
        let (path, before) = (Path::new(name), keys.len());
        if !path.exists() {
            let wrong = || format!("--trust: there is no file {name}, and no key is written so");
            keys.push(name.parse().with_context(wrong).map_err(Exit::with(exit::USAGE))?);
            continue;
        }
        let text = std::fs::read_to_string(path).with_context(|| format!("--trust: cannot read {name}"));
        let text = text.map_err(Exit::with(exit::USAGE))?;
        let lines = (1..).zip(text.lines().map(str::trim));
        for (line, written) in lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#')) {
            let key = written.parse().with_context(|| format!("--trust: {name}:{line}"));
            keys.push(key.map_err(Exit::with(exit::USAGE))?);
        }
        if keys.len() == before {
            return Err(Exit { code: exit::USAGE, error: anyhow!("--trust: {name} holds no key") });
        }
    }
    Ok(keys)
}

/// Finds out what the plugins of a pack read here, and that this is what the pack says of them.
pub fn examine(readying: &Readying, pack: &Pack, shelf: Shelf<'_>) -> Result<Vec<PluginRecord>, Exit> {
    let checked = policies::check_foreign(readying, &files(pack), shelf)
        .map_err(|errors| policies::problems(&errors))?;
    let found = plugins(&checked)?;
    let told = &pack.manifest().plugins;
    let is_told = |one: &PluginRecord| {
        let is_brought = matches!(one.source, PluginSource::File(_));
        // Those that ship with this installation may be others than where the pack was built.
        told.iter().any(|told| told == one || (!is_brought && told.source == one.source))
    };
    match found.iter().find(|one| !is_told(one)) {
        None => Ok(found),
        Some(one) => Err(Exit {
            code: exit::UNTRUSTED,
            error: anyhow!(
                "{} ({}) reads or takes something else than the pack says; get the pack again from who built it",
                one.serves,
                one.name
            ),
        }),
    }
}

/// What the plugins of a policy were found to be, in the order of the stages.
pub fn plugins(checked: &Checked) -> Result<Vec<PluginRecord>, Exit> {
    let places = places(&checked.loaded.policy);
    let records = places.into_iter().zip(checked.rulebook.plugins());
    let records: Result<_, InvalidLine> =
        records.map(|((serves, binding), plugin)| record(serves, binding, plugin)).collect();
    records.context("a name in a plugin does not show as it is").map_err(Exit::with(exit::POLICY))
}

/// What plugins read that they did not read before, a sentence for each.
pub fn reads_anew(before: &[PluginRecord], now: &[PluginRecord]) -> Vec<String> {
    let known: BTreeSet<_> =
        before.iter().flat_map(|one| readings(one).map(|read| (&one.source, read))).collect();
    let anew = now.iter().filter_map(|one| {
        let names = readings(one).filter(|read| !known.contains(&(&one.source, *read)));
        let names: Vec<&str> = names.map(|(_, name)| name).collect();
        let sentence = || format!("{}: {} now reads {} as well", one.serves, one.name, names.join(", "));
        (!names.is_empty()).then(sentence)
    });
    anew.collect()
}

/// Everything that a plugin reads, by its kind and name.
fn readings(record: &PluginRecord) -> impl Iterator<Item = (u8, &str)> {
    let Reads { attributes, all_texts, activities, rep_attributes, lists } = &record.reads;
    let kinds = (0..).zip([attributes, activities, rep_attributes, lists]);
    let named = kinds.flat_map(|(kind, names)| names.iter().map(move |name| (kind, name.as_str())));
    named.chain(all_texts.then_some((u8::MAX, "every text attribute")))
}

fn record(serves: String, binding: &Binding, plugin: &Plugin) -> Result<PluginRecord, InvalidLine> {
    let stamp = plugin.stamp();
    let lines = |texts: &[String]| texts.iter().cloned().map(Line::try_from).collect::<Result<_, _>>();
    let Needs { attributes, all_texts, activities, rep_attributes, lists, .. } = &plugin.readings().needs;
    Ok(PluginRecord {
        serves: serves.try_into()?,
        source: binding.source.clone(),
        name: stamp.name.clone().try_into()?,
        version: stamp.version.clone().try_into()?,
        reads: Reads {
            attributes: lines(attributes)?,
            all_texts: *all_texts,
            activities: lines(activities)?,
            rep_attributes: lines(rep_attributes)?,
            lists: lines(lists)?,
        },
        limits: binding.limits,
    })
}

/// Where a policy names plugins, in the order of [`leadsman_rules::PreparedRulebook::plugins`].
fn places(policy: &Policy) -> Vec<(String, &Binding)> {
    fn all<'a>(place: &str, bindings: &'a [Binding]) -> Vec<(String, &'a Binding)> {
        bindings.iter().map(|binding| (place.to_owned(), binding)).collect()
    }
    let of_pools = |what: &str, of: fn(&Pool) -> &[Binding]| {
        let pools = policy.pools.iter();
        pools.flat_map(|pool| all(&format!("pools[{}].{what}", pool.id), of(pool))).collect()
    };
    let attribution = policy.attribution.iter();
    [
        all("screening", &policy.screening),
        all("scoring", &policy.scoring),
        all("dispatch", &policy.dispatch),
        of_pools("allocation", |pool| &pool.allocation),
        all("follow_up", &policy.follow_up),
        of_pools("follow_up", |pool| &pool.follow_up),
        attribution.map(|one| (format!("attribution[{}]", one.name), &one.binding)).collect(),
    ]
    .concat()
}

/// Says which code a pack that is refused exits with.
pub fn refused(refusal: Refusal) -> Exit {
    let code = match refusal {
        Refusal::NoPack | Refusal::Large | Refusal::Format(_) | Refusal::NoPolicy | Refusal::Files(_) => {
            exit::INPUT
        }
        Refusal::Manifest(_)
        | Refusal::Plugin(_)
        | Refusal::Collision(_)
        | Refusal::Altered(_)
        | Refusal::Trailing => exit::UNTRUSTED,
    };
    Exit { code, error: anyhow!(refusal) }
}
