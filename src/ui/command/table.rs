//! The words, icon and shortcut of each command.

use egui::{Key, KeyboardShortcut, Modifiers};
use lucide_icons::Icon;

use super::super::text::{Text, text};
use super::{About, UiCommand};

/// Command and Shift.
const COMMAND_SHIFT: Modifiers = Modifiers::COMMAND.plus(Modifiers::SHIFT);

const fn keys(modifiers: Modifiers, key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(modifiers, key)
}

const fn about(label: Text, tip: Text, icon: Icon, shortcut: Option<KeyboardShortcut>) -> About {
    About { label, tip, icon, shortcut }
}

impl UiCommand {
    /// Its words, icon and shortcut.
    #[allow(clippy::too_many_lines, reason = "a table")]
    pub fn about(self) -> About {
        match self {
            Self::New => about(
                text("New design", "新建设计"),
                text("Start with an empty canvas", "从空白画布开始"),
                Icon::FilePlus,
                Some(keys(Modifiers::COMMAND, Key::N)),
            ),
            Self::Open => about(
                text("Open…", "打开…"),
                text("Open a topology file", "打开拓扑文件"),
                Icon::FolderOpen,
                Some(keys(Modifiers::COMMAND, Key::O)),
            ),
            Self::Presets => about(
                text("Presets…", "预设…"),
                text("Choose a design that is ready to run", "选择一个可直接运行的设计"),
                Icon::LayoutGrid,
                Some(keys(Modifiers::COMMAND, Key::P)),
            ),
            Self::Save => about(
                text("Save", "保存"),
                text("Save to the design's file", "保存到设计文件"),
                Icon::Save,
                Some(keys(Modifiers::COMMAND, Key::S)),
            ),
            Self::SaveAs => about(
                text("Save as…", "另存为…"),
                text("Save to another file", "保存到另一个文件"),
                Icon::SaveAll,
                Some(keys(COMMAND_SHIFT, Key::S)),
            ),
            Self::CopyTopology => about(
                text("Copy topology as text", "复制拓扑为文本"),
                text(
                    "Copy the whole design as text, to paste into a chat",
                    "把整个设计复制为文本，便于粘贴到聊天中",
                ),
                Icon::ClipboardCopy,
                Some(keys(COMMAND_SHIFT, Key::C)),
            ),
            Self::PasteTopology => about(
                text("Open topology from clipboard", "从剪贴板打开拓扑"),
                text("Open the design that the clipboard holds as text", "打开剪贴板中的拓扑文本"),
                Icon::ClipboardPaste,
                Some(keys(COMMAND_SHIFT, Key::V)),
            ),
            Self::ExportCanvas => about(
                text("Export canvas as PNG…", "导出画布为 PNG…"),
                text("Save a picture of the canvas", "保存画布图片"),
                Icon::Image,
                Some(keys(COMMAND_SHIFT, Key::E)),
            ),
            Self::ExportCharts => about(
                text("Export charts as PNG…", "导出图表为 PNG…"),
                text("Save a picture of the charts", "保存图表图片"),
                Icon::ChartLine,
                None,
            ),
            Self::Quit => about(
                text("Quit", "退出"),
                text("Stop what runs and close the window", "停止运行并关闭窗口"),
                Icon::LogOut,
                Some(keys(Modifiers::COMMAND, Key::Q)),
            ),
            Self::Undo => about(
                text("Undo", "撤销"),
                text("Take the last change back", "撤销上一步更改"),
                Icon::Undo2,
                Some(keys(Modifiers::COMMAND, Key::Z)),
            ),
            Self::Redo => about(
                text("Redo", "重做"),
                text("Do the undone change again", "重做已撤销的更改"),
                Icon::Redo2,
                Some(keys(COMMAND_SHIFT, Key::Z)),
            ),
            Self::Cut => about(
                text("Cut", "剪切"),
                text("Copy the selected stages and delete them", "复制所选阶段并删除"),
                Icon::Scissors,
                Some(keys(Modifiers::COMMAND, Key::X)),
            ),
            Self::Copy => about(
                text("Copy", "复制"),
                text("Copy the selected stages as text", "把所选阶段复制为文本"),
                Icon::Copy,
                Some(keys(Modifiers::COMMAND, Key::C)),
            ),
            Self::Paste => about(
                text("Paste", "粘贴"),
                text("Add the stages that the clipboard holds", "添加剪贴板中的阶段"),
                Icon::ClipboardPaste,
                Some(keys(Modifiers::COMMAND, Key::V)),
            ),
            Self::Duplicate => about(
                text("Duplicate", "创建副本"),
                text("Add copies of the selected stages beside them", "在旁边添加所选阶段的副本"),
                Icon::CopyPlus,
                Some(keys(Modifiers::COMMAND, Key::D)),
            ),
            Self::Delete => about(
                text("Delete", "删除"),
                text("Delete what is selected", "删除所选内容"),
                Icon::Trash2,
                Some(keys(Modifiers::NONE, Key::Delete)),
            ),
            Self::SelectAll => about(
                text("Select all", "全选"),
                text("Select every stage", "选择所有阶段"),
                Icon::SquareDashedMousePointer,
                Some(keys(Modifiers::COMMAND, Key::A)),
            ),
            Self::SelectNothing => about(
                text("Select nothing", "取消选择"),
                text("Clear the selection", "清除选择"),
                Icon::SquareDashed,
                Some(keys(Modifiers::NONE, Key::Escape)),
            ),
            Self::Rename => about(
                text("Rename", "重命名"),
                text("Rename the selected stage in place", "就地重命名所选阶段"),
                Icon::Pencil,
                Some(keys(Modifiers::NONE, Key::F2)),
            ),
            Self::AlignLeft => about(
                text("Align left edges", "左对齐"),
                text("Move the selected stages to one left edge", "让所选阶段左边对齐"),
                Icon::AlignStartVertical,
                None,
            ),
            Self::AlignCenter => about(
                text("Align centres across", "水平居中对齐"),
                text("Move the selected stages to one vertical line", "让所选阶段的中心在一条竖线上"),
                Icon::AlignCenterVertical,
                None,
            ),
            Self::AlignTop => about(
                text("Align top edges", "顶端对齐"),
                text("Move the selected stages to one top edge", "让所选阶段顶边对齐"),
                Icon::AlignStartHorizontal,
                None,
            ),
            Self::AlignMiddle => about(
                text("Align centres down", "垂直居中对齐"),
                text("Move the selected stages to one horizontal line", "让所选阶段的中心在一条横线上"),
                Icon::AlignCenterHorizontal,
                None,
            ),
            Self::DistributeAcross => about(
                text("Distribute across", "水平等距分布"),
                text("Equal gaps from left to right", "从左到右等距"),
                Icon::AlignHorizontalDistributeCenter,
                None,
            ),
            Self::DistributeDown => about(
                text("Distribute down", "垂直等距分布"),
                text("Equal gaps from top to bottom", "从上到下等距"),
                Icon::AlignVerticalDistributeCenter,
                None,
            ),
            Self::AutoLayout => about(
                text("Arrange automatically", "自动布局"),
                text("Put every stage in its place along the way of the requests", "按请求走向排列所有阶段"),
                Icon::Workflow,
                Some(keys(Modifiers::COMMAND, Key::L)),
            ),
            Self::AddStage => about(
                text("Add stage…", "添加阶段…"),
                text("Add a stage by typing its kind", "输入类型来添加阶段"),
                Icon::Plus,
                Some(keys(Modifiers::NONE, Key::A)),
            ),
            Self::ZoomIn => about(
                text("Zoom in", "放大"),
                text("Show the canvas larger", "放大画布"),
                Icon::ZoomIn,
                Some(keys(Modifiers::COMMAND, Key::Equals)),
            ),
            Self::ZoomOut => about(
                text("Zoom out", "缩小"),
                text("Show the canvas smaller", "缩小画布"),
                Icon::ZoomOut,
                Some(keys(Modifiers::COMMAND, Key::Minus)),
            ),
            Self::ZoomOne => about(
                text("Zoom to 100 %", "缩放到 100 %"),
                text("Show the canvas in its own size", "按原始大小显示画布"),
                Icon::Scan,
                Some(keys(Modifiers::COMMAND, Key::Num1)),
            ),
            Self::ZoomFit => about(
                text("Zoom to fit", "适应窗口"),
                text("Show all stages", "显示所有阶段"),
                Icon::Maximize,
                Some(keys(Modifiers::COMMAND, Key::Num0)),
            ),
            Self::ToggleSnap => about(
                text("Snap to grid", "吸附网格"),
                text("Stages snap to the grid when they are moved", "移动阶段时吸附到网格"),
                Icon::Grid3x3,
                Some(keys(Modifiers::NONE, Key::G)),
            ),
            Self::ToggleMinimap => about(
                text("Minimap", "缩略图"),
                text("Show a small map when the design doesn't fit", "设计超出视野时显示缩略图"),
                Icon::Map,
                Some(keys(Modifiers::NONE, Key::M)),
            ),
            Self::ToggleFlowDots => about(
                text("Moving dots", "流动圆点"),
                text("Dots move along the wires at the measured rate", "圆点按实测速率沿连线移动"),
                Icon::Activity,
                None,
            ),
            Self::TogglePalette => about(
                text("Stage palette", "阶段面板"),
                text("Show the kinds of stage", "显示阶段类型"),
                Icon::PanelLeft,
                Some(keys(Modifiers::COMMAND, Key::B)),
            ),
            Self::ToggleInspector => about(
                text("Inspector", "检查器"),
                text("Show the parameters of what is selected", "显示所选内容的参数"),
                Icon::PanelRight,
                Some(keys(Modifiers::COMMAND, Key::I)),
            ),
            Self::ToggleBottom => about(
                text("Panel below", "下方面板"),
                text("Show charts, results, problems and events", "显示图表、结果、问题和事件"),
                Icon::PanelBottom,
                Some(keys(Modifiers::COMMAND, Key::J)),
            ),
            Self::ShowCharts => about(
                text("Charts", "图表"),
                text("Show the charts", "显示图表"),
                Icon::ChartLine,
                Some(keys(Modifiers::ALT, Key::Num1)),
            ),
            Self::ShowResults => about(
                text("Results", "结果"),
                text("Show funnel, targets and audit", "显示漏斗、目标和审计"),
                Icon::ClipboardCheck,
                Some(keys(Modifiers::ALT, Key::Num2)),
            ),
            Self::ShowProblems => about(
                text("Problems", "问题"),
                text("Show what is wrong with the design", "显示设计中的问题"),
                Icon::TriangleAlert,
                Some(keys(Modifiers::ALT, Key::Num3)),
            ),
            Self::ShowEvents => about(
                text("Events", "事件"),
                text("Show what happened, line by line", "逐行显示发生的事件"),
                Icon::ScrollText,
                Some(keys(Modifiers::ALT, Key::Num4)),
            ),
            Self::Run => about(
                text("Run", "运行"),
                text("Start the servers and run the design", "启动服务器并运行设计"),
                Icon::Play,
                Some(keys(Modifiers::NONE, Key::F5)),
            ),
            Self::Stop => about(
                text("Stop", "停止"),
                text("End the arrivals, then drain and audit", "结束到达，然后排空并审计"),
                Icon::Square,
                Some(keys(Modifiers::SHIFT, Key::F5)),
            ),
            Self::CopyReport => about(
                text("Copy report as text", "复制报告为文本"),
                text("Copy the whole report as the terminal shows it", "按终端显示的样子复制整个报告"),
                Icon::ClipboardCopy,
                None,
            ),
            Self::SaveReport => about(
                text("Save report as JSON…", "保存报告为 JSON…"),
                text("Save everything the run found out", "保存运行得到的全部结果"),
                Icon::FileJson,
                None,
            ),
            Self::ToggleBreakableLinks => about(
                text("Breakable links", "可断链路"),
                text(
                    "From the next run on, proxies stand before all Redis processes, so that links can be cut and slowed; this costs processor time (15 % were measured)",
                    "从下次运行起，在所有 Redis 进程前设置代理，以便切断和放慢链路；会占用处理器时间（实测多 15 %）",
                ),
                Icon::Cable,
                None,
            ),
            Self::FollowCharts => about(
                text("Follow", "跟随"),
                text("Keep the newest measurements in view", "始终显示最新的测量"),
                Icon::ArrowRightToLine,
                Some(keys(Modifiers::NONE, Key::F)),
            ),
            Self::FreezeCharts => about(
                text("Freeze charts", "冻结图表"),
                text("Hold the charts still while the run goes on", "运行继续，图表静止"),
                Icon::Snowflake,
                Some(keys(Modifiers::NONE, Key::Z)),
            ),
            Self::Kill => about(
                text("Kill", "杀死"),
                text("kill -9: the selected process is gone at once", "kill -9：所选进程立即消失"),
                Icon::Skull,
                Some(keys(Modifiers::NONE, Key::K)),
            ),
            Self::Pause => about(
                text("Pause", "暂停"),
                text(
                    "SIGSTOP: the selected process stands still and keeps its connections",
                    "SIGSTOP：所选进程静止但保持连接",
                ),
                Icon::CirclePause,
                None,
            ),
            Self::Resume => about(
                text("Resume", "继续"),
                text("SIGCONT: the paused process goes on", "SIGCONT：暂停的进程继续运行"),
                Icon::CirclePlay,
                None,
            ),
            Self::Restart => about(
                text("Restart", "重启"),
                text(
                    "Start the dead process again, on its port and with its files",
                    "在原端口用原文件重新启动已死的进程",
                ),
                Icon::RotateCcw,
                None,
            ),
            Self::CutLink => about(
                text("Cut link", "切断链路"),
                text(
                    "Drop every connection of the selected process and refuse new ones",
                    "断开所选进程的所有连接并拒绝新连接",
                ),
                Icon::Unplug,
                None,
            ),
            Self::SlowLink => about(
                text("Slow link", "放慢链路"),
                text("Delay everything to and from the selected process", "延迟所选进程的收发"),
                Icon::Turtle,
                None,
            ),
            Self::AddShard => about(
                text("Add shard", "增加分片"),
                text(
                    "The selected cluster gets one more master with replicas, and slots move to it under load",
                    "为所选集群增加一个主节点及其从节点，并在负载下迁移槽",
                ),
                Icon::Plus,
                None,
            ),
            Self::RemoveShard => about(
                text("Remove shard", "移除分片"),
                text(
                    "The last shard of the selected cluster gives its slots to the others, and ends",
                    "所选集群的最后一个分片把槽交给其他分片后退出",
                ),
                Icon::Minus,
                None,
            ),
            Self::MendLink => about(
                text("Mend link", "修复链路"),
                text("Take cut and delay away", "取消切断和延迟"),
                Icon::Cable,
                None,
            ),
            Self::ThemeDark => {
                about(text("Dark", "深色"), text("Light on dark", "深底浅字"), Icon::Moon, None)
            }
            Self::ThemeLight => {
                about(text("Light", "浅色"), text("Dark on light", "浅底深字"), Icon::Sun, None)
            }
            Self::ThemeSystem => about(
                text("As the system", "跟随系统"),
                text("Dark or light, as the system says", "按系统设置使用深色或浅色"),
                Icon::MonitorCog,
                None,
            ),
            Self::English => about(
                text("English", "English"),
                text("The window in English", "界面使用英文"),
                Icon::Languages,
                None,
            ),
            Self::Chinese => about(
                text("中文", "中文"),
                text("The window in Chinese", "界面使用中文"),
                Icon::Languages,
                None,
            ),
            Self::Larger => about(
                text("Everything larger", "整体放大"),
                text("For a projector", "适合投影"),
                Icon::AArrowUp,
                Some(keys(COMMAND_SHIFT, Key::Equals)),
            ),
            Self::Smaller => about(
                text("Everything smaller", "整体缩小"),
                text("For a small screen", "适合小屏幕"),
                Icon::AArrowDown,
                Some(keys(COMMAND_SHIFT, Key::Minus)),
            ),
            Self::UsualSize => about(
                text("Everything in usual size", "整体恢复原大小"),
                text("Back to 100 %", "恢复到 100 %"),
                Icon::ALargeSmall,
                Some(keys(COMMAND_SHIFT, Key::Num0)),
            ),
            Self::Palette => about(
                text("Command palette…", "命令面板…"),
                text("Find a command by typing", "输入文字查找命令"),
                Icon::Command,
                Some(keys(Modifiers::COMMAND, Key::K)),
            ),
            Self::Shortcuts => about(
                text("Keyboard shortcuts", "键盘快捷键"),
                text("All keys on one sheet", "一页列出所有按键"),
                Icon::Keyboard,
                Some(keys(Modifiers::NONE, Key::F1)),
            ),
            Self::About => about(
                text("About", "关于"),
                text("Version, licences and where things are kept", "版本、许可证与文件位置"),
                Icon::Info,
                None,
            ),
        }
    }
}
