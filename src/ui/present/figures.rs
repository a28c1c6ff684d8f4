//! The large figures: sold, oversold, lost, p99, and the verdict.

use egui::{Align2, Color32, FontId, Rect, Role, Sense, Ui, WidgetInfo, vec2};

use super::super::model::Model;
use super::super::panels::results::verdict;
use super::super::run::pace::Pace;
use super::super::run::{Ending, Run};
use super::super::text::{Lang, Text, text};
use super::super::theme::{Tokens, tokens};
use crate::report::Report;
use crate::report::compare::figure::Figure;
use crate::report::compare::metric::Unit;
use crate::report::text::grouped;
use crate::report::verdict::micros;

const SOLD: Text = text("sold", "已售");
const OVERSOLD: Text = text("oversold", "超卖");
const LOST: Text = text("lost", "丢失");
const P99: Text = text("p99", "p99");
const VERDICT: Text = text("verdict", "结论");
const READY: Text = text("ready", "就绪");
const NO_REPORT: Text = text("no report", "没有报告");
/// What nobody knows yet.
const UNKNOWN: &str = "–";

/// The height of a figure with its name, in points.
const HEIGHT: f32 = 52.0;

/// A figure: its name, what it says, its colour.
struct Tile {
    name: Text,
    says: String,
    colour: Color32,
}

/// Draws them side by side.
pub fn show(ui: &mut Ui, model: &Model) {
    let (lang, tokens) = (model.lang(), tokens(ui.ctx()));
    let tiles = tiles(lang, model.runs.current.as_ref(), tokens);
    let gap = 6.0;
    let width = (ui.available_width() - gap * (tiles.len() as f32 - 1.0)) / tiles.len() as f32;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = gap;
        for tile in tiles {
            let (rect, response) = ui.allocate_exact_size(vec2(width, HEIGHT), Sense::hover());
            let words = format!("{}: {}", lang.t(tile.name), tile.says);
            response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &words));
            draw(ui, lang, rect, &tile, tokens);
        }
    });
}

fn draw(ui: &Ui, lang: Lang, rect: Rect, tile: &Tile, tokens: &Tokens) {
    let painter = ui.painter();
    painter.rect_filled(rect, 6.0, tokens.card);
    let name = FontId::proportional(13.0);
    painter.text(
        rect.center_top() + vec2(0.0, 5.0),
        Align2::CENTER_TOP,
        lang.t(tile.name),
        name,
        tokens.weak,
    );
    let mut size = 25.0;
    let mut says = painter.layout_no_wrap(tile.says.clone(), FontId::proportional(size), tile.colour);
    // A long word gets smaller rather than cut.
    while says.size().x > rect.width() - 18.0 && size > 12.0 {
        size -= 1.0;
        says = painter.layout_no_wrap(tile.says.clone(), FontId::proportional(size), tile.colour);
    }
    let at = rect.center_bottom() - vec2(says.size().x / 2.0, says.size().y + 2.0);
    painter.galley(at, says, tile.colour);
}

fn tiles(lang: Lang, run: Option<&Run>, tokens: &Tokens) -> [Tile; 5] {
    let report = run.and_then(Run::report);
    let live = run.filter(|run| !run.series.is_empty()).map(|run| Pace::of(&run.series));
    let fact = |key: &str| report.and_then(|report| Figure::find(key)?.of(report));
    let count = |key: &str| {
        let counted = fact(key);
        let colour = match counted {
            Some(0.0) => tokens.good,
            Some(_) => tokens.bad,
            None => tokens.weak,
        };
        let says = counted.map_or(UNKNOWN.to_owned(), |counted| Unit::Orders.told(counted));
        (says, colour)
    };
    let sold = fact("sold").map(|sold| Unit::Orders.told(sold));
    let sold = sold.or_else(|| live.map(|pace| grouped(pace.sold)));
    let p99 = match (report, live) {
        (Some(report), _) => Some(worst_p99(report)),
        (None, Some(pace)) => Some(pace.worst_p99_us),
        _ => None,
    };
    let ((oversold, over), (lost, gone)) = (count("oversold"), count("lost_acknowledged"));
    let (says, colour) = state(lang, run, tokens);
    let or_unknown = |says: Option<String>| says.unwrap_or_else(|| UNKNOWN.to_owned());
    [
        Tile { name: SOLD, says: or_unknown(sold), colour: tokens.text },
        Tile { name: OVERSOLD, says: oversold, colour: over },
        Tile { name: LOST, says: lost, colour: gone },
        Tile { name: P99, says: or_unknown(p99.map(micros)), colour: tokens.text },
        Tile { name: VERDICT, says, colour },
    ]
}

/// p99 of claims, where there were some; else of everything.
fn worst_p99(report: &Report) -> u64 {
    let each = &report.operations;
    let times = if each.claim.ended > 0 { &each.claim } else { &each.all };
    times.response_us.p99
}

/// The verdict, or where the run is.
fn state(lang: Lang, run: Option<&Run>, tokens: &Tokens) -> (String, Color32) {
    match run {
        None => (lang.t(READY).to_owned(), tokens.weak),
        Some(run) => match &run.ending {
            None => (lang.of(run.phase.label()).into_owned(), tokens.accent),
            Some(Ending::Failure(_)) => (lang.t(NO_REPORT).to_owned(), tokens.bad),
            Some(Ending::Report(report)) => {
                let (_, colour, word) = verdict::look(report.verdict, tokens);
                (lang.t(word).to_owned(), colour)
            }
        },
    }
}
