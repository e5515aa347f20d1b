//! The running campaign on both engines: what is saved is read back, two writers see each other, lists need no second query.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot be set up must fail"
)]

mod seed;

use domain::Id;
use domain::campaign::difference::DutyRow;
use domain::campaign::permitted::Part;
use domain::campaign::plan::Plan;
use domain::campaign::progress::{ActivityStatus, TaskStatus};
use domain::campaign::publish::Publication;
use domain::campaign::review::Draft;
use domain::campaign::venue::VenueKind;
use domain::unit::UnitKind;
use jiff::Timestamp;
use jiff::civil::date;
use store::campaign::{activity, duty, feed, head, plan, reminder, revise, task, venue};
use store::{Db, Error, args, new_id, testing};

fn at() -> Timestamp {
    "2024-03-06T01:00:00Z".parse().unwrap()
}

struct Seed {
    campaign_id: Id,
    notice_id: Id,
    activity_id: Id,
    duty_id: Id,
    units: Vec<Id>,
    person_id: Id,
}

/// Two units, one person, a published campaign with one activity led by the first unit, and one report duty of both.
async fn seed(db: &Db) -> Seed {
    db.write(async move |tx| {
        let (units, person_id) = seed::people(&tx, ["市场科", "城关所"], UnitKind::Section, at()).await?;
        let source = r#"{"format":"text","text":"一、开展宣传","tables":[],"headings":[],"notes":[]}"#;
        let (campaign_id, notice_id) = seed::campaign(&tx, 2024, source, &person_id, at()).await?;
        let (activity_id, duty_id) = (new_id(), new_id());
        tx.run(
            "insert into activity (activity_id, campaign_id, number, sort_key, group_title, title, text, kind, status, starts_on,
               ends_on, due_on, span_start, span_end, dates, places, done_at, created_at, version)
             values ($1, $2, 1, 1, null, '开展宣传', '开展宣传。', 'outreach', 'planned', null, null, '2024-03-15', 2, 6, '[]', '[]',
               null, $3, 1)",
            args![activity_id, campaign_id, at()],
        )
        .await?;
        let parts = [(units[0].clone(), Part::Lead), (units[1].clone(), Part::Support)];
        activity::save_units(&tx, &activity_id, &parts).await?;
        task::follow_units(&tx, &activity_id, &parts).await?;
        tx.run(
            "insert into report_duty (report_duty_id, campaign_id, who, what, to_text, via, due_on, due_time, due_text, span_start,
               span_end, sort_key, version)
             values ($1, $2, '各单位', '[\"总结\",\"统计表\"]', '市场科', '', '2024-03-15', '下班前', '3月15日下班前', 0, 1, 1, 1)",
            args![duty_id, campaign_id],
        )
        .await?;
        for unit_id in &units {
            tx.run(
                "insert into report_duty_unit (report_duty_id, unit_id, status, handed_in_at, note, version)
                 values ($1, $2, 'open', null, '', 1)",
                args![duty_id, unit_id],
            )
            .await?;
        }
        Ok(Seed { campaign_id, notice_id, activity_id, duty_id, units, person_id })
    })
    .await
    .unwrap()
}

#[tokio::test]
async fn an_activity_is_read_changed_and_refused_when_stale() {
    testing::each_engine(async |db| {
        let Seed { campaign_id, notice_id, activity_id, units, .. } = seed(&db).await;
        let ids = (campaign_id.clone(), notice_id.clone(), activity_id.clone());
        db.read(async move |tx| {
            assert_eq!(head::get(&tx, &ids.0).await?.title, "3·15 活动");
            assert_eq!(head::list_running(&tx).await?.len(), 1);
            assert_eq!(head::source_text(&tx, &ids.1).await?, "一、开展宣传");
            let listed = activity::list(&tx, &ids.0).await?;
            assert_eq!(listed, [activity::get(&tx, &ids.2).await?]);
            assert_eq!(listed[0].due_on, Some(date(2024, 3, 15)));
            let parts: Vec<Part> = activity::list_units(&tx, &ids.0).await?.iter().map(|it| it.part).collect();
            assert_eq!(parts, [Part::Lead, Part::Support]);
            assert_eq!(activity::list_units_of(&tx, &ids.2).await?[1].unit_name, "城关所");
            Ok(())
        })
        .await
        .unwrap();
        let id = activity_id.clone();
        db.write(async move |tx| {
            let mut activity = activity::lock(&tx, &id, Some(1)).await?;
            activity.status = ActivityStatus::Done;
            activity.done_at = Some(at());
            activity.title = "宣传<b>".to_owned();
            activity::save(&tx, &activity).await?;
            assert_eq!(task::finish_open(&tx, &id, at()).await?, 2);
            assert_eq!(activity::get(&tx, &id).await?, activity);
            Ok(())
        })
        .await
        .unwrap();
        let id = activity_id.clone();
        let stale = db.write(async move |tx| activity::lock(&tx, &id, Some(1)).await.map(drop)).await;
        assert!(matches!(stale, Err(Error::Stale)));
        // Refused means undone: the version of the one who was first still holds.
        let id = activity_id.clone();
        db.write(async move |tx| activity::lock(&tx, &id, Some(2)).await.map(drop)).await.unwrap();
        let missing = db.read(async move |tx| activity::get(&tx, &Id::from_text("none")).await).await;
        assert!(matches!(missing, Err(Error::NotFound)));
        drop(units);
    })
    .await;
}

