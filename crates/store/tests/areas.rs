//! Units, people, sign-ins, settings, events and attachments: every function, on both engines.

#![expect(clippy::unwrap_used, reason = "a test")]

use std::collections::BTreeSet;

use domain::Id;
use domain::unit::{Actor, Role, UnitKind};
use jiff::{SignedDuration, Timestamp};
use store::attachment::NewAttachment;
use store::event::{Filter, NewEvent};
use store::person::NewPerson;
use store::sign_in::SignIn;
use store::testing::each_engine;
use store::unit::NewUnit;
use store::{Error, Result, Tx, attachment, event, new_id, person, setting, sign_in, unit};

fn at(minute: i64) -> Timestamp {
    let start: Timestamp = "2024-03-15T08:00:00Z".parse().unwrap();
    start + SignedDuration::from_mins(minute)
}

async fn insert_unit(tx: &Tx, parent: Option<&unit::Unit>, name: &str, sort_key: i64) -> Result<unit::Unit> {
    let new = NewUnit {
        parent_id: parent.map(|parent| parent.unit_id.clone()),
        name: name.to_owned(),
        short_name: name.replace("监督管理", ""),
        kind: UnitKind::FieldOffice,
        sort_key,
    };
    unit::insert(tx, &new, at(0)).await
}

async fn insert_person(tx: &Tx, unit_id: &Id, login: &str, role: Role) -> Result<person::Person> {
    let new = NewPerson {
        unit_id: unit_id.clone(),
        login: login.to_owned(),
        name: format!("{login}某"),
        role,
        password_hash: "$1".to_owned(),
        must_change_password: true,
    };
    person::insert(tx, &new, at(0)).await
}

