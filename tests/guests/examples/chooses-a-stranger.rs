//! Gives the lead to somebody who does not exist.

leadsman_guests::router!(|_| Ok(Proposal::rep("nobody.at.all")));
