//! What the program writes into its log: one line a request, and no personal data.

use std::io::{Result, Write};
use std::sync::{Arc, Mutex};

use axum::http::StatusCode;
use domain::unit::Role;

use crate::testing::TestApp;

/// A log that is kept in memory.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn no_personal_data_stands_in_a_log_line() {
    let kept = Kept::default();
    let writer = kept.clone();
    let subscriber = tracing_subscriber::fmt()
        .json()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || writer.clone())
        .finish();
    // While there is only one listener, `tracing` asks the thread that meets a place first whether anybody listens, and
    // remembers a no of a test beside this one. With two it asks the listeners.
    let _second = tracing::Dispatch::new(tracing_subscriber::fmt().with_writer(std::io::sink).finish());
    let _guard = tracing::subscriber::set_default(subscriber);
    let app = TestApp::new().await;
    let admin = app.visitor(Role::Admin).await;
    let office = app.visitor(Role::Office).await;
    let marked = [("name", "标记某"), ("login", "marker-login"), ("role", "经办人"), ("reason", "标记缘由")];
    admin.post("/people", &marked).await;
    let unit = [("name", "标记所"), ("kind", "监管所"), ("aliases", "标记别名"), ("version", ""), ("parent", "")];
    admin.post("/units", &unit).await;
    office.post("/campaigns/import", &[("text", "标记通知\n一、开展标记活动。电话标记号码。")]).await;
    app.stranger().post("/sign-in", &[("login", "marker-login"), ("password", "marker-password")]).await;
    let missing = office.fetch("/units/marker-path?q=marker-query").await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
    let log = String::from_utf8(kept.0.lock().unwrap().clone()).unwrap();
    let n_lines = log.lines().filter(|line| line.contains("request_number")).count();
    assert!(n_lines >= 6, "every request writes its line:\n{log}");
    for word in ["标记", "marker"] {
        let line = log.lines().find(|line| line.contains(word));
        assert_eq!(line, None, "“{word}” stands in the log");
    }
}
