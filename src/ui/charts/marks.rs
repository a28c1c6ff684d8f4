//! What happened, on the charts: lines for moments, bands for failovers, names for the phases of the workload.

use egui::{Align2, FontId, Painter, Rect, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};
use egui_plot::{LineStyle, PlotTransform, PlotUi, Span, VLine};
use lucide_icons::Icon;

use super::super::intent::{Intent, Intents};
use super::super::model::Model;
use super::super::run::Run;
use super::super::run::log::{Band, Mark};
use super::super::text::{Text, text};
use super::super::theme::{Tokens, signs};
use super::super::view::BottomTab;
use super::format::moment;

/// How near the cursor has to be to a mark to tell what it is, in screen points.
const NEAR: f32 = 5.0;

const NO_MASTER: Text = text("no master: {}", "无主节点：{}");
const NO_MASTER_SPAN: Text = text("{} had no master for {}", "{} 无主节点持续 {}");
const SHARD_OF: Text = text("shard {} of {}", "分片 {}（{}）");
const SEE_EVENTS: Text = text("Click to see all events", "点击查看所有事件");

/// A moment.
#[derive(Debug, Clone, PartialEq)]
pub struct Moment {
    /// When, in seconds.
    pub at: f64,
    /// What it is about.
    pub mark: Mark,
    /// In words.
    pub words: String,
}

/// A stretch of time with a name.
#[derive(Debug, Clone, PartialEq)]
struct Stretch {
    from: f64,
    to: f64,
    name: String,
    words: String,
}

/// All that happened in what is shown.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Marks {
    /// Moments, in order.
    pub moments: Vec<Moment>,
    failovers: Vec<Stretch>,
    phases: Vec<Stretch>,
}

impl Marks {
    /// What happened in a run until `end`, in seconds.
    pub fn of(model: &Model, run: &Run, end: f64) -> Self {
        let lang = model.lang();
        let until_end = run.log.marks().filter(|line| line.at.as_secs_f64() <= end + 0.2);
        let moments = until_end.map(|line| Moment {
            at: line.at.as_secs_f64(),
            mark: line.mark,
            words: lang.of(&line.text).into_owned(),
        });
        let stretch = |band: &Band| {
            let stage = run.topology.stages.get(band.stage).map_or("?", |stage| &stage.name);
            let stage =
                band.shard.map_or_else(|| stage.to_owned(), |shard| lang.f(SHARD_OF, &[&shard, &stage]));
            let from = band.from.as_secs_f64();
            let to = band.to.map_or(end, |to| to.as_secs_f64().min(end)).max(from);
            let span = format!("{:.1} s", to - from);
            Stretch {
                from,
                to,
                name: lang.f(NO_MASTER, &[&stage]),
                words: lang.f(NO_MASTER_SPAN, &[&stage, &span]),
            }
        };
        let failovers = run.log.bands.iter().filter(|band| band.from.as_secs_f64() <= end).map(stretch);
        let mut from = 0.0;
        let phases = run.topology.workload.phases.iter().map(|phase| {
            let to = from + phase.span.as_secs_f64();
            let stretch = Stretch { from, to, name: phase.name.clone(), words: String::new() };
            from = to;
            stretch
        });
        Self { moments: moments.collect(), failovers: failovers.collect(), phases: phases.collect() }
    }

    /// Shades the failovers.
    pub fn bands(&self, plot: &mut PlotUi<'_>, tokens: &Tokens) {
        for band in &self.failovers {
            let span = Span::new("", band.from..=band.to)
                .fill(tokens.failover.gamma_multiply(0.16))
                .border(Stroke::new(1.0, tokens.failover.gamma_multiply(0.7)))
                .border_style(LineStyle::dashed_dense());
            plot.span(span);
        }
    }

    /// Draws a line at each moment, and a faint one where a phase begins.
    pub fn lines(&self, plot: &mut PlotUi<'_>, tokens: &Tokens) {
        for phase in self.phases.iter().skip(1) {
            let stroke = Stroke::new(1.0, tokens.line);
            plot.vline(VLine::new("", phase.from).stroke(stroke).allow_hover(false));
        }
        for moment in &self.moments {
            let (_, color) = sign(moment.mark, tokens);
            plot.vline(VLine::new("", moment.at).stroke(Stroke::new(1.0, color)).allow_hover(false));
        }
    }

