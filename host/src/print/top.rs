//! What a running server is busy with, for people.

use super::report::table;
use crate::look::Look;

/// Prints a look at a server.
pub fn look(look: &Look) {
    match look.seconds {
        Some(seconds) => println!("in {seconds:.1} s"),
        None => println!("since the server was started"),
    }
    let tenants = look.tenants.iter().map(|(tenant, row)| {
        let (looked, different) = row.shadow;
        vec![
            tenant.clone(),
            whole(row.commits),
            row.commit_p99_ms.map_or_else(String::new, |p99| format!("{p99:.2}")),
            whole(row.waiting),
            whole(looked),
            whole(different),
        ]
    });
    let header = ["tenant", "commits", "p99 ms", "waiting", "shadow looked", "different"];
    println!("{}", table(&header, tenants));
    let plugins = look.plugins.iter().map(|row| {
        let faults: Vec<String> =
            row.faults.iter().map(|(class, count)| format!("{class} {}", whole(*count))).collect();
        vec![
            format!("{} {} {}", row.tenant, row.stage, row.plugin),
            whole(row.decisions),
            whole(row.calls),
            whole(row.mean_us),
            row.p99_us.map_or_else(String::new, whole),
            whole(row.fuel),
            faults.join(", "),
        ]
    });
    let header = ["plugin", "decisions", "calls", "mean us", "p99 us", "fuel", "without an answer"];
    println!("{}", table(&header, plugins));
}

fn whole(number: f64) -> String {
    format!("{number:.0}")
}
