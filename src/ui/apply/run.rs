//! Intents about the run: start, stop, faults, live changes; and what is said when it ends.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::super::command::UiCommand;
use super::super::notice::Notice;
use super::super::run::turns::{Turn, Turns};
use super::super::run::{Ending, News, Run};
use super::super::session::bench::named_server;
use super::super::session::chooser::Purpose;
use super::super::text::{Text, text};
use super::super::view::{After, BottomTab, Dialog, WhyReplace};
use super::Applied;
use crate::engine::{EngineCommand, FailureKind, HttpOptions, RunFailure, RunOptions};
use crate::files::export::summary_path;
use crate::files::{Export, Form};
use crate::report::Verdict;
use crate::report::sentence::sentence;
use crate::topology::fault::FaultAction;
use crate::topology::{Change, Fault, RunPlan, Severity, Topology};

const ENGINE_GONE: Text = text(
    "The engine has ended; save the design and restart the program",
    "引擎已意外结束；请保存设计并重启程序",
);
const REFUSED: Text = text("Not done: {}", "未能执行：{}");
const NO_REPORT: Text = text("The run ended without a report", "运行结束，但没有报告");
const STOPPED_EARLY: Text = text("The run was stopped before the first arrival", "运行在首个到达之前被停止");
const PASSED: Text = text("Pass: {}", "通过：{}");
const FAILED: Text = text("Fail: {}", "未通过：{}");
const INCONCLUSIVE: Text = text("Inconclusive: {}", "无定论：{}");

const AS_DRAWN: Text = text("as drawn", "原设计");
const TURN: Text = text("Run {} of {}: {}", "第 {} / {} 次运行：{}");
const CLOSES: Text = text("The window closes after the audit", "审计完成后将关闭窗口");
const COPIED: Text = text("The report is on the clipboard", "报告已复制到剪贴板");
const SAVED: Text = text("The report is saved to {}", "报告已保存到 {}");
const NOT_SAVED: Text = text("The report could not be saved to {}", "报告无法保存到 {}");

