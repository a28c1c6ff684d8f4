//! A comparison: the designs with what differs, the figures with their differences, the facts, and what was left out.

use egui::{Color32, Grid, Label, RichText, ScrollArea, Sense, Ui, vec2};

use super::super::super::dialogs::presets::picture::{self, Marked};
use super::super::super::text::{Lang, Text, text, trials as words};
use super::super::super::theme::tokens;
use crate::report::compare::metric::Unit;
use crate::report::compare::{Comparison, Design, Finding, Values};
use crate::report::text::grouped;
use crate::topology::difference::About;
use crate::topology::{Link, Topology};

const ROUNDS: Text = text("{} of {} rounds; seed {}", "{} / {} 轮；随机种子 {}");
const SAME: Text = text("the same as A", "与 A 相同");
const MARKED: Text = text("Marked: {}", "标记：{}");
const COMMA: Text = text(", ", "、");
const FIGURE: Text = text("figure", "指标");
const MIDDLE_TIP: Text = text(
    "The middle run, and the least and the greatest; a quantile comes from the histogram of its run",
    "居中的一次运行，以及最小与最大；分位数来自该次运行的直方图",
);
const DIFFERENCE: Text = text("{} − A, 95 %", "{} − A，95 %");
const DIFFERENCE_TIP: Text = text(
    "The mean of the differences round by round lies in this interval with 95 % confidence (Student's t)",
    "逐轮差值的均值以 95 % 的置信度落在此区间内（学生 t 分布）",
);
const FINDING_TIP: Text = text(
    "A difference is claimed only if it holds among all figures together (Holm); a hint holds by itself only; nothing to claim is not \"no difference\"",
    "只有在全部指标中同时成立（Holm 法）才断言有差异；迹象只单独成立；不能断言并不等于没有差异",
);
const FACTS: Text = text("Counted in each run", "每次运行的计数");
const SPREAD: Text = text("{} to {} in {} runs", "{} 至 {}，共 {} 次运行");
const SAYS: Text = text("what can be said", "能说什么");

/// The size of a design in miniature.
const PICTURE: egui::Vec2 = vec2(226.0, 92.0);

/// Draws it.
pub fn show(ui: &mut Ui, lang: Lang, comparison: &Comparison) {
    let rounds = comparison.runs.iter().map(|run| run.round).max().unwrap_or(0);
    let seed = comparison.runs.first().map_or(0, |run| run.report.seed);
    ui.label(lang.f(ROUNDS, &[&rounds, &comparison.repeat, &seed]));
    ScrollArea::horizontal().id_salt("designs").show(ui, |ui| {
        ui.horizontal_top(|ui| {
            for index in 0..comparison.designs.len() {
                ui.vertical(|ui| design(ui, lang, comparison, index));
            }
        });
    });
    ui.separator();
    figures(ui, lang, comparison);
    ui.add_space(6.0);
    facts(ui, lang, comparison);
    let warn = tokens(ui).warn;
    for left_out in comparison.runs.iter().filter_map(|run| words::left_out(lang, run)) {
        ui.label(RichText::new(left_out).color(warn));
    }
}

fn topology(comparison: &Comparison, design: usize) -> Option<&Topology> {
    comparison.runs.iter().find(|run| run.design == design).map(|run| &run.report.topology)
}

/// A design in miniature, what differs marked, and listed below.
fn design(ui: &mut Ui, lang: Lang, comparison: &Comparison, index: usize) {
    let (Some(own), Some(first)) = (topology(comparison, index), topology(comparison, 0)) else { return };
    let one = &comparison.designs[index];
    ui.set_width(PICTURE.x);
    ui.label(RichText::new(format!("{}  {}", one.letter, one.name)).strong());
    let (response, painter) = ui.allocate_painter(PICTURE, Sense::hover());
    let tokens = tokens(ui.ctx());
    painter.rect_filled(response.rect, 6.0, tokens.canvas);
    let differing: Vec<&Design> = if index == 0 { comparison.designs.iter().collect() } else { vec![one] };
    let all = || differing.iter().flat_map(|design| &design.differences);
    let stages = |stage: &str| all().any(|difference| difference.stage.as_deref() == Some(stage));
    let links = |link: &Link| {
        all().any(|difference| difference.about == About::Link && difference.what == name_of(link))
    };
    picture::show_marked(ui, response.rect, own, &Marked { stages: &stages, links: &links });
    let here = own.stages.iter().filter(|stage| stages(&stage.name)).map(|stage| stage.name.clone());
    let mut here: Vec<String> = here.collect();
    here.extend(own.links.iter().filter(|link| links(link)).map(name_of));
    if !here.is_empty() {
        let said = lang.f(MARKED, &[&here.join(lang.t(COMMA))]);
        ui.add(Label::new(RichText::new(said).color(tokens.warn)).wrap());
    }
    if index > 0 && one.differences.is_empty() {
        ui.label(RichText::new(lang.t(SAME)).color(tokens.weak));
    }
    for difference in &one.differences {
        let line = words::difference(lang, [first, own], one.letter, difference);
        ui.label(RichText::new(line).color(tokens.weak));
    }
}

