//! What a server counts, read from the text that it shows for Prometheus.

use std::collections::BTreeMap;

use prometheus_parse::{HistogramCount, Value};

/// Labels of a series, by name.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Series(BTreeMap<String, String>);

/// Everything that was counted at one moment.
#[derive(Debug, Default)]
pub struct Scrape {
    values: BTreeMap<String, BTreeMap<Series, f64>>,
    buckets: BTreeMap<String, BTreeMap<Series, Vec<HistogramCount>>>,
}

impl Series {
    /// The value of a label; empty if there is none.
    pub fn get(&self, label: &str) -> &str {
        self.0.get(label).map(String::as_str).unwrap_or_default()
    }

    /// The same with one more label.
    pub fn with(&self, label: &str, value: &str) -> Self {
        let mut labels = self.0.clone();
        labels.insert(label.to_owned(), value.to_owned());
        Self(labels)
    }

    fn without(&self, label: &str) -> Self {
        let mut labels = self.0.clone();
        labels.remove(label);
        Self(labels)
    }
}

impl Scrape {
    /// Reads the text of a server.
    ///
    /// # Errors
    ///
    /// When it is no such text.
    pub fn of(text: &str) -> std::io::Result<Self> {
        let mut all = Self::default();
        let lines = text.lines().map(|line| Ok(line.to_owned()));
        for sample in prometheus_parse::Scrape::parse(lines)?.samples {
            let labels = sample.labels.iter().map(|(name, value)| (name.clone(), value.clone()));
            let series = Series(labels.collect());
            match sample.value {
                Value::Counter(value) | Value::Gauge(value) | Value::Untyped(value) => {
                    all.values.entry(sample.metric).or_default().insert(series, value);
                }
                Value::Histogram(buckets) => {
                    all.buckets.entry(sample.metric).or_default().insert(series, buckets);
                }
                Value::Summary(_) => {}
            }
        }
        Ok(all)
    }

    /// The series of a metric.
    pub fn series(&self, name: &str) -> impl Iterator<Item = (&Series, f64)> {
        self.values.get(name).into_iter().flatten().map(|(series, value)| (series, *value))
    }

    /// A value; 0 if there is none.
    pub fn get(&self, name: &str, series: &Series) -> f64 {
        self.values.get(name).and_then(|all| all.get(series)).copied().unwrap_or(0.0)
    }

    /// The decisions of a plugin at its place, by what came of them.
    pub fn outcomes(&self, place: &Series) -> BTreeMap<String, f64> {
        let of_place = |(series, value): (&Series, f64)| {
            (series.without("outcome") == *place).then(|| (series.get("outcome").to_owned(), value))
        };
        self.series("leadsman_decisions_total").filter_map(of_place).collect()
    }

    /// The upper bound of the bucket in which a quantile lies of what was counted since an earlier scrape;
    /// none if nothing was, or if there is no bound.
    pub fn quantile(&self, before: &Self, name: &str, series: &Series, quantile: f64) -> Option<f64> {
        let buckets = |scrape: &Self| scrape.buckets.get(name).and_then(|all| all.get(series)).cloned();
        let (now, before) = (buckets(self)?, buckets(before).unwrap_or_default());
        let count = |place: usize| now[place].count - before.get(place).map_or(0.0, |bucket| bucket.count);
        let all = count(now.len().checked_sub(1)?);
        let place = (0..now.len()).find(|place| count(*place) >= quantile * all)?;
        Some(now[place].less_than).filter(|bound| all > 0.0 && bound.is_finite())
    }
}
