//! Answers with more than the host takes.

leadsman_guests::scorer!(|_| Ok(Assessment::new().fit("chatty", 1.0, "x".repeat(2 << 20))));
