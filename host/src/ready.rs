//! Revisions made ready: their plugins compiled and configured in the sandbox, and those kept that were
//! asked for last.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use leadsman_domain::Digest;
use leadsman_domain::policy::{PluginSource, Policy};
use leadsman_flow::Frozen;
use leadsman_flow::rules::{Rulebook, Rules};
use leadsman_rules::{Preparation, PreparedRulebook, RulebookError, Sandbox};

use crate::exit::Exit;
use crate::{installation, policies};

/// How many revisions of all tenants are kept ready although none of them may decide now.
const KEPT_MAX: usize = 16;

/// Makes revisions ready.
pub struct Readying {
    sandbox: Sandbox,
    kept: Mutex<VecDeque<(Digest, Arc<PreparedRulebook>)>>,
}

impl Readying {
    /// Sets up the sandbox.
    pub fn new() -> Result<Self, Exit> {
        Ok(Self { sandbox: installation::sandbox()?, kept: Mutex::default() })
    }

    /// Makes revisions ready whose calls are looked into: for authors.
    pub fn noting_functions() -> Result<Self, Exit> {
        Ok(Self { sandbox: installation::noting_sandbox()?, kept: Mutex::default() })
    }

    /// Makes revisions ready that tell histories again, or made-up ones: their plugins are held to their fuel and
    /// hardly to their time, so that they come out the same on every machine.
    /// For whoever waits at the terminal: a server has others to serve.
    pub fn patient(&self) -> Self {
        Self { sandbox: self.sandbox.patient(), kept: Mutex::default() }
    }

    /// Whether a policy with its components is ready, by the digest of all of it.
    pub fn is_ready(&self, digest: &Digest) -> bool {
        self.kept().iter().any(|(known, _)| known == digest)
    }

    /// Makes a policy with its components ready, in the order of [`Policy::sources`]; `digest` is that
    /// of all of it.
    pub fn policy(
        &self,
        digest: Digest,
        policy: &Policy,
        components: &[Vec<u8>],
    ) -> Result<Arc<PreparedRulebook>, Box<RulebookError>> {
        {
            let mut kept = self.kept();
            if let Some(place) = kept.iter().position(|(known, _)| *known == digest)
                && let Some(known) = kept.remove(place)
            {
                let ready = Arc::clone(&known.1);
                kept.push_front(known);
                return Ok(ready);
            }
        }
        let sources = policy.sources();
        let find = |source: &PluginSource| {
            let place = sources.iter().position(|known| *known == source);
            let component = place.and_then(|place| components.get(place)).cloned();
            component.ok_or_else(|| "its component is missing".to_owned())
        };
        let plan = policies::limits_max();
        let ready =
            Arc::new(PreparedRulebook::prepare(&self.sandbox, policy, &find, plan, Preparation::Frozen)?);
        let mut kept = self.kept();
        kept.truncate(KEPT_MAX - 1);
        kept.push_front((digest, Arc::clone(&ready)));
        Ok(ready)
    }

    fn kept(&self) -> MutexGuard<'_, VecDeque<(Digest, Arc<PreparedRulebook>)>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Rules for Readying {
    fn ready(&self, frozen: &Frozen) -> Result<Arc<dyn Rulebook>, String> {
        let ready = self.policy(frozen.record.digest, &frozen.policy, &frozen.components);
        ready.map(|ready| ready as Arc<dyn Rulebook>).map_err(|error| error.to_string())
    }
}
