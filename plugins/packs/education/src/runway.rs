//! The arithmetic: weeks left against weeks needed.

use leadsman_sdk::prelude::*;

use crate::{Planner, Plans};

/// How much time a lead has for its plans, in weeks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Runway {
    /// It can make it, but only just.
    Urgent {
        /// Until the exam.
        left: f64,
        /// For the course.
        needed: f64,
    },
    /// It has time.
    Ample {
        /// Until the exam.
        left: f64,
        /// For the course.
        needed: f64,
    },
    /// It cannot make it.
    Late {
        /// Until the exam.
        left: f64,
        /// For the course.
        needed: f64,
    },
    /// Nobody knows.
    Open,
}

impl Runway {
    /// The runway of a lead's plans as of a moment.
    #[must_use]
    pub fn of(planner: &Planner, plans: &Plans, now: Timestamp) -> Self {
        let wanted = plans.course.as_deref().unwrap_or_default().trim();
        let course = planner.courses.iter().find(|one| one.course.eq_ignore_ascii_case(wanted));
        let (Some(exam), Some(course)) = (plans.exam, course) else { return Self::Open };
        let gap = match (plans.now, plans.goal) {
            (Some(now), Some(goal)) => (goal - now).max(0.0),
            _ => 0.0,
        };
        let needed = ((gap / course.step).ceil() * course.weeks_a_step).max(course.weeks_min);
        let left = exam.days_since(now) / 7.0;
        if left < needed {
            Self::Late { left, needed }
        } else if left - needed <= planner.tight_weeks {
            Self::Urgent { left, needed }
        } else {
            Self::Ample { left, needed }
        }
    }

    /// It in words.
    #[must_use]
    pub fn sentence(&self) -> String {
        let weeks = |left: f64, needed: f64| format!("{:.0} weeks left, {needed:.0} needed", left.floor());
        match *self {
            Self::Urgent { left, needed } => format!("Time presses: {}.", weeks(left, needed)),
            Self::Ample { left, needed } => format!("There is time: {}.", weeks(left, needed)),
            Self::Late { left, .. } if left < 0.0 => "The exam is over; ask for the next date.".to_owned(),
            Self::Late { left, needed } => {
                format!("Too late for this date: {}; offer the next one.", weeks(left, needed))
            }
            Self::Open => "No exam date, or a course without one; ask for it.".to_owned(),
        }
    }
}
