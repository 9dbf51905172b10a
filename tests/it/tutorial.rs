//! The tutorial for authors, from its first line to its last, in an empty folder with the real program.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::author::may_take_packages;
use crate::pages::{Block, blocks, page, shows_what_is_there};
use crate::program::{arg, leadsman, write};
use crate::serve::Server;

/// Where the page says that the server listens.
const ADDRESS: &str = "http://127.0.0.1:7070";

/// What the page tells to start in another terminal.
const SERVE: &str = "leadsman serve --data data --tenants tenants\n";

/// Holds what was exported, from one block to the next.
const EXPORTED: &str = ".exported";

/// How often something is asked that a server does when it has time to spare.
const ASKED_MAX: usize = 1_000;

/// Somebody who reads the page and does what it says.
struct Reader {
    folder: tempfile::TempDir,
    server: Option<Server>,
}

impl Reader {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("bin")).unwrap();
        let program = PathBuf::from(leadsman().get_program());
        std::os::unix::fs::symlink(program, folder.path().join("bin/leadsman")).unwrap();
        write(folder.path(), &[(EXPORTED, b"")]);
        Self { folder, server: None }
    }

    /// Does what a block says, and gives what was printed and how it exited.
    fn run(&self, block: &Block) -> (String, i32) {
        let text = match &self.server {
            Some(server) => block.text.replace(ADDRESS, &server.address),
            None => block.text.clone(),
        };
        let folder = self.folder.path();
        let script = format!(". ./{EXPORTED}\nset -e\nexec 2>&1\n{text}\nexport -p > {EXPORTED}\n");
        let mut command = Command::new("sh");
        for (name, value) in leadsman().get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        let others = std::env::var("PATH").unwrap_or_default();
        let output = command
            .args(["-c", &script])
            .current_dir(folder)
            .env("PATH", format!("{}:{others}", arg(&folder.join("bin"))))
            // Projects of authors share what they build.
            .env("CARGO_TARGET_DIR", Path::new(env!("CARGO_TARGET_TMPDIR")).join("authors"))
            .env_remove("CARGO_ENCODED_RUSTFLAGS")
            .env_remove("RUSTFLAGS")
            .output()
            .unwrap();
        (String::from_utf8(output.stdout).unwrap(), output.status.code().unwrap())
    }

    /// Takes the SDK of the source in place of the project's own, which is the same, so that it is compiled once.
    fn share_the_sdk(&self) {
        let manifest = self.folder.path().join("my-rules/Cargo.toml");
        let text = std::fs::read_to_string(&manifest).unwrap();
        let sdk = crate::pages::root().join("sdk/rust");
        assert!(text.contains(".leadsman/sdk/rust"));
        std::fs::write(manifest, text.replace(".leadsman/sdk/rust", arg(&sdk))).unwrap();
    }
}

#[test]
fn the_tutorial_does_what_it_says() {
    let reader = read("tutorial.md");
    assert!(reader.server.is_some_and(Server::drain));
}

#[test]
fn the_tutorial_in_javascript_does_what_it_says() {
    if may_take_packages() {
        read("tutorial-javascript.md");
    }
}

#[test]
fn the_tutorial_in_python_does_what_it_says() {
    if may_take_packages() {
        read("tutorial-python.md");
    }
}

/// Reads a page from top to bottom and does what it says.
fn read(name: &str) -> Reader {
    shows_what_is_there(name);
    let mut reader = Reader::new();
    let blocks = blocks(&page(name));
    for (place, block) in blocks.iter().enumerate() {
        let line = block.line;
        match block.about()[..] {
            ["sh"] => follow(&reader, &blocks, place, 0),
            ["sh", "exit", code] => follow(&reader, &blocks, place, code.parse().unwrap()),
            ["sh", "until"] => {
                let told = &blocks[place + 1].text;
                assert!(
                    (0..ASKED_MAX).any(|_| fits(told, &reader.run(block).0)),
                    "line {line} never says that"
                );
            }
            ["sh", "server"] => {
                assert_eq!(block.text, SERVE, "line {line}");
                reader.server = Some(Server::start(reader.folder.path()));
            }
            [_, "writes", path] => write(reader.folder.path(), &[(path, block.text.as_bytes())]),
            [_, "shows", _] | ["text"] => {}
            ref other => panic!("line {line}: what is to be done with {other:?}?"),
        }
        if block.text.starts_with("leadsman new") && !block.text.contains("--lang") {
            reader.share_the_sdk();
        }
    }
    reader
}

/// Does what a block says, which ends with a code and prints what the next block tells, if that is text.
fn follow(reader: &Reader, blocks: &[Block], place: usize, code: i32) {
    let (said, exited) = reader.run(&blocks[place]);
    let line = blocks[place].line;
    assert_eq!(exited, code, "line {line} exits otherwise: {said}");
    if let Some(told) = blocks.get(place + 1).filter(|next| next.about() == ["text"]) {
        assert!(fits(&told.text, &said), "line {line} says otherwise: {said}");
    }
}

/// Whether a text is what was told, where `...` stands for anything in a line, and alone for any lines.
fn fits(told: &str, said: &str) -> bool {
    let lines =
        |text: &str| text.trim_end().lines().map(|line| line.trim_end().to_owned()).collect::<Vec<_>>();
    lines_fit(&lines(told), &lines(said))
}

fn lines_fit(told: &[String], said: &[String]) -> bool {
    match told.split_first() {
        None => said.is_empty(),
        Some((any, rest)) if any.trim() == "..." => {
            (0..=said.len()).any(|skipped| lines_fit(rest, &said[skipped..]))
        }
        Some((line, rest)) => said
            .split_first()
            .is_some_and(|(first, others)| line_fits(line, first) && lines_fit(rest, others)),
    }
}

fn line_fits(told: &str, said: &str) -> bool {
    let Some((before, after)) = told.split_once("...") else { return told == said };
    let Some(rest) = said.strip_prefix(before) else { return false };
    let ends = rest.char_indices().map(|(place, _)| place).chain([rest.len()]);
    ends.into_iter().any(|place| line_fits(after, &rest[place..]))
}

#[test]
fn what_is_told_fits_only_what_is_said() {
    assert!(fits("a ... c\n...\nd\n", "a b c\nx\ny\nd"));
    assert!(fits("a ... fuel)", "a (12 fuel)") && !fits("a ... fuel)", "a (12 fuel"));
    assert!(!fits("a\nd", "a\nb\nd") && !fits("a", "a\nb"));
}
