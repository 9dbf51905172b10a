//! Follow-up plugins that break, or that never rest.

use leadsman_domain::time::DAY_MS;
use leadsman_flow::Desk;

use super::{HOUR_MS, after, done, entries, lead_of, look, owner, sound};
use crate::office::desk;

/// A desk at which every lead goes to ann, and a guest follows up.
fn desk_of(guest: &str) -> Desk {
    desk(&format!(
        "default_pool = \"inbound\"\n[[follow_up]]\npath = \"guests/{guest}.wasm\"\n\
         [[pools]]\nid = \"inbound\"\n[[pools.allocation]]\nplugin = \"round-robin\"\n[[reps]]\nid = \"ann\"\n"
    ))
}

#[test]
fn a_plugin_that_breaks_is_asked_again_and_nobody_loses_a_lead_by_it() {
    for guest in ["recycles-to-nowhere", "looks-back"] {
        let desk = desk_of(guest);
        let lead = lead_of(&desk, "one");
        assert_eq!(crate::office::faults(&desk, &lead), ["malformed"], "{guest}");
        assert_eq!(look(&desk, &lead).follow_up.next, Some(after(HOUR_MS)));
        assert_eq!(desk.wake(after(HOUR_MS)).unwrap().leads.len(), 1);
        assert_eq!(look(&desk, &lead).follow_up.next, Some(after(2 * HOUR_MS)));
        assert_eq!(owner(&desk, &lead).unwrap(), "ann");
    }
}

#[test]
fn a_plugin_that_never_rests_is_bounded() {
    let desk = desk_of("never-rests");
    let lead = lead_of(&desk, "one");
    assert_eq!(done(&desk, &lead).len(), 4, "so many rounds for one happening");
    desk.wake(after(DAY_MS)).unwrap();
    assert!(entries(&desk, &lead).len() < 5_000);
    sound(&desk);
}
