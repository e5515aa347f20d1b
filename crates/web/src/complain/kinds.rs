//! The three public forms in plain words.

use domain::complaint::case::CaseKind;

/// What a form says of itself.
pub(crate) struct Words {
    /// The title of the form.
    pub(crate) title: &'static str,
    /// One line below it.
    pub(crate) lead: &'static str,
    /// The label of the account of what happened.
    pub(crate) text: &'static str,
    /// What belongs into it.
    pub(crate) text_hint: &'static str,
    /// The button.
    pub(crate) send: &'static str,
}

pub(crate) fn words(kind: CaseKind) -> Words {
    match kind {
        CaseKind::Complaint => Words {
            title: "我要投诉",
            lead: "买东西、接受服务时和商家有纠纷，请我们帮助调解。大约两分钟填完，带“选填”的可以不填。",
            text: "发生了什么事",
            text_hint: "什么时候、在哪里、买了什么、出了什么问题、商家怎么说。不要写身份证号、银行卡号。",
            send: "提交投诉",
        },
        CaseKind::Tipoff => Words {
            title: "我要举报",
            lead: "发现商家可能违法，告诉我们线索。可以不留姓名；您的信息依法保密。",
            text: "违法的事实和线索",
            text_hint: "什么时候、在哪里、谁在做什么，您是怎么知道的。有照片、录音的请附上。",
            send: "提交举报",
        },
        CaseKind::Inquiry => Words {
            title: "我要咨询",
            lead: "不清楚该怎么维权、归谁管，问一问。",
            text: "您想问什么",
            text_hint: "把事情和问题写清楚，答复会更准。",
            send: "提交咨询",
        },
    }
}
