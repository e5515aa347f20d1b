//! The steps of a case: each with its word, its article, the term it answers, and the fields of its form.

use super::case::{CaseKind, Satisfaction, SessionMode, Telling, words};
use super::grounds::{DeclineGround, TerminationGround};
use super::term::RuleVersion;

words! {
    /// A step that a person takes with a case. Which ones are open says [`super::permitted`].
    Step {
        /// To the unit with the power.
        Dispatch = "dispatch", "分送";
        /// Back to the intake unit.
        Return = "return", "退回";
        /// A second time: to the leader.
        Object = "object", "提请裁定";
        /// The leader decides who has it.
        Rule = "rule", "裁定承办单位";
        /// To a person of the unit.
        Assign = "assign", "指定经办人";
        /// First contact with the parties.
        Contact = "contact", "登记首次联系";
        /// 受理.
        Accept = "accept", "受理";
        /// 不予受理.
        Decline = "decline", "不予受理";
        /// Consent of both.
        Consent = "consent", "登记调解意愿";
        /// Entrust the association.
        Entrust = "entrust", "委托调解";
        /// Time, place, mediators.
        SetSession = "set_session", "安排调解";
        /// A party asks that a mediator withdraw.
        AskRecusal = "ask_recusal", "登记回避申请";
        /// Decide on it.
        DecideRecusal = "decide_recusal", "决定是否回避";
        /// Sample to the laboratory.
        Pause = "pause", "送鉴定检测";
        /// Result is there.
        Resume = "resume", "鉴定检测结束";
        /// Agreement.
        Settle = "settle", "达成协议";
        /// End of mediation.
        Terminate = "terminate", "终止调解";
        /// Both are told.
        TellTermination = "tell_termination", "告知双方终止调解";
        /// A lead of a violation.
        FindLead = "find_lead", "登记违法线索";
        /// The lead is verified.
        VerifyLead = "verify_lead", "线索核查结果";
        /// Decide on a tip-off.
        Decide = "decide", "举报处理决定";
        /// The reporter is told.
        TellReporter = "tell_reporter", "告知举报人";
        /// New facts.
        Restart = "restart", "补充新事实，重新计期";
        /// More time is asked for.
        AskExtension = "ask_extension", "申请延期";
        /// The head approves.
        Extend = "extend", "批准延期";
        /// The head does not.
        RefuseExtension = "refuse_extension", "不批准延期";
        /// Dispute over jurisdiction.
        Dispute = "dispute", "登记处理权限争议";
        /// It is settled.
        SettleDispute = "settle_dispute", "处理权限争议结果";
        /// To the police.
        HandToPolice = "hand_to_police", "移送公安机关";
        /// An inquiry is answered and closed.
        Answer = "answer", "答复并办结";
        /// The end.
        Close = "close", "办结";
        /// Call back.
        CallBack = "call_back", "回访";
        /// A leader wants an answer by a day.
        Direct = "direct", "督办";
        /// The answer to it.
        AnswerDirection = "answer_direction", "回复督办";
        /// Registered twice by mistake.
        Void = "void", "重复登记作废";
        /// Open again.
        Reopen = "reopen", "重新办理";
        /// A remark.
        Note = "note", "记录";
    }
}

