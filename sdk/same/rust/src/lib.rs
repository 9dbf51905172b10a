//! Scores by size, industry, age, tags and words: whatever languages do differently is in it.

use leadsman_sdk::prelude::*;
use leadsman_sdk::{lists, numbers, text};

#[derive(Facts)]
pub struct Seen {
    #[attribute("company.size")]
    size: Option<f64>,
    #[attribute("company.name")]
    name: Option<String>,
    industry: Option<String>,
    message: Option<String>,
    created: Option<Timestamp>,
    newsletter: Option<bool>,
    tags: Option<Vec<String>>,
}

/// Points from a number of employees on.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// From how many on.
    from: f64,
    /// How many points.
    points: f64,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Same {
    /// Points by size; the last step that is reached counts.
    steps: Vec<Step>,
    /// The industry that is looked for.
    industry: String,
    /// Points for each day of age, and for each tag.
    each: f64,
}

impl Plugin for Same {
    type Config = Same;
    type Facts = Seen;
    fn configure(config: Same) -> Result<Self, Vec<Problem>> {
        Ok(Self { industry: text::fold(&config.industry), ..config })
    }
    fn needs(&self) -> Needs {
        Needs::of::<Seen>().lists(["named", "words"])
    }
}

impl Scoring for Same {
    fn score(&self, input: &ScoringInput<Seen>) -> Result<Assessment, Failure> {
        let (facts, mut sum) = (&input.lead.facts, Assessment::new());
        let Some(size) = facts.size else {
            return Err(Failure::BadInput("nobody knows the size".to_owned()));
        };
        if let Some(step) = self.steps.iter().rfind(|step| size >= step.from) {
            let share = numbers::format(size / 3.0);
            sum = sum.fit("size", step.points * size / 7.0, format!("A third of them are {share}."));
        }
        if let Some(industry) = facts.industry.as_deref() {
            let (hit, shown) = (text::equals(industry, &self.industry), text::trim(industry));
            sum = sum.fit("industry", if hit { 5.5 } else { -0.25 }, format!("It is in “{shown}”."));
        }
        if let Some(created) = facts.created {
            let days = input.now.days_since(created);
            let later = numbers::format(created.plus_days(self.each).as_millis() as f64);
            sum = sum.engagement("age", days * self.each, format!("{} days; {later}.", numbers::format(days)));
        }
        if let Some(tags) = &facts.tags {
            let all = tags.iter().map(|tag| text::fold(tag)).collect::<Vec<_>>().join(", ");
            sum = sum.fit("tags", tags.len() as f64 * self.each, format!("Tags: {all}."));
        }
        if facts.newsletter == Some(true) {
            sum = sum.engagement("newsletter", 1.0, "Reads the newsletter.");
        }
        if facts.name.as_deref().is_some_and(|name| lists::contains("named", name)) {
            sum = sum.fit("named", 20.0, "A named account.");
        }
        let message = facts.message.as_deref().unwrap_or_default();
        for hit in lists::find("words", message) {
            let found = &message[hit.start as usize..hit.end as usize];
            sum = sum.engagement("words", 2.0, format!("Says “{found}”: {}.", hit.entry));
        }
        Ok(sum)
    }
}

leadsman_sdk::export!(Same: scoring);
