//! The files of a policy: from a folder, or in memory.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use crate::problem::{PolicyErrors, Problem};

/// A text file of a policy may have so many bytes; a million phone numbers do.
const TEXT_FILE_BYTES_MAX: u64 = 64 << 20;

/// The files of a policy by their paths in its folder, such as `lists/spam.txt`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PolicyFiles {
    files: BTreeMap<String, Vec<u8>>,
    /// Where components are read from when the policy names them.
    folder: Option<PathBuf>,
}

impl PolicyFiles {
    /// No files.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a file, in place of one that is there.
    pub fn insert(&mut self, path: impl Into<String>, content: impl Into<Vec<u8>>) {
        self.files.insert(path.into(), content.into());
    }

    /// Takes a file away. A component of the folder that the files were read from stays where it is.
    pub fn remove(&mut self, path: &str) {
        self.files.remove(path);
    }

    /// The files with one more.
    #[must_use]
    pub fn with(mut self, path: impl Into<String>, content: impl Into<Vec<u8>>) -> Self {
        self.insert(path, content);
        self
    }

    /// Reads `policy.toml`, the lists, the calendars and the models of a folder.
    ///
    /// # Errors
    ///
    /// When a file cannot be read, is too large, or lies where it is not looked for.
    pub fn read(folder: &Path) -> Result<Self, PolicyErrors> {
        let mut files = Self { files: BTreeMap::new(), folder: Some(folder.to_owned()) };
        let mut problems = Vec::new();
        if let Err(problem) = files.read_file(folder, "policy.toml") {
            problems.push(problem);
        }
        for (name, extension) in [("lists", "txt"), ("calendars", "toml"), ("models", "json")] {
            match entries(&folder.join(name)) {
                Ok(entries) => problems.extend(files.read_folder(folder, name, extension, entries)),
                Err(error) => {
                    problems.push(Problem::of_file(name, format!("cannot read the folder: {error}")))
                }
            }
        }
        if problems.is_empty() { Ok(files) } else { Err(PolicyErrors::new(problems)) }
    }

    /// Reads the files of one folder in a folder that end in the extension.
    pub(crate) fn read_only(folder: &Path, name: &str, extension: &str) -> Result<Self, PolicyErrors> {
        let mut files = Self { files: BTreeMap::new(), folder: Some(folder.to_owned()) };
        let listed = entries(&folder.join(name));
        let listed =
            listed.map_err(|error| Problem::of_file(name, format!("cannot read the folder: {error}")))?;
        let problems = files.read_folder(folder, name, extension, listed);
        if problems.is_empty() { Ok(files) } else { Err(PolicyErrors::new(problems)) }
    }

    /// The files as text, without components, to be sent to where they are read again.
    ///
    /// # Errors
    ///
    /// When one is not UTF-8.
    pub fn texts(&self) -> Result<BTreeMap<String, String>, PolicyErrors> {
        let text = |(path, content): (&String, &Vec<u8>)| {
            let text = String::from_utf8(content.clone());
            let text = text.map_err(|_| Problem::of_file(path.as_str(), "the file is not UTF-8"))?;
            Ok((path.clone(), text))
        };
        self.files.iter().map(text).collect::<Result<_, Problem>>().map_err(PolicyErrors::from)
    }

    pub(crate) fn get(&self, path: &str) -> Option<&[u8]> {
        self.files.get(path).map(Vec::as_slice)
    }

    /// The files of a folder, with their names without the extension.
    pub(crate) fn below<'a>(
        &'a self,
        folder: &'a str,
        extension: &'a str,
    ) -> impl Iterator<Item = (&'a str, &'a str, &'a [u8])> {
        self.files.iter().filter_map(move |(path, content)| {
            let stem =
                path.strip_prefix(folder)?.strip_prefix('/')?.strip_suffix(extension)?.strip_suffix('.')?;
            Some((path.as_str(), stem, content.as_slice()))
        })
    }

    /// A component that the policy names, of at most so many bytes.
    pub(crate) fn component(&self, path: &str, bytes_max: usize) -> Result<Vec<u8>, String> {
        let too_large = || format!("the component is larger than {bytes_max} bytes");
        if let Some(content) = self.get(path) {
            return if content.len() <= bytes_max { Ok(content.to_vec()) } else { Err(too_large()) };
        }
        let Some(folder) = &self.folder else { return Err("there is no such file".to_owned()) };
        if !Path::new(path).components().all(|part| matches!(part, Component::Normal(_))) {
            return Err("the path leads out of the policy's folder".to_owned());
        }
        let read = || -> io::Result<Option<Vec<u8>>> {
            let file = folder.join(path).canonicalize()?;
            if !file.starts_with(folder.canonicalize()?) {
                return Err(io::Error::other("the path leads out of the policy's folder"));
            }
            let is_small = fs::metadata(&file)?.len() <= bytes_max as u64;
            is_small.then(|| fs::read(file)).transpose()
        };
        let unreadable = |error: io::Error| match error.kind() {
            io::ErrorKind::NotFound => {
                "there is no such file; a project's component is made by `leadsman build`".to_owned()
            }
            _ => format!("cannot read the file: {error}"),
        };
        read().map_err(unreadable)?.ok_or_else(too_large)
    }

    fn read_folder(
        &mut self,
        folder: &Path,
        name: &str,
        extension: &str,
        entries: Vec<String>,
    ) -> Vec<Problem> {
        let mut problems = Vec::new();
        for entry in entries {
            let path = format!("{name}/{entry}");
            if Path::new(&entry).extension().is_some_and(|found| found == extension) {
                problems.extend(self.read_file(folder, &path).err());
            } else if !entry.starts_with('.') && !entry.ends_with('~') {
                problems
                    .push(Problem::of_file(path, format!("only files that end in .{extension} belong here")));
            }
        }
        problems
    }

    fn read_file(&mut self, folder: &Path, path: &str) -> Result<(), Problem> {
        let read = || -> io::Result<Vec<u8>> {
            let file = folder.join(path);
            if fs::metadata(&file)?.len() > TEXT_FILE_BYTES_MAX {
                return Err(io::Error::other(format!("it is larger than {} MiB", TEXT_FILE_BYTES_MAX >> 20)));
            }
            fs::read(file)
        };
        let content =
            read().map_err(|error| Problem::of_file(path, format!("cannot read the file: {error}")))?;
        if let Some(line) = open_conflict(&content) {
            let message = format!(
                "an upgrade left a conflict at line {line}: keep one of the two sides, and remove the lines that begin with \
                 <<<<<<<, ======= and >>>>>>>"
            );
            return Err(Problem::of_file(path, message));
        }
        self.files.insert(path.to_owned(), content);
        Ok(())
    }
}

/// The line of the first conflict that an upgrade wrote into a file and nobody has mended, from 1.
fn open_conflict(content: &[u8]) -> Option<usize> {
    let place = content.split(|byte| *byte == b'\n').position(|line| line.starts_with(b"<<<<<<<"));
    place.map(|place| place + 1)
}

/// The names in a folder, in order; none if there is no such folder.
fn entries(folder: &Path) -> io::Result<Vec<String>> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let name = |entry: io::Result<fs::DirEntry>| Ok(entry?.file_name().to_string_lossy().into_owned());
    let mut names = entries.map(name).collect::<io::Result<Vec<_>>>()?;
    names.sort();
    Ok(names)
}
