//! The routes, a file for each resource. Each reads its request, makes one call into the flow, and
//! wraps the answer.

pub(crate) mod health;
