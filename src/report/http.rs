//! What a run that was driven over HTTP told its clients.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde::{Deserialize, Serialize};

use super::Report;
use super::text::grouped;
use crate::lang::{Lang, Text, text};

/// Requests that came over HTTP, and their answers. `requests = Σ answered + gone + unanswered`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct HttpReport {
    /// Where it listened: "127.0.0.1:8080".
    pub at: String,
    /// Requests that became arrivals of the run: each ended as one of the totals.
    pub requests: u64,
    /// Answers to them that their clients got, by status.
    pub answered: BTreeMap<u16, u64>,
    /// Requests whose client hung up before it had the answer. Of a connection that broke, the last answer counts here, because nobody can
    /// know that it was read.
    pub gone: u64,
    /// Requests that had not ended when the run was over.
    pub unanswered: u64,
    /// Requests that asked for nothing that there is, by status; they are no arrivals.
    pub refused: BTreeMap<u16, u64>,
    /// Requests that came after the arrivals had ended, and were answered 503; they are no arrivals.
    pub late: u64,
    /// Requests for the list of what there is; they are no arrivals.
    pub looks: u64,
    /// Connections that were made.
    pub connections: u64,
    /// The most of them at the same moment.
    pub most_connections: u64,
}

impl HttpReport {
    /// Answers that clients got, of requests that were arrivals.
    pub fn answered_in_all(&self) -> u64 {
        self.answered.values().sum()
    }

    /// Answers that clients got, whatever they asked: what a load generator counts.
    pub fn told_in_all(&self) -> u64 {
        self.answered_in_all() + self.refused.values().sum::<u64>() + self.late + self.looks
    }
}

const ANSWERED: Text = text(
    "over HTTP at {}: {} requests, {} answered ({}), {} whose client was gone",
    "经 HTTP（{}）：{} 个请求，已回答 {} 个（{}），{} 个请求的客户端已离开",
);
const BESIDES: Text = text(
    "besides: {} refused ({}), {} after the end, {} asked what there is; {} connections, {} at once",
    "此外：拒绝 {} 个（{}），结束后到达 {} 个，查询目录 {} 个；连接 {} 个，同时最多 {} 个",
);
const UNANSWERED: Text = text("{} had no answer when the run was over", "运行结束时 {} 个尚无回答");

/// What was told over HTTP, in lines; none of a run that was not driven so.
pub fn lines(lang: Lang, report: &Report) -> Vec<String> {
    let Some(http) = &report.http else { return Vec::new() };
    let by_status = |counts: &BTreeMap<u16, u64>| {
        let each = counts.iter().map(|(status, count)| format!("{status}: {}", grouped(*count)));
        let each: Vec<String> = each.collect();
        if each.is_empty() { "–".to_owned() } else { each.join(", ") }
    };
    let count = grouped;
    let answered = lang.f(
        ANSWERED,
        &[
            &http.at,
            &count(http.requests),
            &count(http.answered_in_all()),
            &by_status(&http.answered),
            &count(http.gone),
        ],
    );
    let besides = lang.f(
        BESIDES,
        &[
            &count(http.refused.values().sum()),
            &by_status(&http.refused),
            &count(http.late),
            &count(http.looks),
            &count(http.connections),
            &count(http.most_connections),
        ],
    );
    let unanswered = (http.unanswered > 0).then(|| lang.f(UNANSWERED, &[&count(http.unanswered)]));
    [answered, besides].into_iter().chain(unanswered).collect()
}

/// The same in the report for a terminal.
pub(super) fn write(out: &mut String, report: &Report) -> std::fmt::Result {
    lines(Lang::En, report).iter().try_for_each(|line| writeln!(out, "  {line}"))
}
