//! A design is driven over HTTP, in the window: the port is chosen, the address is shown, what was told is counted, Stop ends it.

use std::collections::BTreeMap;

use egui_kittest::kittest::Queryable;
use seckill_lab::engine::{EngineCommand, EventKind, HttpOptions, RunPhase};
use seckill_lab::report::HttpReport;
use seckill_lab::ui::command::UiCommand;
use seckill_lab::ui::intent::Intent;
use seckill_lab::ui::text::Lang;

use super::fake::Lab;
use super::results::passed;

fn shows(lab: &Lab, label: &str) -> bool {
    lab.harness.query_all_by_label_contains(label).next().is_some()
}

#[test]
fn a_port_is_chosen_the_address_is_shown_and_stop_ends_it() {
    let mut lab = Lab::with_preset("seckill-six-phases.ron");
    lab.click("Run menu");
    lab.click("Serve over HTTP…");
    assert!(shows(&lab, "0 takes a free one"));
    lab.click("Start serving");
    let told = lab.engine.told();
    let [EngineCommand::Start { options, .. }] = told.as_slice() else { panic!("{told:?}") };
    let at = "127.0.0.1:8080".parse().unwrap();
    assert_eq!(options.http, Some(HttpOptions { at, lasts: None }));
    assert!(shows(&lab, "Servers start"));

    lab.engine.tell(0, EventKind::Phase(RunPhase::OnSale));
    lab.engine.tell(0, EventKind::Serving { at: "127.0.0.1:43210".parse().unwrap() });
    let answered = BTreeMap::from([(200, 7_000), (410, 5_000)]);
    lab.engine.serve(HttpReport { requests: 12_345, answered, gone: 40, ..HttpReport::default() });
    lab.harness.run();
    for part in [
        "http://127.0.0.1:43210/",
        "wrk -t2",
        "oha -z",
        "k6 run",
        "12,345 requests, 12,000 answered, 40 whose",
    ] {
        assert!(shows(&lab, part), "{part}");
    }
    lab.harness.get_by_label("Copy http://127.0.0.1:43210/").click();
    lab.harness.step();
    let copied = lab.harness.output().platform_output.commands.iter().any(
        |command| matches!(command, egui::OutputCommand::CopyText(text) if text == "http://127.0.0.1:43210/"),
    );
    assert!(copied, "the address is on the clipboard");
    // Closed, it can be looked at again; what else would run is busy.
    lab.click("Close");
    assert!(UiCommand::Run.enabled(lab.model()).is_err() && UiCommand::Serve.enabled(lab.model()).is_ok());
    lab.harness.state_mut().ask(Intent::Command(UiCommand::Serve));
    lab.harness.run();
    lab.harness.state_mut().ask(Intent::Command(UiCommand::Stop));
    lab.harness.run();
    assert!(matches!(lab.engine.told().as_slice(), [EngineCommand::Stop]));
    assert!(shows(&lab, "It is stopping"));
    let report = passed(lab.topology());
    lab.engine.tell(9_000, EventKind::Finished(Box::new(report)));
    lab.harness.run();
    assert!(lab.harness.state().view.dialog.is_none(), "the results are in sight");
}

#[test]
fn it_speaks_chinese() {
    let mut lab = Lab::with_preset("seckill-six-phases.ron");
    lab.harness.state_mut().ask(Intent::Command(UiCommand::Chinese));
    lab.harness.state_mut().ask(Intent::Command(UiCommand::Serve));
    lab.harness.run();
    assert_eq!(lab.model().lang(), Lang::Zh);
    assert!(shows(&lab, "开始服务") && !shows(&lab, "Start serving"));
}
