//! The columns of a form: name, editor, and two small buttons.

use egui::{Align, Label, Layout, Rect, Response, RichText, Sense, Ui, UiBuilder, vec2};

use super::super::theme::tokens;

/// The width of the small buttons behind an editor.
pub const BUTTON: f32 = 20.0;
/// The size of texts beside and below a field.
pub const NOTE: f32 = 11.0;

/// Where the pieces of a row stand; the same for all rows, so that they make columns.
#[derive(Debug, Clone, Copy)]
pub struct Columns {
    /// The name.
    pub label: Rect,
    /// The editor.
    pub editor: Rect,
    /// The way back to the default.
    pub reset: Rect,
    /// The explanation.
    pub about: Rect,
}

impl Columns {
    /// Takes the room of a row.
    pub fn allocate(ui: &mut Ui) -> Self {
        let size = vec2(ui.available_width(), ui.spacing().interact_size.y);
        let (row, _) = ui.allocate_exact_size(size, Sense::hover());
        let (all_but, about) = row.split_left_right_at_x(row.right() - BUTTON);
        let (front, reset) = all_but.split_left_right_at_x(all_but.right() - BUTTON);
        let (label, editor) =
            front.split_left_right_at_x(row.left() + (row.width() * 0.39).clamp(96.0, 180.0));
        let editor = editor.with_min_x(editor.left() + 4.0).with_max_x(editor.right() - 4.0);
        Self { label, editor, reset, about }
    }

    /// The same row with an editor that reaches to its end.
    #[must_use]
    pub fn without_buttons(self) -> Self {
        Self { editor: self.editor.with_max_x(self.about.right()), ..self }
    }

    /// The same row with an editor in place of the way back to the default.
    #[must_use]
    pub fn without_reset(self) -> Self {
        Self { editor: self.editor.with_max_x(self.about.left() - 4.0), ..self }
    }

    /// Draws the name of the row.
    pub fn name(&self, ui: &mut Ui, name: &str) -> Response {
        let text = RichText::new(name).color(tokens(ui.ctx()).weak);
        cell(ui, self.label, "label").add(Label::new(text).truncate())
    }

    /// Where the editor is drawn.
    pub fn editor_ui(&self, ui: &mut Ui) -> Ui {
        cell(ui, self.editor, "editor")
    }
}

/// A place of its own for a piece of a row; it can't make the row wider.
pub fn cell(ui: &mut Ui, rect: Rect, salt: &str) -> Ui {
    let mut cell = ui.new_child(
        UiBuilder::new().id_salt(salt).max_rect(rect).layout(Layout::left_to_right(Align::Center)),
    );
    cell.spacing_mut().item_spacing.x = 4.0;
    cell
}