impl Step {
    /// Law and article, under the rules of the case; empty where its rules do not speak of the step.
    pub fn article(self, matter: CaseKind, rules: RuleVersion) -> &'static str {
        match self {
            Step::Dispatch | Step::Return | Step::Object | Step::Rule => rules.distribute(),
            Step::Accept => rules.accept(),
            Step::Decline => match rules {
                RuleVersion::Order20 => "第20号令第十四条、第十五条",
                RuleVersion::Order121 => "第十五条、第十六条",
            },
            Step::Consent => rules.consent(),
            Step::Entrust => rules.entrust(),
            Step::SetSession => rules.session(),
            Step::AskRecusal | Step::DecideRecusal => rules.recusal(),
            Step::Pause | Step::Resume => rules.laboratory(),
            Step::Settle => rules.agreement(),
            Step::Terminate => rules.terminate(),
            Step::TellTermination => rules.terminate_told(),
            Step::FindLead | Step::VerifyLead => rules.lead(),
            Step::Decide => "处罚程序规定第十八至二十条",
            // A tip-off is verified under the penalty procedure, a lead of a complaint under the order.
            Step::AskExtension | Step::Extend | Step::RefuseExtension => match matter {
                CaseKind::Tipoff => "处罚程序规定第十八条",
                CaseKind::Complaint | CaseKind::Inquiry => rules.lead(),
            },
            Step::TellReporter => rules.told(),
            Step::Restart => rules.repeated(),
            Step::Dispute | Step::SettleDispute => rules.dispute(),
            Step::HandToPolice => rules.police(),
            Step::Answer => rules.inquiry(),
            Step::CallBack => rules.call_back(),
            _ => "",
        }
    }

    /// The codes of the terms the step answers.
    pub fn terms(self) -> &'static [&'static str] {
        match self {
            Step::Accept | Step::Decline => &["complaint.accept"],
            Step::Settle | Step::Terminate => &["mediation.end"],
            Step::TellTermination => &["mediation.notice"],
            Step::VerifyLead => &["complaint.lead_verify", "complaint.lead_verify_extended"],
            Step::Decide => &["report.decide", "report.decide_extended"],
            Step::TellReporter => &["report.notify"],
            Step::SettleDispute => &["jurisdiction.negotiate"],
            _ => &[],
        }
    }

    /// The fields of its form under the rules of the case, in their order.
    pub fn fields(self, rules: RuleVersion) -> &'static [StepField] {
        let is_old = rules == RuleVersion::Order20;
        match self {
            Step::Decline if is_old => DECLINE_20,
            Step::Entrust if is_old => ENTRUST_20,
            Step::Pause if is_old => PAUSE_20,
            Step::Terminate if is_old => TERMINATE_20,
            Step::Decide if is_old => DECIDE_20,
            Step::Dispatch => DISPATCH,
            Step::Rule => RULE,
            Step::Return | Step::Object | Step::AskExtension | Step::Extend | Step::RefuseExtension | Step::Reopen => {
                REASON
            }
            Step::Assign => ASSIGN,
            Step::Contact | Step::Note => WORDS,
            Step::Accept => TOLD,
            Step::Decline => DECLINE,
            Step::Consent => CONSENT,
            Step::Entrust => ENTRUST,
            Step::SetSession => SESSION,
            Step::AskRecusal => ASK_RECUSAL,
            Step::DecideRecusal => DECIDE_RECUSAL,
            Step::Pause => PAUSE,
            Step::Resume => RESUME,
            Step::Settle => SETTLE,
            Step::Terminate => TERMINATE,
            Step::TellTermination | Step::TellReporter => TOLD,
            Step::FindLead => LEAD,
            Step::VerifyLead => VERIFY_LEAD,
            Step::Decide => DECIDE,
            Step::Restart => RESTART,
            Step::Dispute => DISPUTE,
            Step::SettleDispute | Step::HandToPolice => ON_WORDS,
            Step::Answer => ANSWER,
            Step::Close => CLOSE,
            Step::CallBack => CALL_BACK,
            Step::Void => VOID,
            Step::Direct => DIRECT,
            Step::AnswerDirection => WORDS,
        }
    }

    /// A step that is taken most of the time stands open at the top; the others are folded.
    pub fn is_main(self) -> bool {
        matches!(
            self,
            Step::Dispatch
                | Step::Rule
                | Step::Accept
                | Step::Decline
                | Step::Consent
                | Step::SetSession
                | Step::Settle
                | Step::Terminate
                | Step::TellTermination
                | Step::VerifyLead
                | Step::Decide
                | Step::TellReporter
                | Step::Extend
                | Step::RefuseExtension
                | Step::DecideRecusal
                | Step::Resume
                | Step::Answer
                | Step::Close
                | Step::AnswerDirection
                | Step::CallBack
        )
    }
}

/// What is typed into a field of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldKind {
    /// One line.
    Line,
    /// Some lines.
    Area,
    /// A day, not in the future.
    PastDay,
    /// A day that may lie ahead.
    Day,
    /// 14:30.
    Time,
    /// Yuan, stored as fen.
    Money,
    /// One of the units in use.
    Unit,
    /// One of the people of the unit.
    Person,
    /// A box.
    Tick,
    /// One of a list.
    Choice(&'static [(&'static str, &'static str)]),
}

/// A field of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StepField {
    /// Its name in the form.
    pub name: &'static str,
    /// Its word.
    pub label: &'static str,
    /// What it takes.
    pub kind: FieldKind,
    /// Must it be filled?
    pub is_needed: bool,
    /// A sentence below the word.
    pub hint: &'static str,
}

const fn field(
    name: &'static str,
    label: &'static str,
    kind: FieldKind,
    is_needed: bool,
    hint: &'static str,
) -> StepField {
    StepField { name, label, kind, is_needed, hint }
}

