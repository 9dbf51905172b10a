//! Rejects leads whose message has one of a few words in it.

use leadsman_sdk::prelude::*;
use leadsman_sdk::text;

#[derive(Facts)]
pub struct Said {
    #[attribute("message")]
    message: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// Words that a lead does not use. Case and the width of letters do not matter.
    words: Vec<String>,
}

impl Plugin for Words {
    type Config = Words;
    type Facts = Said;
    fn configure(config: Words) -> Result<Self, Vec<Problem>> {
        if config.words.is_empty() {
            return Err(vec![Problem::at("/words", "must not be empty")]);
        }
        Ok(Words { words: config.words.iter().map(|word| text::fold(word)).collect() })
    }
}

impl Screening for Words {
    fn screen(&self, lead: &Lead<Said>) -> Result<Verdict, Failure> {
        let message = lead.facts.message.as_deref().unwrap_or_default();
        let found = self.words.iter().find(|word| text::contains(message, word));
        Ok(match found {
            Some(word) => Verdict::accept().reject("unwanted-word", format!("The message has {word:?} in it.")),
            None => Verdict::accept(),
        })
    }
}

leadsman_sdk::export!(Words: screening);

#[cfg(test)]
mod tests;
