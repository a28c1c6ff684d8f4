//! What a comparison comes to, in sentences without full stops.

use super::super::text::grouped;
use super::metric::METRICS;
use super::{Against, Comparison, FactRow, Finding, MetricRow, letter};

/// A sentence for each fact that is worth one, then one for each figure and each design but the first.
pub fn sentences(comparison: &Comparison) -> Vec<String> {
    let mut said: Vec<String> = comparison.facts.iter().filter(|row| is_notable(row)).map(fact).collect();
    for design in 1..comparison.designs.len() {
        let all =
            comparison.metrics.iter().flat_map(|row| row.against_first.iter().map(move |one| (row, one)));
        let own: Vec<_> = all.filter(|(_, against)| against.design == design).collect();
        if own.iter().all(|(_, against)| against.difference.is_none()) {
            let who = letter(design);
            said.push(format!("nothing that was measured can be said of {who}: fewer than two rounds count"));
        } else {
            let count = own.iter().filter(|(_, against)| against.difference.is_some()).count();
            said.extend(own.into_iter().map(|(row, against)| figure(row, against, count)));
        }
    }
    said
}

/// Overselling is always told; other facts where they differ, or something is wrong.
fn is_notable(row: &FactRow) -> bool {
    let mut counts = row.runs.iter().flatten().map(|(_, count)| *count);
    match row.key {
        "oversold" => true,
        "sold" => counts.next().is_some_and(|first| counts.any(|count| count != first)),
        _ => counts.any(|count| count > 0),
    }
}

/// "units oversold: A 0 in each of 5 runs; B 12 to 40, and not 0 in 5 of 5 runs".
fn fact(row: &FactRow) -> String {
    let of = |(design, runs): (usize, &Vec<(u32, u64)>)| {
        let (letter, all) = (letter(design), runs.len());
        let counts = || runs.iter().map(|(_, count)| *count);
        match (counts().min(), counts().max()) {
            (Some(least), Some(most)) if least == most => {
                format!("{letter} {} in each of {}", grouped(least), rounds(all))
            }
            (Some(least), Some(most)) => {
                let some = counts().filter(|count| *count > 0).count();
                let how_often =
                    if some < all { format!(", above 0 in {some} of {all}") } else { format!(" in {all}") };
                format!("{letter} {} to {}{how_often} runs", grouped(least), grouped(most))
            }
            _ => format!("{letter} was never audited"),
        }
    };
    let designs: Vec<String> = row.runs.iter().enumerate().map(of).collect();
    format!("{}: {}", row.label, designs.join("; "))
}

fn rounds(count: usize) -> String {
    if count == 1 { "1 run".to_owned() } else { format!("{count} runs") }
}

/// What is said of one figure of one design, of which `count` are looked at.
pub fn figure(row: &MetricRow, against: &Against, count: usize) -> String {
    let (who, label) = (letter(against.design), row.label);
    let Some(difference) = against.difference else {
        return format!("{label}: not known of {who}, for fewer than two rounds count");
    };
    let unit = row.unit;
    let between = format!("{} to {}", unit.signed(difference.low), unit.signed(difference.high));
    let says = || {
        let metric = METRICS.iter().find(|metric| metric.key == row.key);
        let sentence =
            metric.map_or("", |metric| if difference.mean > 0.0 { metric.more } else { metric.less });
        sentence.replace("{who}", &who.to_string()).replace("{much}", &unit.much(difference.mean))
    };
    match against.finding {
        Finding::Differs => format!("{} ({between})", says()),
        Finding::Hint => {
            format!("a hint only, which chance can give among {count} figures: {} ({between})", says())
        }
        Finding::Unclear => format!("{label}: no difference that we can claim of {who} ({between})"),
        Finding::Same => format!("{label}: the same with {who} in every round"),
        Finding::TooFew => format!("{label}: not known of {who}, for fewer than two rounds count"),
    }
}
