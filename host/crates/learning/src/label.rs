//! The label: which leads converted.

use std::collections::BTreeMap;

use leadsman_domain::text::fold;

use crate::LearningError;
use crate::table::Table;

/// Words for yes and for no that need no explanation.
const YES: [&str; 12] =
    ["1", "yes", "y", "true", "t", "won", "converted", "win", "closed won", "customer", "是", "成交"];

/// How many values of a label are shown.
const SHOWN_MAX: usize = 5;

/// Which rows have the label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Label {
    /// The column's place.
    pub column: usize,
    /// The text that says yes.
    pub positive: String,
    /// For each row; `None` where the label is not known.
    pub values: Vec<Option<bool>>,
}

impl Label {
    /// Reads the label. Without `positive` it has two values, of which one says yes in plain words.
    pub fn read(table: &Table, name: &str, positive: Option<&str>) -> Result<Self, LearningError> {
        let place = table.place(name)?;
        let column = &table.columns[place];
        let problem = |problem: String| LearningError::Label { column: name.to_owned(), problem };
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for row in 0..table.rows {
            if let Some(text) = column.text(row) {
                *counts.entry(fold(text)).or_default() += 1;
            }
        }
        let shown = || {
            let all = counts.iter().take(SHOWN_MAX).map(|(value, rows)| format!("{value:?} ({rows} rows)"));
            all.collect::<Vec<_>>().join(", ") + if counts.len() > SHOWN_MAX { ", ..." } else { "" }
        };
        let positive = match positive.map(fold) {
            Some(positive) if counts.contains_key(&positive) => positive,
            Some(positive) => {
                return Err(problem(format!("is {positive:?} in no row; it has {}", shown())));
            }
            None if counts.is_empty() => return Err(problem("is empty in every row".to_owned())),
            None if counts.len() != 2 => {
                return Err(problem(format!(
                    "has {} different values, and two are needed; say with --positive which one means yes: {}",
                    counts.len(),
                    shown()
                )));
            }
            None => {
                let mut plain = counts.keys().filter(|value| YES.contains(&value.as_str()));
                match (plain.next(), plain.next()) {
                    (Some(one), None) => one.clone(),
                    _ => {
                        let problem = problem(format!(
                            "does not say which of its values means yes; name it with --positive: {}",
                            shown()
                        ));
                        return Err(problem);
                    }
                }
            }
        };
        let of_texts: Vec<bool> = column.texts.iter().map(|text| fold(text) == positive).collect();
        let of_row = |&cell: &u32| cell.checked_sub(1).map(|place| of_texts[place as usize]);
        Ok(Self { column: place, positive, values: column.cells.iter().map(of_row).collect() })
    }
}
