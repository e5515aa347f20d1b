//! Chromium without a window, driven through chromedriver, with steps in the words of the page.

use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use fantoccini::elements::Element;
use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tempfile::TempDir;

/// A screen.
#[derive(Debug, Clone, Copy)]
pub struct Screen {
    /// For the names of pictures.
    pub name: &'static str,
    width: u32,
    height: u32,
    is_phone: bool,
}

/// An office screen.
pub const DESKTOP: Screen = Screen { name: "desktop", width: 1280, height: 900, is_phone: false };
/// A phone held upright.
pub const PHONE: Screen = Screen { name: "phone", width: 390, height: 844, is_phone: true };

/// How long a page may take to show something.
const PATIENCE: Duration = Duration::from_secs(10);

/// A browser of its own: own profile, own cookies.
pub struct Browser {
    client: Client,
    site: String,
    screen: Screen,
    _driver: Driver,
}

impl Browser {
    /// Opens a browser on a screen; `site` is the address of the program.
    ///
    /// # Errors
    /// When chromedriver or Chromium is missing or does not start.
    pub async fn open(site: &str, screen: Screen) -> Result<Browser> {
        let driver = Driver::start()?;
        let arguments = [
            "--headless=new".to_owned(),
            "--no-sandbox".to_owned(),
            "--disable-gpu".to_owned(),
            "--disable-quic".to_owned(),
            "--no-first-run".to_owned(),
            "--disable-background-networking".to_owned(),
            "--disable-component-update".to_owned(),
            "--disable-sync".to_owned(),
            "--disable-dev-shm-usage".to_owned(),
            "--hide-scrollbars".to_owned(),
            "--lang=zh-CN".to_owned(),
            "--force-device-scale-factor=1".to_owned(),
            format!("--window-size={},{}", screen.width.max(600), screen.height),
            format!("--user-data-dir={}", driver.profile.path().display()),
        ];
        let mut capabilities = serde_json::Map::new();
        capabilities.insert("goog:chromeOptions".to_owned(), json!({ "args": arguments }));
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&format!("http://{}", driver.address))
            .await
            .context("Chromium does not start (Debian packages chromium, chromium-driver)")?;
        let browser = Browser { client, site: site.to_owned(), screen, _driver: driver };
        browser.size(screen.height).await?;
        Ok(browser)
    }

    /// Turns scripts of pages off: what follows is done by the server alone.
    ///
    /// # Errors
    /// When the browser refuses.
    pub async fn without_scripts(self) -> Result<Browser> {
        self.tell("Emulation.setScriptExecutionDisabled", json!({ "value": true })).await?;
        Ok(self)
    }

    /// Shows pages as in a dark room, or as by day.
    ///
    /// # Errors
    /// When the browser refuses.
    pub async fn dark(&self, is_dark: bool) -> Result<()> {
        let value = if is_dark { "dark" } else { "light" };
        let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": value }] });
        self.tell("Emulation.setEmulatedMedia", features).await
    }

    /// Changes the screen.
    ///
    /// # Errors
    /// When the browser refuses.
    pub async fn on(&mut self, screen: Screen) -> Result<()> {
        self.screen = screen;
        self.size(screen.height).await
    }

    /// Goes to a path of the program.
    ///
    /// # Errors
    /// When the page does not load.
    pub async fn go(&self, path: &str) -> Result<()> {
        self.client.goto(&format!("{}{path}", self.site)).await.with_context(|| path.to_owned())
    }

    /// The path of the page, with its query.
    ///
    /// # Errors
    /// When the browser is gone.
    pub async fn path(&self) -> Result<String> {
        let url = self.client.current_url().await?;
        Ok(url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path())))
    }

    /// Waits until the page is another one than this path.
    ///
    /// # Errors
    /// When it stays; the error says what the page shows.
    pub async fn away_from(&self, path: &str) -> Result<()> {
        self.leave(|now| now.starts_with(path)).await
    }

    /// Waits until the path of the page ends otherwise.
    ///
    /// # Errors
    /// When it stays; the error says what the page shows.
    pub async fn away_from_ending(&self, ending: &str) -> Result<()> {
        self.leave(|now| now.ends_with(ending)).await
    }

    async fn leave(&self, is_still_there: impl Fn(&str) -> bool) -> Result<()> {
        let start = Instant::now();
        loop {
            let path = self.path().await?;
            if !is_still_there(&path) {
                return Ok(());
            }
            if start.elapsed() > PATIENCE {
                bail!("still at {path}. It shows:\n{}", self.text().await?);
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Goes back one page, as the button of the browser does.
    ///
    /// # Errors
    /// When the browser refuses.
    pub async fn back(&self) -> Result<()> {
        Ok(self.client.back().await?)
    }

    /// Loads the page again.
    ///
    /// # Errors
    /// When it does not load.
    pub async fn refresh(&self) -> Result<()> {
        Ok(self.client.refresh().await?)
    }

    /// Types into the field with this label; what stood there is gone.
    ///
    /// # Errors
    /// When there is no such field.
    pub async fn fill(&self, label: &str, text: &str) -> Result<()> {
        let field = self.field(label).await?;
        field.clear().await?;
        field.send_keys(text).await.with_context(|| format!("typing into {label}"))
    }

    /// Chooses a file for the field with this label.
    ///
    /// # Errors
    /// When there is no such field.
    pub async fn choose_file(&self, label: &str, path: &std::path::Path) -> Result<()> {
        self.field(label).await?.send_keys(&path.display().to_string()).await.with_context(|| label.to_owned())
    }

    /// Chooses an entry of the list with this label.
    ///
    /// # Errors
    /// When there is no such list or entry.
    pub async fn choose(&self, label: &str, entry: &str) -> Result<()> {
        self.field(label).await?.select_by_label(entry).await.with_context(|| format!("{entry} of {label}"))
    }

    /// What stands in the field with this label.
    ///
    /// # Errors
    /// When there is no such field.
    pub async fn value(&self, label: &str) -> Result<String> {
        Ok(self.field(label).await?.prop("value").await?.unwrap_or_default())
    }

    /// Presses the visible button with these words.
    ///
    /// # Errors
    /// When there is no such button.
    pub async fn press(&self, words: &str) -> Result<()> {
        let path =
            format!("//button[contains(normalize-space(.),'{words}')] | //input[@type='submit'][@value='{words}']");
        self.visible(&path, words).await?.click().await.with_context(|| format!("pressing {words}"))
    }

    /// Opens the menu or the folded part with this name.
    ///
    /// # Errors
    /// When there is none.
    pub async fn open_menu(&self, name: &str) -> Result<()> {
        let path = format!("//summary[contains(normalize-space(.),'{name}') or @aria-label='{name}']");
        self.visible(&path, name).await?.click().await.with_context(|| format!("opening {name}"))
    }

    /// Follows the visible link with these words.
    ///
    /// # Errors
    /// When there is no such link.
    pub async fn follow(&self, words: &str) -> Result<()> {
        let path = format!("//a[contains(normalize-space(.),'{words}')]");
        self.visible(&path, words).await?.click().await.with_context(|| format!("following {words}"))
    }

    /// Waits until the page shows these words.
    ///
    /// # Errors
    /// When they do not appear; the error says what the page shows instead.
    pub async fn see(&self, words: &str) -> Result<()> {
        self.see_one_of(&[words]).await.map(drop)
    }

    /// Waits until the page shows one of these words and says which: for a page whose answer is not known beforehand.
    ///
    /// # Errors
    /// When none of them comes in time; with what it shows instead.
    pub async fn see_one_of<'w>(&self, words: &[&'w str]) -> Result<&'w str> {
        let start = Instant::now();
        loop {
            let text = self.text().await?;
            if let Some(seen) = words.iter().find(|word| text.contains(**word)) {
                return Ok(seen);
            }
            if start.elapsed() > PATIENCE {
                let path = self.path().await.unwrap_or_default();
                bail!("{path} shows none of {words:?}. It shows:\n{text}");
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Makes sure that the page does not show these words.
    ///
    /// # Errors
    /// When it does.
    pub async fn see_no(&self, words: &str) -> Result<()> {
        ensure!(!self.text().await?.contains(words), "{} shows “{words}”", self.path().await?);
        Ok(())
    }

    /// The visible text of the page.
    ///
    /// # Errors
    /// When the browser is gone.
    pub async fn text(&self) -> Result<String> {
        // A page that is just being replaced has no body for a moment.
        match self.client.find(Locator::Css("body")).await {
            Ok(body) => Ok(body.text().await.unwrap_or_default()),
            Err(_) => Ok(String::new()),
        }
    }

    /// Runs a script in the page, as a test may although pages may not.
    ///
    /// # Errors
    /// When the script fails.
    pub async fn run(&self, script: &str, arguments: Vec<Value>) -> Result<Value> {
        Ok(self.client.execute(script, arguments).await?)
    }

    /// Runs a script that calls its last argument when it is done.
    ///
    /// # Errors
    /// When the script fails.
    pub async fn run_async(&self, script: &str, arguments: Vec<Value>) -> Result<Value> {
        Ok(self.client.execute_async(script, arguments).await?)
    }

    /// Forgets the session, as an evening away from the desk does.
    ///
    /// # Errors
    /// When the browser is gone.
    pub async fn forget_cookies(&self) -> Result<()> {
        Ok(self.client.delete_all_cookies().await?)
    }

    /// Every link of the page to the program itself, as paths.
    ///
    /// # Errors
    /// When the browser is gone.
    pub async fn links(&self) -> Result<Vec<String>> {
        let script = "return [...document.querySelectorAll('a[href]')].filter(a => a.origin === location.origin).map(a => a.pathname + a.search)";
        let links = self.run(script, Vec::new()).await?;
        Ok(links.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect())
    }

    /// A picture of the whole page, into a folder below `target`.
    ///
    /// # Errors
    /// When the browser or the disk refuses.
    pub async fn picture(&self, folder: &str, name: &str) -> Result<()> {
        let height = self.run("return document.documentElement.scrollHeight", Vec::new()).await?;
        let height = u32::try_from(height.as_u64().unwrap_or_default()).unwrap_or(u32::MAX);
        self.size(height.clamp(self.screen.height, 8000)).await?;
        let picture = self.client.screenshot().await?;
        self.size(self.screen.height).await?;
        let folder = crate::target().join(folder);
        std::fs::create_dir_all(&folder)?;
        std::fs::write(folder.join(format!("{name}.png")), picture)?;
        Ok(())
    }

    /// How much wider the page is than the screen, in pixels: 0 when nothing has to be scrolled sideways.
    ///
    /// # Errors
    /// When the browser is gone.
    pub async fn overflow(&self) -> Result<i64> {
        let width = self
            .run("return document.documentElement.scrollWidth - document.documentElement.clientWidth", Vec::new())
            .await?;
        Ok(width.as_i64().unwrap_or_default())
    }

    async fn size(&self, height: u32) -> Result<()> {
        let Screen { width, is_phone, .. } = self.screen;
        let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": is_phone });
        self.tell("Emulation.setDeviceMetricsOverride", metrics).await
    }

    async fn field(&self, label: &str) -> Result<Element> {
        let has = format!("//label[contains(normalize-space(.),'{label}')]");
        let kinds = ["input", "textarea", "select"];
        let inside = kinds.map(|kind| format!("{has}//{kind}")).join(" | ");
        let path = format!(
            "//*[@id={has}/@for] | {inside} | //*[@aria-label='{label}'][self::input or self::textarea or self::select]"
        );
        let start = Instant::now();
        loop {
            if let Ok(field) = self.client.find(Locator::XPath(&path)).await {
                return Ok(field);
            }
            if start.elapsed() > PATIENCE {
                bail!("{} has no field “{label}”. It shows:\n{}", self.path().await?, self.text().await?);
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    async fn visible(&self, path: &str, words: &str) -> Result<Element> {
        let start = Instant::now();
        loop {
            for element in self.client.find_all(Locator::XPath(path)).await.unwrap_or_default() {
                if element.is_displayed().await.unwrap_or(false) {
                    // Into the middle of the screen, as a person scrolls: not under the bars at its edges.
                    let script = "arguments[0].scrollIntoView({ block: 'center', behavior: 'instant' })";
                    self.run(script, vec![serde_json::to_value(&element)?]).await?;
                    return Ok(element);
                }
            }
            if start.elapsed() > PATIENCE {
                bail!("{} has no “{words}” to press. It shows:\n{}", self.path().await?, self.text().await?);
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// A command of the browser that WebDriver has no word for.
    async fn tell(&self, command: &'static str, parameters: Value) -> Result<()> {
        self.client.issue_cmd(DevTools { command, parameters }).await.map(drop).with_context(|| command.to_owned())
    }
}

#[derive(Debug)]
struct DevTools {
    command: &'static str,
    parameters: Value,
}

impl WebDriverCompatibleCommand for DevTools {
    fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/goog/cdp/execute", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &url::Url) -> (http::Method, Option<String>) {
        (http::Method::POST, Some(json!({ "cmd": self.command, "params": self.parameters }).to_string()))
    }
}

/// A chromedriver of its own, with the profile of its browser.
struct Driver {
    child: Child,
    address: SocketAddr,
    profile: TempDir,
}

impl Driver {
    /// The port a driver picks may be taken by another that starts at the same moment; then it ends, and one more is tried.
    fn start() -> Result<Driver> {
        for _ in 0..5 {
            if let Some(driver) = Driver::try_start()? {
                return Ok(driver);
            }
        }
        bail!("chromedriver does not say its port")
    }

    fn try_start() -> Result<Option<Driver>> {
        let profile = tempfile::tempdir()?;
        // Into a file: chromedriver ends when nobody reads its pipe any more.
        let log = profile.path().join("chromedriver.log");
        let mut child = Command::new("chromedriver")
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(std::fs::File::create(&log)?)
            .stderr(Stdio::null())
            .spawn()
            .context(
                "chromedriver is missing (Debian package chromium-driver); `cargo xtask test` installs it where it may",
            )?;
        let start = Instant::now();
        while start.elapsed() < PATIENCE && child.try_wait()?.is_none() {
            let said = std::fs::read_to_string(&log)?;
            let port = said
                .lines()
                .find_map(|line| line.split("successfully on port ").nth(1)?.trim_end_matches('.').parse::<u16>().ok());
            if let Some(port) = port {
                return Ok(Some(Driver { child, address: SocketAddr::from(([127, 0, 0, 1], port)), profile }));
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        // It may have ended by itself.
        drop(child.kill());
        child.wait()?;
        Ok(None)
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // Chromedriver ends its browsers when asked, and leaves them behind when killed.
        let _ = crate::program::ask(self.address, "/shutdown");
        for _ in 0..100 {
            if self.child.try_wait().is_ok_and(|status| status.is_some()) {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
