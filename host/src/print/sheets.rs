//! Sheets for people at a terminal: tables, with bars.

use comfy_table::presets::NOTHING;
use comfy_table::{CellAlignment, Table};

use crate::sheets::{Cell, Sheet};

/// How wide the longest bar is.
const BAR_CHARACTERS: f64 = 24.0;

/// Prints sheets, one below the other.
pub fn sheets(sheets: &[Sheet]) {
    for (place, sheet) in sheets.iter().enumerate() {
        println!("{}{}", if place > 0 { "\n" } else { "" }, sheet.title);
        println!("{}", table(sheet));
    }
}

fn table(sheet: &Sheet) -> Table {
    let mut table = Table::new();
    table.load_style(NOTHING).set_header(sheet.columns.iter().copied().chain(sheet.drawn.map(|_| "")));
    let bars = sheet.bars().unwrap_or_else(|| vec![0.0; sheet.rows.len()]);
    for (row, length) in sheet.rows.iter().zip(bars) {
        let bar = sheet.drawn.map(|_| bar(length));
        table.add_row(row.iter().map(Cell::shown).chain(bar));
    }
    for (place, column) in table.column_iter_mut().enumerate() {
        if sheet.rows.first().and_then(|row| row.get(place)).is_some_and(Cell::is_numeric) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
}

fn bar(length: f64) -> String {
    let width = (length * BAR_CHARACTERS).ceil();
    std::iter::repeat_n('█', width as usize).collect()
}
