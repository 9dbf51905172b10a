//! Phone numbers, by the tables of libphonenumber.

use std::panic::catch_unwind;

use phonenumber::country::{self, Source};
use phonenumber::{PhoneNumber, Type};
use unicode_normalization::UnicodeNormalization;

use crate::derive::CONTACT_BYTES_MAX;

#[cfg(test)]
mod tests;

/// A country or territory for phone numbers: its ISO 3166 code, such as `DE`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Region(country::Id);

/// The text is not a region.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a country: use a code of ISO 3166 in capitals, such as DE, US or CN")]
pub struct InvalidRegion(pub String);

impl std::str::FromStr for Region {
    type Err = InvalidRegion;
    fn from_str(text: &str) -> Result<Self, InvalidRegion> {
        text.parse().map(Self).map_err(|_| InvalidRegion(text.chars().take(20).collect()))
    }
}

impl Region {
    /// The code.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_ref()
    }
}

/// A valid number.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Phone {
    pub e164: String,
    pub kind: &'static str,
    pub region: Option<String>,
    pub country_code: u16,
}

/// Reads a phone number; none if it is not a valid one. Valid means that the country's plan has such a
/// number, not that somebody answers. A number of one digit repeated is nobody's, whatever the plan
/// says. Letters are not read as digits, except in `ext.`.
pub(crate) fn read(text: &str, region: Option<Region>) -> Option<Phone> {
    if text.len() > CONTACT_BYTES_MAX {
        return None;
    }
    let plain = plain(text)?;
    // The tables' reader is foreign code fed by strangers: should it ever panic, the number is invalid.
    catch_unwind(|| read_plain(&plain, region)).ok().flatten()
}

fn read_plain(plain: &str, region: Option<Region>) -> Option<Phone> {
    let number = parse(plain, region)?;
    let national = number.national().to_string();
    if !number.is_valid() || one_digit_repeated(&national) {
        return None;
    }
    let country_code = number.code().value();
    Some(Phone {
        e164: format!("+{country_code}{national}"),
        kind: kind(number.number_type(&phonenumber::metadata::DATABASE)),
        region: number.country().id().map(|id| id.as_ref().to_owned()),
        country_code,
    })
}

/// Parses a number. The tables' reader takes the trunk prefix of the default country off numbers of
/// other countries too (the 1 of `+86 138…` where the default is US), so a number that names its country
/// is parsed without a default.
fn parse(plain: &str, region: Option<Region>) -> Option<PhoneNumber> {
    let digits: String = plain.chars().filter(char::is_ascii_digit).collect();
    if plain.contains('+') {
        return phonenumber::parse(None, format!("+{digits}")).ok();
    }
    let number = phonenumber::parse(region.map(|region| region.0), plain).ok()?;
    let after_prefix = ["011", "0011", "00"].into_iter().find_map(|prefix| digits.strip_prefix(prefix));
    match (number.code().source(), after_prefix) {
        (Source::Idd, Some(rest)) => phonenumber::parse(None, format!("+{rest}")).ok(),
        _ => Some(number),
    }
}

/// The number in ASCII digits and the usual punctuation; none if it has anything else.
fn plain(text: &str) -> Option<String> {
    let folded: String = text.nfkc().filter(|&one| !leadsman_domain::text::is_invisible(one)).collect();
    let lower = folded.trim().to_ascii_lowercase();
    let number = lower.strip_prefix("tel:").unwrap_or(&lower);
    let (main, extension) = split_extension(number);
    let has_only_known = main.chars().all(|one| is_plain(one) || is_dash(one));
    let known_extension = extension.chars().all(|one| one.is_ascii_digit() || one == ' ');
    if !has_only_known || !known_extension {
        return None;
    }
    let digits = main.chars().filter(char::is_ascii_digit).count();
    let plus_leads = main.rfind('+').is_none_or(|place| !main[..place].contains(|one: char| one != '('));
    (plus_leads && (3..=20).contains(&digits)).then(|| main.chars().map(tidy).collect())
}

/// Cuts an extension off, such as `x12`, `ext. 12` or `;ext=12`.
fn split_extension(number: &str) -> (&str, &str) {
    for mark in [";ext=", "extension", "ext.", "ext", "x", "#"] {
        if let Some((main, extension)) = number.split_once(mark) {
            return (main, extension.trim());
        }
    }
    (number, "")
}

fn is_plain(one: char) -> bool {
    one.is_ascii_digit() || one.is_whitespace() || matches!(one, '+' | '-' | '(' | ')' | '.' | '/')
}

/// Dashes that NFKC leaves alone.
fn is_dash(one: char) -> bool {
    matches!(one, '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{30fc}')
}

fn tidy(one: char) -> char {
    match one {
        dash if is_dash(dash) => '-',
        space if space.is_whitespace() => ' ',
        other => other,
    }
}

fn one_digit_repeated(national: &str) -> bool {
    let first = national.bytes().next();
    national.bytes().all(|digit| Some(digit) == first)
}

fn kind(kind: Type) -> &'static str {
    match kind {
        Type::FixedLine => "fixed-line",
        Type::Mobile => "mobile",
        Type::FixedLineOrMobile => "fixed-line-or-mobile",
        Type::TollFree => "toll-free",
        Type::PremiumRate => "premium-rate",
        Type::SharedCost => "shared-cost",
        Type::PersonalNumber => "personal",
        Type::Voip => "voip",
        Type::Pager => "pager",
        Type::Uan => "company",
        Type::Voicemail => "voicemail",
        Type::Emergency => "emergency",
        Type::ShortCode => "short-code",
        Type::StandardRate => "standard-rate",
        Type::Carrier => "carrier",
        Type::NoInternational => "national-only",
        Type::Unknown => "unknown",
    }
}
