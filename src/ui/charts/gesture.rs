//! What the pointer and the keys do in a chart: drag to move, wheel to come closer, a box to choose a stretch.

use egui::{Key, Modifiers, PointerButton, Ui};

use super::plot::Drawn;

/// How fast the wheel zooms: scrolled points that zoom by a factor of e.
const WHEEL: f64 = 300.0;

/// What a reader asks of the time axis.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Gesture {
    /// Look so many seconds later.
    Pan(f64),
    /// Look closer, a moment staying where it is.
    Zoom {
        /// How much closer.
        factor: f64,
        /// The moment, in seconds.
        at: f64,
    },
    /// A stretch is being chosen, from one moment to another.
    Choosing(f64, f64),
    /// It was chosen.
    Chosen(f64, f64),
    /// Back to following.
    Reset,
    /// The cursor goes so many buckets on.
    Step(i64),
}

/// Reads what was done in a chart. `chosen` is the stretch that is being chosen.
pub fn read(ui: &Ui, drawn: &Drawn, chosen: Option<(f64, f64)>) -> Option<Gesture> {
    let (response, transform) = (&drawn.response, &drawn.transform);
    let secs_a_point = transform.dvalue_dpos()[0];
    let at = |pos: egui::Pos2| transform.value_from_position(pos).x;
    if response.double_clicked() {
        return Some(Gesture::Reset);
    }
    let with_shift = ui.input(|input| input.modifiers.shift);
    let boxes = response.dragged_by(PointerButton::Secondary) || (with_shift && chosen.is_none());
    if response.drag_stopped() {
        return chosen.map(|(from, to)| Gesture::Chosen(from.min(to), from.max(to)));
    }
    if response.dragged() {
        let pointer = response.interact_pointer_pos()?;
        return Some(match chosen {
            Some((from, _)) => Gesture::Choosing(from, at(pointer)),
            None if boxes => {
                let origin = ui.input(|input| input.pointer.press_origin()).unwrap_or(pointer);
                Gesture::Choosing(at(origin), at(pointer))
            }
            None => Gesture::Pan(-f64::from(response.drag_delta().x) * secs_a_point),
        });
    }
    if let Some(pointer) = response.hover_pos()
        && let Some(gesture) = wheel(ui, at(pointer), secs_a_point)
    {
        return Some(gesture);
    }
    if response.has_focus() { keys(ui, drawn) } else { None }
}

/// The wheel zooms, sideways it moves; what it did here scrolls nothing else.
fn wheel(ui: &Ui, at: f64, secs_a_point: f64) -> Option<Gesture> {
    let (scroll, pinch) = ui.input(|input| (input.smooth_scroll_delta, f64::from(input.zoom_delta())));
    let factor = pinch * (f64::from(scroll.y) / WHEEL).exp();
    let turned = scroll != egui::Vec2::ZERO;
    if turned {
        ui.input_mut(|input| input.smooth_scroll_delta = egui::Vec2::ZERO);
    }
    if (factor - 1.0).abs() > 1e-6 {
        return Some(Gesture::Zoom { factor, at });
    }
    turned.then(|| Gesture::Pan(-f64::from(scroll.x) * secs_a_point))
}

/// Arrows move the cursor, plus and minus zoom around the middle.
fn keys(ui: &Ui, drawn: &Drawn) -> Option<Gesture> {
    let filter = egui::EventFilter { horizontal_arrows: true, ..egui::EventFilter::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(drawn.response.id, filter));
    let bounds = drawn.transform.bounds();
    let middle = f64::midpoint(bounds.min()[0], bounds.max()[0]);
    let zoom = |factor| Gesture::Zoom { factor, at: middle };
    let table = [
        (Modifiers::SHIFT, Key::ArrowLeft, Gesture::Step(-10)),
        (Modifiers::SHIFT, Key::ArrowRight, Gesture::Step(10)),
        (Modifiers::NONE, Key::ArrowLeft, Gesture::Step(-1)),
        (Modifiers::NONE, Key::ArrowRight, Gesture::Step(1)),
        (Modifiers::NONE, Key::Plus, zoom(1.25)),
        (Modifiers::NONE, Key::Equals, zoom(1.25)),
        (Modifiers::NONE, Key::Minus, zoom(0.8)),
    ];
    ui.input_mut(|input| {
        let pressed = table.into_iter().find(|(modifiers, key, _)| input.consume_key(*modifiers, *key));
        pressed.map(|(_, _, gesture)| gesture)
    })
}
