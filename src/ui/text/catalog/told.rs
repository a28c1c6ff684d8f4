//! What happens in a run, and what a report says.

use super::Row;

/// Events, notes, targets and reasons.
pub const ROWS: &[Row] = &[
    ("the sale is open", "开售了"),
    ("Starting {}: 1 master, {} replicas, {} Sentinels", "正在启动 {}：1 个主节点、{} 个从节点、{} 个哨兵"),
    ("{} is ready after {} ms", "{} 在 {} 毫秒后就绪"),
    ("The run's files stay in {}", "运行文件保留在 {}"),
    ("The sale could not be opened, trying again: {}", "未能开售，正在重试：{}"),
    ("Fetching the server again, since {} is broken: {}", "服务器 {} 已损坏，正在重新获取：{}"),
    ("Unpacking valkey-server to {}", "正在解压 valkey-server 到 {}"),
    ("{} is ready and will be used from now on", "{} 已就绪，今后将使用它"),
    ("Waiting for another program which is fetching the server", "正在等待另一个程序获取服务器"),
    ("Passing over {}: {}", "跳过 {}：{}"),
    ("stopped before the first arrival", "在首个到达之前停止"),
    ("another run is under way; stop it first", "另一次运行正在进行；请先停止它"),
    ("verdict: {}", "结论：{}"),
    ("{} {} of {} failed: {}", "{1} {3} 的 {2} 失败：{4}"),
    ("Kill {} of {}", "杀死 {2} 的 {1}"),
    ("Terminate {} of {}", "终止 {2} 的 {1}"),
    ("Pause {} of {}", "暂停 {2} 的 {1}"),
    ("Resume {} of {}", "恢复 {2} 的 {1}"),
    ("Restart {} of {}", "重启 {2} 的 {1}"),
    ("CutLink {} of {}", "切断 {2} 的 {1} 的链路"),
    ("SlowLink {} of {}", "放慢 {2} 的 {1} 的链路"),
    ("MendLink {} of {}", "修复 {2} 的 {1} 的链路"),
    ("there is no such stage", "没有这个阶段"),
    ("there is no such instance", "没有这个实例"),
    ("the stage runs no processes", "该阶段没有进程"),
    // Targets.
    ("oversold ≤ {} units", "超卖 ≤ {} 件"),
    ("undersold ≤ {} units", "少卖 ≤ {} 件"),
    ("duplicates ≤ {} orders", "重复 ≤ {} 单"),
    ("lost acknowledged ≤ {} orders", "已确认但丢失 ≤ {} 单"),
    ("achieved of the offered load ≥ {}", "达成负载比例 ≥ {}"),
    ("intercepted of all arrivals ≥ {}", "拦截比例 ≥ {}"),
    ("{} of reads ≤ {}", "读取的 {} ≤ {}"),
    ("{} of claims ≤ {}", "购买的 {} ≤ {}"),
    ("{} of all requests ≤ {}", "全部请求的 {} ≤ {}"),
    ("{} units", "{} 件"),
    ("{} orders", "{} 单"),
    ("nothing: no audit was possible", "无：未能审计"),
    ("nothing: there were none", "无：没有此类请求"),
    ("{} does not hold: {}", "{} 未达成：{}"),
    ("{} is not known: {}", "{} 未知：{}"),
    // What keeps a run from saying anything.
    ("a stage failed inside: {}; please report this as a defect", "某阶段内部出错：{}；请作为缺陷报告"),
    ("the run was stopped after {} s", "运行在 {} 秒后被停止"),
    (
        "the generator fell behind its schedule (p99 {}, {} is allowed): this machine is too busy for the offered load",
        "发生器落后于计划（p99 {}，允许 {}）：本机太忙，承受不了所给的负载",
    ),
    (
        "{} of {} arrivals could not be sent: the first stage did not keep up",
        "{2} 次到达中有 {1} 次无法发送：第一个阶段跟不上",
    ),
    (
        "requests or orders were still under way a minute after the last arrival",
        "最后一次到达一分钟后仍有请求或订单在途",
    ),
    ("the count is off by {}: please report this as a defect", "计数相差 {}：请作为缺陷报告"),
    ("{} has no master", "{} 没有主节点"),
    ("{} has {} as its master", "{} 的主节点是 {}"),
    ("offered rate × {}", "到达速率 × {}"),
    // Faults and links.
    ("{} failed: {}", "{} 失败：{}"),
];
