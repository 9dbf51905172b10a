//! Records: fields of bytes with their line, in bounded memory whatever the file holds. Knows nothing
//! of columns and their meaning.

use std::io::{self, BufRead, BufReader};

use csv_core::ReadFieldResult;

/// A field may have so many bytes.
pub const FIELD_BYTES_MAX: usize = 64 << 10;
/// All fields of a row together may have so many bytes.
pub const ROW_BYTES_MAX: usize = 1 << 20;
/// A row may have so many fields.
pub const FIELDS_MAX: usize = 4_096;

/// One record.
#[derive(Debug)]
pub(crate) struct Record {
    /// The line of the file on which it begins, from 1.
    pub line: u64,
    /// Its fields; of fields beyond the limits only their beginning.
    pub fields: Vec<Vec<u8>>,
    /// What keeps it from being a row.
    pub defect: Option<Defect>,
}

/// What keeps a record from being a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Defect {
    /// This field, from 0, is longer than [`FIELD_BYTES_MAX`].
    LongField(usize),
    /// It is longer than [`ROW_BYTES_MAX`], or has more than [`FIELDS_MAX`] fields.
    LongRow,
    /// The quote that opens this field is never closed.
    OpenQuote(usize),
}

/// The records of a file.
pub(crate) struct Records<R> {
    input: BufReader<R>,
    parser: csv_core::Reader,
    place: Place,
}

impl<R: io::Read> Records<R> {
    pub fn new(input: R, delimiter: u8) -> Self {
        Self {
            input: BufReader::with_capacity(64 << 10, input),
            parser: csv_core::ReaderBuilder::new().delimiter(delimiter).build(),
            place: Place { bytes: 0, line: 1, after_return: false },
        }
    }

    pub fn bytes_read(&self) -> u64 {
        self.place.bytes
    }

    /// The first bytes of the file, at most four; for before the first record.
    pub fn peek(&mut self) -> io::Result<&[u8]> {
        let buffer = fill(&mut self.input)?;
        Ok(&buffer[..buffer.len().min(4)])
    }

    /// Leaves out bytes before the first record.
    pub fn skip(&mut self, count: usize) {
        self.input.consume(count);
        self.place.bytes += count as u64;
    }

    /// The next record; none at the end of the file. Blank lines are no records.
    pub fn next_record(&mut self) -> io::Result<Option<Record>> {
        if !self.skip_line_ends()? {
            return Ok(None);
        }
        let mut record = Record { line: self.place.line, fields: Vec::new(), defect: None };
        let mut room = ROW_BYTES_MAX;
        loop {
            let field = self.next_field(room.min(FIELD_BYTES_MAX))?;
            let index = record.fields.len();
            let defect = match &field {
                field if field.open_quote => Some(Defect::OpenQuote(index)),
                field if field.is_cut && field.bytes.len() == FIELD_BYTES_MAX => {
                    Some(Defect::LongField(index))
                }
                field if field.is_cut || index >= FIELDS_MAX => Some(Defect::LongRow),
                _ => None,
            };
            record.defect = record.defect.or(defect);
            room -= field.bytes.len();
            if index < FIELDS_MAX {
                record.fields.push(field.bytes);
            }
            if field.ends_record {
                return Ok(Some(record));
            }
        }
    }

    /// Leaves out line ends; false at the end of the file.
    fn skip_line_ends(&mut self) -> io::Result<bool> {
        loop {
            let buffer = fill(&mut self.input)?;
            let ends = buffer.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
            let (is_end, has_more) = (buffer.is_empty(), ends < buffer.len());
            self.place.pass(&buffer[..ends]);
            self.input.consume(ends);
            if is_end || has_more {
                return Ok(has_more);
            }
        }
    }

    fn next_field(&mut self, bytes_max: usize) -> io::Result<Field> {
        let mut field = Field::default();
        let mut is_first = true;
        let mut is_quoted = false;
        let mut quotes = 0_usize;
        loop {
            let mut output = [0; 4096];
            let buffer = fill(&mut self.input)?;
            let at_end = buffer.is_empty();
            let (result, used, made) = self.parser.read_field(buffer, &mut output);
            let used_bytes = &buffer[..used];
            is_quoted |= is_first && used_bytes.first() == Some(&b'"');
            is_first &= used == 0;
            quotes += used_bytes.iter().filter(|&&byte| byte == b'"').count();
            self.place.pass(used_bytes);
            self.input.consume(used);
            let kept = made.min(bytes_max - field.bytes.len());
            field.bytes.extend_from_slice(&output[..kept]);
            field.is_cut |= kept < made;
            match result {
                ReadFieldResult::InputEmpty | ReadFieldResult::OutputFull => {}
                ReadFieldResult::Field { record_end } => {
                    field.ends_record = record_end;
                    field.open_quote = at_end && is_quoted && quotes % 2 == 1;
                    return Ok(field);
                }
                ReadFieldResult::End => {
                    field.ends_record = true;
                    return Ok(field);
                }
            }
        }
    }
}

/// Reads on if nothing is left, and tries again when a signal came in between.
fn fill<R: io::Read>(input: &mut BufReader<R>) -> io::Result<&[u8]> {
    while let Err(error) = input.fill_buf() {
        if error.kind() != io::ErrorKind::Interrupted {
            return Err(error);
        }
    }
    Ok(input.buffer())
}

#[derive(Default)]
struct Field {
    bytes: Vec<u8>,
    is_cut: bool,
    open_quote: bool,
    ends_record: bool,
}

/// Where in the file reading stands.
struct Place {
    bytes: u64,
    line: u64,
    after_return: bool,
}

impl Place {
    /// Moves past some bytes. A line ends with a line feed, a carriage return, or the two together.
    fn pass(&mut self, bytes: &[u8]) {
        self.bytes += bytes.len() as u64;
        for &byte in bytes {
            let ends_line = byte == b'\r' || (byte == b'\n' && !self.after_return);
            self.line += u64::from(ends_line);
            self.after_return = byte == b'\r';
        }
    }
}
