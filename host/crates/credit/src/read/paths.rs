//! Way by way: a row is a way that many went.

use std::io::Read;

use leadsman_domain::Timestamp;

use super::{Fields, Header, InvalidFile, ReadJourneys, Rows, cell};
use crate::journeys::{Journey, Journeys, Milestones, Step};

pub(super) fn read<R: Read>(header: &Header, rows: Rows<'_, R>) -> Result<ReadJourneys, InvalidFile> {
    let [path, conversions] = header.places(["path", "total_conversions"])?;
    let (value, null) = (header.place("total_conversion_value"), header.place("total_null"));
    let mut journeys = Journeys::new(false);
    let count = |fields: &Fields<'_>, place, column| {
        cell::count(fields.text(place, column)?).map_err(|problem| fields.bad(Some(column), problem))
    };
    let (rows, bad) = rows.each(|fields| {
        let told = fields.some(path, "path")?;
        let names: Vec<&str> = told.split('>').map(str::trim).collect();
        if names.contains(&"") {
            return Err(fields.bad(Some("path"), format!("{told:?} has a channel without a name")));
        }
        let conversions = count(fields, conversions, "total_conversions")?;
        let value = fields.value(value, "total_conversion_value")?;
        let in_vain = null.map_or(Ok(0), |place| count(fields, place, "total_null"))?;
        if conversions == 0 && value.0 != 0 {
            return Err(fields.bad(Some("total_conversion_value"), "there is a value, but no conversion"));
        }
        let ended = Timestamp::default();
        let steps =
            names.into_iter().map(|name| Step { at: ended, channel: journeys.channel(name) }).collect();
        journeys.all.push(Journey {
            steps,
            ended,
            conversions,
            value,
            in_vain,
            milestones: Milestones::default(),
        });
        Ok(())
    })?;
    Ok(ReadJourneys { journeys, rows, bad })
}
