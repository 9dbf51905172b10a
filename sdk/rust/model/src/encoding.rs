//! From what is known of an attribute to a bin. The same for training and for scoring.

use std::borrow::Cow;

/// No attribute has more bins, so that a set of bins is 64 bits.
pub const BINS_MAX: usize = 64;

/// The bin of what is not known.
pub const MISSING: u8 = 0;

/// So many values of a text have a bin of their own; all others, those never seen before included, share one.
/// Likewise a number has at most so many cuts.
pub const VALUES_MAX: usize = BINS_MAX - 2;

/// The bin that the values share which have none of their own.
const OTHER: u8 = 63;

const DAY_MS: f64 = 86_400_000.0;

/// A model has at most so many attributes.
pub const ATTRIBUTES_MAX: usize = 255;

/// The bins of a lead: one for each attribute, in their order. As many as a byte can name, so that none needs
/// to be looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bins([u8; ATTRIBUTES_MAX + 1]);

impl Bins {
    /// The bin of an attribute.
    #[inline]
    pub(crate) fn of(&self, attribute: u8) -> u8 {
        self.0[usize::from(attribute)]
    }
}

impl FromIterator<u8> for Bins {
    /// Takes the bins of attributes in their order; those that are not given are not known.
    fn from_iter<I: IntoIterator<Item = u8>>(bins: I) -> Self {
        let mut all = [MISSING; ATTRIBUTES_MAX + 1];
        all.iter_mut().zip(bins).for_each(|(place, bin)| *place = bin);
        Self(all)
    }
}

/// What is known of an attribute of a lead.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Seen<'a> {
    /// Nothing.
    Missing,
    /// A number.
    Number(f64),
    /// A text.
    Text(&'a str),
    /// Yes or no.
    Flag(bool),
    /// A moment, in milliseconds since the Unix epoch.
    Time(i64),
}

/// How an attribute becomes a bin.
#[derive(Debug, Clone, PartialEq)]
pub enum Encoder {
    /// A number, by ascending cuts; one that equals a cut lies above it.
    Number(Vec<f64>),
    /// A moment, as days of 24 hours before the lead was received, by ascending cuts.
    Time(Vec<f64>),
    /// A text, by its value without case and outer white space.
    Text(Box<Values>),
}

impl Encoder {
    /// A text with these values, folded, in their order; those after the 62nd have no bin of their own.
    #[must_use]
    pub fn text(values: Vec<String>) -> Self {
        Self::Text(Box::new(Values::new(values)))
    }

    /// The bin of what is known. What has another type than the attribute had in training is converted where
    /// that is plain (a flag to `yes` or `no`, a text that is a number), and is otherwise not known.
    #[must_use]
    pub fn bin(&self, seen: Seen<'_>, received_ms: i64) -> u8 {
        match self {
            Self::Number(cuts) => number(seen).map_or(MISSING, |number| cut(cuts, number)),
            Self::Time(cuts) => match seen {
                Seen::Time(at) => cut(cuts, moment_in_days(at, received_ms)),
                _ => MISSING,
            },
            Self::Text(values) => match seen {
                Seen::Text(text) => values.bin(text),
                Seen::Flag(flag) => values.bin(if flag { "yes" } else { "no" }),
                Seen::Number(number) => values.bin(&number.to_string()),
                Seen::Missing | Seen::Time(_) => MISSING,
            },
        }
    }

    /// How many bins there are, the one of what is not known included.
    #[must_use]
    pub fn bins(&self) -> usize {
        match self {
            Self::Number(cuts) | Self::Time(cuts) => cuts.len() + 2,
            Self::Text(_) => BINS_MAX,
        }
    }
}

/// A moment as days before the lead was received; negative if it is later.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "a million years in milliseconds are below 2^53")]
pub fn moment_in_days(at_ms: i64, received_ms: i64) -> f64 {
    received_ms.saturating_sub(at_ms) as f64 / DAY_MS
}

fn number(seen: Seen<'_>) -> Option<f64> {
    let number = match seen {
        Seen::Number(number) => number,
        Seen::Flag(flag) => f64::from(u8::from(flag)),
        Seen::Text(text) => text.trim().parse().ok()?,
        Seen::Missing | Seen::Time(_) => return None,
    };
    number.is_finite().then_some(number)
}

fn cut(cuts: &[f64], number: f64) -> u8 {
    let below = cuts.partition_point(|&cut| cut <= number);
    u8::try_from(below + 1).unwrap_or(OTHER)
}

/// A text as it is compared: no white space at the ends, lower case.
#[must_use]
pub fn fold(text: &str) -> Cow<'_, str> {
    let text = text.trim();
    let is_folded = text.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase());
    if is_folded { Cow::Borrowed(text) } else { Cow::Owned(text.to_lowercase()) }
}

/// The values of a text, found by a hash so that a lead costs one look.
#[derive(Debug, Clone, PartialEq)]
pub struct Values {
    values: Vec<String>,
    /// Open addressing: places in `values`, from 1.
    table: [u8; TABLE],
}

/// Four times as many places as values, so that most are found at once.
const TABLE: usize = 256;

impl Values {
    fn new(mut values: Vec<String>) -> Self {
        values.truncate(VALUES_MAX);
        let mut table = [0; TABLE];
        for (place, value) in (1_u8..).zip(&values) {
            let mut slot = hash(value);
            while table[slot] != 0 {
                slot = (slot + 1) % TABLE;
            }
            table[slot] = place;
        }
        Self { values, table }
    }

    /// The values, folded, in their order.
    #[must_use]
    pub fn all(&self) -> &[String] {
        &self.values
    }

    fn bin(&self, text: &str) -> u8 {
        let text = trimmed(text);
        if text.is_empty() {
            return MISSING;
        }
        if !text.is_ascii() {
            let folded = text.to_lowercase();
            return self.find(hash(&folded), |value| value == folded);
        }
        self.find(hash(text), |value| value.eq_ignore_ascii_case(text))
    }

    fn find(&self, mut slot: usize, is: impl Fn(&str) -> bool) -> u8 {
        loop {
            match self.table[slot] {
                0 => return OTHER,
                place if is(&self.values[usize::from(place) - 1]) => return place,
                _ => slot = (slot + 1) % TABLE,
            }
        }
    }
}

/// A text without white space at its ends, which most have not.
fn trimmed(text: &str) -> &str {
    match text.as_bytes() {
        [one] if one.is_ascii_graphic() => text,
        [first, .., last] if first.is_ascii_graphic() && last.is_ascii_graphic() => text,
        _ => text.trim(),
    }
}

/// FNV-1a over the bytes, ASCII in lower case.
fn hash(text: &str) -> usize {
    let mix = |hash: u32, byte: u8| (hash ^ u32::from(byte.to_ascii_lowercase())).wrapping_mul(16_777_619);
    let hash = text.bytes().fold(2_166_136_261, mix);
    ((hash ^ (hash >> 16)) as usize) % TABLE
}
