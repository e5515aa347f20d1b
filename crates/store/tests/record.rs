//! Records and ledgers on both engines: sent twice is one, joint counts once, withdrawn counts nowhere, one article is one.

#![expect(clippy::unwrap_used, reason = "a test")]

mod seed;

use std::collections::BTreeMap;

use domain::Id;
use domain::campaign::material::{MaterialEntry, MaterialKind};
use domain::campaign::media::{self as rules, MediaEntry};
use domain::campaign::record::RecordFigure;
use domain::campaign::record::RecordStatus;
use domain::campaign::record::entry::RecordEntry;
use domain::evidence::photo::PhotoFacts;
use domain::statistics::quantity::Quantity;
use domain::statistics::rollup::total;
use domain::unit::UnitKind;
use jiff::Timestamp;
use jiff::civil::date;
use store::campaign::record::NewRecord;
use store::campaign::{material, media, record, venue};
use store::{Db, Error, Tx, args, new_id, statistics, testing};

fn at() -> Timestamp {
    "2027-03-15T01:00:00Z".parse().unwrap()
}

#[derive(Clone)]
struct Seed {
    campaign_id: Id,
    activity_id: Id,
    session_id: Id,
    units: Vec<Id>,
    person_id: Id,
}

async fn seed(db: &Db) -> Seed {
    db.write(async move |tx| {
        let (units, person_id) = seed::people(&tx, ["市场科", "城关所"], UnitKind::Section, at()).await?;
        let (campaign_id, _) = seed::campaign(&tx, 2027, "{}", &person_id, at()).await?;
        let activity_id = new_id();
        tx.run(
            "insert into activity (activity_id, campaign_id, sort_key, title, text, kind, status, span_start, span_end, dates,
               places, created_at, version) values ($1, $2, 1, '现场咨询', '', 'on_site_event', 'planned', 0, 0, '[]', '[]', $3, 1)",
            args![activity_id, campaign_id, at()],
        )
        .await?;
        let session = venue::Session {
            activity_session_id: new_id(),
            activity_id: activity_id.clone(),
            venue_id: None,
            starts_on: Some(date(2027, 3, 15)),
            time: None,
            unit_id: None,
            note: String::new(),
            version: 1,
        };
        let session_id = venue::insert_session(&tx, &session).await?;
        Ok(Seed { campaign_id, activity_id, session_id, units, person_id })
    })
    .await
    .unwrap()
}

fn entry(unit_ids: &[&Id], figures: &[(&str, i64)]) -> RecordEntry {
    RecordEntry {
        happened_on: date(2027, 3, 15),
        unit_ids: unit_ids.iter().map(|it| (*it).clone()).collect(),
        figures: figures
            .iter()
            .map(|(indicator, value)| RecordFigure {
                indicator: (*indicator).to_owned(),
                quantity: Quantity { value: *value, is_estimate: false },
            })
            .collect(),
        note: String::new(),
    }
}

async fn keep(
    tx: &Tx,
    seed: &Seed,
    key: &str,
    session: bool,
    entry: &RecordEntry,
) -> store::Result<Option<record::Record>> {
    let new = NewRecord {
        campaign_id: &seed.campaign_id,
        activity_id: &seed.activity_id,
        activity_session_id: session.then_some(&seed.session_id),
        topic: "",
        entry,
        client_key: key,
        person_id: &seed.person_id,
    };
    record::insert(tx, &new, at()).await
}

async fn sums(db: &Db, campaign_id: &Id, unit_id: Option<&Id>) -> BTreeMap<String, Option<i64>> {
    let (campaign_id, unit_id) = (campaign_id.clone(), unit_id.cloned());
    let figures =
        db.read(async move |tx| statistics::figures(&tx, &campaign_id, unit_id.as_ref()).await).await.unwrap();
    let codes: std::collections::BTreeSet<String> = figures.iter().map(|it| it.indicator.clone()).collect();
    codes.into_iter().map(|it| (it.clone(), total(&figures, &it, None).value)).collect()
}

