//! Says that it is broken.

leadsman_guests::scorer!(|_| Err(Failure::Internal("the table of sizes is upside down".to_owned())));
