//! A model as JSON: attributes in clear, trees as base64.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD as BASE64;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::encoding::VALUES_MAX;
use crate::{Calibration, Encoder, Forest, Model};

/// The form that this crate writes and reads.
const FORMAT: u32 = 1;

/// A model as `leadsman train` writes it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ModelDocument {
    /// The form of this document: 1.
    pub format: u32,
    /// The attributes that the model asks for.
    pub attributes: Vec<AttributeDocument>,
    /// The raw score of the average lead: log-odds in units of 2^-20.
    pub base: i64,
    /// The line from raw scores to probabilities.
    pub calibration: CalibrationDocument,
    /// The trees, as base64.
    pub trees: String,
}

/// An attribute and how it becomes a bin.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum AttributeDocument {
    /// A number.
    Number {
        /// The attribute's name.
        name: String,
        /// Ascending cuts between bins.
        cuts: Vec<f64>,
    },
    /// A moment, read as days before the lead was received.
    Time {
        /// The attribute's name.
        name: String,
        /// Ascending cuts between bins, in days.
        cuts: Vec<f64>,
    },
    /// A text.
    Text {
        /// The attribute's name.
        name: String,
        /// The values that have a bin of their own.
        values: Vec<String>,
    },
}

impl AttributeDocument {
    /// The attribute's name.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Number { name, .. } | Self::Time { name, .. } | Self::Text { name, .. } => name,
        }
    }

    /// Names an encoder.
    #[must_use]
    pub fn of(name: String, encoder: &Encoder) -> Self {
        match encoder {
            Encoder::Number(cuts) => Self::Number { name, cuts: cuts.clone() },
            Encoder::Time(cuts) => Self::Time { name, cuts: cuts.clone() },
            Encoder::Text(values) => Self::Text { name, values: values.all().to_vec() },
        }
    }

    fn encoder(&self) -> Result<Encoder, InvalidModel> {
        match self {
            Self::Number { name, cuts } => Ok(Encoder::Number(checked(name, cuts)?)),
            Self::Time { name, cuts } => Ok(Encoder::Time(checked(name, cuts)?)),
            Self::Text { name, values } if values.len() > VALUES_MAX => {
                Err(InvalidModel::Attribute { name: name.clone(), problem: "has more than 62 values" })
            }
            Self::Text { values, .. } => Ok(Encoder::text(values.clone())),
        }
    }
}

fn checked(name: &str, cuts: &[f64]) -> Result<Vec<f64>, InvalidModel> {
    let ascends = cuts.windows(2).all(|pair| pair[0] < pair[1]) && cuts.iter().all(|cut| cut.is_finite());
    if ascends && cuts.len() <= VALUES_MAX {
        return Ok(cuts.to_vec());
    }
    let problem = "needs at most 62 cuts, finite and ascending";
    Err(InvalidModel::Attribute { name: name.to_owned(), problem })
}

/// The line from raw scores to probabilities.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CalibrationDocument {
    /// The raw score of the first knot.
    pub from: i64,
    /// The distance between knots is two to the power of this.
    pub shift: u32,
    /// Probabilities at the knots, in billionths, never falling.
    pub billionths: Vec<u32>,
}

/// Why a document is no model.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidModel {
    /// It has another form.
    #[error("this is a model of form {0}, and form 1 is read; train it again")]
    Format(u32),
    /// An attribute has no proper bins.
    #[error("attribute {name} {problem}")]
    Attribute {
        /// Which one.
        name: String,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// The trees cannot be read.
    #[error("the trees cannot be read: {0}")]
    Forest(&'static str),
    /// The line falls, or is none.
    #[error("the calibration needs two knots or more that do not fall and are at most one")]
    Calibration,
}

impl ModelDocument {
    /// Writes a model down; names are given in the order of its encoders.
    #[must_use]
    pub fn of(model: &Model, names: &[String]) -> Self {
        let named = names.iter().zip(model.encoders());
        let (from, shift, knots) = model.calibration().parts();
        Self {
            format: FORMAT,
            attributes: named.map(|(name, encoder)| AttributeDocument::of(name.clone(), encoder)).collect(),
            base: model.forest().base(),
            calibration: CalibrationDocument { from, shift, billionths: knots.to_vec() },
            trees: BASE64.encode(model.forest().bytes()),
        }
    }

    /// Reads the model.
    ///
    /// # Errors
    ///
    /// When it has another form or does not hold together.
    pub fn model(&self) -> Result<Model, InvalidModel> {
        if self.format != FORMAT {
            return Err(InvalidModel::Format(self.format));
        }
        let encoders = self.attributes.iter().map(AttributeDocument::encoder).collect::<Result<_, _>>()?;
        let bytes = BASE64.decode(&self.trees).map_err(|_| InvalidModel::Forest("this is no base64"))?;
        let CalibrationDocument { from, shift, billionths } = &self.calibration;
        let calibration = Calibration::new(*from, *shift, billionths.clone())?;
        Model::new(encoders, Forest::read(self.base, &bytes)?, calibration)
    }
}

/// Bytes that are read from the front.
pub(crate) struct Bytes<'a>(pub &'a [u8]);

impl Bytes<'_> {
    pub fn take<const N: usize>(&mut self) -> Result<[u8; N], InvalidModel> {
        let (head, rest) =
            self.0.split_first_chunk::<N>().ok_or(InvalidModel::Forest("they end too soon"))?;
        self.0 = rest;
        Ok(*head)
    }
}
