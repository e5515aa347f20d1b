//! A database of before papers were sealed: names and files that lie open are sealed in the background, on both engines.

#![expect(clippy::unwrap_used, reason = "a test")]

use std::fs::{self, File};
use std::path::PathBuf;

use domain::Id;
use domain::calendar::WorkCalendar;
use domain::complaint::case::{CaseKind, Channel};
use domain::complaint::clock::DeskRules;
use domain::complaint::intake::Particulars;
use domain::unit::{Role, UnitKind};
use jiff::civil::date;
use jiff::{SignedDuration, Timestamp};
use store::complaint::case::{self, NewCase};
use store::complaint::{file, sealing};
use store::person::NewPerson;
use store::testing::each_engine;
use store::unit::NewUnit;
use store::{Db, args, attachment, event, verify};

const NAMES: [&str; 3] = ["阎知秋的举报信.pdf", "身份证.jpg", "小票.txt"];

fn content(name: &str) -> Vec<u8> {
    format!("content of {name}").into_bytes()
}

/// Where the plain file lies.
fn path(db: &Db, name: &str) -> PathBuf {
    place(db, &hash(name))
}

fn place(db: &Db, sha256: &str) -> PathBuf {
    db.data().join("files").join(&sha256[..2]).join(sha256)
}

fn picture(db: &Db, name: &str) -> PathBuf {
    db.files().picture(&hash(name), "view")
}

fn hash(name: &str) -> String {
    let directory = tempfile::tempdir().unwrap();
    let files = store::files::Files::open(directory.path()).unwrap();
    files.save_from(&mut content(name).as_slice()).unwrap().sha256
}

/// As if nobody had saved it since.
fn age(path: &std::path::Path, at: Timestamp) {
    File::open(path).unwrap().set_modified((at - SignedDuration::from_hours(1)).into()).unwrap();
}

/// What the events say of the papers that were sealed.
async fn said(db: &Db) -> Vec<String> {
    let papers = Id::from_text("complaint.papers");
    let events = db.read(async move |tx| event::list_of(&tx, "setting", &papers).await).await.unwrap();
    events.into_iter().map(|it| it.detail).collect()
}

/// Rows and files as they were written before, among them one that is not of a case: the case they hang on.
async fn before(db: &Db, at: Timestamp) -> Id {
    let mut hashes = Vec::new();
    for name in NAMES {
        hashes.push(db.files().save(content(name)).await.unwrap().sha256);
    }
    // The same bytes are evidence of a campaign too: that copy stays open, so the plain file stays.
    let (first, shared) = (hashes.first().unwrap().clone(), hashes.last().unwrap().clone());
    db.write(async move |tx| {
        let new = NewUnit {
            parent_id: None,
            name: "云溪县市场监督管理局".into(),
            short_name: "县局".into(),
            kind: UnitKind::Regulator,
            sort_key: 1,
        };
        let unit_id = store::unit::insert(&tx, &new, at).await?.unit_id;
        let new = NewPerson {
            unit_id,
            login: "he".into(),
            name: "何某".into(),
            role: Role::Officer,
            password_hash: String::new(),
            must_change_password: false,
        };
        let person_id = store::person::insert(&tx, &new, at).await?.person_id;
        let new = NewCase {
            kind: CaseKind::Tipoff,
            channel: Channel::Letter,
            external_number: None,
            received_on: date(2026, 5, 6),
            particulars: Particulars::default(),
            submission_id: None,
            client_key: None,
        };
        let (rules, calendar) = (DeskRules::default(), WorkCalendar::announced());
        let law = case::Law { rules: &rules, calendar: &calendar };
        let complaint_id = case::insert(&tx, &new, law, None, at).await?.case().complaint_id;
        for (n, (name, sha256)) in NAMES.iter().zip(&hashes).enumerate() {
            tx.run(
                "insert into complaint_file (complaint_file_id, complaint_id, sha256, file_name, media_type, size, origin, created_at,
                   person_id, is_removed) values ($1, $2, $3, $4, 'text/plain', 10, 'staff', $5, null, 0)",
                args![format!("f{n}"), complaint_id, sha256, *name, at],
            )
            .await?;
        }
        for (id, area, sha256) in [("a1", "complaint_mail", &first), ("a2", "activity", &shared)] {
            tx.run(
                "insert into attachment (attachment_id, sha256, file_name, media_type, size, area, subject_id, created_at, person_id,
                   is_removed) values ($1, $2, '信.eml', 'text/plain', 10, $3, 's1', $4, $5, 0)",
                args![id, sha256, area, at, person_id],
            )
            .await?;
        }
        Ok(complaint_id)
    })
    .await
    .unwrap()
}

