//! Chance that can be told again: a number from the seed and from what it is about, and from nothing else.
//! So what happens to one lead does not depend on what a policy did with another.

use leadsman_domain::Digest;

/// Where chance comes from.
#[derive(Debug, Clone, Copy)]
pub struct Chance(pub u64);

impl Chance {
    /// A seed for what happens around something.
    pub fn seed(self, about: &[&str]) -> u64 {
        let seed = self.0.to_be_bytes();
        let parts = std::iter::once(seed.as_slice()).chain(about.iter().map(|part| part.as_bytes()));
        let bytes = Digest::of_parts(parts).first_16_bytes();
        u64::from_be_bytes(bytes.first_chunk().copied().unwrap_or_default())
    }

    /// A number from 0 to below 1.
    #[expect(clippy::cast_precision_loss, reason = "53 bits are as many as the number holds")]
    pub fn number(self, about: &[&str]) -> f64 {
        (self.seed(about) >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Whether something of this probability happens.
    pub fn happens(self, probability: f64, about: &[&str]) -> bool {
        self.number(about) < probability
    }
}