const DECLINE_GROUNDS_20: &[(&str, &str)] = DeclineGround::choices(RuleVersion::Order20);
const TERMINATION_GROUNDS_20: &[(&str, &str)] = TerminationGround::choices(RuleVersion::Order20);
const YES_NO: &[(&str, &str)] = &[("yes", "同意"), ("no", "不同意")];
const FILED: &[(&str, &str)] = &[("yes", "予以立案"), ("no", "不予立案")];
const PARTY: &[(&str, &str)] = &[("投诉人", "投诉人"), ("被投诉人", "被投诉人")];
const TIPOFF_OUTCOMES: &[(&str, &str)] =
    &[("filed", "予以立案"), ("not_filed", "不予立案"), ("directed", "本机关无权处理，告知向有权部门提出")];
const COMPLAINT_OUTCOMES: &[(&str, &str)] = &[("", "按已登记的结果"), ("settled", "达成调解协议")];

const ON: StepField = field("on", "日期", FieldKind::PastDay, true, "");
const WORDS_FIELD: StepField = field("words", "内容", FieldKind::Area, true, "");
const REASON_FIELD: StepField = field("reason", "理由", FieldKind::Area, true, "");
const TOLD_FIELD: StepField = field("told", "告知方式", FieldKind::Choice(Telling::CHOICES), true, "");

const DISPATCH: &[StepField] = &[
    field("unit_id", "承办单位", FieldKind::Unit, true, ""),
    field("reason", "分送意见", FieldKind::Line, false, "改派时必填"),
];
const RULE: &[StepField] = &[field("unit_id", "承办单位", FieldKind::Unit, true, "裁定后不能再退回"), REASON_FIELD];
const REASON: &[StepField] = &[REASON_FIELD];
const VOID: &[StepField] = &[
    field(
        "number",
        "与哪一件重复",
        FieldKind::Line,
        true,
        "那一件的登记编号，如 TS2027-000123；同一人、同一经营者、同一类事项",
    ),
    REASON_FIELD,
];
const ASSIGN: &[StepField] = &[field("person_id", "经办人", FieldKind::Person, true, "")];
const WORDS: &[StepField] = &[WORDS_FIELD];
const TOLD: &[StepField] = &[ON, TOLD_FIELD];
const DECLINE_WORDS: StepField =
    field("words", "理由", FieldKind::Area, true, "写给投诉人看：具体事实是什么，为什么属于上面的情形");
const DECLINE: &[StepField] = &[
    field("ground", "不予受理的情形", FieldKind::Choice(DeclineGround::CHOICES), true, "第十六条所列七项之一"),
    DECLINE_WORDS,
    ON,
    TOLD_FIELD,
];
const DECLINE_20: &[StepField] = &[
    field("ground", "不予受理的情形", FieldKind::Choice(DECLINE_GROUNDS_20), true, "第20号令第十五条所列六项之一"),
    DECLINE_WORDS,
    ON,
    TOLD_FIELD,
];
const CONSENT: &[StepField] = &[
    field("consumer", "投诉人", FieldKind::Choice(YES_NO), true, ""),
    field("business", "被投诉人", FieldKind::Choice(YES_NO), true, ""),
];
const ENTRUST: &[StepField] =
    &[field("to", "受委托组织", FieldKind::Line, true, "消费者协会或依法成立的其他调解组织；须双方同意，不得再委托")];
const ENTRUST_20: &[StepField] =
    &[field("to", "受委托单位", FieldKind::Line, true, "消费者协会或依法成立的其他调解组织等单位；不得再委托")];
const SESSION: &[StepField] = &[
    field("on", "日期", FieldKind::Day, true, ""),
    field("time", "时间", FieldKind::Time, true, ""),
    field("mode", "方式", FieldKind::Choice(SessionMode::CHOICES), true, ""),
    field("place", "地点", FieldKind::Line, false, "现场调解必填"),
    field("mediators", "调解人员", FieldKind::Line, true, "与当事人有利害关系的应当回避"),
    field(IS_HELD, "补登记：这次调解已经开过", FieldKind::Tick, false, ""),
];
/// The tick that a session of a past day asks for; a form shows it only then.
pub const IS_HELD: &str = "is_held";
const ASK_RECUSAL: &[StepField] = &[field("by", "申请人", FieldKind::Choice(PARTY), true, ""), REASON_FIELD];
const DECIDE_RECUSAL: &[StepField] = &[
    field("granted", "决定", FieldKind::Choice(&[("yes", "回避"), ("no", "不回避")]), true, ""),
    field("mediators", "更换后的调解人员", FieldKind::Line, false, "决定回避时必填"),
];
const PAUSE_FROM: StepField = field("from", "自", FieldKind::PastDay, true, "送检之日起不计入调解期限");
/// Order 20 lets nobody designate: both have to agree on who tests.
const PAUSE_20: &[StepField] =
    &[PAUSE_FROM, field("laboratory", "鉴定、检测机构", FieldKind::Line, true, "由双方协商一致，共同委托")];
