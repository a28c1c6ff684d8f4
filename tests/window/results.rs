//! What a run found out, on the screen.

use egui_kittest::kittest::Queryable;
use seckill_lab::engine::EventKind;
use seckill_lab::metrics::{Outcome, Quantiles, Reason, StageTally, Totals};
use seckill_lab::report::audit::{LostSpan, Offence};
use seckill_lab::report::records::{CountsReport, EventCounts, EventsReport, Increments, StreamReport};
use seckill_lab::report::{
    AbsenceReport, AuditReport, ChangeReport, FaultReport, GeneratorReport, MachineReport, OperationsReport,
    REPORT_VERSION, Report, ReshapeReport, ShardReport, StageReport, TargetResult, Timeline, Verdict,
};
use seckill_lab::topology::{Realness, Severity, Topology};
use seckill_lab::ui::text::Lang;
use seckill_lab::ui::view::BottomTab;

use super::fake::Lab;
use super::run::started;

fn stage(name: &str, kind: &str, arrivals: u64, intercepted: u64) -> StageReport {
    let mut tally = StageTally { arrivals, passed: arrivals - intercepted, ..StageTally::default() };
    tally.end(Outcome::Intercepted(Reason::CacheHit), intercepted);
    StageReport::new(name, kind, Realness::InProcess, &tally, Quantiles::default())
}

/// A report of a run that sold everything once.
pub fn passed(topology: &Topology) -> Report {
    let target = TargetResult {
        target: "oversold ≤ 0 units".into(),
        measured: "0 units".into(),
        holds: Some(true),
        is_fact: true,
    };
    Report {
        report_version: REPORT_VERSION,
        verdict: Verdict::Pass,
        reasons: Vec::new(),
        totals: Totals { arrivals: 103_412, intercepted: 102_067, sold: 1_000, ..Totals::default() },
        stages: vec![
            stage("users", "Users", 103_412, 0),
            stage("cdn", "Cdn", 103_412, 102_067),
            stage("database", "Database", 1_345, 0),
        ],
        operations: OperationsReport::default(),
        audit: AuditReport { audited: true, stock: 1_000, sold: 1_000, ..AuditReport::default() },
        targets: vec![target],
        generator: GeneratorReport::default(),
        servers: Vec::new(),
        shards: Vec::new(),
        queue: None,
        other_queues: Vec::new(),
        reshapes: Vec::new(),
        instances: Vec::new(),
        claimed: Vec::new(),
        settings: Vec::new(),
        faults: Vec::new(),
        failovers: Vec::new(),
        absences: Vec::new(),
        breakers: Vec::new(),
        alerts: Vec::new(),
        backup: None,
        http: None,
        timeline: Timeline::default(),
        started_at: String::new(),
        machine: MachineReport::default(),
        changes: Vec::new(),
        troubles: Vec::new(),
        series: Vec::new(),
        seed: 20,
        program_version: "0".into(),
        topology: topology.clone(),
    }
}

pub fn ended_with(change: impl FnOnce(&mut Report)) -> Lab {
    let mut lab = started();
    let mut report = passed(lab.topology());
    change(&mut report);
    lab.engine.tell(12_000, EventKind::Finished(Box::new(report)));
    lab.harness.run();
    lab
}

fn shows(lab: &Lab, label: &str) -> bool {
    lab.harness.query_all_by_label(label).next().is_some()
}

#[test]
fn a_pass_is_shown_with_its_sentence_funnel_and_targets() {
    let mut lab = ended_with(|_| ());
    assert_eq!(lab.harness.state().view.tab, BottomTab::Results);
    let sentence =
        "1,000 of 1,000 units sold, each once; 98.7 % of 103,412 requests never reached the database.";
    for label in [
        "Pass",
        sentence,
        "as this design promises",
        "103,412 in",
        "cache hit 102,067",
        "98.7 % of 103,412 requests never reached the database",
        "oversold ≤ 0 units",
        "holds",
    ] {
        assert!(shows(&lab, label), "{label}");
    }
    let notices = &lab.harness.state().view.notices;
    assert_eq!((notices.len(), notices[0].notice.severity), (1, None));
    lab.click("Run");
    assert!(lab.harness.state().view.notices.is_empty(), "what is past isn't said any more");
}

