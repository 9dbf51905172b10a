//! Dividing rows into folds: by chance and evenly by label, or as a file says.

use crate::LearningError;
use crate::chance::Chance;
use crate::table::Table;

/// The fold of each row, such that every fold has about the same share of the label.
pub(crate) fn stratified(labels: &[bool], folds: usize, chance: &mut Chance) -> Vec<usize> {
    let mut of_rows = vec![0; labels.len()];
    let mut next = 0;
    for kind in [true, false] {
        let mut rows: Vec<usize> = (0..labels.len()).filter(|&row| labels[row] == kind).collect();
        chance.shuffle(&mut rows);
        for row in rows {
            of_rows[row] = next % folds;
            next += 1;
        }
    }
    of_rows
}

/// The rows outside a fold, and those in it.
pub(crate) fn divide(folds: &[usize], fold: usize) -> (Vec<u32>, Vec<u32>) {
    let rows = 0..u32::try_from(folds.len()).unwrap_or(u32::MAX);
    rows.partition(|&row| folds[row as usize] != fold)
}

/// The fold of each row of a table, as a file with the columns `row_index` and `fold` says. If it has a column
/// `y` as well, that has to agree with the label, so that folds of another table are noticed.
pub(crate) fn from_file(file: &Table, labels: &[Option<bool>]) -> Result<Vec<usize>, LearningError> {
    let (problem, rows) = (LearningError::Folds, labels.len());
    let column = |name: &str| {
        let place = file.place(name).map_err(|_| problem(format!("have no column {name:?}")));
        place.map(|place| &file.columns[place])
    };
    let (indexes, folds) = (column("row_index")?, column("fold")?);
    let known = column("y").ok();
    let mut of_rows = vec![None; rows];
    for row in 0..file.rows {
        let whole = |text: Option<&str>, name: &str| {
            let number = text.and_then(|text| text.parse::<usize>().ok());
            number.ok_or_else(|| problem(format!("have no whole number as `{name}` in line {}", row + 2)))
        };
        let index = whole(indexes.text(row), "row_index")?;
        let fold = whole(folds.text(row), "fold")?;
        let said = known.and_then(|column| column.text(row)).map(|text| text == "1");
        if said.zip(labels.get(index).copied().flatten()).is_some_and(|(said, label)| said != label) {
            return Err(problem(format!(
                "say otherwise about the label of row {index}; are they of this table?"
            )));
        }
        let place = of_rows.get_mut(index);
        let place =
            place.ok_or_else(|| problem(format!("name row {index}, and the table has {rows} rows")))?;
        if place.replace(fold).is_some() {
            return Err(problem(format!("name row {index} twice")));
        }
    }
    let missing = of_rows.iter().position(Option::is_none);
    if let Some(row) = missing {
        return Err(problem(format!("do not name row {row}")));
    }
    let folds: Vec<usize> = of_rows.into_iter().flatten().collect();
    if folds.iter().all(|&fold| fold == folds[0]) {
        return Err(problem("are one; two or more are needed".to_owned()));
    }
    Ok(folds)
}
