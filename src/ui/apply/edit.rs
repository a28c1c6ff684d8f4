//! Intents about the design: edits, undo, selection.

use super::super::command::UiCommand;
use super::super::document::{Edit, ops};
use super::super::notice::Notice;
use super::super::selection::Selection;
use super::super::text::{Text, text};
use super::Applied;
use crate::topology::Place;

const LOCKED: Text = text(
    "This is the lesson's design; to change it, make it your own in the lesson's panel",
    "这是课程的设计；若要修改，请在课程面板中改为自己的设计",
);
const DELETE: Text = text("Delete", "删除");

impl Applied<'_> {
    /// Applies a change of the design.
    pub fn edit(&mut self, edit: Edit, then: Option<Selection>) {
        if self.model.doc.is_locked() {
            self.notify(Notice::warning(self.model.lang().t(LOCKED)));
            return;
        }
        let before = self.model.selection.clone();
        self.model.doc.apply(edit, &before);
        let selection = then.unwrap_or(before);
        self.model.selection = selection.within(self.model.doc.topology());
    }

    /// Selects a place and brings it into view.
    pub fn reveal(&mut self, place: &Place) {
        self.model.selection = Selection::at(place, self.model.doc.topology());
        self.model.settings.inspector = true;
        self.center_on(place);
    }

    /// Does a command about the design. Answers whether it was one.
    pub fn edit_command(&mut self, command: UiCommand) -> bool {
        match command {
            UiCommand::Undo => {
                if let Some(selection) = self.model.doc.undo(&self.model.selection) {
                    self.model.selection = selection.within(self.model.doc.topology());
                }
            }
            UiCommand::Redo => {
                if let Some(selection) = self.model.doc.redo(&self.model.selection) {
                    self.model.selection = selection.within(self.model.doc.topology());
                }
            }
            UiCommand::SelectAll => {
                let stages = 0..self.model.doc.topology().stages.len();
                self.model.selection = Selection::Stages(stages.collect());
            }
            UiCommand::SelectNothing => {
                // What is under way ends first; the selection stays for the next press.
                if !self.cancel_gesture() {
                    self.model.selection = Selection::Nothing;
                }
            }
            UiCommand::Delete => self.delete(),
            _ => return self.canvas_command(command),
        }
        true
    }

    fn delete(&mut self) {
        let selection = self.model.selection.clone();
        let then = match selection {
            Selection::Phase(_) => Selection::Workload,
            Selection::Fault(_) => Selection::Faults,
            Selection::Rule(_) => Selection::Rules,
            Selection::Target(_) => Selection::Targets,
            _ => Selection::Nothing,
        };
        let edit = Edit::new(DELETE, move |topology| match selection {
            Selection::Stages(stages) => ops::delete_stages(topology, &stages),
            Selection::Instance { stage, .. } => ops::delete_stages(topology, &[stage].into()),
            Selection::Link(link) => ops::disconnect(topology, link),
            Selection::Phase(phase) => drop(topology.workload.phases.remove(phase)),
            Selection::Fault(fault) => drop(topology.faults.remove(fault)),
            Selection::Rule(rule) => drop(topology.rules.remove(rule)),
            Selection::Target(target) => drop(topology.targets.remove(target)),
            Selection::Nothing
            | Selection::Workload
            | Selection::Faults
            | Selection::Rules
            | Selection::Targets => {}
        });
        self.edit(edit, Some(then));
    }
}
