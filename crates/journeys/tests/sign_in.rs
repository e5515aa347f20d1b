//! Signing in: wrong, right, too often wrong, and out again.

use anyhow::Result;
use journeys::browser::{Browser, DESKTOP, PHONE};
use journeys::people::{self, PASSWORD};
use journeys::program::Program;

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_is_refused_in_words_and_too_many_close_the_door_for_a_while() -> Result<()> {
    let program = Program::demo()?;
    let browser = Browser::open(&program.url(), PHONE).await?;
    for _ in 0..12 {
        browser.go("/sign-in").await?;
        browser.fill("登录名", "officer").await?;
        browser.fill("密码", "wrong-password").await?;
        browser.press("登录").await?;
        // Reading the page at once would sometimes read the empty one it replaces.
        if browser.see_one_of(&["暂停登录", "登录名或密码"]).await? == "暂停登录" {
            break;
        }
    }
    browser.see("暂停登录").await?;
    browser.picture("journeys", "sign-in-locked-phone").await?;
    // The right password does not open it either, until the time has passed.
    browser.go("/sign-in").await?;
    browser.fill("登录名", "officer").await?;
    browser.fill("密码", PASSWORD).await?;
    browser.press("登录").await?;
    browser.see("暂停登录").await?;
    // Others are not kept out.
    let other = Browser::open(&program.url(), DESKTOP).await?;
    people::sign_in(&other, "office").await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn who_signs_in_is_led_on_to_the_page_they_asked_for_and_out_again() -> Result<()> {
    let program = Program::demo()?;
    let browser = Browser::open(&program.url(), DESKTOP).await?;
    browser.go("/account").await?;
    browser.fill("登录名", "officer").await?;
    browser.fill("密码", PASSWORD).await?;
    browser.press("登录").await?;
    browser.away_from("/sign-in").await?;
    assert_eq!(browser.path().await?, "/account");
    browser.see("我的账户").await?;
    browser.open_menu("我的账户").await?;
    browser.press("退出登录").await?;
    browser.go("/account").await?;
    browser.see("登录").await?;
    assert!(browser.path().await?.starts_with("/sign-in"));
    Ok(())
}
