//! The same person: which leads and contacts are one, by what they share.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use leadsman_domain::identity::IdentityKey;
use leadsman_domain::lead::Lead;
use leadsman_domain::matching::identities;
use leadsman_domain::target::{Counterpart, Target};
use leadsman_domain::{Digest, Facts, LeadId, TargetId};

/// What a record is the same as others by: who shares one of these is the same person.
#[derive(Default)]
pub(super) struct Marks(BTreeSet<Mark>);

/// One of them: a record that it is or is tied to, or an identity.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Mark {
    Lead(LeadId),
    Contact(TargetId),
    Identity(Digest),
}

impl Marks {
    /// Those of a contact.
    pub(super) fn of_contact(contact: &Target, keys: &[IdentityKey]) -> Self {
        let mut marks = Self::default();
        marks.0.insert(Mark::Contact(contact.id.clone()));
        marks.add_facts(&contact.facts, keys);
        marks
    }

    /// Adds those of a lead: itself, what it was made out of, what it is tied to, and the contact that it became.
    pub(super) fn add_lead(&mut self, lead: &Lead, keys: &[IdentityKey]) {
        self.0.insert(Mark::Lead(lead.id.clone()));
        self.0.extend(lead.source.iter().map(|source| Mark::Lead(source.lead.clone())));
        self.0.extend(lead.qualified.iter().map(|became| Mark::Contact(became.contact.clone())));
        self.0.extend(lead.links.iter().filter_map(|link| match &link.to {
            Counterpart::Lead(id) => Some(Mark::Lead(id.clone())),
            Counterpart::Contact(id) => Some(Mark::Contact(id.clone())),
            Counterpart::Account(_) => None,
        }));
        self.add_facts(&lead.facts, keys);
    }

    fn add_facts(&mut self, facts: &Facts, keys: &[IdentityKey]) {
        self.0.extend(identities(keys, facts).into_iter().map(|one| Mark::Identity(one.digest)));
    }
}

/// Makes one out of those who are the same, at the place of the first of them. Whoever is the same as somebody is
/// also the same as all those who are.
pub(super) fn together<T>(people: Vec<(T, Marks)>, mut unite: impl FnMut(&mut T, T)) -> Vec<T> {
    let mut same = Same((0..people.len()).collect());
    let (mut records, mut first_with) = (Vec::new(), BTreeMap::new());
    for (place, (record, marks)) in people.into_iter().enumerate() {
        records.push(record);
        for mark in marks.0 {
            same.unite(place, *first_with.entry(mark).or_insert(place));
        }
    }
    let mut united: BTreeMap<usize, T> = BTreeMap::new();
    for (place, record) in records.into_iter().enumerate() {
        match united.entry(same.first(place)) {
            Entry::Vacant(free) => drop(free.insert(record)),
            Entry::Occupied(mut taken) => unite(taken.get_mut(), record),
        }
    }
    united.into_values().collect()
}

/// For each place an earlier one that is the same, or itself.
struct Same(Vec<usize>);

impl Same {
    /// The first place that is the same. Shortens the way there.
    fn first(&mut self, mut place: usize) -> usize {
        while self.0[place] != place {
            self.0[place] = self.0[self.0[place]];
            place = self.0[place];
        }
        place
    }

    fn unite(&mut self, one: usize, other: usize) {
        let (one, other) = (self.first(one), self.first(other));
        self.0[one.max(other)] = one.min(other);
    }
}
