//! The promises: nothing acknowledged is lost, nothing is changed unseen, upgrades go forward only, backups are proved.

#![expect(clippy::unwrap_used, reason = "a test")]

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use domain::Id;
use domain::unit::{Role, UnitKind};
use jiff::Timestamp;
use store::attachment::NewAttachment;
use store::event::NewEvent;
use store::testing::{Schema, each_engine, on_postgres};
use store::{Db, Error, args, attachment, backup, check, event, person, setting, unit, verify};

fn at() -> Timestamp {
    "2024-03-15T08:00:00Z".parse().unwrap()
}

/// A unit, a person, an attachment and ten events.
async fn fill(db: &Db) -> (unit::Unit, person::Person) {
    let saved = db.files().save("照片".as_bytes().to_vec()).await.unwrap();
    db.write(async move |tx| {
        let new = unit::NewUnit {
            parent_id: None,
            name: "桥东监管所".to_owned(),
            short_name: "桥东所".to_owned(),
            kind: UnitKind::FieldOffice,
            sort_key: 1,
        };
        let unit = unit::insert(&tx, &new, at()).await?;
        let new = person::NewPerson {
            unit_id: unit.unit_id.clone(),
            login: "admin".to_owned(),
            name: "管理员".to_owned(),
            role: Role::Admin,
            password_hash: "$".to_owned(),
            must_change_password: false,
        };
        let person = person::insert(&tx, &new, at()).await?;
        let new = NewAttachment {
            sha256: saved.sha256.clone(),
            file_name: "照片.jpg".to_owned(),
            media_type: "image/jpeg".to_owned(),
            size: saved.size,
            area: "unit",
            subject_id: unit.unit_id.clone(),
            person_id: person.person_id.clone(),
        };
        attachment::insert(&tx, &new, at()).await?;
        for n in 0..10 {
            let event = NewEvent::by_program("unit", &unit.unit_id, "created", at()).reason(format!("第 {n} 次"));
            event::insert(&tx, event);
        }
        Ok((unit, person))
    })
    .await
    .unwrap()
}

#[tokio::test]
async fn both_engines_have_the_same_columns() {
    let directory = tempfile::tempdir().unwrap();
    let db = Db::open(directory.path(), None).await.unwrap();
    let sqlite = db.read(async |tx| tx.columns().await).await.unwrap();
    assert!(sqlite.iter().any(|column| column.table == "activity" && column.name == "due_on" && column.is_optional));
    for column in &sqlite {
        assert!(["text", "bigint", "double precision"].contains(&column.kind.as_str()), "{column:?}");
    }
    on_postgres(async |db| {
        let postgres = db.read(async |tx| tx.columns().await).await.unwrap();
        assert_eq!(sqlite, postgres);
    })
    .await;
}

#[tokio::test]
async fn opening_again_changes_nothing_and_a_newer_database_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let schema = Schema::create().await;
    for url in [None, Some(schema.url())] {
        for _ in 0..2 {
            let db = Db::open(directory.path(), url.as_deref()).await.unwrap();
            db.read(async |tx| unit::count(&tx).await).await.unwrap();
        }
        let db = Db::open(directory.path(), url.as_deref()).await.unwrap();
        db.write(async |tx| {
            tx.run(
                "insert into refinery_schema_history (version, name, applied_on, checksum) values (99990101000000, 'x', $1, '1')",
                args![at()],
            )
            .await
        })
        .await
        .unwrap();
        drop(db);
        let refused = Db::open(directory.path(), url.as_deref()).await.err().unwrap().to_string();
        assert!(refused.contains("数据库比程序新"), "{refused}");
        let refused = Db::open_to_read(directory.path(), url.as_deref()).await.err().unwrap().to_string();
        assert!(refused.contains("数据库比程序新"), "{refused}");
    }
    schema.remove().await;
}

#[tokio::test]
async fn an_encrypted_connection_that_was_asked_for_is_never_a_plain_one() {
    let directory = tempfile::tempdir().unwrap();
    let schema = Schema::create().await;
    let url = format!("{}&sslmode=require", schema.url());
    let refused = Db::open(directory.path(), Some(&url)).await.err().unwrap().to_string();
    assert!(refused.contains("连不上 PostgreSQL"), "{refused}");
    for url in ["postgres://nobody@127.0.0.1:1/x", "mysql://x", "postgres://a:secret@[/x"] {
        let refused = Db::open(directory.path(), Some(url)).await.err().unwrap().to_string();
        assert!(!refused.contains("secret"), "{refused}");
    }
    schema.remove().await;
}

