//! Conditions in words, for the people who ask why.

use std::fmt::{self, Display, Formatter};

use super::data::{Clause, Condition, Scalar};

impl Display for Condition {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let attribute = self.clauses.iter().find_map(|clause| match clause {
            Clause::Attribute(name) => Some(name.as_str()),
            _ => None,
        });
        if let Some(name) = attribute {
            formatter.write_str(name)?;
        }
        let mut first = true;
        for clause in self.clauses.iter().filter(|clause| !matches!(clause, Clause::Attribute(_))) {
            if attribute.is_some() {
                formatter.write_str(if first { " " } else { " and " })?;
            }
            first = false;
            write!(formatter, "{clause}")?;
        }
        Ok(())
    }
}

impl Display for Clause {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Clause::All(parts) => joined(formatter, parts, " and "),
            Clause::Any(parts) => joined(formatter, parts, " or "),
            Clause::Not(part) => write!(formatter, "not ({part})"),
            Clause::Attribute(name) => formatter.write_str(name),
            Clause::Is(scalar) => write!(formatter, "is {scalar}"),
            Clause::IsNot(scalar) => write!(formatter, "is not {scalar}"),
            Clause::OneOf(scalars) => listed(formatter, "is one of", scalars),
            Clause::Contains(part) => write!(formatter, "contains \"{part}\""),
            Clause::StartsWith(part) => write!(formatter, "starts with \"{part}\""),
            Clause::EndsWith(part) => write!(formatter, "ends with \"{part}\""),
            Clause::AtLeast(number) => write!(formatter, "is at least {number}"),
            Clause::AtMost(number) => write!(formatter, "is at most {number}"),
            Clause::Above(number) => write!(formatter, "is above {number}"),
            Clause::Below(number) => write!(formatter, "is below {number}"),
            Clause::Between([from, to]) => write!(formatter, "is at least {from} and below {to}"),
            Clause::Present(yes) => formatter.write_str(if *yes { "is given" } else { "is not given" }),
            Clause::Absent(yes) => formatter.write_str(if *yes { "is not given" } else { "is given" }),
            Clause::InList(list) => write!(formatter, "is in the list {list}"),
            Clause::IncludesAny(texts) => listed(formatter, "includes one of", texts),
            Clause::IncludesAll(texts) => listed(formatter, "includes all of", texts),
            Clause::WithinDays(days) => write!(formatter, "is at most {days} days ago"),
            Clause::OlderThanDays(days) => write!(formatter, "is more than {days} days ago"),
        }
    }
}

impl Clause {
    /// The key of this clause in a configuration.
    pub(super) const fn key(&self) -> &'static str {
        match self {
            Clause::All(_) => "all",
            Clause::Any(_) => "any",
            Clause::Not(_) => "not",
            Clause::Attribute(_) => "attribute",
            Clause::Is(_) => "is",
            Clause::IsNot(_) => "is_not",
            Clause::OneOf(_) => "one_of",
            Clause::Contains(_) => "contains",
            Clause::StartsWith(_) => "starts_with",
            Clause::EndsWith(_) => "ends_with",
            Clause::AtLeast(_) => "at_least",
            Clause::AtMost(_) => "at_most",
            Clause::Above(_) => "above",
            Clause::Below(_) => "below",
            Clause::Between(_) => "between",
            Clause::Present(_) => "present",
            Clause::Absent(_) => "absent",
            Clause::InList(_) => "in_list",
            Clause::IncludesAny(_) => "includes_any",
            Clause::IncludesAll(_) => "includes_all",
            Clause::WithinDays(_) => "within_days",
            Clause::OlderThanDays(_) => "older_than_days",
        }
    }
}

impl Display for Scalar {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Scalar::Text(text) => formatter.write_str(text),
            Scalar::Number(number) => write!(formatter, "{number}"),
            Scalar::Flag(flag) => write!(formatter, "{flag}"),
        }
    }
}

fn joined(formatter: &mut Formatter<'_>, parts: &[Condition], word: &str) -> fmt::Result {
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            formatter.write_str(word)?;
        }
        match part.clauses.as_slice() {
            [Clause::All(_) | Clause::Any(_)] => write!(formatter, "({part})")?,
            _ => write!(formatter, "{part}")?,
        }
    }
    Ok(())
}

fn listed<T: Display>(formatter: &mut Formatter<'_>, words: &str, items: &[T]) -> fmt::Result {
    formatter.write_str(words)?;
    for (index, item) in items.iter().enumerate() {
        formatter.write_str(if index > 0 { ", " } else { " " })?;
        write!(formatter, "{item}")?;
    }
    Ok(())
}
