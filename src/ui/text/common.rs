//! Texts that more than one part of the window uses.

use super::{Text, text};

/// The program's name.
pub const PROGRAM: Text = text("Seckill Lab", "秒杀实验室");
/// A button that closes a dialog without doing anything.
pub const CANCEL: Text = text("Cancel", "取消");
/// A button that closes something that was read.
pub const CLOSE: Text = text("Close", "关闭");
/// A design without a title.
pub const UNTITLED: Text = text("Untitled", "未命名");
