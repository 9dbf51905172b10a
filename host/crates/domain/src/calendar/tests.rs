//! Working time across weekends, holidays and daylight saving.

use proptest::prelude::*;

use super::*;

const HOUR_MS: u64 = 3_600_000;

/// Monday to Friday, 09:00 to 17:00.
fn office(zone: chrono_tz::Tz, holidays: &[&str]) -> Calendar {
    calendar(zone, |weekday| if weekday < 5 { vec![(540, 1020)] } else { Vec::new() }, holidays)
}

fn calendar(zone: chrono_tz::Tz, day: impl Fn(usize) -> Vec<(u16, u16)>, holidays: &[&str]) -> Calendar {
    let holidays = holidays.iter().map(|day| day.parse().unwrap()).collect();
    Calendar { zone, week: std::array::from_fn(day), holidays }
}

/// A moment, written with its offset.
fn at(text: &str) -> Timestamp {
    Timestamp::from_ms(DateTime::parse_from_rfc3339(text).unwrap().timestamp_millis())
}

#[test]
fn at_night_before_a_long_weekend_the_office_opens_on_tuesday() {
    // F48. 2026-05-25 is Whit Monday.
    let berlin = office(chrono_tz::Europe::Berlin, &["2026-05-25"]);
    let night = at("2026-05-23T02:00:00+02:00");
    assert!(!berlin.is_open(night));
    assert_eq!(berlin.next_opening(night), at("2026-05-26T09:00:00+02:00"));
}

#[test]
fn opening_is_open_and_closing_is_closed() {
    let shanghai = office(chrono_tz::Asia::Shanghai, &[]);
    let (opening, closing) = (at("2026-03-02T09:00:00+08:00"), at("2026-03-02T17:00:00+08:00"));
    assert!(shanghai.is_open(opening) && !shanghai.is_open(opening.plus_ms(-1)));
    assert!(!shanghai.is_open(closing) && shanghai.is_open(closing.plus_ms(-1)));
    assert_eq!(shanghai.next_opening(opening), opening);
    assert_eq!(shanghai.next_opening(closing), at("2026-03-03T09:00:00+08:00"));
}

#[test]
fn working_time_skips_the_weekend() {
    let berlin = office(chrono_tz::Europe::Berlin, &[]);
    let friday = at("2026-03-06T15:00:00+01:00");
    assert_eq!(berlin.add_working_ms(friday, 2 * HOUR_MS), at("2026-03-06T17:00:00+01:00"));
    assert_eq!(berlin.add_working_ms(friday, 2 * HOUR_MS + 1), at("2026-03-09T09:00:00.001+01:00"));
    assert_eq!(berlin.add_working_ms(friday, 0), friday);
    assert_eq!(berlin.working_ms_between(friday, at("2026-03-09T10:00:00+01:00")), 3 * HOUR_MS);
    assert_eq!(berlin.working_ms_between(friday, friday), 0);
    assert_eq!(berlin.working_ms_between(friday, friday.plus_ms(-1)), 0);
}

#[test]
fn a_full_day_has_23_hours_in_spring_and_25_in_autumn() {
    for (zone, spring, autumn) in [
        (chrono_tz::Europe::Berlin, "2026-03-29T00:00:00+01:00", "2026-10-25T00:00:00+02:00"),
        (chrono_tz::America::New_York, "2026-03-08T00:00:00-05:00", "2026-11-01T00:00:00-04:00"),
    ] {
        let sundays = calendar(zone, |weekday| if weekday == 6 { vec![(0, 1440)] } else { Vec::new() }, &[]);
        let week = |start: Timestamp| sundays.working_ms_between(start, start.plus_ms(3 * 86_400_000));
        assert_eq!(week(at(spring)), 23 * HOUR_MS);
        assert_eq!(week(at(autumn)), 25 * HOUR_MS);
    }
}

#[test]
fn a_time_that_the_clock_skips_is_the_moment_of_the_skip() {
    // 02:00 to 03:00 does not exist on 2026-03-29 in Berlin.
    let early = calendar(chrono_tz::Europe::Berlin, |_| vec![(150, 300)], &[]);
    assert_eq!(early.next_opening(at("2026-03-29T00:00:00+01:00")), at("2026-03-29T03:00:00+02:00"));
    let lost = calendar(chrono_tz::America::New_York, |_| vec![(130, 170)], &[]);
    assert_eq!(lost.next_opening(at("2026-03-08T00:00:00-05:00")), at("2026-03-09T02:10:00-04:00"));
}

