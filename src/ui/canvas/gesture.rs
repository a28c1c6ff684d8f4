//! What the pointer is doing on the canvas.

use std::collections::BTreeSet;

use egui::{Pos2, Ui};

use super::scene::Port;
use super::{CanvasView, look};

/// What the pointer is doing.
#[derive(Debug, Default)]
pub enum Gesture {
    /// Nothing that lasts.
    #[default]
    None,
    /// The canvas is being moved.
    Pan,
    /// Stages are being moved.
    Move(Move),
    /// A rectangle is being drawn around stages.
    Rubber(Rubber),
    /// A wire is being pulled.
    Pull(Pull),
}

/// Stages are being moved.
#[derive(Debug)]
pub struct Move {
    /// The stage under the pointer.
    pub held: usize,
    /// Where the pointer began, on the canvas.
    pub from: Pos2,
    /// Where the stages were.
    pub starts: Vec<(usize, (f32, f32))>,
    /// Whether they were moved yet.
    pub has_moved: bool,
}

/// A rectangle is being drawn around stages.
#[derive(Debug)]
pub struct Rubber {
    /// Its first corner, on the canvas.
    pub from: Pos2,
    /// Stages that stay selected whatever the rectangle holds.
    pub kept: BTreeSet<usize>,
}

/// A wire is being pulled.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pull {
    /// The stage at the end that stays.
    pub stage: usize,
    /// Its port.
    pub port: Port,
    /// The wire whose other end is being pulled; none: a new wire.
    pub link: Option<usize>,
    /// Whether no button is held: the next click ends it.
    pub is_loose: bool,
}

impl CanvasView {
    /// Whether the primary button moves the canvas in this drag.
    pub(super) fn is_panning(&self, ui: &Ui) -> bool {
        matches!(self.gesture, Gesture::Pan) || (matches!(self.gesture, Gesture::None) && look::may_pan(ui))
    }

    /// Forgets a drag whose end was not seen, because the window was left or something came in front of it.
    pub(super) fn forget_lost(&mut self, ui: &Ui) {
        let is_drag = matches!(self.gesture, Gesture::Pan | Gesture::Move(_) | Gesture::Rubber(_));
        if is_drag && !ui.input(|input| input.pointer.any_down() || input.pointer.any_released()) {
            self.gesture = Gesture::None;
        }
    }

    /// Ends whatever is going on, as Escape does. Answers none if nothing was; otherwise whether stages were moved, which
    /// is then to be taken back.
    pub fn cancel(&mut self) -> Option<bool> {
        if self.adder.take().is_some() || self.rename.take().is_some() {
            return Some(false);
        }
        match std::mem::take(&mut self.gesture) {
            Gesture::None => None,
            Gesture::Move(moved) => Some(moved.has_moved),
            Gesture::Pan | Gesture::Rubber(_) | Gesture::Pull(_) => Some(false),
        }
    }
}
