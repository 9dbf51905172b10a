//! `leadsman trial`: a candidate beside the revision that decides, on a running server.

use clap::{Args, Subcommand};
use serde_json::{Map, Value, json};

use crate::exit::Exit;
use crate::print;
use crate::remote::Server;

/// Tries a candidate revision on a running server: in the shadow, or as a canary.
#[derive(Subcommand)]
pub enum Trial {
    /// Begins a trial. One runs at a time.
    Begin(Begin),
    /// Shows the trial that runs, what it has come to, and the trials that are over.
    Show(Show),
    /// Activates the candidate.
    Promote(End),
    /// Ends the trial; the candidate decides nothing any more.
    Stop(End),
}

#[derive(Args)]
pub struct Begin {
    /// The candidate's number.
    #[arg(value_name = "N")]
    revision: u64,
    #[command(flatten)]
    how: How,
    /// With `--shadow`: the trial rests after so many leads.
    #[arg(long, value_name = "N", requires = "shadow")]
    leads: Option<u64>,
    /// With `--canary`: activate the candidate once it has decided over so many new leads and no guard has
    /// objected.
    #[arg(long, value_name = "N", requires = "canary")]
    promote_after: Option<u64>,
    #[command(flatten)]
    guards: Guards,
    #[command(flatten)]
    told: Told,
}

/// How the candidate is tried.
#[derive(Args)]
#[group(required = true, multiple = false)]
struct How {
    /// It looks at new leads, without effect.
    #[arg(long)]
    shadow: bool,
    /// It decides over this share of leads, in percent.
    #[arg(long, value_name = "PERCENT")]
    canary: Option<f64>,
}

/// What ends a canary by itself.
#[derive(Args)]
struct Guards {
    /// Nobody judges before each side has so many new leads [default: 30].
    #[arg(long, value_name = "N", requires = "canary")]
    leads_min: Option<u64>,
    /// How much larger the share of leads without a usable answer may be, 0 to 1 [default: 0.01].
    #[arg(long, value_name = "SHARE", requires = "canary")]
    failed_more_max: Option<f64>,
    /// How far off the share of rejected leads may be, 0 to 1 [default: 0.1].
    #[arg(long, value_name = "SHARE", requires = "canary")]
    rejected_drift_max: Option<f64>,
    /// How far off the mean score may be, in standard deviations [default: 0.5].
    #[arg(long, value_name = "N", requires = "canary")]
    score_drift_max: Option<f64>,
    /// How many times as long the slowest hundredth of leads may take [default: 3].
    #[arg(long, value_name = "N", requires = "canary")]
    slower_max: Option<f64>,
}

/// Whom it is told, and why.
#[derive(Args)]
struct Told {
    #[command(flatten)]
    server: Server,
    /// Why.
    #[arg(long)]
    why: String,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
pub struct Show {
    #[command(flatten)]
    server: Server,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
pub struct End {
    /// The candidate: nothing is done unless it is what is tried.
    #[arg(long, value_name = "N")]
    revision: Option<u64>,
    #[command(flatten)]
    told: Told,
}

impl Trial {
    pub fn run(self) -> Result<(), Exit> {
        match self {
            Self::Begin(verb) => verb.run(),
            Self::Show(verb) => shown(&verb.server.connect()?.get("/v1/policy/trial")?, verb.json),
            Self::Promote(verb) => verb.run(true),
            Self::Stop(verb) => verb.run(false),
        }
    }
}

impl Begin {
    fn run(self) -> Result<(), Exit> {
        let mode = if self.how.shadow { "shadow" } else { "canary" };
        let mut body = json!({ "revision": self.revision, "mode": mode, "reason": self.told.why });
        let given = [
            ("leads", self.leads.map(Value::from)),
            ("percent", self.how.canary.map(Value::from)),
            ("promote_after", self.promote_after.map(Value::from)),
            ("guards", (!self.how.shadow).then(|| self.guards.as_json())),
        ];
        for (name, value) in given {
            if let Some(value) = value {
                body[name] = value;
            }
        }
        shown(&self.told.server.connect()?.post("/v1/policy/trial", &body)?, self.told.json)
    }
}

impl Guards {
    /// Those that were given; the server knows the others.
    fn as_json(&self) -> Value {
        let given = [
            ("leads_min", self.leads_min.map(Value::from)),
            ("failed_more_max", self.failed_more_max.map(Value::from)),
            ("rejected_drift_max", self.rejected_drift_max.map(Value::from)),
            ("score_drift_max", self.score_drift_max.map(Value::from)),
            ("slower_max", self.slower_max.map(Value::from)),
        ];
        let given = given.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
        Value::Object(given.collect::<Map<_, _>>())
    }
}

impl End {
    fn run(self, promote: bool) -> Result<(), Exit> {
        let Told { server, why, json } = self.told;
        let mut body = json!({ "promote": promote, "reason": why });
        if let Some(revision) = self.revision {
            body["revision"] = revision.into();
        }
        shown(&server.connect()?.post("/v1/policy/trial/end", &body)?, json)
    }
}

fn shown(trials: &Value, json: bool) -> Result<(), Exit> {
    if json {
        return print::json(trials);
    }
    print::trials(trials);
    Ok(())
}
