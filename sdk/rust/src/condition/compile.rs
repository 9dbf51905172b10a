//! From data to tests on positions, with the place of every problem.

use super::data::{Clause, Condition, Scalar};
use super::evaluate::{Compiled, Literal, Node, Test};
use crate::configuration::push_token;
use crate::duration::DAY_MS;
use crate::{Needs, Problem, text};

/// How deep conditions may be nested.
pub const DEPTH_MAX: usize = 16;

/// Collects, while a configuration is compiled, the attributes and lists that it names and everything
/// that is wrong with it.
#[derive(Debug, Default)]
pub struct Scope {
    attributes: Vec<String>,
    reserved: usize,
    lists: Vec<String>,
    problems: Vec<Problem>,
}

impl Scope {
    /// An empty scope.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A scope in which the first positions belong to names that the plugin itself fills in, such as
    /// `lead.score`. They are no part of the needs.
    #[must_use]
    pub fn with_reserved(names: &[&str]) -> Self {
        let attributes = names.iter().map(|&name| name.to_owned()).collect();
        Self { attributes, reserved: names.len(), ..Self::default() }
    }

    /// The position of an attribute, which is added if it is new.
    pub fn attribute(&mut self, name: &str) -> usize {
        position_in(&mut self.attributes, name)
    }

    /// The position of a list, which is added if it is new.
    pub fn list(&mut self, name: &str) -> usize {
        position_in(&mut self.lists, name)
    }

    /// Notes a problem at a JSON pointer.
    pub fn problem(&mut self, pointer: impl Into<String>, message: impl Into<String>) {
        self.problems.push(Problem::at(pointer, message));
    }

    /// Compiles the condition at a JSON pointer. If it has problems, they are noted and the result does
    /// not matter, as [`finish`](Self::finish) will refuse.
    pub fn compile(&mut self, condition: &Condition, pointer: &str) -> Compiled {
        Compiled(self.node(condition, pointer, 1))
    }

    /// What was collected.
    ///
    /// # Errors
    ///
    /// The problems, if there are any.
    pub fn finish(self) -> Result<Needs, Vec<Problem>> {
        if !self.problems.is_empty() {
            return Err(self.problems);
        }
        Ok(Needs::none().attributes(self.attributes.into_iter().skip(self.reserved)).lists(self.lists))
    }

    fn node(&mut self, condition: &Condition, pointer: &str, depth: usize) -> Node {
        if depth > DEPTH_MAX {
            self.problem(pointer, format!("conditions are nested more than {DEPTH_MAX} deep"));
            return Node::All(Vec::new());
        }
        let attribute = condition.clauses.iter().find_map(|clause| match clause {
            Clause::Attribute(name) => Some(name.as_str()),
            _ => None,
        });
        match attribute {
            Some(name) => self.comparisons(condition, name, pointer),
            None => self.combination(condition, pointer, depth),
        }
    }

    fn combination(&mut self, condition: &Condition, pointer: &str, depth: usize) -> Node {
        match condition.clauses.as_slice() {
            [Clause::All(parts)] => Node::All(self.nodes(parts, &child(pointer, "all"), depth)),
            [Clause::Any(parts)] => Node::Any(self.nodes(parts, &child(pointer, "any"), depth)),
            [Clause::Not(part)] => Node::Not(Box::new(self.node(part, &child(pointer, "not"), depth + 1))),
            _ => {
                self.problem(
                    pointer,
                    "expected an `attribute` with a comparison, or exactly one of `all`, `any` and `not`",
                );
                Node::All(Vec::new())
            }
        }
    }

    fn nodes(&mut self, parts: &[Condition], pointer: &str, depth: usize) -> Vec<Node> {
        if parts.is_empty() {
            self.problem(pointer, "must not be empty");
        }
        let each = parts.iter().enumerate();
        each.map(|(index, part)| self.node(part, &format!("{pointer}/{index}"), depth + 1)).collect()
    }

