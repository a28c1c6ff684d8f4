//! Lessons in the window, from start to end, and the presenter view.

use std::fs;

use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable;
use seckill_lab::engine::{EngineCommand, EventKind};
use seckill_lab::files::lessons::LESSONS;
use seckill_lab::report::Report;
use seckill_lab::topology::{Severity, Topology};
use seckill_lab::ui::command::UiCommand;
use seckill_lab::ui::document::{Edit, Origin};
use seckill_lab::ui::intent::Intent;
use seckill_lab::ui::lessons::LessonAct;
use seckill_lab::ui::session::Session;
use seckill_lab::ui::settings::Settings;
use seckill_lab::ui::text::{Lang, text};
use seckill_lab::ui::view::{BottomTab, Dialog};

use super::fake::Lab;
use super::results::passed;

fn press(lab: &mut Lab, key: Key) {
    lab.harness.key_press_modifiers(Modifiers::NONE, key);
    lab.harness.run();
}

fn shows(lab: &Lab, part: &str) -> bool {
    lab.harness.query_all_by_label_contains(part).next().is_some()
}

fn expect(lab: &Lab, parts: &[&str]) {
    for part in parts {
        assert!(shows(lab, part), "{part}");
    }
}

fn ask(lab: &mut Lab, act: LessonAct) {
    lab.harness.state_mut().ask(Intent::Lesson(act));
    lab.harness.run();
}

/// A window with a lesson open, by its place in the course.
fn with_lesson(place: usize) -> Lab {
    let mut lab = Lab::open();
    ask(&mut lab, LessonAct::Open(place));
    lab
}

/// A report of the design that was started last.
fn report(lab: &Lab, oversold: u64) -> Report {
    let told = lab.engine.told();
    let started = told.iter().find_map(|command| match command {
        EngineCommand::Start { plan, .. } => Some(plan.topology.clone()),
        _ => None,
    });
    let mut report = passed(&started.expect("it was started"));
    report.audit.sold = 100 + oversold;
    report.audit.oversold = oversold;
    report
}

/// Takes the lesson of the naive decrement from the start page to its end, in a language.
fn take(lang: Lang, size: egui::Vec2) {
    let mut lab = Lab::open_with(Settings { lang, ..Settings::default() }, size);
    let t = |en: &'static str, zh: &'static str| lang.t(text(en, zh));
    lab.click(t("Lessons…", "课程…"));
    expect(&lab, &[t("0 of 10 taken", "已完成 0 / 10")]);
    let first = t("Take: Naive decrement oversells", "学习：先读后写会超卖");
    lab.scroll_to(first);
    lab.click(first);
    expect(
        &lab,
        &[t("Lesson 4", "第 4 课"), t("Step 1 of 5", "第 1 / 5 步"), t("1. GET the stock", "1. GET 库存")],
    );
    assert_eq!(lab.topology().title, t("Read, decide, write back", "先读、再判断、再写回"));
    assert!(lab.model().doc.is_locked() && !lab.model().doc.is_dirty());
    lab.click(t("Next", "下一步"));
    lab.harness.get_by_label(t("Your prediction", "您的预测")).click();
    lab.harness.run();
    lab.harness.get_by_label(t("Your prediction", "您的预测")).type_text("1,00");
    lab.harness.run();
    press(&mut lab, Key::PageDown);
    lab.click(t("Run it", "运行这个设计"));
    let report = report(&lab, 2_140);
    lab.engine.tell(100, EventKind::Finished(Box::new(report)));
    lab.harness.run();
    assert_eq!(lab.harness.state().view.tab, BottomTab::Charts, "the lesson tells how it ended");
    lab.click(t("Next", "下一步"));
    expect(
        &lab,
        &[
            t("Predicted 100", "预测 100"),
            t("Measured 2,140", "实测 2,140"),
            t("2,040 more than predicted, a factor of 21", "比预测多 2,040，相差 21 倍"),
            t("Measured 2,240", "实测 2,240"),
        ],
    );
    lab.click(t("Next", "下一步"));
    expect(&lab, &[t("2,240 units were sold, 2,140 of them", "卖出了 2,240 件，其中 2,140 件")]);
    assert!(lab.model().settings.lessons_done.contains("04-naive-decrement.ron"));
    lab.click(t("Next lesson", "下一课"));
    expect(&lab, &[t("Lesson 5", "第 5 课")]);
    lab.harness.state_mut().ask(Intent::Command(UiCommand::Lessons));
    lab.harness.run();
    expect(&lab, &[t("1 of 10 taken", "已完成 1 / 10"), t("Take again: Naive", "再次学习：先读后写")]);
}

#[test]
fn a_lesson_is_taken_from_start_to_end() {
    take(Lang::En, egui::vec2(1280.0, 800.0));
}

