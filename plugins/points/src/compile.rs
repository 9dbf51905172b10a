//! From the configuration to the plugin, with the place of every problem.

use std::collections::BTreeMap;

use leadsman_sdk::condition::Scope;
use leadsman_sdk::duration::DAY_MS;
use leadsman_sdk::kinds::Kinds;
use leadsman_sdk::prelude::*;

use crate::activities::{ActivityRule, ActivityRules, Fading, Ratio};
use crate::config::{ActivityConfig, AxisConfig, Config, LimitConfig, RatioConfig, RuleConfig};
use crate::limits::{Corrections, Limit, Limits, POINTS_MAX, declared, rounded};
use crate::{FactRule, Header, Points};

pub(crate) fn compile(config: &Config) -> Result<Points, Vec<Problem>> {
    let mut compiler = Compiler::new(config);
    let rules = each(&config.rules, "rules", |rule, place| compiler.rule(rule, &place));
    let activities = each(&config.activities, "activities", |rule, place| compiler.activity(rule, &place));
    let ratios = each(&config.ratios, "ratios", |ratio, place| compiler.ratio(ratio, &place));
    let total = compiler.limit(&config.total, "/total");
    let limits = compiler.limits(config, total);
    let kinds = compiler.kinds;
    let needs = compiler.scope.finish()?.activities(kinds.names()).rules(compiler.declared);
    let ratios = ratios.into_iter().map(|ratio| ratio.resolve(&kinds)).collect();
    Ok(Points { rules, activities: ActivityRules::new(activities, &kinds), ratios, limits, needs })
}

fn each<T, R>(items: &[T], name: &str, mut compile: impl FnMut(&T, String) -> R) -> Vec<R> {
    items.iter().enumerate().map(|(index, item)| compile(item, format!("/{name}/{index}"))).collect()
}

struct Compiler {
    scope: Scope,
    kinds: Kinds,
    names: BTreeMap<String, String>,
    groups: Vec<(String, Option<AxisConfig>)>,
    declared: Vec<Rule>,
}

/// What all kinds of rules say about themselves.
struct Common<'a> {
    name: &'a str,
    axis: AxisConfig,
    points: f64,
    group: Option<&'a str>,
    message: String,
}

impl Compiler {
    fn new(config: &Config) -> Self {
        let groups = config.groups.keys().map(|name| (name.clone(), None)).collect();
        Self {
            scope: Scope::new(),
            kinds: Kinds::new(),
            names: BTreeMap::new(),
            groups,
            declared: Vec::new(),
        }
    }

    fn rule(&mut self, rule: &RuleConfig, place: &str) -> FactRule {
        let when = self.scope.compile(&rule.when, &format!("{place}/when"));
        let message = rule.message.clone().unwrap_or_else(|| format!("{}.", rule.when));
        let (name, group) = (&rule.name, rule.group.as_deref());
        FactRule {
            header: self.header(Common { name, axis: rule.axis, points: rule.points, group, message }, place),
            when,
        }
    }

    fn activity(&mut self, rule: &ActivityConfig, place: &str) -> ActivityRule {
        let fading = self.fading(rule, place);
        let message = rule.message.as_deref().unwrap_or(&rule.kind);
        let message = fading.sentence(message.trim_end_matches('.'));
        let (name, group) = (&rule.name, rule.group.as_deref());
        let header =
            self.header(Common { name, axis: rule.axis, points: rule.points, group, message }, place);
        self.kind(&rule.kind, &format!("{place}/kind"));
        if rule.at_least == 0 {
            self.scope.problem(format!("{place}/at_least"), "must be at least 1");
        }
        ActivityRule { header, kind: rule.kind.clone(), per: rule.per, at_least: rule.at_least, fading }
    }

    fn fading(&mut self, rule: &ActivityConfig, place: &str) -> Fading {
        match (rule.within_days, rule.half_life_days) {
            (None, None) => Fading::Never,
            (Some(days), None) => {
                Fading::Expires { after_ms: self.days(days, &format!("{place}/within_days")) }
            }
            (None, Some(days)) => {
                let millis = self.days(days, &format!("{place}/half_life_days"));
                Fading::Halves { every_ms: millis as f64 }
            }
            (Some(_), Some(_)) => {
                let message = "either `within_days` or `half_life_days`, not both";
                self.scope.problem(format!("{place}/half_life_days"), message);
                Fading::Never
            }
        }
    }