#[tokio::test]
async fn a_record_sent_twice_is_one_and_a_joint_one_counts_once() {
    testing::each_engine(async |db| {
        let it = seed(&db).await;
        let seed = it.clone();
        let n_kept = db
            .write(async move |tx| {
                let joint =
                    entry(&[&seed.units[0], &seed.units[1]], &[("consumer_attendance", 300), ("activity_held", 1)]);
                let mut n = 0;
                for key in ["k1", "k1"] {
                    n += i32::from(keep(&tx, &seed, key, false, &joint).await?.is_some());
                }
                let own = entry(&[&seed.units[1]], &[("consumer_attendance", 50)]);
                n += i32::from(keep(&tx, &seed, "k2", false, &own).await?.is_some());
                Ok(n)
            })
            .await
            .unwrap();
        assert_eq!(n_kept, 2);
        let whole = sums(&db, &it.campaign_id, None).await;
        assert_eq!(whole["consumer_attendance"], Some(350));
        assert_eq!(whole["activity_held"], Some(1));
        assert_eq!(sums(&db, &it.campaign_id, Some(&it.units[0])).await["consumer_attendance"], Some(300));
        assert_eq!(sums(&db, &it.campaign_id, Some(&it.units[1])).await["consumer_attendance"], Some(350));
    })
    .await;
}

#[tokio::test]
async fn a_session_recorded_at_two_stands_is_held_once() {
    testing::each_engine(async |db| {
        let it = seed(&db).await;
        let seed = it.clone();
        db.write(async move |tx| {
            for (key, unit) in [("a", 0), ("b", 1)] {
                let one = entry(&[&seed.units[unit]], &[("activity_held", 1), ("consumer_attendance", 100)]);
                keep(&tx, &seed, key, true, &one).await?;
            }
            Ok(())
        })
        .await
        .unwrap();
        let whole = sums(&db, &it.campaign_id, None).await;
        assert_eq!((whole["activity_held"], whole["consumer_attendance"]), (Some(1), Some(200)));
        let (session_id, campaign_id) = (it.session_id.clone(), it.campaign_id.clone());
        let n = db
            .write(async move |tx| {
                venue::lock_session(&tx, &session_id, None).await?;
                venue::remove_session(&tx, &session_id).await?;
                record::count(&tx, &campaign_id, &record::Filter::default()).await
            })
            .await
            .unwrap();
        assert_eq!(n, 2, "records outlive their session");
    })
    .await;
}

#[tokio::test]
async fn what_is_withdrawn_counts_nowhere_and_a_correction_is_seen_by_the_next() {
    testing::each_engine(async |db| {
        let it = seed(&db).await;
        let seed = it.clone();
        let first = db
            .write(async move |tx| keep(&tx, &seed, "a", false, &entry(&[&seed.units[0]], &[("inquiry", 7)])).await)
            .await
            .unwrap()
            .unwrap();
        let id = first.record_id.clone();
        let corrected = db
            .write(async move |tx| {
                let mut one = record::lock(&tx, &id, Some(1)).await?;
                one.figures = entry(&[], &[("inquiry", 9), ("staff_attendance", 3)]).figures;
                record::save(&tx, &one).await?;
                record::get(&tx, &id).await
            })
            .await
            .unwrap();
        assert_eq!((corrected.version, corrected.figures.len()), (2, 2));
        let id = first.record_id.clone();
        let stale = db.write(async move |tx| record::lock(&tx, &id, Some(1)).await).await;
        assert!(matches!(stale, Err(Error::Stale)));
        assert_eq!(sums(&db, &it.campaign_id, None).await["inquiry"], Some(9));
        let id = first.record_id.clone();
        db.write(async move |tx| {
            let mut one = record::lock(&tx, &id, Some(2)).await?;
            one.status = RecordStatus::Withdrawn;
            record::save(&tx, &one).await
        })
        .await
        .unwrap();
        assert!(sums(&db, &it.campaign_id, None).await.is_empty());
        let (campaign_id, unit_id) = (it.campaign_id.clone(), it.units[0].to_string());
        let (kept, all) = db
            .read(async move |tx| {
                let kept = record::Filter { unit_id: unit_id.clone(), ..record::Filter::default() };
                let all = record::Filter { with_withdrawn: true, ..kept.clone() };
                Ok((
                    record::list(&tx, &campaign_id, &kept, 50, 0).await?.len(),
                    record::list(&tx, &campaign_id, &all, 50, 0).await?.len(),
                ))
            })
            .await
            .unwrap();
        assert_eq!((kept, all), (0, 1), "it stays to be read");
    })
    .await;
}

fn article(unit_id: &Id, link: &str, reads: i64) -> MediaEntry {
    rules::parse(
        &rules::Typed {
            unit_id: unit_id.as_str(),
            kind: "new_media",
            outlet: "云溪市场监管",
            title: "消费提示",
            link,
            published_on: "2027-03-14",
            reads: &reads.to_string(),
            ..rules::Typed::default()
        },
        date(2027, 3, 15),
    )
    .unwrap()
}

