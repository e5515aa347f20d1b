//! What a person who complained, reported or asked may know of their own case and do with it, without an account.
//!
//! Nothing here names a unit, a handler, a reason or a finding: of a tip-off only what 第三十四条 and 第三十六条 let the reporter know.

use jiff::civil::Date;

use super::case::{CaseKind, Outcome, Status};
use super::clock::Clock;
use super::letter::LetterKind;
use super::state::CaseState;
use super::term::RuleVersion;

/// The letters of a tracking code (查询码): no 0 and O, no 1, I and L, so that it can be read out on the telephone.
const CODE_LETTERS: &[u8; 31] = b"23456789ABCDEFGHJKMNPQRSTUVWXYZ";
/// Twelve letters of 31 are 59 bits: with the number of the case beside it and few tries, nobody guesses one.
const CODE_LENGTH: usize = 12;

/// A tracking code from bytes that nobody else can know.
///
/// ```
/// use domain::complaint::follow::{code_of, normal_code};
/// let code = code_of(&[7; 16]);
/// assert_eq!(code.len(), 14);
/// assert_eq!(normal_code(&code.to_lowercase().replace('-', " ")), Some(code));
/// ```
pub fn code_of(secret: &[u8]) -> String {
    let letters = secret.iter().take(CODE_LENGTH).map(|it| {
        let at = usize::from(*it) % CODE_LETTERS.len();
        CODE_LETTERS.get(at).copied().map_or('2', char::from)
    });
    grouped(&letters.collect::<String>())
}

/// A tracking code as typed, in the one way it is compared; `None` when it cannot be one.
pub fn normal_code(typed: &str) -> Option<String> {
    let letters: String = typed.chars().filter(char::is_ascii_alphanumeric).map(|it| it.to_ascii_uppercase()).collect();
    let is_code = letters.len() == CODE_LENGTH && letters.bytes().all(|it| CODE_LETTERS.contains(&it));
    is_code.then(|| grouped(&letters))
}

fn grouped(letters: &str) -> String {
    let groups: Vec<String> = letters.as_bytes().chunks(4).map(|it| String::from_utf8_lossy(it).into_owned()).collect();
    groups.join("-")
}

/// Where a case stands, in plain language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// 正在决定是否受理.
    pub headline: &'static str,
    /// What that means.
    pub words: String,
    /// What happens next.
    pub next: String,
    /// By which day, and the article that says so.
    pub by: Option<(Date, &'static str)>,
    /// The day hangs on holidays that nobody has announced yet.
    pub is_provisional: bool,
    /// The day has passed.
    pub is_late: bool,
    /// Nothing more will happen by itself.
    pub is_over: bool,
}

/// Where the case stands for the person it is about.
pub fn progress(state: &CaseState, clocks: &[Clock], today: Date) -> Progress {
    let (headline, words, next) = match state.matter {
        CaseKind::Complaint => owned(of_complaint(state)),
        CaseKind::Tipoff => of_tipoff(state),
        CaseKind::Inquiry => owned(of_inquiry(state)),
    };
    let is_over = !state.status.is_open();
    // The terms of leads, of disputes between bureaus and of telling are the authority's own.
    let is_theirs = |it: &&Clock| {
        it.done_on.is_none()
            && matches!(
                it.term.code,
                "complaint.accept" | "mediation.end" | "mediation.notice" | "report.decide" | "report.decide_extended"
            )
    };
    let running = clocks.iter().filter(is_theirs);
    let running = running.filter_map(|it| it.sheet.due.map(|due| (due, it.term.article, it.sheet.provisional)));
    let first = if is_over { None } else { running.min() };
    let by = first.map(|it| (it.0, it.1));
    let is_late = by.is_some_and(|it| it.0 < today);
    Progress { headline, words, next, by, is_provisional: first.is_some_and(|it| it.2), is_late, is_over }
}