#[test]
fn a_fail_lists_its_reasons_and_the_offending_orders() {
    let lab = ended_with(|report| {
        report.verdict = Verdict::Fail;
        report.reasons = vec!["oversold ≤ 0 units does not hold: 2 units".into()];
        report.audit.oversold = 2;
        report.audit.sold = 1_002;
        report.audit.offending = vec![Offence {
            kind: "oversold".into(),
            order_id: 4_711,
            item: 3,
            claimant: 90_210,
            units: 1,
            accepted_secs: 2.5,
        }];
        report.audit.lost_spans =
            vec![LostSpan { from_secs: 2.951, to_secs: 3.001, orders: 86, units: 172, acknowledged: 240 }];
        report.targets[0].holds = Some(false);
    });
    for label in [
        "Fail",
        "not what this design promises",
        "oversold ≤ 0 units does not hold: 2 units",
        "misses",
        "Offending orders",
        "4711",
        "2.500 s",
        "Lost orders",
        "2.951 s – 3.001 s",
        "86 of 240",
        "90210",
        "Copy orders",
    ] {
        assert!(shows(&lab, label), "{label}");
    }
    assert_eq!(lab.harness.state().view.notices[0].notice.severity, Some(Severity::Error));
}

#[test]
fn the_shards_of_a_cluster_stand_in_the_results_in_both_languages() {
    let mut lab = ended_with(|report| {
        report.shards = vec![ShardReport {
            stage: "store".into(),
            shard: 2,
            nodes: vec!["node 2".into(), "node 5".into()],
            answered: 12_345,
            failed: 678,
            moved: 91,
            asked: 23,
            ..ShardReport::default()
        }];
        let came = ReshapeReport {
            stage: "store".into(),
            action: "AddShard".into(),
            started_at_secs: 6.0,
            ended_at_secs: 9.2,
            shard: Some(4),
            slots: 4_096,
            moving_ms: 812.3,
            is_atomic: true,
            error: None,
        };
        let refused = ReshapeReport { error: Some("no such luck".into()), ..came.clone() };
        report.reshapes = vec![came, refused];
    });
    let came = "AddShard of store: 4,096 slots moved as a whole in 812 ms, all done at 9.2 s";
    let row = ["store, shard 2", "2, 5", "12,345", "678", "91", "23"];
    for label in row.into_iter().chain([came, "AddShard of store failed: no such luck"]) {
        assert!(shows(&lab, label), "{label}");
    }
    lab.harness.state_mut().model.settings.lang = Lang::Zh;
    lab.harness.run();
    let came = "为 store 增加分片：4,096 个槽整体迁移，耗时 812 毫秒，9.2 秒时全部完成";
    for label in ["store，分片 2", "客户端所见的分片", came] {
        assert!(shows(&lab, label), "{label}");
    }
}

fn killed(error: Option<&str>) -> FaultReport {
    FaultReport {
        at_secs: 5.0,
        what: "Kill master of inventory".into(),
        action: "Kill".into(),
        stage: "inventory".into(),
        instance: "master".into(),
        delay_ms: None,
        rate_bytes_per_sec: None,
        amount_mib: None,
        lasts_ms: None,
        error: error.map(str::to_owned),
    }
}

#[test]
fn what_was_broken_and_changed_stands_in_the_results() {
    let mut lab = ended_with(|report| {
        report.faults = vec![killed(None)];
        report.changes = vec![ChangeReport { at_secs: 6.0, what: "offered rate × 1.5".into(), error: None }];
    });
    for label in ["Kill master of inventory", "offered rate × 1.5", "of a design that was changed on the way"]
    {
        assert!(shows(&lab, label), "{label}");
    }
    lab.harness.get_by_label("   5.0 s").scroll_to_me();
    lab.harness.run();
    lab.click("   5.0 s");
    assert_eq!(lab.harness.state().view.tab, BottomTab::Charts);
}

