//! What happened to a case, in words.

use domain::complaint::article::bracketed;
use domain::complaint::case::SessionMode;
use domain::complaint::escalation::Level;
use domain::complaint::event::{CaseEvent, log_label};
use domain::complaint::intake::yuan;
use domain::complaint::term::RuleVersion;
use store::complaint::case::Happened;
use store::complaint::file::CaseFile;

use super::lamp::term_word;
use crate::{clock, history};

/// One line of the time line.
pub(crate) struct Line {
    pub(crate) at: String,
    pub(crate) who: String,
    pub(crate) what: String,
    pub(crate) words: String,
    pub(crate) is_step: bool,
}

/// The line of a case under these rules, whose files are `files`; `is_closed` where the reader may not know who reported: reasons of looks
/// and names of files tell it too (第三十七条).
pub(crate) fn line(happened: &Happened, rules: RuleVersion, is_closed: bool, files: &[CaseFile]) -> Line {
    let who = [happened.unit_name.as_str(), happened.person_name.as_str()];
    let who = who.into_iter().filter(|it| !it.is_empty()).collect::<Vec<_>>().join(" ");
    let words = match &happened.event {
        Some(event) => words(event, rules),
        None if is_closed => String::new(),
        // Only what lies there is named: the name of a paper that went with a tip-off would tell of it, and so would leaving out that
        // one name alone (第三十七条).
        None if matches!(happened.kind.as_str(), "attached" | "detached") => {
            let is_here = files.iter().any(|it| it.file_name == happened.reason);
            if is_here { happened.reason.clone() } else { String::new() }
        }
        None => happened.reason.clone(),
    };
    let what = log_label(&happened.kind).unwrap_or_else(|| history::kind_words(&happened.kind));
    let is_step = matches!(
        happened.event,
        Some(
            CaseEvent::Accepted { .. }
                | CaseEvent::Declined { .. }
                | CaseEvent::Settled { .. }
                | CaseEvent::Terminated { .. }
                | CaseEvent::Decided { .. }
                | CaseEvent::Closed { .. }
                | CaseEvent::Reopened { .. }
        )
    );
    Line { at: clock::in_words(happened.at), who, what: what.to_owned(), words, is_step }
}

/// The content of an event; a reader sees what stood in the form.
fn words(event: &CaseEvent, rules: RuleVersion) -> String {
    match event {
        CaseEvent::Received { channel, received_on, rules, .. } => {
            format!("{received_on} 收到，{}；适用{}", channel.label(), rules.title())
        }
        CaseEvent::Split { with } => format!("另登记为 {}（{}，分别处理）", with.join("、"), rules.apart()),
        CaseEvent::Corrected { fields } => fields.join("、"),
        CaseEvent::Dispatched { unit_name, reason, .. } | CaseEvent::Ruled { unit_name, reason, .. } => {
            join(&[unit_name, reason])
        }
        CaseEvent::Returned { reason }
        | CaseEvent::Objected { reason }
        | CaseEvent::ExtensionAsked { reason }
        | CaseEvent::Extended { reason }
        | CaseEvent::ExtensionRefused { reason } => reason.clone(),
        CaseEvent::Reopened { reason, .. } => reason.clone(),
        CaseEvent::Assigned { person_name, .. } => person_name.clone(),
        CaseEvent::Contacted { note } => note.clone(),
        CaseEvent::Noted { words } | CaseEvent::WithdrawalAsked { words } => words.clone(),
        CaseEvent::Supplemented { n_files: 0 } => "补充了事实，见内容".to_owned(),
        CaseEvent::Supplemented { n_files } => format!("补充了内容和 {n_files} 个文件"),
        CaseEvent::Merged { number, is_agreed: true, .. } => {
            format!("并入 {number}（已确认投诉人同意，或同一举报人补充新事实）")
        }
        CaseEvent::Merged { number, .. } => format!("并入 {number}"),
        CaseEvent::Absorbed { number } => format!("{number} 并入本件"),
        CaseEvent::Linked { number, .. } => format!("与 {number} 关联"),
        CaseEvent::MadeJoint { numbers, n_representatives } => {
            let (numbers, article) = (numbers.join("、"), rules.joint());
            format!("{numbers} 并入本件，作为共同投诉办理，推选代表人 {n_representatives} 名（{article}）")
        }
        CaseEvent::Raised { cause, words, .. } => {
            let rule = cause.rule();
            format!("{}，{}{}", words, if rule.level == Level::Escalation { "报告" } else { "提醒" }, rule.to.label())
        }
        CaseEvent::Directed { words, answer_by } => format!("{answer_by} 前回复：{words}"),
        CaseEvent::DirectionAnswered { words } => words.clone(),
        CaseEvent::Recounted { term, before, after } => {
            let day = |it: &Option<jiff::civil::Date>| it.map_or_else(|| "未定".to_owned(), |it| it.to_string());
            format!("{}由 {} 变为 {}（办理设置或放假安排有变动）", term_word(term), day(before), day(after))
        }
        CaseEvent::Voided { number, reason, .. } => format!("与 {number} 重复：{reason}"),
        CaseEvent::CalledBack { satisfaction, words } | CaseEvent::Rated { satisfaction, words } => {
            join(&[satisfaction.label(), words])
        }
        CaseEvent::Closed { on, outcome, recovered_fen, words } => {
            let recovered = recovered_fen.map(|fen| format!("挽回损失 {} 元", yuan(fen))).unwrap_or_default();
            join(&[&on.to_string(), outcome.label(), &recovered, words])
        }
        other => mediation_words(other, rules),
    }
}