/// A link as differences call it.
fn name_of(link: &Link) -> String {
    format!("{} → {}", link.from, link.to)
}

/// Each design but the first against it: the middle runs, the interval of the difference, what can be claimed.
fn figures(ui: &mut Ui, lang: Lang, comparison: &Comparison) {
    for (index, design) in comparison.designs.iter().enumerate().skip(1) {
        let heads = [
            (lang.t(FIGURE).to_owned(), None),
            ("A".to_owned(), Some(MIDDLE_TIP)),
            (design.letter.to_string(), Some(MIDDLE_TIP)),
            (lang.f(DIFFERENCE, &[&design.letter]), Some(DIFFERENCE_TIP)),
            (lang.t(SAYS).to_owned(), Some(FINDING_TIP)),
        ];
        grid(ui, lang, ("figures", index), &heads, |ui| {
            for row in &comparison.metrics {
                ui.label(words::metric(lang, row.key));
                for values in [&row.values[0], &row.values[index]] {
                    middle(ui, lang, row.unit, values);
                }
                let against = row.against_first.iter().find(|against| against.design == index);
                let interval = against.and_then(|against| words::interval(lang, row.unit, against));
                ui.label(interval.unwrap_or_else(|| "–".to_owned()));
                let finding = against.map_or(Finding::TooFew, |against| against.finding);
                ui.label(RichText::new(words::finding(lang, finding)).color(colour(ui, finding)));
                ui.end_row();
            }
        });
        ui.add_space(6.0);
    }
}

/// The middle run; the least and the greatest for those who ask.
fn middle(ui: &mut Ui, lang: Lang, unit: Unit, values: &Values) {
    match (values.middle, values.least, values.most) {
        (Some(middle), Some(least), Some(most)) => {
            let spread = lang.f(SPREAD, &[&unit.told(least), &unit.told(most), &values.runs.len()]);
            ui.label(unit.told(middle)).on_hover_text(spread);
        }
        _ => {
            ui.label("–");
        }
    }
}

/// A table whose heads have letters of designs in them. Where the panel is narrow, it scrolls by itself.
fn grid(
    ui: &mut Ui,
    lang: Lang,
    name: (&str, usize),
    heads: &[(String, Option<Text>)],
    rows: impl FnOnce(&mut Ui),
) {
    let weak = tokens(ui).weak;
    ScrollArea::horizontal().id_salt(("wide", name)).show(ui, |ui| {
        Grid::new(name).num_columns(heads.len()).striped(true).spacing([18.0, 5.0]).show(ui, |ui| {
            for (head, tip) in heads {
                let head = ui.label(RichText::new(head).color(weak));
                if let Some(tip) = tip {
                    head.on_hover_text(lang.t(*tip));
                }
            }
            ui.end_row();
            rows(ui);
        });
    });
}

/// What is claimed stands out.
fn colour(ui: &Ui, finding: Finding) -> Color32 {
    let tokens = tokens(ui.ctx());
    match finding {
        Finding::Differs => tokens.accent,
        Finding::Hint => tokens.warn,
        Finding::Unclear | Finding::Same | Finding::TooFew => tokens.weak,
    }
}

/// Counts, run by run; of what was never other than 0 only the overselling.
fn facts(ui: &mut Ui, lang: Lang, comparison: &Comparison) {
    let bad = tokens(ui).bad;
    let mut heads = vec![(lang.t(FACTS).to_owned(), None)];
    heads.extend(comparison.designs.iter().map(|one| (one.letter.to_string(), None)));
    grid(ui, lang, ("facts", 0), &heads, |ui| {
        for row in &comparison.facts {
            let is_zero = row.runs.iter().flatten().all(|(_, count)| *count == 0);
            if is_zero && row.key != "oversold" {
                continue;
            }
            ui.label(words::fact(lang, row.key));
            for runs in &row.runs {
                let counts: Vec<String> = runs.iter().map(|(_, count)| grouped(*count)).collect();
                let is_wrong = row.key != "sold" && runs.iter().any(|(_, count)| *count > 0);
                let counts = RichText::new(counts.join("  "));
                ui.label(if is_wrong { counts.color(bad) } else { counts });
            }
            ui.end_row();
        }
    });
}
