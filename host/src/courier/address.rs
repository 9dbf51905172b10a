//! Where messages may go: tenants choose the addresses, so none may lead into the network of the machine.
//! Addresses are checked when they are registered, and those that names stand for whenever a connection is
//! made.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// Bytes that an address may have.
const URL_BYTES_MAX: usize = 2_000;

/// Which addresses may be sent to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Public ones, over TLS.
    Public,
    /// Any, and without TLS too.
    Any,
}

impl Reach {
    /// Any for whoever allows private addresses.
    pub fn allowing_private(allowed: bool) -> Self {
        if allowed { Self::Any } else { Self::Public }
    }

    /// The address in a text, if messages may go there as far as the text tells.
    pub fn check(self, text: &str) -> Result<Url, String> {
        if text.len() > URL_BYTES_MAX {
            return Err(format!("an address has at most {URL_BYTES_MAX} bytes"));
        }
        let url = Url::parse(text).map_err(|cause| format!("this is no address: {cause}"))?;
        match (url.scheme(), self) {
            ("https", _) | ("http", Self::Any) => {}
            ("http", Self::Public) => return Err("messages are sent over https only".to_owned()),
            _ => return Err("an address begins with https://".to_owned()),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("an address holds no name and no password: messages are signed".to_owned());
        }
        let host = url.host_str().unwrap_or_default();
        let literal = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        match literal {
            Ok(address) if self == Self::Public && !is_public(address) => Err(refusal(host)),
            _ => Ok(url),
        }
    }
}

/// Finds the addresses that a name stands for, and forgets those that are not public.
pub struct PublicOnly;

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let public: Vec<SocketAddr> = found.filter(|one| is_public(one.ip())).collect();
            if public.is_empty() {
                return Err(refusal(name.as_str()).into());
            }
            Ok(Box::new(public.into_iter()) as Addrs)
        })
    }
}

fn refusal(host: &str) -> String {
    format!("{host} is in a private network, to which no messages are sent")
}

/// Whether an address is one of the public Internet.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [first, second, third, _] = address.octets();
    let is_shared = first == 100 && (64..128).contains(&second);
    let is_of_protocols = (first, second, third) == (192, 0, 0) || (first, second, third) == (192, 88, 99);
    let is_of_benchmarks = first == 198 && matches!(second, 18 | 19);
    !(first == 0
        || first >= 224
        || address.is_loopback()
        || address.is_private()
        || address.is_link_local()
        || address.is_documentation()
        || is_shared
        || is_of_protocols
        || is_of_benchmarks)
}

/// Only what is assigned as global unicast counts, and of that nothing that is kept for documents or
/// protocols, or that a translator leads to an address of IPv4.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    let is_global = (0x2000..0x4000).contains(&first);
    let is_for_documents = (first, second) == (0x2001, 0x0db8) || (first == 0x3fff && second < 0x1000);
    let is_of_protocols = first == 0x2001 && second < 0x0200;
    let is_translated = first == 0x2002;
    is_global && !is_for_documents && !is_of_protocols && !is_translated
}
