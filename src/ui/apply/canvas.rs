//! Intents about the canvas: adding, aligning, copying stages, and where the camera is.

use std::collections::BTreeSet;

use egui::{Vec2, ViewportCommand, vec2};

use super::super::canvas::adder;
use super::super::canvas::{look, rename};
use super::super::command::UiCommand;
use super::super::document::layout::{self, Line};
use super::super::document::{Edit, arrange, ops, rules};
use super::super::intent::{Intent, Intents};
use super::super::notice::Notice;
use super::super::selection::Selection;
use super::super::text::{Text, text};
use super::Applied;
use crate::files::{Opened, parse_topology, report_problems, share, stages_to_ron};
use crate::topology::{Place, StageKind, Topology};

const PASTE: Text = text("Paste stages", "粘贴阶段");
const NO_STAGES: Text = text("The clipboard holds no stages", "剪贴板中没有阶段");
const CLIPBOARD: Text = text("clipboard", "剪贴板");
/// How far beside its original a copy stands.
const ASIDE: f32 = 2.0 * layout::GRID;

impl Applied<'_> {
    /// Does a command about the canvas. Answers whether it was one.
    pub fn canvas_command(&mut self, command: UiCommand) -> bool {
        let canvas = &mut self.view.canvas;
        match command {
            UiCommand::ZoomIn => canvas.zoom(look::NOTCH),
            UiCommand::ZoomOut => canvas.zoom(1.0 / look::NOTCH),
            UiCommand::ZoomOne => canvas.zoom(1.0 / canvas.camera.zoom),
            UiCommand::ZoomFit => canvas.fit(self.model.doc.topology()),
            UiCommand::AddStage => canvas.open_adder(),
            UiCommand::Rename => {
                if let Some(stage) = self.model.selection.single_stage() {
                    rename::start(canvas, self.model.doc.topology(), stage);
                }
            }
            UiCommand::Copy => self.copy(),
            UiCommand::Cut => {
                self.copy();
                let stages = self.model.selection.stages();
                let edit = Edit::new(command.about().label, move |all| ops::delete_stages(all, &stages));
                self.edit(edit, Some(Selection::Nothing));
            }
            UiCommand::Paste => self.ctx.send_viewport_cmd(ViewportCommand::RequestPaste),
            UiCommand::Duplicate => self.duplicate(),
            _ => return self.order_command(command),
        }
        true
    }

    /// Does a command that puts stages in order.
    fn order_command(&mut self, command: UiCommand) -> bool {
        let stages = self.model.selection.stages();
        let order: Box<dyn FnOnce(&mut Topology)> = match command {
            UiCommand::AlignLeft => Box::new(move |all| layout::align(all, &stages, Line::Left)),
            UiCommand::AlignCenter => Box::new(move |all| layout::align(all, &stages, Line::Center)),
            UiCommand::AlignTop => Box::new(move |all| layout::align(all, &stages, Line::Top)),
            UiCommand::AlignMiddle => Box::new(move |all| layout::align(all, &stages, Line::Middle)),
            UiCommand::DistributeAcross => Box::new(move |all| layout::distribute(all, &stages, true)),
            UiCommand::DistributeDown => Box::new(move |all| layout::distribute(all, &stages, false)),
            UiCommand::AutoLayout => Box::new(arrange::arrange),
            _ => return false,
        };
        self.edit(Edit::new(command.about().label, order), None);
        if command == UiCommand::AutoLayout {
            self.view.canvas.fit(self.model.doc.topology());
        }
        true
    }

    /// Adds a stage beside the selected one, wired to it if that makes sense.
    pub fn add_stage(&mut self, kind: StageKind) {
        let topology = self.model.doc.topology();
        if let Some(why) = rules::why_not_add(self.model.lang(), topology, &kind) {
            self.notify(Notice::warning(why));
            return;
        }
        let middle = self.view.canvas.camera.center;
        let (at, wired) = adder::beside(topology, self.model.selection.single_stage(), &kind, middle);
        let mut asked = Intents::default();
        adder::add(topology, kind, at, wired, &mut asked);
        for intent in asked.take() {
            self.apply(intent);
        }
        self.make_selection_seen();
    }

    /// Moves the camera, if not all that is selected is seen.
    fn make_selection_seen(&mut self) {
        let topology = self.model.doc.topology();
        if let Some(rect) = layout::bounds_of(topology, &self.model.selection.stages()) {
            self.view.canvas.make_seen(topology, rect);
        }
    }

    /// Brings a stage or a wire into the middle of the view.
    pub fn center_on(&mut self, place: &Place) {
        let topology = self.model.doc.topology();
        let stages: BTreeSet<usize> = match place {
            Place::Stage(name) => topology.index_of(name).into_iter().collect(),
            Place::Link { from, to } => {
                [from, to].into_iter().filter_map(|name| topology.index_of(name)).collect()
            }
            _ => BTreeSet::new(),
        };
        if let Some(rect) = layout::bounds_of(topology, &stages) {
            self.view.canvas.center_on(rect);
        }
    }

    /// Ends what the pointer or the keyboard is doing on the canvas. Answers whether there was something.
    pub fn cancel_gesture(&mut self) -> bool {
        let Some(has_moved) = self.view.canvas.cancel() else { return false };
        if has_moved {
            self.model.doc.end_gesture();
            self.edit_command(UiCommand::Undo);
        }
        true
    }

    fn copy(&mut self) {
        let stages = self.model.selection.stages();
        self.ctx.copy_text(stages_to_ron(self.model.doc.topology(), &stages));
    }

    fn duplicate(&mut self) {
        let part = ops::part(self.model.doc.topology(), &self.model.selection.stages());
        self.add_part(UiCommand::Duplicate.about().label, part, vec2(ASIDE, ASIDE));
    }

    /// Adds stages that stand in a text; a whole design on an empty canvas is opened instead.
    pub fn paste_stages(&mut self, text: &str) {
        // A shared text is a whole design.
        if share::find(text).is_some() {
            self.offer_text(text);
            return;
        }
        let Opened { topology, problems } = parse_topology(text);
        let Some(part) = topology.filter(|topology| !topology.stages.is_empty()) else {
            let label = self.model.lang().t(CLIPBOARD);
            let notice = Notice::error(self.model.lang().t(NO_STAGES), report_problems(label, &problems));
            self.notify(notice);
            return;
        };
        if self.model.doc.topology().stages.is_empty() && is_whole(text) {
            self.apply(Intent::OpenText(text.to_owned()));
            return;
        }
        let Some(bounds) = layout::bounds(&part) else { return };
        let by = match self.view.canvas.pointer {
            Some(pointer) => layout::snapped(pointer - bounds.size() / 2.0) - bounds.min,
            None => self.free_way(&part),
        };
        self.add_part(PASTE, part, by);
    }

    /// The way by which stages must be moved so that none stands exactly on another.
    fn free_way(&self, part: &Topology) -> Vec2 {
        let taken = |by: Vec2| {
            let there = &self.model.doc.topology().stages;
            part.stages
                .iter()
                .any(|new| there.iter().any(|old| layout::rect(old).min == layout::rect(new).min + by))
        };
        let steps = (0..=self.model.doc.topology().stages.len()).map(|step| Vec2::splat(step as f32 * ASIDE));
        steps.into_iter().find(|&by| !taken(by)).unwrap_or_default()
    }

    fn add_part(&mut self, name: Text, part: Topology, by: Vec2) {
        let first = self.model.doc.topology().stages.len();
        let new = Selection::Stages((first..first + part.stages.len()).collect());
        let edit = Edit::new(name, move |topology| {
            ops::add_stages(topology, &part, (by.x, by.y));
        });
        self.edit(edit, Some(new));
        self.make_selection_seen();
    }
}

/// Whether a text is a whole design, not only some stages.
fn is_whole(text: &str) -> bool {
    text.contains("title:") && text.contains("workload:")
}
