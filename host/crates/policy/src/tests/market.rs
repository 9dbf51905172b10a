//! The market of a simulation: what is read, and every mistake with its place.

use super::*;
use crate::market::{Draw, Moments};
use crate::{Market, Problem};

fn market(text: &str) -> Result<Market, Vec<String>> {
    let policy = read(&format!(
        "activities = [\"call.done\", \"page.visit\"]\n{SMALL}[sources]\npaid = [\"paid-search\"]\n"
    ));
    let policy = policy.unwrap_or_else(|errors| panic!("{errors}")).policy;
    let show = |problem: &Problem| {
        let place = problem.place.as_ref().map(|place| format!("{}:{}: ", place.line, place.column));
        let help = problem.help.as_ref().map(|help| format!("; {help}"));
        format!("{}{}{}", place.unwrap_or_default(), problem.message, help.unwrap_or_default())
    };
    Market::parse("world.toml", text, &policy).map_err(|errors| errors.problems().iter().map(show).collect())
}

#[test]
fn a_market_says_who_comes_what_they_do_and_what_they_bring() {
    let read = market(
        "leads_a_day = 40\ninterest = [0.1, 0.6]\n[calls]\nevery = \"5m\"\nconversations = 2\n\
         [words]\nfirst = [\"Ann\"]\n[[channels]]\nname = \"paid-search\"\nweight = 2\n\
         [[facts]]\nattribute = \"person.name\"\nchoices = [{ is = \"{first} {n}\" }]\n\
         [[facts]]\nattribute = \"consent.contact\"\nlikely = 0.9\n\
         [[activities]]\nkind = \"page.visit\"\nbefore = \"7d\"\nrate = 2\n\
         [[deals]]\nvalue_minor = [100, 200]\n",
    );
    let read = read.unwrap();
    assert_eq!((read.leads_a_day, read.calls.every_ms, read.calls.conversations), (40, 300_000, 2));
    assert!(matches!(&read.facts[1].draw, Draw::Choices(two) if two.len() == 2));
    assert_eq!((read.activities[0].at, read.activities[0].rate), (Moments::Before(604_800_000), [2.0, 2.0]));
    assert_eq!((read.deals[0].currency.as_str(), read.deals[0].scenario.as_str()), ("EUR", "default"));
}

#[test]
fn every_mistake_has_its_place() {
    let problems = market(
        "leads_a_day = 0\nquiet = 2\n[[channels]]\nname = \"paid-serach\"\n\
         [[facts]]\nattribute = \"person.name\"\nchoices = [{ is = \"{frist}\" }]\n\
         [[facts]]\nattribute = \"company.domain\"\nlikely = 0.5\nrange = [1, 2]\n\
         [[activities]]\nkind = \"page.vist\"\nrate = [0, 1, 2]\n",
    );
    let expected = [
        "1:15: this has to be a whole number from 1 to 100000",
        "2:9: this has to be a share from 0 to 1",
        "4:8: the policy knows no source \"paid-serach\", did you mean \"paid-search\"?",
        "7:19: there are no words `frist` in [words]",
        "8:1: one of `choices`, `range`, `likely` and `days` has to say what it can be",
        "9:13: company.domain is derived by intake: make up what it is derived from",
        "12:1: one of `before`, `after` and `after_talk` has to say when it is done",
        "13:8: the policy knows no kind of activity `page.vist`; did you mean `page.visit`?",
        "14:8: two numbers have to stand here, such as [1, 20]",
    ];
    assert_eq!(problems.unwrap_err(), expected);
}
