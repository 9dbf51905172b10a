//! Sheets for people at a terminal: tables as wide as it is, with bars where there is room for them.

use comfy_table::presets::NOTHING;
use comfy_table::{CellAlignment, ContentArrangement, Table};

use crate::sheets::{Cell, Sheet};

/// How long the longest bar is, and how long it has to be at least to tell anything, in characters.
const BAR_MAX: u16 = 24;
const BAR_MIN: u16 = 6;

/// Between two columns.
const GAP: u16 = 2;

/// Prints sheets, one below the other.
pub fn sheets(sheets: &[Sheet]) {
    for (place, sheet) in sheets.iter().enumerate() {
        println!("{}{}", if place > 0 { "\n" } else { "" }, sheet.title);
        println!("{}", table(sheet));
        if let (_, more @ 1..) = sheet.shown() {
            println!("  and {more} more; --csv and --json have them all");
        }
    }
}

fn table(sheet: &Sheet) -> Table {
    let (width, without) = (width(), plain(sheet, None));
    let taken: u16 = without.column_max_content_widths().iter().map(|width| width.saturating_add(GAP)).sum();
    let room = width.map_or(BAR_MAX, |width| width.saturating_sub(taken + GAP)).min(BAR_MAX);
    let mut table = if sheet.drawn.is_some() && room >= BAR_MIN { plain(sheet, Some(room)) } else { without };
    if let Some(width) = width {
        table.set_content_arrangement(ContentArrangement::Dynamic).set_width(width);
    }
    table
}

/// A table as wide as it has to be, with bars of some length.
fn plain(sheet: &Sheet, longest: Option<u16>) -> Table {
    let mut table = Table::new();
    let bars = longest.and_then(|longest| Some((longest, sheet.bars()?)));
    table
        .load_style(NOTHING)
        .set_header(sheet.columns.iter().map(String::as_str).chain(bars.as_ref().map(|_| "")));
    for (place, row) in sheet.shown().0.iter().enumerate() {
        let bar = bars.as_ref().map(|(longest, bars)| bar(bars[place] * f64::from(*longest)));
        table.add_row(row.iter().map(Cell::shown).chain(bar));
    }
    for (place, column) in table.column_iter_mut().enumerate() {
        if sheet.is_numeric(place) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
}

/// How wide the terminal is, or what `COLUMNS` says; none where nobody looks, such as in a file.
fn width() -> Option<u16> {
    let said = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    said.filter(|width| *width > 0).or_else(|| Table::new().width())
}

fn bar(length: f64) -> String {
    std::iter::repeat_n('█', length.ceil() as usize).collect()
}
