//! The table of commands: what each is about, its icon, keys and words. The list of them all is made of it.

use egui::{Key, KeyboardShortcut, Modifiers};
use lucide_icons::Icon;

use super::super::text::text;
use super::group::Group;
use super::{About, faults};
use crate::topology::fault::FaultAction;

const PLAIN: Modifiers = Modifiers::NONE;
const ALT: Modifiers = Modifiers::ALT;
const SHIFT: Modifiers = Modifiers::SHIFT;
const COMMAND: Modifiers = Modifiers::COMMAND;
const COMMAND_SHIFT: Modifiers = Modifiers::COMMAND.plus(Modifiers::SHIFT);

/// Rows of `Name, Icon, KEYS + Key: label, tip;`, group by group; faults have a table of their own.
macro_rules! commands {
    ($($group:ident {
        $($name:ident, $icon:ident $(, $modifiers:ident + $key:ident)?: $label:expr, $tip:expr;)*
    })*) => {
        /// An action of the user.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[allow(missing_docs, reason = "each one's words are in the table")]
        pub enum UiCommand {
            $($($name,)*)*
            Fault(FaultAction),
        }

        impl UiCommand {
            /// Every command: as the table has them, then the faults.
            pub fn all() -> impl Iterator<Item = Self> {
                let faults = FaultAction::ALL.iter().copied().map(Self::Fault);
                [$($(Self::$name,)*)*].into_iter().chain(faults)
            }

            /// What it is about.
            pub fn group(self) -> Group {
                match self {
                    $($(Self::$name)|* => Group::$group,)*
                    Self::Fault(_) => Group::Faults,
                }
            }

            /// Its words, icon and shortcut.
            pub fn about(self) -> About {
                match self {
                    $($(Self::$name => About {
                        label: $label,
                        tip: $tip,
                        icon: Icon::$icon,
                        shortcut: None$(.or(Some(KeyboardShortcut::new($modifiers, Key::$key))))?,
                    },)*)*
                    Self::Fault(action) => faults::about(action),
                }
            }
        }
    };
}

