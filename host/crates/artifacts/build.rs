//! Builds the built-in plugins (and, for the tests, the misbehaving guests) to components with a
//! nested cargo and a target folder of its own, and writes a table of them; and one of the files of which
//! authors' projects are made.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

const TARGET: &str = "wasm32-wasip2";
const PROFILE: &str = "component";

fn main() -> Result<(), String> {
    let root = workspace_root()?;
    let plugins = names_in(&root.join("plugins"), |path| path.join("Cargo.toml").is_file())?;
    // One by one: packs beside them are built by themselves. A plugin that is new is in Cargo.lock.
    let inputs = plugins.iter().map(|name| format!("plugins/{name}"));
    let others =
        ["sdk/rust", "sdk/new", "wit", "tests/guests", "Cargo.toml", "Cargo.lock", ".cargo/config.toml"];
    // Tools leave much in the folders of these.
    let kit = kit_files(&root)?;
    let other_sdks = kit.iter().filter(|file| file.starts_with("sdk/js") || file.starts_with("sdk/python"));
    let other_sdks = other_sdks.map(|file| file.to_string_lossy().into_owned());
    for input in inputs.chain(others.map(str::to_owned)).chain(other_sdks) {
        println!("cargo::rerun-if-changed={}", root.join(input).display());
    }
    ensure_target()?;
    let target_dir = target_dir()?;
    let packages = plugins.iter().map(|name| format!("--package=leadsman-plugin-{name}"));
    cargo(&root, &target_dir, packages)?;
    let built = target_dir.join(TARGET).join(PROFILE);
    let component = |name: &String| {
        (name.clone(), built.join(format!("leadsman_plugin_{}.wasm", name.replace('-', "_"))))
    };
    let mut table = entries(
        "BUILT_IN",
        "The plugins that ship with Leadsman.",
        &plugins.iter().map(component).collect::<Vec<_>>(),
    )?;
    if env::var_os("CARGO_FEATURE_GUESTS").is_some() {
        let guests = names_in(&root.join("tests/guests/examples"), |path| {
            path.extension().is_some_and(|end| end == "rs")
        })?;
        cargo(&root, &target_dir, ["--package=leadsman-guests".to_owned(), "--examples".to_owned()])?;
        let component = |name: &String| {
            (name.clone(), built.join("examples").join(format!("{}.wasm", name.replace('-', "_"))))
        };
        table += &entries(
            "GUESTS",
            "Guests that misbehave, for the tests.",
            &guests.iter().map(component).collect::<Vec<_>>(),
        )?;
    }
    table += &files(&root, &kit)?;
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("OUT_DIR is not set")?);
    fs::write(out.join("components.rs"), table).map_err(|cause| format!("cannot write the table: {cause}"))
}

fn workspace_root() -> Result<PathBuf, String> {
    let manifest = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").ok_or("CARGO_MANIFEST_DIR is not set")?);
    manifest.ancestors().nth(3).map(Path::to_path_buf).ok_or_else(|| "the workspace has no root".to_owned())
}

/// A folder beside the profiles of the outer build, so that debug and release share the components.
fn target_dir() -> Result<PathBuf, String> {
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("OUT_DIR is not set")?);
    let outer = out.ancestors().find(|folder| folder.join("CACHEDIR.TAG").is_file());
    Ok(outer.unwrap_or(&out).join("components"))
}

/// Sees to it that the components' target is installed.
fn ensure_target() -> Result<(), String> {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let installed = || {
        let printed = Command::new(&rustc).args(["--print", "target-libdir", "--target", TARGET]).output();
        printed.is_ok_and(|output| {
            output.status.success() && Path::new(String::from_utf8_lossy(&output.stdout).trim()).is_dir()
        })
    };
    if installed() {
        return Ok(());
    }
    let added = Command::new("rustup").args(["target", "add", TARGET]).status();
    if added.is_ok_and(|status| status.success()) && installed() {
        return Ok(());
    }
    Err(format!("the target {TARGET} is missing: install it with `rustup target add {TARGET}`"))
}

