//! The probe: does a plugin give the same answers whether leads come alone or together? One that does
//! not (it remembers, or asks the clock or chance) is never asked about two leads at once.

use leadsman_domain::journal;
use leadsman_domain::lead::Lead;
use leadsman_domain::ruling::{Fault, FaultClass, Stage};
use leadsman_domain::time::DAY_MS;
use leadsman_domain::{AttributeName, Digest, Facts, LeadId, Timestamp, Value};
use leadsman_flow::rules::Case;

use crate::instance::Instance;
use crate::plugin::Plugin;

/// The moment of the first stranger; each of the others came a day later.
const NOON: Timestamp = Timestamp::from_ms(43_200_000);

impl Plugin {
    /// Whether the plugin's answers depend on nothing but the lead, as far as a few leads show.
    pub(crate) fn is_pure(&self) -> bool {
        let leads = self.strangers();
        let cases: Vec<Case<'_>> = leads.iter().map(|lead| Case { lead, now: lead.received }).collect();
        let backwards: Vec<Case<'_>> = cases.iter().rev().copied().collect();
        self.inspection().stages.iter().all(|stage| match stage {
            Stage::Screening => agree(&cases, &backwards, |cases| self.together(cases, Instance::screen)),
            Stage::Scoring => agree(&cases, &backwards, |cases| self.together(cases, Instance::score)),
            // These are asked about one lead at a time in any case.
            Stage::Routing | Stage::FollowUp | Stage::Attribution => true,
        })
    }

    /// Leads that nobody ever submitted: with nothing, with numbers, with texts where the plugin looks.
    fn strangers(&self) -> Vec<Lead> {
        let facts = |value: Option<Value>| {
            let mut facts = Facts::new();
            for name in &self.readings().needs.attributes {
                if let (Ok(name), Some(value)) = (AttributeName::parse(name), &value) {
                    facts.set(name, value.clone());
                }
            }
            facts
        };
        let values = [None, Some(Value::Number(7.0)), Some(Value::Text("probe".to_owned()))];
        let lead = |(number, value): (u8, Option<Value>)| {
            let received = NOON.plus_ms(DAY_MS * i64::from(number));
            journal::begin(LeadId::of_submission(&Digest::of(&[number])), received, facts(value))
        };
        (0_u8..).zip(values).map(lead).collect()
    }

    fn together<'a, T>(
        &'a self,
        cases: &[Case<'_>],
        call: impl FnOnce(&mut Instance<'a>, &[Case<'_>]) -> Answers<T>,
    ) -> Result<Vec<Result<T, FaultClass>>, FaultClass> {
        let mut instance = self.open(cases[0]).map_err(|fault| fault.class)?;
        let answers = call(&mut instance, cases).outcome.map_err(|fault| fault.class)?;
        Ok(answers.into_iter().map(|answer| answer.map_err(|fault: Fault| fault.class)).collect())
    }
}

type Answers<T> = leadsman_domain::ruling::Ruling<Vec<Result<T, Fault>>>;

/// Whether leads are seen to get the same answers alone, together, and together the other way round.
fn agree<T: PartialEq>(
    cases: &[Case<'_>],
    backwards: &[Case<'_>],
    ask: impl Fn(&[Case<'_>]) -> Result<Vec<Result<T, FaultClass>>, FaultClass>,
) -> bool {
    let alone = || cases.iter().flat_map(|case| ask(std::slice::from_ref(case)).into_iter().flatten());
    let (Ok(forwards), Ok(mut backwards)) = (ask(cases), ask(backwards)) else { return false };
    backwards.reverse();
    forwards == backwards && alone().eq(forwards)
}
