//! A database of before papers were sealed: names and files that lie open are sealed in the background, on both engines.

#![expect(clippy::unwrap_used, reason = "a test")]

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

/// Rows and files as they were written before, among them one that is not of a case: the case they hang on.
async fn before(db: &Db, at: Timestamp) -> Id {
    let mut hashes = Vec::new();
    for name in NAMES {
        hashes.push(db.files().save(format!("content of {name}").into_bytes()).await.unwrap().sha256);
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
            assert_eq!(plain, format!("content of {name}").into_bytes());
        }
        let mail = db.read(async |tx| attachment::get(&tx, &Id::from_text("a1")).await).await.unwrap();
        assert_eq!(
            (mail.file_name.as_str(), &mail.sha256),
            ("信.eml", &of_case.first().unwrap().sha256),
            "equal files lie once"
        );
        // A day later the plain files are gone, but the one that something else names.
        assert_eq!(db.files().list().unwrap().len(), 6);
        let later = now + SignedDuration::from_hours(25);
        assert!(!sealing::go_on(&db, later, 2).await.unwrap());
        assert_eq!(db.files().list().unwrap().len(), 4);
        let proof = verify::verify(&db).await.unwrap();
        assert!(proof.is_sound(), "{:?} {:?}", proof.broken_files, proof.broken_event);
        assert_eq!(proof.n_events - n_before, 2, "one for each table");
        assert!(!sealing::go_on(&db, later, 2).await.unwrap(), "and that was all");
    })
    .await;
}
