//! Says that the input is bad.

leadsman_guests::scorer!(|_| Err(Failure::BadInput("the lead has no shoe size".to_owned())));
