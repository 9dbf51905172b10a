//! Wants to look again at a moment that has passed.

leadsman_guests::follower!(|matter| Ok(NextSteps::nothing().look_again(matter.now)));
