//! Cases at work: each is told to a desk of its own over an empty memory, in simulated time, in the real
//! sandbox; then what was expected is compared with what came of it. And cases out of journals.

mod compare;
mod coverage;
mod fuel;
mod mask;
mod play;
mod retold;
mod tested;

use coverage::Coverage;
pub use fuel::{Baseline, Regression};
pub use mask::Mask;
pub use play::{Played, play};
pub use retold::case_of;
pub use tested::Tested;
