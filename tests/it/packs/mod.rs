//! Packs: one author makes a policy's folder into a signed file, tenants install it and go on to newer ones.

mod author;
mod registry;
mod tenant;
mod upgrade;

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::program::{POLICY, arg, json, leadsman, run, said, write};
use crate::raw::HARMLESS;

/// An author with a key, who has a folder, and tenants beside.
pub struct Author {
    pub folder: tempfile::TempDir,
    /// The public key.
    pub key: String,
}

/// Who the pack is, in the version.
fn about(version: &str) -> String {
    format!(
        "name = \"solar\"\nversion = \"{version}\"\ntitle = \"Solar leads\"\nsummary = \"Who wants panels.\"\n\
         authors = [\"Ann Lee\"]\nlicence = \"MIT\"\n"
    )
}

/// The policy of the pack: that of the other tests, with a list, and a scorer of its own.
fn policy() -> String {
    let scorer = "[[scoring]]\npath = \"raw.wasm\"\nlimits = { fuel = 30_000_000 }\n\n[grading]";
    let words =
        "[[screening]]\nplugin = \"sensitive-words\"\nconfig = { lists = [\"spam\"] }\n\n[[scoring]]\nplugin";
    POLICY.replace("[grading]", scorer).replace("[[scoring]]\nplugin", words)
}

impl Author {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let key = run(&["pack", "key", "new", arg(&folder.path().join("author.pem"))]);
        assert!(key.status.success(), "{}", said(&key));
        let key = String::from_utf8(key.stdout).unwrap().trim().to_owned();
        let author = Self { folder, key };
        let (policy, component) = (policy(), HARMLESS.component());
        let files: [(&str, &[u8]); 5] = [
            ("source/policy.toml", policy.as_bytes()),
            ("source/lists/spam.txt", b"casino\nlottery\n"),
            ("source/raw.wasm", &component),
            ("source/README.md", b"Solar leads.\n"),
            ("source/src/lib.rs", b"// The source of raw.wasm."),
        ];
        author.write(&files);
        author
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, files: &[(&str, &[u8])]) {
        write(self.folder.path(), files);
    }

    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap_or_else(|cause| panic!("{name}: {cause}"))
    }

    /// Replaces a text in a file, where it must be.
    pub fn edit(&self, name: &str, from: &str, to: &str) {
        let text = self.read(name);
        assert!(text.contains(from), "{from:?} in {text}");
        self.write(&[(name, text.replacen(from, to, 1).as_bytes())]);
    }

    /// Builds a version of the pack, and says where it is.
    pub fn build(&self, version: &str) -> PathBuf {
        self.write(&[("source/pack.toml", about(version).as_bytes())]);
        let out = self.path(&format!("solar-{version}.pack"));
        let (source, key) = (self.path("source"), self.path("author.pem"));
        json(&["pack", "build", arg(&source), "--key", arg(&key), "--out", arg(&out), "--json"]);
        out
    }

    /// Installs a pack into the tenant's folder, or tries to: how it exits and what it says.
    pub fn install(&self, pack: &Path, more: &[&str]) -> (Option<i32>, String) {
        self.install_from(arg(pack), more)
    }

    pub fn install_from(&self, place: &str, more: &[&str]) -> (Option<i32>, String) {
        self.install_knowing(place, more, &[])
    }

    /// The same with variables of the environment.
    pub fn install_knowing(
        &self,
        place: &str,
        more: &[&str],
        environment: &[(&str, &str)],
    ) -> (Option<i32>, String) {
        let into = self.path("tenant");
        let arguments = ["pack", "install", place, "--into", arg(&into), "--trust", &self.key];
        let mut program = leadsman();
        program.args(arguments).args(more).envs(environment.iter().copied());
        let output = program.output().unwrap();
        (output.status.code(), said(&output))
    }

    /// The files of the tenant's folder with their contents, those of `.pack` aside.
    pub fn tenant(&self) -> std::collections::BTreeMap<String, Vec<u8>> {
        fn add(root: &Path, folder: &Path, found: &mut std::collections::BTreeMap<String, Vec<u8>>) {
            for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
                let path = entry.path();
                match path.is_dir() {
                    true if path.ends_with(".pack") => {}
                    true => add(root, &path, found),
                    false => {
                        let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
                        found.insert(name, std::fs::read(&path).unwrap());
                    }
                }
            }
        }
        let mut found = std::collections::BTreeMap::new();
        add(&self.path("tenant"), &self.path("tenant"), &mut found);
        found
    }

    /// What `pack verify --json` says of a pack that the author signed.
    pub fn verify(&self, pack: &Path) -> Value {
        json(&["pack", "verify", arg(pack), "--trust", &self.key, "--json"])
    }
}
