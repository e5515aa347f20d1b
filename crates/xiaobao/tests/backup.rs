//! Backup, restore, verify and check as a person types them.

#![expect(clippy::unwrap_used, reason = "a test")]

use std::path::Path;
use std::process::{Command, Output};

use store::Db;
use store::event::NewEvent;

fn xiaobao(folder: &Path, arguments: &[&str]) -> (Output, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_xiaobao")).current_dir(folder).args(arguments).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    (output, text)
}

async fn with_events(data: &Path) -> Db {
    let db = Db::open(data, None).await.unwrap();
    db.write(async |tx| {
        for _ in 0..3 {
            let at = "2024-03-15T08:00:00Z".parse().map_err(|_| store::Error::NotFound)?;
            store::event::insert(&tx, NewEvent::by_program("unit", &store::new_id(), "created", at));
        }
        store::setting::save(&tx, "bureau", "测试", None).await
    })
    .await
    .unwrap();
    db
}

#[tokio::test]
async fn a_running_data_directory_is_backed_up_and_restored_as_folder_and_as_file() {
    let folder = tempfile::tempdir().unwrap();
    let db = with_events(&folder.path().join("data")).await;
    for (to, again) in [("backup", "again1"), ("backup.zip", "again2")] {
        let (output, text) = xiaobao(folder.path(), &["backup", "--data", "data", "--to", to]);
        assert!(output.status.success() && text.contains("3 条，末条哈希"), "{text}");
        let (output, text) = xiaobao(folder.path(), &["backup", "--data", "data", "--to", to]);
        assert!(!output.status.success() && text.contains("请换一个"), "{text}");
        let (output, text) = xiaobao(folder.path(), &["restore", "--from", to, "--data", again]);
        assert!(output.status.success() && text.contains("与备份时的证明一致"), "{text}");
        let (output, text) = xiaobao(folder.path(), &["verify", "--data", again]);
        assert!(output.status.success() && text.contains("哈希链    完整"), "{text}");
        let (output, text) = xiaobao(folder.path(), &["restore", "--from", to, "--data", again]);
        assert!(!output.status.success() && text.contains("已有内容"), "{text}");
    }
    let (output, text) = xiaobao(folder.path(), &["recount", "--data", "again1"]);
    assert!(output.status.success() && text.contains("共 0 件，重算 0 件，读不出 0 件"), "{text}");
    let (output, text) = xiaobao(folder.path(), &["check", "--data", "data"]);
    assert!(output.status.success() && text.contains("发现 0 处问题"), "{text}");
    drop(db);
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|it| it.unwrap().file_name()).collect();
    assert_eq!(left.len(), 5, "nothing half done stays behind: {left:?}");
}

#[tokio::test]
async fn a_changed_event_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let db = with_events(&folder.path().join("data")).await;
    db.write(async |tx| tx.run("update event set reason = 'x' where sequence = 2", store::args![]).await)
        .await
        .unwrap();
    let (output, text) = xiaobao(folder.path(), &["verify", "--data", "data"]);
    assert!(!output.status.success() && text.contains("从第 2 条起不可信"), "{text}");
    let (output, text) = xiaobao(folder.path(), &["verify", "--data", "nowhere"]);
    assert!(!output.status.success() && text.contains("没有数据目录"), "{text}");
}
