//! What is looked at in this frame: the design, from where, and where its parts are on the screen.

use egui::{Id, Pos2, Rect, Ui, vec2};

use super::super::document::layout;
use super::super::model::Model;
use super::super::text::Lang;
use super::camera::Camera;
use super::wire;
use crate::topology::{Stage, StageKind, Topology};

/// A port of a stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Port {
    /// Where traffic comes in, on the left.
    In,
    /// Where traffic goes out, on the right.
    Out,
    /// Where data control comes in, below.
    ControlIn,
    /// Where data control goes out, above.
    ControlOut,
}

impl Port {
    /// The ports of a kind of stage.
    pub fn of(kind: &StageKind) -> &'static [Self] {
        match kind {
            StageKind::Users(_) => &[Self::Out],
            StageKind::DataControl(_) => &[Self::ControlOut],
            StageKind::Database(_) => &[Self::In, Self::ControlIn],
            StageKind::ReadWriteSplit(_) | StageKind::MasterReplica(_) | StageKind::RedisCluster(_) => {
                &[Self::In, Self::Out, Self::ControlIn]
            }
            StageKind::Cdn(_)
            | StageKind::LoadBalancer(_)
            | StageKind::Service(_)
            | StageKind::Sessions(_)
            | StageKind::Queue(_) => &[Self::In, Self::Out],
        }
    }

    /// Whether wires begin here.
    pub fn is_out(self) -> bool {
        matches!(self, Self::Out | Self::ControlOut)
    }

    /// The port at the other end of a wire from here.
    #[must_use]
    pub fn other_end(self) -> Self {
        match self {
            Self::In => Self::Out,
            Self::Out => Self::In,
            Self::ControlIn => Self::ControlOut,
            Self::ControlOut => Self::ControlIn,
        }
    }

    /// Where it is on a stage, in canvas units.
    pub fn place(self, stage: &Stage) -> Pos2 {
        let rect = layout::rect(stage);
        match self {
            Self::In => rect.left_top() + vec2(0.0, layout::PORT),
            Self::Out => rect.right_top() + vec2(0.0, layout::PORT),
            Self::ControlIn => rect.center_bottom(),
            Self::ControlOut => rect.center_top(),
        }
    }

    /// The ports at which a wire between two kinds of stage begins and ends.
    pub fn pair(from: &StageKind) -> (Self, Self) {
        if from.carries_traffic() { (Self::Out, Self::In) } else { (Self::ControlOut, Self::ControlIn) }
    }
}

/// What is looked at in this frame.
#[derive(Debug, Clone, Copy)]
pub struct Scene<'a> {
    /// The design and all the rest.
    pub model: &'a Model,
    /// From where it is looked at.
    pub camera: Camera,
    /// Where on the screen it is drawn.
    pub view: Rect,
}

impl Scene<'_> {
    /// The design.
    pub fn topology(&self) -> &Topology {
        self.model.doc.topology()
    }

    /// The language of the window.
    pub fn lang(&self) -> Lang {
        self.model.lang()
    }

    /// A canvas point on the screen.
    pub fn screen(&self, at: Pos2) -> Pos2 {
        self.camera.to_screen(self.view, at)
    }

    /// The canvas point under a point of the screen.
    pub fn canvas(&self, at: Pos2) -> Pos2 {
        self.camera.to_canvas(self.view, at)
    }

    /// A stage's box on the screen.
    pub fn rect(&self, stage: usize) -> Rect {
        let stage = &self.topology().stages[stage];
        self.camera.rect_to_screen(self.view, layout::rect(stage))
    }

    /// A stage's port on the screen.
    pub fn port(&self, stage: usize, port: Port) -> Pos2 {
        self.screen(port.place(&self.topology().stages[stage]))
    }

    /// Whether anything of a box on the screen is seen.
    pub fn sees(&self, rect: Rect) -> bool {
        rect.expand(16.0).intersects(self.view)
    }

    /// The stages at the ends of a wire; none where one of them is missing.
    pub fn ends(&self, link: usize) -> Option<(usize, usize)> {
        let topology = self.topology();
        let link = topology.links.get(link)?;
        Some((topology.index_of(&link.from)?, topology.index_of(&link.to)?))
    }

    /// The way of a wire on the screen.
    pub fn way(&self, link: usize) -> Option<[Pos2; 4]> {
        let (from, to) = self.ends(link)?;
        let (out, into) = Port::pair(&self.topology().stages[from].kind);
        let is_control = out == Port::ControlOut;
        Some(wire::way(self.port(from, out), self.port(to, into), is_control, self.camera.zoom))
    }

    /// The topmost stage whose box, made larger by `margin`, is at a point of the screen.
    pub fn stage_at(&self, at: Pos2, margin: f32) -> Option<usize> {
        let hit = |stage: &usize| self.rect(*stage).expand(margin).contains(at);
        let hits = (0..self.topology().stages.len()).filter(hit);
        // As they are drawn: the last over the others, and what is selected over all.
        hits.max_by_key(|&stage| (self.model.selection.has_stage(stage), stage))
    }

    /// The kind of a stage in the window's language.
    pub fn kind_name(&self, kind: &StageKind) -> String {
        self.lang().of(kind.label()).into_owned()
    }
}

/// The id of a stage's box.
pub fn stage_id(ui: &Ui, stage: usize) -> Id {
    ui.scope_id().with(("stage", stage))
}