    fn comparisons(&mut self, condition: &Condition, name: &str, pointer: &str) -> Node {
        if name.trim().is_empty() {
            self.problem(child(pointer, "attribute"), "must not be empty");
        }
        let attribute = self.attribute(name);
        let mut nodes = Vec::new();
        for clause in &condition.clauses {
            if matches!(clause, Clause::Attribute(_)) {
                continue;
            }
            match self.test(clause) {
                Ok(test) => nodes.push(Node::Test { attribute, test }),
                Err(message) => self.problem(child(pointer, clause.key()), message),
            }
        }
        if condition.clauses.len() == 1 {
            self.problem(pointer, format!("nothing is compared with `{name}`"));
        }
        match nodes.pop() {
            Some(only) if nodes.is_empty() => only,
            Some(last) => {
                nodes.push(last);
                Node::All(nodes)
            }
            None => Node::All(nodes),
        }
    }

    fn test(&mut self, clause: &Clause) -> Result<Test, String> {
        Ok(match clause {
            Clause::All(_) | Clause::Any(_) | Clause::Not(_) | Clause::Attribute(_) => {
                return Err("does not go together with `attribute`".to_owned());
            }
            Clause::Is(scalar) => Test::Is(literal(scalar)),
            Clause::IsNot(scalar) => Test::IsNot(literal(scalar)),
            Clause::OneOf(scalars) => Test::OneOf(not_empty(scalars)?.iter().map(literal).collect()),
            Clause::Contains(part) => Test::Contains(folded(part)?),
            Clause::StartsWith(part) => Test::StartsWith(folded(part)?),
            Clause::EndsWith(part) => Test::EndsWith(folded(part)?),
            Clause::AtLeast(number) => Test::AtLeast(*number),
            Clause::AtMost(number) => Test::AtMost(*number),
            Clause::Above(number) => Test::Above(*number),
            Clause::Below(number) => Test::Below(*number),
            Clause::Between([from, to]) if from < to => Test::Between(*from, *to),
            Clause::Between(_) => return Err("the first number must be less than the second".to_owned()),
            Clause::Present(yes) => Test::Present(*yes),
            Clause::Absent(yes) => Test::Present(!*yes),
            Clause::InList(list) if list.is_empty() => return Err("must name a list".to_owned()),
            Clause::InList(list) => {
                self.list(list);
                Test::InList(list.clone())
            }
            Clause::IncludesAny(texts) => Test::IncludesAny(all_folded(texts)?),
            Clause::IncludesAll(texts) => Test::IncludesAll(all_folded(texts)?),
            Clause::WithinDays(days) => Test::WithinMillis(millis(*days)?),
            Clause::OlderThanDays(days) => Test::OlderThanMillis(millis(*days)?),
        })
    }
}

fn position_in(names: &mut Vec<String>, name: &str) -> usize {
    names.iter().position(|known| known == name).unwrap_or_else(|| {
        names.push(name.to_owned());
        names.len() - 1
    })
}

fn child(pointer: &str, key: &str) -> String {
    let mut pointer = pointer.to_owned();
    push_token(&mut pointer, key);
    pointer
}

fn literal(scalar: &Scalar) -> Literal {
    match scalar {
        Scalar::Text(text) => Literal::Text(text::fold(text)),
        Scalar::Number(number) => Literal::Number(*number),
        Scalar::Flag(flag) => Literal::Flag(*flag),
    }
}

fn folded(part: &str) -> Result<String, String> {
    let part = text::fold(part);
    if part.is_empty() { Err("must not be empty".to_owned()) } else { Ok(part) }
}

fn all_folded(texts: &[String]) -> Result<Vec<String>, String> {
    not_empty(texts)?.iter().map(|part| folded(part)).collect()
}

fn not_empty<T>(items: &[T]) -> Result<&[T], String> {
    if items.is_empty() { Err("must not be empty".to_owned()) } else { Ok(items) }
}

fn millis(days: f64) -> Result<i64, String> {
    if (0.0..=36_500.0).contains(&days) {
        Ok((days * DAY_MS as f64).round() as i64)
    } else {
        Err("must be between 0 and 36500 days".to_owned())
    }
}
