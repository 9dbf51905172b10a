//! Which touches count: by the flags, or else by the policy of whose leads they are.

use clap::Args;
use leadsman_domain::attribution::TouchRules;

use super::own::Own;
use super::weights::span;
use crate::attribution::Counted;

/// Which touches count.
#[derive(Args)]
pub(super) struct Touches {
    /// How long before a conversion touches count, such as 30d. Of a tenant's own leads, the policy says it otherwise.
    #[arg(long, value_name = "TIME", value_parser = span_ms)]
    pub lookback: Option<i64>,
    /// How soon a touch by the same channel belongs to the same session, such as 30m. A session is one touch. Of a
    /// tenant's own leads, the policy says it otherwise.
    #[arg(long, value_name = "TIME", value_parser = span_ms)]
    pub session: Option<i64>,
    /// The channel of visits without a source, which count only where nothing else does. Of a tenant's own leads, the
    /// policy says it otherwise.
    #[arg(long, value_name = "CHANNEL")]
    pub direct: Option<String>,
}

/// The rules that hold, and whence each of them is.
pub(super) struct Rules {
    pub rules: TouchRules,
    pub counted: Vec<Counted>,
}

impl Touches {
    /// The flags over what the policy says, if it is a tenant's own leads.
    pub fn over(&self, own: Option<&Own>) -> Rules {
        let policy = own.map(Own::rules).unwrap_or_default();
        let whence = own.map(Own::whence).unwrap_or_default();
        let mut counted = Vec::new();
        let mut tell = |rule: &'static str, value: Option<String>, is_flag: bool| {
            let from = if is_flag { format!("--{rule}") } else { whence.clone() };
            counted.extend(value.map(|value| Counted { rule, value, from }));
        };
        let rules = TouchRules {
            lookback_ms: self.lookback.or(policy.lookback_ms),
            session_ms: self.session.or(policy.session_ms),
            direct: self.direct.clone().or(policy.direct),
        };
        tell("lookback", span(rules.lookback_ms), self.lookback.is_some());
        tell("session", span(rules.session_ms), self.session.is_some());
        tell("direct", rules.direct.clone(), self.direct.is_some());
        Rules { rules, counted }
    }
}

impl Rules {
    /// What counts, in one line; none if every touch does.
    pub fn note(&self) -> Option<String> {
        let told = self.counted.iter().map(|one| format!("{} {} ({})", one.rule, one.value, one.from));
        let told = told.collect::<Vec<_>>().join(", ");
        (!told.is_empty()).then(|| format!("Touches counted by {told}."))
    }
}

fn span_ms(text: &str) -> Result<i64, String> {
    let span = humantime::parse_duration(text).map_err(|cause| format!("{cause}; write it as 30m or 90d"))?;
    i64::try_from(span.as_millis()).map_err(|_| "this is too long".to_owned())
}
