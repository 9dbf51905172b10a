//! The manifest that a registry keeps of a pack: an image manifest of OCI 1.1, as for any artifact.

use std::collections::BTreeMap;

use anyhow::anyhow;
use leadsman_pack::Pack;
use serde::{Deserialize, Serialize};

use super::reference::Sha256;
use crate::exit::{self, Exit};

/// What kind of artifact a pack is.
const PACK_TYPE: &str = "application/vnd.leadsman.pack.v1";
const CONFIGURATION_TYPE: &str = "application/vnd.leadsman.pack.manifest.v1+json";
const LAYER_TYPE: &str = "application/vnd.leadsman.pack.v1.tar";
/// The media type of manifests.
pub const MANIFEST_TYPE: &str = "application/vnd.oci.image.manifest.v1+json";

/// A manifest. Of one that somebody else wrote, what is not named here is not looked at.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Document {
    schema_version: u32,
    /// The type of the manifest itself.
    pub media_type: String,
    #[serde(default)]
    artifact_type: Option<String>,
    /// The pack's manifest.
    pub config: Descriptor,
    /// The pack's file.
    pub layers: Vec<Descriptor>,
    #[serde(default)]
    annotations: BTreeMap<String, String>,
}

/// Content by its digest.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Descriptor {
    media_type: String,
    /// Its digest.
    pub digest: Sha256,
    /// Its size, in bytes.
    pub size: u64,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    annotations: BTreeMap<String, String>,
}

impl Document {
    /// The manifest of a pack, and its configuration. The same pack has the same.
    pub fn of(pack: &Pack) -> Result<(Self, Vec<u8>), Exit> {
        let about = &pack.manifest().pack;
        let configuration = serde_json::to_vec(pack.manifest())?;
        let authors: Vec<&str> = about.authors.iter().map(leadsman_pack::Line::as_str).collect();
        let annotation = |name: &str, value: String| (format!("org.opencontainers.image.{name}"), value);
        let title = BTreeMap::from([annotation("title", format!("{}-{}.pack", about.name, about.version))]);
        let document = Self {
            schema_version: 2,
            media_type: MANIFEST_TYPE.to_owned(),
            artifact_type: Some(PACK_TYPE.to_owned()),
            config: Descriptor::of(CONFIGURATION_TYPE, &configuration, BTreeMap::new()),
            layers: vec![Descriptor::of(LAYER_TYPE, pack.bytes(), title)],
            annotations: BTreeMap::from([
                annotation("title", about.title.to_string()),
                annotation("description", about.summary.to_string()),
                annotation("version", about.version.to_string()),
                annotation("licenses", about.licence.to_string()),
                annotation("authors", authors.join(", ")),
            ]),
        };
        Ok((document, configuration))
    }

    /// The one way in which it is written.
    pub fn to_bytes(&self) -> Result<Vec<u8>, Exit> {
        Ok(serde_json::to_vec(self)?)
    }

    /// Reads what a registry gave.
    pub fn read(written: &[u8]) -> Result<Self, Exit> {
        serde_json::from_slice(written).map_err(|cause| Exit {
            code: exit::INPUT,
            error: anyhow!("what the registry has there is no artifact of one manifest: {cause}"),
        })
    }

    /// The one layer that is a pack.
    pub fn pack_layer(self) -> Result<Descriptor, Exit> {
        let [layer] = <[Descriptor; 1]>::try_from(self.layers).map_err(|_| no_pack())?;
        if layer.media_type == LAYER_TYPE { Ok(layer) } else { Err(no_pack()) }
    }
}

fn no_pack() -> Exit {
    let error = anyhow!("what the registry has there is no pack; `leadsman pack publish` puts packs there");
    Exit { code: exit::INPUT, error }
}

impl Descriptor {
    fn of(media_type: &str, content: &[u8], annotations: BTreeMap<String, String>) -> Self {
        let (media_type, digest) = (media_type.to_owned(), Sha256::of(content));
        Self { media_type, digest, size: content.len() as u64, annotations }
    }
}
