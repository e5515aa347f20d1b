//! The door: both engines give the same answers, lose nothing and say what went wrong.

#![expect(clippy::unwrap_used, reason = "a test")]

use domain::unit::{Role, UnitKind};
use jiff::Timestamp;
use store::testing::each_engine;
use store::unit::NewUnit;
use store::{Db, Error, Tx, args, event, person, unit};

fn at() -> Timestamp {
    "2024-03-15T08:00:00Z".parse().unwrap()
}

fn new_unit(name: &str) -> NewUnit {
    NewUnit {
        parent_id: None,
        name: name.to_owned(),
        short_name: name.to_owned(),
        kind: UnitKind::Section,
        sort_key: 1,
    }
}

async fn insert_unit(db: &Db, name: &'static str) -> unit::Unit {
    db.write(async move |tx| unit::insert(&tx, &new_unit(name), at()).await).await.unwrap()
}

#[tokio::test]
async fn what_was_written_is_read() {
    each_engine(async |db| {
        let unit = insert_unit(&db, "市场和网监科").await;
        let id = unit.unit_id.clone();
        let found = db.read(async move |tx| unit::get(&tx, &id).await).await.unwrap();
        assert_eq!(found, unit);
    })
    .await;
}

#[tokio::test]
async fn an_error_or_a_panic_leaves_nothing() {
    each_engine(async |db| {
        let refused: Result<(), Error> = db
            .write(async |tx| {
                unit::insert(&tx, &new_unit("一"), at()).await?;
                Err(Error::Stale)
            })
            .await;
        assert!(matches!(refused, Err(Error::Stale)));
        let panicked: Result<(), Error> = db
            .write(async |tx| {
                unit::insert(&tx, &new_unit("二"), at()).await?;
                panic!("as the test wants it");
            })
            .await;
        assert!(matches!(panicked, Err(Error::Internal(_))));
        assert!(db.read(async |tx| unit::list(&tx).await).await.unwrap().is_empty());
        insert_unit(&db, "三").await;
    })
    .await;
}

/// Jobs share a commit; who refuses after writing takes nothing of the others with them, and nobody is written twice.
#[tokio::test]
async fn who_refuses_among_many_takes_back_only_their_own() {
    each_engine(async |db| {
        insert_unit(&db, "已有").await;
        let jobs: Vec<_> = (0..60)
            .map(|n| {
                let db = db.clone();
                tokio::spawn(async move {
                    let name = format!("单位{n}");
                    db.write(async move |tx| {
                        if n % 7 == 3 {
                            return Err(Error::NotFound);
                        }
                        let unit = unit::insert(&tx, &new_unit(&name), at()).await?;
                        event::insert(&tx, event::NewEvent::by_program("unit", &unit.unit_id, "created", at()));
                        match n % 7 {
                            4 => Err(Error::Stale),
                            5 => unit::insert(&tx, &new_unit("已有"), at()).await.map(drop),
                            6 if n % 2 == 0 => panic!("as the test wants it"),
                            _ => Ok(()),
                        }
                    })
                    .await
                })
            })
            .collect();
        let mut kept = vec!["已有".to_owned()];
        for (n, job) in jobs.into_iter().enumerate() {
            let outcome = job.await.unwrap();
            match n % 7 {
                3 => assert!(matches!(outcome, Err(Error::NotFound)), "{n}: {outcome:?}"),
                4 => assert!(matches!(outcome, Err(Error::Stale)), "{n}: {outcome:?}"),
                5 => assert!(outcome.unwrap_err().is_conflict("unit", "name"), "{n}"),
                6 if n % 2 == 0 => assert!(matches!(outcome, Err(Error::Internal(_))), "{n}: {outcome:?}"),
                _ => {
                    outcome.unwrap();
                    kept.push(format!("单位{n}"));
                }
            }
        }
        let units = db.read(async |tx| unit::list(&tx).await).await.unwrap();
        let filter = event::Filter { area: Some("unit".to_owned()), ..event::Filter::default() };
        let events = db.read(async move |tx| event::list(&tx, &filter, 200).await).await.unwrap();
        let n_events = events.iter().filter(|it| it.person_name == "系统" && it.kind == "created").count();
        let mut names: Vec<String> = units.into_iter().map(|it| it.name).collect();
        names.sort_unstable();
        kept.sort_unstable();
        assert_eq!(names, kept);
        assert_eq!(n_events, kept.len() - 1);
    })
    .await;
}

