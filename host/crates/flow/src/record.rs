//! How records become bytes: a format version, then JSON compressed with LZ4. JSON because records
//! must stay readable for years and by other tools; compressed because journals repeat themselves.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::FlowError;

/// The version that is written. Older ones are read through the functions that bring them up to it.
const FORMAT: u8 = 1;

/// The bytes of a record.
pub(crate) fn encode<T: Serialize>(place: &str, record: &T) -> Result<Vec<u8>, FlowError> {
    let json = serde_json::to_vec(record).map_err(|cause| damaged(place, &cause))?;
    let mut bytes = Vec::with_capacity(json.len() / 2 + 16);
    bytes.push(FORMAT);
    bytes.extend_from_slice(&lz4_flex::compress_prepend_size(&json));
    Ok(bytes)
}

/// The record in some bytes.
pub(crate) fn decode<T: DeserializeOwned>(place: &str, bytes: &[u8]) -> Result<T, FlowError> {
    match bytes.split_first() {
        Some((&FORMAT, compressed)) => {
            let json =
                lz4_flex::decompress_size_prepended(compressed).map_err(|cause| damaged(place, &cause))?;
            serde_json::from_slice(&json).map_err(|cause| damaged(place, &cause))
        }
        Some((version, _)) => {
            Err(damaged(place, &format!("its format {version} is not known to this version")))
        }
        None => Err(damaged(place, &"it is empty")),
    }
}

fn damaged(place: &str, cause: &dyn std::fmt::Display) -> FlowError {
    FlowError::Damaged { place: place.to_owned(), cause: cause.to_string() }
}
