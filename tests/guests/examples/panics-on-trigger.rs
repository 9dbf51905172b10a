//! Panics for leads that have the attribute `trigger`; the others get one point.

leadsman_guests::scorer!(|input| {
    assert!(!leadsman_guests::triggered(&input.lead.facts), "the trigger was pulled");
    Ok(Assessment::new().fit("calm", 1.0, "No trigger."))
});