#[tokio::test]
async fn a_second_program_on_one_directory_is_refused_and_may_read() {
    let directory = tempfile::tempdir().unwrap();
    let db = Db::open(directory.path(), None).await.unwrap();
    fill(&db).await;
    let refused = Db::open(directory.path(), None).await.err().unwrap().to_string();
    assert!(refused.contains("正被另一个消保程序使用"), "{refused}");
    let reader = Db::open_to_read(directory.path(), None).await.unwrap();
    assert_eq!(reader.read(async |tx| unit::count(&tx).await).await.unwrap(), 1);
    let refused = reader.write(async |tx| setting::save(&tx, "a", "b", None).await).await;
    assert!(matches!(refused, Err(Error::Unavailable(_))));
    drop(db);
    Db::open(directory.path(), None).await.unwrap();
}

#[tokio::test]
async fn the_chain_tells_which_event_was_changed_or_removed() {
    each_engine(async |db| {
        fill(&db).await;
        let proof = verify::verify(&db).await.unwrap();
        assert!(proof.is_sound(), "{proof:?}");
        assert_eq!((proof.n_events, proof.n_files, proof.last_hash.len()), (10, 1, 64));
        for (sql, sequence, word) in [
            ("update event set reason = 'x' where sequence = 4", 4, "内容被改动"),
            ("delete from event where sequence = 3", 3, "第 3 条缺失"),
            ("delete from event where sequence = 10", 3, "第 3 条缺失"),
        ] {
            db.write(async move |tx| tx.run(sql, args![]).await).await.unwrap();
            let broken = verify::verify(&db).await.unwrap().broken_event.unwrap();
            assert!(broken.sequence == sequence && broken.wrong.contains(word), "{sql}: {broken:?}");
        }
        // The page of the trail tries the lines it shows.
        let filter = event::Filter::default();
        let tried = db.read(async move |tx| event::list_tried(&tx, &filter, 50).await).await.unwrap();
        assert_eq!((tried.0.len(), tried.1), (8, Some(4)));
    })
    .await;
}

#[tokio::test]
async fn a_log_cut_off_at_its_end_is_noticed() {
    each_engine(async |db| {
        fill(&db).await;
        db.write(async |tx| tx.run("delete from event where sequence > 7", args![]).await).await.unwrap();
        let broken = verify::verify(&db).await.unwrap().broken_event.unwrap();
        assert!(broken.sequence == 8 && broken.wrong.contains("截断"), "{broken:?}");
    })
    .await;
}

#[tokio::test]
async fn events_of_a_refused_transaction_are_not_written() {
    each_engine(async |db| {
        let outcome: Result<(), Error> = db
            .write(async |tx| {
                event::insert(&tx, NewEvent::by_program("unit", &Id::from_text("1"), "created", at()));
                Err(Error::Stale)
            })
            .await;
        assert!(outcome.is_err());
        assert_eq!(db.read(async |tx| event::head(&tx).await).await.unwrap(), (0, String::new()));
    })
    .await;
}

#[tokio::test]
async fn a_missing_or_changed_file_is_named() {
    each_engine(async |db| {
        fill(&db).await;
        assert!(check::check(&db).await.unwrap().is_empty());
        let name = db.files().list().unwrap().remove(0);
        let path = db.data().join("files").join(&name[..2]).join(&name);
        std::fs::write(&path, "别的").unwrap();
        let proof = verify::verify(&db).await.unwrap();
        assert!(proof.broken_files[0].contains("照片.jpg") && proof.broken_files[0].contains("不符"), "{proof:?}");
        std::fs::remove_file(&path).unwrap();
        let proof = verify::verify(&db).await.unwrap();
        assert!(proof.broken_files[0].contains("缺少"), "{proof:?}");
        let findings = check::check(&db).await.unwrap();
        assert_eq!(findings.iter().map(|it| it.check).collect::<Vec<_>>(), ["file-there"]);
    })
    .await;
}

