//! What the program is: version, licences, where things are kept.

use egui::{Context, Grid, Label, RichText, Ui};
use lucide_icons::Icon;

use super::super::intent::{Intent, Intents};
use super::super::model::Model;
use super::super::text::common::{CLOSE, PROGRAM};
use super::super::text::{Lang, Text, text};
use super::super::theme::fonts::icon;
use super::super::theme::{room, size, tokens};
use super::frame;
use crate::servers::Surroundings;

const WHAT: Text = text(
    "Draw a flash-sale architecture, run it on real Redis, break it, and see whether anything was oversold or lost",
    "绘制秒杀架构，在真实的 Redis 上运行，制造故障，看是否超卖或丢单",
);
const VERSION: Text = text("Version", "版本");
const LICENCE: Text = text("Licence", "许可证");
const LICENCES: Text = text("MIT or Apache 2.0, as you prefer", "MIT 或 Apache 2.0，任选其一");
const FONTS: Text = text("Fonts", "字体");
const FONTS_OF: Text = text(
    "Ubuntu Light (Ubuntu Font Licence), Hack (MIT), Lucide icons (ISC); Chinese by a font of this system",
    "Ubuntu Light（Ubuntu 字体许可证）、Hack（MIT）、Lucide 图标（ISC）；中文使用系统字体",
);
const KEPT: Text = text("Kept in", "存放位置");
const KEPT_TIP: Text = text(
    "Settings, recovered designs and a fetched server; designs themselves are where you save them",
    "设置、恢复的设计和下载的服务器；设计文件保存在你选择的位置",
);
const NOWHERE: Text = text("nothing: there is no home folder", "无：没有主目录");
const READ: Text = text("To read", "文档");
const READ_WHAT: Text = text(
    "README.md: first steps, words and limits; docs/reference: every stage, parameter and figure",
    "README.md：入门、术语与限制；docs/reference：所有阶段、参数与指标",
);
const COPY: Text = text("Copy for a report", "复制以便反馈");
const COPY_TIP: Text =
    text("Version and system, to paste into a bug report", "版本与系统信息，可粘贴到问题反馈中");

const WIDTH: f32 = 520.0;

/// Draws it. Answers whether it should close.
pub fn show(ctx: &Context, model: &Model, out: &mut Intents) -> bool {
    let lang = model.lang();
    let mut closes = false;
    let outside = frame::show(ctx, "about", WIDTH, |ui| {
        frame::heading(ui, Icon::Zap, lang.t(PROGRAM));
        ui.label(lang.t(WHAT));
        ui.add_space(room::GROUP);
        facts(ui, lang);
        frame::buttons(ui, |ui| {
            closes = ui.button(lang.t(CLOSE)).clicked();
            let copy = ui.button((icon(Icon::Copy), lang.t(COPY))).accessible_name(lang.t(COPY));
            if copy.on_hover_text(lang.t(COPY_TIP)).clicked() {
                out.push(Intent::CopyText(for_a_report(model)));
            }
        });
    });
    closes || outside
}

fn facts(ui: &mut Ui, lang: Lang) {
    let folder = Surroundings::from_env().data_folder.map(|folder| folder.display().to_string());
    let rows = [
        (VERSION, env!("CARGO_PKG_VERSION").to_owned(), None),
        (LICENCE, lang.t(LICENCES).to_owned(), None),
        (FONTS, lang.t(FONTS_OF).to_owned(), None),
        (KEPT, folder.unwrap_or_else(|| lang.t(NOWHERE).to_owned()), Some(KEPT_TIP)),
        (READ, lang.t(READ_WHAT).to_owned(), None),
    ];
    Grid::new("facts").num_columns(2).spacing([room::GROUP, room::ROW]).show(ui, |ui| {
        for (name, value, tip) in rows {
            ui.label(RichText::new(lang.t(name)).color(tokens(ui).weak));
            ui.vertical(|ui| {
                ui.set_width(WIDTH - 110.0);
                ui.add(Label::new(value).wrap().selectable(true));
                if let Some(tip) = tip {
                    let tip = RichText::new(lang.t(tip)).size(size::SMALL).color(tokens(ui).weak);
                    ui.add(Label::new(tip).wrap());
                }
            });
            ui.end_row();
        }
    });
}

fn for_a_report(model: &Model) -> String {
    let settings = &model.settings;
    format!(
        "{} {}\n{} {}\n{:?}, {:?}, {:.0} %",
        env!("CARGO_PKG_NAME"),
        env!("CARGO_PKG_VERSION"),
        std::env::consts::OS,
        std::env::consts::ARCH,
        settings.lang,
        settings.theme,
        settings.scale * 100.0,
    )
}
