//! What the run was made on, with what, and how it is done again.

use super::super::words;
use super::Repeat;
use super::page::{Align, Page};
use crate::lang::{Lang, Text, text};
use crate::report::Report;

/// Settings that are listed.
const LISTED: usize = 500;

/// Machine, servers, settings.
pub fn draw(page: &mut Page, lang: Lang, report: &Report) {
    let machine = &report.machine;
    let or_dash = |text: &str| if text.is_empty() { "–".to_owned() } else { text.to_owned() };
    page.element("h3", &[], lang.t(words::MACHINE));
    let mut program = format!("seckill-lab {}", report.program_version);
    if !machine.is_optimised && !machine.system.is_empty() {
        program = format!("{program} ({})", lang.t(words::UNOPTIMISED));
    }
    page.pairs(&[
        (lang.t(text("program", "程序")), program),
        (lang.t(text("system", "系统")), or_dash(&machine.system)),
        (lang.t(text("processor", "处理器")), or_dash(&machine.processor)),
        (lang.t(text("architecture", "架构")), or_dash(&machine.architecture)),
        (lang.t(text("cores", "核数")), machine.cores()),
        (lang.t(text("memory", "内存")), machine.memory()),
    ]);
    if !report.servers.is_empty() {
        page.element("h3", &[], lang.t(words::SERVERS));
        let heads = [text("server", "服务器"), text("version", "版本"), text("where", "位置")];
        let rows = report.servers.iter();
        let rows: Vec<Vec<String>> = rows
            .map(|server| {
                vec![server.kind.clone(), server.version.clone(), lang.of(&server.path).into_owned()]
            })
            .collect();
        page.table(lang.t(words::SERVERS), &lefts(lang, &heads), &rows);
    }
    if !report.settings.is_empty() {
        page.element("h3", &[], lang.t(words::SETTINGS));
        let heads = [words::STAGE, text("setting", "设置"), text("value", "值")];
        let rows: Vec<Vec<String>> = report
            .settings
            .iter()
            .take(LISTED)
            .map(|one| {
                vec![one.stage.clone(), lang.of(&one.name).into_owned(), lang.of(&one.value).into_owned()]
            })
            .collect();
        page.table(lang.t(words::SETTINGS), &lefts(lang, &heads), &rows);
    }
}

fn lefts(lang: Lang, heads: &[Text]) -> Vec<(&'static str, Align)> {
    heads.iter().map(|head| (lang.t(*head), Align::Left)).collect()
}

/// The command that does it again, and the design that it needs.
pub fn repeat(page: &mut Page, lang: Lang, report: &Report, repeat: &Repeat<'_>) {
    let command = match &report.http {
        Some(http) => {
            let secs = report.generator.duration_secs.max(1.0);
            format!("seckill-lab serve {} --http {} --for {secs:.0}s", repeat.file, http.at)
        }
        None => format!("seckill-lab run {}", repeat.file),
    };
    page.element("p", &[("class", &"lead")], lang.f(words::REPEAT_LEAD, &[&repeat.file]));
    page.element("pre", &[("class", &"command")], command);
    page.inside("details", &[], |page| {
        page.element("summary", &[], lang.t(words::DESIGN_TEXT));
        page.element("pre", &[], repeat.design);
    });
}
