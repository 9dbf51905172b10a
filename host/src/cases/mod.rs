//! Cases at work: each is told to a desk of its own over an empty memory, in simulated time, in the real
//! sandbox; then what was expected is compared with what came of it.

mod compare;
mod coverage;
mod fuel;
mod play;
mod tested;

use coverage::Coverage;
pub use fuel::{Baseline, Regression};
pub use play::{Played, play};
pub use tested::Tested;
