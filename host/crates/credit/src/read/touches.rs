//! Touch by touch: a row is a touch, and customers' touches become journeys.

use std::collections::HashMap;
use std::io::Read;

use leadsman_domain::Timestamp;
use leadsman_domain::money::Minor;

use super::{Header, InvalidFile, ReadJourneys, Rows, cell};
use crate::journeys::{Channel, Journey, Journeys, Milestones, Step};

/// A touch, and whether it converted.
struct Told {
    customer: u32,
    at: Timestamp,
    channel: Channel,
    converted: Option<Minor>,
}

pub(super) fn read<R: Read>(header: &Header, rows: Rows<'_, R>) -> Result<ReadJourneys, InvalidFile> {
    let [customer, time, channel, conversion] =
        header.places(["customer_id", "time", "channel", "conversion"])?;
    let value = header.place("conversion_value");
    let mut journeys = Journeys::new(true);
    let mut customers: HashMap<String, u32> = HashMap::new();
    let mut told = Vec::new();
    let (rows, bad) = rows.each(|fields| {
        let bad = |column| move |problem: String| fields.bad(Some(column), problem);
        let name = fields.some(customer, "customer_id")?;
        let at = cell::moment(fields.text(time, "time")?).map_err(bad("time"))?;
        let by = fields.some(channel, "channel")?;
        let converted = cell::flag(fields.text(conversion, "conversion")?).map_err(bad("conversion"))?;
        let value = fields.value(value, "conversion_value")?;
        if !converted && value.0 != 0 {
            return Err(fields.bad(Some("conversion_value"), "there is a value, but no conversion"));
        }
        let new = u32::try_from(customers.len()).unwrap_or(u32::MAX);
        let customer = match customers.get(name) {
            Some(known) => *known,
            None => *customers.entry(name.to_owned()).or_insert(new),
        };
        let channel = journeys.channel(by);
        told.push(Told { customer, at, channel, converted: converted.then_some(value) });
        Ok(())
    })?;
    // Touches of one moment stay as they were told, but a conversion comes after them.
    told.sort_by_key(|touch| (touch.customer, touch.at, touch.converted.is_some()));
    for touches in told.chunk_by(|one, next| one.customer == next.customer && one.converted.is_none()) {
        let Some(last) = touches.last() else { continue };
        journeys.all.push(Journey {
            steps: touches.iter().map(|touch| Step { at: touch.at, channel: touch.channel }).collect(),
            ended: last.at,
            conversions: u64::from(last.converted.is_some()),
            value: last.converted.unwrap_or_default(),
            in_vain: u64::from(last.converted.is_none()),
            milestones: Milestones::default(),
        });
    }
    Ok(ReadJourneys { journeys, rows, bad })
}
