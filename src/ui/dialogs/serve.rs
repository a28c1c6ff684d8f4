//! The design is driven over HTTP by a load generator of the user's own: the port is chosen; then where it is, and what was told.

use std::net::SocketAddr;

use egui::{Button, Context, DragValue, RichText, Ui};
use lucide_icons::Icon;

use super::super::command::UiCommand;
use super::super::intent::{Intent, Intents};
use super::super::model::Model;
use super::super::run::{Run, ServedRun};
use super::super::text::common::CANCEL;
use super::super::text::{Lang, Text, text};
use super::super::theme::fonts::icon;
use super::super::theme::tokens;
use super::frame;
use crate::report::HttpReport;
use crate::report::text::grouped;

const TITLE: Text = text("Serve over HTTP", "经 HTTP 提供服务");
const ABOUT: Text = text(
    "The servers start and the sale opens, but the requests come from a load generator of yours: wrk, oha, k6, JMeter or a shell. Charts, faults, audit and report are as in a run. It ends when you stop it.",
    "服务器照常启动、照常开售，但请求来自您自己的压测工具：wrk、oha、k6、JMeter 或命令行。图表、故障、审计和报告与普通运行相同。由您来停止。",
);
const PORT: Text = text("Port on this machine", "本机端口");
const ANY_PORT: Text = text("0 takes a free one", "填 0 则取任意空闲端口");
const START: Text = text("Start serving", "开始服务");
const STARTING: Text =
    text("Servers start; the address comes when the sale is on", "正在启动服务器；开售后显示地址");
const ADDRESS: Text = text("Requests are taken in at", "正在接收请求");
const LIST: Text = text("GET / there lists what can be asked", "对它执行 GET / 可列出全部请求");
const COPY: Text = text("Copy {}", "复制 {}");
const TOLD: Text = text(
    "{} requests, {} answered, {} whose client was gone; {} refused, {} connections",
    "{} 个请求，已回答 {} 个，{} 个请求的客户端已离开；拒绝 {} 个，连接 {} 个",
);
const STOP: Text = text("Stop", "停止");
const STOPPING: Text = text("It is stopping; the report comes after the audit", "正在停止；审计之后给出报告");
const CLOSE: Text = text("Close", "关闭");

const WIDTH: f32 = 560.0;

/// What was chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServeEntry {
    /// The port; 0: any.
    pub port: u16,
}

impl Default for ServeEntry {
    fn default() -> Self {
        Self { port: 8_080 }
    }
}

/// Draws it. Answers whether it should close.
pub fn show(ctx: &Context, model: &Model, entry: &mut ServeEntry, out: &mut Intents) -> bool {
    let lang = model.lang();
    let mut closes = false;
    let outside = frame::show(ctx, "serve", WIDTH, |ui| {
        frame::heading(ui, Icon::Globe, lang.t(TITLE));
        let served = model.runs.active().and_then(|run| Some((run, run.served.as_ref()?)));
        closes |= match served {
            Some((run, served)) => serving(ui, lang, run, served, out),
            None => choose(ui, lang, model, entry, out),
        };
    });
    closes || outside
}

fn choose(ui: &mut Ui, lang: Lang, model: &Model, entry: &mut ServeEntry, out: &mut Intents) -> bool {
    ui.label(lang.t(ABOUT));
    ui.add_space(6.0);
    ui.horizontal(|ui| {
        let label = ui.label(lang.t(PORT));
        ui.add(DragValue::new(&mut entry.port).speed(1.0)).labelled_by(label.id);
        ui.label(RichText::new(lang.t(ANY_PORT)).color(tokens(ui).weak));
    });
    let mut closes = false;
    frame::buttons(ui, |ui| {
        let why_not = UiCommand::Serve.enabled(model).err();
        ui.add_enabled_ui(why_not.is_none(), |ui| {
            let response = frame::primary(ui, lang.t(START));
            if response.clicked() {
                out.push(Intent::Serve(entry.port));
            }
            if let Some(why) = why_not {
                response.on_disabled_hover_text(lang.t(why));
            }
        });
        closes = ui.button(lang.t(CANCEL)).clicked();
    });
    closes
}

fn serving(ui: &mut Ui, lang: Lang, run: &Run, served: &ServedRun, out: &mut Intents) -> bool {
    match served.at {
        Some(at) => {
            ui.label(lang.t(ADDRESS));
            copied(ui, lang, &format!("http://{at}/"), out);
            ui.label(RichText::new(lang.t(LIST)).color(tokens(ui).weak));
            ui.add_space(6.0);
            for command in commands(at) {
                copied(ui, lang, &command, out);
            }
        }
        None => {
            ui.label(lang.t(STARTING));
        }
    }
    if let Some(told) = &served.told {
        ui.add_space(6.0);
        ui.label(in_words(lang, told));
    }
    let mut closes = false;
    frame::buttons(ui, |ui| {
        closes = frame::primary(ui, lang.t(CLOSE)).clicked();
        if run.is_stopping {
            ui.label(RichText::new(lang.t(STOPPING)).color(tokens(ui).weak));
        } else if ui.button(lang.t(STOP)).clicked() {
            out.push(Intent::Command(UiCommand::Stop));
        }
    });
    closes
}

/// Commands that drive it for ten seconds.
fn commands(at: SocketAddr) -> [String; 4] {
    [
        format!("curl -X POST http://{at}/claims"),
        format!("wrk -t2 -c50 -d10s http://{at}/mix"),
        format!("oha -z 10s -c 50 -m POST http://{at}/mix"),
        format!(
            "echo 'import http from \"k6/http\"; export default () => http.post(\"http://{at}/mix\")' | k6 run -u 50 -d 10s -"
        ),
    ]
}

/// A line with a button that copies it.
fn copied(ui: &mut Ui, lang: Lang, line: &str, out: &mut Intents) {
    ui.horizontal_wrapped(|ui| {
        let button = ui.add(Button::new(icon(Icon::Copy)).small());
        if button.on_hover_text(lang.f(COPY, &[&line])).accessible_name(lang.f(COPY, &[&line])).clicked() {
            out.push(Intent::CopyText(line.to_owned()));
        }
        ui.monospace(line);
    });
}

fn in_words(lang: Lang, told: &HttpReport) -> String {
    lang.f(
        TOLD,
        &[
            &grouped(told.requests),
            &grouped(told.answered_in_all()),
            &grouped(told.gone),
            &grouped(told.refused.values().sum()),
            &grouped(told.connections),
        ],
    )
}
