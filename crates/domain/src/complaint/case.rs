//! The plain words of a case: its kind, the channel it came by, where it stands, how it ended.

/// A closed list with a code for addresses and files and a word for the page.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $code:literal, $label:literal;)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        pub enum $name { $($(#[$variant_doc])* #[serde(rename = $code)] $variant,)+ }

        impl $name {
            /// Every one, in the order of the choice on the page.
            pub const ALL: &[$name] = &[$($name::$variant),+];
            /// Code and word of every one, for a choice.
            pub const CHOICES: &[(&str, &str)] = &[$(($code, $label)),+];

            /// The code in the database, in addresses and in JSON.
            pub fn code(self) -> &'static str {
                match self { $($name::$variant => $code,)+ }
            }

            /// The one of a code; `None` for anything else.
            pub fn from_code(code: &str) -> Option<$name> {
                match code { $($code => Some($name::$variant),)+ _ => None }
            }

            /// The word on the page.
            pub fn label(self) -> &'static str {
                match self { $($name::$variant => $label,)+ }
            }
        }
    };
}
pub(crate) use words;

words! {
    /// What kind of matter it is: 总局令第121号第三条、第四十四条.
    ///
    /// A submission that is both complaint and tip-off is two cases: 第九条 "予以分别处理".
    CaseKind {
        /// 投诉: a consumer asks that a dispute with a business be resolved.
        Complaint = "complaint", "投诉";
        /// 举报: leads of a suspected violation. The code is `report`, as in the codes of the terms.
        Tipoff = "report", "举报";
        /// 咨询: no statutory clock, only the desk's own.
        Inquiry = "inquiry", "咨询";
    }
}

impl CaseKind {
    /// The letters before the number of a case: TS2027-000001.
    pub fn prefix(self) -> &'static str {
        match self {
            CaseKind::Complaint => "TS",
            CaseKind::Tipoff => "JB",
            CaseKind::Inquiry => "ZX",
        }
    }
}

words! {
    /// The channel a case came by (第八条).
    Channel {
        /// The national platform, the registry of record.
        Platform12315 = "platform_12315", "全国12315平台";
        /// 12315 hotline.
        Hotline = "hotline", "12315热线";
        /// The reception window.
        Window = "window", "来访窗口";
        /// A letter.
        Letter = "letter", "来信";
        /// A stand of an activity.
        OnSite = "on_site", "活动现场";
        /// The public form of this program or a government site.
        Website = "website", "网上填报";
        /// E-mail.
        Email = "email", "电子邮箱";
        /// 12345 hotline.
        Hotline12345 = "hotline_12345", "12345热线转办";
        /// Grid center.
        GridCenter = "grid_center", "网格中心";
        /// Another department or the superior.
        Referral = "referral", "其他部门转办";
    }
}

words! {
    /// Where a case stands.
    Status {
        /// Registered, nobody has it yet.
        Received = "received", "待分流";
        /// A unit has given it back to the intake unit (第四十一条).
        Returned = "returned", "退回待分流";
        /// A unit objects a second time; a leader decides.
        Objected = "objected", "待裁定";
        /// With a unit that has to decide.
        Dispatched = "dispatched", "待处理";
        /// Accepted, in mediation.
        Accepted = "accepted", "调解中";
        /// The parties agreed.
        Settled = "settled", "达成协议";
        /// Mediation was terminated; the parties have to be told.
        Terminated = "terminated", "终止调解";
        /// A tip-off has been decided.
        Decided = "decided", "已决定";
        /// Declined with its ground.
        Declined = "declined", "不予受理";
        /// Closed.
        Closed = "closed", "已办结";
        /// Goes on in another case.
        Merged = "merged", "已并案";
        /// Registered a second time by mistake: keeps its number and counts nowhere.
        Void = "void", "已作废";
    }
}

