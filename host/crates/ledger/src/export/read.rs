//! Reading an export: into the log and the blobs of a new store, from which its state is then made.

use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use crate::blobs::Blobs;
use crate::change;
use crate::error::OpenError;
use crate::export::{FRAME_BYTES_MAX, Kind, MAGIC, Manifest};
use crate::files::make_dir;
use crate::front::Sink;
use crate::key::Prefix;
use crate::log::frame::{self, Kind as Framed};
use crate::log::writer::Log;
use crate::options::{Options, Progress};
use crate::place::Place;
use crate::recovery::Recovery;
use crate::store::Store;

impl Store {
    /// Makes a store of an export, in a folder that is new or empty. Commits go on with the number
    /// after the export's last. Open the store when this returned.
    ///
    /// # Errors
    ///
    /// When the export is not whole, or the folder cannot be written. The folder is then of no use.
    pub fn import(
        dir: impl AsRef<Path>,
        options: Options,
        from: &mut dyn Read,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Manifest, OpenError> {
        let place = Place::hold(dir.as_ref())?;
        place.begin_import()?;
        make_dir(&place.log())?;
        let reader = Reader::begin(from)?;
        let mut importer = Importer {
            log: Log::begin(&place.log(), reader.first_seq, options.segment_bytes)?,
            blobs: Blobs::open(&place.blobs())?,
            dir: place.log(),
            seen: Manifest { first_seq: reader.first_seq, last_seq: reader.first_seq, ..Manifest::default() },
            reader,
        };
        importer.run(progress)?;
        let last_seq = importer.close()?;
        Recovery { place: &place, cache_bytes: options.cache_bytes, last_seq, progress }.make_anew()?;
        place.finish_import()?;
        Ok(importer.seen)
    }
}

struct Importer<'run> {
    reader: Reader<'run>,
    blobs: Blobs,
    log: Log,
    dir: PathBuf,
    seen: Manifest,
}

impl Importer<'_> {
    fn run(&mut self, progress: &mut dyn FnMut(Progress)) -> Result<(), OpenError> {
        loop {
            let digest = *self.reader.hasher.finalize().as_bytes();
            match self.reader.next()? {
                (Kind::Records, records) => {
                    self.seen.records += change::read(&records).count() as u64;
                    self.append(Framed::Snapshot, self.seen.first_seq, &records)?;
                    progress(Progress::Records { records: self.seen.records });
                }
                (Kind::Commit, commit) => {
                    let (seq, changes) = commit.split_first_chunk::<8>().ok_or_else(cut)?;
                    self.seen.last_seq += 1;
                    self.seen.commits += 1;
                    if u64::from_le_bytes(*seq) != self.seen.last_seq {
                        return Err(damaged("a commit is missing"));
                    }
                    self.append(Framed::Commit, self.seen.last_seq, changes)?;
                }
                (Kind::Blob, blob) => self.keep_blob(&blob)?,
                (Kind::Manifest, manifest) => return self.compare(&manifest, &digest),
            }
        }
    }

    /// Ends the log with an empty commit of the import's own. It proves that everything before it was
    /// durable, so damage there is never taken for the torn end of a write.
    fn close(&mut self) -> Result<u64, OpenError> {
        let seq = self.seen.last_seq + 1;
        self.append(Framed::Commit, seq, &[])?;
        Ok(seq)
    }

    fn append(&mut self, kind: Framed, seq: u64, changes: &[u8]) -> Result<(), OpenError> {
        let mut frames = Vec::with_capacity(frame::HEADER_BYTES + changes.len());
        frame::push(&mut frames, kind, seq, |payload| payload.extend_from_slice(changes));
        self.log.append(&mut frames, seq).map(drop).map_err(OpenError::io("writing", &self.dir))
    }

    fn keep_blob(&mut self, blob: &[u8]) -> Result<(), OpenError> {
        let end = blob.iter().position(|&byte| byte == 0).ok_or_else(cut)?;
        let name = std::str::from_utf8(&blob[..end]).map_err(|_| cut())?;
        // The name becomes that of a folder.
        let prefix = Prefix::parse(name).ok_or_else(|| damaged("a blob belongs to no tenant"))?;
        self.blobs.put(prefix.name(), &blob[end + 1..]).map_err(OpenError::records("storing a blob"))?;
        self.seen.blobs += 1;
        Ok(())
    }

    fn compare(&self, manifest: &[u8], digest: &[u8; 32]) -> Result<(), OpenError> {
        let Manifest { first_seq, last_seq, records, commits, blobs } = self.seen;
        let numbers = [first_seq, last_seq, records, commits, blobs].map(u64::to_le_bytes);
        if manifest == [numbers.as_flattened(), digest].concat() {
            Ok(())
        } else {
            Err(damaged("its content is not what its manifest says"))
        }
    }
}

/// An export that is being read.
struct Reader<'from> {
    from: &'from mut dyn Read,
    hasher: blake3::Hasher,
    first_seq: u64,
}

impl<'from> Reader<'from> {
    fn begin(from: &'from mut dyn Read) -> Result<Self, OpenError> {
        let mut reader = Self { from, hasher: blake3::Hasher::new(), first_seq: 0 };
        let magic: [u8; MAGIC.len()] = reader.read()?;
        if magic != *MAGIC {
            let found = String::from_utf8_lossy(&magic).into_owned();
            return Err(OpenError::UnknownFormat { place: "the export".to_owned(), found });
        }
        reader.first_seq = u64::from_le_bytes(reader.read()?);
        Ok(reader)
    }

    fn next(&mut self) -> Result<(Kind, Vec<u8>), OpenError> {
        let len = u32::from_le_bytes(self.read()?) as usize;
        let crc = u32::from_le_bytes(self.read()?);
        let [kind] = self.read()?;
        if len > FRAME_BYTES_MAX {
            return Err(damaged("a part is longer than any is"));
        }
        let mut bytes = vec![0; len];
        self.fill(&mut bytes)?;
        let mut hasher = crc32fast::Hasher::new();
        hasher.update(&[kind]);
        hasher.update(&bytes);
        if hasher.finalize() != crc {
            return Err(damaged("a part does not match its checksum"));
        }
        let kinds = [Kind::Records, Kind::Commit, Kind::Blob, Kind::Manifest];
        let known = kinds.into_iter().find(|known| *known as u8 == kind);
        Ok((known.ok_or_else(|| damaged("a part is of an unknown kind"))?, bytes))
    }

    fn read<const LEN: usize>(&mut self) -> Result<[u8; LEN], OpenError> {
        let mut bytes = [0; LEN];
        self.fill(&mut bytes)?;
        Ok(bytes)
    }

    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), OpenError> {
        match self.from.read_exact(bytes) {
            Err(cause) if cause.kind() == ErrorKind::UnexpectedEof => return Err(cut()),
            read => read.map_err(OpenError::io("reading", Path::new("the export")))?,
        }
        self.hasher.update(bytes);
        Ok(())
    }
}

fn cut() -> OpenError {
    damaged("it is cut")
}

fn damaged(cause: &str) -> OpenError {
    OpenError::ExportDamaged { cause: cause.to_owned() }
}