#[tokio::test]
async fn a_failed_statement_ends_the_transaction_even_if_the_body_goes_on() {
    each_engine(async |db| {
        insert_unit(&db, "一").await;
        let outcome = db
            .write(async |tx| {
                let again = unit::insert(&tx, &new_unit("一"), at()).await;
                assert!(again.unwrap_err().is_conflict("unit", "name"));
                assert!(unit::insert(&tx, &new_unit("二"), at()).await.is_err());
                Ok(())
            })
            .await;
        assert!(outcome.is_err());
        assert_eq!(db.read(async |tx| unit::count(&tx).await).await.unwrap(), 1);
    })
    .await;
}

#[tokio::test]
async fn two_writers_lose_no_update() {
    each_engine(async |db| {
        db.write(async |tx| store::setting::save(&tx, "n", "0", None).await).await.unwrap();
        let unit = insert_unit(&db, "一").await;
        let tasks: Vec<_> = (0..16)
            .map(|_| {
                let (db, id) = (db.clone(), unit.unit_id.clone());
                tokio::spawn(async move {
                    for _ in 0..100 {
                        let id = id.clone();
                        db.write(async move |tx| {
                            let mut unit = unit::lock(&tx, &id, None).await?;
                            unit.sort_key += 1;
                            event::insert(&tx, event::NewEvent::by_program("unit", &id, "counted", at()));
                            unit::save(&tx, &unit).await
                        })
                        .await
                        .unwrap();
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        let id = unit.unit_id.clone();
        let (unit, head) =
            db.read(async move |tx| Ok((unit::get(&tx, &id).await?, event::head(&tx).await?))).await.unwrap();
        assert_eq!((unit.sort_key, unit.version, head.0), (1601, 1601, 1600));
    })
    .await;
}

#[tokio::test]
async fn a_body_that_awaits_something_else_is_refused_on_sqlite() {
    let directory = tempfile::tempdir().unwrap();
    let db = Db::open(directory.path(), None).await.unwrap();
    let outcome = db
        .write(async |_tx: Tx| {
            std::future::pending::<()>().await;
            Ok(())
        })
        .await;
    assert!(matches!(outcome, Err(Error::Internal(text)) if text.contains("awaited")));
    insert_unit(&db, "一").await;
}

#[tokio::test]
async fn a_read_cannot_write_and_parameters_are_counted() {
    each_engine(async |db| {
        let outcome = db.read(async |tx| tx.list("delete from setting returning name", args![]).await.map(drop)).await;
        assert!(outcome.is_err());
        let swapped = db
            .read(async |tx| {
                let row = tx.get("select cast($2 as text) as b, cast($1 as text) as a", args!["a", "b"]).await?;
                Ok((row.get::<String>("a")?, row.get::<String>("b")?))
            })
            .await
            .unwrap();
        assert_eq!(swapped, ("a".to_owned(), "b".to_owned()));
        assert!(db.read(async |tx| tx.get("select 1 as n", args![1]).await.map(drop)).await.is_err());
    })
    .await;
}

#[tokio::test]
async fn people_sign_in_names_are_unique_whatever_the_case() {
    each_engine(async |db| {
        let unit = insert_unit(&db, "一").await;
        let new = person::NewPerson {
            unit_id: unit.unit_id,
            login: "Wang".to_owned(),
            name: "王某".to_owned(),
            role: Role::UnitLead,
            password_hash: "$argon2id$".to_owned(),
            must_change_password: true,
        };
        let again = new.clone();
        let person = db.write(async move |tx| person::insert(&tx, &new, at()).await).await.unwrap();
        let error = db
            .write(async move |tx| {
                person::insert(&tx, &person::NewPerson { login: "wANG".to_owned(), ..again.clone() }, at()).await
            })
            .await
            .unwrap_err();
        assert!(error.is_conflict("person", "login"), "{error:?}");
        let (found, hash) = db.read(async |tx| person::find_by_login(&tx, "WANG").await).await.unwrap().unwrap();
        assert_eq!((found, hash.as_str()), (person, "$argon2id$"));
    })
    .await;
}
