//! Offers the design of a window that ended without asking.

use std::time::{Duration, SystemTime};

use egui::{Context, Frame, RichText};
use lucide_icons::Icon;

use super::super::intent::{Intent, Intents};
use super::super::model::Model;
use super::super::text::common::UNTITLED;
use super::super::text::{Lang, Text, text};
use super::super::theme;
use super::super::view::Found;
use super::frame;

const HEADING: Text = text("A design was not saved", "有一个设计尚未保存");
const BODY: Text = text(
    "The window ended before its changes were saved; this is how the design was then",
    "窗口在更改保存之前就结束了；以下是当时的设计",
);
const STAGES: Text = text("{} stages", "{} 个阶段");
const FROM: Text = text("from {}", "来自 {}");
const MORE: Text = text("{} more after this one", "此后还有 {} 个");
const RESTORE: Text = text("Restore", "恢复");
const DISCARD: Text = text("Discard", "丢弃");
const LATER: Text = text("Ask again next time", "下次再问");
const JUST_NOW: Text = text("less than a minute ago", "不到一分钟前");
const MINUTES: Text = text("{} min ago", "{} 分钟前");
const HOURS: Text = text("{} h ago", "{} 小时前");
const DAYS: Text = text("{} days ago", "{} 天前");

/// Draws it. Answers whether it should close.
pub fn show(ctx: &Context, model: &Model, found: &Found, out: &mut Intents) -> bool {
    let lang = model.lang();
    frame::show(ctx, "recover", 460.0, |ui| {
        frame::heading(ui, Icon::History, lang.t(HEADING));
        ui.label(lang.t(BODY));
        ui.add_space(6.0);
        card(ui, lang, found);
        if found.more > 0 {
            ui.label(RichText::new(lang.f(MORE, &[&found.more])).weak());
        }
        frame::buttons(ui, |ui| {
            let response = frame::primary(ui, lang.t(RESTORE));
            if ui.memory(|memory| memory.focused().is_none()) {
                response.request_focus();
            }
            if response.clicked() {
                out.push(Intent::Restore);
            }
            if ui.button(lang.t(LATER)).clicked() {
                out.push(Intent::KeepLeftovers);
            }
            ui.add_space(12.0);
            if frame::dangerous(ui, lang.t(DISCARD)).clicked() {
                out.push(Intent::DiscardLeftover);
            }
        });
    })
}

fn card(ui: &mut egui::Ui, lang: Lang, found: &Found) {
    let tokens = theme::tokens(ui.ctx());
    Frame::new().fill(tokens.card_head).corner_radius(6).inner_margin(12).show(ui, |ui| {
        ui.set_width(ui.available_width());
        let title = if found.title.is_empty() { lang.t(UNTITLED) } else { &found.title };
        ui.label(RichText::new(title).size(15.5).color(tokens.text));
        let age = SystemTime::now().duration_since(found.kept_at).unwrap_or_default();
        let mut facts = vec![lang.f(STAGES, &[&found.stages]), ago(lang, age)];
        facts.extend(found.path.as_ref().map(|path| lang.f(FROM, &[&path.display()])));
        ui.label(RichText::new(facts.join(" · ")).color(tokens.weak));
    });
}

/// How long ago something was, as coarse as people say it.
fn ago(lang: Lang, age: Duration) -> String {
    let minutes = age.as_secs() / 60;
    match minutes {
        0 => lang.t(JUST_NOW).to_owned(),
        1..120 => lang.f(MINUTES, &[&minutes]),
        120..2_880 => lang.f(HOURS, &[&(minutes / 60)]),
        _ => lang.f(DAYS, &[&(minutes / 1_440)]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_said_coarsely() {
        let said = |secs| ago(Lang::En, Duration::from_secs(secs));
        assert_eq!(said(5), "less than a minute ago");
        assert_eq!(said(61), "1 min ago");
        assert_eq!(said(7_300), "2 h ago");
        assert_eq!(said(200_000), "2 days ago");
    }
}
