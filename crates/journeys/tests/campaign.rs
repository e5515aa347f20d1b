//! The main path: a notice is imported, reviewed and published; a field office finds its part on its desk and finishes it.
//! Walked on an office screen, on a phone, and without scripts.

use anyhow::Result;
use journeys::browser::{Browser, DESKTOP, PHONE, Screen};
use journeys::people;
use journeys::program::Program;

/// A notice of our own: a unit that is not in the tree, a date, a deadline, a report duty.
const NOTICE: &str = "云溪县市场监督管理局关于开展2027年“放心消费进校园”活动的通知\n\
各有关单位:\n\
为保护青少年消费权益,现就2027年“放心消费进校园”活动通知如下。\n\
一、活动内容\n\
1.校园周边食品店排查。3月20日前对学校周边200米内食品店逐户排查。(牵头单位:柳河市场监管所)\n\
2.开设消费小课堂。3月18日上午在柳河中心小学开设消费小课堂。(牵头单位:县消费者协会;配合单位:校园安全服务站)\n\
二、工作要求\n\
(一)及时报送。柳河市场监管所于3月22日前将排查情况报送至消费者权益保护科。\n\
云溪县市场监督管理局\n\
2027年3月10日";

#[tokio::test(flavor = "multi_thread")]
async fn a_notice_becomes_a_running_campaign_on_an_office_screen() -> Result<()> {
    walk(DESKTOP, true, "desktop").await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notice_becomes_a_running_campaign_on_a_phone() -> Result<()> {
    walk(PHONE, true, "phone").await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notice_becomes_a_running_campaign_without_scripts() -> Result<()> {
    walk(DESKTOP, false, "without-scripts").await
}

async fn walk(screen: Screen, has_scripts: bool, name: &str) -> Result<()> {
    let program = Program::demo()?;
    let office = visitor(&program, screen, has_scripts).await?;
    people::sign_in(&office, "office").await?;
    office.go("/").await?;
    office.follow("活动方案").await?;
    office.follow("导入通知").await?;
    office.fill("通知全文", NOTICE).await?;
    office.picture("journeys", &format!("1-import-{name}")).await?;
    office.press("读取通知").await?;

    office.see("核对方案").await?;
    office.see("校园周边食品店排查").await?;
    office.see("校园安全服务站").await?;
    office.picture("journeys", &format!("2-review-{name}")).await?;
    office.press("一键新建").await?;
    office.see("全部确定").await?;
    office.open_menu("修改基本信息").await?;
    office.fill("年主题", "校园里的放心消费").await?;
    office.press("保存").await?;
    office.see("校园里的放心消费").await?;
    office.press("发布").await?;
    office.away_from_ending("/review").await?;
    office.see("校园里的放心消费").await?;
    office.picture("journeys", &format!("3-published-{name}")).await?;

    let field_office = visitor(&program, screen, has_scripts).await?;
    people::sign_in(&field_office, "liuhe").await?;
    field_office.go("/desk").await?;
    field_office.see("校园周边食品店排查").await?;
    field_office.picture("journeys", &format!("4-desk-{name}")).await?;
    field_office.follow("校园周边食品店排查").await?;
    field_office.fill("登记进展", "排查食品店17家,下架过期食品3种。").await?;
    field_office.press("登记").await?;
    field_office.see("排查食品店17家").await?;
    field_office.press("办结").await?;
    field_office.see("已办结").await?;
    field_office.picture("journeys", &format!("5-done-{name}")).await?;

    // The office sees it at once.
    office.refresh().await?;
    office.see("柳河所").await?;
    office.picture("journeys", &format!("6-overview-{name}")).await
}

async fn visitor(program: &Program, screen: Screen, has_scripts: bool) -> Result<Browser> {
    let browser = Browser::open(&program.url(), screen).await?;
    if has_scripts { Ok(browser) } else { browser.without_scripts().await }
}
