//! What calls take, for people.

use comfy_table::Table;
use comfy_table::presets::NOTHING;

use crate::bench::{Benched, Latency};

/// Prints what calls of plugins take.
pub fn benched(benched: &[Benched]) {
    for one in benched {
        println!("{}, {}: {} questions of its cases", one.component, one.serves, one.questions);
        println!("  fresh sandbox   {}", latency(one.fresh));
        println!("  kept sandbox    {}", latency(one.warm));
        println!("  fuel            {} to {}", one.fuel.0, one.fuel.1);
        println!("  memory          {} KiB", one.memory_bytes >> 10);
        println!("  component       {} KiB", one.component_bytes >> 10);
        if one.functions.is_empty() {
            println!();
            continue;
        }
        println!("  where the fuel goes, for the question that takes most");
        let mut table = Table::new();
        table.load_style(NOTHING).set_header(["itself", "with calls", "function"]);
        for function in &one.functions {
            let percent = |share: f64| format!("{share:.1} %");
            table.add_row([
                percent(function.own_percent),
                percent(function.whole_percent),
                function.name.clone(),
            ]);
        }
        println!("{table}\n");
    }
}

fn latency(latency: Latency) -> String {
    format!("p50 {:.1} µs, p99 {:.1} µs", latency.p50_us, latency.p99_us)
}
