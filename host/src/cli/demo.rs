//! `leadsman demo`: made-up leads through every stage, and a report.

use std::collections::{BTreeMap, HashMap};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use indicatif::ProgressBar;
use leadsman_domain::lead::Activity;
use leadsman_domain::submission::Submission;
use leadsman_domain::{Digest, LeadId, TenantId, Timestamp};
use leadsman_flow::{Acted, Adopt, Desk, Pending, Tally};
use leadsman_http::tokens::{Role, TokenRecord};
use leadsman_intake::complete;

use super::{serve, token, warrant};
use crate::clock::{self, Stopwatch};
use crate::courier::Reach;
use crate::demo::{self, Happening};
use crate::exit::Exit;
use crate::metrics::Metrics;
use crate::policies::{self, Opened};
use crate::ready::Readying;
use crate::{installation, print};

/// Submissions that are decided together.
const CHUNK: usize = 256;

/// Generates leads, takes them through every stage and reports.
#[derive(Args)]
pub struct Demo {
    /// How many submissions.
    #[arg(long, default_value_t = 4_000)]
    leads: usize,
    /// The seed: the same one makes the same leads.
    #[arg(long, default_value_t = 20_260_105)]
    seed: u64,
    /// Keep the data in this folder; else in a temporary one that is deleted in the end.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Go on and serve the leads over HTTP, with a token for each role.
    #[arg(long)]
    serve: bool,
    /// Where to listen with --serve.
    #[arg(long, default_value = "127.0.0.1:7070", value_name = "ADDRESS")]
    listen: SocketAddr,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl Demo {
    pub fn run(self) -> Result<(), Exit> {
        let temporary = tempfile::Builder::new().prefix("leadsman-demo-").tempdir()?;
        let folder = self.data.clone().unwrap_or_else(|| temporary.path().join("data"));
        let store = installation::open(&folder)?;
        let tenant = TenantId::parse("demo")?;
        let preparing = Stopwatch::start();
        let readying = Arc::new(Readying::new()?);
        let checked = policies::check_files(&readying, &demo::policy());
        let checked = checked.map_err(|errors| policies::problems(&errors))?;
        let opened = checked.open(
            Arc::clone(&readying) as _,
            store.tenant(&tenant),
            Adopt::Always,
            &warrant("leadsman demo"),
            Arc::new(Stopwatch::start()),
        )?;
        let preparing = preparing.seconds();
        let happenings = demo::happenings(self.seed, self.leads);
        let played = Play::new(&opened).all(happenings)?;
        let summary = opened.desk.archive().summary()?;
        if self.json {
            let rate = played.per_second();
            let Played { tally, activities, conversions, seconds, .. } = &played;
            print::json(&serde_json::json!({
                "tally": tally, "summary": summary, "activities": activities, "conversions": conversions,
                "seconds": seconds, "leads_per_second": rate,
            }))?;
        } else {
            println!("Sixty days of a company that sells software for warehouses, seed {}.\n", self.seed);
            print::summary(&summary);
            played.tell(preparing, self.data.as_ref().map(|_| folder.display().to_string()));
        }
        if !self.serve {
            store.close();
            return Ok(());
        }
        println!("\nTokens of tenant demo:");
        for role in [Role::Admin, Role::Author, Role::Intake, Role::Reader] {
            let label = format!("demo {}", role.as_str());
            let record = TokenRecord { tenant: tenant.clone(), role, rep: None, label, issued: clock::now() };
            println!("  {:<7} {}", role.as_str(), token::issue(store.system().as_ref(), &record)?);
        }
        let tenants = BTreeMap::from([(tenant, opened)]);
        let (listen, metrics) = (self.listen, Metrics::new());
        let (metrics_listen, reach) = (None, Reach::Public);
        serve::Serving { store: &store, readying, tenants, listen, metrics, metrics_listen, reach }.serve()
    }
}

/// The demo being played.
struct Play<'a> {
    desk: &'a Desk,
    opened: &'a Opened,
    leads: HashMap<Digest, LeadId>,
    waiting: Vec<Submission>,
    under_way: Option<Pending<Acted>>,
    played: Played,
}

