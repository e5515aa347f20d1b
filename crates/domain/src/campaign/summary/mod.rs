//! The summary report (总结): drafted from what the campaign knows, corrected by a person, drafted again without losing a correction.
//!
//! Each figure of the text carries a mark (`消费者参与441人次［3］`) that leads to its [`Source`]: what it counts and how.
//! `facts` is what a draft is made of, `draft` writes it, `edit` corrects it, `merge` joins a new draft with what a person wrote, `marks` reads the marks,
//! `permitted` says who may write.

pub mod draft;
pub mod edit;
pub mod facts;
pub mod marks;
pub mod merge;
pub mod permitted;
pub mod subject;

use serde::{Deserialize, Serialize};

pub use subject::Subject;

/// A part of the report, in the order of the paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// 总体情况.
    Overall,
    /// 主要做法, by kind of activity.
    Measures,
    /// 成效数据.
    Results,
    /// 典型活动.
    Examples,
    /// 问题与不足: what the system knows is drafted, the rest is left to the writer.
    Problems,
    /// 下一步打算.
    Next,
}

impl Part {
    /// Every part, in the order of the paper.
    pub const ALL: &[Part] =
        &[Part::Overall, Part::Measures, Part::Results, Part::Examples, Part::Problems, Part::Next];

    /// The code in the names of form fields.
    pub fn code(self) -> &'static str {
        match self {
            Part::Overall => "overall",
            Part::Measures => "measures",
            Part::Results => "results",
            Part::Examples => "examples",
            Part::Problems => "problems",
            Part::Next => "next",
        }
    }

    /// The heading on the paper, without its number.
    pub fn heading(self) -> &'static str {
        match self {
            Part::Overall => "总体情况",
            Part::Measures => "主要做法",
            Part::Results => "成效数据",
            Part::Examples => "典型活动",
            Part::Problems => "问题与不足",
            Part::Next => "下一步打算",
        }
    }

    /// What the writer is asked to add to the draft.
    pub fn hint(self) -> &'static str {
        match self {
            Part::Overall => "可补充组织领导、部署动员的情况。",
            Part::Measures => "以“（一）”开头的一行是小标题。可补充具体做法。",
            Part::Results => "数字由记录和台账汇总。改动数字会在核对时提示。",
            Part::Examples => "从参与人数多、写了说明的记录中选出，请核对并润色。",
            Part::Problems => "系统只写出查得到的情况（逾期、未登记、未报送），原因和其他不足请补写。",
            Part::Next => "系统列出未办结的活动和期限，其他打算请补写。",
        }
    }
}

/// A text as it was drafted and as it stands now.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Text {
    /// What the last draft said.
    pub drafted: String,
    /// What the report says.
    pub now: String,
}

impl Text {
    /// As drafted, nothing corrected.
    pub fn of(drafted: impl Into<String>) -> Text {
        let drafted = drafted.into();
        Text { now: drafted.clone(), drafted }
    }

    /// Has a person changed it?
    pub fn is_corrected(&self) -> bool {
        self.drafted != self.now
    }
}

/// What a figure of the text counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// The number of its mark; stays the same over every draft of one report.
    pub number: u32,
    /// The key of its [`Subject`].
    pub key: String,
    /// What it is called: 消费者参与（第2项活动）.
    pub label: String,
    /// The figure as the text says it: 约441人次.
    pub words: String,
    /// How it was counted: 相加，联合开展的只算一次.
    pub rule: String,
    /// How many records and entries stand behind it.
    pub n_origins: usize,
}

/// One report.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Summary {
    /// 标题.
    pub title: Text,
    /// 主送机关; empty for none.
    pub addressee: Text,
    /// The text of each part, paragraphs by line.
    pub parts: Vec<(Part, Text)>,
    /// 附件, one by line.
    pub annexes: Text,
    /// 署名, one by line.
    pub signature: Text,
    /// 成文日期 in words: 2027年3月31日.
    pub dated: Text,
    /// Where the figures come from, by number.
    pub sources: Vec<Source>,
}

impl Summary {
    /// The text of a part; empty when there is none.
    pub fn part(&self, part: Part) -> &str {
        self.parts.iter().find(|(it, _)| *it == part).map_or("", |(_, text)| text.now.as_str())
    }

    /// The source of a mark.
    pub fn source(&self, number: u32) -> Option<&Source> {
        self.sources.iter().find(|it| it.number == number)
    }

    /// The fields beside the parts, with their name on the page and in the history.
    pub fn fields(&self) -> [(&'static str, &Text); 5] {
        [
            ("标题", &self.title),
            ("主送机关", &self.addressee),
            ("附件", &self.annexes),
            ("署名", &self.signature),
            ("成文日期", &self.dated),
        ]
    }

    /// The sources whose marks stand in the text, in the order of their numbers.
    pub fn used(&self) -> Vec<&Source> {
        let used: std::collections::BTreeSet<u32> =
            self.parts.iter().flat_map(|(_, text)| marks::numbers(&text.now)).collect();
        self.sources.iter().filter(|it| used.contains(&it.number)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_has_a_code_of_its_own_a_heading_and_a_hint() {
        let mut codes: Vec<&str> = Part::ALL.iter().map(|it| it.code()).collect();
        codes.dedup();
        assert_eq!(codes.len(), 6);
        assert!(Part::ALL.iter().all(|it| !it.heading().is_empty() && !it.hint().is_empty()));
    }

    #[test]
    fn a_text_knows_whether_it_was_corrected() {
        let mut text = Text::of("甲");
        assert!(!text.is_corrected());
        text.now.push('乙');
        assert!(text.is_corrected());
    }
}
