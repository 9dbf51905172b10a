//! What channels did, for people.

use comfy_table::CellAlignment;

use super::report::{bar, table};
use crate::attribution::{Attribution, ChannelFigures};

/// How wide the bar of a channel is that got everything.
const BAR_CHARACTERS: u64 = 40;

const MILLION: u64 = 1_000_000;

/// Prints what each channel got, and how much that is of everything.
pub fn attribution(attribution: &Attribution) {
    let Attribution { model, journeys, in_vain, conversions, value_minor, decimals, .. } = attribution;
    println!(
        "{model}: {} conversions worth {} on {} journeys; {} ended in nothing\n",
        grouped(&conversions.to_string()),
        amount(*value_minor, *decimals),
        grouped(&journeys.to_string()),
        grouped(&in_vain.to_string()),
    );
    let has_effects = attribution.channels.iter().any(|channel| channel.removal_effect.is_some());
    let effect = if has_effects { "without it" } else { "" };
    let header = ["channel", "touches", "conversions", "value", effect, "share", ""];
    let touches: u64 = attribution.channels.iter().map(|channel| channel.touches).sum();
    let sum = |of: fn(&ChannelFigures) -> i64| attribution.channels.iter().map(of).sum();
    let whole = vec![
        "together".to_owned(),
        grouped(&touches.to_string()),
        amount(sum(|channel| channel.conversion_millionths), 6),
        amount(sum(|channel| channel.value_minor), *decimals),
    ];
    let rows = attribution.channels.iter().map(|channel| row(channel, attribution));
    let mut table = table(&header, rows.chain([whole]));
    for column in table.column_iter_mut().skip(header.len() - 1) {
        column.set_cell_alignment(CellAlignment::Left);
    }
    println!("{table}");
}

fn row(channel: &ChannelFigures, attribution: &Attribution) -> Vec<String> {
    let all = attribution.conversions.saturating_mul(MILLION);
    let part = channel.conversion_millionths.unsigned_abs();
    let permille = u128::from(part) * 1000 / u128::from(all.max(1));
    vec![
        channel.channel.clone(),
        grouped(&channel.touches.to_string()),
        amount(channel.conversion_millionths, 6),
        amount(channel.value_minor, attribution.decimals),
        channel.removal_effect.map(|effect| format!("-{:.1} %", effect * 100.0)).unwrap_or_default(),
        format!("{}.{} %", permille / 10, permille % 10),
        bar(part / MILLION, attribution.conversions, BAR_CHARACTERS),
    ]
}

/// An amount of minor units in whole ones.
fn amount(minor: i64, decimals: u32) -> String {
    let unit = 10_u64.pow(decimals);
    let (sign, size) = (if minor < 0 { "-" } else { "" }, minor.unsigned_abs());
    let whole = grouped(&(size / unit).to_string());
    match decimals as usize {
        0 => format!("{sign}{whole}"),
        digits => format!("{sign}{whole}.{:0digits$}", size % unit),
    }
}

/// Digits with a comma before every third from the right.
fn grouped(digits: &str) -> String {
    let place = |(index, digit): (usize, char)| {
        let comma = index > 0 && (digits.len() - index).is_multiple_of(3);
        comma.then_some(',').into_iter().chain([digit])
    };
    digits.chars().enumerate().flat_map(place).collect()
}