#[derive(Default)]
struct Played {
    tally: Tally,
    activities: u64,
    conversions: u64,
    seconds: f64,
    example: Option<LeadId>,
}

impl<'a> Play<'a> {
    fn new(opened: &'a Opened) -> Self {
        let played = Played::default();
        Self {
            desk: &opened.desk,
            opened,
            leads: HashMap::new(),
            waiting: Vec::new(),
            under_way: None,
            played,
        }
    }

    /// Plays everything in the order of time. Submissions are taken in together until something else
    /// happens to one of them.
    fn all(mut self, happenings: Vec<Happening>) -> Result<Played, Exit> {
        let bar = ProgressBar::new(happenings.len() as u64);
        let watch = Stopwatch::start();
        for happening in happenings {
            bar.inc(1);
            let now = happening.at();
            match happening {
                Happening::Submitted(submission) => self.submit(*submission)?,
                Happening::Acted { submission, activity } => {
                    let Some(lead) = self.lead(&submission)? else { continue };
                    self.played.activities += 1;
                    if let Some(pending) = record_once(self.desk, &lead, activity, now)? {
                        self.under_way = Some(pending);
                    }
                }
                Happening::Converted { submission, conversion } => {
                    let Some(lead) = self.lead(&submission)? else { continue };
                    self.desk.convert(&lead, &conversion, now)?.wait()?;
                    self.played.conversions += 1;
                    self.played.example = Some(lead);
                }
            }
        }
        self.take_in()?;
        // Commits become durable in order, so the last one stands for all.
        if let Some(last) = self.under_way.take() {
            last.wait()?;
        }
        bar.finish_and_clear();
        self.played.seconds = watch.seconds();
        Ok(self.played)
    }

    fn submit(&mut self, mut submission: Submission) -> Result<(), Exit> {
        match complete(&mut submission, self.opened.region) {
            Ok(()) => self.waiting.push(submission),
            Err(_) => self.played.tally.count_invalid(),
        }
        if self.waiting.len() >= CHUNK { self.take_in() } else { Ok(()) }
    }

    fn take_in(&mut self) -> Result<(), Exit> {
        let waiting = std::mem::take(&mut self.waiting);
        let keys: Vec<Digest> = waiting.iter().map(|submission| submission.key).collect();
        for (key, intake) in keys.into_iter().zip(self.desk.take_in(waiting)?.wait()?) {
            self.played.tally.count(&intake);
            self.leads.insert(key, intake.lead);
        }
        Ok(())
    }

    /// The lead of a submission, which may still be waiting to be taken in.
    fn lead(&mut self, submission: &Digest) -> Result<Option<LeadId>, Exit> {
        if self.waiting.iter().any(|waiting| waiting.key == *submission) {
            self.take_in()?;
        }
        Ok(self.leads.get(submission).cloned())
    }
}

/// Records an activity unless a run before did so: a demo on kept data changes nothing.
fn record_once(
    desk: &Desk,
    lead: &LeadId,
    activity: Activity,
    now: Timestamp,
) -> Result<Option<Pending<Acted>>, Exit> {
    if desk.archive().lead(lead)?.activities.contains(&activity) {
        return Ok(None);
    }
    Ok(Some(desk.record(lead, activity, now)?))
}

impl Played {
    fn per_second(&self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "a rate")]
        let received = self.tally.received as f64;
        received / self.seconds.max(f64::MIN_POSITIVE)
    }

    fn tell(&self, preparing: f64, kept: Option<String>) {
        println!(
            "\n{} submissions, {} activities and {} conversions in {:.2} s ({:.0} submissions a second), every one \
             durable; {preparing:.2} s to make the plugins ready.",
            self.tally.received,
            self.activities,
            self.conversions,
            self.seconds,
            self.per_second(),
        );
        if let (Some(folder), Some(lead)) = (kept, &self.example) {
            println!("Ask why: leadsman explain {lead} --data {folder} --tenant demo");
        }
    }
}