    /// Draws the signs of moments at the top of a chart, and the phases' names.
    pub fn signs(&self, ui: &Ui, transform: &PlotTransform, tokens: &Tokens, has_words: bool) {
        let frame = *transform.frame();
        let painter = ui.painter().with_clip_rect(frame);
        if has_words {
            let (top, bottom) = (frame.top() + 2.0, frame.bottom() - 14.0);
            for phase in &self.phases {
                name(&painter, transform, phase, &[&phase.name], (top, tokens.weak));
            }
            for band in &self.failovers {
                let short = band.name.split([':', '：']).next().unwrap_or_default();
                name(&painter, transform, band, &[&band.name, short], (bottom, tokens.text));
            }
        }
        for moment in &self.moments {
            let (icon, color) = sign(moment.mark, tokens);
            let center = pos2(transform.position_from_point_x(moment.at), frame.top() + 7.0);
            painter.circle_filled(center, 7.0, tokens.canvas);
            let icon = char::from(icon).to_string();
            painter.text(center, Align2::CENTER_CENTER, icon, FontId::proportional(11.0), color);
        }
    }

    /// Makes the signs of one chart tell what they are, and answer to clicks.
    pub fn buttons(&self, ui: &Ui, transform: &PlotTransform, model: &Model, out: &mut Intents) {
        let frame = *transform.frame();
        for (place, moment) in self.moments.iter().enumerate() {
            let center = pos2(transform.position_from_point_x(moment.at), frame.top() + 7.0);
            if !frame.contains(center) {
                continue;
            }
            let rect = Rect::from_center_size(center, vec2(14.0, 14.0));
            let response = ui.interact(rect, ui.scope_id().with(("mark", place)), Sense::click());
            response.widget_info(|| WidgetInfo::labeled(egui::Role::Button, true, moment.sentence()));
            if response.clicked() {
                out.push(Intent::ShowTab(BottomTab::Events));
            }
            response.on_hover_text(format!("{}\n{}", moment.sentence(), model.lang().t(SEE_EVENTS)));
        }
    }

    /// What happened near a moment, in sentences.
    pub fn near(&self, secs: f64, transform: &PlotTransform) -> Vec<(Mark, String)> {
        let place = |at: f64| transform.position_from_point_x(at);
        let near = self.moments.iter().filter(|moment| (place(moment.at) - place(secs)).abs() <= NEAR);
        let mut words: Vec<_> = near.map(|moment| (moment.mark, moment.sentence())).collect();
        let during = self.failovers.iter().filter(|band| (band.from..=band.to).contains(&secs));
        words.extend(during.map(|band| (Mark::Trouble, band.words.clone())));
        words
    }
}

/// Writes the first name that fits into a stretch, at a height of the screen.
fn name(
    painter: &Painter,
    transform: &PlotTransform,
    stretch: &Stretch,
    names: &[&str],
    (top, color): (f32, egui::Color32),
) {
    let frame = transform.frame();
    let x = |at: f64| transform.position_from_point_x(at).clamp(frame.left(), frame.right());
    // A sign stands where a stretch begins, as a rule.
    let (from, to) = (x(stretch.from) + 9.0, x(stretch.to) - 2.0);
    let laid = names
        .iter()
        .map(|name| painter.layout_no_wrap((*name).to_owned(), FontId::proportional(10.0), color));
    if let Some(galley) = laid.into_iter().find(|galley| galley.size().x <= to - from) {
        painter.galley(pos2(from, top), galley, color);
    }
}

impl Moment {
    fn sentence(&self) -> String {
        format!("{} · {}", moment(self.at, 0.1), self.words)
    }
}

/// The sign and colour of a mark.
pub fn sign(mark: Mark, tokens: &Tokens) -> (Icon, egui::Color32) {
    (signs::mark(mark), tokens.mark(mark))
}
