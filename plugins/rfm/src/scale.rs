//! From a value to a score.

/// One end of a range.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct End {
    pub(crate) value: f64,
    /// Whether the value itself is in the range.
    pub(crate) included: bool,
}

/// The values that a score is for. An end that is not there is open for ever.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Range {
    pub(crate) from: Option<End>,
    pub(crate) to: Option<End>,
}

impl Range {
    fn contains(self, value: f64) -> bool {
        let is_from = |end: End| value > end.value || (end.included && value == end.value);
        let is_to = |end: End| value < end.value || (end.included && value == end.value);
        self.from.is_none_or(is_from) && self.to.is_none_or(is_to)
    }

    /// Whether no value can be in it.
    pub(crate) fn is_empty(self) -> bool {
        match (self.from, self.to) {
            (Some(from), Some(to)) => {
                from.value > to.value || (from.value == to.value && !(from.included && to.included))
            }
            _ => false,
        }
    }
}

/// Scores and the values that they are for, in no particular order.
pub(crate) struct Scale {
    pub(crate) steps: Vec<(Range, f64)>,
    /// The score of what is missing, and of what no score is for.
    pub(crate) otherwise: f64,
}

impl Scale {
    /// The highest score that is for this value, if there is one.
    pub(crate) fn highest(&self, value: f64) -> Option<f64> {
        let fitting = self.steps.iter().filter(|(range, _)| range.contains(value));
        fitting.map(|(_, score)| *score).reduce(f64::max)
    }

    /// Every score that a lead can get, some perhaps more than once.
    pub(crate) fn scores(&self) -> impl Iterator<Item = f64> {
        self.steps.iter().map(|(_, score)| *score).chain([self.otherwise])
    }
}

/// A number to the thousandth that points are kept to. What is too large to have thousandths stays as it is.
pub(crate) fn to_a_thousandth(number: f64) -> f64 {
    let rounded = (number * 1_000.0).round() / 1_000.0;
    // Adding zero makes a plain zero of a negative one.
    if rounded.is_finite() { rounded + 0.0 } else { number }
}