#[tokio::test]
async fn one_article_of_two_units_is_one_and_its_reads_are_the_larger() {
    testing::each_engine(async |db| {
        let it = seed(&db).await;
        let seed = it.clone();
        let first = db
            .write(async move |tx| {
                let one = article(&seed.units[0], "https://mp.example.cn/s/a?scene=1", 1200);
                let first = media::insert(&tx, &seed.campaign_id, &one, "m1", &seed.person_id, at()).await?;
                let again = media::insert(&tx, &seed.campaign_id, &one, "m1", &seed.person_id, at()).await?;
                assert!(again.is_none(), "sent twice is one");
                let two = article(&seed.units[1], "http://mp.example.cn/s/a#rd", 1500);
                media::insert(&tx, &seed.campaign_id, &two, "m2", &seed.person_id, at()).await?;
                let three = article(&seed.units[1], "http://mp.example.cn/s/b", 10);
                media::insert(&tx, &seed.campaign_id, &three, "m3", &seed.person_id, at()).await?;
                Ok(first.unwrap())
            })
            .await
            .unwrap();
        let whole = sums(&db, &it.campaign_id, None).await;
        assert_eq!(
            (whole["new_media_article"], whole["media_article"], whole["reads"]),
            (Some(2), Some(2), Some(1510))
        );
        assert_eq!(sums(&db, &it.campaign_id, Some(&it.units[0])).await["reads"], Some(1200));
        let id = first.media_entry_id.clone();
        let n_same = db
            .write(async move |tx| {
                let mut one = media::lock(&tx, &id, Some(1)).await?;
                (one.entry.reads, one.reads_at) = (Some(2000), Some(at()));
                media::save(&tx, &one).await?;
                let one = media::get(&tx, &id).await?;
                Ok((one.n_same, media::list_same(&tx, &one).await?.len()))
            })
            .await
            .unwrap();
        assert_eq!(n_same, (2, 1));
        assert_eq!(sums(&db, &it.campaign_id, None).await["reads"], Some(2010));
    })
    .await;
}

#[tokio::test]
async fn copies_that_stand_in_a_record_are_not_counted_again() {
    testing::each_engine(async |db| {
        let it = seed(&db).await;
        let seed = it.clone();
        db.write(async move |tx| {
            keep(&tx, &seed, "a", false, &entry(&[&seed.units[0]], &[("material_copies", 300)])).await?;
            for (key, is_in_record) in [("p1", true), ("p2", false)] {
                let one = MaterialEntry {
                    unit_id: seed.units[0].clone(),
                    activity_id: Some(seed.activity_id.clone()),
                    kind: MaterialKind::Leaflet,
                    title: "消费维权指南".to_owned(),
                    printed: Some(500),
                    handed_out: Some(200),
                    is_estimate: false,
                    place: "文化广场".to_owned(),
                    happened_on: date(2027, 3, 15),
                    is_in_record,
                    note: String::new(),
                };
                material::insert(&tx, &seed.campaign_id, &one, key, &seed.person_id, at()).await?;
            }
            assert_eq!(material::copies_in_records(&tx, &seed.activity_id).await?, 300);
            Ok(())
        })
        .await
        .unwrap();
        assert_eq!(sums(&db, &it.campaign_id, None).await["material_copies"], Some(500));
        let campaign_id = it.campaign_id.clone();
        let (origins, n) = db
            .read(async move |tx| statistics::origins(&tx, &campaign_id, None, "material_copies", None, 50, 0).await)
            .await
            .unwrap();
        let areas: Vec<_> = origins.iter().map(|it| (it.area, it.value)).collect();
        assert_eq!((areas, n), (vec![("record", 300), ("material", 200)], 2));
    })
    .await;
}

#[tokio::test]
async fn facts_of_a_photo_are_kept_by_content() {
    testing::each_engine(async |db| {
        let facts = PhotoFacts {
            width: 4000,
            height: 3000,
            taken_at: Some(date(2027, 3, 15).at(9, 41, 0, 0)),
            latitude: Some(39.72),
            longitude: Some(117.31),
            camera: "XB".to_owned(),
        };
        let written = facts.clone();
        let read = db
            .write(async move |tx| {
                store::photo::insert(&tx, "ab", &written).await?;
                store::photo::insert(&tx, "ab", &written).await?;
                store::photo::find(&tx, "ab").await
            })
            .await
            .unwrap();
        assert_eq!(read, Some(facts));
    })
    .await;
}

