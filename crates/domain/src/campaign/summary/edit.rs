//! Correcting a report: what was typed becomes the text, the draft beside it stays.

use super::{Part, Summary};
use crate::FormErrors;

/// The longest part, in characters: some forty pages.
pub const PART_LIMIT: usize = 20_000;
/// The longest title.
pub const TITLE_LIMIT: usize = 120;

/// The fields of the form as typed.
#[derive(Debug, Clone, Default)]
pub struct Typed {
    /// 标题.
    pub title: String,
    /// 主送机关.
    pub addressee: String,
    /// The text of each part.
    pub parts: Vec<(Part, String)>,
    /// 附件, one by line.
    pub annexes: String,
    /// 署名, one by line.
    pub signature: String,
    /// 成文日期 in words.
    pub dated: String,
}

impl Typed {
    /// What the report says now, for a fresh form.
    pub fn of(summary: &Summary) -> Typed {
        Typed {
            title: summary.title.now.clone(),
            addressee: summary.addressee.now.clone(),
            parts: Part::ALL.iter().map(|it| (*it, summary.part(*it).to_owned())).collect(),
            annexes: summary.annexes.now.clone(),
            signature: summary.signature.now.clone(),
            dated: summary.dated.now.clone(),
        }
    }
}

/// The report with what was typed.
///
/// # Errors
/// A sentence for each field that cannot stay as it is.
pub fn correct(old: &Summary, typed: &Typed) -> Result<Summary, FormErrors> {
    let mut errors = FormErrors::default();
    let mut summary = old.clone();
    let title = lines(&typed.title).join("");
    if title.is_empty() {
        errors.add("title", "请填写标题。");
    } else if title.chars().count() > TITLE_LIMIT {
        errors.add("title", format!("标题最多{TITLE_LIMIT}个字，现在有{}个字。", title.chars().count()));
    }
    summary.title.now = title;
    summary.addressee.now = lines(&typed.addressee).join("").trim_end_matches(['：', ':']).to_owned();
    summary.annexes.now = lines(&typed.annexes).join("\n");
    summary.signature.now = lines(&typed.signature).join("\n");
    summary.dated.now = lines(&typed.dated).join("");
    for (part, text) in &typed.parts {
        let text = lines(text).join("\n");
        let n = text.chars().count();
        if n > PART_LIMIT {
            errors.add(part.code(), format!("“{}”最多{PART_LIMIT}个字，现在有{n}个字。", part.heading()));
        }
        match summary.parts.iter_mut().find(|(it, _)| it == part) {
            Some((_, kept)) => kept.now = text,
            None => summary.parts.push((*part, super::Text { drafted: String::new(), now: text })),
        }
    }
    errors.into_result(summary)
}

/// The lines with words, each without the blanks around it.
fn lines(text: &str) -> Vec<String> {
    let clean = |line: &str| line.chars().filter(|it| !it.is_control()).collect::<String>().trim().to_owned();
    text.lines().map(clean).filter(|it| !it.is_empty()).collect()
}

/// What is different: field, before, after.
pub fn changes(before: &Summary, after: &Summary) -> Vec<(&'static str, String, String)> {
    let mut changes = Vec::new();
    for ((name, one), (_, other)) in before.fields().into_iter().zip(after.fields()) {
        if one.now != other.now {
            changes.push((name, one.now.clone(), other.now.clone()));
        }
    }
    for part in Part::ALL {
        if before.part(*part) != after.part(*part) {
            changes.push((part.heading(), before.part(*part).to_owned(), after.part(*part).to_owned()));
        }
    }
    changes
}

#[cfg(test)]
mod tests {
    use super::super::draft::{draft, tests::facts};
    use super::*;

    #[test]
    fn what_is_typed_becomes_the_text_and_the_draft_stays_beside_it() {
        let old = draft(&facts(), &[]);
        let mut typed = Typed::of(&old);
        assert_eq!(correct(&old, &typed).unwrap(), old);
        typed.addressee = " 县人民政府： ".to_owned();
        for (part, text) in &mut typed.parts {
            if *part == Part::Problems {
                *text = "  一些单位重视不够。\r\n\r\n\u{3}人手不足。 ".to_owned();
            }
        }
        let new = correct(&old, &typed).unwrap();
        assert_eq!(new.addressee.now, "县人民政府");
        assert_eq!(new.part(Part::Problems), "一些单位重视不够。\n人手不足。");
        let names: Vec<&str> = changes(&old, &new).iter().map(|it| it.0).collect();
        assert_eq!(names, ["主送机关", "问题与不足"]);
        assert!(new.parts.iter().all(|(part, text)| text.is_corrected() == (*part == Part::Problems)));
    }

    #[test]
    fn a_report_has_a_title_and_no_endless_part() {
        let old = draft(&facts(), &[]);
        let mut typed = Typed::of(&old);
        typed.title = " \n ".to_owned();
        typed.parts = vec![(Part::Next, "长".repeat(PART_LIMIT + 1))];
        let errors = correct(&old, &typed).unwrap_err();
        assert_eq!(errors.of("title"), Some("请填写标题。"));
        assert!(errors.of("next").is_some_and(|it| it.contains("20001个字")));
    }
}
