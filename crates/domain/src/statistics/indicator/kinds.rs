//! How an indicator adds up, and where its figures come from.

use serde::{Deserialize, Serialize};

/// How figures of one indicator from several records or units become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Adding {
    /// Added; a record of a jointly led activity still counts once.
    Sum,
    /// The largest: 阅读量 of one article reported by two units is one reading figure.
    Max,
    /// The latest: a stock at a day, such as stations that exist.
    Last,
    /// Not added at all: 条/天 of different spots. Shown side by side.
    Never,
}

impl Adding {
    /// The word on the page.
    pub fn label(self) -> &'static str {
        match self {
            Adding::Sum => "相加",
            Adding::Max => "取最大",
            Adding::Last => "取最新",
            Adding::Never => "不相加，逐条列出",
        }
    }
}

/// Where the figures of an indicator come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FigureSource {
    /// 一次记录 of an activity.
    Records,
    /// The media ledger.
    Media,
    /// The materials ledger.
    Materials,
    /// Publications: advisories, cases.
    Publications,
    /// Complaints and reports.
    Complaints,
    /// A register.
    Registers,
}