#[tokio::test]
async fn several_units_together_count_a_shared_record_once() {
    testing::each_engine(async |db| {
        let it = seed(&db).await;
        let seed = it.clone();
        db.write(async move |tx| {
            let [first, second] = [&seed.units[0], &seed.units[1]];
            keep(&tx, &seed, "k1", false, &entry(&[first, second], &[("consumer_attendance", 300)])).await?;
            keep(&tx, &seed, "k2", false, &entry(&[second], &[("consumer_attendance", 50)])).await
        })
        .await
        .unwrap();
        let sum = async |units: &[Id]| {
            let (campaign_id, units) = (it.campaign_id.clone(), units.to_vec());
            let work = db.read(async move |tx| {
                let figures = statistics::figures_of_units(&tx, &campaign_id, &units).await?;
                let code = "consumer_attendance";
                let (origins, n) =
                    statistics::origins_of_units(&tx, &campaign_id, Some(&units), code, None, 10, 0).await?;
                Ok((total(&figures, code, None).value, origins.len(), n))
            });
            work.await.unwrap()
        };
        assert_eq!(sum(&it.units).await, (Some(350), 2, 2));
        assert_eq!(sum(&it.units[..1]).await, (Some(300), 1, 1));
        assert_eq!(sum(&[]).await, (None, 0, 0));
    })
    .await;
}

#[tokio::test]
async fn figures_stand_on_their_day_and_open_by_day_and_activity() {
    testing::each_engine(async |db| {
        let it = seed(&db).await;
        let seed = it.clone();
        db.write(async move |tx| {
            for (key, unit, day, n) in [("a", 0, 14, 100), ("b", 1, 15, 30), ("c", 1, 15, 5)] {
                let mut one = entry(&[&seed.units[unit]], &[("consumer_attendance", n), ("activity_held", 1)]);
                one.happened_on = date(2027, 3, day);
                keep(&tx, &seed, key, unit == 1, &one).await?;
            }
            Ok(())
        })
        .await
        .unwrap();
        let (campaign_id, activity_id, unit) = (it.campaign_id.clone(), it.activity_id.clone(), it.units[1].clone());
        let (days, held, own, opened, other) = db
            .read(async move |tx| {
                let days = statistics::by_day(&tx, &campaign_id, None, "consumer_attendance", true).await?;
                let held = statistics::by_day(&tx, &campaign_id, None, "activity_held", true).await?;
                let own = statistics::by_day(&tx, &campaign_id, Some(&unit), "consumer_attendance", true).await?;
                let wanted = statistics::Wanted {
                    indicator: "consumer_attendance".to_owned(),
                    activity_id: activity_id.to_string(),
                    on: "2027-03-15".to_owned(),
                    ..statistics::Wanted::default()
                };
                let opened = statistics::origins_of(&tx, &campaign_id, &wanted, 10, 0).await?;
                let wanted = statistics::Wanted { activity_id: "another".to_owned(), ..wanted };
                Ok((days, held, own, opened, statistics::origins_of(&tx, &campaign_id, &wanted, 10, 0).await?.1))
            })
            .await
            .unwrap();
        assert_eq!(days, [(date(2027, 3, 14), 100, false), (date(2027, 3, 15), 35, false)]);
        assert_eq!(held[1], (date(2027, 3, 15), 1, false), "one session recorded twice is held once");
        assert_eq!(own, [(date(2027, 3, 15), 35, false)]);
        assert_eq!((opened.1, opened.0.iter().map(|it| it.value).sum::<i64>(), other), (2, 35, 0));
    })
    .await;
}

