//! Made-up people and companies: good contact data and bad, plain messages and junk.

use leadsman_domain::{AttributeName, Facts, Value};
use rand::{Rng, RngExt as _};

const FIRST: [&str; 24] = [
    "Amara", "Bruno", "Chen", "Dalia", "Erik", "Fatima", "Goran", "Hanna", "Ivan", "Julia", "Kofi", "Lena",
    "Mateo", "Nadia", "Omar", "Priya", "Quentin", "Rosa", "Stefan", "Tara", "Umut", "Vera", "Wei", "Zofia",
];
const LAST: [&str; 24] = [
    "Adler", "Bauer", "Costa", "Diallo", "Eriksen", "Ferrari", "Garcia", "Huang", "Ivanova", "Jensen",
    "Kowalski", "Lopez", "Meyer", "Nguyen", "Okafor", "Petrov", "Quinn", "Rossi", "Schmidt", "Tanaka",
    "Usman", "Varga", "Wang", "Young",
];
const COMPANY: [&str; 20] = [
    "Northwind",
    "Bluepeak",
    "Ironbridge",
    "Meridian",
    "Oakline",
    "Redwater",
    "Silverfern",
    "Stonegate",
    "Tidewell",
    "Westmark",
    "Copperhill",
    "Fairhaven",
    "Granite",
    "Harborview",
    "Lakeside",
    "Millbrook",
    "Pinecrest",
    "Riverton",
    "Summit",
    "Valley",
];
const TRADE: [(&str, &str); 5] = [
    ("Logistics", "Logistics"),
    ("Works", "Manufacturing"),
    ("Stores", "Retail"),
    ("Power", "Energy"),
    ("Clinics", "Health"),
];
const TITLE: [&str; 6] = ["Head of Operations", "Warehouse Manager", "Buyer", "CEO", "IT Manager", "Student"];
const MESSAGE: [&str; 6] = [
    "We are looking for a way to keep track of our stock.",
    "Please send prices for forty users.",
    "Does it work with our scanners?",
    "我们想了解一下你们的仓库软件。",
    "We saw you at the fair and would like a demo.",
    "Migration from spreadsheets, about 12,000 items.",
];
const JUNK: [&str; 4] = [
    "Get rich quick with our investment plan!!!",
    "cheap ｆ　ｒ　ａ　ｕ　ｄ tools",
    "这不是诈　骗，请联系我们",
    "Counterfeit watches, best quality",
];

/// A made-up person at a made-up company.
#[derive(Debug, Clone)]
pub struct Person {
    /// What the form says.
    pub facts: Facts,
    /// How much the person wants to buy, from 0 to 1. Not known to the rules.
    pub interest: f64,
}

/// Makes up a person.
pub fn person(random: &mut impl Rng, number: usize) -> Person {
    let (first, last) = (pick(random, &FIRST), pick(random, &LAST));
    let (kind, industry) = TRADE[random.random_range(0..TRADE.len())];
    let company = format!("{} {kind}", pick(random, &COMPANY));
    let domain = format!("{}-{}.com", company.to_lowercase().replace(' ', "-"), number % 400);
    let size = 10.0 * (1.0 + 400.0 * random.random::<f64>().powi(4)).round();
    let mut facts = Facts::new();
    let mut say = |name: &str, value: Value| {
        if let Ok(name) = AttributeName::parse(name) {
            facts.set(name, value);
        }
    };
    say("person.name", text(format!("{first} {last}")));
    say("person.title", text(pick(random, &TITLE)));
    say("company.name", text(company));
    say("company.industry", text(industry));
    say("company.size", Value::Number(size));
    say("message", text(message(random)));
    if let Some(email) = email(random, first, last, &domain, number) {
        say("contact.email", text(email));
    }
    if let Some(phone) = phone(random) {
        say("contact.phone", text(phone));
    }
    let likes = if matches!(industry, "Logistics" | "Manufacturing") { 0.25 } else { 0.0 };
    Person { facts, interest: (random.random::<f64>() * 0.75 + likes).min(1.0) }
}

/// The same person, filling the form once more, a little differently.
pub fn again(random: &mut impl Rng, person: &Person) -> Person {
    let mut again = person.clone();
    let message = AttributeName::parse("message").map(|name| (name, text(pick(random, &MESSAGE))));
    let email = again.facts.text("contact.email").map(str::to_uppercase);
    if let Ok((name, message)) = message {
        again.facts.set(name, message);
    }
    if let (Ok(name), Some(email)) = (AttributeName::parse("contact.email"), email) {
        again.facts.set(name, text(email));
    }
    again
}

fn message(random: &mut impl Rng) -> String {
    let messages = if random.random_bool(0.02) { JUNK.as_slice() } else { MESSAGE.as_slice() };
    messages[random.random_range(0..messages.len())].to_owned()
}

fn email(random: &mut impl Rng, first: &str, last: &str, domain: &str, number: usize) -> Option<String> {
    let name = format!("{}.{}{number}", first.to_lowercase(), last.to_lowercase());
    match random.random_range(0..100) {
        0..8 => None,
        8..12 => Some("a@b".to_owned()),
        12..14 => Some(format!("{name}@@{domain}")),
        14..17 => Some(format!("{name}@mailinator.com")),
        17..19 => Some(format!("{name}@rival-racks.example")),
        19..34 => Some(format!("{name}@gmail.com")),
        _ => Some(format!("{name}@{domain}")),
    }
}

fn phone(random: &mut impl Rng) -> Option<String> {
    let mut digits = |count: usize| {
        (0..count).map(|_| char::from(b'0' + random.random_range(0..10_u8))).collect::<String>()
    };
    let (two, four, seven) = (digits(2), digits(4), digits(7));
    match random.random_range(0..100) {
        0..10 => None,
        10..16 => Some("12345".to_owned()),
        16..18 => Some("n/a".to_owned()),
        18..20 => Some("(202) 555-0143".to_owned()),
        20..55 => Some(format!("(212) 6{two}-{four}")),
        55..85 => Some(format!("+49 151 1{seven}")),
        _ => Some(format!("+86 138 {four} 5{two}1")),
    }
}

fn pick<'a>(random: &mut impl Rng, texts: &[&'a str]) -> &'a str {
    texts[random.random_range(0..texts.len())]
}

fn text(text: impl Into<String>) -> Value {
    Value::Text(text.into())
}
