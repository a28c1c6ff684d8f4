//! Chinese for the presets, whose files are in English.

use super::Lang;
use crate::files::presets::Preset;
use crate::topology::Topology;

/// A preset's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PresetWords<'a> {
    /// Its title.
    pub title: &'a str,
    /// The question that it answers.
    pub question: &'a str,
    /// Where it comes from.
    pub source: &'a str,
}

const SIX_PHASES: &str = "基于托管 Redis 的六阶段秒杀架构：CDN、读写分离、主从、队列、订单模块、数据控制";

/// By the preset's file.
const CHINESE: &[(&str, PresetWords<'static>)] = &[
    (
        "seckill-six-phases.ron",
        PresetWords {
            title: "六阶段秒杀",
            question: "数万人同时点击时，1,000 件商品能否每件恰好卖出一次？",
            source: SIX_PHASES,
        },
    ),
    (
        "naive-decrement.ron",
        PresetWords {
            title: "六阶段，但扣减不是原子的",
            question: "开售瞬间，先读库存、再判断、再写回，会付出什么代价？",
            source: "六阶段架构用 Lua 脚本避免的正是这个错误",
        },
    ),
    (
        "database-alone.ron",
        PresetWords {
            title: "只有数据库",
            question: "如果每次点击都由数据库的行锁来裁决，会发生什么？",
            source: "六阶段架构所反对的做法：热点商品上的一把行锁",
        },
    ),
    (
        "whole-path.ron",
        PresetWords {
            title: "完整链路",
            question: "每秒 50,000 笔订单穿过所有阶段直达数据库时，一笔订单要多久？",
            source: SIX_PHASES,
        },
    ),
    (
        "cluster-sale.ron",
        PresetWords {
            title: "Redis 集群上的秒杀",
            question: "三个分片各承载 2,000 种商品的三分之一，能否每件恰好卖出一次？",
            source: "以 Redis 集群保存库存，因为单线程的单机是上限",
        },
    ),
    (
        "cluster-scale-out.ron",
        PresetWords {
            title: "高峰时增加第四个分片",
            question: "每秒数千次点击时集群增加一个分片，用户会察觉到什么？",
            source: "直播场景的 Redis 集群：据称高峰扩容对用户透明",
        },
    ),
    (
        "cluster-failover.ron",
        PresetWords {
            title: "三个主节点中的一个失效",
            question: "集群的一个主节点被杀死时，谁会察觉、持续多久，其余三分之二的抢购怎样？",
            source: "Redis 集群由其余主节点投票，自行接替失效的主节点",
        },
    ),
];

/// The words of a preset; English where there is no Chinese.
pub fn words(lang: Lang, preset: &Preset, topology: &'static Topology) -> PresetWords<'static> {
    let chinese = CHINESE.iter().find(|(file, _)| lang == Lang::Zh && *file == preset.file);
    chinese.map_or(
        PresetWords { title: &topology.title, question: &topology.question, source: &topology.source },
        |(_, words)| *words,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::presets::PRESETS;

    #[test]
    fn every_preset_has_chinese_and_no_other_does() {
        let files: Vec<&str> = PRESETS.iter().map(|preset| preset.file).collect();
        let missing: Vec<&&str> =
            files.iter().filter(|file| !CHINESE.iter().any(|row| row.0 == **file)).collect();
        assert!(missing.is_empty(), "add rows for {missing:?}");
        assert!(CHINESE.iter().all(|(file, _)| files.contains(file)));
        for (_, words) in CHINESE {
            assert!(![words.title, words.question, words.source].iter().any(|text| text.is_empty()));
        }
    }
}
