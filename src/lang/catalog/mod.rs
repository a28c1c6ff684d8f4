//! Chinese for what the floors below say in English.
//!
//! Those floors know nothing of languages. Each row of the tables is what one of them says, with `{}` where it puts a value
//! in, beside the same in Chinese; the values are looked up as well, because some are words themselves.
//!
//! - [`helps`]: explanations of parameters and choices.
//! - [`words`]: kinds, reasons, phases, roles.
//! - [`problems`]: what is wrong with a design. [`reading`]: what is wrong with the text of a file.
//! - [`told`]: what happens in a run, and what a report says.

pub mod helps;
pub mod problems;
pub mod reading;
pub mod told;
pub mod words;

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;

use super::Text;

/// English, and the same in Chinese. `{}` stands for a value; `{1}`, `{2}` in the Chinese put values in another order, and `{2!}` puts a
/// name there that somebody gave.
pub type Row = (&'static str, &'static str);

/// All tables. Where two rows fit, the first one counts.
const TABLES: [&[Row]; 5] = [words::ROWS, helps::ROWS, problems::ROWS, reading::ROWS, told::ROWS];

/// Rows without values, by their English.
static EXACT: LazyLock<HashMap<&'static str, &'static str>> = LazyLock::new(|| {
    TABLES.iter().flat_map(|table| table.iter()).filter(|row| !row.0.contains("{}")).copied().collect()
});

/// Rows with values.
static TEMPLATES: LazyLock<Vec<Row>> = LazyLock::new(|| {
    let with_values = |row: &&Row| row.0.contains("{}");
    let mut rows: Vec<Row> =
        TABLES.iter().flat_map(|table| table.iter()).filter(with_values).copied().collect();
    // What says more fits less often: "{}" alone would fit everything.
    rows.sort_by_key(|row| std::cmp::Reverse(row.0.replace("{}", "").len()));
    rows
});

/// The Chinese of an English text; the English itself where there is none.
pub fn chinese(english: &str) -> Cow<'_, str> {
    if let Some(found) = EXACT.get(english) {
        return Cow::Borrowed(found);
    }
    for (template, chinese) in TEMPLATES.iter() {
        if let Some(values) = values(template, english) {
            return Cow::Owned(fill(chinese, &values));
        }
    }
    Cow::Borrowed(english)
}

/// An English text without values, in both languages.
pub fn text_of(english: &'static str) -> Text {
    Text { en: english, zh: EXACT.get(english).copied().unwrap_or(english) }
}

/// Whether there is Chinese for a text.
pub fn knows(english: &str) -> bool {
    EXACT.contains_key(english) || TEMPLATES.iter().any(|(template, _)| values(template, english).is_some())
}

/// The values that a text has in the places of a template; none where it doesn't fit.
fn values<'a>(template: &str, text: &'a str) -> Option<Vec<&'a str>> {
    let mut parts = template.split("{}");
    let mut rest = text.strip_prefix(parts.next()?)?;
    let mut parts = parts.peekable();
    let mut found = Vec::new();
    while let Some(part) = parts.next() {
        let at = if parts.peek().is_none() {
            // The last part ends the text.
            rest.len().checked_sub(part.len()).filter(|_| rest.ends_with(part))?
        } else {
            rest.find(part)?
        };
        found.push(&rest[..at]);
        rest = &rest[at + part.len()..];
    }
    Some(found)
}

fn fill(chinese: &str, values: &[&str]) -> String {
    // A value may be a text with values itself: "p99 of reads ≤ 50ms does not hold: 80 ms". It is shorter, so this ends.
    let mut filled = chinese.to_owned();
    for (number, value) in (1..).zip(values) {
        filled = put(&filled, &format!("{{{number}}}"), &self::chinese(value));
        // A name that somebody gave stays as it is, also where it is a word of ours, like "orders".
        filled = put(&filled, &format!("{{{number}!}}"), value);
    }
    for value in values {
        filled = put(&filled, "{}", &self::chinese(value));
    }
    filled
}

/// Puts a value into its place. Chinese is set apart from other writing by a space, but not from Chinese.
fn put(text: &str, place: &str, value: &str) -> String {
    let is_chinese = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
    let Some((mut before, mut after)) = text.split_once(place) else { return text.to_owned() };
    if let Some(left) = before.strip_suffix(' ')
        && left.ends_with(is_chinese)
        && value.starts_with(is_chinese)
    {
        before = left;
    }
    if let Some(right) = after.strip_prefix(' ')
        && right.starts_with(is_chinese)
        && value.ends_with(is_chinese)
    {
        after = right;
    }
    format!("{before}{value}{after}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_go_where_the_chinese_wants_them_and_words_among_them_are_translated() {
        assert_eq!(chinese("queue can't send to load balancer"), "队列不能发送到负载均衡器",);
        assert_eq!(chinese("two stages are called \"gate\""), "有两个阶段都叫 \"gate\"");
        assert_eq!(chinese("p99 of claims ≤ 50ms does not hold: 80 ms"), "购买的 p99 ≤ 50ms 未达成：80 ms");
        let moved = "slots of node 1 didn't move to node 4: a shard has no master that answers; given up after 20 s: ";
        let kept = "they stay with node 1; keys that had gone over are with node 4, out of reach";
        assert_eq!(
            chinese(&(moved.to_owned() + kept)),
            "节点 1 的槽未能迁到节点 4：有分片没有应答的主节点；20 秒后放弃：它们留在节点 1；已迁走的键在节点 4 上，无法访问"
        );
        let cut = "store: 128 slots on their way from node 1 to node 4 were interrupted: one of the two nodes doesn't answer";
        assert_eq!(chinese(cut), "store：从节点 1 迁往节点 4 的 128 个槽被中断：两个节点之一没有应答");
        assert_eq!(chinese("Kill master of gate"), "杀死 gate 的主节点");
        assert_eq!(chinese("backlog of orders above 500 for 1s"), "orders 的积压高于 500 持续 1s");
        assert_eq!(chinese("not a text of ours"), "not a text of ours");
    }

    #[test]
    fn every_row_has_as_many_values_on_both_sides() {
        for (english, chinese) in TABLES.iter().flat_map(|table| table.iter()) {
            let values = english.matches("{}").count();
            let is_numbered = |number: &usize| {
                chinese.contains(&format!("{{{number}}}")) || chinese.contains(&format!("{{{number}!}}"))
            };
            let numbered = (1..=values).filter(is_numbered).count();
            assert_eq!(values, chinese.matches("{}").count() + numbered, "{english}");
        }
    }

    #[test]
    fn no_english_has_two_rows() {
        let mut seen = HashMap::new();
        for (english, chinese) in TABLES.iter().flat_map(|table| table.iter()) {
            if let Some(other) = seen.insert(english, chinese) {
                assert_eq!(other, chinese, "{english}");
            }
        }
    }
}
