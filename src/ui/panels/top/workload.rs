//! Duration and seed of the next run.

use std::time::Duration;

use egui::Ui;
use lucide_icons::Icon;

use super::super::super::document::{Edit, ops};
use super::super::super::intent::Intents;
use super::super::super::model::Model;
use super::super::super::text::{Text, text};
use super::super::super::widgets::number;
use super::field::{self, Typed, Words};

const DURATION: Words = Words {
    name: text("Duration", "时长"),
    tip: text(
        "How long requests arrive, such as 10s or 2m 30s; phases, opening and faults keep their proportions",
        "请求到达持续多久，例如 10s 或 2m 30s；各时段、开售与故障按比例伸缩",
    ),
    icon: Icon::Timer,
};
const SEED: Words = Words {
    name: text("Seed", "随机种子"),
    tip: text(
        "Seed of every lot that is drawn: the same seed gives the same arrivals",
        "所有随机抽取的种子：相同的种子得到相同的到达",
    ),
    icon: Icon::Dices,
};
const STRETCH: Text = text("Change duration", "更改时长");
const RESEED: Text = text("Change seed", "更改随机种子");
const NO_DURATION: Text = text("Say for example 10s or 2m 30s", "例如 10s 或 2m 30s");
const NO_TIME: Text = text("A run takes some time; say for example 10s", "运行需要一段时间；例如 10s");
const TOO_LONG: Text = text("A run takes 24 hours at most", "一次运行最长 24 小时");
const NO_SEED: Text = text("A seed is a whole number from 0", "种子是不小于 0 的整数");

/// The longest run.
const LONGEST: Duration = Duration::from_hours(24);

/// How long requests arrive.
pub fn duration(ui: &mut Ui, model: &Model, typed: &mut Typed, out: &mut Intents) {
    let duration = model.doc.workload().duration();
    let shown = number::span(duration);
    let is_possible = !duration.is_zero();
    ui.add_enabled_ui(is_possible, |ui| {
        if let Some(duration) = field::show(ui, model.lang(), DURATION, &shown, typed, read_duration) {
            out.edit(Edit::new(STRETCH, move |topology| ops::stretch(topology, duration)));
        }
    });
}

/// The seed of all lots.
pub fn seed(ui: &mut Ui, model: &Model, typed: &mut Typed, out: &mut Intents) {
    let shown = model.doc.workload().seed.to_string();
    if let Some(seed) = field::show(ui, model.lang(), SEED, &shown, typed, read_seed) {
        out.edit(Edit::new(RESEED, move |topology| topology.workload.seed = seed));
    }
}

fn read_duration(typed: &str) -> Result<Duration, Text> {
    match number::parse_span(typed) {
        Ok(Duration::ZERO) => Err(NO_TIME),
        Ok(duration) if duration > LONGEST => Err(TOO_LONG),
        Ok(duration) => Ok(duration),
        Err(_) => Err(NO_DURATION),
    }
}

fn read_seed(typed: &str) -> Result<u64, Text> {
    typed.trim().replace(['_', ','], "").parse().map_err(|_not_a_number| NO_SEED)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_and_seeds_are_read_as_the_command_line_reads_them() {
        assert_eq!(read_duration(" 2m 30s "), Ok(Duration::from_secs(150)));
        assert_eq!(read_duration("0s"), Err(NO_TIME));
        assert_eq!(read_duration("25h"), Err(TOO_LONG));
        assert_eq!(read_duration("ten"), Err(NO_DURATION));
        assert_eq!(read_seed("1_000"), Ok(1_000));
        assert_eq!(read_seed("-1"), Err(NO_SEED));
    }
}
