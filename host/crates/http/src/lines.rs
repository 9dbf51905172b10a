//! The lines of a body that arrives in pieces. Knows nothing of what the lines say.

/// A line and its number, from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    pub number: u64,
    /// The line without its end; none if it is longer than a line may be.
    pub bytes: Option<Vec<u8>>,
}

/// Cuts pieces into lines. Never holds more than one line that is not whole.
#[derive(Debug)]
pub(crate) struct Splitter {
    line_bytes_max: usize,
    begun: Vec<u8>,
    too_long: bool,
    number: u64,
}

impl Splitter {
    pub(crate) fn new(line_bytes_max: usize) -> Self {
        Self { line_bytes_max, begun: Vec::new(), too_long: false, number: 0 }
    }

    /// Takes a piece, and adds the lines that end in it. Blank lines are counted and left out.
    pub(crate) fn push(&mut self, piece: &[u8], lines: &mut Vec<Line>) {
        let mut parts = piece.split(|byte| *byte == b'\n').peekable();
        while let Some(part) = parts.next() {
            self.add(part);
            if parts.peek().is_some() {
                self.end_line(lines);
            }
        }
    }

    /// Adds the last line, if it has no end.
    pub(crate) fn finish(mut self, lines: &mut Vec<Line>) {
        self.end_line(lines);
    }

    fn add(&mut self, part: &[u8]) {
        // One byte more, for the carriage return that does not count.
        if self.begun.len() + part.len() > self.line_bytes_max + 1 {
            self.too_long = true;
            self.begun.clear();
        }
        if !self.too_long {
            self.begun.extend_from_slice(part);
        }
    }

    fn end_line(&mut self, lines: &mut Vec<Line>) {
        self.number += 1;
        let mut bytes = std::mem::take(&mut self.begun);
        if bytes.last() == Some(&b'\r') {
            bytes.pop();
        }
        let too_long = std::mem::take(&mut self.too_long) || bytes.len() > self.line_bytes_max;
        if too_long {
            lines.push(Line { number: self.number, bytes: None });
        } else if !bytes.trim_ascii().is_empty() {
            lines.push(Line { number: self.number, bytes: Some(bytes) });
        }
    }
}
