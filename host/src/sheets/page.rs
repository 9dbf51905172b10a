//! Sheets as one page of HTML, whole in itself: charts are drawn in it, and nothing is fetched. It prints well.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::{Cell, Sheet};

const STYLE: &str = "\
:root { color-scheme: light dark; --ink: #1b2733; --soft: #5d6b78; --line: #d5dce2; --bar: #2f6f9f; --ground: #fff }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e9ee; --soft: #9aa7b3; --line: #37424d; --bar: #6fb1e0; --ground: #14191e } }
body { background: var(--ground); color: var(--ink); font: 15px/1.45 system-ui, sans-serif; margin: 0 }
@page { size: A4 landscape; margin: 14mm }
main { max-width: 72rem; margin: 2.5rem auto; padding: 0 1.25rem }
h1 { font-size: 1.7rem; margin: 0 0 .2rem } h2 { font-size: 1.1rem; margin: 2.2rem 0 .6rem }
p { color: var(--soft); margin: 0 }
section { break-inside: avoid } .drawn { font-size: .85rem; padding-left: 23% }
.wide { overflow-x: auto }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums }
th, td { border-bottom: 1px solid var(--line); padding: .3rem .55rem; text-align: right; white-space: nowrap }
th { color: var(--soft); font-weight: 600; white-space: normal; vertical-align: bottom } td:first-child, th:first-child, .text { text-align: left; white-space: pre }
svg { display: block; width: 100%; height: auto; margin: .2rem 0 .8rem } svg text { fill: var(--ink); font-size: 13px }
svg rect { fill: var(--bar) }
@media print {
  :root { --ink: #000; --soft: #444; --line: #bbb; --bar: #2f6f9f; --ground: #fff }
  body { font-size: 11px } main { margin: 0; max-width: none; padding: 0 } .wide { overflow: visible }
}";

/// The height of a bar with its room, its thickness, and where it begins and how long it may be, of 1000 across.
const ROW: f64 = 26.0;
const THICK: f64 = 16.0;
const BEGIN: f64 = 230.0;
const LENGTH: f64 = 620.0;

/// So many rows are drawn as bars one below the other; more are drawn as columns side by side, so high at most.
const ROWS_MAX: usize = 30;
const HEIGHT: f64 = 180.0;

/// How many characters of a name stand beside a bar.
const NAME_CHARACTERS: usize = 28;

/// The page.
pub fn page(title: &str, note: Option<&str>, sheets: &[Sheet]) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                main {
                    h1 { (title) }
                    @if let Some(note) = note { p { (note) } }
                    @for sheet in sheets {
                        section {
                            h2 { (sheet.title) }
                            (chart(sheet))
                            (table(sheet))
                        }
                    }
                }
            }
        }
    };
    page.into_string()
}

fn table(sheet: &Sheet) -> Markup {
    let (shown, more) = sheet.shown();
    html! {
        div.wide {
            table {
                thead {
                    tr {
                        @for (place, column) in sheet.columns.iter().enumerate() {
                            @if sheet.is_numeric(place) { th { (column) } } @else { th.text { (column) } }
                        }
                    }
                }
                tbody {
                    @for row in shown {
                        tr {
                            @for cell in row {
                                @if cell.is_numeric() { td { (cell.shown()) } } @else { td.text { (cell.shown()) } }
                            }
                        }
                    }
                }
            }
        }
        @if more > 0 { p { "And " (more) " more; --csv and --json have them all." } }
    }
}

/// A bar or a column for each row.
fn chart(sheet: &Sheet) -> Markup {
    let (Some(lengths), Some(drawn)) = (sheet.bars(), sheet.drawn) else { return html! {} };
    if lengths.iter().all(|length| *length <= 0.0) {
        return html! {};
    }
    if lengths.len() > ROWS_MAX { columns(sheet, &lengths, drawn) } else { bars(sheet, lengths, drawn) }
}

/// Columns, with the names of the first and the last row, and the figure of the highest.
fn columns(sheet: &Sheet, heights: &[f64], drawn: usize) -> Markup {
    let (top, width) = (20.0, 1000.0 / heights.len() as f64);
    let column = |(place, height): (usize, &f64)| {
        let (height, row) =
            (if *height > 0.0 { (HEIGHT * height).max(0.5) } else { 0.0 }, &sheet.rows[place]);
        html! {
            rect x=(format!("{:.1}", width * place as f64)) y=(format!("{:.1}", top + HEIGHT - height))
                width=(format!("{:.1}", (width * 0.85).max(0.5))) height=(format!("{height:.1}")) {
                title { (row[0].shown()) ": " (row[drawn].shown()) }
            }
        }
    };
    let name = |row: Option<&Vec<Cell>>| row.map(|row| row[0].shown().trim().to_owned()).unwrap_or_default();
    let highest = heights.iter().position(|height| *height >= 1.0).map(|place| &sheet.rows[place]);
    let highest = highest.map(|row| format!("at most {}, {}", row[drawn].shown(), row[0].shown().trim()));
    html! {
        svg viewBox=(format!("0 0 1000 {}", top + HEIGHT + 20.0)) role="img" aria-label=(format!("{}: {}", sheet.title, sheet.columns[drawn])) {
            text x="0" y="12" { (sheet.columns[drawn]) @if let Some(highest) = highest { ": " (highest) } }
            @for one in heights.iter().enumerate().map(column) { (one) }
            text x="0" y=(top + HEIGHT + 15.0) { (name(sheet.rows.first())) }
            text x="1000" y=(top + HEIGHT + 15.0) text-anchor="end" { (name(sheet.rows.last())) }
        }
    }
}

/// Bars, each with the name of its row and its figure.
fn bars(sheet: &Sheet, bars: Vec<f64>, drawn: usize) -> Markup {
    let height = ROW * bars.len() as f64;
    let bar = |(place, (row, length)): (usize, (&Vec<Cell>, f64))| {
        let top = ROW * place as f64 + (ROW - THICK) / 2.0;
        let (baseline, width) = (top + THICK - 3.0, LENGTH * length);
        let name = short(row[0].shown().trim());
        html! {
            text x=(BEGIN - 10.0) y=(baseline) text-anchor="end" { (name) }
            @if width > 0.0 { rect x=(BEGIN) y=(top) width=(format!("{:.1}", width.max(1.0))) height=(THICK) rx="2" {} }
            text x=(format!("{:.1}", BEGIN + width + 8.0)) y=(baseline) { (row[drawn].shown()) }
        }
    };
    html! {
        p.drawn { (sheet.columns[drawn]) }
        svg viewBox=(format!("0 0 1000 {height}")) role="img" aria-label=(format!("{}: {}", sheet.title, sheet.columns[drawn])) {
            @for one in sheet.rows.iter().zip(bars).enumerate().map(bar) { (one) }
        }
    }
}

/// As much of a name as stands beside a bar.
fn short(name: &str) -> String {
    match name.char_indices().nth(NAME_CHARACTERS) {
        None => name.to_owned(),
        Some(_) => name.chars().take(NAME_CHARACTERS - 1).chain(['…']).collect(),
    }
}