const PAUSE: &[StepField] = &[
    PAUSE_FROM,
    field("laboratory", "鉴定、检测机构", FieldKind::Line, true, ""),
    field("is_designated", "双方协商不成，由本局指定", FieldKind::Tick, false, ""),
];
const RESUME: &[StepField] = &[field("to", "至", FieldKind::PastDay, true, "取得结果之日，这一天仍不计入")];
const SETTLE: &[StepField] = &[
    ON,
    field("words", "协议内容", FieldKind::Area, true, ""),
    field("has_document", "制作调解书", FieldKind::Tick, false, "即时履行或双方同意不制作的除外"),
];
const TERMINATE: &[StepField] = &[
    field("ground", "终止情形", FieldKind::Choice(TerminationGround::CHOICES), true, "第二十三条所列八项之一"),
    field("words", "说明", FieldKind::Area, true, ""),
    ON,
];
const TERMINATE_20: &[StepField] = &[
    field("ground", "终止情形", FieldKind::Choice(TERMINATION_GROUNDS_20), true, "第20号令第二十一条所列七项之一"),
    field("words", "说明", FieldKind::Area, true, ""),
    ON,
];
const LEAD: &[StepField] =
    &[field("on", "发现日期", FieldKind::PastDay, true, ""), field("words", "线索", FieldKind::Area, true, "")];
const VERIFY_LEAD: &[StepField] = &[field("filed", "处理", FieldKind::Choice(FILED), true, ""), ON, WORDS_FIELD];
const fn decide(hint: &'static str) -> StepField {
    field("outcome", "决定", FieldKind::Choice(TIPOFF_OUTCOMES), true, hint)
}
const WHY: StepField = field("words", "理由", FieldKind::Area, true, "");
const DECIDE: &[StepField] = &[decide("无权处理的，告知举报人直接向有权部门提出（第三十四条）"), ON, WHY];
const DECIDE_20: &[StepField] = &[decide("无权处理的，告知举报人直接向有权部门提出（第20号令第二十九条）"), ON, WHY];
const RESTART: &[StepField] = &[
    field("received_on", "最后一次举报收到之日", FieldKind::PastDay, true, "期限自这一天重新计算"),
    field("words", "新的事实", FieldKind::Area, true, ""),
];
const DISPUTE: &[StepField] = &[
    field("on", "争议发生日", FieldKind::PastDay, true, ""),
    field("with", "争议对方", FieldKind::Line, true, "哪个市场监管部门"),
];
const ON_WORDS: &[StepField] = &[ON, WORDS_FIELD];
const ANSWER: &[StepField] = &[ON, field("words", "答复内容", FieldKind::Area, true, "")];
const CLOSE: &[StepField] = &[
    field("outcome", "结果", FieldKind::Choice(COMPLAINT_OUTCOMES), false, "未登记协议的，选“达成调解协议”一并登记"),
    ON,
    field("recovered", "挽回经济损失（元）", FieldKind::Money, false, ""),
    field("words", "办结说明", FieldKind::Area, false, ""),
];
const CALL_BACK: &[StepField] = &[
    field("satisfaction", "评价", FieldKind::Choice(Satisfaction::CHOICES), true, ""),
    field("words", "说明", FieldKind::Area, false, ""),
];

const DIRECT: &[StepField] = &[
    field("words", "督办意见", FieldKind::Area, true, "要承办单位做什么、说明什么"),
    field("answer_by", "要求回复的日期", FieldKind::Day, true, "到这一天下班前还没有回复的，再次报告"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_of_order_121_has_an_article_or_needs_none() {
        let without = [
            Step::Assign,
            Step::Contact,
            Step::Close,
            Step::Direct,
            Step::AnswerDirection,
            Step::Void,
            Step::Reopen,
            Step::Note,
        ];
        for step in Step::ALL {
            let has = !step.article(CaseKind::Complaint, RuleVersion::Order121).is_empty();
            assert_eq!(has, !without.contains(step), "{step:?}");
        }
    }

    #[test]
    fn every_term_a_step_answers_is_there() {
        for step in Step::ALL {
            for code in step.terms() {
                assert!(super::super::term::codes().contains(code), "{code}");
            }
        }
    }

    #[test]
    fn names_of_fields_are_used_once_in_a_form() {
        for step in Step::ALL {
            let names: std::collections::BTreeSet<&str> =
                step.fields(RuleVersion::Order121).iter().map(|it| it.name).collect();
            assert_eq!(names.len(), step.fields(RuleVersion::Order121).len(), "{step:?}");
        }
    }
}