#[tokio::test]
async fn a_telephone_number_is_not_in_the_database_file() {
    each_engine(async |db| {
        let (_, person) = fill(&db).await;
        let id = person.person_id.clone();
        let read = db
            .write(async move |tx| {
                person::save_phone(&tx, &id, Some("13800000000")).await?;
                let row = tx.get("select phone_cipher from person where person_id = $1", args![id]).await?;
                Ok((person::phone(&tx, &id).await?, row.get::<String>("phone_cipher")?))
            })
            .await
            .unwrap();
        assert_eq!(read.0.as_deref(), Some("13800000000"));
        assert!(read.1.starts_with("k1:") && !read.1.contains("13800000000"));
    })
    .await;
}

#[tokio::test]
async fn a_backup_taken_while_others_write_is_whole_and_restores() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    let db = Db::open(&data, None).await.unwrap();
    let (_, person) = fill(&db).await;
    let id = person.person_id.clone();
    db.write(async move |tx| person::save_phone(&tx, &id, Some("13800000000")).await).await.unwrap();
    let writing = {
        let db = db.clone();
        tokio::spawn(async move {
            for n in 0..300 {
                db.write(async move |tx| {
                    event::insert(&tx, NewEvent::by_program("unit", &Id::from_text("1"), "counted", at()));
                    setting::save(&tx, &format!("n{n}"), "x", None).await
                })
                .await
                .unwrap();
            }
        })
    };
    let to = directory.path().join("backup");
    let proof = backup::backup(&data, None, &to).await.unwrap();
    writing.await.unwrap();
    assert!(proof.is_sound() && proof.n_events >= 10, "{proof:?}");
    let settings = proof.tables.iter().find(|(table, _)| table == "setting").unwrap().1;
    assert_eq!(settings, proof.n_events - 10);
    assert!(backup::backup(&data, None, &to).await.is_err(), "a backup is never written over");

    let again = directory.path().join("again");
    assert_eq!(backup::restore(&to, None, &again).await.unwrap(), proof);
    let restored = Db::open(&again, None).await.unwrap();
    let id = person.person_id.clone();
    let phone = restored.read(async move |tx| person::phone(&tx, &id).await).await.unwrap();
    assert_eq!(phone.as_deref(), Some("13800000000"));
}

#[tokio::test]
async fn a_damaged_backup_is_not_restored() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    fill(&Db::open(&data, None).await.unwrap()).await;
    let to = directory.path().join("backup");
    backup::backup(&data, None, &to).await.unwrap();
    assert!(backup::restore(&data, None, &directory.path().join("a")).await.is_err(), "no proof, no backup");
    let name = std::fs::read_dir(to.join("files")).unwrap().flatten().next().unwrap().path();
    let file = std::fs::read_dir(name).unwrap().flatten().next().unwrap().path();
    std::fs::write(file, "别的").unwrap();
    let refused = backup::restore(&to, None, &directory.path().join("b")).await.unwrap_err().to_string();
    assert!(refused.contains("不符"), "{refused}");
    assert!(!directory.path().join("b").exists());
}

#[tokio::test]
async fn a_full_disk_is_said_and_loses_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let db = Db::open(directory.path(), None).await.unwrap();
    let pages: i64 = db
        .write(async |tx| tx.get("select page_count as n from pragma_page_count", args![]).await?.get("n"))
        .await
        .unwrap();
    let limit = format!("pragma max_page_count = {}", pages + 20);
    db.write(async move |tx| tx.list(&limit, args![]).await.map(drop)).await.unwrap();
    let text = "消".repeat(1000);
    let mut acknowledged = Vec::new();
    let mut refused = Vec::new();
    for group in 0..8 {
        let jobs: Vec<_> = (0..16)
            .map(|n| {
                let (db, text, name) = (db.clone(), text.clone(), format!("{group}-{n}"));
                tokio::spawn(async move {
                    let key = name.clone();
                    let outcome = db.write(async move |tx| setting::save(&tx, &key, &text, None).await).await;
                    (name, outcome)
                })
            })
            .collect();
        for job in jobs {
            match job.await.unwrap() {
                (name, Ok(())) => acknowledged.push(name),
                (_, Err(error)) => refused.push(error.to_string()),
            }
        }
    }
    assert!(!acknowledged.is_empty() && !refused.is_empty(), "{} {}", acknowledged.len(), refused.len());
    assert!(refused.iter().all(|text| text.contains("磁盘")), "{refused:?}");
    db.write(async |tx| tx.list("pragma max_page_count = 1000000", args![]).await.map(drop)).await.unwrap();
    let rows = db.read(async |tx| setting::list(&tx).await).await.unwrap();
    let mut stored: Vec<String> = rows.into_iter().map(|(name, _)| name).collect();
    stored.sort_unstable();
    acknowledged.sort_unstable();
    assert_eq!(stored, acknowledged);
    db.write(async |tx| setting::save(&tx, "after", "x", None).await).await.unwrap();
}

