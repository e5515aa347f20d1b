//! What can be wrong with a handed-in form: a closed list, each kind with what was done and the way out.

use serde::{Deserialize, Serialize};

use crate::statistics::quantity::QuantityError;

/// The closed list of problems.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProblemKind {
    /// The file could not be read at all.
    Unreadable,
    /// No sheet of the file holds a form.
    NoForm,
    /// A sheet beside the form is none.
    OtherSheet,
    /// A form stands on a hidden sheet.
    HiddenSheet,
    /// The form of another year.
    OtherYear,
    /// The unit has handed in before.
    Twice,
    /// Not a single figure is filled.
    NothingFilled,
    /// The sum has no such row.
    UnknownRow,
    /// A compulsory row is not there.
    MissingRow,
    /// The row is written otherwise and was taken for one of the sum.
    NearRow,
    /// Words, two numbers, half a person: no figure.
    NotANumber,
    /// `/`, 无, `-`: somebody wrote that there is none, or nothing to say; it is no number.
    NoNumber,
    /// One figure, or three, where the row asks for two.
    OtherCount,
    /// A spreadsheet has made a date of two figures.
    DateOfTwo,
    /// Below zero.
    Negative,
    /// Another unit of measure.
    OtherMeasure,
    /// The word of a near unit of measure: 三百多人 for 人次.
    NearMeasure,
    /// A formula without a stored result.
    FormulaWithoutResult,
    /// The spreadsheet itself shows an error.
    FormulaError,
    /// The stored result of a formula was taken.
    Formula,
    /// It stands in a hidden row or column.
    HiddenCell,
    /// 余, 约.
    Estimate,
    /// 条/天 without the days.
    NoDays,
    /// 其中 is larger than its whole.
    OfWhich,
    /// 合计 is not the sum of its row.
    RowTotal,
    /// The reporting unit is not among the units; its figures are in the sum, and nobody's return.
    UnknownUnit,
    /// Its return is not open: approved, or waiting for approval.
    ReturnClosed,
}

/// What became of the figure or file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Done {
    /// 没有计入.
    LeftOut,
    /// 已计入，请核对.
    Counted,
    /// Nothing was to be counted.
    Noted,
}

impl Done {
    /// The word in the list of problems.
    pub fn label(self) -> &'static str {
        match self {
            Done::LeftOut => "没有计入",
            Done::Counted => "已计入",
            Done::Noted => "仅提示",
        }
    }
}

impl ProblemKind {
    /// Every kind.
    pub const ALL: &[ProblemKind] = &[
        ProblemKind::Unreadable,
        ProblemKind::NoForm,
        ProblemKind::OtherSheet,
        ProblemKind::HiddenSheet,
        ProblemKind::OtherYear,
        ProblemKind::Twice,
        ProblemKind::NothingFilled,
        ProblemKind::UnknownRow,
        ProblemKind::MissingRow,
        ProblemKind::NearRow,
        ProblemKind::NotANumber,
        ProblemKind::NoNumber,
        ProblemKind::OtherCount,
        ProblemKind::DateOfTwo,
        ProblemKind::Negative,
        ProblemKind::OtherMeasure,
        ProblemKind::NearMeasure,
        ProblemKind::FormulaWithoutResult,
        ProblemKind::FormulaError,
        ProblemKind::Formula,
        ProblemKind::HiddenCell,
        ProblemKind::Estimate,
        ProblemKind::NoDays,
        ProblemKind::OfWhich,
        ProblemKind::RowTotal,
        ProblemKind::UnknownUnit,
        ProblemKind::ReturnClosed,
    ];

