//! Gives one counter two values.

leadsman_guests::router!(|_| Ok(Proposal::pass().counter("turn", 1).counter("turn", 2)));
