//! The people of the demonstration, and how they sign in.

use anyhow::Result;

use crate::browser::Browser;

/// The password of everybody in the demonstration.
pub const PASSWORD: &str = "yunxi-315-demo";

/// Who visits the pages: nobody in particular, then one person of each role.
pub const VISITORS: &[Option<&str>] =
    &[None, Some("office"), Some("officer"), Some("lead"), Some("leader"), Some("admin"), Some("auditor")];

/// Where such a visitor begins.
pub fn start(login: Option<&str>) -> &'static [&'static str] {
    match login {
        None => &["/sign-in", "/help", "/styleguide"],
        Some(_) => &["/", "/styleguide"],
    }
}

/// Signs in, and waits until the page greets the person.
///
/// # Errors
/// When the sign-in page does not let them in.
pub async fn sign_in(browser: &Browser, login: &str) -> Result<()> {
    browser.go("/sign-in").await?;
    browser.fill("登录名", login).await?;
    browser.fill("密码", PASSWORD).await?;
    browser.press("登录").await?;
    browser.away_from("/sign-in").await
}
