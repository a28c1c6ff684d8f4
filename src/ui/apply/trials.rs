//! Intents about several runs in turn: designs compared, and the capacity of one.

use std::path::PathBuf;
use std::time::Duration;

use super::super::command::UiCommand;
use super::super::dialogs::compare::CompareEntry;
use super::super::notice::Notice;
use super::super::run::trials::{Trials, UnderWay};
use super::super::session::chooser::Purpose;
use super::super::session::trials::{Job, TrialNews, Work};
use super::super::text::common::UNTITLED;
use super::super::text::trials::difference;
use super::super::text::{Text, text};
use super::super::view::{BottomTab, Dialog, WhyReplace};
use super::Applied;
use crate::engine::{FailureKind, RunFailure};
use crate::files::{ResultFile, read_topology, report_problems};
use crate::machine::knee::targets::Aim;
use crate::machine::knee::{Bounds, Knee};
use crate::report::compare::Comparison;
use crate::topology::difference::arrivals;
use crate::topology::{RunPlan, Topology};

const NOT_READ: Text = text("{} could not be read", "无法读取 {}");
const HAS_ERRORS: Text = text("{} has errors and can't run", "{} 有错误，无法运行");
const OTHER_ARRIVALS: Text = text(
    "{} has other arrivals than this design; figures of different arrivals can't be compared",
    "{} 的到达与此设计不同；到达不同则无法比较",
);
const OUTSIDE: Text = text(
    "{} names what is not of this machine's servers; open it, run it once, and say yes there",
    "{} 指定了本机服务器以外的目标；请打开并运行一次，在那里允许",
);
const ENDED_EARLY: Text = text("The trials ended early", "对比试验提前结束");
const NO_THREAD: Text = text("The system gives no thread for it", "系统无法为此提供线程");
const SAVED: Text = text("It is saved to {}", "已保存到 {}");
const NOT_SAVED: Text = text("It could not be saved to {}", "无法保存到 {}");
const STOPPING: Text =
    text("Stopping; press Stop again to give up at once", "正在停止；再次按停止可立即放弃");

/// Runs of a search, and how long it goes on; as on the command line.
const RUNS: u32 = 24;
const WITHIN: Duration = Duration::from_mins(10);

