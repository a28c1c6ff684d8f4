//! The report for a terminal.

use std::fmt::Write;

use super::verdict::{Verdict, micros, percent};
use super::{AuditReport, QueueReport, Report, failover};
use crate::metrics::tally::ByReason;
use crate::metrics::{Role, StageTally};
use crate::topology::StageKind;

/// Spans of lost orders that are written out.
const LOST_SPANS: usize = 5;
/// Faults that are written out: chaos may do more.
const FAULTS: usize = 20;

/// A whole report as text, with a newline at its end.
pub fn render(report: &Report) -> String {
    let mut text = String::new();
    match write_report(&mut text, report) {
        Ok(()) => text,
        Err(_) => unreachable!("writing to a String can't fail"),
    }
}

fn write_report(out: &mut String, report: &Report) -> std::fmt::Result {
    writeln!(out, "{}\n{}", report.topology.title, report.topology.question)?;
    writeln!(out)?;
    write_funnel(out, report)?;
    write_stale(out, report)?;
    super::breaker::write(out, report)?;
    for stage in report.stages.iter().filter(|stage| stage.tally.page_bytes_saved > 0) {
        let (sent, saved) = (bytes(stage.tally.page_bytes_sent), bytes(stage.tally.page_bytes_saved));
        writeln!(out, "  {}: {sent} of pages sent, {saved} not sent because clients had them", stage.name)?;
    }
    writeln!(out)?;
    write_times(out, report)?;
    super::http::write(out, report)?;
    writeln!(out)?;
    if !report.instances.is_empty() {
        write_instances(out, report)?;
        super::cluster::write(out, report)?;
        super::claimed::write(out, report)?;
        writeln!(out)?;
    }
    write_broken(out, report)?;
    super::backup::write(out, report)?;
    write_audit(out, report)?;
    writeln!(out)?;
    for target in &report.targets {
        let mark = match target.holds {
            Some(true) => "ok  ",
            Some(false) => "MISS",
            None => "?   ",
        };
        writeln!(out, "  {mark}  {:<38} measured {}", target.target, target.measured)?;
    }
    writeln!(out)?;
    writeln!(out, "{}", sentence(report))?;
    let was_changed = report.changes.iter().any(|change| change.error.is_none());
    let promised = match (report.topology.expected, report.verdict) {
        // The promise is one of the design as it was drawn.
        // The promise is one of its own arrivals.
        (Some(_), _) if report.http.is_some() => ", on what came over HTTP",
        (Some(_), _) if was_changed => ", of a design that was changed on the way",
        (Some(promise), verdict) if verdict.keeps(promise) => ", as this design promises",
        (Some(_), Verdict::Pass | Verdict::Fail) => ", which is not what this design promises",
        _ => "",
    };
    writeln!(out, "Verdict: {}{promised}", report.verdict.label())?;
    for reason in &report.reasons {
        writeln!(out, "  because {reason}")?;
    }
    for change in report.changes.iter().filter(|change| change.error.is_none()) {
        writeln!(out, "  changed at {:.1} s: {}", change.at_secs, change.what)?;
    }
    for trouble in &report.troubles {
        writeln!(out, "  on the way: {trouble}")?;
    }
    Ok(())
}

fn write_funnel(out: &mut String, report: &Report) -> std::fmt::Result {
    writeln!(
        out,
        "  {:<14} {:<21} {:<13} {:>10} {:>11} {:>10} {:>8} {:>10}  intercepted because",
        "stage", "kind", "", "arrivals", "intercepted", "passed", "failed", "p99"
    )?;
    for stage in &report.stages {
        writeln!(
            out,
            "  {:<14} {:<21} {:<13} {:>10} {:>11} {:>10} {:>8} {:>10}  {}",
            stage.name,
            StageKind::from_word(&stage.kind).map_or("", |kind| kind.label()),
            stage.realness.label(),
            grouped(stage.tally.arrivals),
            grouped(stage.tally.intercepted.sum()),
            grouped(stage.tally.passed),
            grouped(stage.tally.failed + stage.tally.indefinite),
            micros(stage.latency_us.p99),
            answers(&stage.tally),
        )?;
    }
    let totals = &report.totals;
    writeln!(
        out,
        "  {} arrivals = {} dropped + {} intercepted + {} served + {} sold + {} rejected + {} failed + {} indefinite",
        grouped(totals.arrivals),
        grouped(totals.dropped),
        grouped(totals.intercepted),
        grouped(totals.served),
        grouped(totals.sold),
        grouped(totals.rejected),
        grouped(totals.failed),
        grouped(totals.indefinite),
    )
}

