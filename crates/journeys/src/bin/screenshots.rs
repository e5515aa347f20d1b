//! `cargo xtask screenshots`: a picture of every page of the route list, from demonstration data, on desktop and phone,
//! light and dark, with a contact sheet beside them.
#![expect(clippy::print_stdout, reason = "a chore talks to the person who started it")]

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anyhow::Result;
use journeys::browser::{Browser, DESKTOP, PHONE, Screen};
use journeys::program::Program;
use journeys::{crawl, people};

const FOLDER: &str = "screenshots";
const SCREENS: [Screen; 2] = [DESKTOP, PHONE];

#[tokio::main]
async fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let program = Program::demo()?;
    let patterns = Program::pages()?;
    let mut browser = Browser::open(&program.url(), DESKTOP).await?;
    let mut left: Vec<String> = patterns.iter().filter(|pattern| !crawl::is_file(pattern)).cloned().collect();
    let mut sheet: BTreeMap<String, (String, Vec<String>)> = BTreeMap::new();
    for login in people::VISITORS {
        if left.is_empty() {
            break;
        }
        browser.forget_cookies().await?;
        if let Some(login) = login {
            people::sign_in(&browser, login).await?;
        }
        let found = crawl::addresses(&browser, &patterns, people::start(*login)).await?;
        for (pattern, address) in found {
            let is_asked = words.is_empty() || words.iter().any(|word| pattern.contains(word));
            let Some(at) = left.iter().position(|open| *open == pattern) else { continue };
            left.remove(at);
            if is_asked {
                let pictures = take(&mut browser, &pattern, &address).await?;
                println!("{pattern} ({})", login.unwrap_or("nobody"));
                sheet.insert(pattern, (address, pictures));
            }
        }
        browser.on(DESKTOP).await?;
    }
    std::fs::write(journeys::target().join(FOLDER).join("index.html"), contact_sheet(&sheet))?;
    println!("{} pages: {}", sheet.len(), journeys::target().join(FOLDER).join("index.html").display());
    for pattern in left {
        println!("no link leads to {pattern}");
    }
    Ok(())
}

/// Four pictures of one page.
async fn take(browser: &mut Browser, pattern: &str, address: &str) -> Result<Vec<String>> {
    let name = match pattern.trim_matches('/') {
        "" => "home".to_owned(),
        path => path.replace(['{', '}'], "").replace('/', "-"),
    };
    let mut pictures = Vec::new();
    for screen in SCREENS {
        browser.on(screen).await?;
        for (is_dark, light) in [(false, "light"), (true, "dark")] {
            browser.dark(is_dark).await?;
            browser.go(address).await?;
            let picture = format!("{name}-{}-{light}", screen.name);
            browser.picture(FOLDER, &picture).await?;
            pictures.push(picture);
        }
        let overflow = browser.overflow().await?;
        if overflow > 0 {
            println!("{pattern}: {overflow} pixels too wide on {}", screen.name);
        }
    }
    browser.dark(false).await?;
    Ok(pictures)
}

fn contact_sheet(sheet: &BTreeMap<String, (String, Vec<String>)>) -> String {
    let mut page = String::from(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Screenshots</title>\
         <style>body{font:14px sans-serif;margin:2em}figure{display:inline-block;vertical-align:top;margin:0 1em 2em 0}\
         img{max-height:420px;border:1px solid}figcaption{margin-top:.5em}</style><h1>Screenshots</h1>\n",
    );
    for (pattern, (address, pictures)) in sheet {
        let _ = writeln!(page, "<h2>{pattern}</h2><p>{address}</p>");
        for picture in pictures {
            let _ = writeln!(
                page,
                "<figure><a href=\"{picture}.png\"><img src=\"{picture}.png\" alt=\"\" loading=\"lazy\"></a><figcaption>{picture}</figcaption></figure>"
            );
        }
    }
    page
}
