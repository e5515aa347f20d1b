//! Every page of the route list, as a person with the right role finds it by following links: it fits on a phone, and
//! the rules of WCAG 2.2 AA find nothing wrong, by day and in the dark.

use anyhow::{Context, Result, ensure};
use journeys::browser::{Browser, DESKTOP, PHONE};
use journeys::program::Program;
use journeys::{axe, crawl, people};

#[tokio::test(flavor = "multi_thread")]
async fn every_page_is_reached_by_a_link_fits_on_a_phone_and_is_accessible() -> Result<()> {
    let rules = axe::rules()?;
    let program = Program::demo()?;
    let patterns = Program::pages()?;
    let mut left: Vec<String> = patterns.iter().filter(|pattern| !crawl::is_file(pattern)).cloned().collect();
    let mut wrong = Vec::new();
    let mut browser = Browser::open(&program.url(), DESKTOP).await?;
    for login in people::VISITORS {
        browser.forget_cookies().await?;
        if let Some(login) = login {
            people::sign_in(&browser, login).await?;
        }
        let mut found = crawl::addresses(&browser, &patterns, people::start(*login)).await?;
        let known = |pattern: &str| found.get(pattern).cloned();
        let doors = (known("/campaigns/{id}/reimport"), known("/sessions/{session_id}/code"));
        if let (Some("office"), (Some(revise), Some(code))) = (login, doors) {
            let [again, revised] = after_a_form(&browser, &revise).await?;
            for address in [again, revised, in_the_code(&browser, &code).await?] {
                let pattern = crawl::pattern_of(&patterns, &address).context("a form leads nowhere")?;
                found.insert(pattern.to_owned(), address);
            }
        }
        if login.is_none() {
            for address in after_complaining(&browser).await? {
                let pattern = crawl::pattern_of(&patterns, &address).context("a form leads nowhere")?;
                found.insert(pattern.to_owned(), address);
            }
        }
        for (pattern, address) in found {
            if let Some(at) = left.iter().position(|open| *open == pattern) {
                left.remove(at);
                look(&mut browser, &rules, &pattern, &address, &mut wrong).await?;
            }
        }
    }
    wrong.extend(left.into_iter().map(|pattern| format!("{pattern}: no link leads there")));
    ensure!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    Ok(())
}

/// The pages of somebody who has complained, of somebody who has a letter, and of somebody whose form was refused.
async fn after_complaining(browser: &Browser) -> Result<Vec<String>> {
    browser.go("/complain/inquiry").await?;
    browser.fill("您想问什么", "七日无理由退货怎么算").await?;
    browser.run("document.querySelector('[name=consent]').click()", Vec::new()).await?;
    browser.press("提交咨询").await?;
    browser.away_from_ending("/inquiry").await?;
    let done = browser.path().await?;
    browser.go("/complain/status").await?;
    browser.fill("编号", "8888").await?;
    browser.fill("查询码", "2345-6789-ABCD").await?;
    browser.press("查询").await?;
    browser.away_from_ending("/status").await?;
    let mine = browser.path().await?;
    let letters = browser.links().await?.into_iter().filter(|it| it.starts_with("/complain/mine/letters/"));
    let letters: Vec<String> = letters.take(1).collect();
    Ok([done, mine, refused(browser).await?].into_iter().chain(letters).collect())
}

/// The address of a form that was refused; it is kept until one of the same visit is taken.
async fn refused(browser: &Browser) -> Result<String> {
    browser.go("/complain/inquiry").await?;
    browser.run("document.querySelector('[name=consent]').form.noValidate = true", Vec::new()).await?;
    browser.press("提交咨询").await?;
    browser.away_from_ending("/inquiry").await?;
    browser.path().await
}

/// The pages that a form leads to and no link: a notice that is handed in a second time, and a revised one.
async fn after_a_form(browser: &Browser, revise: &str) -> Result<[String; 2]> {
    let sample = journeys::root().join("samples/notice-2027.txt");
    browser.go("/campaigns/import").await?;
    browser.choose_file("通知文件", &sample).await?;
    browser.press("读取通知").await?;
    browser.away_from_ending("/import").await?;
    let known = browser.path().await?;

    let folder = tempfile::tempdir()?;
    let revised = folder.path().join("revised.txt");
    std::fs::write(&revised, std::fs::read_to_string(&sample)?.replace("3月16日", "3月18日"))?;
    browser.go(revise).await?;
    browser.choose_file("通知文件", &revised).await?;
    browser.press("读取通知").await?;
    browser.away_from_ending("/reimport").await?;
    Ok([known, browser.path().await?])
}

/// The address that the code on a stand leads to; the page names it in words too.
async fn in_the_code(browser: &Browser, page: &str) -> Result<String> {
    browser.go(page).await?;
    let text = browser.text().await?;
    let at = text.find("/r/").context("the page of the code does not name the address")?;
    Ok(text.get(at..).unwrap_or_default().split_whitespace().next().unwrap_or_default().to_owned())
}

async fn look(browser: &mut Browser, rules: &str, pattern: &str, address: &str, wrong: &mut Vec<String>) -> Result<()> {
    for screen in [DESKTOP, PHONE] {
        browser.on(screen).await?;
        for is_dark in [false, true] {
            browser.dark(is_dark).await?;
            browser.go(address).await?;
            let light = if is_dark { "dark" } else { "light" };
            let found = axe::violations(browser, rules).await?;
            wrong.extend(found.into_iter().map(|line| format!("{pattern} ({}, {light}): {line}", screen.name)));
        }
        let overflow = browser.overflow().await?;
        if overflow > 0 {
            wrong.push(format!("{pattern} ({}): {overflow} pixels too wide", screen.name));
        }
    }
    browser.dark(false).await?;
    browser.on(DESKTOP).await
}