/// A ground with its article; one the rules of the case do not know stands alone.
fn ground(label: &str, article: Option<&str>) -> String {
    format!("{label}{}", bracketed(article.unwrap_or_default()))
}

fn mediation_words(event: &CaseEvent, rules: RuleVersion) -> String {
    let agrees = |it: bool| if it { "同意" } else { "不同意" };
    match event {
        CaseEvent::Accepted { on, told }
        | CaseEvent::TerminationTold { on, told }
        | CaseEvent::ReporterTold { on, told } => {
            format!("{on}，{}告知", told.label())
        }
        CaseEvent::Declined { on, ground: why, words, told } => {
            let why = ground(why.label_under(rules), why.article(rules));
            format!("{on}，{why}。{words}　{}告知", told.label())
        }
        CaseEvent::Consented { consumer, business } => {
            format!("投诉人{}，被投诉人{}", agrees(*consumer), agrees(*business))
        }
        CaseEvent::Entrusted { to } => to.clone(),
        CaseEvent::SessionSet { on, time, mode, place, mediators } => {
            let place = if *mode == SessionMode::OnSite || !place.is_empty() { place.as_str() } else { "" };
            join(&[&format!("{on} {time}"), mode.label(), place, &format!("调解人员：{mediators}")])
        }
        CaseEvent::RecusalAsked { by, reason } => format!("{by}申请：{reason}"),
        CaseEvent::RecusalDecided { is_granted, mediators } => {
            join(&[if *is_granted { "予以回避" } else { "不予回避" }, mediators])
        }
        CaseEvent::Paused { from, laboratory, is_designated, after_due } => {
            let how = if *is_designated { "本局指定" } else { "双方商定" };
            let late = after_due.map(|due| format!("；{due} 期满之后补记")).unwrap_or_default();
            format!("{from} 送 {laboratory}（{how}），不计入期限{late}")
        }
        CaseEvent::Resumed { to } => format!("至 {to}，次日起继续计期"),
        CaseEvent::Settled { on, words, has_document } => {
            join(&[&on.to_string(), words, if *has_document { "制作调解书" } else { "" }])
        }
        CaseEvent::Terminated { on, ground: why, words } => {
            format!("{on}，{}。{words}", ground(why.label_under(rules), why.article(rules)))
        }
        CaseEvent::LeadFound { on, words }
        | CaseEvent::JurisdictionSettled { on, words }
        | CaseEvent::HandedToPolice { on, words } => format!("{on}，{words}"),
        CaseEvent::LeadVerified { on, is_filed, words } => {
            join(&[&on.to_string(), if *is_filed { "予以立案" } else { "不予立案" }, words])
        }
        CaseEvent::Decided { on, outcome, words } => join(&[&on.to_string(), outcome.label(), words]),
        CaseEvent::Restarted { received_on, words } => format!("自 {received_on} 重新计期：{words}"),
        CaseEvent::JurisdictionDisputed { on, with } => format!("{on}，与{with}"),
        _ => String::new(),
    }
}

fn join(parts: &[&str]) -> String {
    parts.iter().filter(|it| !it.is_empty()).copied().collect::<Vec<_>>().join("，")
}
