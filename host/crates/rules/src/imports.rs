//! The host's side of `lists` and `calendar`: pure reads of the revision.

use leadsman_domain::Timestamp;
use wasmtime::component::{HasSelf, Linker};

use crate::bindings::leadsman::rules::{calendar, lists, types};
use crate::state::GuestState;

/// Most hits that one `find` returns.
const HITS_MAX: usize = 32;

pub(crate) fn link(linker: &mut Linker<GuestState>) -> wasmtime::Result<()> {
    lists::add_to_linker::<_, HasSelf<_>>(linker, |state| state)?;
    calendar::add_to_linker::<_, HasSelf<_>>(linker, |state| state)?;
    types::add_to_linker::<_, HasSelf<_>>(linker, |state| state)
}

impl types::Host for GuestState {}

impl lists::Host for GuestState {
    fn contains(&mut self, list: String, entry: String) -> wasmtime::Result<bool> {
        Ok(self.library.lists.contains(&list, &entry))
    }

    fn find(&mut self, list: String, text: String) -> wasmtime::Result<Vec<lists::Hit>> {
        let hits = self.library.lists.find(&list, &text, HITS_MAX);
        let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let hit = |hit: crate::lists::Hit| lists::Hit {
            entry: hit.entry,
            start: offset(hit.start),
            end: offset(hit.end),
        };
        Ok(hits.into_iter().map(hit).collect())
    }
}

impl calendar::Host for GuestState {
    fn add_working_ms(&mut self, calendar: String, since: i64, working_ms: u64) -> wasmtime::Result<i64> {
        let since = Timestamp::from_ms(since);
        Ok(match self.library.calendars.get(&calendar) {
            Some(calendar) => calendar.add_working_ms(since, working_ms).as_ms(),
            None => since.plus_ms(i64::try_from(working_ms).unwrap_or(i64::MAX)).as_ms(),
        })
    }

    fn working_ms_between(&mut self, calendar: String, since: i64, until: i64) -> wasmtime::Result<u64> {
        let (since, until) = (Timestamp::from_ms(since), Timestamp::from_ms(until));
        Ok(match self.library.calendars.get(&calendar) {
            Some(calendar) => calendar.working_ms_between(since, until),
            None => u64::try_from(until.ms_since(since)).unwrap_or(0),
        })
    }

    fn next_opening(&mut self, calendar: String, at: i64) -> wasmtime::Result<i64> {
        let at = Timestamp::from_ms(at);
        let calendar = self.library.calendars.get(&calendar);
        Ok(calendar.map_or(at, |calendar| calendar.next_opening(at)).as_ms())
    }
}
