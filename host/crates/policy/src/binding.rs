//! Bindings: which plugin serves a stage, with which configuration and limits, and what happens when it
//! gives no usable answer.

use std::collections::BTreeMap;

use leadsman_domain::limits::Limits;
use leadsman_domain::policy::{Binding, PluginSource};
use leadsman_domain::ruling::Fallback;
use leadsman_domain::scoring::Axis;

use crate::Terms;
use crate::files::PolicyFiles;
use crate::links::Links;
use crate::reader::{Node, Section};
use crate::suggestion;

const FALLBACKS: [(&str, Fallback); 4] = [
    ("hold", Fallback::Hold),
    ("next", Fallback::Next),
    ("default-pool", Fallback::DefaultPool),
    ("reject", Fallback::Reject),
];

const AXES: [(&str, Axis); 3] =
    [("fit", Axis::Fit), ("engagement", Axis::Engagement), ("probability", Axis::Probability)];

/// Reads bindings, and gathers what they bring and name.
pub(crate) struct BindingReader<'a> {
    pub terms: &'a Terms,
    pub files: &'a PolicyFiles,
    pub components: BTreeMap<String, Vec<u8>>,
    pub links: Links<'a>,
}

impl<'a> BindingReader<'a> {
    /// The bindings of a stage, in order.
    pub fn stage(&mut self, node: Option<Node<'a>>, fallback: Fallback) -> Vec<Binding> {
        let sections = node.map(|node| node.sections()).unwrap_or_default();
        let read = |section: Section<'a>| {
            let binding = self.binding(&section, fallback.clone());
            section.close();
            binding
        };
        sections.into_iter().filter_map(read).collect()
    }

    /// The bindings of scoring plugins, which may say on which axis they speak.
    pub fn scoring(&mut self, node: Option<Node<'a>>) -> Vec<Binding> {
        let sections = node.map(|node| node.sections()).unwrap_or_default();
        let mut is_foretold = false;
        let read = |section: Section<'a>| {
            let node = section.get("axis");
            let axis = node.as_ref().and_then(|node| node.choice(&AXES));
            if let Some(node) = node.filter(|_| axis == Some(Axis::Probability)) {
                if is_foretold {
                    let help = "probabilities do not add up; one plugin foretells, the others give points";
                    node.problem("a plugin before this one foretells already", Some(help.to_owned()));
                }
                is_foretold = true;
            }
            let binding = self.binding(&section, Fallback::Hold).map(|binding| Binding { axis, ..binding });
            section.close();
            binding
        };
        sections.into_iter().filter_map(read).collect()
    }

    /// The bindings of follow-up plugins. One that gives no usable answer is asked again later, so there is
    /// nothing to fall back to.
    pub fn follow_up(&mut self, node: Option<Node<'a>>) -> Vec<Binding> {
        let sections = node.map(|node| node.sections()).unwrap_or_default();
        let read = |section: Section<'a>| {
            if let Some(fallback) = section.get("fallback") {
                let help =
                    "a follow-up plugin that breaks is asked again after an hour; leave `fallback` out";
                fallback.problem_with_key("follow-up has no fallback", Some(help.to_owned()));
            }
            let binding = self.binding(&section, Fallback::Next);
            section.close();
            binding
        };
        sections.into_iter().filter_map(read).collect()
    }

    /// The binding that a table holds, perhaps beside other keys.
    pub fn binding(&mut self, section: &Section<'a>, fallback: Fallback) -> Option<Binding> {
        let limits = section.get("limits").and_then(|node| self.limits(&node)).unwrap_or_default();
        let fallback = section.get("fallback").map_or(Some(fallback), |node| node.choice(&FALLBACKS));
        let source = self.source(section);
        let (configuration, file) = (section.get("config"), section.get("config_file"));
        if let (Some(_), Some(file)) = (&configuration, &file) {
            file.problem_with_key("`config` is there as well; give only one", None);
        }
        let from_file = file.and_then(|node| self.configuration_file(&node));
        if let (Some(PluginSource::BuiltIn(name)), Some(node)) = (&source, &configuration) {
            self.links.note_configuration(name, node);
        }
        let configuration = configuration.map(|node| node.json()).or(from_file);
        let configuration = configuration.unwrap_or_else(|| serde_json::json!({}));
        Some(Binding { source: source?, configuration, limits, fallback: fallback?, axis: None })
    }

    /// A configuration that nobody writes by hand, from a file in `models`.
    fn configuration_file(&self, node: &Node<'a>) -> Option<serde_json::Value> {
        let path = node.text()?;
        let Some(content) = self.files.get(path) else {
            let known: Vec<&str> = self.files.below("models", "json").map(|(path, ..)| path).collect();
            let help = suggestion::help(path, known.iter().copied()).or_else(|| {
                Some(
                    "configurations in files end in .json and lie in the policy's folder `models`".to_owned(),
                )
            });
            node.problem(format!("there is no file `{path}`"), help);
            return None;
        };
        let read = serde_json::from_slice(content);
        read.map_err(|error| node.problem(format!("`{path}` is no JSON: {error}"), None)).ok()
    }

    /// Where the component comes from: exactly one key says so.
    fn source(&mut self, section: &Section<'a>) -> Option<PluginSource> {
        let named = ["plugin", "path", "upload"].map(|key| section.get(key));
        match &named {
            [Some(plugin), None, None] => self.built_in(plugin),
            [None, Some(path), None] => self.file(path),
            [None, None, Some(upload)] => self.uploaded(upload),
            [None, None, None] => {
                let help = "name a built-in plugin with `plugin`, a file with `path`, or one that was uploaded \
                            with `upload`";
                section.problem("there is no plugin".to_owned(), Some(help.to_owned()));
                None
            }
            several => {
                if let Some(last) = several.iter().flatten().last() {
                    last.problem_with_key(
                        "`plugin` names a built-in plugin, `path` a file and `upload` an uploaded plugin; give \
                         only one",
                        None,
                    );
                }
                None
            }
        }
    }

    fn uploaded(&self, node: &Node<'a>) -> Option<PluginSource> {
        let label = node.text()?;
        match &self.terms.uploaded {
            Some(known) if known.contains(label) => {}
            Some(known) => {
                let help = suggestion::help(label, known.iter().map(String::as_str));
                node.problem(format!("no plugin `{label}` was uploaded"), help);
            }
            None => {
                let help = "say whose uploads are meant with `--data` and `--tenant`".to_owned();
                node.problem("uploaded plugins are not known here".to_owned(), Some(help));
            }
        }
        Some(PluginSource::Uploaded(label.to_owned()))
    }

    fn built_in(&self, node: &Node<'a>) -> Option<PluginSource> {
        let name = node.text()?;
        if let Some(built_in) = self.terms.built_in.as_ref().filter(|built_in| !built_in.contains(name)) {
            let help = suggestion::help(name, built_in.iter().map(String::as_str));
            node.problem(format!("there is no built-in plugin `{name}`"), help);
        }
        Some(PluginSource::BuiltIn(name.to_owned()))
    }

    /// A file is as large as any may be; whether this one may be so large, the sandbox sees by what is in it.
    fn file(&mut self, node: &Node<'a>) -> Option<PluginSource> {
        let path = node.text()?;
        if !self.components.contains_key(path) {
            match self.files.component(path, self.terms.limits_max.component_bytes) {
                Ok(component) => drop(self.components.insert(path.to_owned(), component)),
                Err(message) => {
                    node.problem(message, None);
                    return None;
                }
            }
        }
        Some(PluginSource::File(path.to_owned()))
    }

    /// Limits: the usual ones, but for those that are given. None may be above the plan's.
    fn limits(&self, node: &Node<'a>) -> Option<Limits> {
        let section = node.section()?;
        let most = &self.terms.limits_max;
        let number = |key: &'static str, usual: u64, most: u64| {
            section.get(key).and_then(|node| node.whole(1..=most)).unwrap_or(usual)
        };
        let bytes = |key: &'static str, usual: usize, most: usize| {
            usize::try_from(number(key, usual as u64, most as u64)).unwrap_or(usual)
        };
        let usual = Limits::default();
        let limits = Limits {
            fuel: number("fuel", usual.fuel, most.fuel),
            time_ms: number("time_ms", usual.time_ms, most.time_ms),
            memory_bytes: bytes("memory_bytes", usual.memory_bytes, most.memory_bytes),
            component_bytes: bytes("component_bytes", usual.component_bytes, most.component_bytes),
            input_bytes: bytes("input_bytes", usual.input_bytes, most.input_bytes),
            output_bytes: bytes("output_bytes", usual.output_bytes, most.output_bytes),
            host_call_bytes: bytes("host_call_bytes", usual.host_call_bytes, most.host_call_bytes),
            log_bytes: bytes("log_bytes", usual.log_bytes, most.log_bytes),
        };
        section.close();
        Some(limits)
    }
}
