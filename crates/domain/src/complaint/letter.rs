//! Letters (文书): templates that a bureau edits, filled with what is on record.
//!
//! A template is plain text, a paragraph to a line; what stands in 【】 is a place that is filled. The shipped texts are ours, written
//! after what the articles ask a letter to say.

use super::case::{CaseKind, Status, words};
use super::state::CaseState;

words! {
    /// A kind of letter.
    LetterKind {
        /// 第十五条.
        Accept = "accept", "投诉受理告知书";
        /// 第十五条、第十六条.
        Decline = "decline", "投诉不予受理告知书";
        /// 第二十条.
        Session = "session", "调解通知书";
        /// 第二十三条.
        Terminate = "terminate", "终止调解告知书";
        /// 第二十四条.
        Agreement = "agreement", "调解书";
        /// 第三十六条.
        TipoffDecision = "tipoff_decision", "举报处理结果告知书";
        /// 第二十七条, 处罚程序规定第十八条.
        Extension = "extension", "延期告知书";
        /// 处罚程序规定第四十五条.
        Assistance = "assistance", "协助调查函";
    }
}

/// 消费者权益保护法第三十九条: the five ways a letter of refusal or termination has to name (第十五条、第二十五条).
pub const OTHER_WAYS: &str = "您还可以依照《中华人民共和国消费者权益保护法》第三十九条，通过与经营者协商和解、请求消费者协会或者依法成立的其他调解组织调解、根据与经营者达成的仲裁协议提请仲裁机构仲裁、向人民法院提起诉讼等途径解决争议。";

impl LetterKind {
    /// The shipped text.
    pub fn text(self) -> &'static str {
        match self {
            LetterKind::Accept => {
                "【投诉人】：\n我局于【收到日期】收到您对【经营者】的投诉（登记编号【登记编号】）。经审查，符合受理条件，依照【规章】的有关规定，我局于【受理日期】决定受理。\n我局将在征得双方同意后组织调解。请保留购物凭证等材料，并保持电话畅通。\n承办单位：【承办单位】。"
            }
            LetterKind::Decline => {
                "【投诉人】：\n我局于【收到日期】收到您对【经营者】的投诉（登记编号【登记编号】）。经审查，属于“【不予受理情形】”的情形。具体理由是：【理由】。\n依照【规章】【依据条款】的规定，我局于【决定日期】决定不予受理。\n【其他途径】"
            }
            LetterKind::Session => {
                "【投诉人】、【经营者】：\n关于登记编号【登记编号】的投诉，经双方同意，定于【调解时间】进行调解。\n方式：【调解方式】。地点：【调解地点】。调解人员：【调解人员】。\n当事人认为调解人员与争议有利害关系、可能影响公正处理的，可以申请回避。无正当理由不参加调解的，依法终止调解。"
            }
            LetterKind::Terminate => {
                "【投诉人】、【经营者】：\n关于登记编号【登记编号】的投诉，因“【终止情形】”，依照【规章】【依据条款】的规定，我局于【决定日期】决定终止调解。说明：【理由】。\n【其他途径】"
            }
            LetterKind::Agreement => {
                "投诉人：【投诉人】\n被投诉人：【经营者】\n双方因登记编号【登记编号】的消费者权益争议，于【决定日期】在我局主持下自愿达成如下协议：\n【协议内容】\n本调解书由双方签字或者盖章，并加盖我局印章。双方各执一份，我局留存一份归档。\n投诉人（签字）：\n被投诉人（签字或者盖章）：\n调解人员（签字）："
            }
            LetterKind::TipoffDecision => {
                "【投诉人】：\n我局于【收到日期】收到您对【经营者】的举报（登记编号【登记编号】）。经核查，我局于【决定日期】作出处理决定：【处理结果】。\n理由：【理由】。\n感谢您对市场监督管理工作的支持。我局依法对您的个人信息予以保密。"
            }
            LetterKind::Extension => {
                "【投诉人】：\n登记编号【登记编号】的核查，因【理由】，经本机关负责人批准，依照有关规定延长十五个工作日，期限至【期限】。"
            }
            LetterKind::Assistance => {
                "【协助单位】：\n我局正在办理的一件事项涉及【经营者】（【经营者地址】）。请协助提供下列情况和材料：\n【协助内容】\n请自收到本函之日起十五个工作日内书面答复我局。"
            }
        }
    }

    /// Is it there to be made now?
    pub fn is_offered(self, state: &CaseState) -> bool {
        let is_complaint = state.matter == CaseKind::Complaint;
        match self {
            LetterKind::Accept => is_complaint && state.accepted_on.is_some(),
            LetterKind::Decline => state.status == Status::Declined,
            LetterKind::Session => state.pending_session().is_some(),
            LetterKind::Terminate => state.terminated_on.is_some(),
            LetterKind::Agreement => state.settled_on.is_some(),
            LetterKind::TipoffDecision => state.decided_on.is_some() && state.is_named,
            LetterKind::Extension => state.is_extended,
            LetterKind::Assistance => state.unit_id.is_some() && state.is_open(),
        }
    }
}

/// Fills the places of a template; a place nobody knows stays, so that the person who makes the letter sees it.
///
/// ```
/// use domain::complaint::letter::fill;
/// assert_eq!(fill("【投诉人】：于【日期】收到。", &[("投诉人", "凌小满".to_owned())]), "凌小满：于【日期】收到。");
/// ```
pub fn fill(template: &str, places: &[(&str, String)]) -> String {
    let mut text = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('【') {
        text.push_str(before);
        let Some((name, behind)) = after.split_once('】') else {
            text.push('【');
            rest = after;
            continue;
        };
        match places.iter().find(|it| it.0 == name && !it.1.is_empty()) {
            Some((_, value)) => text.push_str(value),
            None => {
                text.push('【');
                text.push_str(name);
                text.push('】');
            }
        }
        rest = behind;
    }
    text.push_str(rest);
    text
}

/// The places a letter still leaves open.
pub fn open_places(text: &str) -> Vec<&str> {
    text.split('【').skip(1).filter_map(|it| it.split_once('】')).map(|it| it.0).collect()
}

/// The number of a letter: 云市监投〔2027〕12号, with the prefix of the bureau.
pub fn number(prefix: &str, year: i16, n: i64) -> String {
    format!("{prefix}〔{year}〕{n}号")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_and_a_termination_name_the_other_ways() {
        // 第十五条 and 第二十五条.
        for kind in [LetterKind::Decline, LetterKind::Terminate] {
            assert!(kind.text().contains("【其他途径】"), "{kind:?}");
        }
        for way in ["和解", "消费者协会", "仲裁", "诉讼"] {
            assert!(OTHER_WAYS.contains(way), "{way}");
        }
    }

    /// 第三十七条: a letter to somebody outside does not tell that it is about a tip-off, as its number would.
    #[test]
    fn a_request_for_assistance_names_neither_person_nor_case() {
        for place in ["投诉人", "登记编号"] {
            assert!(!LetterKind::Assistance.text().contains(place), "{place}");
        }
    }

    #[test]
    fn a_value_with_brackets_is_not_filled_again() {
        let text = fill("【甲】【乙】", &[("甲", "【乙】".to_owned()), ("乙", "二".to_owned())]);
        assert_eq!(text, "【乙】二");
        assert_eq!(fill("没有【", &[]), "没有【");
        assert_eq!(open_places("【甲】和【乙】"), ["甲", "乙"]);
        assert_eq!(number("云市监投", 2027, 12), "云市监投〔2027〕12号");
    }
}
