//! Answers with a little more than one lead's answer may have.

leadsman_guests::scorer!(|_| Ok(Assessment::new().fit("chatty", 1.0, "x".repeat(40 << 10))));
