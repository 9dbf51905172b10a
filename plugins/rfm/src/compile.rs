//! From the configuration to the plugin, with the place of every problem.

use leadsman_sdk::condition::Scope;
use leadsman_sdk::kinds::{self, KindSet, Kinds};
use leadsman_sdk::prelude::*;

use crate::config::{
    AmountConfig, AxisConfig, Bound, Config, Otherwise, RecencyConfig, ScoreConfig, Unknown,
};
use crate::measure::{Dimension, Measure, Source};
use crate::scale::{End, Range, Scale, to_a_thousandth};
use crate::{Rfm, Total, cells};

/// The most points, either way, that one contribution may have.
const POINTS_MAX: f64 = 1_000_000.0;

pub(crate) fn compile(config: &Config) -> Result<Rfm, Vec<Problem>> {
    let mut compiler = Compiler { scope: Scope::new(), config, counted: KindSet::default() };
    let activities = compiler.activities();
    let when = config.when.as_ref().map(|when| compiler.scope.compile(when, "/when"));
    if config.object.trim().is_empty() {
        compiler.scope.problem("/object", "must not be empty");
    }
    compiler.unknown(&config.unknown, "");
    let measures = Dimension::ALL.map(|dimension| compiler.measure(dimension));
    compiler.check_activities(&measures);
    let total = compiler.total(&measures);
    let rules = rules(config);
    let needs = compiler.scope.finish()?.activities(activities.names()).rules(rules);
    Ok(Rfm { object: config.object.clone(), when, measures, total, needs })
}

/// The rules that contributions will name: those of the cells, or of the three measures.
fn rules(config: &Config) -> Vec<Rule> {
    let axis = match config.axis {
        AxisConfig::Fit => Axis::Fit,
        AxisConfig::Engagement => Axis::Engagement,
    };
    let rule =
        |name: &str, message: String| Rule { name: format!("{} {name}", config.object), axis, message };
    if config.cells.is_empty() {
        return Dimension::ALL.map(|one| rule(one.key(), one.sentence().to_owned())).into();
    }
    let cells = config.cells.iter();
    cells.map(|one| rule(&one.cell, format!("{}.", one.label.trim_end_matches('.')))).collect()
}

/// What one of the three says of itself.
struct Section<'a> {
    attribute: Option<&'a str>,
    within: Option<&'a Duration>,
    scores: &'a [ScoreConfig],
    otherwise: Otherwise,
    unknown: &'a Unknown,
}

impl<'a> Section<'a> {
    fn of(config: &'a Config, dimension: Dimension) -> Option<Self> {
        let amount = match dimension {
            Dimension::Recency => return config.recency.as_ref().map(Self::of_recency),
            Dimension::Frequency => config.frequency.as_ref(),
            Dimension::Monetary => config.monetary.as_ref(),
        };
        amount.map(Self::of_amount)
    }

    fn of_recency(config: &'a RecencyConfig) -> Self {
        let RecencyConfig { attribute, scores, otherwise, unknown } = config;
        Self { attribute: attribute.as_deref(), within: None, scores, otherwise: *otherwise, unknown }
    }

    fn of_amount(config: &'a AmountConfig) -> Self {
        let AmountConfig { attribute, within, scores, otherwise, unknown } = config;
        let (attribute, within) = (attribute.as_deref(), within.as_ref());
        Self { attribute, within, scores, otherwise: *otherwise, unknown }
    }
}

struct Compiler<'a> {
    scope: Scope,
    config: &'a Config,
    /// The kinds that count.
    counted: KindSet,
}