#[tokio::test]
async fn papers_of_before_are_sealed_a_few_at_a_time_and_still_read() {
    each_engine(async |db| {
        let now: Timestamp = "2026-05-06T01:00:00Z".parse().unwrap();
        let complaint_id = before(&db, now).await;
        let n_events = async || db.read(async |tx| event::head(&tx).await).await.unwrap().0;
        let n_before = n_events().await;
        assert!(sealing::go_on(&db, now, 2).await.unwrap(), "there is more");
        let mut n_rounds = 1;
        while sealing::go_on(&db, now, 2).await.unwrap() {
            n_rounds += 1;
            assert!(n_rounds < 20, "it comes to an end");
        }
        let rows =
            db.read(async |tx| tx.list("select file_name, sha256 from complaint_file", args![]).await).await.unwrap();
        let stored = format!("{rows:?}");
        assert!(NAMES.iter().all(|it| !stored.contains(it)), "{stored}");
        let of_case = db.read(async move |tx| file::list(&tx, &complaint_id).await).await.unwrap();
        for (file, name) in of_case.iter().zip(NAMES) {
            assert_eq!(file.file_name, name);
            let kept = db.files().read(&file.sha256).await.unwrap();
            assert!(!kept.windows(7).any(|it| it == b"content"), "{name}");
            let plain = db.files().read_sealed(&file.sha256).await.unwrap();
            assert_eq!(plain, content(name));
        }
        let mail = db.read(async |tx| attachment::get(&tx, &Id::from_text("a1")).await).await.unwrap();
        assert_eq!(
            (mail.file_name.as_str(), &mail.sha256),
            ("信.eml", &of_case.first().unwrap().sha256),
            "equal files lie once"
        );
        // A day later the plain files are gone, but the one that something else names.
        assert_eq!(db.files().list().unwrap().len(), 6);
        for name in NAMES {
            fs::create_dir_all(db.data().join("pictures")).unwrap();
            fs::write(picture(&db, name), b"drawn").unwrap();
            age(&path(&db, name), now);
        }
        sealing::let_go(&db, now).await.unwrap();
        assert_eq!(db.files().list().unwrap().len(), 6, "not yet");
        // One is being sent again, as the photo of a record: its row is not written yet.
        db.files().save(content(NAMES[1])).await.unwrap();
        let later = now + SignedDuration::from_hours(25);
        sealing::let_go(&db, later).await.unwrap();
        assert_eq!(NAMES.map(|it| path(&db, it).exists()), [false, true, true]);
        assert_eq!(NAMES.map(|it| picture(&db, it).exists()), [false, true, true], "a picture goes with its file");
        // What cannot be removed is not forgotten: a day later again.
        fs::remove_file(path(&db, NAMES[1])).unwrap();
        fs::create_dir(path(&db, NAMES[1])).unwrap();
        age(&path(&db, NAMES[1]), now);
        let later = later + SignedDuration::from_hours(25);
        assert!(sealing::let_go(&db, later).await.is_err());
        fs::remove_dir(path(&db, NAMES[1])).unwrap();
        fs::write(path(&db, NAMES[1]), content(NAMES[1])).unwrap();
        age(&path(&db, NAMES[1]), now);
        let later = later + SignedDuration::from_hours(25);
        sealing::let_go(&db, later).await.unwrap();
        assert_eq!(NAMES.map(|it| path(&db, it).exists()), [false, false, true]);
        assert_eq!(db.files().list().unwrap().len(), 4);
        let left = db.read(async |tx| tx.list("select * from complaint_sealing_left", args![]).await).await.unwrap();
        assert!(left.is_empty(), "{left:?}");
        let proof = verify::verify(&db).await.unwrap();
        assert!(proof.is_sound(), "{:?} {:?}", proof.broken_files, proof.broken_event);
        assert_eq!(proof.n_events - n_before, 2, "one for each table");
        assert!(!sealing::go_on(&db, later, 2).await.unwrap(), "and that was all");
    })
    .await;
}