impl Status {
    /// Is there still something to do?
    pub fn is_open(self) -> bool {
        !matches!(self, Status::Declined | Status::Closed | Status::Merged | Status::Void)
    }

    /// Is it no case of its own any more: it goes on in another, or was never one? Then no term runs and nothing counts it.
    pub fn is_gone(self) -> bool {
        matches!(self, Status::Merged | Status::Void)
    }
}

words! {
    /// How a case ended.
    Outcome {
        /// The parties agreed, in mediation or by themselves after acceptance.
        Settled = "settled", "达成调解协议";
        /// The complaint was taken back, or the parties settled alone (第二十三条第一项).
        Withdrawn = "withdrawn", "撤回或自行和解";
        /// Mediation ended without agreement.
        Failed = "failed", "调解未成";
        /// A filed case against the business (立案).
        Filed = "filed", "举报已立案";
        /// No case was filed (不予立案).
        NotFiled = "not_filed", "举报不予立案";
        /// The reporter was told whom to turn to (第三十四条).
        Directed = "directed", "告知向有权部门提出";
        /// An inquiry was answered.
        Answered = "answered", "已答复";
    }
}

impl Outcome {
    /// The outcomes a case of this kind can have.
    pub fn of_kind(kind: CaseKind) -> &'static [Outcome] {
        match kind {
            CaseKind::Complaint => &[Outcome::Settled, Outcome::Withdrawn, Outcome::Failed],
            CaseKind::Tipoff => &[Outcome::Filed, Outcome::NotFiled, Outcome::Directed],
            CaseKind::Inquiry => &[Outcome::Answered],
        }
    }
}

words! {
    /// What the consumer said when called back (第二十六条 回访).
    Satisfaction {
        /// 满意.
        Satisfied = "satisfied", "满意";
        /// 基本满意.
        Fair = "fair", "基本满意";
        /// 不满意.
        Dissatisfied = "dissatisfied", "不满意";
        /// Nobody answered; counted in no rate.
        Unreached = "unreached", "未联系上";
    }
}

words! {
    /// How somebody was told.
    Telling {
        /// On the national platform.
        Platform = "platform", "全国12315平台";
        /// By telephone.
        Phone = "phone", "电话";
        /// By short message.
        Message = "message", "短信";
        /// In writing.
        Writing = "writing", "书面送达";
        /// Face to face.
        InPerson = "in_person", "当面";
    }
}

words! {
    /// How a mediation is held: 第二十条.
    SessionMode {
        /// Both come.
        OnSite = "on_site", "现场调解";
        /// By telephone.
        Phone = "phone", "电话调解";
        /// By video.
        Video = "video", "视频调解";
        /// On the internet.
        Internet = "internet", "网上调解";
    }
}

words! {
    /// What the complainant asks for, as the national platform counts it.
    Demand {
        /// 退货.
        Return = "return", "退货";
        /// 更换.
        Exchange = "exchange", "更换";
        /// 修理.
        Repair = "repair", "修理";
        /// 退赔费用.
        Refund = "refund", "退赔费用";
        /// 赔偿损失.
        Damages = "damages", "赔偿损失";
        /// 履行合同.
        Performance = "performance", "履行约定";
        /// 赔礼道歉.
        Apology = "apology", "赔礼道歉";
        /// Anything else.
        Other = "other", "其他";
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_finds_its_word_again() {
        for kind in CaseKind::ALL {
            assert_eq!(CaseKind::from_code(kind.code()), Some(*kind));
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.code());
            assert!(!Outcome::of_kind(*kind).is_empty());
        }
        assert_eq!(CaseKind::from_code("tipoff"), None);
        assert_eq!(Status::from_code("objected").map(Status::label), Some("待裁定"));
    }

    #[test]
    fn a_declined_case_is_over_and_a_terminated_one_is_not() {
        assert!(!Status::Declined.is_open());
        assert!(Status::Terminated.is_open(), "the parties have to be told first");
    }
}