impl Applied<'_> {
    /// Asks which designs are to be compared with the open one.
    pub fn ask_what_to_compare(&mut self) {
        let (doc, recent) = (&self.model.doc, &self.model.settings.recent);
        let entry = CompareEntry::new(doc.topology(), recent, doc.path());
        self.view.dialog = Some(Dialog::Compare(Box::new(entry)));
    }

    /// Asks for another file to be compared.
    pub fn choose_to_compare(&mut self, entry: CompareEntry) {
        self.ask_for(Purpose::Compare(Box::new(entry)));
    }

    /// A file was chosen to be compared.
    pub fn chose_to_compare(&mut self, mut entry: CompareEntry, path: PathBuf) {
        entry.add(std::path::absolute(&path).unwrap_or(path));
        self.view.dialog = Some(Dialog::Compare(Box::new(entry)));
    }

    /// Compares what was chosen with the open design.
    pub fn compare(&mut self, entry: &CompareEntry) {
        if UiCommand::Compare.enabled(self.model).is_err() {
            return;
        }
        let designs = match self.designs(entry) {
            Ok(designs) => designs,
            Err(notice) => {
                self.notify(notice);
                return;
            }
        };
        if designs.iter().any(|(name, plan)| self.is_outside(name, &plan.topology)) {
            return;
        }
        let (names, plans): (Vec<String>, Vec<RunPlan>) = designs.into_iter().unzip();
        let under_way = UnderWay::Comparing(entry.rounds, names.clone(), None);
        self.begin(Work::Compare(names, plans, entry.rounds), under_way);
    }

    /// Looks for the largest rate at which the open design meets its targets.
    pub fn find_capacity(&mut self) {
        let topology = Topology { variants: Vec::new(), ..self.model.doc.topology().clone() };
        if self.is_outside(&topology.title, &topology) {
            return;
        }
        let first = topology.workload.mean_rate();
        let bounds = Bounds { first, runs: RUNS, within: WITHIN };
        self.begin(Work::Search(Box::new(Aim::new(topology, None)), bounds), UnderWay::Searching(None));
    }

    /// Whether a design names servers elsewhere or files to which nobody has said yes; that is asked when it is run by itself.
    fn is_outside(&mut self, name: &str, topology: &Topology) -> bool {
        let named = self.model.settings.not_allowed(topology);
        if named.is_empty() {
            return false;
        }
        let lang = self.model.lang();
        let details: Vec<String> = named.into_iter().map(|outside| outside.what).collect();
        self.notify(Notice::error(lang.f(OUTSIDE, &[&name]), details.join("\n")));
        true
    }

    fn begin(&mut self, work: Work, under_way: UnderWay) {
        let job = Job { work, history: self.session.keeper.for_runs().cloned() };
        if !self.session.trials.begin(job, self.ctx) {
            let lang = self.model.lang();
            self.notify(Notice::error(lang.t(ENDED_EARLY), lang.t(NO_THREAD)));
            return;
        }
        let before = std::mem::take(&mut self.model.trials);
        let under_way = Some(under_way);
        self.model.trials = match under_way {
            // What was found the other way stays.
            Some(UnderWay::Comparing(..)) => {
                Trials { under_way, points: before.points, knee: before.knee, ..Trials::default() }
            }
            _ => Trials { under_way, comparison: before.comparison, ..Trials::default() },
        };
        self.show_tab(BottomTab::Trials);
    }

    /// The open design and what was chosen, with their names.
    fn designs(&self, entry: &CompareEntry) -> Result<Vec<(String, RunPlan)>, Notice> {
        let (lang, open) = (self.model.lang(), self.model.doc.topology());
        let title = match open.title.trim() {
            "" => lang.t(UNTITLED),
            title => title,
        };
        let drawn = Topology { variants: Vec::new(), ..open.clone() };
        let mut designs = vec![(title.to_owned(), drawn.clone())];
        let chosen = open.variants.iter().zip(&entry.variants).filter(|(_, is_chosen)| **is_chosen);
        designs.extend(chosen.map(|(variant, _)| (variant.name.clone(), open.varied(variant))));
        for (path, _) in entry.files.iter().filter(|(_, is_chosen)| *is_chosen) {
            let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
            let opened = read_topology(path)
                .map_err(|error| Notice::error(lang.f(NOT_READ, &[&name]), error.to_string()))?;
            let may_run = opened.may_run();
            let Some(mut topology) = opened.topology.filter(|_| may_run) else {
                let details = report_problems(&name, &opened.problems);
                return Err(Notice::error(lang.f(HAS_ERRORS, &[&name]), details.trim_end()));
            };
            if entry.same_arrivals {
                topology.workload.take_arrivals_of(&open.workload);
            }
            let differ = arrivals(&open.workload, &topology.workload);
            if !differ.is_empty() {
                let rows = differ.iter().map(|one| difference(lang, [open, &topology], 'B', one));
                let details = rows.collect::<Vec<_>>().join("\n");
                return Err(Notice::error(lang.f(OTHER_ARRIVALS, &[&name]), details));
            }
            topology.variants.clear();
            designs.push((name, topology));
        }
        let plan = |(name, topology): (String, Topology)| match RunPlan::new(topology) {
            Ok(plan) => Ok((name, plan)),
            Err(problems) => {
                let problems: Vec<String> =
                    problems.iter().map(|problem| lang.of(&problem.to_string()).into_owned()).collect();
                Err(Notice::error(lang.f(HAS_ERRORS, &[&name]), problems.join("\n")))
            }
        };
        designs.into_iter().map(plan).collect()
    }

    /// Saves what a comparison or a search came to, as the command line does.
    pub fn save_trials(&mut self, purpose: Purpose, path: PathBuf, may_replace: bool) {
        let (lang, trials) = (self.model.lang(), &self.model.trials);
        let json = match purpose {
            Purpose::Comparison => trials.comparison.as_ref().map(Comparison::to_json),
            _ => trials.knee.as_ref().map(Knee::to_json),
        };
        let Some(json) = json else { return };
        let path = if path.extension().is_none() { path.with_extension("json") } else { path };
        if !may_replace && path.is_file() {
            self.ask_to_replace(purpose, path, WhyReplace::Exists);
            return;
        }
        let saved = ResultFile::reserve(&path).and_then(|file| file.write(&json));
        let shown = path.display();
        self.notify(match saved {
            Ok(()) => Notice::good(lang.f(SAVED, &[&shown])),
            Err(error) => Notice::error(lang.f(NOT_SAVED, &[&shown]), lang.of(&error.to_string())),
        });
    }

    /// Ends what is tried, with what there is.
    pub fn stop_trials(&mut self) {
        self.session.trials.stop();
        if !std::mem::replace(&mut self.model.trials.is_stopping, true) {
            self.notify(Notice::good(self.model.lang().t(STOPPING)));
        }
    }

    /// Takes in what was tried.
    pub fn trial_news(&mut self, news: TrialNews) {
        let trials = &mut self.model.trials;
        match news {
            TrialNews::Turn(turn) => {
                if let Some(UnderWay::Comparing(_, _, now)) = &mut trials.under_way {
                    *now = Some(turn);
                }
            }
            TrialNews::Compared(comparison) => trials.comparison = Some(*comparison),
            TrialNews::Trying(rate) => trials.under_way = Some(UnderWay::Searching(Some(rate))),
            TrialNews::Point(point) => trials.points.push(*point),
            TrialNews::Found(knee) => trials.knee = Some(*knee),
            TrialNews::NotKept(error) => self.not_in_history(&error),
            TrialNews::Ended(failure) => self.trials_ended(failure),
        }
    }

    fn trials_ended(&mut self, failure: Option<RunFailure>) {
        let lang = self.model.lang();
        let trials = &mut self.model.trials;
        (trials.under_way, trials.is_stopping) = (None, false);
        trials.failure = failure.filter(|failure| failure.kind != FailureKind::Stopped);
        if let Some(failure) = &trials.failure {
            let notice = Notice::error(lang.t(ENDED_EARLY), lang.of(&failure.text));
            self.notify(notice);
        }
    }
}
