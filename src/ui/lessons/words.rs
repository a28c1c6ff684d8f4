//! What the window says about lessons.

use super::super::text::{Lang, Text, text, trials};
use crate::lesson::judge::{Distance, Judgement};
use crate::lesson::{Entry, Step};
use crate::report::compare::figure::Figure;
use crate::report::compare::metric::Unit;

/// Lessons, as a heading.
pub const LESSONS: Text = text("Lessons", "课程");
/// Which lesson it is.
pub const LESSON: Text = text("Lesson {}", "第 {} 课");
/// Which step it is.
pub const STEP: Text = text("Step {} of {}", "第 {} / {} 步");
/// What was predicted.
pub const PREDICTED: Text = text("Predicted", "预测");
/// What was measured.
pub const MEASURED: Text = text("Measured", "实测");
/// Nothing was predicted.
pub const NO_PREDICTION: Text = text("no prediction", "没有预测");
/// Nothing was measured.
pub const NOT_MEASURED: Text = text("not measured yet", "尚未测量");
/// To the next step.
pub const NEXT: Text = text("Next", "下一步");
/// To the step before.
pub const BACK: Text = text("Back", "上一步");
/// To the next lesson.
pub const NEXT_LESSON: Text = text("Next lesson", "下一课");
/// The lesson is over.
pub const FINISH: Text = text("Finish", "完成");

const SAME: Text = text("Exactly as predicted", "与预测完全一致");
const CLOSE: Text = text("Close: {} apart", "很接近：相差 {}");
const BELOW: Text = text("{} more than predicted", "比预测多 {}");
const ABOVE: Text = text("{} less than predicted", "比预测少 {}");
const TIMES: Text = text("{}, a factor of {}", "{}，相差 {} 倍");

/// The word of a kind of step.
pub fn kind(step: &Step) -> Text {
    match step {
        Step::Read(_) => text("Read", "阅读"),
        Step::Predict(_) => text("Predict", "预测"),
        Step::Run(_) => text("Run", "运行"),
        Step::Compare(_) => text("Compare", "比较"),
        Step::Explain(_) => text("Explain", "解释"),
    }
}

/// The unit of a prediction in words.
pub fn unit(entry: Entry) -> Text {
    match entry {
        Entry::Percent => text("percent", "百分比"),
        Entry::Count => text("count", "数量"),
        Entry::Micros => text("microseconds", "微秒"),
        Entry::Millis => text("milliseconds", "毫秒"),
        Entry::Secs => text("seconds", "秒"),
    }
}

/// The name of a figure.
pub fn figure(lang: Lang, figure: Figure) -> &'static str {
    match figure {
        Figure::Measured(metric) => trials::metric(lang, metric.key),
        Figure::Counted(fact) => trials::fact(lang, fact.key),
    }
}

/// How far a prediction is from what was measured.
pub fn distance(lang: Lang, unit: Unit, judgement: &Judgement) -> String {
    let much = |apart: f64| match unit {
        Unit::Share => lang.f(text("{} points", "{} 个百分点"), &[&format!("{:.1}", apart * 100.0)]),
        _ => unit.told(apart),
    };
    let told = match judgement.distance {
        Distance::Same => return lang.t(SAME).to_owned(),
        Distance::Close => lang.f(CLOSE, &[&much((judgement.predicted - judgement.measured).abs())]),
        Distance::Below(apart) => lang.f(BELOW, &[&much(apart)]),
        Distance::Above(apart) => lang.f(ABOVE, &[&much(apart)]),
    };
    match judgement.times(unit) {
        Some(times) if times < 10.0 => lang.f(TIMES, &[&told, &format!("{times:.1}")]),
        Some(times) => lang.f(TIMES, &[&told, &format!("{times:.0}")]),
        None => told,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_told_in_both_languages() {
        let told = |lang, predicted, measured, unit| {
            distance(lang, unit, &Judgement::new(predicted, measured, unit))
        };
        assert_eq!(told(Lang::En, 10.0, 250.0, Unit::Orders), "240 more than predicted, a factor of 25");
        assert_eq!(told(Lang::Zh, 0.5, 0.949, Unit::Share), "比预测多 44.9 个百分点");
        assert_eq!(told(Lang::En, 0.0, 0.0, Unit::Orders), "Exactly as predicted");
        assert_eq!(told(Lang::En, 0.5, 0.51, Unit::Share), "Close: 1.0 points apart");
    }
}
