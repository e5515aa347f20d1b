//! A citizen with a telephone: complains without scripts and with them, keeps the code, follows the case, adds to it; a clerk finds it
//! in the queue.

use anyhow::{Result, ensure};
use journeys::browser::{Browser, DESKTOP, PHONE};
use journeys::people;
use journeys::program::Program;

/// Fills the form in the words of the page, with a slip in the telephone number, and sends it again when that is named.
async fn complain(phone: &Browser, goods: &str) -> Result<()> {
    phone.go("/complain").await?;
    phone.follow("我要投诉").await?;
    phone.fill("发生了什么事", "3月10日在东街买的电水壶，用了一次就漏水，店里不肯换。").await?;
    phone.fill("商品或服务", goods).await?;
    phone.fill("商家名称", "云溪县晴川家电行").await?;
    phone.fill("商家在哪里", "城关镇中街").await?;
    phone.fill("补充说明您的要求", "换一个新的").await?;
    phone.fill("涉及金额", "89").await?;
    phone.fill("姓名", "闻人语").await?;
    phone.fill("电话", "12").await?;
    phone.fill("通讯地址", "云溪县东湖镇柳荫里3号").await?;
    phone.run("document.querySelector('[name=consent]').checked = true", Vec::new()).await?;
    phone.press("提交投诉").await?;
    phone.see("电话号码不对").await?;
    ensure!(phone.value("商品或服务").await? == goods, "what was typed is gone");
    ensure!(phone.overflow().await? == 0, "the form is wider than the telephone");
    phone.fill("电话", "13900005151").await?;
    phone.press("提交投诉").await?;
    phone.see("请记下编号和查询码").await
}

/// Number and code as they stand on the page.
async fn receipt(phone: &Browser) -> Result<(String, String)> {
    let text = |name: &str| format!("return document.querySelector('[name={name}]').value");
    let key = phone.run(&text("key"), Vec::new()).await?;
    let code = phone.run(&text("code"), Vec::new()).await?;
    Ok((key.as_str().unwrap_or_default().to_owned(), code.as_str().unwrap_or_default().to_owned()))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_citizen_complains_on_a_telephone_and_the_desk_has_it() -> Result<()> {
    let program = Program::demo()?;
    let phone = Browser::open(&program.url(), PHONE).await?.without_scripts().await?;
    phone.go("/").await?;
    phone.follow("我要投诉、举报、咨询").await?;
    ensure!(phone.overflow().await? == 0, "the start is wider than the telephone");
    complain(&phone, "电水壶").await?;
    phone.picture("journeys", "complain-done").await?;
    let (number, code) = receipt(&phone).await?;
    ensure!(number.starts_with("TS") && code.len() == 14, "{number} {code}");

    // With scripts, on another telephone, with what was written down.
    let other = Browser::open(&program.url(), PHONE).await?;
    other.go("/complain/status").await?;
    other.fill("编号", &number).await?;
    other.fill("查询码", "2345-6789-ZZZZ").await?;
    other.press("查询").await?;
    other.see("对不上").await?;
    other.fill("查询码", &code).await?;
    other.press("查询").await?;
    other.see("正在决定是否受理").await?;
    other.see("第十五条").await?;
    other.run("document.querySelectorAll('details').forEach(it => it.open = true)", Vec::new()).await?;
    other.fill("要补充的事实", "水壶是白色的，底部漏水").await?;
    other.press("提交补充").await?;
    other.see("已收到您补充的内容").await?;
    for (is_dark, light) in [(false, "light"), (true, "dark")] {
        other.dark(is_dark).await?;
        other.picture("journeys", &format!("complain-mine-{light}")).await?;
    }
    complain(&other, "电水壶二").await?;
    let (second, _) = receipt(&other).await?;
    ensure!(second != number, "two complaints, one number");

    let desk = Browser::open(&program.url(), DESKTOP).await?;
    people::sign_in(&desk, "lead").await?;
    desk.go(&format!("/complaints?view=all&q={number}")).await?;
    desk.follow(&number).await?;
    desk.see("网上填报").await?;
    desk.see("底部漏水").await?;
    desk.see("还没有人处理").await?;
    desk.picture("journeys", "complain-desk").await
}
