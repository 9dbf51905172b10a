//! Contributes without bound.

leadsman_guests::scorer!(|_| Ok(Assessment::new().engagement(
    "broken",
    f64::INFINITY,
    "More than everything."
)));
