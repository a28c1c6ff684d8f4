//! What this machine carries: measured on request, and said before a run that asks for more.

use super::super::notice::Notice;
use super::super::session::bench::BenchNews;
use super::super::text::{Text, machine as words, text};
use super::Applied;
use crate::engine::FailureKind;
use crate::machine::Capacity;

const BEGINS: Text = text("looking for a server", "正在查找服务器");
const MEASURED: Text = text("Measured on {} cores with {}", "在 {} 个核心上用 {} 测得");
const STOPPED: Text = text("The measurement was stopped; nothing is kept", "测试已停止，没有保留结果");
const FAILED: Text = text("This machine could not be measured", "无法测试本机能力");
const NO_THREAD: Text = text("The system gives no thread for it", "系统无法为此提供线程");
const NOT_KEPT: Text = text("The figures could not be kept for later", "无法保存测试结果");

impl Applied<'_> {
    /// Measures this machine.
    pub fn measure_machine(&mut self) {
        if self.session.bench.measure(self.ctx) {
            self.model.machine.measuring = Some(self.model.lang().t(BEGINS).to_owned());
        } else {
            let lang = self.model.lang();
            self.notify(Notice::error(lang.t(FAILED), lang.t(NO_THREAD)));
        }
    }

    /// Takes in what was measured.
    pub fn machine_news(&mut self, news: BenchNews) {
        let (lang, machine) = (self.model.lang(), &mut self.model.machine);
        let notice = match news {
            BenchNews::Known(capacity) => {
                machine.capacity.get_or_insert(capacity);
                return;
            }
            BenchNews::Told(told) => {
                machine.measuring = words::told(lang, &told).or(machine.measuring.take());
                return;
            }
            BenchNews::NotKept(why) => Notice::error(lang.t(NOT_KEPT), lang.of(&why)),
            BenchNews::Ended(ended) => {
                machine.measuring = None;
                match ended {
                    Ok(capacity) => {
                        let capacity = machine.capacity.insert(capacity);
                        let details = lang.f(MEASURED, &[&capacity.cores, &capacity.server]);
                        Notice { details: Some(details), ..Notice::good(words::capacity(lang, capacity)) }
                    }
                    Err(failure) if failure.kind == FailureKind::Stopped => Notice::warning(lang.t(STOPPED)),
                    Err(failure) => Notice::error(lang.t(FAILED), lang.of(&failure.text)),
                }
            }
        };
        let stays = notice.details.is_some();
        self.notify(notice);
        // Who started this may have gone for a coffee: unfolded it stays.
        self.view.notices.iter_mut().last().into_iter().for_each(|shown| shown.is_open = stays);
    }

    /// Says before a run if it asks for more than this machine carried.
    pub fn warn_of_load(&mut self) {
        let judge = |capacity: &Capacity| capacity.judge(self.model.doc.topology());
        if let Some(load) = self.model.machine.capacity.as_ref().and_then(judge) {
            self.notify(Notice::warning(words::too_much(self.model.lang(), &load)));
        }
    }
}
