//! Grading: from a score to a grade, its advice and maturity, by bands that leave no gap.

use serde::{Deserialize, Serialize};

use crate::scoring::{Points, Score};

/// One band of scores, from a bound upwards, to below the next band's bound.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Band {
    /// What the band is called, such as `B` or `1`.
    pub label: String,
    /// The lowest score that belongs to it; `None` for the lowest band.
    pub from: Option<Points>,
    /// How people call it, such as `medium fit`.
    pub meaning: String,
}

/// A band as it is declared: with both bounds, so that gaps and overlaps can be seen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DeclaredBand {
    /// What the band is called.
    pub label: String,
    /// The lowest score in it; open below when missing.
    pub from: Option<f64>,
    /// The lowest score above it; open above when missing.
    pub below: Option<f64>,
    /// How people call it.
    pub meaning: String,
}

/// Why bands do not tile the range of scores.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum InvalidBands {
    /// There is no band.
    #[error("there are no bands")]
    Empty,
    /// Two bands have one label.
    #[error("two bands are called {0:?}")]
    Twice(String),
    /// A band holds no score.
    #[error("band {label:?} from {from} to below {below} holds no score")]
    Hollow {
        /// Which band.
        label: String,
        /// Its lower bound.
        from: f64,
        /// Its upper bound.
        below: f64,
    },
    /// Scores that belong to no band.
    #[error("no band holds scores {0}")]
    Gap(String),
    /// Scores that belong to two bands.
    #[error("bands {one:?} and {other:?} both hold scores {range}")]
    Overlap {
        /// The lower band.
        one: String,
        /// The upper band.
        other: String,
        /// The scores that both hold.
        range: String,
    },
    /// A bound is not a number of points.
    #[error("band {label:?} has a bound that is not a number of points")]
    Bound {
        /// Which band.
        label: String,
    },
}

/// Bands that tile all scores: each score belongs to exactly one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Bands(Vec<Band>);

impl Bands {
    /// Checks that the declared bands tile all scores.
    ///
    /// # Errors
    ///
    /// When they leave a gap, overlap, are empty, hollow or share a label; the range is named.
    pub fn tile(declared: &[DeclaredBand]) -> Result<Self, InvalidBands> {
        let mut sorted: Vec<&DeclaredBand> = declared.iter().collect();
        let low = |band: &DeclaredBand| band.from.unwrap_or(f64::NEG_INFINITY);
        let high = |band: &DeclaredBand| band.below.unwrap_or(f64::INFINITY);
        sorted.sort_by(|one, other| low(one).total_cmp(&low(other)));
        let (Some(first), Some(last)) = (sorted.first(), sorted.last()) else {
            return Err(InvalidBands::Empty);
        };
        for (index, band) in sorted.iter().enumerate() {
            if sorted[..index].iter().any(|other| other.label == band.label) {
                return Err(InvalidBands::Twice(band.label.clone()));
            }
            let holds_scores = low(band) < high(band);
            if !holds_scores {
                let (from, below) = (low(band), high(band));
                return Err(InvalidBands::Hollow { label: band.label.clone(), from, below });
            }
        }
        if let Some(from) = first.from {
            return Err(InvalidBands::Gap(format!("below {from}")));
        }
        for pair in sorted.windows(2) {
            let (end, start) = (high(pair[0]), low(pair[1]));
            if end < start {
                return Err(InvalidBands::Gap(format!("from {end} to below {start}")));
            }
            if end > start {
                let end = end.min(high(pair[1]));
                let range = if end.is_finite() {
                    format!("from {start} to below {end}")
                } else {
                    format!("from {start} up")
                };
                return Err(InvalidBands::Overlap {
                    one: pair[0].label.clone(),
                    other: pair[1].label.clone(),
                    range,
                });
            }
        }
        if let Some(below) = last.below {
            return Err(InvalidBands::Gap(format!("from {below} up")));
        }
        sorted
            .into_iter()
            .map(|band| {
                let from = band.from.map(Points::from_f64).transpose();
                let from = from.map_err(|_| InvalidBands::Bound { label: band.label.clone() })?;
                Ok(Band { label: band.label.clone(), from, meaning: band.meaning.clone() })
            })
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// The band that holds a score.
    #[must_use]
    pub fn of(&self, points: Points) -> &Band {
        let above = self.0.iter().rev().find(|band| band.from.is_none_or(|from| points >= from));
        above.unwrap_or(&self.0[0])
    }

    /// The bands, lowest first.
    #[must_use]
    pub fn all(&self) -> &[Band] {
        &self.0
    }
}

/// How scores become grades.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scale {
    /// Bands of the whole score.
    Bands(Bands),
    /// A letter for fit beside a digit for engagement.
    Matrix {
        /// Letters, by the points of the fit axis.
        fit: Bands,
        /// Digits, by the points of the engagement axis.
        engagement: Bands,
    },
    /// Bands of the probability, in percent; a lead for which none was foretold has no grade.
    Probability(Bands),
}

