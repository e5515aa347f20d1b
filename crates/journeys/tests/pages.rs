//! Every page of the route list, as a person with the right role finds it by following links: it fits on a phone, and
//! the rules of WCAG 2.2 AA find nothing wrong, by day and in the dark.

use anyhow::{Result, ensure};
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
        for (pattern, address) in crawl::addresses(&browser, &patterns, people::start(*login)).await? {
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