/// Stages that answered with what was no longer so.
fn write_stale(out: &mut String, report: &Report) -> std::fmt::Result {
    for stage in report.stages.iter().filter(|stage| stage.tally.stale_reads > 0) {
        let (stale, all) = (stage.tally.stale_reads, stage.tally.versioned_reads);
        let age = stage.stale_age_us;
        writeln!(
            out,
            "  {}: {} of {} reads were stale ({}), older by {} at p50, {} at p99, {} at most",
            stage.name,
            grouped(stale),
            grouped(all),
            percent(stale as f64 / all.max(1) as f64),
            micros(age.p50),
            micros(age.p99),
            micros(age.max)
        )?;
    }
    Ok(())
}

fn answers(stage: &StageTally) -> String {
    let mut parts: Vec<String> = reasons(&stage.intercepted);
    let own = [("served", stage.served), ("sold", stage.sold)];
    parts.extend(
        own.iter()
            .filter(|(_, count)| *count > 0)
            .map(|(word, count)| format!("({word} {})", grouped(*count))),
    );
    parts.extend(reasons(&stage.rejected).iter().map(|reason| format!("(rejected: {reason})")));
    parts.join(", ")
}

fn reasons(counts: &ByReason) -> Vec<String> {
    counts.iter().map(|(reason, count)| format!("{} {}", reason.label(), grouped(count))).collect()
}

fn write_times(out: &mut String, report: &Report) -> std::fmt::Result {
    let operations = &report.operations;
    writeln!(out, "  {:<28} {:>9} {:>9} {:>9} {:>9} {:>9}", "", "p50", "p95", "p99", "p99.9", "max")?;
    let of_operations = [
        ("response time, reads", operations.read),
        ("response time, claims", operations.claim),
        ("response time, events", operations.append),
        ("response time, increments", operations.count),
    ];
    // What nobody wanted has no row.
    let wanted = of_operations.into_iter().filter(|(_, times)| times.ended > 0);
    let behind = ("generator behind schedule", report.generator.schedule_lag_us);
    // Over HTTP nothing is scheduled.
    let behind = report.http.is_none().then_some(behind);
    let of_all = [("service time, all", operations.all.service_us)].into_iter().chain(behind);
    for (name, times) in wanted.map(|(name, times)| (name, times.response_us)).chain(of_all) {
        let cells = [times.p50, times.p95, times.p99, times.p999, times.max].map(micros);
        writeln!(
            out,
            "  {name:<28} {:>9} {:>9} {:>9} {:>9} {:>9}",
            cells[0], cells[1], cells[2], cells[3], cells[4]
        )?;
    }
    let generator = &report.generator;
    writeln!(
        out,
        "  offered {:.0}/s, achieved {:.0}/s over {:.1} s",
        generator.offered_per_sec, generator.achieved_per_sec, generator.duration_secs
    )
}

fn write_instances(out: &mut String, report: &Report) -> std::fmt::Result {
    writeln!(
        out,
        "  {:<28} {:<9} {:>9} {:>12} {:>12} {:>18} {:>12}",
        "process", "role", "CPU", "commands", "peak memory", "worst lag", "missed"
    )?;
    for instance in &report.instances {
        let lag = match instance.worst_lag_secs {
            _ if instance.role != Role::Replica => "–".into(),
            None => bytes(instance.worst_lag_bytes),
            Some(secs) => format!("{}, {:.2} s", bytes(instance.worst_lag_bytes), secs),
        };
        // A Sentinel doesn't say.
        let memory =
            if instance.peak_memory_bytes > 0 { bytes(instance.peak_memory_bytes) } else { "–".into() };
        writeln!(
            out,
            "  {:<28} {:<9} {:>7.1} s {:>12} {:>12} {:>18} {:>12}",
            format!("{}, {}", instance.stage, instance.name),
            instance.role.label(),
            instance.cpu_secs,
            grouped(instance.commands),
            memory,
            lag,
            format!("{} of {}", instance.missed_looks, instance.looks),
        )?;
    }
    write_memory(out, report)?;
    for absence in &report.absences {
        let until = absence.to_secs.map_or("the end".to_owned(), |secs| format!("{secs:.1} s"));
        let (who, stage) = (&absence.instance, &absence.stage);
        writeln!(
            out,
            "  {who} of {stage} was out of the rotation from {:.1} s to {until}: {}",
            absence.from_secs, absence.why
        )?;
    }
    Ok(())
}

