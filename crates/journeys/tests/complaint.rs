//! The complaint desk as the county shows it: a letter with two matters, a refusal with its letter, a mediation that stood still for the
//! laboratory with its date sheet, a late case that went up by itself; the queue by keyboard alone.

use anyhow::{Context, Result, ensure};
use journeys::browser::{Browser, DESKTOP, PHONE};
use journeys::people;
use journeys::program::Program;
use serde_json::Value;

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_with_two_matters_a_refusal_a_pause_and_a_late_case() -> Result<()> {
    let program = Program::demo()?;
    let lead = Browser::open(&program.url(), DESKTOP).await?;
    people::sign_in(&lead, "lead").await?;

    // A letter that asks for a refund and reports a violation is two cases with their own clocks.
    lead.go("/complaints?q=糕点吃后腹泻").await?;
    lead.follow("TS2027-").await?;
    lead.see("同一来件的其他事项").await?;
    lead.see("另登记为 JB2027-").await?;
    lead.see("决定是否受理并告知投诉人").await?;
    lead.follow("JB2027-").await?;
    lead.see("核查举报并决定是否立案").await?;
    lead.picture("journeys", "complaint-divided").await?;

    // Declined with its ground; the letter is kept as it went out and names the other ways.
    lead.go("/complaints?q=六十袋").await?;
    lead.follow("TS2027-").await?;
    lead.see("不予受理").await?;
    lead.see("第十六条").await?;
    lead.follow("投诉不予受理告知书").await?;
    lead.see("云市监投〔2027〕").await?;
    lead.see("阮青禾").await?;
    lead.see("诉讼").await?;
    lead.picture("journeys", "complaint-declined-letter").await?;

    // The days at the laboratory are not counted, and the sheet says so day by day.
    lead.go("/complaints?q=电热水器").await?;
    lead.follow("TS2027-").await?;
    lead.see("送鉴定检测").await?;
    lead.see("鉴定检测的日子不算任何单位").await?;
    let case = lead.path().await?;
    lead.go(&format!("{case}/dates/mediation.end")).await?;
    lead.see("期限计算单").await?;
    lead.see("不计入").await?;
    lead.picture("journeys", "complaint-paused-sheet").await?;

    late_and_directed(&program).await
}

/// Nobody decided in time: the leader sees it, has asked for an answer, and gets it from a telephone.
async fn late_and_directed(program: &Program) -> Result<()> {
    let leader = Browser::open(&program.url(), DESKTOP).await?;
    people::sign_in(&leader, "leader").await?;
    leader.go("/desk").await?;
    leader.see("投诉举报催报").await?;
    leader.go("/complaints/escalations?view=escalated").await?;
    leader.see("云溪县启航培训中心").await?;
    leader.see("超期多日仍未办").await?;
    leader.see("督办").await?;
    leader.picture("journeys", "complaint-escalations").await?;
    leader.go("/complaints?q=报名费三千六百元").await?;
    leader.follow("TS2027-").await?;
    leader.see("请说明原因").await?;
    let case = leader.path().await?;

    let officer = Browser::open(&program.url(), PHONE).await?;
    people::sign_in(&officer, "chengguan").await?;
    officer.go(&case).await?;
    officer.see("自动催报").await?;
    officer.run("document.querySelector('#step-answer_direction').open = true", Vec::new()).await?;
    let fill = "const it = document.querySelector('#f-answer_direction-words'); it.value = arguments[0];";
    officer.run(fill, vec![Value::from("经营者已找到，今天上午决定受理。")]).await?;
    officer.press("回复督办").await?;
    officer.see("经营者已找到").await?;
    officer.see_no("回复督办 最迟").await?;
    leader.refresh().await?;
    leader.see("经营者已找到").await
}

/// Who looks something up from a form that was refused and goes back finds what was typed, without any script (decision 21).
#[tokio::test(flavor = "multi_thread")]
async fn a_refused_form_is_gone_back_to_without_scripts() -> Result<()> {
    let program = Program::demo()?;
    let officer = Browser::open(&program.url(), PHONE).await?.without_scripts().await?;
    people::sign_in(&officer, "officer").await?;
    officer.go("/complaints/quick").await?;
    officer.fill("姓名", "试某").await?;
    officer.fill("电话", "12").await?;
    officer.fill("什么事", "买的鞋穿了两天就开胶，要求退货。").await?;
    officer.press("登记").await?;
    officer.see("电话号码不对").await?;
    officer.go("/complaints").await?;
    officer.see("投诉举报").await?;
    officer.back().await?;
    officer.see("电话号码不对").await?;
    let typed = officer.value("什么事").await?;
    ensure!(typed.contains("两天就开胶"), "what was typed is gone: {typed}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_queue_is_worked_by_keyboard_and_a_cluster_by_one_click() -> Result<()> {
    let program = Program::demo()?;
    let lead = Browser::open(&program.url(), DESKTOP).await?;
    people::sign_in(&lead, "lead").await?;
    lead.go("/complaints?view=triage").await?;
    let key = |key: &str| {
        format!(
            "document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {{ key: '{key}', bubbles: true, cancelable: true }}))"
        )
    };
    for it in ["j", "x", "j", "x", "k", "x"] {
        lead.run(&key(it), Vec::new()).await?;
    }
    let ticked = "return [...document.querySelectorAll('tr[data-row]')].slice(0, 2).map(it => it.querySelector('input').checked)";
    let ticked = lead.run(ticked, Vec::new()).await?;
    ensure!(ticked == serde_json::json!([false, true]), "j x j x k x leaves the second ticked: {ticked}");
    let here = "return document.activeElement.closest('tr[data-row]')?.querySelector('a').textContent";
    let number = lead.run(here, Vec::new()).await?;
    let number = number.as_str().context("the first row is not chosen")?.to_owned();
    lead.run(&key("?"), Vec::new()).await?;
    let open = lead.run("return document.querySelector('#keys').open", Vec::new()).await?;
    ensure!(open == true, "the list of keys did not open");
    lead.run("document.querySelector('#keys').close()", Vec::new()).await?;
    lead.run(&key("/"), Vec::new()).await?;
    let focused = lead.run("return document.activeElement.name", Vec::new()).await?;
    ensure!(focused == "q", "the search has no focus: {focused}");
    lead.follow(&number).await?;
    lead.see("分送建议").await?;

    lead.go("/complaints/clusters").await?;
    lead.see("同一电话 4 件").await?;
    lead.picture("journeys", "complaint-clusters").await?;
    lead.follow("同一电话 4 件").await?;
    lead.see("最早的一件").await?;
    lead.choose("分送到", "城关所").await?;
    lead.press("全部分送到这个单位").await?;
    lead.see("4 件已分送到城关所").await?;
    lead.picture("journeys", "complaint-cluster").await
}
