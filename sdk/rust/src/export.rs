//! From a plugin type to the exports of a component.

use std::cell::RefCell;

use crate::bindings::attribution::exports::leadsman::rules::attribution as attribution_wit;
use crate::bindings::base::exports::leadsman::rules::plugin as plugin_wit;
use crate::bindings::follow_up::exports::leadsman::rules::follow_up as follow_up_wit;
use crate::bindings::routing::exports::leadsman::rules::routing as routing_wit;
use crate::bindings::scoring::exports::leadsman::rules::scoring as scoring_wit;
use crate::bindings::screening::exports::leadsman::rules::screening as screening_wit;
use crate::{
    Attribution, Conversion, Failure, FollowUp, Lead, Matter, Needs, Plugin, Problem, Request, Routing,
    Scoring, ScoringInput, Screening, Touch, configuration,
};

/// Exports a plugin type from the component with the stages that it has:
///
/// ```ignore
/// leadsman_sdk::export!(MyPlugin: screening, scoring);
/// ```
///
/// The stages are `screening`, `scoring`, `routing`, `follow_up` and `attribution`; the type must
/// implement the trait of each. Name, version and summary are the package's name (without a leading
/// `leadsman-plugin-`), version and description. Call it once per crate.
#[macro_export]
macro_rules! export {
    ($plugin:ty : $($stage:ident),+ $(,)?) => {
        const _: () = {
            ::std::thread_local! {
                static PLUGIN: $crate::__private::Slot<$plugin> = const { $crate::__private::Slot::new() };
            }

            struct Component;

            impl $crate::__private::base::exports::leadsman::rules::plugin::Guest for Component {
                fn describe() -> $crate::__private::Description {
                    $crate::__private::describe::<$plugin>(
                        ::std::env!("CARGO_PKG_NAME"),
                        ::std::env!("CARGO_PKG_VERSION"),
                        ::std::env!("CARGO_PKG_DESCRIPTION"),
                    )
                }

                fn configure(
                    configuration: ::std::string::String,
                ) -> ::std::result::Result<
                    $crate::__private::base::exports::leadsman::rules::plugin::Needs,
                    ::std::vec::Vec<$crate::__private::base::exports::leadsman::rules::plugin::Problem>,
                > {
                    PLUGIN.with(|slot| $crate::__private::configure(slot, &configuration))
                }
            }

            #[cfg(target_arch = "wasm32")]
            $crate::__private::base::export_base!(Component with_types_in $crate::__private::base);

            $($crate::__export_stage!($stage);)+
        };
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __export_stage {
    (screening) => {
        impl $crate::__private::screening::exports::leadsman::rules::screening::Guest for Component {
            fn screen(
                leads: ::std::vec::Vec<$crate::__private::base::leadsman::rules::types::Lead>,
            ) -> ::std::vec::Vec<::std::result::Result<$crate::Verdict, $crate::Failure>> {
                PLUGIN.with(|slot| $crate::__private::answer_screen(slot, leads))
            }
        }

        #[cfg(target_arch = "wasm32")]
        $crate::__private::screening::export_screening!(
            Component with_types_in $crate::__private::screening
        );
    };
    (scoring) => {
        impl $crate::__private::scoring::exports::leadsman::rules::scoring::Guest for Component {
            fn score(
                inputs: ::std::vec::Vec<
                    $crate::__private::scoring::exports::leadsman::rules::scoring::ScoringInput,
                >,
            ) -> ::std::vec::Vec<::std::result::Result<$crate::Assessment, $crate::Failure>> {
                PLUGIN.with(|slot| $crate::__private::answer_score(slot, inputs))
            }
        }

        #[cfg(target_arch = "wasm32")]
        $crate::__private::scoring::export_scoring!(Component with_types_in $crate::__private::scoring);
    };
    (routing) => {
        impl $crate::__private::routing::exports::leadsman::rules::routing::Guest for Component {
            fn route(
                request: $crate::__private::routing::exports::leadsman::rules::routing::Request,
            ) -> ::std::result::Result<$crate::Proposal, $crate::Failure> {
                PLUGIN.with(|slot| $crate::__private::answer_route(slot, request))
            }
        }

        #[cfg(target_arch = "wasm32")]
        $crate::__private::routing::export_routing!(Component with_types_in $crate::__private::routing);
    };
    (follow_up) => {
        impl $crate::__private::follow_up::exports::leadsman::rules::follow_up::Guest for Component {
            fn review(
                matter: $crate::__private::follow_up::exports::leadsman::rules::follow_up::Matter,
                now_ms: i64,
            ) -> ::std::result::Result<$crate::NextSteps, $crate::Failure> {
                PLUGIN.with(|slot| $crate::__private::answer_review(slot, matter, now_ms))
            }
        }

        #[cfg(target_arch = "wasm32")]
        $crate::__private::follow_up::export_follow_up!(
            Component with_types_in $crate::__private::follow_up
        );
    };
    (attribution) => {
        impl $crate::__private::attribution::exports::leadsman::rules::attribution::Guest for Component {
            fn credit(
                conversion: $crate::__private::attribution::exports::leadsman::rules::attribution::Conversion,
                touches: ::std::vec::Vec<
                    $crate::__private::attribution::exports::leadsman::rules::attribution::Touch,
                >,
            ) -> ::std::result::Result<::std::vec::Vec<f64>, $crate::Failure> {
                PLUGIN.with(|slot| $crate::__private::answer_credit(slot, conversion, touches))
            }
        }

        #[cfg(target_arch = "wasm32")]
        $crate::__private::attribution::export_attribution!(
            Component with_types_in $crate::__private::attribution
        );
    };
    ($other:ident) => {
        ::std::compile_error!(::std::concat!(
            "no stage is called `",
            ::std::stringify!($other),
            "`; the stages are screening, scoring, routing, follow_up and attribution"
        ));
    };
}

/// The answer of `describe`.
pub type Description = plugin_wit::Description;

/// Where the configured plugin lives between the calls of one instance.
pub struct Slot<P>(RefCell<Option<P>>);

impl<P> Slot<P> {
    /// Not configured yet.
    #[expect(clippy::new_without_default, reason = "only the macro makes one, in a constant")]
    pub const fn new() -> Self {
        Self(RefCell::new(None))
    }

    fn ask<A>(&self, question: impl FnOnce(&P) -> Result<A, Failure>) -> Result<A, Failure> {
        match self.0.borrow().as_ref() {
            Some(plugin) => question(plugin),
            None => Err(not_configured()),
        }
    }

    fn ask_each<I, A>(
        &self,
        inputs: Vec<I>,
        question: impl Fn(&P, I) -> Result<A, Failure>,
    ) -> Vec<Result<A, Failure>> {
        match self.0.borrow().as_ref() {
            Some(plugin) => inputs.into_iter().map(|input| question(plugin, input)).collect(),
            None => inputs.iter().map(|_| Err(not_configured())).collect(),
        }
    }
}

#[cold]
fn not_configured() -> Failure {
    Failure::Internal("a stage was called before `configure` succeeded".to_owned())
}

/// Who the plugin is.
pub fn describe<P: Plugin>(package: &str, version: &str, summary: &str) -> Description {
    Description {
        name: package.strip_prefix("leadsman-plugin-").unwrap_or(package).to_owned(),
        version: version.to_owned(),
        summary: summary.to_owned(),
        configuration_schema: configuration::schema::<P::Config>(),
    }
}

/// Configures the plugin and keeps it in its slot.
pub fn configure<P: Plugin>(
    slot: &Slot<P>,
    json: &str,
) -> Result<plugin_wit::Needs, Vec<plugin_wit::Problem>> {
    let plugin = configuration::parse(json).and_then(P::configure).map_err(lower_problems)?;
    let needs = lower_needs(plugin.needs());
    *slot.0.borrow_mut() = Some(plugin);
    Ok(needs)
}

fn lower_problems(problems: Vec<Problem>) -> Vec<plugin_wit::Problem> {
    let lower = |Problem { pointer, message }| plugin_wit::Problem { pointer, message };
    problems.into_iter().map(lower).collect()
}

fn lower_needs(needs: Needs) -> plugin_wit::Needs {
    plugin_wit::Needs {
        attributes: needs.attributes,
        all_texts: needs.all_texts,
        activities: needs.activities,
        rep_attributes: needs.rep_attributes,
        lists: needs.lists,
        rules: needs.rules,
    }
}

/// Screens a batch.
pub fn answer_screen<P: Screening>(
    slot: &Slot<P>,
    leads: Vec<crate::bindings::base::leadsman::rules::types::Lead>,
) -> Vec<Result<screening_wit::Verdict, Failure>> {
    slot.ask_each(leads, |plugin, lead| plugin.screen(&Lead::read(lead)?))
}

/// Scores a batch.
pub fn answer_score<P: Scoring>(
    slot: &Slot<P>,
    inputs: Vec<scoring_wit::ScoringInput>,
) -> Vec<Result<scoring_wit::Assessment, Failure>> {
    slot.ask_each(inputs, |plugin, input| plugin.score(&ScoringInput::read(input)?))
}

/// Routes one lead.
pub fn answer_route<P: Routing>(
    slot: &Slot<P>,
    request: routing_wit::Request,
) -> Result<routing_wit::Proposal, Failure> {
    slot.ask(|plugin| plugin.route(&Request::read(request)?))
}

/// Reviews one lead.
pub fn answer_review<P: FollowUp>(
    slot: &Slot<P>,
    matter: follow_up_wit::Matter,
    now_ms: i64,
) -> Result<follow_up_wit::NextSteps, Failure> {
    slot.ask(|plugin| plugin.review(&Matter::read(matter, now_ms)?))
}

/// Credits the touches of one conversion.
pub fn answer_credit<P: Attribution>(
    slot: &Slot<P>,
    conversion: attribution_wit::Conversion,
    touches: Vec<attribution_wit::Touch>,
) -> Result<Vec<f64>, Failure> {
    let touches: Vec<Touch> = touches.into_iter().map(Touch::from).collect();
    slot.ask(|plugin| plugin.credit(&Conversion::from(conversion), &touches))
}