/// Pictures that a build of before left when it let their files go: they go once a day, those of files that are named stay.
#[tokio::test]
async fn pictures_of_files_that_are_gone_go_too() {
    each_engine(async |db| {
        let now: Timestamp = "2026-05-06T01:00:00Z".parse().unwrap();
        before(&db, now).await;
        fs::create_dir_all(db.data().join("pictures")).unwrap();
        let gone = db.files().picture(&hash("gone.jpg"), "view");
        let fresh = db.files().picture(&hash("fresh.jpg"), "thumb");
        let foreign = db.data().join("pictures").join("readme.txt");
        for path in [&gone, &fresh, &foreign, &picture(&db, NAMES[0])] {
            fs::write(path, b"drawn").unwrap();
            age(path, now - SignedDuration::from_hours(24));
        }
        age(&fresh, now);
        assert_eq!(sealing::clean_pictures(&db, now).await.unwrap(), 1);
        let there = [&gone, &fresh, &foreign, &picture(&db, NAMES[0])].map(|it| it.exists());
        assert_eq!(there, [false, true, true, true]);
        // Not before a day is over.
        let soon = now + SignedDuration::from_hours(23);
        age(&fresh, now - SignedDuration::from_hours(24));
        assert_eq!(sealing::clean_pictures(&db, soon).await.unwrap(), 0);
        let tomorrow = now + SignedDuration::from_hours(25);
        assert_eq!(sealing::clean_pictures(&db, tomorrow).await.unwrap(), 1);
        assert!(!fresh.exists());
    })
    .await;
}

#[tokio::test]
async fn a_paper_that_cannot_be_written_is_tried_again_and_one_that_is_not_there_is_counted() {
    each_engine(async |db| {
        let now: Timestamp = "2026-05-06T01:00:00Z".parse().unwrap();
        before(&db, now).await;
        fs::remove_file(path(&db, NAMES[0])).unwrap();
        // Something stands where the sealed file of the second paper has to lie: as when the disk is full, it cannot be written.
        let sealed = db.files().save_sealed(content(NAMES[1])).await.unwrap().sha256;
        fs::remove_file(place(&db, &sealed)).unwrap();
        fs::create_dir(place(&db, &sealed)).unwrap();
        let names = async || {
            let sql = "select file_name from complaint_file order by complaint_file_id";
            let rows = db.read(async move |tx| tx.list(sql, args![]).await).await.unwrap();
            rows.iter().map(|row| row.get::<String>("file_name").unwrap()).collect::<Vec<_>>()
        };
        for _ in 0..3 {
            assert!(sealing::go_on(&db, now, 2).await.is_err());
            assert_eq!(names().await, NAMES, "nothing counts as done");
        }
        fs::remove_dir(place(&db, &sealed)).unwrap();
        while sealing::go_on(&db, now, 2).await.unwrap() {}
        assert!(names().await.iter().all(|it| !NAMES.contains(&it.as_str())));
        let kept = db.files().read_sealed(&sealed).await.unwrap();
        assert_eq!(kept, content(NAMES[1]));
        let said = said(&db).await;
        assert_eq!(said.len(), 2, "{said:?}");
        assert!(said[0].contains("\"份数\":2") && said[0].contains("未能加密\":1"), "{said:?}");
        assert!(said[1].contains("\"份数\":0") && said[1].contains("未能加密\":1"), "{said:?}");
    })
    .await;
}
