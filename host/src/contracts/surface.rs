//! What components and host say to each other: the functions of a contract, with the shapes of what goes through
//! them. Names of types say nothing here, as in a component: two records with the same fields are the same.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use anyhow::{Context as _, anyhow, bail};
use wit_parser::decoding::{DecodedWasm, decode};
use wit_parser::{Function, Handle, InterfaceId, Resolve, Type, TypeDefKind, World, WorldItem, WorldKey};

/// The package of Leadsman's contracts.
const PACKAGE: (&str, &str) = ("leadsman", "rules");

/// The functions of a contract, or of a component.
#[derive(Debug, Default)]
pub struct Surface {
    /// The version of the contract, as far as it is told.
    pub version: Option<semver::Version>,
    /// What components have, and the host calls: functions by the name of their interface.
    pub exports: BTreeMap<String, Functions>,
    /// What the host has, and components call.
    pub imports: BTreeMap<String, Functions>,
}

/// Functions by their names.
pub type Functions = BTreeMap<String, Signature>;

/// What goes into a function, by name, and what comes out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// What goes in.
    pub parameters: Vec<(String, Shape)>,
    /// What comes out.
    pub result: Option<Shape>,
}

/// The shape of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shape {
    /// A number, a text, a flag.
    Plain(&'static str),
    /// Fields in order.
    Record(Vec<(String, Shape)>),
    /// One of some cases, each with what it carries.
    Variant(Vec<(String, Option<Shape>)>),
    /// One of some words.
    Enum(Vec<String>),
    /// Any of some words.
    Flags(Vec<String>),
    /// Others in order, without names.
    Tuple(Vec<Shape>),
    /// One or none.
    Option(Box<Shape>),
    /// Any number.
    List(Box<Shape>),
    /// What went well, or what did not.
    Result(Option<Box<Shape>>, Option<Box<Shape>>),
    /// What no contract of Leadsman has.
    Other(String),
}

impl fmt::Display for Shape {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self {
            Self::Plain(name) => name,
            Self::Record(_) => "a record",
            Self::Variant(_) => "a variant",
            Self::Enum(_) => "an enum",
            Self::Flags(_) => "flags",
            Self::Tuple(_) => "a tuple",
            Self::Option(inner) => return write!(formatter, "option<{inner}>"),
            Self::List(inner) => return write!(formatter, "list<{inner}>"),
            Self::Result(..) => "a result",
            Self::Other(name) => name.as_str(),
        };
        formatter.write_str(name)
    }
}

impl Surface {
    /// Reads the contracts in a folder or file of WIT, or what a component imports and exports of them.
    ///
    /// # Errors
    ///
    /// When it is neither, or has nothing of `leadsman:rules`.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        let mut surface = Self::default();
        if path.extension().is_some_and(|extension| extension == "wasm") {
            let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
            let decoded = decode(&bytes).with_context(|| format!("{} is no component", path.display()))?;
            match decoded {
                DecodedWasm::Component(resolve, world) => surface.take(&resolve, &resolve.worlds[world])?,
                DecodedWasm::WitPackage(resolve, _) => surface.take_all(&resolve)?,
            }
        } else {
            let mut resolve = Resolve::default();
            let pushed = resolve.push_path(path);
            pushed.map_err(|cause| {
                anyhow!("{} cannot be read as WIT: {}", path.display(), resolve.render_error(&cause))
            })?;
            surface.take_all(&resolve)?;
        }
        if surface.exports.is_empty() && surface.imports.is_empty() {
            bail!("{} has nothing of the contracts {}:{}", path.display(), PACKAGE.0, PACKAGE.1);
        }
        Ok(surface)
    }

    fn take_all(&mut self, resolve: &Resolve) -> anyhow::Result<()> {
        resolve.worlds.iter().try_for_each(|(_, world)| self.take(resolve, world))
    }

    fn take(&mut self, resolve: &Resolve, world: &World) -> anyhow::Result<()> {
        for (side, items) in [(&mut self.exports, &world.exports), (&mut self.imports, &world.imports)] {
            for (key, item) in items {
                let (WorldKey::Interface(_), WorldItem::Interface { id, .. }) = (key, item) else { continue };
                let Some((name, version)) = of_contract(resolve, *id) else { continue };
                if let Some(version) = version {
                    self.version.get_or_insert(version);
                }
                let functions = resolve.interfaces[*id].functions.values();
                let functions: Functions = functions
                    .map(|function| Ok((function.name.clone(), signature(resolve, function)?)))
                    .collect::<anyhow::Result<_>>()?;
                // Interfaces of types only say nothing by themselves.
                if !functions.is_empty() {
                    side.insert(name, functions);
                }
            }
        }
        Ok(())
    }
}