/// Forks that keep a process from answering for less are not worth a line.
const NOTABLE_FORK_MS: f64 = 1.0;

/// Processes whose memory had a limit, or was too little.
fn write_memory(out: &mut String, report: &Report) -> std::fmt::Result {
    for instance in report.instances.iter().filter(|instance| instance.was_short_of_memory()) {
        let limit = instance.memory_limit_bytes;
        writeln!(
            out,
            "  {} of {}: memory limit {}, {} keys evicted, {} commands refused for want of memory",
            instance.name,
            instance.stage,
            if limit > 0 { bytes(limit) } else { "none".into() },
            grouped(instance.evicted_keys),
            grouped(instance.refused_for_memory),
        )?;
    }
    for instance in report.instances.iter().filter(|instance| instance.longest_fork_ms >= NOTABLE_FORK_MS) {
        writeln!(
            out,
            "  {} of {} stood still for {:.1} ms to fork, and copied {} meanwhile",
            instance.name,
            instance.stage,
            instance.longest_fork_ms,
            bytes(instance.most_copied_bytes),
        )?;
    }
    Ok(())
}

/// What was broken and mended, and the outages that came of it.
fn write_broken(out: &mut String, report: &Report) -> std::fmt::Result {
    if !report.faults.is_empty() {
        writeln!(out, "  {:>11}  {:<48}  how it went", "at", "fault")?;
        for fault in report.faults.iter().take(FAULTS) {
            let at = format!("{:.3} s", fault.at_secs);
            let went = fault.error.as_ref().map_or("done".to_owned(), |why| format!("refused: {why}"));
            writeln!(out, "  {at:>11}  {:<48}  {went}", fault.what)?;
        }
        if report.faults.len() > FAULTS {
            writeln!(out, "  and {} more", report.faults.len() - FAULTS)?;
        }
        writeln!(out)?;
    }
    super::alert::write(out, report)?;
    for queue in report.eventful_queues() {
        write_queue(out, queue)?;
    }
    for outage in &report.failovers {
        out.push_str(&failover::render(outage));
        writeln!(out)?;
    }
    Ok(())
}

fn write_queue(out: &mut String, queue: &QueueReport) -> std::fmt::Result {
    writeln!(
        out,
        "  {} ({}): {} consumers died with {} orders not written and {} written and not acknowledged",
        queue.stage,
        queue.form,
        grouped(queue.consumer_deaths),
        grouped(queue.died_unwritten_orders),
        grouped(queue.died_unacknowledged_orders)
    )?;
    writeln!(
        out,
        "  {} orders delivered again, {} inserts ignored because the order was there, {} messages without an order\n",
        grouped(queue.redelivered_orders),
        grouped(queue.ignored_inserts),
        grouped(queue.missing_orders)
    )
}

fn write_audit(out: &mut String, report: &Report) -> std::fmt::Result {
    let audit = &report.audit;
    if !audit.audited {
        return writeln!(out, "  audit: not possible");
    }
    if report.is_about_records_only() {
        return super::records::write(out, report);
    }
    writeln!(
        out,
        "  audit: stock {}, sold {}, oversold {}, undersold {}, left {}, returned {}",
        grouped(audit.stock),
        grouped(audit.sold),
        grouped(audit.oversold),
        grouped(audit.undersold),
        grouped(audit.left),
        grouped(audit.returned)
    )?;
    writeln!(
        out,
        "  duplicates {}, lost acknowledged {}, present but never acknowledged {}, indefinite {} happened + {} not",
        grouped(audit.duplicates),
        grouped(audit.lost_acknowledged),
        grouped(audit.unacknowledged_present),
        grouped(audit.indefinite_happened),
        grouped(audit.indefinite_not_happened)
    )?;
    if audit.misplaced > 0 {
        writeln!(out, "  orders in places of others {}", grouped(audit.misplaced))?;
    }
    write_losses(out, audit)?;
    super::records::write(out, report)?;
    let places = &audit.places;
    let cancelled = grouped(places.cancelled_orders);
    let inventory = places.inventory_orders.map(|orders| format!("inventory {} orders", grouped(orders)));
    let database = places.database_orders;
    let database =
        database.map(|orders| format!("database {} orders ({cancelled} cancelled)", grouped(orders)));
    // Both, where orders stay in Redis and are swept into the database.
    let kept: Vec<String> = inventory.into_iter().chain(database).collect();
    let kept = if kept.is_empty() { "no place for orders".to_owned() } else { kept.join(", ") };
    writeln!(
        out,
        "  by themselves: ledger {} orders, {kept}, queue {} orders, booked {} units",
        grouped(places.ledger_orders),
        grouped(places.queue_orders),
        places.booked_units
    )?;
    for offence in audit.offending.iter().take(10) {
        let (kind, id) = (&offence.kind, offence.order_id);
        writeln!(
            out,
            "    {kind}: order {id}, product {}, buyer {}, {} units, at {:.3} s",
            offence.item, offence.claimant, offence.units, offence.accepted_secs
        )?;
    }
    Ok(())
}