#[tokio::test]
async fn a_report_keeps_every_version_and_is_one_of_its_unit() {
    use domain::campaign::summary::{Summary, Text};
    use store::campaign::summary;
    testing::each_engine(async |db| {
        let it = seed(&db).await;
        let content = |title: &str| Summary { title: Text::of(title), ..Summary::default() };
        let (seed, first) = (it.clone(), content("初稿"));
        let n = db
            .write(async move |tx| {
                let mut n = 0;
                for unit_id in [None, Some(&seed.units[0]), None] {
                    let made = summary::insert(&tx, &seed.campaign_id, unit_id, &first, &seed.person_id, at()).await?;
                    n += i32::from(made.is_some());
                }
                Ok(n)
            })
            .await
            .unwrap();
        assert_eq!(n, 2, "one of the campaign, one of the unit");
        let (seed, second) = (it.clone(), content("改稿"));
        let stored = db
            .write(async move |tx| {
                let found = summary::find(&tx, &seed.campaign_id, None).await?.ok_or(Error::NotFound)?;
                let mut stored = summary::lock(&tx, &found.summary_id, found.version).await?;
                stored.content = second.clone();
                summary::save(&tx, &stored, "corrected").await?;
                Ok(stored)
            })
            .await
            .unwrap();
        let id = stored.summary_id.clone();
        let stale = db.write(async move |tx| summary::lock(&tx, &id, 1).await).await;
        assert!(matches!(stale, Err(Error::Stale)));
        let (campaign_id, id) = (it.campaign_id.clone(), stored.summary_id);
        let (versions, old, now, listed) = db
            .read(async move |tx| {
                Ok((
                    summary::list_versions(&tx, &id).await?,
                    summary::get_version(&tx, &id, 1).await?,
                    summary::find(&tx, &campaign_id, None).await?.unwrap(),
                    summary::list(&tx, &campaign_id).await?,
                ))
            })
            .await
            .unwrap();
        let kinds: Vec<(i64, &str)> = versions.iter().map(|it| (it.version, it.kind.as_str())).collect();
        assert_eq!(kinds, [(2, "corrected"), (1, "drafted")]);
        assert_eq!((old.title.now.as_str(), now.content.title.now.as_str(), listed.len()), ("初稿", "改稿", 2));
    })
    .await;
}

#[tokio::test]
async fn a_report_is_drafted_from_what_counts() {
    use store::campaign::summary;
    testing::each_engine(async |db| {
        let it = seed(&db).await;
        let seed = it.clone();
        db.write(async move |tx| {
            let mut joint = entry(&[&seed.units[0], &seed.units[1]], &[("inquiry", 7)]);
            joint.note = "两家一起办".to_owned();
            keep(&tx, &seed, "a", false, &joint).await?;
            let gone = keep(&tx, &seed, "b", false, &entry(&[&seed.units[0]], &[("inquiry", 1)])).await?.unwrap();
            let mut gone = record::lock(&tx, &gone.record_id, None).await?;
            gone.status = RecordStatus::Withdrawn;
            record::save(&tx, &gone).await
        })
        .await
        .unwrap();
        let (id, activity_id, own) = (it.campaign_id.clone(), it.activity_id.clone(), it.units[1].clone());
        let (counts, of_unit, units, notes, behind, behind_own) = db
            .read(async move |tx| {
                Ok((
                    summary::record_counts(&tx, &id, None).await?,
                    summary::record_counts(&tx, &id, Some(&own)).await?,
                    summary::units(&tx, &id).await?,
                    summary::notes(&tx, &id, Some(&own), 10).await?,
                    statistics::origin_counts(&tx, &id, None).await?,
                    statistics::origin_counts(&tx, &id, Some(&own)).await?,
                ))
            })
            .await
            .unwrap();
        assert_eq!((counts, of_unit), (vec![(activity_id.clone(), 1)], vec![(activity_id.clone(), 1)]));
        assert_eq!(units.iter().map(|it| (it.1.as_str(), it.2)).collect::<Vec<_>>(), [("市场科", 1), ("城关所", 1)]);
        assert_eq!(behind, [("inquiry".to_owned(), activity_id.clone(), 1)]);
        assert_eq!(behind_own, behind);
        assert_eq!(notes, [(activity_id, date(2027, 3, 15), "市场科、城关所".to_owned(), "两家一起办".to_owned())]);
    })
    .await;
}

