//! Whether a command can be used now, and if not, why.

use super::super::model::Model;
use super::super::selection::Selection;
use super::super::text::{Text, catalog, text};
use super::UiCommand;
use crate::topology::fault::FaultAction;

const NOTHING_TO_UNDO: Text = text("nothing to take back", "没有可撤销的更改");
const NOTHING_TO_REDO: Text = text("nothing to do again", "没有可重做的更改");
const NO_STAGE: Text = text("select a stage first", "请先选择一个阶段");
const TWO_STAGES: Text = text("select two stages or more first", "请先选择至少两个阶段");
const NOTHING_SELECTED: Text = text("select something first", "请先选择内容");
const NO_STAGES: Text = text("the canvas is empty", "画布为空");
const HAS_ERRORS: Text = text("the design has errors: see the problems", "设计中有错误：请看问题列表");
const RUNNING: Text = text("a run is under way", "正在运行");
const MEASURING: Text = text("this machine is being measured", "正在测试本机能力");
const TRYING: Text = text("designs are being tried", "正在进行对比试验");
const BUSY: Text = text("something runs already", "已有内容在运行");
const NO_TRIALS: Text = text("nothing was compared yet", "还没有比较过设计");
const NO_CAPACITY: Text = text("no search has come to its end yet", "还没有完成过容量搜索");
const NOT_RUNNING: Text = text("nothing runs", "没有运行");
const STOPPING: Text = text("it is stopping already", "已在停止");
const NO_MOMENT: Text = text("no moment was chosen on the timeline", "没有在时间轴上选择时刻");
const NO_OVERLAY: Text = text("there is no second run", "没有第二次运行");
const NO_RUN: Text = text("nothing was run yet", "还没有运行过");
const NO_REPORT: Text = text("no run has ended with a report yet", "还没有运行给出报告");
const NO_LESSON: Text = text("no lesson is open", "没有打开的课程");
const LAST_STEP: Text = text("this is the last step", "已是最后一步");
const FIRST_STEP: Text = text("this is the first step", "已是第一步");
const NO_PROXIES: Text = text(
    "this run has no proxies before the process; switch on \"Breakable links\" and run again",
    "本次运行在该进程前没有代理；打开“可断链路”后再次运行",
);
const NO_PROCESS: Text =
    text("choose a process first, in the list or on the canvas", "请先在列表或画布上选择一个进程");
const NOT_IN_RUN: Text = text("its stage is not part of the run", "它所在的阶段不在本次运行中");

impl UiCommand {
    /// Whether it can be used now.
    ///
    /// # Errors
    /// Why not, in a few words.
    pub fn enabled(self, model: &Model) -> Result<(), Text> {
        let stages = model.selection.stages().len();
        let unless = |is_off: bool, why: Text| if is_off { Err(why) } else { Ok(()) };
        match self {
            Self::Undo => unless(model.doc.undo_name().is_none(), NOTHING_TO_UNDO),
            Self::Redo => unless(model.doc.redo_name().is_none(), NOTHING_TO_REDO),
            Self::Cut | Self::Copy | Self::Duplicate => unless(stages == 0, NO_STAGE),
            Self::Rename => unless(model.selection.single_stage().is_none(), NO_STAGE),
            Self::Delete => unless(
                matches!(
                    model.selection,
                    Selection::Nothing
                        | Selection::Workload
                        | Selection::Faults
                        | Selection::Rules
                        | Selection::Targets
                ),
                NOTHING_SELECTED,
            ),
            Self::AlignLeft
            | Self::AlignCenter
            | Self::AlignTop
            | Self::AlignMiddle
            | Self::DistributeAcross
            | Self::DistributeDown => unless(stages < 2, TWO_STAGES),
            Self::AutoLayout | Self::SelectAll | Self::ZoomFit | Self::ExportCanvas => {
                unless(model.doc.topology().stages.is_empty(), NO_STAGES)
            }
            Self::Run | Self::MeasureMachine if model.runs.active().is_some() => Err(RUNNING),
            Self::Run | Self::MeasureMachine if model.machine.measuring.is_some() => Err(MEASURING),
            Self::Run | Self::MeasureMachine if model.trials.under_way.is_some() => Err(TRYING),
            Self::Serve if model.runs.active().is_some_and(|run| run.served.is_some()) => Ok(()),
            Self::Compare | Self::FindCapacity | Self::Serve if model.is_busy() => Err(BUSY),
            Self::Run | Self::Compare | Self::FindCapacity | Self::Serve => {
                unless(!model.doc.may_run(), HAS_ERRORS)
            }
            Self::SaveComparison => unless(model.trials.comparison.is_none(), NO_TRIALS),
            Self::SaveCapacity => unless(model.trials.knee.is_none(), NO_CAPACITY),
            Self::ShowTrials => unless(!model.trials.is_worth_a_look(), NO_TRIALS),
            Self::Stop if model.trials.under_way.is_some() || model.machine.measuring.is_some() => Ok(()),
            Self::Stop => match model.runs.active() {
                None => Err(NOT_RUNNING),
                Some(run) => unless(run.is_stopping, STOPPING),
            },
            Self::CopyReport
            | Self::SavePage
            | Self::SaveReport
            | Self::SaveSheets
            | Self::SaveMarkdown
            | Self::SaveJunit => report(model),
            Self::ExportCharts | Self::FreezeCharts | Self::FollowCharts => {
                unless(model.runs.current.is_none(), NO_RUN)
            }
            Self::LessonNext | Self::LessonBack | Self::LeaveLesson => lesson(self, model),
            Self::OverlayRun | Self::PlayMoments | Self::LeaveMoment => moments(self, model),
            Self::RemoveOverlay => unless(model.runs.overlay.is_none(), NO_OVERLAY),
            Self::Fault(action) => fault(action, model),
            _ => Ok(()),
        }
    }
}

/// Whether the open lesson can be turned or left.
fn lesson(command: UiCommand, model: &Model) -> Result<(), Text> {
    let open = model.lessons.open.as_ref().ok_or(NO_LESSON)?;
    match command {
        UiCommand::LessonNext if open.taken.is_at_end(&open.lesson) => Err(LAST_STEP),
        UiCommand::LessonBack if open.taken.at() == 0 => Err(FIRST_STEP),
        _ => Ok(()),
    }
}

/// Whether the run that is shown has a report.
fn report(model: &Model) -> Result<(), Text> {
    model.runs.current.as_ref().and_then(|run| run.report()).map(drop).ok_or(NO_REPORT)
}

/// Whether there is a run whose moments can be shown, or one that is shown.
fn moments(command: UiCommand, model: &Model) -> Result<(), Text> {
    let run = model.runs.current.as_ref().filter(|run| !run.series.is_empty()).ok_or(NO_RUN)?;
    if command == UiCommand::LeaveMoment && run.playhead.is_none() { Err(NO_MOMENT) } else { Ok(()) }
}

/// Whether something can be done now to what is selected.
fn fault(action: FaultAction, model: &Model) -> Result<(), Text> {
    let run = model.runs.active().ok_or(NOT_RUNNING)?;
    let (stage, instance) = model.selected_process().ok_or(NO_PROCESS)?;
    let drawn = run.topology.index_of(stage).map(|index| &run.topology.stages[index]).ok_or(NOT_IN_RUN)?;
    if let Some(refusal) = action.refusal(&run.topology, drawn, instance) {
        return Err(catalog::text_of(refusal.why));
    }
    if action.is_of_link() && !run.breaks_links_of(stage) {
        return Err(NO_PROXIES);
    }
    Ok(())
}
