//! One value out of anything that can be written, such as a figure of a report, without writing the rest. A report has
//! a figure for every rep, and drill-down looks at one of them for every lead.

use std::fmt::{self, Write as _};

use serde::Serialize;
use serde::ser::{
    Error as _, Impossible, SerializeMap, SerializeSeq, SerializeStruct, SerializeTuple, Serializer,
};
use serde_json::{Error, Value};

use super::figure::follow;

/// The value at the end of a way through the members of objects; elements of lists go by name or place.
pub(super) fn pick<T: Serialize + ?Sized>(whole: &T, way: &[String]) -> Option<Value> {
    match way {
        [] => serde_json::to_value(whole).ok(),
        [name, rest @ ..] => whole.serialize(Pick { name, way, rest, picked: None }).ok().flatten(),
    }
}

/// A member that is looked for.
struct Pick<'a> {
    name: &'a str,
    /// The way on from here: to the member, and from there.
    way: &'a [String],
    rest: &'a [String],
    picked: Option<Value>,
}

/// The elements of a list, which are called by what they say.
struct Elements<'a> {
    elements: Vec<Value>,
    way: &'a [String],
}

/// An object whose keys are written one after the other.
struct Members<'a> {
    pick: Pick<'a>,
    is_next: bool,
}

impl Pick<'_> {
    fn see<T: Serialize + ?Sized>(&mut self, value: &T) {
        self.picked = pick(value, self.rest);
    }
}

/// What has no members has nothing at the end of a way.
macro_rules! without_members {
    ($($write:ident: $kind:ty,)*) => {
        $(fn $write(self, _: $kind) -> Result<Self::Ok, Error> {
            Ok(None)
        })*
    };
}

impl<'a> Serializer for Pick<'a> {
    type Ok = Option<Value>;
    type Error = Error;
    type SerializeSeq = Elements<'a>;
    type SerializeMap = Members<'a>;
    type SerializeStruct = Self;
    type SerializeTuple = Elements<'a>;
    type SerializeTupleStruct = Impossible<Self::Ok, Error>;
    type SerializeTupleVariant = Impossible<Self::Ok, Error>;
    type SerializeStructVariant = Impossible<Self::Ok, Error>;

    without_members! {
        serialize_bool: bool, serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64,
        serialize_u8: u8, serialize_u16: u16, serialize_u32: u32, serialize_u64: u64, serialize_f32: f32,
        serialize_f64: f64, serialize_char: char, serialize_str: &str, serialize_bytes: &[u8],
        serialize_unit_struct: &'static str,
    }

    fn serialize_none(self) -> Result<Self::Ok, Error> {
        Ok(None)
    }

    fn serialize_unit(self) -> Result<Self::Ok, Error> {
        Ok(None)
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, _: &'static str) -> Result<Self::Ok, Error> {
        Ok(None)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Self::Ok, Error> {
        value.serialize(self)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<Self::Ok, Error> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        mut self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<Self::Ok, Error> {
        self.serialize_field(variant, value)?;
        SerializeStruct::end(self)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Elements<'a>, Error> {
        Ok(Elements { elements: Vec::new(), way: self.way })
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Members<'a>, Error> {
        Ok(Members { pick: self, is_next: false })
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Self, Error> {
        Ok(self)
    }

    fn serialize_tuple(self, _: usize) -> Result<Elements<'a>, Error> {
        self.serialize_seq(None)
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Self::SerializeTupleStruct, Error> {
        Err(unknown())
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, Error> {
        Err(unknown())
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, Error> {
        Err(unknown())
    }
}

impl SerializeStruct for Pick<'_> {
    type Ok = Option<Value>;
    type Error = Error;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), Error> {
        if name == self.name {
            self.see(value);
        }
        Ok(())
    }

    fn end(self) -> Result<Self::Ok, Error> {
        Ok(self.picked)
    }
}

impl SerializeMap for Members<'_> {
    type Ok = Option<Value>;
    type Error = Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Error> {
        self.is_next = is_called(key, self.pick.name);
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        if self.is_next {
            self.pick.see(value);
        }
        Ok(())
    }

    fn end(self) -> Result<Self::Ok, Error> {
        Ok(self.pick.picked)
    }
}

impl SerializeSeq for Elements<'_> {
    type Ok = Option<Value>;
    type Error = Error;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.elements.push(serde_json::to_value(value)?);
        Ok(())
    }

    fn end(self) -> Result<Self::Ok, Error> {
        Ok(follow(&Value::Array(self.elements), self.way).cloned())
    }
}

impl SerializeTuple for Elements<'_> {
    type Ok = Option<Value>;
    type Error = Error;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        SerializeSeq::serialize_element(self, value)
    }

    fn end(self) -> Result<Self::Ok, Error> {
        SerializeSeq::end(self)
    }
}

/// No report has such values.
fn unknown() -> Error {
    Error::custom("what is in variants and tuples with names has no name to go by")
}

/// Whether a key is written as a name. Nothing is allocated for that: there may be as many keys as reps.
fn is_called<T: Serialize + ?Sized>(key: &T, name: &str) -> bool {
    let mut left = Left(name);
    write!(left, "{}", Written(key)).is_ok() && left.0.is_empty()
}

/// A key as a text.
struct Written<'a, T: ?Sized>(&'a T);

impl<T: Serialize + ?Sized> fmt::Display for Written<'_, T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.serialize(formatter)
    }
}

/// What is left of a name as long as it is what is written.
struct Left<'a>(&'a str);

impl fmt::Write for Left<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0 = self.0.strip_prefix(text).ok_or(fmt::Error)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on says so by a panic")]

    use std::collections::BTreeMap;

    use serde_json::json;

    use super::*;

    #[derive(Serialize)]
    struct Report {
        leads: u64,
        share: Option<f64>,
        reps: BTreeMap<String, Rep>,
        months: BTreeMap<u8, i64>,
        accounts: Vec<Account>,
        steps: [u64; 2],
    }

    #[derive(Serialize)]
    struct Rep {
        won: u64,
    }

    #[derive(Serialize)]
    struct Account {
        account: &'static str,
        leads: u64,
    }

    #[test]
    fn what_is_picked_is_what_stands_in_the_whole() {
        let reps = [("ann", 2), ("an", 1), ("a/b", 7)].map(|(name, won)| (name.to_owned(), Rep { won }));
        let accounts = vec![Account { account: "x.com", leads: 4 }, Account { account: "y.com", leads: 5 }];
        let months = BTreeMap::from([(1, -3), (12, 9)]);
        let (reps, steps) = (reps.into(), [8, 9]);
        let report = Report { leads: 3, share: Some(0.5), reps, months, accounts, steps };
        let whole = serde_json::to_value(&report).unwrap();
        let ways = [
            "",
            "leads",
            "share",
            "reps",
            "reps/ann/won",
            "reps/an/won",
            "reps/anna/won",
            "reps/a",
            "months/1",
            "months/12",
            "months/2",
            "accounts",
            "accounts/y.com/leads",
            "accounts/0/leads",
            "accounts/z",
            "steps/1",
            "steps/2",
            "leads/more",
            "share/more",
            "none",
        ];
        let split = |way: &str| -> Vec<String> { way.split('/').map(str::to_owned).collect() };
        for way in ways {
            let way = if way.is_empty() { Vec::new() } else { split(way) };
            assert_eq!(pick(&report, &way).as_ref(), follow(&whole, &way), "{way:?}");
        }
        let slash = ["reps", "a/b", "won"].map(str::to_owned);
        assert_eq!(pick(&report, &slash), Some(json!(7)));
    }
}
