//! `leadsman simulate`: a team works through made-up weeks, under one policy or under two side by side.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Context as _, anyhow};
use chrono::NaiveDate;
use clap::Args;
use indicatif::ProgressBar;
use leadsman_domain::calendar::first_moment;
use leadsman_domain::policy::{Calendar, Policy};
use leadsman_flow::Revision;
use leadsman_policy::Market;
use serde::Serialize;

use crate::exit::{self, Exit};
use crate::policies::{self, Checked, Shelf};
use crate::print;
use crate::ready::Readying;
use crate::simulation::{Chance, Report, World, market, play};

/// How many leads come in on a working day, if nothing else is said.
const LEADS_A_DAY: u32 = 100;

/// The kind of activity that a call is, if nothing else is said.
const CALL: &str = "call.done";

/// Runs a team, its hours, made-up leads and every deadline through simulated weeks, and tells who got
/// what, what came too late and what was lost. The same seed tells the same story, to the last byte.
#[derive(Args)]
pub struct Simulate {
    /// The policy's folder.
    #[arg(value_name = "POLICY")]
    policy: PathBuf,
    /// Another policy's folder: the same world is played under it as well.
    #[arg(long, value_name = "DIR")]
    beside: Option<PathBuf>,
    /// How many days.
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=3_650))]
    days: u32,
    /// The seed.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Who comes in and what they do; `world.toml` of the policy if it is there, or else the demo's people.
    #[arg(long, value_name = "FILE")]
    world: Option<PathBuf>,
    /// How many leads come in on a working day; what the world says if missing, or else 100, and a third of them
    /// on other days.
    #[arg(long, value_name = "N")]
    leads_a_day: Option<u32>,
    /// The first day.
    #[arg(long, default_value = "2026-01-05", value_name = "DATE")]
    from: NaiveDate,
    /// The calendar of the policy in which reps work; `office` if missing, or where there is none, weekdays from
    /// nine to five.
    #[arg(long, value_name = "NAME")]
    hours: Option<String>,
    /// The kind of activity that a call is; what the world says if missing, or else `call.done`.
    #[arg(long, value_name = "KIND")]
    call: Option<String>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// What is printed as JSON.
#[derive(Serialize)]
struct Simulated<'a> {
    seed: u64,
    days: u32,
    from: NaiveDate,
    policies: Vec<Named<'a>>,
}

#[derive(Serialize)]
struct Named<'a> {
    policy: &'a Path,
    #[serde(flatten)]
    report: &'a Report,
}

impl Simulate {
    pub fn run(self) -> Result<(), Exit> {
        let readying = Readying::new()?.patient();
        let folders: Vec<&Path> =
            std::iter::once(&self.policy).chain(&self.beside).map(PathBuf::as_path).collect();
        let checked: Vec<Checked> = folders
            .iter()
            .map(|folder| policies::check(&readying, folder, Shelf::BUILT_IN))
            .collect::<Result<_, Exit>>()?;
        let market = self.market(&checked)?;
        let of_market = market.as_ref().and_then(|market| market.calls.kind.clone());
        let call = self.call.clone().or(of_market).unwrap_or_else(|| CALL.to_owned());
        for (folder, checked) in folders.iter().zip(&checked) {
            check_call(folder, &checked.loaded.policy, &call)?;
        }
        // One world for all, in the hours and the zone of the first policy.
        let world = self.world(&checked[0].loaded.policy, market)?;
        let reports = play_all(&world, checked, &call)?;
        let named: Vec<(&Path, &Report)> = folders.iter().copied().zip(&reports).collect();
        if self.json {
            let policies = named.iter().map(|(policy, report)| Named { policy, report }).collect();
            return print::json(&Simulated { seed: self.seed, days: self.days, from: self.from, policies });
        }
        if self.world_file().is_none() {
            println!("The people of the demo come in: there is no world.toml in {}.", self.policy.display());
        }
        println!(
            "{} days from {} on, {} leads a day, seed {}.\n",
            self.days, self.from, world.leads_a_day, self.seed
        );
        print::simulations(&named);
        Ok(())
    }

    /// The file that says who comes in, if there is one.
    fn world_file(&self) -> Option<PathBuf> {
        self.world.clone().or_else(|| market::file_of(&self.policy))
    }

    /// Who comes in, checked against each of the policies; none for the demo's people.
    fn market(&self, checked: &[Checked]) -> Result<Option<Market>, Exit> {
        let Some(file) = self.world_file() else { return Ok(None) };
        let of = |one: &Checked| market::read(&file, &one.loaded.policy);
        let markets: Vec<Market> = checked.iter().map(of).collect::<Result<_, Exit>>()?;
        Ok(markets.into_iter().next())
    }

    fn world(&self, policy: &Policy, market: Option<Market>) -> Result<World, Exit> {
        let hours =
            policy.hours(self.hours.as_deref()).context("--hours").map_err(Exit::with(exit::NOT_FOUND))?;
        let hours = hours.cloned().unwrap_or_else(|| nine_to_five(policy.zone));
        let midnight = self.from.and_time(chrono::NaiveTime::MIN);
        let start = first_moment(hours.zone, midnight).ok_or_else(|| anyhow!("{} is no day", self.from))?;
        let of_market = market.as_ref().map(|market| market.leads_a_day);
        let leads_a_day = self.leads_a_day.or(of_market).unwrap_or(LEADS_A_DAY);
        Ok(World { chance: Chance(self.seed), start, days: self.days, leads_a_day, hours, market })
    }
}

/// Calls have to be activities that the policy knows.
fn check_call(folder: &Path, policy: &Policy, call: &str) -> Result<(), Exit> {
    if policy.activities.is_empty() || policy.activities.contains(call) {
        return Ok(());
    }
    let known = policy.activities.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
    let error = anyhow!(
        "the policy in {} knows no activity {call:?}; name one of its own with --call: {known}",
        folder.display()
    );
    Err(Exit { code: exit::POLICY, error })
}

/// Weekdays from nine to five.
fn nine_to_five(zone: chrono_tz::Tz) -> Calendar {
    let spans = |day| if day < 5 { vec![(9 * 60, 17 * 60)] } else { Vec::new() };
    Calendar { zone, week: std::array::from_fn(spans), holidays: Default::default() }
}

/// Plays the world under each policy, all at the same time.
fn play_all(world: &World, policies: Vec<Checked>, call: &str) -> Result<Vec<Report>, Exit> {
    let bar = ProgressBar::new(1_000);
    let shares: Vec<AtomicU64> = policies.iter().map(|_| AtomicU64::new(0)).collect();
    let (bar, shares) = (&bar, &shares);
    let reports = std::thread::scope(|scope| {
        let play_one = |(nth, checked): (usize, Checked)| {
            scope.spawn(move || {
                let Checked { loaded, region, rulebook, .. } = checked;
                let revision = Revision { number: 1, policy: Arc::new(loaded.policy), rulebook };
                play(world, revision, region, call, &mut |share| {
                    shares[nth].store((share * 1_000.0) as u64, Ordering::Relaxed);
                    let all: u64 = shares.iter().map(|share| share.load(Ordering::Relaxed)).sum();
                    bar.set_position(all / shares.len() as u64);
                })
            })
        };
        let threads: Vec<_> = policies.into_iter().enumerate().map(play_one).collect();
        let joined = threads.into_iter().map(|thread| thread.join());
        joined
            .map(|played| {
                played.map_err(|_| anyhow!("a simulation broke down"))?.map_err(anyhow::Error::from)
            })
            .collect::<anyhow::Result<Vec<_>>>()
    });
    bar.finish_and_clear();
    Ok(reports?)
}
