//! Access tokens: made, shown once, looked up, revoked.
//!
//! A token is kept by its digest only. It carries 256 random bits, so nobody can guess it from the
//! digest, and a slow password hash would add nothing but time. Tokens lie in the ledger of the
//! installation, because a token says which tenant a request is for.

use std::fmt;

use leadsman_domain::{Digest, RepId, TenantId, Timestamp};
use leadsman_flow::ledger::{Batch, CommitError, Key, Ledger, LedgerError, PAGE_ROWS_MAX, Part, Space};
use serde::{Deserialize, Serialize};

/// The version of the records that is written.
const FORMAT: u8 = 1;
/// How many bytes the label of a token may have.
const LABEL_BYTES_MAX: usize = 100;
/// No token is longer, so nothing longer is hashed.
const TOKEN_BYTES_MAX: usize = 160;

/// What the bearer of a token may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Everything.
    Admin,
    /// Writes plugins and policies: may upload plugins, and read the policy and what it decided.
    Author,
    /// Sends leads, activities and conversions, and reads nothing back but what became of them.
    Intake,
    /// Reads leads and everything about them.
    Reader,
    /// Directs leads: may order anything about any lead, and read and send them.
    Manager,
    /// Works on leads: takes them from pools, orders about their own, reads and sends them. Its token names
    /// the rep.
    Rep,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 6] =
        [Self::Admin, Self::Author, Self::Intake, Self::Reader, Self::Manager, Self::Rep];

    /// The role's name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Author => "author",
            Self::Intake => "intake",
            Self::Reader => "reader",
            Self::Manager => "manager",
            Self::Rep => "rep",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl std::str::FromStr for Role {
    type Err = UnknownRole;
    fn from_str(text: &str) -> Result<Self, UnknownRole> {
        Self::ALL.into_iter().find(|role| role.as_str() == text).ok_or(UnknownRole)
    }
}

/// There is no such role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a role is admin, author, intake, reader, manager or rep")]
pub struct UnknownRole;

/// What is known of a token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenRecord {
    /// Whose leads it opens.
    pub tenant: TenantId,
    /// What it allows.
    pub role: Role,
    /// The rep who bears it: with the role `rep`, and with no other.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub rep: Option<RepId>,
    /// What people call it, such as `website form`.
    pub label: String,
    /// When it was made.
    pub issued: Timestamp,
}

/// A token as it is shown, once, to whoever asked for it. Its debug text hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// The token itself.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What it is listed and revoked by.
    #[must_use]
    pub fn digest(&self) -> Digest {
        Digest::of(self.0.as_bytes())
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Token({})", self.digest().short())
    }
}

/// Why a command for tokens was not carried out.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// The label cannot be used.
    #[error("a label has 1 to {LABEL_BYTES_MAX} bytes and no control characters")]
    Label,
    /// The role and the rep do not go together.
    #[error("a token names a rep if its role is `rep`, and only then")]
    Rep,
    /// The token was made before: the random bytes were not random.
    #[error("this token exists already")]
    Exists,
    /// A record cannot be read.
    #[error("the record of token {0} cannot be read")]
    Damaged(String),
    /// The store failed.
    #[error("the store of tokens failed")]
    Ledger(#[from] LedgerError),
}

/// Makes a token. What it returns is shown to whoever asked, and kept nowhere. Blocks; not to be called
/// from async code.
///
/// # Errors
///
/// When the label is empty, too long or has control characters, role and rep do not go together, or the
/// ledger fails.
pub fn issue(ledger: &dyn Ledger, record: &TokenRecord, random: [u8; 32]) -> Result<Token, TokenError> {
    let label = &record.label;
    if label.trim().is_empty() || label.len() > LABEL_BYTES_MAX || label.chars().any(char::is_control) {
        return Err(TokenError::Label);
    }
    if record.rep.is_some() != (record.role == Role::Rep) {
        return Err(TokenError::Rep);
    }
    let token = Token(format!("lm_{}_{}", record.tenant, hex::encode(random)));
    let key = key(token.digest());
    let json = serde_json::to_vec(record).map_err(|_| TokenError::Label)?;
    let mut bytes = vec![FORMAT];
    bytes.extend_from_slice(&json);
    let batch = Batch { expects: vec![(key.clone(), None)], puts: vec![(key, bytes)], ..Batch::default() };
    match ledger.commit(batch) {
        Ok(ticket) => ticket.wait().map(|_| token).map_err(TokenError::from),
        Err(CommitError::Ledger(error)) => Err(error.into()),
        Err(CommitError::Conflict { .. } | CommitError::OutOfBounds { .. }) => Err(TokenError::Exists),
    }
}

/// Who bears a token; none if there is no such token.
///
/// # Errors
///
/// When the ledger fails or the record cannot be read.
pub fn find(ledger: &dyn Ledger, token: &str) -> Result<Option<TokenRecord>, TokenError> {
    if token.len() > TOKEN_BYTES_MAX {
        return Ok(None);
    }
    let digest = Digest::of(token.as_bytes());
    ledger.get(&key(digest))?.map(|bytes| read(digest, &bytes)).transpose()
}

/// Every token, by its digest.
///
/// # Errors
///
/// When the ledger fails or a record cannot be read.
pub fn list(ledger: &dyn Ledger) -> Result<Vec<(Digest, TokenRecord)>, TokenError> {
    let mut tokens = Vec::new();
    let mut cursor = None;
    loop {
        let page = ledger.scan(&Key::of(Space::Token), cursor.as_ref(), PAGE_ROWS_MAX)?;
        for (key, bytes) in &page.rows {
            if let [Part::Digest(digest)] = key.parts() {
                tokens.push((*digest, read(*digest, bytes)?));
            }
        }
        match page.next {
            Some(next) => cursor = Some(next),
            None => return Ok(tokens),
        }
    }
}

/// Revokes a token: the next request with it is refused. Says whether there was one. Blocks; not to be
/// called from async code.
///
/// # Errors
///
/// When the ledger fails.
pub fn revoke(ledger: &dyn Ledger, digest: Digest) -> Result<bool, TokenError> {
    let key = key(digest);
    let Some(stored) = ledger.get(&key)? else { return Ok(false) };
    let batch = Batch { expects: vec![(key.clone(), Some(stored))], deletes: vec![key], ..Batch::default() };
    match ledger.commit(batch) {
        Ok(ticket) => ticket.wait().map(|_| true).map_err(TokenError::from),
        Err(CommitError::Ledger(error)) => Err(error.into()),
        // Somebody else revoked it in between: nothing else ever changes a token.
        Err(CommitError::Conflict { .. } | CommitError::OutOfBounds { .. }) => Ok(false),
    }
}

fn key(digest: Digest) -> Key {
    Key::of(Space::Token).digest(digest)
}

fn read(digest: Digest, bytes: &[u8]) -> Result<TokenRecord, TokenError> {
    let damaged = || TokenError::Damaged(digest.short());
    match bytes.split_first() {
        Some((&FORMAT, json)) => serde_json::from_slice(json).map_err(|_| damaged()),
        _ => Err(damaged()),
    }
}