type Words = (&'static str, &'static str, &'static str);

fn owned((headline, words, next): Words) -> (&'static str, String, String) {
    (headline, words.to_owned(), next.to_owned())
}

fn of_complaint(state: &CaseState) -> Words {
    match state.status {
        Status::Received | Status::Returned | Status::Objected | Status::Dispatched => (
            "正在决定是否受理",
            "我们已经收到您的投诉，正在核对是否符合受理条件。",
            "会用您留下的电话告诉您受理或者不予受理；不予受理的，说明理由和其他解决途径。",
        ),
        Status::Accepted if state.is_paused() => {
            ("正在检验鉴定", "争议需要检验或者鉴定，这段时间不计入调解期限。", "结果出来后继续调解。")
        }
        Status::Accepted => (
            "已受理，正在调解",
            "我们正在组织您和经营者调解。调解要双方都愿意；您也可以随时与经营者自行和解。",
            "请保持电话畅通，保留小票、聊天记录等凭证。",
        ),
        Status::Settled => ("双方达成协议", "您和经营者已经达成协议。", "请按协议履行；办结后可以在这里评价。"),
        Status::Terminated => {
            ("已终止调解", "这次调解没有达成协议或者已经撤回。", "我们会告知您；您仍可以通过仲裁、诉讼等途径解决。")
        }
        Status::Declined => (
            "不予受理",
            "经核对，这件投诉不符合受理条件，理由已经告知您。",
            "您仍可以通过协商、消费者协会调解、仲裁、诉讼等途径解决。",
        ),
        Status::Closed => match state.outcome {
            Some(Outcome::Settled) => {
                ("已办结：达成协议", "您和经营者达成了协议，这件投诉已经办结。", "欢迎评价这次办理。")
            }
            Some(Outcome::Withdrawn) => {
                ("已办结：撤回或和解", "您撤回了投诉或者已经与经营者和解。", "欢迎评价这次办理。")
            }
            _ => ("已办结：调解未成", "这次调解没有达成协议。", "您仍可以通过仲裁、诉讼等途径解决。"),
        },
        Status::Merged => MERGED,
        Status::Void => VOID,
        Status::Decided => ("正在办理", "您的投诉正在办理。", "有结果时告诉您。"),
    }
}

const MERGED: Words = ("与另一件一并办理", "这件与同一事项的另一件一并办理。", "结果会一并告诉您。");

const VOID: Words =
    ("与另一件重复", "同一件事登记了两次，这个编号不再使用，按另一件办理。", "不知道另一件编号的，请打 12315 问。");

/// 第三十六条: the reporter is told where a law, regulation or rule says so, under Order 20 (第三十一条) every reporter who gave a name;
/// 第三十七条: everything else of it is secret.
fn of_tipoff(state: &CaseState) -> (&'static str, String, String) {
    let rules = state.rules;
    match state.status {
        Status::Merged => owned(MERGED),
        Status::Void => owned(VOID),
        Status::Decided | Status::Closed if state.outcome == Some(Outcome::Directed) => (
            "请向有处理权限的部门举报",
            "您反映的事项不由本局处理。".to_owned(),
            format!("请向有处理权限的部门提出（{}）；不清楚的，请打 12315 问。", rules.no_power()),
        ),
        Status::Decided | Status::Closed if state.reporter_told_on.is_some() => {
            owned(("已告知您结果", "核查已经结束，结果已经告知您。", "没有收到的，请打 12315 问。"))
        }
        Status::Decided | Status::Closed => {
            let told = if rules == RuleVersion::Order20 && state.is_named {
                format!("您是实名举报，是否立案我们会在作出决定之日起五个工作日内告知您（{}）。", rules.told())
            } else {
                format!("法律、法规、规章规定应当告知举报人的，我们会告知您（{}）。", rules.told_by_law())
            };
            ("核查已经结束", told, format!("举报的处理情况依法保密（{}）。", rules.secrecy()))
        }
        _ => (
            "正在核查",
            format!("我们已经收到您的举报，正在依法核查。您的信息依法保密，不会告诉被举报人（{}）。", rules.secrecy()),
            "核查后决定是否立案；情况复杂的，经批准可以延长。".to_owned(),
        ),
    }
}

fn of_inquiry(state: &CaseState) -> Words {
    match state.status {
        Status::Closed => ("已答复", "您的问题已经答复。", "还有疑问的，可以再问一次。"),
        Status::Merged => MERGED,
        Status::Void => VOID,
        _ => ("正在答复", "我们已经收到您的问题。", "答复会写在这里；留了电话的，也会打电话告诉您。"),
    }
}

/// May the person still add facts and files?
pub fn may_supplement(state: &CaseState) -> bool {
    state.status.is_open()
}

/// May the person ask to take it back? A tip-off cannot be taken back: the authority verifies what it knows.
pub fn may_withdraw(state: &CaseState) -> bool {
    state.matter == CaseKind::Complaint && state.status.is_open() && !state.is_withdrawal_asked
}

/// May the person say how content they are (第二十六条)? Once, after the end.
pub fn may_rate(state: &CaseState) -> bool {
    state.matter != CaseKind::Tipoff && state.status == Status::Closed && state.rating.is_none()
}

/// Is a letter of this kind meant for the person, and have they been told what it says?
pub fn is_shown(kind: LetterKind, state: &CaseState) -> bool {
    match kind {
        LetterKind::Accept => state.accepted_on.is_some(),
        LetterKind::Decline => state.declined_on.is_some(),
        LetterKind::Session => state.session.is_some(),
        LetterKind::Terminate => state.told_on.is_some(),
        LetterKind::Agreement => state.settled_on.is_some(),
        LetterKind::TipoffDecision => state.reporter_told_on.is_some(),
        // The business and other authorities; nothing for who complained.
        LetterKind::Extension | LetterKind::Assistance => false,
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::super::case::{Channel, Telling};
    use super::super::clock::{DeskRules, clocks};
    use super::super::event::CaseEvent;
    use super::super::state::fold;
    use super::*;
    use crate::Id;
    use crate::calendar::WorkCalendar;

    fn state(matter: CaseKind, more: &[CaseEvent]) -> CaseState {
        let received_on = date(2026, 5, 6);
        let first = CaseEvent::Received {
            matter,
            channel: Channel::Website,
            received_on,
            rules: RuleVersion::Order121,
            is_named: true,
        };
        let all: Vec<CaseEvent> = std::iter::once(first).chain(more.iter().cloned()).collect();
        fold(all.iter().map(|it| (it, "2026-05-06T02:00:00Z".parse().unwrap()))).unwrap()
    }

    fn seen(state: &CaseState, today: Date) -> Progress {
        progress(state, &clocks(state, &DeskRules::default(), &WorkCalendar::announced()), today)
    }

    #[test]
    fn a_complainant_is_told_by_when_and_by_which_article() {
        let now = seen(&state(CaseKind::Complaint, &[]), date(2026, 5, 7));
        let (by, article) = now.by.unwrap();
        assert_eq!((now.headline, by), ("正在决定是否受理", date(2026, 5, 14)));
        assert!(article.contains("第十五条") && !now.is_late);
        assert!(seen(&state(CaseKind::Complaint, &[]), date(2026, 5, 15)).is_late);
        let accepted = CaseEvent::Accepted { on: date(2026, 5, 8), told: Telling::Phone };
        let lead = CaseEvent::LeadFound { on: date(2026, 5, 9), words: "无证".into() };
        let now = seen(&state(CaseKind::Complaint, &[accepted, lead]), date(2026, 5, 9));
        assert_eq!(now.by.unwrap().0, date(2026, 7, 7), "the term of a lead is the authority's own");
    }

    #[test]
    fn a_reporter_learns_nothing_of_the_finding() {
        let dispatched =
            CaseEvent::Dispatched { unit_id: Id::from_text("u"), unit_name: "甲所".into(), reason: String::new() };
        for outcome in [Outcome::Filed, Outcome::NotFiled] {
            let decided = CaseEvent::Decided { on: date(2026, 5, 20), outcome, words: "卖假酒".into() };
            let now = seen(&state(CaseKind::Tipoff, &[dispatched.clone(), decided]), date(2026, 5, 21));
            assert_eq!((now.headline, now.by), ("核查已经结束", None));
        }
        let mut old = state(CaseKind::Tipoff, std::slice::from_ref(&dispatched));
        old.rules = RuleVersion::Order20;
        assert!(seen(&old, date(2026, 5, 21)).words.contains("第20号令第三十三条"));
        let directed = CaseEvent::Decided { on: date(2026, 5, 20), outcome: Outcome::Directed, words: String::new() };
        let now = seen(&state(CaseKind::Tipoff, &[dispatched, directed]), date(2026, 5, 21));
        assert!(now.next.contains("第三十四条"));
    }

    #[test]
    fn what_may_be_done_follows_from_where_it_stands() {
        let open = state(CaseKind::Complaint, &[]);
        assert!(may_supplement(&open) && may_withdraw(&open) && !may_rate(&open));
        let asked = state(CaseKind::Complaint, &[CaseEvent::WithdrawalAsked { words: String::new() }]);
        assert!(!may_withdraw(&asked), "once");
        let tipoff = state(CaseKind::Tipoff, &[]);
        assert!(may_supplement(&tipoff) && !may_withdraw(&tipoff));
        let closed = CaseEvent::Closed {
            on: date(2026, 5, 9),
            outcome: Outcome::Settled,
            recovered_fen: None,
            words: String::new(),
        };
        let over = state(CaseKind::Complaint, std::slice::from_ref(&closed));
        assert!(!may_supplement(&over) && !may_withdraw(&over) && may_rate(&over));
        assert!(!may_rate(&state(CaseKind::Tipoff, &[closed])));
    }

    #[test]
    fn no_letter_is_shown_before_the_person_has_been_told() {
        let open = state(CaseKind::Complaint, &[]);
        assert!(LetterKind::ALL.iter().all(|it| !is_shown(*it, &open)));
        let accepted =
            state(CaseKind::Complaint, &[CaseEvent::Accepted { on: date(2026, 5, 8), told: Telling::Phone }]);
        let shown: Vec<&str> =
            LetterKind::ALL.iter().filter(|it| is_shown(**it, &accepted)).map(|it| it.code()).collect();
        assert_eq!(shown, ["accept"]);
    }

    #[test]
    fn a_code_holds_no_letters_that_are_taken_for_others() {
        let all = code_of(&(0..=255).collect::<Vec<u8>>());
        assert_eq!(all, "2345-6789-ABCD");
        for letter in ['0', 'O', '1', 'I', 'L'] {
            assert!(!CODE_LETTERS.contains(&u8::try_from(letter).unwrap()));
        }
        for wrong in ["", "2345", "2345-6789-ABC0", "2345-6789-ABCDE"] {
            assert_eq!(normal_code(wrong), None, "{wrong}");
        }
    }
}
