//! Mail addresses: syntax, normal form, and what the domain tells.

use std::collections::HashSet;
use std::sync::LazyLock;

use email_address::{EmailAddress, Options};
use unicode_normalization::UnicodeNormalization;

use crate::derive::CONTACT_BYTES_MAX;

#[cfg(test)]
mod tests;

/// Providers where everybody can have an address for free, so that the domain tells no company. A short
/// list of the large ones; a tenant that knows more keeps a list in its policy.
const FREE: &[&str] = &[
    "126.com",
    "139.com",
    "163.com",
    "189.cn",
    "21cn.com",
    "aliyun.com",
    "aol.com",
    "comcast.net",
    "daum.net",
    "fastmail.com",
    "foxmail.com",
    "free.fr",
    "freenet.de",
    "gmail.com",
    "gmx.at",
    "gmx.ch",
    "gmx.com",
    "gmx.de",
    "gmx.net",
    "googlemail.com",
    "hanmail.net",
    "hey.com",
    "hotmail.co.uk",
    "hotmail.com",
    "hotmail.de",
    "hotmail.fr",
    "icloud.com",
    "laposte.net",
    "libero.it",
    "live.com",
    "mac.com",
    "mail.com",
    "mail.ru",
    "me.com",
    "msn.com",
    "naver.com",
    "orange.fr",
    "outlook.com",
    "outlook.de",
    "proton.me",
    "protonmail.com",
    "qq.com",
    "rediffmail.com",
    "sina.com",
    "sohu.com",
    "t-online.de",
    "vip.qq.com",
    "web.de",
    "yahoo.co.in",
    "yahoo.com",
    "yandex.ru",
    "yeah.net",
];

static DISPOSABLE: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| mailchecker::blacklist().into_iter().collect());

/// A valid address.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Email {
    pub normal: String,
    pub domain: String,
    pub disposable: bool,
    pub free: bool,
}

/// Reads a mail address; none if it is not a valid one. Valid is what the standards allow with a domain
/// that has a dot and does not end in digits; no quoted local parts, no comments, no display names.
///
/// The normal form is NFKC and lower case. Dots and `+tags` stay: what they mean is the provider's
/// business, and two people may differ by them.
pub(crate) fn read(text: &str) -> Option<Email> {
    if text.len() > CONTACT_BYTES_MAX {
        return None;
    }
    let folded: String = text.trim().nfkc().flat_map(char::to_lowercase).collect();
    let is_odd = |one: char| one.is_whitespace() || one.is_control() || one == '"' || one == '(';
    if folded.contains(is_odd) || folded.contains(leadsman_domain::text::is_invisible) {
        return None;
    }
    let options = Options::default().with_required_tld().without_display_text().without_domain_literal();
    EmailAddress::parse_with_options(&folded, options).ok()?;
    let (_, domain) = folded.rsplit_once('@')?;
    if !is_domain(domain) {
        return None;
    }
    let domain = domain.to_owned();
    Some(Email { disposable: is_disposable(&domain), free: is_free(&domain), normal: folded, domain })
}

/// Whether a name in lower case can be a domain on the Internet: labels with a dot between, the last one
/// of at least two characters and not a number.
pub(crate) fn is_domain(name: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.chars().count())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|one| one == '-' || one.is_alphanumeric())
    };
    let Some((_, last)) = name.rsplit_once('.') else { return false };
    name.len() <= 253
        && name.split('.').all(label)
        && last.chars().count() >= 2
        && !last.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether mail to the domain, or to one above it, is thrown away.
pub(crate) fn is_disposable(domain: &str) -> bool {
    let parents = std::iter::successors(Some(domain), |domain| domain.split_once('.').map(|(_, rest)| rest));
    parents.take_while(|domain| domain.contains('.')).any(|domain| DISPOSABLE.contains(domain))
}

/// Whether the domain is one of the large free mail providers.
pub(crate) fn is_free(domain: &str) -> bool {
    FREE.contains(&domain)
}
