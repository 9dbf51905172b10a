//! What screening and scoring say of a lead.

use leadsman_domain::Facts;
use leadsman_domain::grading::Standing;
use leadsman_domain::scoring::{Axis, Contribution, Points, Score};
use leadsman_domain::screening::Finding;
use serde::Serialize;
use utoipa::ToSchema;

use crate::values::FactValue;

/// A score: the sum of its contributions.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Score)]
pub(crate) struct ScoreView {
    /// Fit and engagement together.
    total: f64,
    /// Points for how well the lead fits.
    fit: f64,
    /// Points for how engaged it is.
    engagement: f64,
    /// How probable it is that it converts, in percent; absent where no plugin foretells it.
    #[serde(skip_serializing_if = "Option::is_none")]
    probability: Option<f64>,
    /// What each rule gave or took.
    pub contributions: Vec<ContributionView>,
}

/// What one rule adds to the score, or takes from it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Contribution)]
pub(crate) struct ContributionView {
    /// The rule's name.
    rule: String,
    /// `fit`, `engagement` or `probability`.
    axis: &'static str,
    /// The points.
    points: f64,
    /// Why, in one sentence.
    message: String,
    /// In a journal: the attribute that the message speaks about, if it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    attribute: Option<String>,
    /// In a journal: what the lead had of that attribute then; absent where it was not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<FactValue>,
}

/// What a score means.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Standing)]
pub(crate) struct StandingView {
    /// The grade; empty where the policy does not grade.
    grade: String,
    /// The grade in words.
    meaning: String,
    /// Whether the score reached the maturity line.
    mature: bool,
    /// The id of the advice for the grade.
    advice: Option<String>,
}

/// One thing that screening found.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Finding)]
pub(crate) struct FindingView {
    /// A short stable word for programs.
    #[schema(example = "sensitive-word")]
    code: String,
    /// One sentence for people.
    message: String,
    /// The attribute in which it was found.
    attribute: Option<String>,
    /// What was found there.
    evidence: Option<String>,
}

impl From<&Score> for ScoreView {
    fn from(score: &Score) -> Self {
        Self {
            total: score.total.as_f64(),
            fit: score.fit.as_f64(),
            engagement: score.engagement.as_f64(),
            probability: score.probability.map(Points::as_f64),
            contributions: score.contributions.iter().map(Into::into).collect(),
        }
    }
}

impl From<&Contribution> for ContributionView {
    fn from(one: &Contribution) -> Self {
        let axis = match one.axis {
            Axis::Fit => "fit",
            Axis::Engagement => "engagement",
            Axis::Probability => "probability",
        };
        Self {
            rule: one.rule.to_string(),
            axis,
            points: one.points.as_f64(),
            message: one.message.to_string(),
            attribute: None,
            value: None,
        }
    }
}

impl ContributionView {
    /// Tells what the lead had of the attribute that the message speaks about.
    pub fn tell(&mut self, one: &Contribution, facts: &Facts) {
        self.attribute = one.attribute().map(str::to_owned);
        self.value = one.attribute().and_then(|name| facts.get(name)).map(Into::into);
    }
}

impl From<&Standing> for StandingView {
    fn from(standing: &Standing) -> Self {
        Self {
            grade: standing.grade.clone(),
            meaning: standing.meaning.clone(),
            mature: standing.mature,
            advice: standing.advice.clone(),
        }
    }
}

impl From<&Finding> for FindingView {
    fn from(finding: &Finding) -> Self {
        Self {
            code: finding.code.clone(),
            message: finding.message.clone(),
            attribute: finding.attribute.clone(),
            evidence: finding.evidence.clone(),
        }
    }
}
