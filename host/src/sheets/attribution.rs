//! What channels earned.

use serde_json::json;

use super::cells::{Values, heads, text, whole};
use super::{Cell, Sheet};
use crate::attribution::{Attribution, ChannelFigures};

/// What channels earned.
pub fn attribution(attribution: &Attribution) -> Vec<Sheet> {
    let Attribution { model, journeys, in_vain, conversions, value_minor, decimals, channels, .. } =
        attribution;
    let amount = |minor: i64| Cell::Amount(minor, *decimals);
    let (worth, head) = match attribution.currency.as_deref() {
        Some(code) => {
            let values = Values::in_currency(Some(code));
            (values.told(&json!(value_minor)), values.head("value"))
        }
        None => (amount(*value_minor).shown(), "value".to_owned()),
    };
    let channel = |channel: &ChannelFigures| {
        let all = conversions.saturating_mul(1_000_000).max(1) as f64;
        vec![
            text(&channel.channel),
            whole(channel.touches),
            Cell::Amount(channel.conversion_millionths, 6),
            amount(channel.value_minor),
            channel.removal_effect.map_or(Cell::Unknown, Cell::Share),
            Cell::Share(channel.conversion_millionths as f64 / all),
        ]
    };
    let shown = |count: &u64| whole(*count).shown();
    let title = format!(
        "{model}: {} conversions worth {worth} on {} journeys; {} ended in nothing",
        shown(conversions),
        shown(journeys),
        shown(in_vain)
    );
    let columns = heads(["channel", "touches", "conversions", &head, "lost without", "share"]);
    let rows = channels.iter().map(channel).collect();
    vec![Sheet::new(title, columns, rows).named("Channels").drawn(5)]
}
