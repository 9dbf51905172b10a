//! Holds the lead until a moment that has passed.

leadsman_guests::router!(|request| Ok(Proposal::hold_until(request.now)));