/// What sales should do with a grade.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Advice {
    /// The grade that it is for, such as `B1`.
    pub grade: String,
    /// The advice's id, for programs.
    pub id: String,
    /// The advice itself.
    pub text: String,
    /// The nurture track that suits the grade, if there is one.
    pub track: Option<String>,
}

/// How the tenant grades.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grading {
    /// From scores to grades; without it leads have no grade.
    pub scale: Option<Scale>,
    /// The lowest score at which a lead is mature (an MQL) and may be allocated.
    pub mature_from: Option<Points>,
    /// The lowest probability, in percent, at which a lead is mature. Besides `mature_from`, both must be
    /// reached; a lead for which none was foretold is not mature.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mature_from_probability: Option<Points>,
    /// Advice for grades.
    pub advice: Vec<Advice>,
}

/// What a score means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// The grade, such as `B1`; empty where the policy has no scale.
    pub grade: String,
    /// The grade in words, such as `highly interactive, medium fit`.
    pub meaning: String,
    /// Whether the score reached the maturity line; always so where the policy has none.
    pub mature: bool,
    /// The id of the advice for the grade.
    pub advice: Option<String>,
}

impl Grading {
    /// Reads a score.
    #[must_use]
    pub fn read(&self, score: &Score) -> Standing {
        let (grade, meaning) = match &self.scale {
            None => (String::new(), String::new()),
            Some(Scale::Bands(bands)) => {
                let band = bands.of(score.total);
                (band.label.clone(), band.meaning.clone())
            }
            Some(Scale::Matrix { fit, engagement }) => {
                let (letter, digit) = (fit.of(score.fit), engagement.of(score.engagement));
                (format!("{}{}", letter.label, digit.label), format!("{}, {}", digit.meaning, letter.meaning))
            }
            Some(Scale::Probability(bands)) => score.probability.map_or_else(Default::default, |percent| {
                let band = bands.of(percent);
                (band.label.clone(), band.meaning.clone())
            }),
        };
        let is_likely = self.mature_from_probability.is_none_or(|line| score.probability >= Some(line));
        let mature = is_likely && self.mature_from.is_none_or(|line| score.total >= line);
        let advice = self.advice.iter().find(|advice| advice.grade == grade).map(|advice| advice.id.clone());
        Standing { grade, meaning, mature, advice }
    }

    /// Every grade that there is, best first: the rows of a report.
    #[must_use]
    pub fn grades(&self) -> Vec<String> {
        match &self.scale {
            None => Vec::new(),
            Some(Scale::Bands(bands) | Scale::Probability(bands)) => {
                bands.all().iter().rev().map(|band| band.label.clone()).collect()
            }
            Some(Scale::Matrix { fit, engagement }) => fit
                .all()
                .iter()
                .rev()
                .flat_map(|letter| {
                    engagement.all().iter().rev().map(move |digit| format!("{}{}", letter.label, digit.label))
                })
                .collect(),
        }
    }
}