#[test]
fn stale_reads_and_replicas_that_got_none_stand_in_the_results() {
    let mut lab = ended_with(|report| {
        let tally = &mut report.stages[2].tally;
        (tally.versioned_reads, tally.stale_reads) = (1_000, 250);
        report.absences = vec![AbsenceReport {
            stage: "gate".into(),
            instance: "replica 2".into(),
            from_secs: 4.0,
            to_secs: Some(6.0),
            why: "no answer".into(),
        }];
    });
    let words =
        ["replica 2 of gate left the rotation: no answer", "replica 2 of gate is back in the rotation"];
    for label in words.into_iter().chain(["stale 250 (25.0 % of its reads)"]) {
        assert!(shows(&lab, label), "{label}");
    }
    lab.harness.state_mut().model.settings.lang = Lang::Zh;
    lab.harness.run();
    for label in ["gate 的从节点 2 退出轮转：无响应", "过期 250（占其读取的 25.0 %）"] {
        assert!(shows(&lab, label), "{label}");
    }
}

#[test]
fn the_report_is_copied_as_the_terminal_shows_it() {
    let mut lab = ended_with(|report| report.faults = vec![killed(None), killed(Some("it was too late"))]);
    lab.harness.get_by_label("Copy report as text").click();
    lab.harness.step();
    let commands = &lab.harness.output().platform_output.commands;
    let copied = commands.iter().find_map(|command| match command {
        egui::OutputCommand::CopyText(text) => Some(text),
        _ => None,
    });
    let copied = copied.expect("the report as text");
    assert!(copied.contains("each once") && copied.contains("Verdict: pass"), "{copied}");
    let faults: Vec<&str> = copied.lines().filter(|line| line.contains("Kill master of inventory")).collect();
    assert!(faults[0].starts_with("      5.000 s  Kill") && faults[0].ends_with("  done"), "{copied}");
    assert!(faults[1].ends_with("  refused: it was too late"), "{copied}");
}

#[test]
fn the_results_are_chinese_too() {
    let mut lab = ended_with(|_| ());
    lab.harness.state_mut().model.settings.lang = Lang::Zh;
    let report = passed(lab.topology());
    let sentence = seckill_lab::report::sentence::sentence(Lang::Zh, &report);
    assert_eq!(sentence, "1,000 件中售出 1,000 件，每件只卖一次；103,412 次请求中 98.7 % 从未到达数据库。");
}

#[test]
fn before_a_run_the_results_say_what_to_do() {
    let mut lab = super::run::opened();
    lab.harness.state_mut().view.tab = BottomTab::Results;
    lab.harness.run();
    assert!(shows(&lab, "No results yet"));
}

#[test]
fn events_and_counters_stand_in_the_results_with_what_is_wrong_with_them() {
    let all = EventCounts { acknowledged: 1_200, present: 1_190, lost: 10, ..EventCounts::default() };
    let streams = vec![StreamReport { stream: 7, counts: all }];
    let counted =
        Increments { acknowledged: 5_000, in_redis: 600, in_database: 4_403, surplus: 3, ..<_>::default() };
    let mut lab = ended_with(|report| {
        report.audit.events =
            Some(EventsReport { all, in_database: 1_190, tables: 4, streams, ..<_>::default() });
        report.audit.counts = Some(CountsReport { all: counted, counters: Vec::new() });
        report.operations.append.ended = 1_200;
    });
    for label in ["Events and counters", "1,200", "10", "7", "4,403", "response time, events"] {
        assert!(shows(&lab, label), "{label}");
    }
    assert!(!shows(&lab, "response time, increments"), "what nobody wanted has no row");
    lab.harness.state_mut().model.settings.lang = Lang::Zh;
    lab.harness.run();
    for label in ["事件与计数", "响应时间，事件"] {
        assert!(shows(&lab, label), "{label}");
    }
}
