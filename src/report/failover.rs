//! Outages in words, and what many of them have in common.

use std::fmt::Write;

use serde::{Deserialize, Serialize};

use crate::metrics::failover::{Failover, Outcome};

/// An outage as text, with a newline at its end.
pub fn render(outage: &Failover) -> String {
    let mut text = String::new();
    match write_outage(&mut text, outage) {
        Ok(()) => text,
        Err(_) => unreachable!("writing to a String can't fail"),
    }
}

fn write_outage(out: &mut String, outage: &Failover) -> std::fmt::Result {
    let Failover { stage, master_before, master_after, .. } = outage;
    let cause = outage.cause.clone().unwrap_or_else(|| format!("{stage}, no fault of this run"));
    writeln!(out, "  outage: {cause}; {}", outage.outcome.label())?;
    if outage.outcome == Outcome::Failover {
        writeln!(out, "    {master_before} was master, {master_after} is")?;
    }
    let start = outage.fault_secs.or(outage.first_error_secs).unwrap_or_default();
    for (name, at) in outage.steps() {
        writeln!(out, "    {at:>9.3} s  {:>8}  {name}", format!("{:+.3}", at - start))?;
    }
    let secs = |span: Option<f64>| span.map_or_else(|| "–".to_owned(), |span| format!("{span:.3} s"));
    writeln!(
        out,
        "    detection {}, promotion {}, unavailable {}, two masters {:.1} s",
        secs(outage.detection_secs),
        secs(outage.promotion_secs),
        secs(outage.unavailable_secs),
        outage.two_masters_secs
    )?;
    for abort in &outage.aborted {
        writeln!(out, "    {:>9.3} s  given up: {}", abort.at_secs, abort.reason)?;
    }
    if let Some(naive) = &outage.naive {
        writeln!(
            out,
            "    naive clients: first error at {}, the former master acknowledged their writes until {}",
            secs(naive.first_error_secs),
            secs(naive.last_write_to_former_secs)
        )?;
    }
    Ok(())
}

/// What many figures of one kind have in common. All none where there are no figures.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Spread {
    /// How many figures there are.
    pub count: usize,
    /// Half of them are at most so much.
    pub median: Option<f64>,
    /// 95 of 100 are at most so much.
    pub p95: Option<f64>,
    /// The least.
    pub min: Option<f64>,
    /// The greatest.
    pub max: Option<f64>,
}

impl Spread {
    /// Of these figures. Quantiles are figures among them, by the nearest rank.
    pub fn of(figures: impl IntoIterator<Item = f64>) -> Self {
        let mut figures: Vec<f64> = figures.into_iter().collect();
        figures.sort_by(f64::total_cmp);
        let count = figures.len();
        let rank = |percent: usize| figures.get((count * percent).div_ceil(100).saturating_sub(1)).copied();
        Self {
            count,
            median: rank(50),
            p95: rank(95),
            min: figures.first().copied(),
            max: figures.last().copied(),
        }
    }
}

/// What the outages of several runs have in common.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Distribution {
    /// From the fault to the Sentinels' belief, in seconds.
    pub detection_secs: Spread,
    /// From `+odown` to the first `+switch-master`, in seconds.
    pub promotion_secs: Spread,
    /// Without acknowledged writes, in seconds.
    pub unavailable_secs: Spread,
    /// Acknowledged orders lost, by run.
    pub lost_orders: Spread,
}

impl Distribution {
    /// Of these runs.
    pub fn of(runs: &[super::Report]) -> Self {
        let all = |figure: fn(&Failover) -> Option<f64>| {
            Spread::of(runs.iter().flat_map(|run| run.failovers.iter().filter_map(figure)))
        };
        let audited = runs.iter().filter(|run| run.audit.audited);
        Self {
            detection_secs: all(|outage| outage.detection_secs),
            promotion_secs: all(|outage| outage.promotion_secs),
            unavailable_secs: all(|outage| outage.unavailable_secs),
            lost_orders: Spread::of(audited.map(|run| run.audit.lost_acknowledged as f64)),
        }
    }

    /// As a table, with a newline at its end.
    pub fn render(&self) -> String {
        let mut rows = vec![format!(
            "  {:<28} {:>6} {:>10} {:>10} {:>10} {:>10}\n",
            "", "count", "median", "p95", "min", "max"
        )];
        for (name, spread, unit, digits) in [
            ("detection", self.detection_secs, " s", 3),
            ("promotion", self.promotion_secs, " s", 3),
            ("unavailable", self.unavailable_secs, " s", 3),
            ("lost acknowledged orders", self.lost_orders, "", 0),
        ] {
            let cell = |figure: Option<f64>| {
                figure.map_or_else(|| "–".to_owned(), |figure| format!("{figure:.digits$}{unit}"))
            };
            let [median, p95, min, max] = [spread.median, spread.p95, spread.min, spread.max].map(cell);
            let count = spread.count;
            rows.push(format!("  {name:<28} {count:>6} {median:>10} {p95:>10} {min:>10} {max:>10}\n"));
        }
        rows.concat()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_figures_that_were_measured() {
        let spread = Spread::of((1..=20).rev().map(f64::from));
        assert_eq!((spread.count, spread.median, spread.p95), (20, Some(10.0), Some(19.0)));
        assert_eq!((spread.min, spread.max), (Some(1.0), Some(20.0)));
        let one = Spread::of([1.5]);
        assert_eq!((one.median, one.p95, one.min, one.max), (Some(1.5), Some(1.5), Some(1.5), Some(1.5)));
        assert_eq!(Spread::of([]), Spread::default());
    }

    #[test]
    fn an_outage_is_told_by_its_steps_from_the_fault_on() {
        let outage = Failover {
            stage: "inventory".into(),
            outcome: Outcome::Failover,
            cause: Some("Kill master of inventory".into()),
            master_before: "master".into(),
            master_after: "replica 2".into(),
            fault_secs: Some(2.0),
            odown_secs: Some(2.69),
            switched_secs: Some(3.77),
            detection_secs: Some(0.69),
            unavailable_secs: Some(1.779),
            ..Failover::default()
        };
        let text = render(&outage);
        assert!(text.contains("outage: Kill master of inventory; failover"), "{text}");
        assert!(text.contains("master was master, replica 2 is"), "{text}");
        assert!(text.contains("2.690 s    +0.690  quorum agrees"), "{text}");
        assert!(text.contains("detection 0.690 s, promotion –, unavailable 1.779 s"), "{text}");
    }
}
