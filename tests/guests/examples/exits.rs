//! Ends the process that it believes to have.

leadsman_guests::scorer!(|_| std::process::exit(7));
