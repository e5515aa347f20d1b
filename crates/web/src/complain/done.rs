//! `/complain/done`: number and code, to be written down or printed. The code is shown here and nowhere else.

use std::time::Duration;

use askama::Template;
use axum::extract::State;
use axum::http::HeaderValue;
use domain::complaint::follow::normal_code;
use domain::complaint::term::RuleVersion;

use super::unlisted;
use crate::complaint::Around;
use crate::cookie::{self, Jar};
use crate::{Answer, App, Frame, page};

/// The cookie that carries the receipt from the form to this page; it is nowhere else, so it is not kept long.
const RECEIPT: &str = "xiaobao-receipt";
/// Time to write it down and to print it.
const KEPT_FOR: Duration = Duration::from_secs(15 * 60);

/// What the person takes home.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Receipt {
    pub(super) code: String,
    pub(super) numbers: Vec<String>,
    pub(super) sending: Sending,
}

/// Had the form been sent before?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sending {
    First,
    /// It had, and nothing came to what was there.
    Again,
    /// It had, and files came to what was there.
    More,
}

impl Sending {
    const ALL: [Sending; 3] = [Sending::First, Sending::Again, Sending::More];

    fn word(self) -> &'static str {
        match self {
            Sending::First => "new",
            Sending::Again => "again",
            Sending::More => "more",
        }
    }

    fn sentence(self) -> &'static str {
        match self {
            Sending::First => "",
            Sending::Again => "这张表您已经提交过，没有重复登记。",
            Sending::More => "这张表您已经提交过，没有重复登记；这次新选的文件已经补充进去。",
        }
    }
}

impl Receipt {
    fn of_cookie(value: &str) -> Option<Receipt> {
        let mut parts = value.split('.');
        let word = parts.next()?;
        let sending = Sending::ALL.into_iter().find(|it| it.word() == word)?;
        let code = normal_code(parts.next()?)?;
        let numbers: Vec<String> = parts.map(str::to_owned).collect();
        let is_number = |it: &String| it.len() <= 20 && it.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'-');
        (!numbers.is_empty() && numbers.iter().all(is_number)).then_some(Receipt { code, numbers, sending })
    }
}

pub(super) fn cookie(receipt: &Receipt, is_secure: bool) -> HeaderValue {
    let value = format!("{}.{}.{}", receipt.sending.word(), receipt.code, receipt.numbers.join("."));
    cookie::set(RECEIPT, &value, is_secure, Some(KEPT_FOR))
}

/// The receipt is gone from this browser.
pub(super) fn forget(app: &App) -> HeaderValue {
    cookie::remove(RECEIPT, app.config.is_secure())
}

#[derive(Template)]
#[template(path = "complain/done.html")]
struct Done {
    frame: Frame,
    bureau: String,
    phone: String,
    day: String,
    law: RuleVersion,
    receipt: Option<Receipt>,
}

impl Done {
    fn has(&self, prefix: &str) -> bool {
        self.receipt.as_ref().is_some_and(|it| it.numbers.iter().any(|number| number.starts_with(prefix)))
    }

    fn number(&self) -> &str {
        self.receipt.as_ref().and_then(|it| it.numbers.first()).map_or("", String::as_str)
    }
}

/// `GET /complain/done`
pub(crate) async fn show(State(app): State<App>, frame: Frame, jar: Jar) -> Answer {
    let around = Around::recent(&app).await?;
    let receipt = jar.get(RECEIPT).and_then(Receipt::of_cookie);
    let (bureau, phone) = (around.bureau().to_owned(), around.face.phone.clone());
    let today = app.clock.today();
    let law = around.rules.version_of(today);
    unlisted(page::page(&Done { frame, bureau, phone, day: today.to_string(), law, receipt }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_form_made_is_a_receipt() {
        let receipt = Receipt::of_cookie("new.2345-6789-ABCD.TS2027-000001.JB2027-000002").unwrap();
        assert_eq!((receipt.numbers.len(), receipt.sending), (2, Sending::First));
        for wrong in ["", "new", "new.2345", "new.2345-6789-ABCD", "again.2345-6789-ABCD.<b>"] {
            assert_eq!(Receipt::of_cookie(wrong), None, "{wrong}");
        }
    }
}