    /// Its name in the list of problems.
    pub fn label(self) -> &'static str {
        match self {
            ProblemKind::Unreadable => "文件读不出",
            ProblemKind::NoForm => "没有统计表",
            ProblemKind::OtherSheet => "不是统计表的工作表",
            ProblemKind::HiddenSheet => "隐藏的工作表",
            ProblemKind::OtherYear => "年份不对",
            ProblemKind::Twice => "重复报送",
            ProblemKind::NothingFilled => "空表",
            ProblemKind::UnknownRow => "多出的项目",
            ProblemKind::MissingRow => "缺少的项目",
            ProblemKind::NearRow => "项目写法不同",
            ProblemKind::NotANumber => "不是数",
            ProblemKind::NoNumber => "没有填数",
            ProblemKind::OtherCount => "个数不对",
            ProblemKind::DateOfTwo => "变成了日期",
            ProblemKind::Negative => "负数",
            ProblemKind::OtherMeasure => "计量单位不同",
            ProblemKind::NearMeasure => "计量单位写法不同",
            ProblemKind::FormulaWithoutResult => "公式没有结果",
            ProblemKind::FormulaError => "公式出错",
            ProblemKind::Formula => "公式",
            ProblemKind::HiddenCell => "隐藏的行列",
            ProblemKind::Estimate => "估计数",
            ProblemKind::NoDays => "天数未填",
            ProblemKind::OfWhich => "其中大于总数",
            ProblemKind::RowTotal => "合计不符",
            ProblemKind::UnknownUnit => "单位不明",
            ProblemKind::ReturnClosed => "已提交或已审核",
        }
    }

    /// What became of it.
    pub fn done(self) -> Done {
        match self {
            ProblemKind::OtherSheet | ProblemKind::NothingFilled | ProblemKind::NoNumber => Done::Noted,
            ProblemKind::NearRow
            | ProblemKind::NearMeasure
            | ProblemKind::DateOfTwo
            | ProblemKind::UnknownUnit
            | ProblemKind::Formula
            | ProblemKind::HiddenCell
            | ProblemKind::Estimate
            | ProblemKind::NoDays
            | ProblemKind::OfWhich
            | ProblemKind::RowTotal => Done::Counted,
            _ => Done::LeftOut,
        }
    }

    /// What the person can do.
    pub fn way_out(self) -> &'static str {
        match self {
            ProblemKind::Unreadable => "请换一份能打开的文件",
            ProblemKind::NoForm => "请换成填好的统计表",
            ProblemKind::OtherSheet => "里面如有要报的数，请移到统计表中",
            ProblemKind::HiddenSheet => "要计入的，请取消隐藏后再汇总",
            ProblemKind::OtherYear => "请该单位改报本年的表",
            ProblemKind::Twice => "要改用后一份的，请去掉前一份",
            ProblemKind::NothingFilled => "请该单位填写；没有的填 0",
            ProblemKind::UnknownRow => "请核对项目名称，或改填到表中已有的项目",
            ProblemKind::MissingRow => "请该单位用原表补填这一项；没有的填 0",
            ProblemKind::NearRow => "请核对是不是同一项；不是的请改项目名称",
            ProblemKind::NotANumber => "请填写一个数，例如 120；没有就填 0",
            ProblemKind::NoNumber => "确实没有的，请该单位填 0；漏填的请补上",
            ProblemKind::OtherCount => "请写成“12/8”，没有的写 0",
            ProblemKind::DateOfTwo => "请核对两个数；重填时先把单元格设为文本",
            ProblemKind::Negative => "数量不能小于 0，请核对",
            ProblemKind::OtherMeasure => "请按表中的计量单位填写",
            ProblemKind::NearMeasure => "请核对是不是同一口径，例如按人数还是按人次",
            ProblemKind::FormulaWithoutResult => "请用表格软件打开并保存一次，或改填算出的数",
            ProblemKind::FormulaError => "请改正公式，或改填算出的数",
            ProblemKind::Formula => "取的是保存时算出的结果，请核对",
            ProblemKind::HiddenCell => "请确认隐藏的数应当计入",
            ProblemKind::Estimate => "有准确数时请改填准确数",
            ProblemKind::NoDays => "请该单位补上播放天数，写成“2条/10天”",
            ProblemKind::OfWhich => "请核对两项：部分不能大于整体",
            ProblemKind::RowTotal => "请改合计，或改其中一列",
            ProblemKind::UnknownUnit => {
                "是已有单位的，选择是哪一个；单位表里还没有的，先新建；不该报这张表的，去掉这一份"
            }
            ProblemKind::ReturnClosed => "请先退回修改，或由该单位补报",
        }
    }
}

/// One problem; it names the file, and the cell where there is one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Which form of the list it is about.
    pub form: usize,
    /// The file.
    pub file: String,
    /// The reporting unit; empty while it is not known.
    pub unit: String,
    /// The sheet; empty when the whole file is meant.
    pub sheet: String,
    /// `C5` in a spreadsheet, 第5行第3列 in a text; `None` when the whole sheet is meant.
    pub place: Option<String>,
    /// The row of the form, in its words; empty when there is none.
    pub row: String,
    /// The key of the sum's cell it concerns.
    pub cell: Option<String>,
    /// Which kind.
    pub kind: ProblemKind,
    /// What is written there.
    pub written: String,
    /// One sentence that says what is wrong.
    pub message: String,
}

impl Problem {
    /// The figure or file is not in the sum.
    pub fn is_left_out(&self) -> bool {
        self.kind.done() == Done::LeftOut
    }

    /// What is wrong, without the way out, which some sentences bring along.
    pub fn what(&self) -> &str {
        self.parts().0
    }

    /// The kind, where the sentence does not say it already.
    pub fn kind_word(&self) -> &'static str {
        let label = self.kind.label();
        if self.what().contains(label) { "" } else { label }
    }

    /// Kind and sentence, nothing said twice: `负数` and `“-50”是负数` are one.
    pub fn sentence(&self) -> String {
        match self.kind_word() {
            "" => self.what().to_owned(),
            kind => format!("{kind}：{}", self.what()),
        }
    }

    /// What the person can do: what the sentence itself says, else what is right for the kind.
    pub fn way_out(&self) -> &str {
        self.parts().1.unwrap_or_else(|| self.kind.way_out())
    }

    fn parts(&self) -> (&str, Option<&str>) {
        let whole = self.message.trim_end_matches('。');
        match whole.split_once('；').filter(|_| self.kind == ProblemKind::Unreadable) {
            Some((what, way_out)) => (what, Some(way_out)),
            None => (whole, None),
        }
    }

    /// File, sheet and place as one line begins.
    pub fn where_it_is(&self) -> String {
        let mut text = self.file.clone();
        for part in [self.sheet.as_str(), self.place.as_deref().unwrap_or_default()] {
            if !part.is_empty() {
                text.push_str(" · ");
                text.push_str(part);
            }
        }
        text
    }
}

/// Which kind a cell that holds no figure is of.
pub(super) fn kind_of(error: &QuantityError) -> ProblemKind {
    match error {
        QuantityError::Negative(_) => ProblemKind::Negative,
        QuantityError::OtherMeasure(..) => ProblemKind::OtherMeasure,
        QuantityError::Formula(_) => ProblemKind::FormulaWithoutResult,
        QuantityError::NotANumber(_)
        | QuantityError::NotAPair(_)
        | QuantityError::SeveralNumbers(_)
        | QuantityError::Fraction(..)
        | QuantityError::TooFine(_)
        | QuantityError::TooLarge(_) => ProblemKind::NotANumber,
    }
}

/// What is wrong, without the way out, which the kind says.
pub(super) fn sentence(error: &QuantityError) -> String {
    let whole = error.to_string();
    whole.split("，请").next().unwrap_or_default().to_owned()
}
