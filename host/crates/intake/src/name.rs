//! Names of companies and people, made comparable.

use leadsman_domain::text::fold;

use crate::derive::CONTACT_BYTES_MAX;

#[cfg(test)]
mod tests;

/// Legal forms that end a company's name, folded and without a full stop at the end. Forms that are
/// words too, such as `spa`, only stand here with their stops.
const LEGAL_FORMS: &[&str] = &[
    "a.g",
    "a.s",
    "a/s",
    "ab",
    "ag",
    "aps",
    "b.v",
    "bhd",
    "bv",
    "bvba",
    "co",
    "company",
    "corp",
    "corporation",
    "d.o.o",
    "doo",
    "e.k",
    "e.v",
    "ek",
    "eurl",
    "g.m.b.h",
    "gbr",
    "gesmbh",
    "ggmbh",
    "gmbh",
    "inc",
    "incorporated",
    "k.k",
    "kft",
    "kg",
    "kgaa",
    "kk",
    "l.l.c",
    "l.p",
    "limited",
    "limitada",
    "llc",
    "llp",
    "lp",
    "ltd",
    "ltda",
    "mbh",
    "n.v",
    "nv",
    "ohg",
    "ooo",
    "oy",
    "oyj",
    "p.l.c",
    "plc",
    "pte",
    "pty",
    "pvt",
    "private",
    "s.a",
    "s.a.r.l",
    "s.a.s",
    "s.l",
    "s.p.a",
    "s.r.l",
    "sarl",
    "sas",
    "sdn",
    "srl",
    "ug",
    "vof",
];

/// Legal forms in scripts without spaces; at the end, or in Japan and Korea also at the beginning.
/// Longest first where one ends another.
const LEGAL_FORMS_UNSPACED: &[&str] = &[
    "有限责任公司",
    "有限責任公司",
    "股份有限公司",
    "有限公司",
    "集团公司",
    "株式会社",
    "有限会社",
    "合同会社",
    "(株)",
    "(有)",
    "주식회사",
    "유한회사",
    "(주)",
];

/// The company's name for comparison: folded, without punctuation at the ends of words and without its
/// legal form. A name that is nothing but legal forms stays as it is. None if blank or too long.
pub(crate) fn company(name: &str) -> Option<String> {
    let folded = person(name)?;
    let mut rest = folded.as_str();
    while let Some(shorter) = without_form(rest) {
        rest = shorter;
    }
    let words: Vec<&str> = rest.split(' ').map(trim_mark).filter(|word| !word.is_empty()).collect();
    let normal = words.join(" ");
    Some(if normal.is_empty() { folded } else { normal })
}

/// A person's name for comparison: folded. None if blank or too long.
pub(crate) fn person(name: &str) -> Option<String> {
    if name.len() > CONTACT_BYTES_MAX {
        return None;
    }
    let folded = fold(name);
    (!folded.is_empty()).then_some(folded)
}

/// The name without one legal form; none if it has no more, or would have nothing left.
fn without_form(name: &str) -> Option<&str> {
    let trimmed = trim_end(name);
    for form in LEGAL_FORMS_UNSPACED {
        let rest = trimmed.strip_suffix(form).or_else(|| trimmed.strip_prefix(form));
        if let Some(rest) = rest.map(str::trim).filter(|rest| !trim_mark(rest).is_empty()) {
            return Some(rest);
        }
    }
    let (rest, last) = trimmed.rsplit_once([' ', ','])?;
    let is_form = LEGAL_FORMS.contains(&trim_mark(last)) || matches!(last, "&" | "+" | "and");
    (is_form && !trim_mark(rest).is_empty()).then_some(rest)
}

fn trim_end(text: &str) -> &str {
    text.trim_end_matches(|one: char| one == ' ' || is_mark(one))
}

fn trim_mark(text: &str) -> &str {
    text.trim_matches(|one: char| one == ' ' || is_mark(one))
}

fn is_mark(one: char) -> bool {
    matches!(one, '.' | ',' | ';' | ':' | '!' | '"' | '\'' | '’' | '。' | '、')
}
