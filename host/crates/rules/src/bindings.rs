//! What Wasmtime generates from `wit/`. Only `convert` and `instance` look in here.

#![allow(missing_docs, clippy::all, clippy::pedantic, reason = "generated code")]

wasmtime::component::bindgen!({
    path: "../../../wit",
    world: "every-stage",
    ownership: Borrowing { duplicate_if_necessary: true },
    imports: { default: trappable },
});
