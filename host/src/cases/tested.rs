//! What came of all cases of a project.

use std::sync::Arc;

use leadsman_flow::Revision;
use leadsman_policy::Problem;
use leadsman_policy::cases::Case;
use serde::Serialize;

use super::{Baseline, Coverage, Played, Regression, play};
use crate::exit::Exit;
use crate::policies::Checked;

/// What came of all cases.
#[derive(Serialize)]
pub struct Tested {
    /// Each case.
    pub cases: Vec<TestedCase>,
    /// How many rules fired in some case, of how many.
    pub rules_fired: usize,
    /// How many rules there are.
    pub rules: usize,
    /// Rules that fired in no case, by plugin.
    pub never_fired: Vec<(String, Vec<String>)>,
    /// Cases that take more fuel than the baseline says.
    pub regressions: Vec<Regression>,
}

/// What came of a case.
#[derive(Serialize)]
pub struct TestedCase {
    /// Its file.
    pub file: String,
    /// Its name.
    pub name: String,
    /// What is otherwise than expected.
    pub problems: Vec<Problem>,
    /// Fuel that it took.
    pub fuel: u64,
}

impl Tested {
    /// Tells cases under a policy. The fuel that they take is compared with what is known of it.
    pub fn of(checked: Checked, cases: &[Case], known: Option<&Baseline>) -> Result<(Self, Baseline), Exit> {
        let Checked { loaded, region, rulebook, .. } = checked;
        let mut coverage = Coverage::of(&loaded.policy, &rulebook);
        let revision = Revision { number: 1, policy: Arc::new(loaded.policy), rulebook };
        let mut fuel = Baseline::default();
        let mut tested = Vec::with_capacity(cases.len());
        for case in cases {
            let played = play(case, &revision, region)?;
            coverage.note(&played.entries);
            let used = played.fuel();
            let Played { problems, .. } = played;
            let total = used.values().sum();
            fuel.0.insert(format!("{}: {}", case.file, case.name), used);
            tested.push(TestedCase {
                file: case.file.clone(),
                name: case.name.clone(),
                problems,
                fuel: total,
            });
        }
        let regressions = known.map(|known| known.regressions(&fuel)).unwrap_or_default();
        let (rules_fired, rules) = coverage.count();
        let never_fired = coverage.never();
        Ok((Self { cases: tested, rules_fired, rules, never_fired, regressions }, fuel))
    }

    /// How many cases came out otherwise than expected.
    pub fn failed(&self) -> usize {
        self.cases.iter().filter(|case| !case.problems.is_empty()).count()
    }
}
