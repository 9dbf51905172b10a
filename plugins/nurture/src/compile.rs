//! From the configuration to the plugin, with the place of every problem.

use std::collections::BTreeMap;

use leadsman_sdk::condition::Scope;
use leadsman_sdk::kinds::{self, Kinds};
use leadsman_sdk::prelude::*;

use crate::config::{CapConfig, Config, GroupConfig, ThenConfig, TrackConfig, UpgradeConfig};
use crate::pace::{Cap, Pace};
use crate::track::{Group, Send, Track};
use crate::upgrade::Upgrade;
use crate::{Nurture, SENT};

/// The longest name of a track, in bytes: a key holds it together with a template and a moment.
const TRACK_BYTES_MAX: usize = 32;
/// The longest name of anything else, in bytes.
const NAME_BYTES_MAX: usize = 63;
/// The last day of a track.
const DAY_MAX: u32 = 36_500;
/// How many messages a track may have.
const SENDS_MAX: usize = 50;
/// How much of a reason is shown, in bytes.
const REASON_BYTES_MAX: usize = 500;

pub(crate) fn compile(config: &Config) -> Result<Nurture, Vec<Problem>> {
    let mut compiler = Compiler::default();
    let tracks = compiler.tracks(config);
    let groups = compiler.groups(config, &tracks);
    compiler.kinds(&config.stop_on, "/stop_on");
    let opt_out = config.opt_out.as_ref().map(|name| {
        compiler.name(name, NAME_BYTES_MAX, "/opt_out");
        (name.clone(), compiler.scope.attribute(name))
    });
    compiler.kinds(&config.opt_out_on, "/opt_out_on");
    let cap = config.cap.as_ref().and_then(|cap| compiler.cap(cap));
    for (index, pool) in config.pools.iter().enumerate() {
        compiler.name(pool, NAME_BYTES_MAX, &format!("/pools/{index}"));
    }
    let calendar = config.at.as_ref().map(|at| {
        compiler.name(&at.calendar, NAME_BYTES_MAX, "/at/calendar");
        at.calendar.clone()
    });
    let upgrades = compiler.upgrades(&config.upgrade);
    let Compiler { scope, kinds } = compiler;
    Ok(Nurture {
        needs: scope.finish()?.activities(kinds.names()),
        groups,
        tracks,
        stops: kinds.covered_by(&config.stop_on),
        opt_out,
        opts_out: kinds.covered_by(&config.opt_out_on),
        sent: kinds.covered_by(&[SENT]),
        pace: Pace { cap, calendar },
        pools: config.pools.clone(),
        upgrades,
    })
}

struct Compiler {
    scope: Scope,
    kinds: Kinds,
}

impl Default for Compiler {
    fn default() -> Self {
        Self { scope: Scope::for_follow_up(), kinds: Kinds::new() }
    }
}

impl Compiler {
    fn tracks(&mut self, config: &Config) -> Vec<Track> {
        let Some(tracks) = &config.tracks else { return vec![wake_up()] };
        if tracks.is_empty() {
            self.scope.problem("/tracks", "must not be empty");
        }
        let names =
            tracks.iter().enumerate().map(|(index, track)| (track.name.as_str(), format!("/tracks/{index}")));
        self.unique(names, TRACK_BYTES_MAX);
        let each = tracks.iter().enumerate();
        each.map(|(index, track)| self.track(track, &format!("/tracks/{index}/sends"))).collect()
    }

    fn track(&mut self, track: &TrackConfig, place: &str) -> Track {
        if !(1..=SENDS_MAX).contains(&track.sends.len()) {
            self.scope.problem(place, format!("must be 1 to {SENDS_MAX} messages"));
        }
        for (index, send) in track.sends.iter().enumerate() {
            self.name(&send.template, NAME_BYTES_MAX, &format!("{place}/{index}/template"));
            let earlier = &track.sends[..index];
            if send.day > DAY_MAX {
                self.scope.problem(format!("{place}/{index}/day"), format!("must be at most {DAY_MAX}"));
            }
            if earlier.last().is_some_and(|before| before.day > send.day) {
                let message = "must not be earlier than the day of the message before";
                self.scope.problem(format!("{place}/{index}/day"), message);
            }
            if earlier.iter().any(|before| (before.day, &before.template) == (send.day, &send.template)) {
                let message = "is sent on that day already";
                self.scope.problem(format!("{place}/{index}/template"), message);
            }
        }
        let sends = track.sends.iter().map(|send| Send { day: send.day, template: send.template.clone() });
        Track { name: track.name.clone(), sends: sends.collect() }
    }

    fn groups(&mut self, config: &Config, tracks: &[Track]) -> Vec<Group> {
        let Some(groups) = &config.groups else {
            if tracks.len() > 1 {
                self.scope.problem("/groups", "say who is on which of the tracks");
            }
            return vec![Group { name: "everybody".to_owned(), when: None, track: 0 }];
        };
        let names =
            groups.iter().enumerate().map(|(index, group)| (group.name.as_str(), format!("/groups/{index}")));
        self.unique(names, NAME_BYTES_MAX);
        let everybody = groups.iter().position(|group| group.when.is_none());
        let each = groups.iter().enumerate();
        each.map(|(index, group)| {
            let place = format!("/groups/{index}");
            if let Some(earlier) = everybody.filter(|earlier| *earlier < index) {
                self.scope.problem(&place, format!("is never reached: /groups/{earlier} takes everybody"));
            }
            self.group(group, tracks, &place)
        })
        .collect()
    }

