//! The harness itself, on a page that needs no program.

use anyhow::Result;
use journeys::browser::{Browser, DESKTOP, PHONE};

#[tokio::test(flavor = "multi_thread")]
async fn fields_buttons_and_text_are_found_by_their_words_also_without_scripts() -> Result<()> {
    let page = "data:text/html;charset=utf-8,<title>t</title><body><form><label for=a>登录名</label><input id=a><label>备注<textarea></textarea></label>\
                <button type=button>保存</button></form><p id=p>甲</p><script>document.getElementById('p').textContent='乙'</script>";
    let browser = Browser::open(page, DESKTOP).await?;
    browser.go("").await?;
    browser.see("乙").await?;
    browser.fill("登录名", "陈小满").await?;
    browser.fill("备注", "第一行").await?;
    assert_eq!(browser.value("登录名").await?, "陈小满");
    browser.press("保存").await?;
    drop(browser);
    let browser = Browser::open(page, PHONE).await?.without_scripts().await?;
    browser.go("").await?;
    browser.see("甲").await?;
    browser.fill("备注", "第二行").await?;
    assert_eq!(browser.value("备注").await?, "第二行");
    browser.picture("journeys", "harness").await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_field_without_a_label_and_a_pale_word_are_found() -> Result<()> {
    let page = "data:text/html;charset=utf-8,<html lang=zh><title>t</title><body><main><h1>t</h1><input id=a><p style='color:%23ddd;background:%23fff'>浅色的一行字看不清</p></main>";
    let browser = Browser::open(page, DESKTOP).await?;
    browser.go("").await?;
    let found = journeys::axe::violations(&browser, &journeys::axe::rules()?).await?;
    let ids: Vec<&str> = found.iter().filter_map(|line| line.split(':').next()).collect();
    assert_eq!(ids, ["color-contrast", "label"]);
    Ok(())
}