commands! {
    File {
        New, FilePlus, COMMAND + N: text("New design", "新建设计"), text("Start with an empty canvas", "从空白画布开始");
        Open, FolderOpen, COMMAND + O: text("Open…", "打开…"), text("Open a topology file", "打开拓扑文件");
        Presets, LayoutGrid, COMMAND + P: text("Presets…", "预设…"),
            text("Choose a design that is ready to run", "选择一个可直接运行的设计");
        Save, Save, COMMAND + S: text("Save", "保存"), text("Save to the design's file", "保存到设计文件");
        SaveAs, SaveAll, COMMAND_SHIFT + S: text("Save as…", "另存为…"),
            text("Save to another file", "保存到另一个文件");
        CopyTopology, ClipboardCopy, COMMAND_SHIFT + C: text("Copy topology as text", "复制拓扑为文本"),
            text("Copy the whole design as the text of a topology file", "把整个设计复制为拓扑文件的文本");
        CopyShort, MessageSquareShare: text("Copy as a short text", "复制为短文本"),
            text("Copy the whole design as one line that fits into a chat; opened from the clipboard, or from a file", "把整个设计复制为一行可发到聊天中的文本；可从剪贴板或文件打开");
        PasteTopology, ClipboardPaste, COMMAND_SHIFT + V: text("Open topology from clipboard", "从剪贴板打开拓扑"),
            text("Open the design that the clipboard holds as text", "打开剪贴板中的拓扑文本");
        ExportCanvas, Image, COMMAND_SHIFT + E: text("Export canvas as PNG…", "导出画布为 PNG…"),
            text("Save a picture of the canvas that carries the design: dropped on a window, it opens", "保存携带设计的画布图片；把图片拖入窗口即可打开");
        ExportCharts, ChartLine: text("Export charts as PNG…", "导出图表为 PNG…"),
            text("Save a picture of the charts", "保存图表图片");
        Quit, LogOut, COMMAND + Q: text("Quit", "退出"),
            text("Stop what runs and close the window", "停止运行并关闭窗口");
    }
    Edit {
        Undo, Undo2, COMMAND + Z: text("Undo", "撤销"), text("Take the last change back", "撤销上一步更改");
        Redo, Redo2, COMMAND_SHIFT + Z: text("Redo", "重做"), text("Do the undone change again", "重做已撤销的更改");
        Cut, Scissors, COMMAND + X: text("Cut", "剪切"),
            text("Copy the selected stages and delete them", "复制所选阶段并删除");
        Copy, Copy, COMMAND + C: text("Copy", "复制"), text("Copy the selected stages as text", "把所选阶段复制为文本");
        Paste, ClipboardPaste, COMMAND + V: text("Paste", "粘贴"),
            text("Add the stages that the clipboard holds", "添加剪贴板中的阶段");
        Duplicate, CopyPlus, COMMAND + D: text("Duplicate", "创建副本"),
            text("Add copies of the selected stages beside them", "在旁边添加所选阶段的副本");
        Delete, Trash2, PLAIN + Delete: text("Delete", "删除"), text("Delete what is selected", "删除所选内容");
        SelectAll, SquareDashedMousePointer, COMMAND + A: text("Select all", "全选"),
            text("Select every stage", "选择所有阶段");
        SelectNothing, SquareDashed, PLAIN + Escape: text("Select nothing", "取消选择"),
            text("Clear the selection", "清除选择");
        Rename, Pencil, PLAIN + F2: text("Rename", "重命名"),
            text("Rename the selected stage in place", "就地重命名所选阶段");
        AddStage, Plus, PLAIN + A: text("Add stage…", "添加阶段…"),
            text("Add a stage by typing its kind", "输入类型来添加阶段");
    }
    Canvas {
        AlignLeft, AlignStartVertical: text("Align left edges", "左对齐"),
            text("Move the selected stages to one left edge", "让所选阶段左边对齐");
        AlignCenter, AlignCenterVertical: text("Align centres across", "水平居中对齐"),
            text("Move the selected stages to one vertical line", "让所选阶段的中心在一条竖线上");
        AlignTop, AlignStartHorizontal: text("Align top edges", "顶端对齐"),
            text("Move the selected stages to one top edge", "让所选阶段顶边对齐");
        AlignMiddle, AlignCenterHorizontal: text("Align centres down", "垂直居中对齐"),
            text("Move the selected stages to one horizontal line", "让所选阶段的中心在一条横线上");
        DistributeAcross, AlignHorizontalDistributeCenter: text("Distribute across", "水平等距分布"),
            text("Equal gaps from left to right", "从左到右等距");
        DistributeDown, AlignVerticalDistributeCenter: text("Distribute down", "垂直等距分布"),
            text("Equal gaps from top to bottom", "从上到下等距");
        AutoLayout, Workflow, COMMAND + L: text("Arrange automatically", "自动布局"),
            text("Put every stage in its place along the way of the requests", "按请求走向排列所有阶段");
        ZoomIn, ZoomIn, COMMAND + Equals: text("Zoom in", "放大"), text("Show the canvas larger", "放大画布");
        ZoomOut, ZoomOut, COMMAND + Minus: text("Zoom out", "缩小"), text("Show the canvas smaller", "缩小画布");
        ZoomOne, Scan, COMMAND + Num1: text("Zoom to 100 %", "缩放到 100 %"),
            text("Show the canvas in its own size", "按原始大小显示画布");
        ZoomFit, Maximize, COMMAND + Num0: text("Zoom to fit", "适应窗口"), text("Show all stages", "显示所有阶段");
        ToggleSnap, Grid3x3, PLAIN + G: text("Snap to grid", "吸附网格"),
            text("Stages snap to the grid when they are moved", "移动阶段时吸附到网格");
        ToggleMinimap, Map, PLAIN + M: text("Minimap", "缩略图"),
            text("Show a small map when the design doesn't fit", "设计超出视野时显示缩略图");
        ToggleFlowDots, Activity: text("Moving dots", "流动圆点"),
            text("Dots move along the wires at the measured rate", "圆点按实测速率沿连线移动");
    }
    View {
        TogglePalette, PanelLeft, COMMAND + B: text("Stage palette", "阶段面板"),
            text("Show the kinds of stage", "显示阶段类型");
        ToggleInspector, PanelRight, COMMAND + I: text("Inspector", "检查器"),
            text("Show the parameters of what is selected", "显示所选内容的参数");
        ToggleBottom, PanelBottom, COMMAND + J: text("Panel below", "下方面板"),
            text("Show charts, results, problems and events", "显示图表、结果、问题和事件");
        ShowCharts, ChartLine, ALT + Num1: text("Charts", "图表"), text("Show the charts", "显示图表");
        ShowResults, ClipboardCheck, ALT + Num2: text("Results", "结果"),
            text("Show funnel, targets and audit", "显示漏斗、目标和审计");
        ShowProblems, TriangleAlert, ALT + Num3: text("Problems", "问题"),
            text("Show what is wrong with the design", "显示设计中的问题");
        ShowEvents, ScrollText, ALT + Num4: text("Events", "事件"),
            text("Show what happened, line by line", "逐行显示发生的事件");
        ShowTrials, GitCompare, ALT + Num5: text("Trials", "对比试验"),
            text("Show comparisons and the curve of capacity", "显示设计比较与容量曲线");
        Present, Presentation, PLAIN + F11: text("Presenter view", "演示视图"),
            text("Large type and few panels, for a projector; Esc leaves it", "大字号、少面板，适合投影；按 Esc 退出");
        ThemeDark, Moon: text("Dark", "深色"), text("Light on dark", "深底浅字");
        ThemeLight, Sun: text("Light", "浅色"), text("Dark on light", "浅底深字");
        ThemeSystem, MonitorCog: text("As the system", "跟随系统"),
            text("Dark or light, as the system says", "按系统设置使用深色或浅色");
        English, Languages: text("English", "English"), text("The window in English", "界面使用英文");
        Chinese, Languages: text("中文", "中文"), text("The window in Chinese", "界面使用中文");
        Larger, AArrowUp, COMMAND_SHIFT + Equals: text("Everything larger", "整体放大"),
            text("For a projector", "适合投影");
        Smaller, AArrowDown, COMMAND_SHIFT + Minus: text("Everything smaller", "整体缩小"),
            text("For a small screen", "适合小屏幕");
        UsualSize, ALargeSmall, COMMAND_SHIFT + Num0: text("Everything in usual size", "整体恢复原大小"),
            text("Back to 100 %", "恢复到 100 %");
    }
    Run {
        Run, Play, PLAIN + F5: text("Run", "运行"), text("Start the servers and run the design", "启动服务器并运行设计");
        Stop, Square, SHIFT + F5: text("Stop", "停止"),
            text("End the arrivals, then drain and audit", "结束到达，然后排空并审计");
        Serve, Globe: text("Serve over HTTP…", "经 HTTP 提供服务…"),
            text(
                "Let a load generator of your own drive the design over HTTP: wrk, oha, k6, JMeter",
                "让您自己的压测工具经 HTTP 驱动此设计：wrk、oha、k6、JMeter",
            );
        MeasureMachine, Cpu: text("Measure this machine", "测试本机能力"),
            text(
                "Find out in a minute and a half how many orders and arrivals a second this machine carries; a run that asks for more is warned of",
                "用约一分半钟测出本机每秒能承载多少订单和到达；运行要求更多时会发出警告",
            );
        ShowHistory, History: text("History…", "历史…"),
            text("Find, note, pin, delete and open runs that were kept", "查找、备注、固定、删除和打开保存的运行");
        OverlayRun, Layers2: text("Overlay a kept run…", "叠加保存的运行…"),
            text("Choose a kept run whose lines lie over those of the run that is shown", "选择一个保存的运行，把其曲线叠加到正在显示的运行上");
        RemoveOverlay, X: text("Remove the second run", "移除第二次运行"),
            text("Show the one run alone again", "重新只显示一次运行");
        Compare, GitCompare: text("Compare designs…", "比较设计…"),
            text(
                "Run this design and others in turn on the same arrivals, and see what differs and what can be claimed",
                "让此设计与其他设计在相同的到达下轮流运行，看有何差异、能断言什么",
            );
        FindCapacity, Gauge: text("Find the capacity", "寻找容量"),
            text(
                "Search for the largest rate at which this design meets its targets; takes several runs",
                "寻找此设计满足目标的最大速率；需要多次运行",
            );
        SaveComparison, FileJson: text("Save comparison as JSON…", "保存比较结果为 JSON…"),
            text("Save figures, differences and all reports, as `seckill-lab compare --json` does", "保存指标、差异与全部报告，与 `seckill-lab compare --json` 相同");
        SaveCapacity, FileJson: text("Save capacity as JSON…", "保存容量结果为 JSON…"),
            text("Save the curve with all its points, as `seckill-lab capacity --json` does", "保存曲线及其全部点，与 `seckill-lab capacity --json` 相同");
        CopyReport, ClipboardCopy: text("Copy report as text", "复制报告为文本"),
            text("Copy the whole report as the terminal shows it", "按终端显示的样子复制整个报告");
        SavePage, FileText: text("Save report as HTML…", "保存报告为 HTML…"),
            text("Save the report as one page that needs no network: to read, to print, to send", "把报告保存为无需网络的单个页面：可阅读、打印、发送");
        SaveReport, FileJson: text("Save report as JSON…", "保存报告为 JSON…"),
            text("Save everything the run found out", "保存运行得到的全部结果");
        SaveSheets, FileSpreadsheet: text("Save series and summary as CSV…", "保存序列与摘要为 CSV…"),
            text("Save what happened over time, a row a bucket and stage, and the summary beside it", "保存随时间变化的数据（每个时间桶与阶段一行），摘要另存于旁");
        SaveMarkdown, GitPullRequest: text("Save summary as Markdown…", "保存摘要为 Markdown…"),
            text("Save a summary for a pull request", "保存用于合并请求的摘要");
        SaveJunit, ListChecks: text("Save as JUnit XML…", "保存为 JUnit XML…"),
            text("Save verdict, targets and audit as test cases for CI", "把结论、目标与审计保存为 CI 的测试用例");
    }
    Faults {
        ToggleBreakableLinks, Cable: text("Breakable links", "可断链路"),
            text(
                "From the next run on, proxies stand before all Redis processes, so that links can be cut and slowed; this costs processor time (15 % were measured)",
                "从下次运行起，在所有 Redis 进程前设置代理，以便切断和放慢链路；会占用处理器时间（实测多 15 %）",
            );
    }
    Charts {
        FollowCharts, ArrowRightToLine, PLAIN + F: text("Follow", "跟随"),
            text("Keep the newest measurements in view", "始终显示最新的测量");
        FreezeCharts, Snowflake, PLAIN + Z: text("Freeze charts", "冻结图表"),
            text("Hold the charts still while the run goes on", "运行继续，图表静止");
        PlayMoments, CirclePlay: text("Play the moments", "播放各时刻"),
            text("Show the run again on the canvas, moment by moment; again: pause", "在画布上逐刻重放运行；再次：暂停");
        LeaveMoment, SkipForward: text("Leave this moment", "离开此刻"),
            text("The canvas shows the run as it is now, or all of it", "画布重新显示运行的现状或整个运行");
    }
    Help {
        Lessons, GraduationCap: text("Lessons…", "课程…"),
            text("Read, predict a number, run, compare: the course, in any order", "阅读、预测一个数字、运行、比较：课程可按任意顺序学习");
        LessonNext, ChevronRight, PLAIN + PageDown: text("Next step of the lesson", "课程的下一步"),
            text("Turn to the next step", "翻到下一步");
        LessonBack, ChevronLeft, PLAIN + PageUp: text("Step before in the lesson", "课程的上一步"),
            text("Turn back to the step before", "翻回上一步");
        LeaveLesson, X: text("Leave the lesson", "离开课程"),
            text("Close the lesson; it is remembered how far you are until the window closes", "关闭课程；窗口关闭前会记住您的进度");
        Palette, Command, COMMAND + K: text("Command palette…", "命令面板…"),
            text("Find a command by typing", "输入文字查找命令");
        Shortcuts, Keyboard, PLAIN + F1: text("Keyboard shortcuts", "键盘快捷键"),
            text("All keys on one sheet", "一页列出所有按键");
        About, Info: text("About", "关于"), text("Version, licences and where things are kept", "版本、许可证与文件位置");
    }
}