/// The names of the plugins or guests in a folder, sorted; file extensions dropped.
fn names_in(folder: &Path, wanted: impl Fn(&Path) -> bool) -> Result<Vec<String>, String> {
    let listed = fs::read_dir(folder).map_err(|cause| format!("{}: {cause}", folder.display()))?;
    let mut names: Vec<String> = listed
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .filter(|path| wanted(path))
        .filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()))
        .collect();
    names.sort();
    Ok(names)
}

/// Runs the nested cargo with none of the outer one's settings: flags, wrappers and profiles of the
/// outer build are not meant for components.
fn cargo(root: &Path, target_dir: &Path, what: impl IntoIterator<Item = String>) -> Result<(), String> {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    for (name, _) in env::vars_os() {
        let name = name.to_string_lossy().into_owned();
        let outer = name.starts_with("CARGO_") && name != "CARGO_HOME" && name != "CARGO_NET_OFFLINE";
        if outer || name.starts_with("RUSTC") || name == "RUSTFLAGS" || name == "RUSTDOCFLAGS" {
            command.env_remove(&name);
        }
    }
    command.current_dir(root).args([
        "build",
        "--quiet",
        "--target",
        TARGET,
        "--profile",
        PROFILE,
        "--target-dir",
    ]);
    let status = command.arg(target_dir).args(what).status();
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("building the components failed: {status}")),
        Err(cause) => Err(format!("cannot run cargo: {cause}")),
    }
}

/// What tools leave in the folders of the SDKs, which no project needs.
const LEFT_BY_TOOLS: [&str; 5] = ["target", "node_modules", "__pycache__", ".venv", "package-lock.json"];
const ENDINGS_LEFT_BY_TOOLS: [&str; 2] = [".wasm", ".egg-info"];

/// Where the files lie of which authors' projects are made: the SDKs, what projects begin with, the contracts,
/// and which versions of other crates go with them.
const KIT: [&str; 14] = [
    "Cargo.toml",
    "Cargo.lock",
    "wit",
    "sdk/new",
    "sdk/rust",
    "sdk/js/src",
    "sdk/js/bin",
    "sdk/js/types",
    "sdk/js/package.json",
    "sdk/js/.npmrc",
    "sdk/js/README.md",
    "sdk/python/leadsman_sdk",
    "sdk/python/pyproject.toml",
    "sdk/python/README.md",
];

fn kit_files(root: &Path) -> Result<Vec<PathBuf>, String> {
    let mut files = Vec::new();
    for path in KIT.map(Path::new) {
        if root.join(path).is_dir() {
            files_in(root, path, &mut files)?;
        } else {
            files.push(path.to_owned());
        }
    }
    files.sort();
    Ok(files)
}

/// A table of files as Rust source.
fn files(root: &Path, files: &[PathBuf]) -> Result<String, String> {
    let mut source =
        "/// The files of which authors' projects are made.\npub static KIT: &[File] = &[\n".to_owned();
    for path in files {
        let (name, file) = (path.to_string_lossy(), root.join(path));
        writeln!(source, "    File {{ path: {name:?}, bytes: include_bytes!({file:?}) }},")
            .map_err(|cause| cause.to_string())?;
    }
    Ok(source + "];\n")
}

fn files_in(root: &Path, folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), String> {
    let listed = fs::read_dir(root.join(folder)).map_err(|cause| format!("{}: {cause}", folder.display()))?;
    for entry in listed.filter_map(Result::ok) {
        let (path, name) = (folder.join(entry.file_name()), entry.file_name());
        let ends = |ending: &&str| name.to_string_lossy().ends_with(*ending);
        if LEFT_BY_TOOLS.iter().any(|left| name == *left) || ENDINGS_LEFT_BY_TOOLS.iter().any(ends) {
            continue;
        }
        if entry.path().is_dir() {
            files_in(root, &path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}

/// A table of components as Rust source.
fn entries(name: &str, summary: &str, components: &[(String, PathBuf)]) -> Result<String, String> {
    let mut source = format!("/// {summary}\npub static {name}: &[Component] = &[\n");
    for (component, path) in components {
        if !path.is_file() {
            return Err(format!("the component {} was not built", path.display()));
        }
        writeln!(source, "    Component {{ name: {component:?}, bytes: include_bytes!({path:?}) }},")
            .map_err(|cause| cause.to_string())?;
    }
    Ok(source + "];\n")
}
