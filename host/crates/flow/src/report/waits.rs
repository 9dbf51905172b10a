//! How long somebody waited: mean and quantiles.

use leadsman_domain::Timestamp;
use leadsman_domain::policy::Calendar;
use serde::Serialize;

const HOUR_MS: f64 = 3_600_000.0;

/// How long it took, in hours.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Waits {
    /// On average.
    pub mean_hours: f64,
    /// Half of them no longer than this.
    pub p50_hours: f64,
    /// Nine of ten no longer than this.
    pub p90_hours: f64,
}

impl Waits {
    /// The figures of waits in milliseconds; none if there are none.
    #[must_use]
    pub fn of(mut waits_ms: Vec<i64>) -> Option<Self> {
        waits_ms.sort_unstable();
        let count = waits_ms.len();
        // The nearest rank, in whole numbers: the wait at the place n * tenths / 10, rounded up, from 1.
        let at = |tenths: usize| waits_ms.get((count * tenths).div_ceil(10).saturating_sub(1)).copied();
        let (half, most) = (at(5)?, at(9)?);
        let sum: i128 = waits_ms.iter().map(|wait| i128::from(*wait)).sum();
        Some(Self {
            mean_hours: sum as f64 / count as f64 / HOUR_MS,
            p50_hours: half as f64 / HOUR_MS,
            p90_hours: most as f64 / HOUR_MS,
        })
    }
}

/// How long it took to respond, on the wall's clock and in working time.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Response {
    /// On the wall's clock; none if nobody responded.
    pub wall: Option<Waits>,
    /// In the working time of a calendar; none if nobody responded, or without a calendar.
    pub working: Option<Waits>,
}

impl Response {
    /// The figures of pairs of moments: when somebody came, and when somebody responded.
    pub(super) fn of(pairs: &[(Timestamp, Timestamp)], hours: Option<&Calendar>) -> Self {
        let wall = pairs.iter().map(|(came, responded)| responded.ms_since(*came));
        let working = hours.map(|hours| {
            let working =
                |(came, responded): &(Timestamp, Timestamp)| hours.working_ms_between(*came, *responded);
            pairs.iter().map(|pair| i64::try_from(working(pair)).unwrap_or(i64::MAX)).collect()
        });
        Self { wall: Waits::of(wall.collect()), working: working.and_then(Waits::of) }
    }
}
