//! What the secondary button opens on a stage, a wire and the background: rows of commands.

use egui::Ui;

use super::super::command::UiCommand as C;
use super::super::intent::Intents;
use super::super::model::Model;
use super::super::widgets::command_button::menu_row;

/// The menu of the selected stages.
pub fn stage(ui: &mut Ui, model: &Model, out: &mut Intents) {
    rows(ui, model, &[&[C::Rename, C::Duplicate, C::Cut, C::Copy, C::Delete]], out);
    if model.selection.stages().len() > 1 {
        ui.separator();
        let lines = [C::AlignLeft, C::AlignCenter, C::AlignTop, C::AlignMiddle];
        rows(ui, model, &[&lines, &[C::DistributeAcross, C::DistributeDown]], out);
    }
}

/// The menu of the selected wire.
pub fn link(ui: &mut Ui, model: &Model, out: &mut Intents) {
    rows(ui, model, &[&[C::Delete]], out);
}

/// The menu of the background.
pub fn background(ui: &mut Ui, model: &Model, out: &mut Intents) {
    let groups: [&[C]; 4] = [
        &[C::AddStage, C::Paste, C::SelectAll],
        &[C::Undo, C::Redo],
        &[C::AutoLayout, C::ToggleSnap, C::ToggleMinimap],
        &[C::ZoomFit, C::ZoomOne, C::ZoomIn, C::ZoomOut],
    ];
    rows(ui, model, &groups, out);
}

fn rows(ui: &mut Ui, model: &Model, groups: &[&[C]], out: &mut Intents) {
    for (index, group) in groups.iter().enumerate() {
        if index > 0 {
            ui.separator();
        }
        for &command in *group {
            menu_row(ui, model, command, out);
        }
    }
}
