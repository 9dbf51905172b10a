//! From TOML to JSON: what is handed to a plugin as its configuration.

use serde_json::{Map, Number, Value};
use toml::de::DeValue;

use crate::reader::Node;

impl Node<'_> {
    /// The value as JSON. Dates and times become texts; infinities and NaN are problems.
    pub fn json(&self) -> Value {
        match self.value() {
            DeValue::String(text) => Value::String(text.to_string()),
            DeValue::Boolean(flag) => Value::Bool(*flag),
            DeValue::Datetime(moment) => Value::String(moment.to_string()),
            DeValue::Integer(number) => {
                let whole = i64::from_str_radix(number.as_str(), number.radix());
                whole.map_or_else(|_| self.unfit("this number is too large"), Value::from)
            }
            DeValue::Float(number) => {
                let number = number.as_str().parse().ok().and_then(Number::from_f64);
                number.map_or_else(|| self.unfit("this is not a finite number"), Value::Number)
            }
            DeValue::Array(_) => self.items().iter().map(Node::json).collect(),
            DeValue::Table(_) => {
                let entries = self.section().map(|section| section.entries()).unwrap_or_default();
                Value::Object(
                    entries
                        .into_iter()
                        .map(|(key, node)| (key.to_owned(), node.json()))
                        .collect::<Map<_, _>>(),
                )
            }
        }
    }

    fn unfit(&self, message: &str) -> Value {
        self.problem(message, None);
        Value::Null
    }
}
