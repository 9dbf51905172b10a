//! Records: how they become bytes, and how they are read from a ledger. The bytes are a format version,
//! then JSON, because records must stay readable for years and by other tools.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::FlowError;
use crate::ledger::{Key, Ledger, each_row};

/// The version that is written. Older ones are read through the functions that bring them up to it.
const FORMAT: u8 = 1;

/// Most records of leads have no more bytes.
const BYTES_USUAL: usize = 1 << 10;

/// The bytes of a record.
pub(crate) fn encode<T: Serialize>(place: &str, record: &T) -> Result<Vec<u8>, FlowError> {
    let mut bytes = Vec::with_capacity(BYTES_USUAL);
    bytes.push(FORMAT);
    serde_json::to_writer(&mut bytes, record).map_err(|cause| damaged(place, &cause))?;
    Ok(bytes)
}

/// The record in some bytes.
pub(crate) fn decode<T: DeserializeOwned>(place: &str, bytes: &[u8]) -> Result<T, FlowError> {
    match bytes.split_first() {
        Some((&FORMAT, json)) => serde_json::from_slice(json).map_err(|cause| damaged(place, &cause)),
        Some((version, _)) => {
            Err(damaged(place, &format!("its format {version} is not known to this version")))
        }
        None => Err(damaged(place, &"it is empty")),
    }
}

/// The record at a key, if there is one.
pub(crate) fn find<T: DeserializeOwned>(
    place: &str,
    ledger: &dyn Ledger,
    key: &Key,
) -> Result<Option<T>, FlowError> {
    ledger.get(key)?.as_deref().map(|bytes| decode(place, bytes)).transpose()
}

/// Every record below a key, in order.
pub(crate) fn all<T: DeserializeOwned>(
    place: &str,
    ledger: &dyn Ledger,
    prefix: &Key,
) -> Result<Vec<T>, FlowError> {
    let mut records = Vec::new();
    each_row(ledger, prefix, |_, bytes| {
        records.push(decode(place, bytes)?);
        Ok(())
    })?;
    Ok(records)
}

fn damaged(place: &str, cause: &dyn std::fmt::Display) -> FlowError {
    FlowError::Damaged { place: place.to_owned(), cause: cause.to_string() }
}