#[test]
fn a_lesson_is_taken_from_start_to_end_in_chinese() {
    take(Lang::Zh, egui::vec2(1280.0, 800.0));
}

#[test]
fn every_step_of_every_lesson_can_be_drawn_in_both_languages() {
    for lang in Lang::ALL {
        let mut lab = Lab::open_with(Settings { lang, ..Settings::default() }, egui::vec2(1280.0, 800.0));
        for place in 0..LESSONS.len() {
            ask(&mut lab, LessonAct::Open(place));
            let steps = lab.model().lessons.open.as_ref().unwrap().lesson.steps.len();
            for _ in 1..steps {
                press(&mut lab, Key::PageDown);
            }
            let open = lab.model().lessons.open.as_ref().unwrap();
            assert!(open.taken.is_at_end(&open.lesson));
        }
        assert_eq!(lab.model().settings.lessons_done.len(), LESSONS.len());
        assert!(lab.model().runs.current.is_none(), "nothing runs unasked");
    }
}

#[test]
fn a_choice_is_a_prediction_and_so_is_a_number() {
    let mut lab = with_lesson(6);
    press(&mut lab, Key::PageDown);
    let predicted = |lab: &Lab| lab.model().lessons.open.as_ref().unwrap().taken.prediction(1);
    lab.click("10 s");
    assert_eq!(predicted(&lab), Some(10.0));
    lab.click("0.5 s");
    assert_eq!(predicted(&lab), Some(0.5));
    press(&mut lab, Key::PageUp);
    press(&mut lab, Key::PageDown);
    assert_eq!(predicted(&lab), Some(0.5), "it is remembered");
}

#[test]
fn lessons_are_reset_one_by_one_and_all_at_once() {
    let mut lab = with_lesson(0);
    for place in [0, 1, 2] {
        ask(&mut lab, LessonAct::Open(place));
        for _ in 0..12 {
            press(&mut lab, Key::PageDown);
        }
    }
    assert_eq!(lab.model().settings.lessons_done.len(), 3);
    lab.harness.state_mut().ask(Intent::Command(UiCommand::Lessons));
    lab.harness.run();
    lab.click("Reset: What the CDN takes");
    assert_eq!(lab.model().settings.lessons_done.len(), 2);
    lab.click("Reset all");
    assert!(lab.model().settings.lessons_done.is_empty());
    assert_eq!(lab.model().lessons.open.as_ref().unwrap().taken.at(), 0, "the open one begins anew");
}

#[test]
fn a_design_that_is_not_saved_is_asked_about_before_a_lesson_takes_its_place() {
    let mut lab = Lab::with_preset("naive-decrement.ron");
    let edit =
        Edit::new(text("Rename", "重命名"), |topology: &mut Topology| topology.title = "Mine".into());
    lab.harness.state_mut().ask(Intent::Edit(edit));
    lab.harness.run();
    ask(&mut lab, LessonAct::Open(3));
    assert!(matches!(lab.harness.state().view.dialog, Some(Dialog::Unsaved(_))));
    lab.click("Cancel");
    assert_eq!(lab.topology().title, "Mine");
    assert!(lab.model().lessons.open.is_none());
    ask(&mut lab, LessonAct::Open(3));
    lab.click("Don't save");
    assert_eq!(lab.topology().title, "Read, decide, write back");
}

#[test]
fn the_design_of_a_lesson_can_only_be_changed_once_it_is_ones_own() {
    let mut lab = with_lesson(3);
    let before = lab.topology().clone();
    press(&mut lab, Key::A);
    let edit =
        || Edit::new(text("Rename", "重命名"), |topology: &mut Topology| topology.title = "Mine".into());
    lab.harness.state_mut().ask(Intent::Edit(edit()));
    lab.harness.run();
    assert_eq!(lab.topology(), &before);
    assert!(
        lab.harness.state().view.notices.iter().any(|shown| shown.notice.text.contains("lesson's design"))
    );
    lab.harness.state_mut().view.canvas.cancel();
    lab.click("Change this design");
    lab.harness.state_mut().ask(Intent::Edit(edit()));
    lab.harness.run();
    assert_eq!(lab.topology().title, "Mine");
    assert!(lab.model().doc.is_dirty() && lab.model().doc.origin() == &Origin::New);
    // What the user changed is no run of the lesson.
    lab.harness.state_mut().ask(Intent::Command(UiCommand::Run));
    lab.harness.run();
    let report = report(&lab, 7);
    lab.engine.tell(100, EventKind::Finished(Box::new(report)));
    lab.harness.run();
    assert!(!lab.model().lessons.open.as_ref().unwrap().taken.has_run(2));
    // The lesson's own design comes back only after the question.
    press(&mut lab, Key::PageDown);
    press(&mut lab, Key::PageDown);
    ask(&mut lab, LessonAct::Run);
    assert!(matches!(lab.harness.state().view.dialog, Some(Dialog::Unsaved(_))));
    assert_eq!(lab.topology().title, "Mine");
}

