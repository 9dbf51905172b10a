//! Gives leads to the dealers that are near, and to those further away when the near ones are full.
//!
//! ```toml
//! near_km = 30                    # no further than that, or than the nearest by `tie_km`, is near
//! tie_km = 5
//! far_km = 120                    # nobody drives further for a test drive
//! full_at = 0.8                   # a dealer with so much of their cap is full, while others have room
//! areas = [                       # where postal codes are: the longest beginning that fits
//!   { begins = "80", latitude = 48.14, longitude = 11.58 },
//! ]
//! ```
//!
//! A lead says `contact.postal-code`, and perhaps `dealer.wish`; reps have the attributes `dealer`, `latitude` and
//! `longitude`. It answers allocations, narrows the choice and leaves the turn to the next plugin:
//!
//! 1. Whoever is named in `dealer.wish` gets the lead, full or not: a customer's wish is not for us to overrule.
//! 2. Else those who are near and have room.
//! 3. Else the nearest who has room, up to `far_km`: overflow, with a reason that says so.
//! 4. Else, all being full, those who are near.
//!
//! Everybody who is passed over gets a reason with the distance. A lead whose area is not known, or that nobody is
//! near to, is for the next plugin.

mod config;
mod place;

use leadsman_sdk::prelude::*;

use config::{Area, Config};
use place::Place;

/// How many reps are told why not, at most.
const SHOWN_MAX: usize = 20;

/// Where somebody is, and whom they asked for.
#[derive(Debug, Facts)]
pub struct Whereabouts {
    #[attribute("contact.postal-code")]
    postal_code: Option<String>,
    #[attribute("dealer.wish")]
    wish: Option<String>,
}

/// The plugin as configured.
pub struct Territory {
    near_km: f64,
    tie_km: f64,
    far_km: f64,
    full_at: f64,
    areas: Vec<Area>,
}

/// A candidate with the way to them.
struct Near<'a> {
    candidate: &'a Candidate,
    km: f64,
    has_room: bool,
}

impl Plugin for Territory {
    type Config = Config;
    type Facts = Whereabouts;

    fn configure(config: Config) -> Result<Self, Vec<Problem>> {
        config::check(config)
    }

    fn needs(&self) -> Needs {
        Needs::of::<Whereabouts>().rep_attributes(["dealer", "latitude", "longitude"])
    }
}

impl Routing for Territory {
    fn route(&self, request: &Request<Whereabouts>) -> Result<Proposal, Failure> {
        if request.question != Question::Allocation {
            return Ok(Proposal::pass());
        }
        let facts = &request.lead.facts;
        if let Some(proposal) = facts.wish.as_deref().and_then(|wish| wished_for(request, wish)) {
            return Ok(proposal);
        }
        let place = facts.postal_code.as_deref().and_then(|code| self.place(code));
        let Some(place) = place else {
            let message = "The postal code is missing, or in no area that is known.";
            return Ok(Proposal::pass().because("no-area", message));
        };
        let mut near = self.by_distance(request, &place);
        near.retain(|one| one.km <= self.far_km);
        Ok(self.choose(&near))
    }
}

impl Territory {
    /// Where a postal code is: the area with the longest beginning that it has.
    fn place(&self, code: &str) -> Option<Place> {
        let code: String = code.chars().filter(|one| !one.is_whitespace()).collect();
        let fitting = self.areas.iter().filter(|area| code.starts_with(&area.begins));
        fitting.max_by_key(|area| area.begins.len()).map(|area| area.place)
    }

    /// The candidates whose place is known, nearest first.
    fn by_distance<'a>(&self, request: &'a Request<Whereabouts>, place: &Place) -> Vec<Near<'a>> {
        let near = |candidate: &'a Candidate| {
            let number = |position| match candidate.attributes.get(position) {
                Some(Value::Number(number)) => Some(*number),
                _ => None,
            };
            let km = place.km_to(&Place { latitude: number(1)?, longitude: number(2)? });
            let is_full = |cap: u32| f64::from(candidate.load) >= self.full_at * f64::from(cap);
            Some(Near { candidate, km, has_room: !candidate.cap.is_some_and(is_full) })
        };
        let mut all: Vec<Near<'a>> = request.candidates.iter().filter_map(near).collect();
        all.sort_by(|one, other| one.km.total_cmp(&other.km));
        all
    }

    fn choose(&self, all: &[Near<'_>]) -> Proposal {
        let Some(nearest) = all.first() else {
            return Proposal::pass()
                .because("nobody-near", format!("Nobody is within {:.0} km.", self.far_km));
        };
        let radius = self.near_km.max(nearest.km + self.tie_km);
        let free = all.iter().find(|one| one.has_room);
        let (chosen, code, message): (Vec<&Near<'_>>, _, _) = match free {
            Some(one) if one.km <= radius => {
                let chosen = all.iter().filter(|one| one.km <= radius && one.has_room).collect();
                (chosen, "near", format!("Within {radius:.0} km, with room."))
            }
            Some(one) => {
                let message =
                    format!("Everybody within {radius:.0} km is full; the next is {:.0} km away.", one.km);
                (vec![one], "overflow", message)
            }
            None => {
                let chosen = all.iter().filter(|one| one.km <= radius).collect();
                (chosen, "all-full", format!("Everybody is full; within {radius:.0} km."))
            }
        };
        let is_chosen = |one: &Near<'_>| chosen.iter().any(|other| other.candidate.rep == one.candidate.rep);
        let reps = chosen.iter().map(|one| one.candidate.rep.clone()).collect();
        let proposal = Proposal::narrow(reps).because(code, message);
        all.iter().filter(|one| !is_chosen(one)).take(SHOWN_MAX).fold(proposal, |proposal, one| {
            let (code, why) = if one.has_room { ("too-far", "away") } else { ("full", "away and full") };
            proposal.passed_over(&one.candidate.rep, code, format!("{:.0} km {why}.", one.km))
        })
    }
}

/// The dealer that the lead asked for, if one of theirs is a candidate.
fn wished_for(request: &Request<Whereabouts>, wish: &str) -> Option<Proposal> {
    let is_theirs = |candidate: &&Candidate| {
        candidate.attributes.text(0).is_some_and(|dealer| dealer.eq_ignore_ascii_case(wish.trim()))
    };
    let theirs: Vec<String> =
        request.candidates.iter().filter(is_theirs).map(|one| one.rep.clone()).collect();
    let message = format!("The customer asked for {}.", wish.trim());
    (!theirs.is_empty()).then(|| Proposal::narrow(theirs).because("wish", message))
}

leadsman_sdk::export!(Territory: routing);

#[cfg(test)]
mod tests;