impl Applied<'_> {
    /// Does a command about the run. Answers whether it was one.
    pub fn run_command(&mut self, command: UiCommand) -> bool {
        match command {
            UiCommand::Run => self.start(),
            UiCommand::Stop if self.model.machine.measuring.is_some() => self.session.bench.stop(),
            UiCommand::Stop if self.model.trials.under_way.is_some() => self.stop_trials(),
            UiCommand::Stop => self.stop(),
            UiCommand::Serve => self.ask_to_serve(),
            UiCommand::Compare => self.ask_what_to_compare(),
            UiCommand::FindCapacity => self.find_capacity(),
            UiCommand::MeasureMachine => self.measure_machine(),
            UiCommand::CopyReport => self.copy_report(),
            UiCommand::Fault(action) => self.fault(action),
            _ => return false,
        }
        true
    }

    /// Sends a fault.
    pub fn inject(&mut self, fault: Fault) {
        self.send(EngineCommand::Inject(fault));
    }

    /// Changes what runs.
    pub fn change(&mut self, change: Change) {
        if let (Change::OfferedRate { factor }, Some(run)) = (&change, &mut self.model.runs.current) {
            run.asked_factor = Some(*factor);
        }
        self.send(EngineCommand::Change(change));
    }

    /// Says what a person should hear of at once.
    pub fn news(&mut self, news: News) {
        match news {
            News::Ended => self.run_ended(),
            News::Refused { what, why } => {
                let lang = self.model.lang();
                self.notify(Notice::error(lang.f(REFUSED, &[&lang.of(&what)]), lang.of(&why)));
            }
            News::EngineGone => self.engine_gone(),
        }
    }

    /// Ends the run with drain and audit; then goes on.
    pub fn stop_then(&mut self, after: After) {
        self.view.dialog = None;
        if after == After::Quit && self.model.runs.active().is_some() {
            self.notify(Notice::good(self.model.lang().t(CLOSES)));
        }
        self.view.after_run = Some(after);
        match self.model.runs.active() {
            Some(run) if !run.is_stopping => self.stop(),
            Some(_) => {}
            None => self.go_on(),
        }
    }

    fn send(&mut self, command: EngineCommand) {
        if self.engine.send(command).is_err() {
            self.engine_gone();
        }
    }

    fn start(&mut self) {
        let topology = self.model.doc.topology().clone();
        if self.asks_outside(&topology, None) {
            return;
        }
        self.model.runs.turns = Turns::default();
        self.start_turn(Turn { variant: None, topology }, None);
    }

    /// Runs these, one after the other.
    pub fn run_turns(&mut self, turns: Vec<Turn>) {
        let is_asked = turns.iter().any(|turn| self.asks_outside(&turn.topology, Some(&turns)));
        if !is_asked && UiCommand::Run.enabled(self.model).is_ok() {
            self.model.runs.turns = Turns::begin(turns);
            self.next_turn();
        }
    }

    /// Asks before servers elsewhere or files are used to which nobody has said yes. Answers whether there are such.
    fn asks_outside(&mut self, topology: &Topology, turns: Option<&[Turn]>) -> bool {
        let named = self.model.settings.not_allowed(topology);
        let asks = !named.is_empty();
        if asks {
            self.view.dialog = Some(Dialog::Outside { named, turns: turns.map(<[Turn]>::to_vec) });
        }
        asks
    }

    /// Begins the next of the runs that come in turns. Answers whether there was one.
    fn next_turn(&mut self) -> bool {
        let Some(turn) = self.model.runs.turns.waiting.pop_front() else { return false };
        let lang = self.model.lang();
        let name = turn.variant.as_ref().map_or(lang.t(AS_DRAWN), |variant| &variant.name);
        let turns = &self.model.runs.turns;
        self.notify(Notice::good(lang.f(TURN, &[&turns.number(), &turns.count, &name])));
        self.start_turn(turn, None);
        true
    }

    /// Starts a run; `http`: of what comes so.
    pub(super) fn start_turn(&mut self, turn: Turn, http: Option<HttpOptions>) {
        let Ok(plan) = RunPlan::new(turn.topology.clone()) else { return };
        if let Some(told) = self.view.panels.results.told.take() {
            self.view.notices.retain(|shown| shown.notice != told);
        }
        if http.is_none() {
            self.warn_of_load();
        }
        let run_id = self.model.runs.next_id();
        let link_faults = self.model.settings.breakable_links;
        let mut run = Run::new(run_id, Arc::new(plan.topology.clone()));
        if http.is_some() {
            run.is_served();
        }
        if let Some(error) = self.session.keeper.begin(run_id, &turn) {
            self.not_in_history(&error);
        }
        self.lesson_runs(run_id);
        self.model.runs.current = Some(Run { variant: turn.variant, link_faults, ..run });
        self.show_tab(BottomTab::Charts);
        let options = RunOptions { redis_server: named_server(), keep_data: false, link_faults, http };
        self.send(EngineCommand::Start { run_id, plan: Box::new(plan), options });
    }

    fn stop(&mut self) {
        if let Some(run) = &mut self.model.runs.current {
            run.is_stopping = true;
        }
        self.send(EngineCommand::Stop);
    }

    fn copy_report(&mut self) {
        if let Some(report) = self.model.runs.current.as_ref().and_then(Run::report) {
            self.ctx.copy_text(crate::report::text::render(report));
            self.notify(Notice::good(self.model.lang().t(COPIED)));
        }
    }

    /// Saves the report in a form, in the language of the window. `may_replace`: the user knows that an existing file is replaced.
    pub fn save_report(&mut self, form: Form, path: PathBuf, may_replace: bool) {
        let lang = self.model.lang();
        let Some(report) = self.model.runs.current.as_ref().and_then(Run::report) else { return };
        let path = if path.extension().is_none() { path.with_extension(form.extension()) } else { path };
        let is_taken = path.is_file() || (form == Form::Csv && summary_path(&path).is_file());
        if !may_replace && is_taken {
            self.ask_to_replace(Purpose::Report(form), path, WhyReplace::Exists);
            return;
        }
        let saved = Export::reserve(form, &path).and_then(|export| export.write(report, lang));
        let shown = path.display();
        self.notify(match saved {
            Ok(()) => Notice::good(lang.f(SAVED, &[&shown])),
            Err(error) => Notice::error(lang.f(NOT_SAVED, &[&shown]), lang.of(&error.to_string())),
        });
    }

    fn fault(&mut self, action: FaultAction) {
        let Some((stage, instance)) = self.model.selected_process() else { return };
        let strengths = &self.view.panels.top.faults;
        let mut fault = Fault {
            action,
            stage: stage.into(),
            instance: instance.into(),
            delay: Duration::from_millis(strengths.delay_ms.into()),
            rate: u64::from(strengths.rate_kb) * 1_000,
            amount: strengths.amount_mib.into(),
            lasts: Duration::from_millis(strengths.lasts_ms.into()),
            ..Fault::default()
        };
        fault.forget_idle();
        self.inject(fault);
    }

    fn run_ended(&mut self) {
        let lang = self.model.lang();
        let mut goes_on = false;
        self.session.keeper.end(self.model.runs.current.as_ref().and_then(Run::report));
        self.lesson_ran();
        if let Some(run) = &self.model.runs.current
            && let Some(report) = run.report()
        {
            self.model.runs.turns.note(run.variant.as_ref(), report);
            goes_on = !run.is_stopping && self.view.after_run.is_none();
        }
        if goes_on && self.next_turn() {
            return;
        }
        // Who stops one of them wants no others, and after a failure they would fail too.
        self.model.runs.turns.waiting.clear();
        let notice = match self.model.runs.current.as_ref().and_then(|run| run.ending.as_ref()) {
            None => return,
            Some(Ending::Report(report)) => {
                // What it served is over; a run without a report may be tried again at another port.
                self.view.dialog.take_if(|dialog| matches!(dialog, Dialog::Serve(_)));
                let (words, severity) = match report.verdict {
                    Verdict::Pass => (PASSED, None),
                    Verdict::Fail => (FAILED, Some(Severity::Error)),
                    Verdict::Inconclusive => (INCONCLUSIVE, Some(Severity::Warning)),
                };
                let reasons: Vec<_> = report.reasons.iter().map(|reason| lang.of(reason)).collect();
                let details = (!reasons.is_empty()).then(|| reasons.join("\n"));
                Notice { severity, text: lang.f(words, &[&sentence(lang, report)]), details }
            }
            Some(Ending::Failure(failure)) if failure.kind == FailureKind::Stopped => {
                Notice::warning(lang.t(STOPPED_EARLY))
            }
            Some(Ending::Failure(failure)) => Notice::error(lang.t(NO_REPORT), lang.of(&failure.text)),
        };
        // Presented, the verdict stands among the large figures, and in a lesson in its step; a message would cover the charts.
        let has_report = self.model.runs.current.as_ref().and_then(Run::report).is_some();
        if !(has_report && (self.view.present.is_on() || self.takes_lesson())) {
            self.view.panels.results.told = Some(notice.clone());
            self.notify(notice);
        }
        // Who takes a lesson is told by the lesson.
        if !self.is_reading() && !self.takes_lesson() {
            self.show_tab(BottomTab::Results);
        }
        self.go_on();
    }

    fn takes_lesson(&self) -> bool {
        self.model.lessons.open.is_some()
    }

    /// Whether somebody is just now moving something with the pointer, and should not be torn away.
    fn is_reading(&self) -> bool {
        self.view.tab == BottomTab::Charts && self.ctx.input(|input| input.pointer.any_down())
    }

    /// What was to follow the run.
    fn go_on(&mut self) {
        if let Some(after) = self.view.after_run.take() {
            self.leave_run(after);
        }
    }

    fn engine_gone(&mut self) {
        let text = self.model.lang().t(ENGINE_GONE);
        if let Some(run) = self.model.runs.current.as_mut().filter(|run| run.is_active()) {
            run.fail(RunFailure { text: ENGINE_GONE.en.to_owned(), kind: FailureKind::Broken });
        }
        self.session.keeper.end(None);
        self.notify(Notice::error(text, crate::engine::EngineGone.to_string()));
        self.go_on();
    }
}
