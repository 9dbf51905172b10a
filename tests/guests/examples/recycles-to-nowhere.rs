//! Recycles the lead to a pool that does not exist.

leadsman_guests::follower!(|_| {
    let deed = Deed::Recycle(Some("nowhere".to_owned()));
    Ok(NextSteps::nothing().act("away", deed, Reason::new("away", "Away with it.")))
});
