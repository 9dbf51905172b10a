//! Web addresses: which domain is the company's?

use unicode_normalization::UnicodeNormalization;

use crate::email::is_domain;

#[cfg(test)]
mod tests;

/// Places where many companies have a page, so that the domain tells no company.
const SHARED: &[&str] = &[
    "blogspot.com",
    "facebook.com",
    "github.io",
    "google.com",
    "instagram.com",
    "linkedin.com",
    "linktr.ee",
    "medium.com",
    "pinterest.com",
    "t.me",
    "tiktok.com",
    "twitter.com",
    "wa.me",
    "weibo.com",
    "wixsite.com",
    "wordpress.com",
    "x.com",
    "youtube.com",
];

const WEBSITE_BYTES_MAX: usize = 2_048;

/// The domain of a web address, in lower case and without `www.`; none if it has none, or one that many
/// companies share.
pub(crate) fn domain(text: &str) -> Option<String> {
    if text.len() > WEBSITE_BYTES_MAX {
        return None;
    }
    let folded: String = text.trim().nfkc().flat_map(char::to_lowercase).collect();
    let after_scheme = folded.split_once("://").map_or(folded.as_str(), |(_, rest)| rest);
    let host_and_port = after_scheme.split(['/', '?', '#', '\\']).next()?;
    let after_user = host_and_port.rsplit_once('@').map_or(host_and_port, |(_, host)| host);
    let host = after_user.split_once(':').map_or(after_user, |(host, _)| host);
    let host = host.strip_suffix('.').unwrap_or(host);
    let host = host.strip_prefix("www.").unwrap_or(host);
    (is_domain(host) && !is_shared(host)).then(|| host.to_owned())
}

fn is_shared(host: &str) -> bool {
    let below =
        |shared: &str| host.strip_suffix(shared).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    SHARED.iter().any(|shared| below(shared))
}
