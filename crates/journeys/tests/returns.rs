//! A form on the day it is due: three stations have recorded, the form fills itself, one number is corrected with a reason, the office
//! approves, the number opens to its records, and what came after the deadline is a supplementary return.

use anyhow::{Result, ensure};
use journeys::browser::{Browser, DESKTOP, PHONE};
use journeys::people;
use journeys::program::Program;

/// The third activity of the sample: four field offices lead it.
const TITLE: &str = "设立基层分会场";
const FORM: &str = "活动统计表";
const CONSUMERS: &str = "参加活动的消费者";

#[tokio::test(flavor = "multi_thread")]
async fn a_form_fills_itself_is_corrected_approved_opened_and_reported_once_more() -> Result<()> {
    let program = Program::demo()?;
    for (login, n) in [("liuhe", "120"), ("donghu", "86"), ("shiqiao", "64")] {
        let phone = Browser::open(&program.url(), PHONE).await?;
        people::sign_in(&phone, login).await?;
        phone.go("/records/new").await?;
        phone.follow(TITLE).await?;
        phone.fill("消费者参与", n).await?;
        phone.press("保存").await?;
        phone.see("已保存。").await?;
    }
    let station = Browser::open(&program.url(), DESKTOP).await?;
    people::sign_in(&station, "liuhe").await?;
    fill_and_hand_in(&station).await?;

    let office = Browser::open(&program.url(), DESKTOP).await?;
    people::sign_in(&office, "office").await?;
    let form = approve_and_open(&office).await?;
    total_and_deadline(&office, &form).await?;

    station.refresh().await?;
    station.see("已审核").await?;
    station.press("开始补报").await?;
    station.see("需要写明原因").await?;
    station.fill("补报原因", "补报晚会值守期间现场接待的群众").await?;
    station.press("开始补报").await?;
    station.see("第1次补报").await?;
    ensure!(station.value(CONSUMERS).await? == "130", "the copy of the approved return holds other numbers");
    station.fill(CONSUMERS, "155").await?;
    station.picture("journeys", "return-supplement").await?;
    station.press("提交").await?;
    station.see("已提交").await?;
    station.see("收回修改").await?;
    office.go(&format!("{form}/returns?state=complete")).await?;
    office.see("第1次补报 已填报").await
}

async fn fill_and_hand_in(station: &Browser) -> Result<()> {
    station.go("/desk").await?;
    station.see("3月15日17:00前报").await?;
    station.follow(FORM).await?;
    station.see("还没有开始").await?;
    station.see("120人次").await?;
    station.press("开始填报").await?;
    station.see("上报数已按记录填好").await?;
    ensure!(station.value(CONSUMERS).await? == "120", "the form has not filled itself");
    station.press("没填的都填 0").await?;
    station.see("已保存").await?;
    station.fill(CONSUMERS, "130").await?;
    station.press("提交").await?;
    station.see("记录算出120人次").await?;
    station.see("填的内容已经保存为草稿").await?;
    station.picture("journeys", "return-refused").await?;
    station.fill(&format!("{CONSUMERS}的原因"), "另有10人次由镇政府登记").await?;
    station.press("提交").await?;
    station.see("已提交，等待上级审核").await?;
    station.see("与记录不一致").await?;
    station.picture("journeys", "return-complete").await
}

/// Approves the return, follows its number to the record; the path of the form.
async fn approve_and_open(office: &Browser) -> Result<String> {
    office.go("/campaigns").await?;
    office.follow("国际消费者权益日").await?;
    office.away_from_ending("/campaigns").await?;
    office.follow("统计").await?;
    office.see("待审核").await?;
    office.picture("journeys", "forms").await?;
    office.follow("份待审核").await?;
    office.see("柳河所").await?;
    let form = office.path().await?;
    let form = form.split("/returns").next().unwrap_or_default().to_owned();
    office.follow("柳河所").await?;
    office.see("另有10人次由镇政府登记").await?;
    office.press("审核通过").await?;
    office.see("已审核通过").await?;
    office.follow("120人次").await?;
    office.see("计入的记录").await?;
    office.picture("journeys", "return-cell").await?;
    office.follow(TITLE).await?;
    office.see("120人次").await?;
    Ok(form)
}

/// The return of the whole county, and a deadline that has passed.
async fn total_and_deadline(office: &Browser, form: &str) -> Result<()> {
    office.go(&format!("{form}/returns")).await?;
    office.follow("全局汇总").await?;
    office.see("重复计数").await?;
    office.picture("journeys", "return-total").await?;
    office.go(&format!("{form}/edit")).await?;
    office.run("document.getElementById('f-due_on').value = '2027-03-10'", Vec::new()).await?;
    office.press("保存").await?;
    office.see("统计表已保存").await?;
    office.go(&format!("{form}/returns")).await?;
    office.see("已逾期").await?;
    office.press("催报").await?;
    office.see("已催报").await?;
    office.picture("journeys", "returns").await
}
