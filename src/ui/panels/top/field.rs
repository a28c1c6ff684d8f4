//! A small field whose text takes effect when it is left, or not at all where it makes no sense.

use egui::{Key, Response, TextEdit, Ui};
use lucide_icons::Icon;

use super::super::super::text::{Lang, Text};
use super::super::super::theme::fonts::icon;
use super::super::super::theme::tokens;

/// Steps of the field's width, and room for its sign, in points.
const STEP: f32 = 12.0;
const SIGN_WIDTH: f32 = 26.0;

/// What is being typed, while it is.
#[derive(Debug, Default)]
pub struct Typed(Option<String>);

/// The words of a field.
#[derive(Debug, Clone, Copy)]
pub struct Words {
    /// Its name.
    pub name: Text,
    /// What it means, with an example.
    pub tip: Text,
    /// Its sign.
    pub icon: Icon,
}

/// Draws the field. Answers what it should become, once that was typed and the field left.
pub fn show<T>(
    ui: &mut Ui,
    lang: Lang,
    words: Words,
    shown: &str,
    typed: &mut Typed,
    read: impl Fn(&str) -> Result<T, Text>,
) -> Option<T> {
    let tokens = tokens(ui);
    let mut text = typed.0.clone().unwrap_or_else(|| shown.to_owned());
    let wrong = read(&text).err();
    let colour = if wrong.is_some() { tokens.bad } else { tokens.text };
    let edit = TextEdit::singleline(&mut text)
        .prefix(icon(words.icon).color(tokens.weak))
        .desired_width(width(ui, shown))
        .text_color(colour);
    let response = ui.add(edit).accessible_name(lang.t(words.name));
    if response.changed() {
        typed.0 = Some(text.clone());
    }
    explain(response.clone(), lang, words, wrong);
    if !response.lost_focus() {
        return None;
    }
    let typed = typed.0.take()?;
    // Escape leaves things as they were.
    let is_meant = !ui.input(|input| input.key_pressed(Key::Escape)) && typed != shown;
    read(&typed).ok().filter(|_| is_meant)
}

/// The name, the meaning, and what is wrong where something is.
fn explain(response: Response, lang: Lang, words: Words, wrong: Option<Text>) {
    let tip = format!("{}\n{}", lang.t(words.name), lang.t(words.tip));
    match wrong {
        Some(wrong) if response.has_focus() => response.show_tooltip_text(lang.t(wrong)),
        _ => drop(response.on_hover_text(tip)),
    }
}

/// Room for what is shown and its sign, in steps, so that the bar doesn't move with every letter.
fn width(ui: &Ui, shown: &str) -> f32 {
    let font = egui::TextStyle::Body.resolve(ui.style());
    let text = ui.painter().layout_no_wrap(shown.to_owned(), font, egui::Color32::PLACEHOLDER).size().x;
    (text / STEP).ceil().clamp(3.0, 12.0) * STEP + SIGN_WIDTH
}
