//! Cases for people.

use crate::cases::Tested;

/// Prints what came of cases.
pub fn tested(tested: &Tested) {
    let mut file = "";
    for case in &tested.cases {
        if case.file != file {
            file = &case.file;
            println!("{file}");
        }
        let mark = if case.problems.is_empty() { "ok  " } else { "FAIL" };
        println!("  {mark} {} ({} fuel)", case.name, case.fuel);
        for problem in &case.problems {
            println!("       {}", problem.to_string().replace('\n', "\n       "));
        }
    }
    println!("\n{} cases, {} failed", tested.cases.len(), tested.failed());
    if tested.rules > 0 {
        println!("{} of {} rules fired", tested.rules_fired, tested.rules);
    }
    for (plugin, rules) in &tested.never_fired {
        println!("  never, of {plugin}: {}", rules.join(", "));
    }
    for one in &tested.regressions {
        println!("more fuel: {}, {}: {} -> {}", one.case, one.plugin, one.was, one.is);
    }
}
