//! Conditions as data: a small language that the configurations of all built-in plugins share.
//!
//! ```toml
//! when = { attribute = "company.size", at_least = 50, below = 500 }
//! when = { all = [{ attribute = "industry", one_of = ["retail", "finance"] },
//!                 { not = { attribute = "country", is = "AQ" } }] }
//! ```
//!
//! A condition names an `attribute` and one or more comparisons, which must all hold; or it is exactly
//! one of `all`, `any` and `not` of other conditions, nested at most [`DEPTH_MAX`] deep.
//!
//! | comparison | holds for |
//! |---|---|
//! | `is`, `is_not`, `one_of` | a text (outer space and case do not matter), a number or a flag |
//! | `contains`, `starts_with`, `ends_with` | a text |
//! | `at_least`, `at_most`, `above`, `below`, `between = [from, to)` | a number |
//! | `present`, `absent` | any value |
//! | `in_list = "name"` | a text that is an entry of a list of the policy |
//! | `includes_any`, `includes_all` | a set of texts |
//! | `within_days`, `older_than_days` | a time, seen from the moment of the decision |
//!
//! A comparison of texts holds for a set of texts if it holds for any of them, and a text counts as a
//! set of one. On a missing attribute, or one of another type, every comparison except `absent` is
//! false, `is_not` included: what is not known is not known to be different.
//!
//! A plugin keeps a [`Condition`] in its configuration, compiles it in `configure` with a [`Scope`]
//! that collects the attributes and lists to ask for, and tests the [`Compiled`] form:
//!
//! | stage | scope | tested against |
//! |---|---|---|
//! | screening, scoring | [`Scope::new`] | the attributes: [`Values::as_slice`](crate::Values::as_slice) |
//! | routing | [`Scope::for_routing`]: `lead.score` and its like too | [`Request::values`](crate::Request::values) |
//! | follow-up | [`Scope::for_follow_up`]: `lead.stage` as well | [`Matter::values`](crate::Matter::values) |

mod compile;
mod data;
mod describe;
mod evaluate;
mod standing;
#[cfg(test)]
mod tests;

pub use compile::{DEPTH_MAX, Scope};
pub use data::{Clause, Condition, Scalar};
pub use evaluate::Compiled;
