//! The probe: does a plugin give the same answers whether leads come alone or together, and for how many does the
//! fuel suffice that they share? One that does not (it remembers, or asks the clock or chance) is never asked about
//! two leads at once.

use leadsman_domain::journal;
use leadsman_domain::lead::Lead;
use leadsman_domain::ruling::{Fault, FaultClass, Ruling, Stage};
use leadsman_domain::time::DAY_MS;
use leadsman_domain::{AttributeName, Digest, Facts, LeadId, Timestamp, Value};
use leadsman_flow::rules::Case;

use crate::instance::Instance;
use crate::plugin::Plugin;

/// The moment of the first stranger; each of the others came a day later.
const NOON: Timestamp = Timestamp::from_ms(43_200_000);

/// Most leads that one batch call carries.
const BATCH_LEADS_MAX: u64 = 256;

/// Leads are expected to take as many times the fuel of strangers, of whom little is known.
const CAUTION: u64 = 2;

impl Plugin {
    /// How many leads are shown to the plugin together: one, unless its answers depend on nothing but the lead, as far
    /// as a few leads show.
    pub(crate) fn leads_of_a_batch(&self) -> usize {
        let leads = self.strangers();
        let cases: Vec<Case<'_>> = leads.iter().map(|lead| Case { lead, now: lead.received }).collect();
        let backwards: Vec<Case<'_>> = cases.iter().rev().copied().collect();
        let fuel: Option<Vec<u64>> = self
            .inspection()
            .stages
            .iter()
            .map(|stage| match stage {
                Stage::Screening => agree(&cases, &backwards, |cases| self.together(cases, Instance::screen)),
                Stage::Scoring => agree(&cases, &backwards, |cases| self.together(cases, Instance::score)),
                // These are asked about one lead at a time in any case.
                Stage::Routing | Stage::FollowUp | Stage::Attribution => Some(0),
            })
            .collect();
        let Some(most) = fuel.map(|fuel| fuel.into_iter().max().unwrap_or(0)) else { return 1 };
        let leads = self.limits().fuel / (CAUTION * most).max(1);
        usize::try_from(leads.clamp(1, BATCH_LEADS_MAX)).unwrap_or(1)
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
        call: impl FnOnce(&mut Instance<'a>, &[Case<'_>]) -> Ruling<Vec<Result<T, Fault>>>,
    ) -> Result<Answers<T>, FaultClass> {
        let mut instance = self.open(cases[0]).map_err(|fault| fault.class)?;
        let Ruling { outcome, fuel, log: _ } = call(&mut instance, cases);
        let each = outcome.map_err(|fault| fault.class)?;
        Ok(Answers {
            each: each.into_iter().map(|answer| answer.map_err(|fault| fault.class)).collect(),
            fuel,
        })
    }
}

/// What was said of leads, and the fuel that it took.
struct Answers<T> {
    each: Vec<Result<T, FaultClass>>,
    fuel: u64,
}

/// The most fuel that an answer took, if leads are seen to get the same answers alone, together, and together the
/// other way round.
fn agree<T: PartialEq>(
    cases: &[Case<'_>],
    backwards: &[Case<'_>],
    ask: impl Fn(&[Case<'_>]) -> Result<Answers<T>, FaultClass>,
) -> Option<u64> {
    let forwards = ask(cases).ok()?.each;
    let mut backwards = ask(backwards).ok()?.each;
    backwards.reverse();
    let alone: Vec<Answers<T>> =
        cases.iter().map(|case| ask(std::slice::from_ref(case)).ok()).collect::<Option<_>>()?;
    let fuel = alone.iter().map(|answers| answers.fuel).max();
    let are_equal = forwards == backwards && alone.into_iter().flat_map(|answers| answers.each).eq(forwards);
    fuel.filter(|_| are_equal)
}
