//! Contributes something that is not a number.

leadsman_guests::scorer!(|_| Ok(Assessment::new().fit("broken", f64::NAN, "Divided by nothing.")));