/// 12万 typed instead of 1200 waits for a second look until somebody confirms it, corrects it, or takes the record back.
#[tokio::test]
async fn a_figure_much_larger_than_those_before_waits_for_a_second_look() {
    use store::campaign::record_question::candidates;
    testing::each_engine(async |db| {
        let it = seed(&db).await;
        let seed = it.clone();
        let large = db
            .write(async move |tx| {
                let unit = &seed.units[0];
                keep(&tx, &seed, "k1", false, &entry(&[unit], &[("consumer_attendance", 640)])).await?;
                let large = entry(&[unit], &[("consumer_attendance", 120_000), ("activity_held", 1)]);
                Ok(keep(&tx, &seed, "k2", false, &large).await?.unwrap())
            })
            .await
            .unwrap();
        let campaign_id = it.campaign_id.clone();
        let found = async |times: i64| {
            let id = campaign_id.clone();
            db.read(async move |tx| candidates(&tx, &id, times).await).await.unwrap()
        };
        assert_eq!(found(10).await, std::slice::from_ref(&large.record_id));
        assert_eq!(found(200).await, Vec::<Id>::new(), "the bureau asks from so many times on");
        let id = large.record_id.clone();
        db.write(async move |tx| record::confirm(&tx, &id, "consumer_attendance", 120_000).await).await.unwrap();
        assert_eq!(found(10).await, Vec::<Id>::new());
        // Another number is asked about anew, and a corrected one no more.
        for (value, n) in [(150_000, 1), (1_200, 0)] {
            let id = large.record_id.clone();
            db.write(async move |tx| {
                let mut record = record::lock(&tx, &id, None).await?;
                record
                    .figures
                    .iter_mut()
                    .filter(|it| it.indicator == "consumer_attendance")
                    .for_each(|it| it.quantity.value = value);
                record::save(&tx, &record).await
            })
            .await
            .unwrap();
            assert_eq!(found(10).await.len(), n, "{value}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_day_outside_the_campaign_counts_and_is_found() {
    use store::statistics::outside::outside;
    testing::each_engine(async |db| {
        let it = seed(&db).await;
        let seed = it.clone();
        db.write(async move |tx| {
            let (a, b) = (&seed.units[0], &seed.units[1]);
            let mut early = entry(&[a, b], &[("consumer_attendance", 30), ("inquiry", 2)]);
            early.happened_on = date(2026, 12, 31);
            keep(&tx, &seed, "k1", false, &early).await?;
            keep(&tx, &seed, "k2", false, &entry(&[a], &[("consumer_attendance", 40)])).await?;
            Ok(())
        })
        .await
        .unwrap();
        let id = it.campaign_id.clone();
        let found =
            db.read(async move |tx| outside(&tx, &id, date(2027, 1, 1), date(2027, 12, 31)).await).await.unwrap();
        let lines: Vec<_> = found.iter().map(|it| (it.area, it.indicator.as_str(), it.units.len())).collect();
        assert_eq!(lines, [("record", "consumer_attendance", 2), ("record", "inquiry", 2)]);
        assert_eq!(sums(&db, &it.campaign_id, None).await["consumer_attendance"], Some(70));
    })
    .await;
}

/// Two venues, one of them with sessions of two units; a third place is the office of a unit itself.
#[tokio::test]
async fn a_place_counts_once_however_many_units_stand_there() {
    use domain::campaign::venue::VenueKind;
    testing::each_engine(async |db| {
        let it = seed(&db).await;
        let seed = it.clone();
        db.write(async move |tx| {
            let square = venue::insert(&tx, &seed.campaign_id, "人民广场", "", VenueKind::Main).await?;
            venue::insert(&tx, &seed.campaign_id, "城东咨询点", "", VenueKind::Stand).await?;
            for (venue_id, unit) in [(Some(&square.venue_id), 0), (Some(&square.venue_id), 1), (None, 1)] {
                let session = venue::Session {
                    activity_session_id: new_id(),
                    activity_id: seed.activity_id.clone(),
                    venue_id: venue_id.cloned(),
                    starts_on: Some(date(2027, 3, 15)),
                    time: None,
                    unit_id: Some(seed.units[unit].clone()),
                    note: String::new(),
                    version: 1,
                };
                venue::insert_session(&tx, &session).await?;
            }
            Ok(())
        })
        .await
        .unwrap();
        let n = async |unit: Option<&Id>| sums(&db, &it.campaign_id, unit).await.get("venue").copied().flatten();
        assert_eq!(n(None).await, Some(3));
        assert_eq!((n(Some(&it.units[0])).await, n(Some(&it.units[1])).await), (Some(1), Some(2)));
        let id = it.campaign_id.clone();
        let (origins, n) =
            db.read(async move |tx| statistics::origins(&tx, &id, None, "venue", None, 50, 0).await).await.unwrap();
        assert_eq!((origins.len(), n), (3, 3));
        assert!(origins.iter().any(|it| it.title == "人民广场" && it.unit_names.contains('、')), "{origins:?}");
    })
    .await;
}
