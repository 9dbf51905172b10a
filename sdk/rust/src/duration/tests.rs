//! What is a duration, how long it is, and what is said of other texts.

use serde_json::json;

use super::*;

fn duration(text: &str) -> Duration {
    serde_json::from_value(json!(text)).unwrap()
}

#[test]
fn minutes_hours_and_days_are_counted_in_milliseconds() {
    assert_eq!(duration("1m").millis(), Ok(60_000));
    assert_eq!(duration("90m").millis(), Ok(90 * MINUTE_MS));
    assert_eq!(duration("024h").millis(), Ok(DAY_MS));
    assert_eq!(duration("36500d").millis(), Ok(36_500 * DAY_MS));
}

#[test]
fn other_texts_are_refused_in_words() {
    for wrong in ["", "h", "10", "1.5h", "-1h", "+1h", "10 h", "10w", "٣h", "1é"] {
        let refused = Err("must be a duration such as `90m`, `24h` or `15d`");
        assert_eq!(duration(wrong).millis(), refused, "{wrong:?}");
    }
    assert_eq!(duration("0h").millis(), Err("must be at least `1m`"));
    assert_eq!(duration("36501d").millis(), Err("must be at most `36500d`"));
    assert_eq!(duration("99999999999999999999h").millis(), Err("must be at most `36500d`"));
}

#[test]
fn only_days_are_in_days() {
    assert!(duration("1d").is_in_days());
    assert!(!duration("24h").is_in_days());
}

#[test]
fn the_schema_speaks_to_those_who_write_policies() {
    let schema = serde_json::to_value(schemars::schema_for!(Duration)).unwrap();
    assert_eq!(schema["pattern"], "^[0-9]+[mhd]$");
    let description = "A whole number of minutes, hours or days of 24 hours, such as `90m`, `24h` or `15d`.";
    assert_eq!(schema["description"], description);
}
