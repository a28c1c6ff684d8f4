//! The canvas: stages as boxes, links as wires, and the life on them while a run goes on.
//!
//! - [`camera`]: from canvas units to the screen and back. [`look`]: panning, zooming, fitting.
//! - [`scene`]: where the parts of the design are in this frame. [`gesture`]: what the pointer is doing.
//! - [`boxes`], [`ports`], [`wires`]: what the pointer and the keyboard can take. `moving`, [`rubber`], [`pull`]: what
//!   happens then.
//! - [`adder`], [`drop`](mod@drop), [`kind`]: adding stages. [`rename`], [`menu`], [`typing`]: the rest of editing.
//! - [`face`]: a stage's box; of it, [`body`]: what the stage does, [`gist`]: what it is set to, [`instances`]: its
//!   processes; [`pen`] draws them.
//! - [`wire`]: a link's curve; [`flow`]: what moves along it. [`minimap`]: the whole in a corner. [`grid`], [`empty`]: what
//!   is behind.

pub mod adder;
pub mod body;
pub mod boxes;
pub mod camera;
pub mod drop;
pub mod empty;
pub mod face;
pub mod flow;
pub mod gesture;
pub mod gist;
pub mod grid;
pub mod instances;
pub mod kind;
pub mod look;
pub mod menu;
pub mod minimap;
mod moving;
pub mod pen;
pub mod ports;
pub mod pull;
pub mod rename;
pub mod rubber;
pub mod scene;
pub mod typing;
pub mod wire;
pub mod wires;

use egui::{PointerButton, Pos2, Rect, Response, Role, Sense, Ui, UiBuilder, WidgetInfo};

use self::gesture::Gesture;
use self::scene::Scene;
use super::intent::{Intent, Intents};
use super::model::Model;
use super::selection::Selection;
use super::text::{Text, text};

const CANVAS: Text = text("Canvas", "画布");

/// How the canvas is looked at.
#[derive(Debug)]
pub struct CanvasView {
    /// From where.
    pub camera: camera::Camera,
    /// Where on the screen it was drawn last.
    pub view: Rect,
    /// Whether the camera shows all stages because the user asked for it or has not chosen anything else.
    pub is_fitted: bool,
    /// The canvas point under the pointer, while it is over the canvas.
    pub pointer: Option<Pos2>,
    /// What the pointer is doing.
    pub gesture: Gesture,
    /// The box in which the kind of a new stage is typed.
    pub adder: Option<adder::Adder>,
    /// The name that is being typed.
    pub rename: Option<rename::Rename>,
    /// The design that was shown last.
    serial: Option<u64>,
    /// Whether a stage's box has the keyboard's focus.
    has_focus: bool,
    /// The wire that the open menu is about; none: the background.
    menu_link: Option<usize>,
}

impl Default for CanvasView {
    fn default() -> Self {
        Self {
            camera: camera::Camera::default(),
            view: Rect::NOTHING,
            is_fitted: false,
            pointer: None,
            gesture: Gesture::None,
            adder: None,
            rename: None,
            serial: None,
            has_focus: false,
            menu_link: None,
        }
    }
}

/// Draws the canvas.
pub fn show(ui: &mut Ui, model: &Model, canvas: &mut CanvasView, out: &mut Intents) {
    let view = ui.max_rect();
    ui.scope_builder(UiBuilder::new().id_salt("canvas").max_rect(view), |ui| {
        ui.set_clip_rect(view.intersect(ui.clip_rect()));
        draw(ui, model, view, canvas, out);
    });
}

fn draw(ui: &mut Ui, model: &Model, view: Rect, canvas: &mut CanvasView, out: &mut Intents) {
    canvas.follow(&Scene { model, camera: canvas.camera, view });
    canvas.forget_lost(ui);
    let background = ui.interact(view, ui.scope_id().with("background"), Sense::CLICK | Sense::DRAG);
    background.widget_info(|| WidgetInfo::labeled(Role::Canvas, true, model.lang().t(CANVAS)));
    look::navigate(ui, canvas, view, &background);
    let scene = Scene { model, camera: canvas.camera, view };
    let hover = ui.input(|input| input.pointer.latest_pos()).filter(|_| ui.rect_contains_pointer(view));
    let is_held = !matches!(canvas.gesture, Gesture::None);
    let held = ui.input(|input| input.pointer.latest_pos()).filter(|_| is_held);
    canvas.pointer = hover.or(held).map(|at| scene.canvas(at));
    grid::show(ui, &scene);
    let under = wires::show(ui, &scene, canvas, &background, out);
    boxes::show(ui, &scene, canvas, out);
    press_background(ui, &scene, canvas, &background, under, out);
    rubber::show(ui, &scene, canvas, out);
    moving::show_guides(ui, &scene, canvas);
    pull::show(ui, &scene, canvas, out);
    ports::show(ui, &scene, canvas, out);
    drop::show(ui, &scene, out);
    empty::show(ui, &scene, out);
    show_minimap(ui, model, view, canvas);
    adder::show(ui, &scene, canvas, out);
    rename::show(ui, &scene, canvas, out);
    typing::read(ui, &scene, canvas, out);
}

fn show_minimap(ui: &mut Ui, model: &Model, view: Rect, canvas: &mut CanvasView) {
    if model.settings.minimap {
        let before = canvas.camera;
        minimap::show(ui, model, view, &mut canvas.camera);
        canvas.is_fitted &= canvas.camera == before;
    }
}

/// Clicks and drags where no stage is; `under` is the wire under the pointer.
fn press_background(
    ui: &Ui,
    scene: &Scene<'_>,
    canvas: &mut CanvasView,
    background: &Response,
    under: Option<usize>,
    out: &mut Intents,
) {
    if background.drag_started_by(PointerButton::Primary) {
        let at = ui.input(|input| input.pointer.press_origin());
        if look::may_pan(ui) {
            canvas.gesture = Gesture::Pan;
        } else if let Some(link) = at.and_then(|at| wires::link_at(scene, at)) {
            wires::pull_off(ui, scene, canvas, link, background);
        } else {
            rubber::start(ui, scene, canvas);
        }
    }
    if background.drag_stopped() && matches!(canvas.gesture, Gesture::Pan | Gesture::Rubber(_)) {
        canvas.gesture = Gesture::None;
    }
    if background.secondary_clicked() {
        canvas.menu_link = under;
        out.push(Intent::Select(under.map_or(Selection::Nothing, Selection::Link)));
    }
    let menu_link = canvas.menu_link;
    background.context_menu(|ui| match menu_link {
        Some(_) => menu::link(ui, scene.model, out),
        None => menu::background(ui, scene.model, out),
    });
    // A click that ends a wire selects nothing.
    if canvas.pulled().is_some() {
        return;
    }
    if background.double_clicked() && under.is_none() {
        canvas.open_adder();
    } else if background.clicked() {
        let modifiers = ui.input(|input| input.modifiers);
        match under {
            Some(link) => out.select(Selection::Link(link)),
            None if modifiers.command || modifiers.shift => {}
            None => out.select(Selection::Nothing),
        }
    }
}
