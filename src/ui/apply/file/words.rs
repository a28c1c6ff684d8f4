//! Why a file could not be read or written, in a sentence.

use super::super::super::text::{Lang, Text, text};
use super::name_of;
use crate::files::FileError;
use crate::files::share::Garbled;

const NOT_FOUND: Text = text("{} is not there (any more)", "{} 不存在（或已被移走）");
const DIRECTORY: Text = text("{} is a folder; choose a file in it", "{} 是文件夹；请选择其中的文件");
const NOT_A_FILE: Text = text("{} is no ordinary file", "{} 不是普通文件");
const TOO_LARGE: Text =
    text("{} is too large: {} KiB, and {} KiB are the most", "{} 太大：{} KiB，最多 {} KiB");
const NOT_TEXT: Text = text("{} is no text; choose a topology file", "{} 不是文本；请选择拓扑文件");
const NO_REPORT: Text = text("{} holds no report", "{} 中没有报告");
const UNREADABLE: Text = text("{} can't be read: {}", "无法读取 {}：{}");
const PROTECTED: Text =
    text("{} is write-protected; save under another name", "{} 有写保护；请另存为其他名称");
const UNWRITABLE: Text = text("{} can't be saved: {}", "无法保存 {}：{}");

const NO_DESIGN: Text = text(
    "{} is a picture that carries no design; choose one that the canvas saved",
    "{} 是一张不含设计的图片；请选择由画布导出的图片",
);
const LATER: Text = text(
    "This design was shared by a later version of the program; update this one",
    "该设计由更新版本的程序分享；请更新本程序",
);
const CUT_OFF: Text = text(
    "The end of the shared design is missing; copy all of it, to the ~",
    "分享文本缺少结尾；请完整复制到 ~ 为止",
);
const CHANGED: Text = text(
    "The shared design was changed on its way; ask for it once more",
    "分享文本在途中被改动；请对方重新发送",
);
const TOO_MUCH: Text = text("The shared design is larger than any topology", "分享的设计超出拓扑的大小上限");

/// Why a shared design can't be opened.
pub(super) fn garbled(garbled: Garbled) -> Text {
    match garbled {
        Garbled::Later => LATER,
        Garbled::CutOff => CUT_OFF,
        Garbled::Changed => CHANGED,
        Garbled::TooLarge => TOO_MUCH,
    }
}

/// The sentence.
pub(super) fn headline(lang: Lang, error: &FileError) -> String {
    match error {
        FileError::NotFound { path } => lang.f(NOT_FOUND, &[&name_of(path)]),
        FileError::Directory { path } => lang.f(DIRECTORY, &[&name_of(path)]),
        FileError::NotAFile { path } => lang.f(NOT_A_FILE, &[&name_of(path)]),
        FileError::TooLarge { path, bytes, largest } => {
            lang.f(TOO_LARGE, &[&name_of(path), &(bytes / 1024), &(largest / 1024)])
        }
        FileError::NoReport { path, .. } => lang.f(NO_REPORT, &[&name_of(path)]),
        FileError::NotText { path, .. } => lang.f(NOT_TEXT, &[&name_of(path)]),
        FileError::NoDesign { path } => lang.f(NO_DESIGN, &[&name_of(path)]),
        FileError::Garbled { path, source } => format!("{}: {}", name_of(path), lang.t(garbled(*source))),
        FileError::Unreadable { path, source } => lang.f(UNREADABLE, &[&name_of(path), source]),
        FileError::Protected { path } => lang.f(PROTECTED, &[&name_of(path)]),
        FileError::Unwritable { path, source } => lang.f(UNWRITABLE, &[&name_of(path), source]),
    }
}
