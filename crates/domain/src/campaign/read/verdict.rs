//! Is it a plan at all? A summary, a case, a complaint, a tip, a quiz hold nothing to carry out.

use std::sync::LazyLock;

use regex::Regex;

use super::Doc;
use super::tree::Section;
use crate::campaign::plan::Plan;

/// Decides whether a text is a plan or a form to fill in.
pub(super) fn is_plan(doc: &Doc, plan: &Plan) -> bool {
    let words = doc.text.at(doc.layout.all.clone());
    if is_quiz(words) || is_case(words) || is_letter(words) {
        return false;
    }
    let head: String = words.chars().take(120).collect();
    let is_summary_title = head.lines().take(3).any(|it| {
        let line = it.trim();
        line.chars().count() <= 60
            && ["总结", "小结", "工作汇报", "情况汇报", "情况报告", "工作报告", "活动纪实", "侧记", "简报", "活动综述"]
                .iter()
                .any(|end| line.ends_with(end))
    });
    if is_summary_title || is_address(&head) {
        return false;
    }
    if !plan.forms.is_empty() && plan.forms.iter().any(|it| !it.rows.is_empty()) {
        return true;
    }
    if is_past(words) {
        return false;
    }
    let is_titled = plan.title.as_deref().is_some_and(|it| {
        ["方案", "通知", "安排", "意见", "计划", "策划", "要点", "清单", "函"].iter().any(|word| it.contains(word))
    });
    let n_sections = doc
        .sections()
        .iter()
        .filter(|it| {
            matches!(
                it.0,
                Section::Theme
                    | Section::Time
                    | Section::Activities
                    | Section::Requirements
                    | Section::Organisation
                    | Section::Purpose
                    | Section::Reports
            )
        })
        .count();
    let n_dated = plan.activities.iter().filter(|it| !it.dates.is_empty() || !it.leads.is_empty()).count();
    is_titled
        || n_sections >= 2
        || plan.report_duties.iter().any(|it| it.due.is_some())
        || plan.activities.len() >= 2 && n_dated > 0
        || plan.activities.len() >= 3
}

/// A speech, an appeal, an open letter or a circular about what happened: its title says so.
fn is_address(head: &str) -> bool {
    head.lines().take(4).map(str::trim).filter(|it| it.chars().count() <= 45 && !it.contains(['。', '《'])).any(|it| {
        [
            "一封信",
            "公开信",
            "倡议书",
            "倡议",
            "承诺书",
            "讲话",
            "讲话稿",
            "讲话提纲",
            "致辞",
            "发言",
            "发言稿",
            "发言材料",
            "主持词",
            "情况的通报",
            "情况通报",
            "消费提示",
            "消费警示",
            "温馨提示",
            "告知书",
            "答记者问",
            "典型案例",
        ]
        .iter()
        .any(|end| it.ends_with(end))
    })
}

fn is_quiz(words: &str) -> bool {
    let n_answers = words.matches("答案:").count() + words.matches("解析:").count() + words.matches("正确答案").count();
    let n_options = words.matches("A.").count() + words.matches("A、").count();
    n_answers >= 2
        || n_options >= 2 && (words.contains("单项选择") || words.contains("选择题") || words.contains("判断题"))
}

fn is_case(words: &str) -> bool {
    let n_marks = [
        "案情简介",
        "案例点评",
        "案例评析",
        "处理过程及结果",
        "处理结果",
        "基本案情",
        "典型意义",
        "案件来源",
        "消费提示:",
        "调解结果",
        "投诉内容",
    ]
    .iter()
    .filter(|it| words.contains(**it))
    .count();
    let has_parts = words.contains("【") && n_marks >= 1;
    has_parts || n_marks >= 2
}

fn is_letter(words: &str) -> bool {
    let n_marks =
        ["留言内容", "留言人", "回复内容", "回复单位", "信件状态", "办结日期", "诉求内容", "来信内容", "办理结果"]
            .iter()
            .filter(|it| words.contains(**it))
            .count();
    n_marks >= 2
}

/// Figures of what was done, in a text that demands nothing.
fn is_past(words: &str) -> bool {
    static DONE: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"(?:共|累计|已|发放|接受|接待|受理|出动|挽回|接收|组织|开展|查处|销毁|播放|制作|设立|办结|没收|参与)[^。;,\n]{0,24}?\d[\d.]*(?:余|多)?(?:万|千|百)?(?:余|多)?(?:人次|份|件|起|场次|条|块|万元|元|家|人|个|台次|辆|箱|册|批次)").ok()
    });
    static DEMAND: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"请(?:各|于|将|你|认真|结合)|不少于|日前|月底前|要(?:求)?(?:各|将|按|高度|认真|充分|加强|积极|确保|及时)|制定(?:本|如下)?方案|特制定|负责|牵头|责任单位|拟于|现就|通知如下|另行通知|不得|应(?:当)?(?:于|在|将)").ok()
    });
    let count = |pattern: &LazyLock<Option<Regex>>| pattern.as_ref().map_or(0, |it| it.find_iter(words).count());
    let (n_done, n_demands) = (count(&DONE), count(&DEMAND));
    n_done >= 2 && n_demands <= n_done / 3
}