/// A window in which a lesson of somebody else was opened from a file.
fn with_file(text: &str) -> Lab {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mine.ron");
    fs::write(&path, text).unwrap();
    let mut lab = Lab::begin(Session::alone(), None);
    lab.harness.state_mut().view.dialog = None;
    lab.drop_file(&path);
    lab.harness.run();
    lab
}

#[test]
fn a_broken_lesson_that_is_dropped_says_what_is_wrong_and_where() {
    let lab =
        with_file("Lesson(\n    version: 1,\n    title: \"Mine\",\n    steps: [ Read(txt: \"one\") ],\n)");
    assert!(lab.model().lessons.open.is_none());
    let notices = &lab.harness.state().view.notices;
    let notice = &notices.last().unwrap().notice;
    assert_eq!(notice.severity, Some(Severity::Error));
    assert_eq!(notice.text, "The lesson mine.ron has errors and can't be taken");
    assert!(
        notice.details.as_ref().unwrap().contains("mine.ron:4:19: error: a Read step has no field \"txt\"")
    );
}

#[test]
fn a_lesson_of_ones_own_is_taken_in_the_language_that_it_has() {
    let lab = with_file(
        r#"Lesson(version: 1, title: "My shop", steps: [
            Read(text: "Look at this shop."), Run(preset: "one-script.ron"), Explain(text: "It sold {sold}."),
        ])"#,
    );
    expect(&lab, &["A lesson of your own", "My shop", "Look at this shop."]);
    assert!(lab.model().doc.is_locked());
    let path = lab.model().settings.recent.first().expect("it is among the recent files");
    assert!(path.ends_with("mine.ron"));
}

#[test]
fn a_lesson_that_names_a_server_elsewhere_asks_before_it_runs() {
    let mut lab = with_file(
        r#"Lesson(version: 1, title: "Far", steps: [ Run(preset: "strategies-side-by-side.ron",
            set: [(stage: "inventory", set: "url", to: "redis://203.0.113.9:6379")]) ])"#,
    );
    assert!(lab.model().lessons.open.is_some(), "{:?}", lab.harness.state().view.notices);
    ask(&mut lab, LessonAct::Run);
    let Some(Dialog::Outside { named, .. }) = &lab.harness.state().view.dialog else {
        panic!("nobody asked")
    };
    assert_eq!(named[0].what, "203.0.113.9:6379");
    assert!(lab.engine.told().is_empty());
}

#[test]
fn the_presenter_view_shows_large_figures_turns_the_lesson_and_is_left_by_escape() {
    for lang in Lang::ALL {
        let settings = Settings { lang, ..Settings::default() };
        let mut lab = Lab::open_with(settings, egui::vec2(880.0, 545.0));
        ask(&mut lab, LessonAct::Open(3));
        press(&mut lab, Key::F11);
        assert!(lab.harness.state().view.present.is_on());
        let t = |en: &'static str, zh: &'static str| lang.t(text(en, zh));
        expect(
            &lab,
            &[t("sold: –", "已售: –"), t("oversold: –", "超卖: –"), t("verdict: ready", "结论: 就绪")],
        );
        expect(&lab, &[t("Lesson 4", "第 4 课"), t("Esc leaves", "按 Esc 退出")]);
        assert!(!shows(&lab, t("Stages", "阶段面板")) && !shows(&lab, t("File menu", "文件菜单")));
        press(&mut lab, Key::PageDown);
        press(&mut lab, Key::PageDown);
        expect(&lab, &[t("Step 3 of 5", "第 3 / 5 步")]);
        lab.click(t("Run it", "运行这个设计"));
        let report = report(&lab, 2_140);
        lab.engine.tell(100, EventKind::Finished(Box::new(report)));
        lab.harness.run();
        expect(&lab, &[t("sold: 2,240", "已售: 2,240"), t("oversold: 2,140", "超卖: 2,140")]);
        press(&mut lab, Key::Escape);
        assert!(!lab.harness.state().view.present.is_on());
        expect(&lab, &[t("File menu", "文件菜单")]);
    }
}

#[test]
fn the_presenter_view_needs_no_lesson() {
    let mut lab = Lab::with_preset("seckill-six-phases.ron");
    press(&mut lab, Key::F11);
    expect(&lab, &["sold: –", "p99: –", "Flash sale in six phases"]);
    press(&mut lab, Key::F5);
    assert!(lab.engine.told().iter().any(|command| matches!(command, EngineCommand::Start { .. })));
    press(&mut lab, Key::Escape);
    assert!(!lab.harness.state().view.present.is_on() && lab.model().runs.active().is_some());
}
