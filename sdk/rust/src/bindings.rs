//! The bindings generated from `wit/`: one set for the base world, one for each stage, all sharing
//! the same `types`. Nothing here is part of the SDK's interface, apart from what other modules
//! re-export by name.

#![allow(missing_docs, reason = "generated; what is re-exported carries the documentation of the WIT")]
#![allow(unsafe_code, reason = "generated; lifting and lowering across the component boundary")]
#![allow(clippy::all, clippy::pedantic, reason = "generated")]

/// The run-time support that generated code refers to.
pub mod rt {
    pub use wit_bindgen::rt::*;
}

/// What every plugin imports and exports.
pub mod base {
    wit_bindgen::generate!({
        path: "../../wit",
        world: "plugin-base",
        runtime_path: "::leadsman_sdk::__private::rt",
        default_bindings_module: "::leadsman_sdk::__private::base",
        export_macro_name: "export_base",
        pub_export_macro: true,
        generate_unused_types: true,
        additional_derives: [PartialEq],
    });
}

macro_rules! stage {
    ($module:ident, $world:literal, $default:literal, $export:literal, $about:literal) => {
        #[doc = $about]
        pub mod $module {
            wit_bindgen::generate!({
                path: "../../wit",
                world: $world,
                runtime_path: "::leadsman_sdk::__private::rt",
                default_bindings_module: $default,
                export_macro_name: $export,
                pub_export_macro: true,
                generate_unused_types: true,
                additional_derives: [PartialEq],
                with: { "leadsman:rules/types@0.1.0": ::leadsman_sdk::__private::base::leadsman::rules::types },
            });
        }
    };
}

stage!(
    screening,
    "screening-stage",
    "::leadsman_sdk::__private::screening",
    "export_screening",
    "Screening."
);
stage!(scoring, "scoring-stage", "::leadsman_sdk::__private::scoring", "export_scoring", "Scoring.");
stage!(routing, "routing-stage", "::leadsman_sdk::__private::routing", "export_routing", "Routing.");
stage!(
    follow_up,
    "follow-up-stage",
    "::leadsman_sdk::__private::follow_up",
    "export_follow_up",
    "Follow-up."
);
stage!(
    attribution,
    "attribution-stage",
    "::leadsman_sdk::__private::attribution",
    "export_attribution",
    "Attribution."
);