    fn group(&mut self, group: &GroupConfig, tracks: &[Track], place: &str) -> Group {
        let when = group.when.as_ref().map(|when| self.scope.compile(when, &format!("{place}/when")));
        let track = tracks.iter().position(|track| track.name == group.track);
        if track.is_none() {
            self.scope.problem(format!("{place}/track"), format!("there is no track `{}`", group.track));
        }
        Group { name: group.name.clone(), when, track: track.unwrap_or(0) }
    }

    fn cap(&mut self, cap: &CapConfig) -> Option<Cap> {
        self.kinds.add(SENT);
        if cap.sends == 0 {
            self.scope.problem("/cap/sends", "must be at least 1");
        }
        let within = cap.within.millis().map_err(|message| self.scope.problem("/cap/within", message));
        within.ok().map(|within_ms| Cap { sends: cap.sends.max(1) as usize, within_ms })
    }

    fn upgrades(&mut self, upgrades: &[UpgradeConfig]) -> Vec<Upgrade> {
        let names: Vec<String> = upgrades
            .iter()
            .enumerate()
            .map(|(index, upgrade)| upgrade.name.clone().unwrap_or_else(|| (index + 1).to_string()))
            .collect();
        let places = (0..names.len()).map(|index| format!("/upgrade/{index}"));
        self.unique(names.iter().map(String::as_str).zip(places), NAME_BYTES_MAX);
        let each = upgrades.iter().zip(names).enumerate();
        each.filter_map(|(index, (upgrade, name))| self.upgrade(upgrade, name, &format!("/upgrade/{index}")))
            .collect()
    }

    fn upgrade(&mut self, upgrade: &UpgradeConfig, name: String, place: &str) -> Option<Upgrade> {
        let when = self.scope.compile(&upgrade.when, &format!("{place}/when"));
        let then = self.then(&upgrade.then, &format!("{place}/then"))?;
        let reason = shortened(format!("Upgrade {name}: {}", upgrade.when));
        Some(Upgrade { name, when, then, reason })
    }

    fn then(&mut self, then: &ThenConfig, place: &str) -> Option<Deed> {
        if let Some(to) = &then.recycle {
            self.name(&to.pool, NAME_BYTES_MAX, &format!("{place}/recycle/pool"));
        }
        let given = [
            then.route.filter(|route| *route).map(|_| Deed::Route),
            then.advance.map(Deed::advance),
            then.recycle.as_ref().map(|to| Deed::Recycle(Some(to.pool.clone()))),
        ];
        let mut given = given.into_iter().flatten();
        match (given.next(), given.next()) {
            (Some(deed), None) => Some(deed),
            _ => {
                let message =
                    "expected exactly one of `route = true`, `advance`, `recycle = { pool = \"…\" }`";
                self.scope.problem(place, message);
                None
            }
        }
    }

    /// The messages that a track sends must not stop it.
    fn kinds(&mut self, kinds: &[String], place: &str) {
        for (index, kind) in kinds.iter().enumerate() {
            let place = format!("{place}/{index}");
            if let Err(message) = kinds::check(kind) {
                self.scope.problem(&place, message);
            } else if kinds::covers(kind, SENT) {
                self.scope.problem(&place, format!("covers `{SENT}`: the first message would be the last"));
            }
            self.kinds.add(kind);
        }
    }

    fn unique<'a>(&mut self, names: impl Iterator<Item = (&'a str, String)>, bytes_max: usize) {
        let mut known: BTreeMap<&str, String> = BTreeMap::new();
        for (name, place) in names {
            let at = format!("{place}/name");
            self.name(name, bytes_max, &at);
            if name.contains('/') {
                self.scope.problem(&at, "must not contain `/`");
            }
            if let Some(earlier) = known.insert(name, place) {
                self.scope.problem(&at, format!("`{name}` is already the name of {earlier}"));
            }
        }
    }

    fn name(&mut self, name: &str, bytes_max: usize, place: &str) {
        if name.trim().is_empty() {
            self.scope.problem(place, "must not be empty");
        }
        if name.len() > bytes_max {
            self.scope.problem(place, format!("must not be longer than {bytes_max} bytes"));
        }
    }
}

/// The track for those who say nothing else.
fn wake_up() -> Track {
    let sends = [(1, "brand"), (3, "product"), (7, "case"), (10, "offer")];
    let sends = sends.map(|(day, template)| Send { day, template: template.to_owned() });
    Track { name: "wake-up".to_owned(), sends: sends.into() }
}

fn shortened(mut text: String) -> String {
    if text.len() > REASON_BYTES_MAX {
        text.truncate(text.floor_char_boundary(REASON_BYTES_MAX));
        text.push('…');
    } else {
        text.push('.');
    }
    text
}
