//! Intents about the run: start, stop, faults, live changes.

use std::sync::Arc;

use super::super::command::UiCommand;
use super::super::notice::Notice;
use super::super::run::Run;
use super::super::text::{Text, text};
use super::super::view::BottomTab;
use super::Applied;
use crate::engine::{EngineCommand, RunOptions};
use crate::topology::fault::FaultAction;
use crate::topology::{Change, Fault, RunPlan};

const ENGINE_GONE: Text = text("The engine has ended; restart the program", "引擎已结束；请重启程序");

impl Applied<'_> {
    /// Does a command about the run. Answers whether it was one.
    pub fn run_command(&mut self, command: UiCommand) -> bool {
        match command {
            UiCommand::Run => self.start(),
            UiCommand::Stop => self.stop(),
            UiCommand::Kill => self.fault(FaultAction::Kill),
            UiCommand::Pause => self.fault(FaultAction::Pause),
            UiCommand::Resume => self.fault(FaultAction::Resume),
            UiCommand::Restart => self.fault(FaultAction::Restart),
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
        self.send(EngineCommand::Change(change));
    }

    fn send(&mut self, command: EngineCommand) {
        if let Err(error) = self.engine.send(command) {
            self.notify(Notice::error(self.model.lang().t(ENGINE_GONE), error.to_string()));
        }
    }

    fn start(&mut self) {
        let Ok(plan) = RunPlan::new(self.model.doc.topology().clone()) else { return };
        let run_id = self.model.runs.next_id();
        self.model.runs.current = Some(Run::new(run_id, Arc::new(plan.topology.clone())));
        self.view.tab = BottomTab::Charts;
        self.send(EngineCommand::Start { run_id, plan: Box::new(plan), options: RunOptions::default() });
    }

    fn stop(&mut self) {
        if let Some(run) = &mut self.model.runs.current {
            run.is_stopping = true;
        }
        self.send(EngineCommand::Stop);
    }

    fn fault(&mut self, action: FaultAction) {
        let Some((stage, instance)) = self.model.selected_process() else { return };
        let fault = Fault { action, stage: stage.into(), instance: instance.into(), ..Fault::default() };
        self.inject(fault);
    }
}