#[test]
fn what_was_acknowledged_survives_kill_9() {
    let directory = tempfile::tempdir().unwrap();
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "writer_that_is_killed", "--nocapture"])
        .env("XIAOBAO_KILLED_WRITER", directory.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut acknowledged = Vec::new();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    while let Some(Ok(line)) = lines.next() {
        acknowledged.extend(line.strip_prefix("acknowledged ").map(str::to_owned));
        if acknowledged.len() == 3000 {
            child.kill().unwrap();
        }
    }
    child.wait().unwrap();
    assert!(acknowledged.len() >= 3000, "{}", acknowledged.len());
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let db = Db::open(directory.path(), None).await.unwrap();
        let stored = db.read(async |tx| setting::list(&tx).await).await.unwrap();
        let stored: std::collections::HashSet<String> = stored.into_iter().map(|(name, _)| name).collect();
        for name in &acknowledged {
            assert!(stored.contains(name), "{name} was acknowledged and is lost");
        }
        let proof = verify::verify(&db).await.unwrap();
        assert!(proof.is_sound() && proof.n_events == i64::try_from(stored.len()).unwrap(), "{proof:?}");
    });
}

/// The child of the test above; on its own it does nothing.
#[test]
fn writer_that_is_killed() {
    let Ok(directory) = std::env::var("XIAOBAO_KILLED_WRITER") else { return };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let db = Db::open(Path::new(&directory), None).await.unwrap();
        let writers: Vec<_> = (0..64)
            .map(|task| {
                let db = db.clone();
                tokio::spawn(async move {
                    for n in 0..100_000 {
                        let name = format!("{task}-{n}");
                        let key = name.clone();
                        db.write(async move |tx| {
                            event::insert(&tx, NewEvent::by_program("setting", &Id::from_text(&*key), "saved", at()));
                            setting::save(&tx, &key, "x", None).await
                        })
                        .await
                        .unwrap();
                        println!("acknowledged {name}");
                    }
                })
            })
            .collect();
        for writer in writers {
            writer.await.unwrap();
        }
    });
}

/// A file that is let go between the listing and the copying stops no backup; one that a row names is missed by the proof.
#[cfg(unix)]
#[tokio::test]
async fn a_backup_goes_on_when_a_file_vanishes_and_misses_only_what_rows_name() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    std::fs::create_dir(&data).unwrap();
    let db = Db::open(&data, None).await.unwrap();
    fill(&db).await;
    let of_row = db.files().list().unwrap().remove(0);
    // Listed, and not there when it is opened.
    let vanish = |name: &str| {
        let folder = data.join("files").join(&name[..2]);
        std::fs::create_dir_all(&folder).unwrap();
        std::os::unix::fs::symlink(folder.join("nowhere"), folder.join(name)).unwrap();
    };
    vanish(&"ab".repeat(32));
    let proof = backup::backup(&data, None, &directory.path().join("one")).await.unwrap();
    assert!(proof.is_sound() && proof.n_files == 1, "{:?}", proof.broken_files);
    std::fs::remove_file(data.join("files").join(&of_row[..2]).join(&of_row)).unwrap();
    vanish(&of_row);
    let proof = backup::backup(&data, None, &directory.path().join("two")).await.unwrap();
    assert!(proof.broken_files.len() == 1 && proof.broken_files[0].contains("照片.jpg"), "{:?}", proof.broken_files);
}