    fn ratio(&mut self, ratio: &RatioConfig, place: &str) -> Ratio {
        let percent = ratio.at_least * 100.0;
        let message = ratio.message.clone();
        let message = message.unwrap_or_else(|| {
            format!("{} make up at least {percent} % of activities.", ratio.of.join(", "))
        });
        let (name, group) = (&ratio.name, ratio.group.as_deref());
        let header =
            self.header(Common { name, axis: ratio.axis, points: ratio.points, group, message }, place);
        for (key, kinds) in [("of", &ratio.of), ("among", &ratio.among)] {
            if kinds.is_empty() {
                self.scope.problem(format!("{place}/{key}"), "must not be empty");
            }
            for (index, kind) in kinds.iter().enumerate() {
                self.kind(kind, &format!("{place}/{key}/{index}"));
            }
        }
        if !(ratio.at_least > 0.0 && ratio.at_least <= 1.0) {
            self.scope.problem(format!("{place}/at_least"), "must be a share above 0 and at most 1");
        }
        let within = ratio.within_days.map(|days| self.days(days, &format!("{place}/within_days")));
        Ratio::new(header, ratio, within)
    }

    fn header(&mut self, common: Common<'_>, place: &str) -> Header {
        let Common { name, axis, points, group, message } = common;
        if name.trim().is_empty() {
            self.scope.problem(format!("{place}/name"), "must not be empty");
        }
        if let Some(earlier) = self.names.insert(name.to_owned(), place.to_owned()) {
            self.scope.problem(format!("{place}/name"), format!("`{name}` is already the name of {earlier}"));
        }
        if points.abs() > POINTS_MAX {
            self.scope.problem(format!("{place}/points"), "must be within plus or minus one million");
        }
        let group = group.and_then(|group| self.group(group, axis, place));
        let axis = match axis {
            AxisConfig::Fit => Axis::Fit,
            AxisConfig::Engagement => Axis::Engagement,
        };
        let rule = declared(&mut self.declared, Rule { name: name.to_owned(), axis, message });
        Header { rule, axis, points: rounded(points), group }
    }

    fn group(&mut self, name: &str, axis: AxisConfig, place: &str) -> Option<usize> {
        let place = format!("{place}/group");
        let Some(index) = self.groups.iter().position(|(known, _)| known == name) else {
            self.scope.problem(place, format!("there is no group `{name}` in `groups`"));
            return None;
        };
        let known = self.groups[index].1.get_or_insert(axis);
        if *known != axis {
            self.scope.problem(place, format!("group `{name}` has rules of the other axis already"));
        }
        Some(index)
    }

    fn limits(&mut self, config: &Config, total: Limit) -> Limits {
        let axes: Vec<_> = self.groups.iter().map(|(_, axis)| *axis).collect();
        let mut groups = Vec::new();
        for ((name, limit), axis) in config.groups.iter().zip(axes) {
            let place = format!("/groups/{}", name.replace('~', "~0").replace('/', "~1"));
            let axis = if axis == Some(AxisConfig::Engagement) { Axis::Engagement } else { Axis::Fit };
            let limit = self.limit(limit, &place);
            let corrections = Corrections::declare(&mut self.declared, &format!("group {name}"), axis, limit);
            groups.push((corrections, limit));
        }
        let mut total_on = |axis| Corrections::declare(&mut self.declared, "the total", axis, total);
        Limits { groups, total: (total_on(Axis::Engagement), total_on(Axis::Fit), total) }
    }

    fn limit(&mut self, limit: &LimitConfig, place: &str) -> Limit {
        let (min, max) = (limit.min.unwrap_or(f64::NEG_INFINITY), limit.max.unwrap_or(f64::INFINITY));
        if min > max {
            self.scope.problem(format!("{place}/max"), "must not be less than `min`");
        }
        Limit { min, max }
    }

    fn kind(&mut self, kind: &str, place: &str) {
        if kind.is_empty() || kind.starts_with('*') {
            self.scope.problem(place, "must be a kind of activity, such as `email.reply` or `email.*`");
        }
        self.kinds.add(kind);
    }

    fn days(&mut self, days: f64, place: &str) -> i64 {
        if !(days > 0.0 && days <= 36_500.0) {
            self.scope.problem(place, "must be more than 0 and at most 36500 days");
            return 1;
        }
        (days * DAY_MS as f64).round().max(1.0) as i64
    }
}