#[test]
fn of_a_time_that_the_clock_shows_twice_the_first_counts_and_nothing_twice() {
    let berlin = calendar(chrono_tz::Europe::Berlin, |_| vec![(0, 150), (150, 300)], &[]);
    let (midnight, five) = (at("2026-10-25T00:00:00+02:00"), at("2026-10-25T05:00:00+01:00"));
    assert_eq!(berlin.working_ms_between(midnight, five), 6 * HOUR_MS);
    let short = calendar(chrono_tz::Europe::Berlin, |_| vec![(130, 170)], &[]);
    assert!(short.is_open(at("2026-10-25T02:30:00+02:00")));
    assert!(!short.is_open(at("2026-10-25T02:30:00+01:00")));
}

#[test]
fn a_calendar_that_never_opens_gives_back_what_it_got() {
    let closed = calendar(chrono_tz::UTC, |_| Vec::new(), &[]);
    let now = at("2026-03-01T00:00:00Z");
    assert_eq!(closed.next_opening(now), now);
    assert_eq!(closed.add_working_ms(now, 1), now);
    assert_eq!(closed.working_ms_between(now, now.plus_ms(i64::MAX)), 0);
}

#[test]
fn absurd_moments_and_amounts_end() {
    let berlin = office(chrono_tz::Europe::Berlin, &[]);
    for ms in [i64::MIN, i64::MIN / 2, -8_334_601_228_800_000, 8_210_266_876_799_999, i64::MAX] {
        let moment = Timestamp::from_ms(ms);
        let _ = (berlin.is_open(moment), berlin.next_opening(moment));
        assert!(berlin.add_working_ms(moment, u64::MAX) >= moment);
        let _ = berlin.working_ms_between(moment, Timestamp::from_ms(i64::MAX));
    }
    assert!(Calendar::always_open().is_open(Timestamp::from_ms(0)));
}

prop_compose! {
    fn any_calendar()(
        zone in prop::sample::select(vec![
            chrono_tz::Europe::Berlin, chrono_tz::America::New_York, chrono_tz::Asia::Shanghai,
            chrono_tz::Australia::Lord_Howe, chrono_tz::Africa::Cairo, chrono_tz::Asia::Kathmandu,
        ]),
        cuts in prop::collection::vec(prop::collection::btree_set(0_u16..=1440, 2..7), 7),
        closed_days in prop::collection::btree_set(0_u64..400, 0..20),
    ) -> Calendar {
        let first = NaiveDate::from_ymd_opt(2026, 1, 1).unwrap();
        let spans = |day: usize| {
            let cuts: Vec<u16> = cuts[day].iter().copied().collect();
            cuts.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect()
        };
        Calendar {
            zone,
            week: std::array::from_fn(spans),
            holidays: closed_days.iter().map(|&days| first + Days::new(days)).collect(),
        }
    }
}

prop_compose! {
    /// A moment in 2026.
    fn any_moment()(ms in 1_767_225_600_000_i64..1_798_761_600_000) -> Timestamp {
        Timestamp::from_ms(ms)
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn what_is_added_lies_between(calendar in any_calendar(), since in any_moment(), ms in 0_u64..4_000_000_000) {
        let until = calendar.add_working_ms(since, ms);
        prop_assert_eq!(calendar.working_ms_between(since, until), ms);
    }

    #[test]
    fn more_is_never_earlier(calendar in any_calendar(), since in any_moment(), one in 0_u64..900_000_000, more in 0_u64..900_000_000) {
        prop_assert!(calendar.add_working_ms(since, one) <= calendar.add_working_ms(since, one + more));
        let later = since.plus_ms(i64::try_from(more).unwrap());
        prop_assert!(calendar.add_working_ms(since, one) <= calendar.add_working_ms(later, one));
        prop_assert!(calendar.next_opening(since) <= calendar.next_opening(later));
    }

    #[test]
    fn stretches_add_up(calendar in any_calendar(), moments in prop::collection::vec(any_moment(), 3)) {
        let mut moments = moments;
        moments.sort();
        let between = |from: usize, until: usize| calendar.working_ms_between(moments[from], moments[until]);
        prop_assert_eq!(between(0, 1) + between(1, 2), between(0, 2));
    }

    #[test]
    fn the_next_opening_is_open_and_nothing_before_it(calendar in any_calendar(), at in any_moment()) {
        let opening = calendar.next_opening(at);
        prop_assert!(calendar.is_open(opening));
        prop_assert_eq!(calendar.working_ms_between(at, opening), 0);
        prop_assert_eq!(calendar.is_open(at), opening == at);
    }
}
