//! `leadsman pack`: a policy's folder in one signed file.

mod install;

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow};
use clap::{Args, Subcommand};
use leadsman_pack::{Distrust, Pack as OnePack, PublicKey, SecretKey};
use serde_json::{Value, json};

use crate::exit::{self, Exit};
use crate::packs::{self, Fetched};
use crate::registry::{Access, Reference, Registry};
use crate::{print, randomness};

/// Makes, checks, installs, upgrades and publishes packs.
#[derive(Subcommand)]
pub enum Pack {
    /// Makes a pack of a policy's folder with a `pack.toml`, if its cases come out as expected.
    Build(Build),
    /// Checks every byte of a pack, and tells what it is, what it reads and who signed it.
    Verify(Verify),
    /// Installs a pack as a policy's folder, or upgrades one to a newer pack and keeps what was changed in it.
    Install(install::Install),
    /// Puts a pack into a registry of OCI, where it is fetched by its digest.
    Publish(Publish),
    /// Makes the keys that packs are signed with, and shows the public one.
    #[command(subcommand)]
    Key(Key),
}

#[derive(Args)]
pub struct Build {
    /// The policy's folder.
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Sign it with this secret key.
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// Write it here; else into this folder, as NAME-VERSION.pack.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Do not tell the cases in `cases/`, which else must all come out as expected.
    #[arg(long)]
    skip_cases: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// Which pack is meant, and whose are trusted.
#[derive(Args)]
struct Source {
    /// The pack: a file, or oci://HOST/NAME:TAG or oci://HOST/NAME@sha256:DIGEST.
    #[arg(value_name = "PACK")]
    pack: String,
    /// Trust what this public key signed: the key, or a file with keys.
    #[arg(long, value_name = "KEY")]
    trust: Vec<String>,
    #[command(flatten)]
    access: Access,
}

#[derive(Args)]
pub struct Verify {
    #[command(flatten)]
    source: Source,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
pub struct Publish {
    /// The pack's file.
    #[arg(value_name = "PACK")]
    pack: PathBuf,
    /// Where: oci://HOST/NAME:TAG.
    #[arg(value_name = "PLACE")]
    place: Reference,
    /// Let the tag stand for this pack, though it stands for another one now.
    #[arg(long = "move")]
    moves: bool,
    #[command(flatten)]
    access: Access,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Subcommand)]
pub enum Key {
    /// Makes a key and prints the public one, by which others know it.
    New(KeyFile),
    /// Prints the public key of a secret one.
    Show(KeyFile),
}

#[derive(Args)]
pub struct KeyFile {
    /// The file with the secret key, in PEM.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl Pack {
    pub fn run(self) -> Result<(), Exit> {
        match self {
            Self::Build(verb) => verb.run(),
            Self::Verify(verb) => verb.run(),
            Self::Install(verb) => verb.run(),
            Self::Publish(verb) => verb.run(),
            Self::Key(Key::New(verb)) => verb.make(),
            Self::Key(Key::Show(verb)) => verb.show(),
        }
    }
}

impl Build {
    fn run(self) -> Result<(), Exit> {
        let key = self.key.as_deref().map(read_key).transpose()?;
        let pack = packs::build(&self.folder, key.as_ref(), self.skip_cases)?;
        let about = &pack.manifest().pack;
        let out = self.out.unwrap_or_else(|| format!("{}-{}.pack", about.name, about.version).into());
        if out.exists() && packs::read(&out).is_err() {
            let error = anyhow!("{} is there already and no pack; write to another file", out.display());
            return Err(Exit { code: exit::INPUT, error });
        }
        std::fs::write(&out, pack.bytes()).with_context(|| format!("cannot write {}", out.display()))?;
        if self.json {
            let mut report = told(&pack, &[]);
            report["file"] = json!(out);
            return print::json(&report);
        }
        print::pack(&pack, &pack.manifest().plugins, &vouched(&pack, &[]));
        println!("written to {}", out.display());
        Ok(())
    }
}

impl Verify {
    fn run(self) -> Result<(), Exit> {
        let Fetched { pack, note, .. } = packs::fetch(&self.source.pack, self.source.access)?;
        let keys = packs::keys(&self.source.trust)?;
        if self.json {
            let mut report = told(&pack, &keys);
            report["note"] = json!(note);
            print::json(&report)?;
        } else {
            print::pack(&pack, &pack.manifest().plugins, &vouched(&pack, &keys));
            note.iter().for_each(|note| println!("{note}"));
        }
        let trusted = if keys.is_empty() { pack.signer() } else { pack.trusted(&keys) };
        trusted.map(drop).map_err(untrusted)
    }
}

impl Publish {
    fn run(self) -> Result<(), Exit> {
        let pack = packs::read(&self.pack)?;
        pack.signer().map_err(untrusted)?;
        let published = Registry::connect(&self.place, self.access)?.push(&self.place, &pack, self.moves)?;
        let pinned = self.place.pinned(&published.digest).to_string();
        if self.json {
            let digest = &published.digest;
            return print::json(&json!({ "place": pinned, "digest": digest, "known": published.known }));
        }
        let how = if published.known { "known" } else { "published" };
        println!("{how} as {pinned}");
        Ok(())
    }
}

impl KeyFile {
    fn make(self) -> Result<(), Exit> {
        let pem = SecretKey::pem_of_seed(&randomness::bytes()?);
        write_secret(&self.file, &pem).with_context(|| {
            format!("cannot write {}; name a file that is new, so that no key is lost", self.file.display())
        })?;
        self.show()
    }

    fn show(self) -> Result<(), Exit> {
        let key = read_key(&self.file)?.public();
        if self.json {
            return print::json(&json!({ "public_key": key }));
        }
        println!("{key}");
        Ok(())
    }
}

/// Writes a new file that nobody else can read.
fn write_secret(path: &Path, content: &str) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(content.as_bytes())?;
    file.sync_all()
}

fn read_key(path: &Path) -> Result<SecretKey, Exit> {
    let place = || format!("cannot read the key in {}", path.display());
    let text = std::fs::read_to_string(path).with_context(place).map_err(Exit::with(exit::INPUT))?;
    SecretKey::from_pem(&text).with_context(place).map_err(Exit::with(exit::INPUT))
}

/// Who vouches for a pack, in words.
fn vouched(pack: &OnePack, keys: &[PublicKey]) -> String {
    match (pack.signer(), pack.trusted(keys)) {
        (_, Ok(key)) => format!("by {key}, which is trusted"),
        (Ok(key), Err(_)) => format!("by {key}"),
        (Err(Distrust::Unsigned), _) => "by nobody".to_owned(),
        (Err(cause), _) => cause.to_string(),
    }
}

/// What is told of a pack as JSON.
fn told(pack: &OnePack, keys: &[PublicKey]) -> Value {
    let mut told = json!(pack.manifest());
    told["address"] = json!(pack.address());
    told["signed_by"] = json!(pack.signer().ok());
    told["trusted"] = json!(pack.trusted(keys).is_ok());
    told["cases"] = json!(packs::cases(pack));
    told
}

fn untrusted(cause: Distrust) -> Exit {
    Exit { code: exit::UNTRUSTED, error: anyhow!(cause) }
}
