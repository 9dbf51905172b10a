//! Contracts side by side: does a component that was built for one still work under the other?

mod compare;
mod surface;

pub use compare::compare;
pub use surface::Surface;
