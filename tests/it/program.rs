//! Running the program.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Where tests keep compiled code, all of them together.
pub fn cache() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("artefacts")
}

/// The program, ready to be given arguments.
pub fn leadsman() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_leadsman-under-test"));
    command.env_remove("LEADSMAN_LOG").env("LEADSMAN_CACHE", cache());
    command
}

/// Runs the program with arguments.
pub fn run(arguments: &[&str]) -> Output {
    leadsman().args(arguments).output().unwrap()
}

/// Runs the program, which must end well, and reads the JSON that it prints.
pub fn json(arguments: &[&str]) -> serde_json::Value {
    let output = run(arguments);
    assert!(output.status.success(), "{arguments:?}: {}", said(&output));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// What a run said on both outputs.
pub fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// Writes files into a folder.
pub fn write(folder: &Path, files: &[(&str, &[u8])]) {
    for (name, content) in files {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }
}

/// A path as an argument.
pub fn arg(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// A small policy that imports files with the columns id, name, mail, size and when.
pub const POLICY: &str = r#"
region = "US"
default_pool = "inbound"

[[screening]]
plugin = "contact-check"

[[scoring]]
plugin = "points"
config = { rules = [{ name = "large", points = 30, when = { attribute = "company.size", at_least = 100 } }] }

[grading]
bands = [{ label = "B", below = 20, meaning = "warm" }, { label = "A", from = 20, meaning = "hot" }]

[[pools]]
id = "inbound"
[[pools.allocation]]
plugin = "round-robin"

[[reps]]
id = "ann"
weight = 2
[[reps]]
id = "bob"

[import]
source = "form"
key = "id"
received = { column = "when", format = "%Y-%m-%d %H:%M:%S" }
[import.columns]
name = "person.name"
mail = "contact.email"
size = { attribute = "company.size", type = "number" }
"#;

/// A table for that policy: good rows, a duplicate, junk and bad rows.
pub const LEADS: &str = "id,name,mail,size,when
1,Ann Lee,ann@northwind.com,500,2026-01-05 08:00:00
2,Bo Chen,bo@bluepeak.com,20,2026-01-05 08:01:00
3,Cy Diaz,not a mail,20,2026-01-05 08:02:00
4,Ann Lee,ANN@northwind.com,500,2026-01-05 08:03:00
5,Di Ek,di@oakline.com,many,2026-01-05 08:04:00
6,Ed Fox,ed@oakline.com,60,2026-01-05 08:05:00
7,Flo Gil,flo@redwater.com
";