#[tokio::test]
async fn tasks_follow_the_units_and_lie_on_their_desks() {
    testing::each_engine(async |db| {
        let Seed { campaign_id, activity_id, units, .. } = seed(&db).await;
        db.write(async move |tx| {
            let (lead, support) = (&units[0], &units[1]);
            let desk = task::list_of_unit(&tx, support).await?;
            assert_eq!(desk.len(), 1);
            assert_eq!((desk[0].title.as_str(), desk[0].activity_due_on), ("开展宣传", Some(date(2024, 3, 15))));
            assert_eq!(task::list_running(&tx).await?.len(), 2);
            let mut mine = task::lock(&tx, &desk[0].task.task_id).await?;
            mine.status = TaskStatus::Done;
            mine.done_at = Some(at());
            task::save(&tx, &mine).await?;
            // The lead leaves, the support stays: what was done stays done.
            task::follow_units(&tx, &activity_id, &[(support.clone(), Part::Support)]).await?;
            let states: Vec<(Id, TaskStatus)> =
                task::list_of(&tx, &activity_id).await?.into_iter().map(|it| (it.unit_id, it.status)).collect();
            assert!(states.contains(&(lead.clone(), TaskStatus::Withdrawn)));
            assert!(states.contains(&(support.clone(), TaskStatus::Done)));
            assert!(task::list_of_unit(&tx, lead).await?.is_empty());
            // And returns.
            task::follow_units(&tx, &activity_id, &[(lead.clone(), Part::Lead), (support.clone(), Part::Support)])
                .await?;
            assert_eq!(task::list_of_unit(&tx, lead).await?.len(), 1);
            assert_eq!(task::list(&tx, &campaign_id).await?.len(), 2);
            Ok(())
        })
        .await
        .unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_duty_is_handed_in_by_one_unit() {
    testing::each_engine(async |db| {
        let Seed { campaign_id, duty_id, units, .. } = seed(&db).await;
        db.write(async move |tx| {
            let duties = duty::list(&tx, &campaign_id).await?;
            assert_eq!((duties[0].what.len(), duties[0].to.as_slice()), (2, ["市场科".to_owned()].as_slice()));
            let mut mine = duty::lock_unit(&tx, &duty_id, &units[1]).await?;
            mine.is_handed_in = true;
            mine.handed_in_at = Some(at());
            mine.note = "已通过 OA 报送".to_owned();
            duty::save_unit(&tx, &mine).await?;
            let stands: Vec<bool> =
                duty::list_units(&tx, &campaign_id).await?.iter().map(|it| it.is_handed_in).collect();
            assert_eq!(stands, [false, true]);
            assert!(duty::list_of_unit(&tx, &units[1]).await?[0].unit.is_handed_in);
            assert_eq!(duty::list_running(&tx).await?.len(), 2);
            assert!(matches!(duty::lock_unit(&tx, &duty_id, &Id::from_text("none")).await, Err(Error::NotFound)));
            Ok(())
        })
        .await
        .unwrap();
    })
    .await;
}

#[tokio::test]
async fn sessions_keep_their_venue_until_it_goes() {
    testing::each_engine(async |db| {
        let Seed { campaign_id, activity_id, units, .. } = seed(&db).await;
        db.write(async move |tx| {
            venue::insert(&tx, &campaign_id, "分会场", "", VenueKind::Satellite).await?;
            let main = venue::insert(&tx, &campaign_id, "购物广场", "开源路1号", VenueKind::Main).await?;
            assert_eq!(venue::list(&tx, &campaign_id).await?[0], main);
            let new = venue::Session {
                activity_session_id: Id::from_text(""),
                activity_id: activity_id.clone(),
                venue_id: Some(main.venue_id.clone()),
                starts_on: Some(date(2024, 3, 15)),
                time: Some("09:00".to_owned()),
                unit_id: Some(units[0].clone()),
                note: String::new(),
                version: 0,
            };
            let session_id = venue::insert_session(&tx, &new).await?;
            let listed = venue::list_sessions_of(&tx, &activity_id).await?;
            assert_eq!(listed[0].venue_name.as_deref(), Some("购物广场"));
            assert_eq!(venue::list_sessions(&tx, &campaign_id).await?, listed);
            let mut session = venue::lock_session(&tx, &session_id, Some(1)).await?;
            session.note = "带展板".to_owned();
            venue::save_session(&tx, &session).await?;
            let mut locked = venue::lock(&tx, &main.venue_id, Some(1)).await?;
            locked.address = "开源路2号".to_owned();
            venue::save(&tx, &locked).await?;
            venue::remove(&tx, &main.venue_id).await?;
            assert_eq!(venue::list_sessions_of(&tx, &activity_id).await?[0].venue_name, None);
            venue::remove_session(&tx, &session_id).await?;
            assert!(venue::list_sessions_of(&tx, &activity_id).await?.is_empty());
            Ok(())
        })
        .await
        .unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_reminder_lies_on_the_desk_until_seen_and_a_renewed_secret_opens_nothing() {
    testing::each_engine(async |db| {
        let Seed { campaign_id, activity_id, units, person_id, .. } = seed(&db).await;
        db.write(async move |tx| {
            let new = reminder::NewReminder {
                campaign_id: campaign_id.clone(),
                activity_id: Some(activity_id.clone()),
                report_duty_id: None,
                stat_form_id: None,
                unit_id: units[1].clone(),
                person_name: "李四".to_owned(),
                text: "请抓紧".to_owned(),
            };
            reminder::insert(&tx, &new, at()).await?;
            let unseen = reminder::list_unseen(&tx, &units[1]).await?;
            assert_eq!(unseen[0].activity_title.as_deref(), Some("开展宣传"));
            reminder::mark_seen(&tx, &unseen[0].reminder_id, at()).await?;
            assert!(reminder::list_unseen(&tx, &units[1]).await?.is_empty());
            assert!(reminder::get(&tx, &unseen[0].reminder_id).await?.seen_at.is_some());
            assert_eq!(reminder::list_of_activity(&tx, &activity_id).await?.len(), 1);

            activity::insert_note(&tx, &activity_id, &units[0], &person_id, "第一条", at()).await?;
            activity::insert_note(&tx, &activity_id, &units[0], &person_id, "第二条", at()).await?;
            let notes: Vec<String> =
                activity::list_notes(&tx, &activity_id).await?.into_iter().map(|it| it.text).collect();
            assert_eq!(notes, ["第二条", "第一条"]);

            assert_eq!(feed::find(&tx, "campaignsecret").await?, Some(feed::FeedOf::Campaign(campaign_id.clone())));
            assert_eq!(feed::find(&tx, "").await?, None);
            feed::save_unit(&tx, &units[0], "first", at()).await?;
            feed::save_unit(&tx, &units[0], "second", at()).await?;
            assert_eq!(feed::find(&tx, "first").await?, None);
            assert_eq!(feed::find(&tx, "second").await?, Some(feed::FeedOf::Unit(units[0].clone())));
            assert_eq!(feed::secret_of_unit(&tx, &units[0]).await?.as_deref(), Some("second"));
            feed::save_campaign(&tx, &campaign_id, "renewed").await?;
            assert_eq!(feed::find(&tx, "campaignsecret").await?, None);
            Ok(())
        })
        .await
        .unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_revision_never_throws_away_what_was_handed_in_at_that_moment() {
    testing::each_engine(async |db| {
        let Seed { campaign_id, notice_id, duty_id, units, .. } = seed(&db).await;
        let id = campaign_id.clone();
        let standing = db.read(async move |tx| revise::standing_duties(&tx, &id).await).await.unwrap();
        let campaign = plan::Campaign {
            campaign_id: campaign_id.clone(),
            notice_id,
            plan_index: 0,
            revises_id: None,
            title: "3·15 活动".to_owned(),
            status: plan::Status::Published,
            draft: Draft::new(Plan::default()),
            starts_on: None,
            ends_on: None,
            published_at: Some(at()),
            created_at: at(),
            version: 1,
        };
        let revision = db.write(async move |tx| {
            let revision = revise::Revision {
                publication: &Publication::default(),
                standing: &[],
                acts: &[],
                standing_duties: &standing,
                duties: &[DutyRow::Removed { old: 0, stays: false }],
                standing_forms: &[],
                forms: &[],
            };
            revise::revise(&tx, &campaign, &revision, at()).await
        });
        let (key, unit_id) = (duty_id.clone(), units[0].clone());
        let hand_in = db.write(async move |tx| {
            let mut unit = duty::lock_unit(&tx, &key, &unit_id).await?;
            unit.is_handed_in = true;
            unit.handed_in_at = Some(at());
            duty::save_unit(&tx, &unit).await
        });
        let (revised, handed_in) = tokio::join!(revision, hand_in);
        let left = db.read(async move |tx| duty::list_units(&tx, &campaign_id).await).await.unwrap();
        // Whoever came first, nothing that was answered as handed in is gone.
        match handed_in {
            Ok(()) => {
                assert!(matches!(revised, Err(Error::Stale)), "{revised:?}");
                assert_eq!(left.iter().filter(|it| it.is_handed_in).count(), 1);
            }
            Err(Error::NotFound) => assert!(revised.is_ok() && left.is_empty()),
            Err(other) => panic!("{other}"),
        }
    })
    .await;
}