/// The name and version of an interface of Leadsman's contracts.
fn of_contract(resolve: &Resolve, id: InterfaceId) -> Option<(String, Option<semver::Version>)> {
    let interface = &resolve.interfaces[id];
    let package = &resolve.packages[interface.package?].name;
    let is_ours = (package.namespace.as_str(), package.name.as_str()) == PACKAGE;
    is_ours.then(|| Some((interface.name.clone()?, package.version.clone())))?
}

fn signature(resolve: &Resolve, function: &Function) -> anyhow::Result<Signature> {
    let parameters = function.params.iter();
    let parameters = parameters.map(|one| Ok((one.name.clone(), shape(resolve, one.ty)?)));
    let result = function.result.map(|result| shape(resolve, result)).transpose()?;
    Ok(Signature { parameters: parameters.collect::<anyhow::Result<_>>()?, result })
}

fn shape(resolve: &Resolve, of: Type) -> anyhow::Result<Shape> {
    let id = match of {
        Type::Bool => return Ok(Shape::Plain("bool")),
        Type::U8 => return Ok(Shape::Plain("u8")),
        Type::U16 => return Ok(Shape::Plain("u16")),
        Type::U32 => return Ok(Shape::Plain("u32")),
        Type::U64 => return Ok(Shape::Plain("u64")),
        Type::S8 => return Ok(Shape::Plain("s8")),
        Type::S16 => return Ok(Shape::Plain("s16")),
        Type::S32 => return Ok(Shape::Plain("s32")),
        Type::S64 => return Ok(Shape::Plain("s64")),
        Type::F32 => return Ok(Shape::Plain("f32")),
        Type::F64 => return Ok(Shape::Plain("f64")),
        Type::Char => return Ok(Shape::Plain("char")),
        Type::String => return Ok(Shape::Plain("string")),
        Type::ErrorContext => return Ok(Shape::Plain("error-context")),
        Type::Id(id) => id,
    };
    let named = |name: &str, inner: Type| Ok((name.to_owned(), shape(resolve, inner)?));
    let boxed = |inner: Option<Type>| -> anyhow::Result<Option<Box<Shape>>> {
        inner.map(|inner| shape(resolve, inner).map(Box::new)).transpose()
    };
    Ok(match &resolve.types[id].kind {
        TypeDefKind::Type(other) => shape(resolve, *other)?,
        TypeDefKind::Record(record) => {
            let fields = record.fields.iter().map(|field| named(&field.name, field.ty));
            Shape::Record(fields.collect::<anyhow::Result<_>>()?)
        }
        TypeDefKind::Variant(variant) => {
            let cases = variant.cases.iter().map(|case| {
                let carried = case.ty.map(|carried| shape(resolve, carried)).transpose()?;
                Ok((case.name.clone(), carried))
            });
            Shape::Variant(cases.collect::<anyhow::Result<_>>()?)
        }
        TypeDefKind::Enum(words) => Shape::Enum(words.cases.iter().map(|word| word.name.clone()).collect()),
        TypeDefKind::Flags(words) => Shape::Flags(words.flags.iter().map(|word| word.name.clone()).collect()),
        TypeDefKind::Tuple(tuple) => {
            let parts = tuple.types.iter().map(|part| shape(resolve, *part));
            Shape::Tuple(parts.collect::<anyhow::Result<_>>()?)
        }
        TypeDefKind::Option(inner) => Shape::Option(Box::new(shape(resolve, *inner)?)),
        TypeDefKind::List(inner) => Shape::List(Box::new(shape(resolve, *inner)?)),
        TypeDefKind::Result(result) => Shape::Result(boxed(result.ok)?, boxed(result.err)?),
        TypeDefKind::Unknown => return Err(anyhow!("a type of the contract is not known")),
        other @ (TypeDefKind::Resource
        | TypeDefKind::Handle(Handle::Own(_) | Handle::Borrow(_))
        | TypeDefKind::Map(..)
        | TypeDefKind::FixedLengthList(..)
        | TypeDefKind::Future(_)
        | TypeDefKind::Stream(_)) => Shape::Other(other.as_str().to_owned()),
    })
}
