//! `leadsman top`: what a running server is busy with.

use std::time::Duration;

use anyhow::Context as _;
use clap::Args;

use crate::clock::Stopwatch;
use crate::exit::Exit;
use crate::look::Look;
use crate::print;
use crate::scrape::Scrape;

/// Shows what a running server is busy with, from the metrics that it counts: `serve --metrics ADDRESS`.
#[derive(Args)]
pub struct Top {
    /// Where the metrics are, such as http://127.0.0.1:9090/metrics.
    #[arg(long, value_name = "URL")]
    metrics: String,
    /// Seconds between two looks.
    #[arg(long, default_value_t = 2.0, value_name = "SECONDS")]
    every: f64,
    /// Look once, at everything since the server was started.
    #[arg(long)]
    once: bool,
    /// Print JSON, a line for each look.
    #[arg(long)]
    json: bool,
}

impl Top {
    pub fn run(self) -> Result<(), Exit> {
        let client = reqwest::blocking::Client::new();
        let read = || -> Result<Scrape, Exit> {
            let answer = client.get(&self.metrics).send().and_then(reqwest::blocking::Response::text);
            let cannot_read = || format!("cannot read {}", self.metrics);
            Ok(Scrape::of(&answer.with_context(cannot_read)?).with_context(cannot_read)?)
        };
        let mut before = read()?;
        if self.once {
            return self.show(&Look::between(&Scrape::default(), &before, None));
        }
        loop {
            let watch = Stopwatch::start();
            std::thread::sleep(Duration::from_secs_f64(self.every.clamp(0.1, 3600.0)));
            let now = read()?;
            self.show(&Look::between(&before, &now, Some(watch.seconds())))?;
            before = now;
        }
    }

    fn show(&self, look: &Look) -> Result<(), Exit> {
        if self.json {
            println!("{}", serde_json::to_string(look)?);
            return Ok(());
        }
        if !self.once {
            // Clears the screen and goes to its first place.
            print!("\u{1b}[2J\u{1b}[H");
        }
        print::look(look);
        Ok(())
    }
}