#[tokio::test]
async fn a_unit_is_found_by_any_of_its_names_unless_two_are_meant() {
    each_engine(async |db| {
        db.write(async |tx| {
            let east = insert_unit(&tx, None, "桥东市场监督管理所", 1).await?;
            let west = insert_unit(&tx, None, "桥西市场监督管理所", 2).await?;
            unit::insert_alias(&tx, &east.unit_id, "东所").await?;
            unit::insert_alias(&tx, &east.unit_id, "东所").await?;
            unit::save_aliases(&tx, &west.unit_id, &["西所".to_owned(), "市场所".to_owned()]).await?;
            unit::insert_alias(&tx, &east.unit_id, "市场所").await?;
            for (name, found) in [
                ("桥东市场监督管理所", Some(&east)),
                ("桥东市场所", Some(&east)),
                ("东所", Some(&east)),
                ("西所", Some(&west)),
                ("市场所", None),
                ("南所", None),
            ] {
                assert_eq!(unit::find_by_name(&tx, name).await?.as_ref(), found, "{name}");
            }
            let aliases = unit::list_aliases(&tx).await?;
            assert_eq!(aliases.get(&east.unit_id).map(Vec::len), Some(2));
            assert_eq!(unit::list(&tx).await?, [east, west]);
            Ok(())
        })
        .await
        .unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_unit_never_stands_below_itself() {
    each_engine(async |db| {
        let (top, below, leaf) = db
            .write(async |tx| {
                let top = insert_unit(&tx, None, "局", 1).await?;
                let below = insert_unit(&tx, Some(&top), "科", 2).await?;
                let leaf = insert_unit(&tx, Some(&below), "股", 3).await?;
                let tree = unit::subtree(&tx, &top.unit_id).await?;
                assert_eq!(tree, BTreeSet::from([&top, &below, &leaf].map(|it| it.unit_id.clone())));
                assert_eq!(unit::subtree(&tx, &leaf.unit_id).await?.len(), 1);
                Ok((top, below, leaf))
            })
            .await
            .unwrap();
        let top_id = top.unit_id.clone();
        let refused = db
            .write(async move |tx| {
                let mut top = unit::lock(&tx, &top_id, Some(1)).await?;
                top.parent_id = Some(leaf.unit_id.clone());
                unit::save(&tx, &top).await
            })
            .await;
        assert!(refused.unwrap_err().is_conflict("unit", "parent_id"));
        let saved = db
            .write(async move |tx| {
                let mut unit = unit::lock(&tx, &below.unit_id, Some(1)).await?;
                unit.is_active = false;
                unit.parent_id = None;
                unit::save(&tx, &unit).await?;
                Ok((unit::get(&tx, &unit.unit_id).await?, unit))
            })
            .await
            .unwrap();
        assert_eq!(saved.0, saved.1);
        assert_eq!(db.read(async |tx| unit::count(&tx).await).await.unwrap(), 2);
    })
    .await;
}

#[tokio::test]
async fn who_saves_an_old_page_is_told_that_another_was_first() {
    each_engine(async |db| {
        let unit = db.write(async |tx| insert_unit(&tx, None, "局", 1).await).await.unwrap();
        let id = unit.unit_id.clone();
        let lock = async |version| {
            let id = id.clone();
            db.write(async move |tx| unit::lock(&tx, &id, Some(version)).await.map(|it| it.version)).await
        };
        assert_eq!(lock(1).await.unwrap(), 2);
        assert!(matches!(lock(1).await, Err(Error::Stale)));
        assert_eq!(lock(2).await.unwrap(), 3);
        let gone = db.write(async |tx| unit::lock(&tx, &new_id(), None).await).await;
        assert!(matches!(gone, Err(Error::NotFound)));
    })
    .await;
}

#[tokio::test]
async fn a_person_acts_for_the_own_unit_and_a_head_for_those_below() {
    each_engine(async |db| {
        db.write(async |tx| {
            let top = insert_unit(&tx, None, "局", 1).await?;
            let below = insert_unit(&tx, Some(&top), "科", 2).await?;
            let head = insert_person(&tx, &top.unit_id, "head", Role::UnitLead).await?;
            let officer = insert_person(&tx, &top.unit_id, "officer", Role::Officer).await?;
            assert_eq!(person::actor(&tx, &head).await?.acts_for.len(), 2);
            let actor = person::actor(&tx, &officer).await?;
            assert!(actor.acts_for(&top.unit_id) && !actor.acts_for(&below.unit_id) && actor.unit_name == "局");

            let mut locked = person::lock(&tx, &officer.person_id, Some(1)).await?;
            locked.unit_id = below.unit_id.clone();
            locked.role = Role::Auditor;
            locked.is_active = false;
            person::save(&tx, &locked).await?;
            assert_eq!(person::get(&tx, &officer.person_id).await?, locked);
            person::save_password(&tx, &officer.person_id, "$2", false).await?;
            assert_eq!(person::password_hash(&tx, &officer.person_id).await?, "$2");
            assert_eq!(person::list_of_unit(&tx, &below.unit_id).await?.len(), 1);
            assert_eq!((person::list(&tx).await?.len(), person::count(&tx).await?), (2, 2));
            assert!(person::find(&tx, &new_id()).await?.is_none());
            assert!(person::find_by_login(&tx, "nobody").await?.is_none());
            person::save_phone(&tx, &head.person_id, Some("13800000000")).await?;
            person::save_phone(&tx, &head.person_id, None).await?;
            assert_eq!(person::phone(&tx, &head.person_id).await?, None);
            Ok(())
        })
        .await
        .unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_session_ends_by_time_by_hand_and_with_the_person() {
    each_engine(async |db| {
        db.write(async |tx| {
            let unit = insert_unit(&tx, None, "局", 1).await?;
            let person = insert_person(&tx, &unit.unit_id, "wang", Role::Officer).await?;
            for token in ["a", "b", "c"] {
                let sign_in = SignIn {
                    token_hash: token.to_owned(),
                    person_id: person.person_id.clone(),
                    created_at: at(0),
                    seen_at: at(0),
                    expires_at: at(30),
                    client: "Firefox".to_owned(),
                };
                sign_in::insert(&tx, &sign_in).await?;
            }
            assert_eq!(sign_in::find(&tx, "a", at(29)).await?.map(|(_, it)| it), Some(person.clone()));
            assert!(sign_in::find(&tx, "a", at(30)).await?.is_none());
            sign_in::save_seen(&tx, "a", at(20), at(50)).await?;
            assert!(sign_in::find(&tx, "a", at(30)).await?.is_some());
            assert_eq!(sign_in::list(&tx, &person.person_id, at(29)).await?.len(), 3);
            assert_eq!(sign_in::remove_expired(&tx, at(30)).await?, 2);
            assert_eq!(sign_in::remove_all(&tx, &person.person_id, Some("a")).await?, 0);
            let mut locked = person::lock(&tx, &person.person_id, None).await?;
            locked.is_active = false;
            person::save(&tx, &locked).await?;
            assert!(sign_in::find(&tx, "a", at(30)).await?.is_none());
            locked.is_active = true;
            person::save(&tx, &locked).await?;
            assert!(sign_in::find(&tx, "a", at(30)).await?.is_some());
            sign_in::remove(&tx, "a").await?;
            assert!(sign_in::find(&tx, "a", at(21)).await?.is_none(), "it opens nothing");
            let typed = sign_in::seal_typed(&tx, "已联系商家")?;
            assert!(!typed.contains("商家"));
            assert_eq!(sign_in::open_typed(&tx, &typed).as_deref(), Some("已联系商家"));
            assert_eq!(sign_in::open_typed(&tx, "已联系商家"), None);
            assert_eq!(sign_in::remove_expired(&tx, at(50)).await?, 0);
            assert_eq!(sign_in::remove_all(&tx, &person.person_id, None).await?, 0);
            Ok(())
        })
        .await
        .unwrap();
    })
    .await;
}

#[tokio::test]
async fn failures_are_counted_until_they_are_old_or_forgiven() {
    each_engine(async |db| {
        db.write(async |tx| {
            assert!(sign_in::find_failure(&tx, "wang").await?.is_none());
            for n in 1..4 {
                assert_eq!(sign_in::insert_failure(&tx, "wang", at(n), at(n - 15)).await?, n);
            }
            sign_in::save_locked_until(&tx, "wang", at(20)).await?;
            let failure = sign_in::find_failure(&tx, "wang").await?.unwrap();
            assert_eq!((failure.failed_n, failure.last_at, failure.locked_until), (3, at(3), Some(at(20))));
            assert_eq!(sign_in::insert_failure(&tx, "wang", at(60), at(45)).await?, 1);
            sign_in::remove_failure(&tx, "wang").await?;
            assert!(sign_in::find_failure(&tx, "wang").await?.is_none());
            Ok(())
        })
        .await
        .unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_setting_has_a_version_like_everything_that_two_can_edit() {
    each_engine(async |db| {
        let save = async |value: &'static str, version| {
            db.write(async move |tx| setting::save(&tx, "bureau", value, version).await).await
        };
        save("一", Some(0)).await.unwrap();
        assert!(matches!(save("二", Some(0)).await, Err(Error::Stale)));
        save("三", Some(1)).await.unwrap();
        let (found, other, list) = db
            .read(async |tx| {
                let found = setting::find(&tx, "bureau").await?;
                Ok((found, setting::get(&tx, "none", "x").await?, setting::list(&tx).await?))
            })
            .await
            .unwrap();
        assert_eq!((found, other.as_str()), (Some(("三".to_owned(), 2)), "x"));
        assert_eq!(list, [("bureau".to_owned(), "三".to_owned())]);
    })
    .await;
}

#[tokio::test]
async fn events_are_filtered_and_paged_from_the_newest() {
    each_engine(async |db| {
        let actor = Actor {
            person_id: new_id(),
            name: "王某".to_owned(),
            unit_id: new_id(),
            unit_name: "局".to_owned(),
            role: Role::Office,
            acts_for: BTreeSet::new(),
        };
        let subject = new_id();
        let (by, about) = (actor.clone(), subject.clone());
        db.write(async move |tx| {
            for minute in 0..10 {
                event::insert(&tx, NewEvent::by(&by, "activity", &about, "noted", at(minute)).reason("说明"));
            }
            let detail = serde_json::json!({ "名称": ["旧", "新"] });
            event::insert(&tx, NewEvent::by_program("unit", &new_id(), "renamed", at(5)).detail(detail));
            Ok(())
        })
        .await
        .unwrap();
        db.read(async move |tx| {
            let page = event::list(&tx, &Filter::default(), 4).await?;
            assert_eq!(page.iter().map(|it| it.sequence).collect::<Vec<_>>(), [11, 10, 9, 8]);
            let next = event::list(&tx, &Filter { before: Some(8), ..Filter::default() }, 100).await?;
            assert_eq!(next.len(), 7);
            let of_person = Filter { person_id: Some(actor.person_id.clone()), ..Filter::default() };
            assert_eq!(event::list(&tx, &of_person, 100).await?.len(), 10);
            let of_area = Filter { area: Some("unit".to_owned()), ..Filter::default() };
            let renamed = event::list(&tx, &of_area, 100).await?;
            assert!(renamed.iter().all(|it| it.detail == r#"{"名称":["旧","新"]}"# && it.person_id.is_none()));
            let between = Filter { from: Some(at(2)), to: Some(at(4)), ..Filter::default() };
            assert_eq!(event::list(&tx, &between, 100).await?.len(), 2);
            assert_eq!(event::list_of(&tx, "activity", &subject).await?.len(), 10);
            assert_eq!(event::head(&tx).await?.0, 11);
            Ok(())
        })
        .await
        .unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_removed_attachment_leaves_the_page_and_stays_on_record() {
    each_engine(async |db| {
        let saved = db.files().save(b"x".to_vec()).await.unwrap();
        db.write(async move |tx| {
            let unit = insert_unit(&tx, None, "局", 1).await?;
            let person = insert_person(&tx, &unit.unit_id, "wang", Role::Officer).await?;
            let new = NewAttachment {
                sha256: saved.sha256.clone(),
                file_name: "照片.jpg".to_owned(),
                media_type: "image/jpeg".to_owned(),
                size: saved.size,
                area: "unit",
                subject_id: unit.unit_id.clone(),
                person_id: person.person_id,
            };
            let one = attachment::insert(&tx, &new, at(0)).await?;
            let two = attachment::insert(&tx, &new, at(1)).await?;
            assert_eq!(attachment::list(&tx, "unit", &unit.unit_id).await?, [one.clone(), two.clone()]);
            attachment::remove(&tx, &one.attachment_id).await?;
            assert_eq!(attachment::list(&tx, "unit", &unit.unit_id).await?, std::slice::from_ref(&two));
            assert!(matches!(attachment::get(&tx, &one.attachment_id).await, Err(Error::NotFound)));
            assert_eq!(attachment::get(&tx, &two.attachment_id).await?, two);
            assert!(attachment::find(&tx, &one.attachment_id).await?.is_some_and(|it| it.is_removed));
            Ok(())
        })
        .await
        .unwrap();
    })
    .await;
}
