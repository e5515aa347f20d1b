//! Nothing that somebody typed is lost: not when two people edit one thing, not when the session has ended meanwhile.

use anyhow::Result;
use journeys::browser::{Browser, DESKTOP, PHONE};
use journeys::people::{self, PASSWORD};
use journeys::program::Program;

/// An activity of the demonstration that `lead` leads and the office may edit.
const TITLE: &str = "开展投诉集中清理";

#[tokio::test(flavor = "multi_thread")]
async fn who_saves_second_sees_both_versions_and_decides() -> Result<()> {
    let program = Program::demo()?;
    let first = Browser::open(&program.url(), DESKTOP).await?;
    people::sign_in(&first, "office").await?;
    let second = Browser::open(&program.url(), DESKTOP).await?;
    people::sign_in(&second, "office2").await?;
    open_edit(&first).await?;
    open_edit(&second).await?;

    first.fill("地点", "投诉举报中心调解室").await?;
    first.press("保存").await?;
    first.see("投诉举报中心调解室").await?;

    second.fill("地点", "县局一楼大厅").await?;
    second.press("保存").await?;
    second.see("他人已修改").await?;
    second.see("投诉举报中心调解室").await?;
    second.see("县局一楼大厅").await?;
    second.picture("journeys", "changed-meanwhile-desktop").await?;
    second.press("以我的内容保存").await?;
    second.see("县局一楼大厅").await?;
    first.refresh().await?;
    first.see("县局一楼大厅").await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_ended_meanwhile_loses_no_typed_text() -> Result<()> {
    let program = Program::demo()?;
    let browser = Browser::open(&program.url(), PHONE).await?;
    people::sign_in(&browser, "lead").await?;
    browser.go("/desk").await?;
    browser.follow(TITLE).await?;
    browser.fill("登记进展", "今日调解成功4件,其中预付卡3件。").await?;
    browser.forget_cookies().await?;
    browser.press("登记").await?;
    browser.see("刚才填写的内容还在").await?;
    browser.picture("journeys", "session-ended-phone").await?;
    browser.fill("登录名", "lead").await?;
    browser.fill("密码", PASSWORD).await?;
    browser.press("登录").await?;
    browser.see("今日调解成功4件").await?;
    browser.press("确认提交").await?;
    browser.see("今日调解成功4件").await?;
    browser.see(TITLE).await
}

async fn open_edit(browser: &Browser) -> Result<()> {
    browser.go("/campaigns").await?;
    browser.follow("国际消费者权益日").await?;
    browser.away_from_ending("/campaigns").await?;
    browser.go(&format!("{}/activities", browser.path().await?)).await?;
    browser.follow(TITLE).await?;
    browser.follow("修改").await?;
    browser.see("修改活动").await
}