/// When lost orders had been promised, and what came of lost bookings.
fn write_losses(out: &mut String, audit: &AuditReport) -> std::fmt::Result {
    for span in audit.lost_spans.iter().take(LOST_SPANS) {
        writeln!(
            out,
            "    lost: {} of {} orders that were promised between {:.3} s and {:.3} s",
            grouped(span.orders),
            grouped(span.acknowledged),
            span.from_secs,
            span.to_secs
        )?;
    }
    if audit.lost_spans.len() > LOST_SPANS {
        writeln!(out, "    and in {} more spans of time", audit.lost_spans.len() - LOST_SPANS)?;
    }
    if audit.forgotten_units > 0 {
        let (forgotten, twice) = (grouped(audit.forgotten_units), grouped(audit.sold_twice));
        writeln!(out, "    forgotten bookings: {forgotten} units, of them {twice} sold twice because of it")?;
    }
    Ok(())
}

/// The outcome in one plain sentence.
pub fn sentence(report: &Report) -> String {
    let (audit, totals) = (&report.audit, &report.totals);
    let sent = totals.arrivals - totals.dropped;
    let spared = match report.arrived_at_databases() {
        Some(arrived) if sent > 0 => {
            let share = 1.0 - arrived.min(sent) as f64 / sent as f64;
            let which = if report.database_count() > 1 { "a" } else { "the" };
            format!("; {} of {} requests never reached {which} database", percent(share), grouped(sent))
        }
        _ => format!("; {} requests", grouped(sent)),
    };
    if !audit.audited {
        return format!("What was sold is unknown: no audit was possible{spared}.");
    }
    let records = super::records::sentences(audit).join("; ");
    if report.is_about_records_only() {
        return format!("{records}{spared}.");
    }
    let spared = if records.is_empty() { spared } else { format!(". {records}{spared}") };
    if audit.stock + audit.sold == 0 {
        return format!("Nothing was on sale{spared}.");
    }
    let sold = format!("{} of {} units sold", grouped(audit.sold), grouped(audit.stock));
    let trouble = [
        (audit.oversold, "unit oversold", "units oversold"),
        (audit.undersold, "unit undersold", "units undersold"),
        (audit.duplicates, "order beyond a buyer's limit", "orders beyond a buyer's limit"),
        (audit.lost_acknowledged, "acknowledged order lost", "acknowledged orders lost"),
        (
            audit.unacknowledged_present,
            "order that nobody was told about",
            "orders that nobody was told about",
        ),
        (audit.misplaced, "order in a place of others", "orders in places of others"),
    ];
    let found: Vec<String> = trouble
        .iter()
        .filter(|(count, ..)| *count > 0)
        .map(|(count, one, many)| format!("{} {}", grouped(*count), if *count == 1 { one } else { many }))
        .collect();
    if found.is_empty() {
        format!("{sold}, each once{spared}.")
    } else {
        format!("{sold}, but {}{spared}.", found.join(", "))
    }
}

/// Bytes in a unit that people read.
pub fn bytes(count: u64) -> String {
    match count {
        0..1_024 => format!("{count} B"),
        1_024..1_048_576 => format!("{:.1} KiB", count as f64 / 1_024.0),
        _ => format!("{:.1} MiB", count as f64 / 1_048_576.0),
    }
}

/// A count with its thousands set apart by commas.
pub fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A count that may be below zero, likewise.
pub fn signed(count: i64) -> String {
    let sign = if count < 0 { "−" } else { "" };
    format!("{sign}{}", grouped(count.unsigned_abs()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_set_apart() {
        for (count, text) in [(0, "0"), (999, "999"), (1_000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(grouped(count), text);
        }
    }
}