impl Compiler<'_> {
    fn activities(&mut self) -> Kinds {
        let mut known = Kinds::new();
        for (index, kind) in self.config.activities.iter().enumerate() {
            if let Err(message) = kinds::check(kind) {
                self.scope.problem(format!("/activities/{index}"), message);
            }
            known.add(kind);
        }
        self.counted = known.covered_by(&self.config.activities);
        known
    }

    fn check_activities(&mut self, measures: &[Measure; 3]) {
        let reader = measures.iter().find(|one| matches!(one.source, Source::Activities { .. }));
        match (reader, self.config.activities.is_empty()) {
            (Some(reader), true) => {
                let key = reader.dimension.key();
                let message = format!("must name the kinds that count, since `{key}` has no `attribute`");
                self.scope.problem("/activities", message);
            }
            (None, false) => {
                let message =
                    "nothing reads them: all of recency, frequency and monetary have an `attribute`";
                self.scope.problem("/activities", message);
            }
            _ => {}
        }
    }

    fn measure(&mut self, dimension: Dimension) -> Measure {
        let place = format!("/{}", dimension.key());
        let Some(section) = Section::of(self.config, dimension) else {
            self.scope.problem(place, "is missing; all of `recency`, `frequency` and `monetary` are scored");
            let source = Source::Activities { kinds: KindSet::default(), within_ms: None };
            return Measure { dimension, source, scale: Scale { steps: Vec::new(), otherwise: 0.0 } };
        };
        self.unknown(section.unknown, &place);
        let source = self.source(&section, &place);
        let scale = self.scale(&section, dimension, &format!("{place}/scores"));
        Measure { dimension, source, scale }
    }

    fn source(&mut self, section: &Section<'_>, place: &str) -> Source {
        let within_ms = section.within.and_then(|within| {
            within.millis().map_err(|message| self.scope.problem(format!("{place}/within"), message)).ok()
        });
        let Some(name) = section.attribute else {
            return Source::Activities { kinds: self.counted.clone(), within_ms };
        };
        if name.trim().is_empty() {
            self.scope.problem(format!("{place}/attribute"), "must not be empty");
        }
        if section.within.is_some() {
            let message = "only counts activities, and does not go together with `attribute`";
            self.scope.problem(format!("{place}/within"), message);
        }
        Source::Attribute { position: self.scope.attribute(name), name: name.to_owned() }
    }

    fn scale(&mut self, section: &Section<'_>, dimension: Dimension, place: &str) -> Scale {
        if section.scores.is_empty() {
            self.scope.problem(place, "must have at least one score, such as `{ score = 1, at_least = … }`");
        }
        let mut steps: Vec<(Range, f64)> = Vec::new();
        for (index, config) in section.scores.iter().enumerate() {
            let own = format!("{place}/{index}");
            self.unknown(&config.unknown, &own);
            self.points(config.score, &format!("{own}/score"));
            let range = self.range(config, dimension, &own);
            let is_told = range.from.is_some() || range.to.is_some();
            if let Some(earlier) = steps.iter().position(|(known, _)| is_told && *known == range) {
                let message = format!("{place}/{earlier} has the same condition");
                self.scope.problem(own, message);
            }
            steps.push((range, to_a_thousandth(config.score)));
        }
        let lowest = steps.iter().map(|(_, score)| *score).reduce(f64::min).unwrap_or_default();
        let otherwise = match section.otherwise {
            Otherwise::Lowest => lowest,
            Otherwise::Zero => 0.0,
        };
        Scale { steps, otherwise }
    }

    fn range(&mut self, config: &ScoreConfig, dimension: Dimension, place: &str) -> Range {
        let ScoreConfig { at_least, above, at_most, below, .. } = config;
        if [at_least, above, at_most, below].into_iter().all(Option::is_none) {
            self.scope.problem(place, "must have a condition: `at_least`, `above`, `at_most` or `below`");
        }
        let from = self.end([("at_least", at_least), ("above", above)], dimension, place);
        let to = self.end([("at_most", at_most), ("below", below)], dimension, place);
        let range = Range { from, to };
        if range.is_empty() {
            let (lower, upper) = (
                if at_least.is_some() { "at_least" } else { "above" },
                if at_most.is_some() { "at_most" } else { "below" },
            );
            self.scope
                .problem(format!("{place}/{lower}"), format!("leaves nothing between it and `{upper}`"));
        }
        range
    }

    /// One end of a range, which either key may give: the first includes the value, the second does not.
    fn end(&mut self, keys: [(&str, &Option<Bound>); 2], dimension: Dimension, place: &str) -> Option<End> {
        let [(including, _), (excluding, _)] = keys;
        if keys.iter().all(|(_, bound)| bound.is_some()) {
            let message = format!("either `{including}` or `{excluding}`, not both");
            self.scope.problem(format!("{place}/{excluding}"), message);
        }
        let ends = keys.map(|(key, bound)| {
            let value = self.value(bound.as_ref()?, dimension, &format!("{place}/{key}"))?;
            Some(End { value, included: key == including })
        });
        ends.into_iter().flatten().next()
    }

    /// What the values of a measure are compared with.
    fn value(&mut self, bound: &Bound, dimension: Dimension, place: &str) -> Option<f64> {
        let value = match (dimension, bound) {
            (Dimension::Recency, Bound::Duration(duration)) => duration.millis().map(|millis| millis as f64),
            (Dimension::Recency, _) => Err("must be a duration such as `90m`, `24h` or `15d`"),
            (_, Bound::Number(number)) => Ok(*number),
            (_, _) => Err("must be a number"),
        };
        value.map_err(|message| self.scope.problem(place, message)).ok()
    }

    fn total(&mut self, measures: &[Measure; 3]) -> Total {
        let cells = &self.config.cells;
        if cells.is_empty() {
            return Total::Sum;
        }
        for (index, cell) in cells.iter().enumerate() {
            let place = format!("/cells/{index}");
            self.unknown(&cell.unknown, &place);
            self.points(cell.points, &format!("{place}/points"));
            if cell.label.trim().is_empty() {
                self.scope.problem(format!("{place}/label"), "must not be empty");
            }
        }
        match cells::compile(cells, measures) {
            Ok(cells) => Total::Cells(cells),
            Err(problems) => {
                for Problem { pointer, message } in problems {
                    self.scope.problem(pointer, message);
                }
                Total::Sum
            }
        }
    }

    fn points(&mut self, points: f64, place: &str) {
        if points.abs() > POINTS_MAX {
            self.scope.problem(place, "must be within plus or minus one million");
        }
    }

    fn unknown(&mut self, keys: &Unknown, place: &str) {
        for key in keys.keys() {
            let token = key.replace('~', "~0").replace('/', "~1");
            self.scope.problem(format!("{place}/{token}"), format!("unknown key `{key}`"));
        }
    }
}
