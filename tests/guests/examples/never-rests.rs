//! Moves the lead again and again, each time for another occasion, and wants to look again at once.

leadsman_guests::follower!(|matter| {
    let key = format!("{}/{}", matter.now.as_millis(), matter.done.len());
    let steps = NextSteps::nothing().act(key, Deed::Recycle(None), Reason::new("on", "On and on."));
    Ok(steps.look_again(matter.now.plus_millis(1)))
});
