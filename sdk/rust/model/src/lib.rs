//! A trained model of leads: boosted trees over binned attributes, and the one way in which they are
//! evaluated.
//!
//! Training and the sandbox both call this crate, and it computes with whole numbers and with the four
//! basic operations on floats only: no exponential, no logarithm, whose last bit differs from one platform's
//! library to the next. So a probability is the same to the last bit, wherever it is computed.
//!
//! 1. [`Encoder`] puts each attribute into one of at most 64 bins. Bin 0 is "not known".
//! 2. [`Forest`] sends the bins down every tree. What each step adds to the log-odds belongs to the attribute
//!    that was asked, so the contributions of the attributes and the base sum to the raw score.
//! 3. [`Calibration`] turns the raw score into a probability, along a line that never falls.
//! 4. [`Model::explain`] turns the contributions into thousandths of a percent that sum to the probability.
//!
//! It knows nothing of hosts, plugins or files.

#![deny(missing_docs)]
#![forbid(unsafe_code)]

mod calibration;
mod document;
mod encoding;
mod explain;
mod forest;
mod grove;
#[cfg(test)]
mod tests;

pub use calibration::{Calibration, Probability};
pub use document::{AttributeDocument, CalibrationDocument, InvalidModel, ModelDocument};
pub use encoding::{
    ATTRIBUTES_MAX, BINS_MAX, Bins, Encoder, MISSING, Seen, VALUES_MAX, fold, moment_in_days,
};
pub use explain::{Explanation, Part};
pub use forest::{Forest, Node, RAW_PER_LOG_ODDS, Tree};
pub use grove::{DEPTH_MAX, LEAVES_MAX};

/// A model, ready to be evaluated.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    encoders: Vec<Encoder>,
    forest: Forest,
    calibration: Calibration,
}

impl Model {
    /// Puts a model together.
    ///
    /// # Errors
    ///
    /// When a tree asks for an attribute that there is not, or there are too many.
    pub fn new(
        encoders: Vec<Encoder>,
        forest: Forest,
        calibration: Calibration,
    ) -> Result<Self, InvalidModel> {
        if forest.attributes() > encoders.len() {
            return Err(InvalidModel::Forest("a tree asks for an attribute that the model does not have"));
        }
        if encoders.len() > ATTRIBUTES_MAX {
            return Err(InvalidModel::Forest("a model has at most 255 attributes"));
        }
        Ok(Self { encoders, forest, calibration })
    }

    /// The attributes, in the order of the model.
    #[must_use]
    pub fn encoders(&self) -> &[Encoder] {
        &self.encoders
    }

    /// The trees.
    #[must_use]
    pub fn forest(&self) -> &Forest {
        &self.forest
    }

    /// The line from raw scores to probabilities.
    #[must_use]
    pub fn calibration(&self) -> &Calibration {
        &self.calibration
    }

    /// The bins of a lead: `seen` gives what is known of the attribute at a position of
    /// [`encoders`](Self::encoders).
    #[must_use]
    pub fn bins<'a>(&self, received_ms: i64, seen: impl Fn(usize) -> Seen<'a>) -> Bins {
        let bin = |(place, encoder): (usize, &Encoder)| encoder.bin(seen(place), received_ms);
        self.encoders.iter().enumerate().map(bin).collect()
    }

    /// The probability of a lead with these bins.
    #[must_use]
    pub fn probability(&self, bins: &Bins) -> Probability {
        self.calibration.probability(self.forest.raw(bins))
    }
}
