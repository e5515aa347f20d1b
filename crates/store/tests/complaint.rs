//! Complaints on both engines: registering once, the queue by clock, search, secrecy at rest, caches that can be recomputed.
//!
//! A long file: its tests share one fixture of cases, and each file of tests is a program of its own that is linked and started.

#![expect(clippy::unwrap_used, reason = "a test")]

use domain::Id;
use domain::calendar::WorkCalendar;
use domain::complaint::case::{CaseKind, Channel, Outcome, Telling};
use domain::complaint::clock::DeskRules;
use domain::complaint::cluster::{Basis, gather};
use domain::complaint::escalation::{Cause, Level};
use domain::complaint::event::CaseEvent;
use domain::complaint::intake::{Business, Consumer, Particulars};
use domain::unit::UnitKind;
use jiff::civil::date;
use jiff::{SignedDuration, Timestamp};
use store::complaint::case::{self, Case, Law, NewCase};
use store::complaint::queue::{self, Filter, Scope, View};
use store::complaint::{
    category, cluster, escalation, letter, list_draft, mend, neighbour, rate, recount, stale, view,
};
use store::testing::each_engine;
use store::{Db, Result, Tx, args, lease, unit};

fn at(minute: i64) -> Timestamp {
    // A real clock is finer than what is kept of it.
    "2026-05-06T01:00:00.123456789Z".parse::<Timestamp>().unwrap() + SignedDuration::from_mins(minute)
}

fn new_case(kind: CaseKind, name: &str, phone: &str, business: &str, text: &str) -> NewCase {
    let consumer =
        Consumer {
            name: name.into(), phone: phone.into(), address: "云溪县东街12号".into(), ..Consumer::default()
        };
    let business = Business { name: business.into(), address: "云溪县城关镇".into(), ..Business::default() };
    NewCase {
        kind,
        channel: Channel::Hotline,
        external_number: None,
        received_on: date(2026, 5, 6),
        particulars: Particulars {
            consumer,
            business,
            text: text.into(),
            amount_fen: Some(12_800),
            ..Particulars::default()
        },
        submission_id: None,
        client_key: None,
    }
}

async fn register(tx: &Tx, new: &NewCase, minute: i64) -> Result<Case> {
    let (rules, calendar) = (DeskRules::default(), WorkCalendar::announced());
    Ok(case::insert(tx, new, Law { rules: &rules, calendar: &calendar }, None, at(minute)).await?.case())
}

async fn happen(tx: &Tx, complaint_id: &Id, events: &[CaseEvent], minute: i64) -> Result<Case> {
    let (rules, calendar) = (DeskRules::default(), WorkCalendar::announced());
    let mut it = case::lock(tx, complaint_id, None).await?;
    case::append(tx, &mut it, events, Law { rules: &rules, calendar: &calendar }, None, at(minute)).await?;
    Ok(it)
}

async fn office(tx: &Tx, name: &str) -> Result<Id> {
    let new = unit::NewUnit {
        parent_id: None,
        name: name.into(),
        short_name: name.into(),
        kind: UnitKind::FieldOffice,
        sort_key: 1,
    };
    Ok(unit::insert(tx, &new, at(0)).await?.unit_id)
}

fn to(unit_id: &Id) -> CaseEvent {
    CaseEvent::Dispatched { unit_id: unit_id.clone(), unit_name: "城关所".into(), reason: String::new() }
}

async fn numbers(db: &Db, filter: Filter) -> Vec<String> {
    let page = db.read(async move |tx| queue::list(&tx, &filter, at(60), at(2 * 1440), None, 50).await).await.unwrap();
    page.cases.into_iter().map(|it| it.number).collect()
}

#[tokio::test]
async fn what_comes_twice_is_registered_once() {
    each_engine(async |db| {
        db.write(async |tx| {
            let first = NewCase {
                external_number: Some("1330112026050600001".into()),
                ..new_case(CaseKind::Complaint, "凌小满", "13900000001", "好来超市", "牛奶过期")
            };
            let one = register(&tx, &first, 0).await?;
            assert_eq!((one.number.as_str(), one.ordinal), ("TS2026-000001", 1));
            assert_eq!(one.due_on, Some(date(2026, 5, 14)));
            let again = register(&tx, &first, 5).await?;
            assert_eq!((again.complaint_id.clone(), again.due_on), (one.complaint_id.clone(), Some(date(2026, 5, 14))));
            // The same number of the platform, another matter: 第九条.
            let other = register(
                &tx,
                &NewCase { kind: CaseKind::Tipoff, submission_id: Some(one.submission_id.clone()), ..first },
                6,
            )
            .await?;
            assert_eq!(other.number, "JB2026-000001");
            assert_eq!(case::list_siblings(&tx, &one).await?.len(), 1);
            let keyed =
                NewCase { client_key: Some("k".repeat(20)), ..new_case(CaseKind::Inquiry, "", "", "", "怎么退货") };
            let (a, b) = (register(&tx, &keyed, 7).await?, register(&tx, &keyed, 8).await?);
            assert_eq!((a.complaint_id, a.number.as_str()), (b.complaint_id, "ZX2026-000001"));
            Ok(())
        })
        .await
        .unwrap();
    })
    .await;
}

#[tokio::test]
async fn the_person_is_sealed_at_rest_and_found_by_hash_only() {
    each_engine(async |db| {
        let new = new_case(CaseKind::Complaint, "凌小满", "139 0000 0001", "好来超市", "牛奶过期");
        db.write(async move |tx| register(&tx, &new, 0).await).await.unwrap();
        let rows = db.read(async |tx| tx.list("select * from complaint", args![]).await).await.unwrap();
        let text = format!("{rows:?}");
        assert!(!text.contains("凌小满") && !text.contains("13900000001") && !text.contains("东街12号"), "{text}");
        assert!(!text.contains("牛奶"), "what people write is sealed like who they are: {text}");
        for entry in std::fs::read_dir(db.data()).unwrap() {
            let bytes = std::fs::read(entry.unwrap().path()).unwrap_or_default();
            for piece in ["牛奶", "奶过", "过期", "凌小"] {
                assert!(!bytes.windows(piece.len()).any(|it| it == piece.as_bytes()), "{piece} stands in a file");
            }
        }
        let by = async |words: &str| {
            numbers(&db, Filter { view: View::All, words: words.into(), ..Filter::default() }).await
        };
        for words in
            ["13900000001", "139-0000-0001", "凌小满", "TS2026-000001", "ts2026-000001", "过期", "牛奶过期", "好来"]
        {
            assert_eq!(by(words).await, ["TS2026-000001"], "{words}");
        }
        for words in ["13900000002", "凌小", "奶牛", "电视"] {
            assert!(by(words).await.is_empty(), "{words}");
        }
    })
    .await;
}

#[tokio::test]
async fn an_index_that_is_not_there_is_made_again() {
    let folder = tempfile::tempdir().unwrap();
    let db = Db::open(folder.path(), None).await.unwrap();
    let new = new_case(CaseKind::Complaint, "凌小满", "13900000001", "好来超市", "牛奶过期");
    db.write(async move |tx| register(&tx, &new, 0).await).await.unwrap();
    db.write(async |tx| tx.run("delete from complaint_piece where rowid > 0", args![]).await).await.unwrap();
    let filter = || Filter { view: View::All, words: "过期".into(), ..Filter::default() };
    assert!(numbers(&db, filter()).await.is_empty());
    drop(db);
    let db = Db::open(folder.path(), None).await.unwrap();
    assert_eq!(numbers(&db, filter()).await, ["TS2026-000001"]);
}

#[tokio::test]
async fn a_correction_is_found_by_its_new_words_only() {
    each_engine(async |db| {
        let new = new_case(CaseKind::Complaint, "凌小满", "13900000001", "好来超市", "牛奶过期");
        let it = db.write(async move |tx| register(&tx, &new, 0).await).await.unwrap();
        let actor = domain::unit::Actor {
            person_id: Id::from_text("p"),
            name: "某".into(),
            unit_id: Id::from_text("u"),
            unit_name: "中心".into(),
            role: domain::unit::Role::Officer,
            acts_for: Default::default(),
        };
        db.write(async move |tx| {
            let (rules, calendar) = (DeskRules::default(), WorkCalendar::announced());
            let mut locked = case::lock(&tx, &it.complaint_id, Some(1)).await?;
            let better = Particulars { text: "面包发霉".into(), ..locked.particulars.clone() };
            case::correct(&tx, &mut locked, better, Law { rules: &rules, calendar: &calendar }, &actor, at(9)).await?;
            assert!(matches!(case::lock(&tx, &it.complaint_id, Some(1)).await, Err(store::Error::Stale)));
            Ok(())
        })
        .await
        .unwrap();
        let by = async |words: &str| {
            numbers(&db, Filter { view: View::All, words: words.into(), ..Filter::default() }).await.len()
        };
        assert_eq!((by("发霉").await, by("过期").await), (1, 0));
    })
    .await;
}

#[tokio::test]
async fn the_queue_is_sorted_by_clock_and_paged_by_key() {
    each_engine(async |db| {
        let unit_id = db
            .write(async |tx| {
                let unit_id = office(&tx, "城关所").await?;
                for n in 0..7 {
                    let new = new_case(CaseKind::Complaint, "甲", "13900000001", "好来超市", "牛奶过期");
                    let it = register(&tx, &new, n).await?;
                    if n == 0 {
                        // Contacted, so only the statutory clock runs: it goes to the end of the queue.
                        happen(
                            &tx,
                            &it.complaint_id,
                            &[to(&unit_id), CaseEvent::Contacted { note: "已联系".into() }],
                            10,
                        )
                        .await?;
                    }
                }
                Ok(unit_id)
            })
            .await
            .unwrap();
        let all = numbers(&db, Filter::default()).await;
        assert_eq!((all.first().unwrap().as_str(), all.last().unwrap().as_str()), ("TS2026-000002", "TS2026-000001"));
        let mut seen = Vec::new();
        let mut after = None;
        loop {
            let from = after.clone();
            let page = db
                .read(async move |tx| queue::list(&tx, &Filter::default(), at(60), at(99), from.as_ref(), 3).await)
                .await
                .unwrap();
            seen.extend(page.cases.iter().map(|it| it.number.clone()));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(seen, all, "each line once, in the same order");
        let own = Filter { scope: Scope::Units(vec![unit_id.clone()]), ..Filter::default() };
        assert_eq!(numbers(&db, own).await, ["TS2026-000001"]);
        assert_eq!(numbers(&db, Filter { view: View::Triage, ..Filter::default() }).await.len(), 6);
        let late = async |minute| {
            let filter = Filter { view: View::Late, ..Filter::default() };
            db.read(async move |tx| queue::count(&tx, &filter, at(minute), at(minute), 1000).await).await.unwrap()
        };
        assert_eq!((late(60).await, late(200).await), (0, 6), "two hours to dispatch");
    })
    .await;
}

#[tokio::test]
async fn who_may_not_know_of_a_tip_off_finds_none() {
    each_engine(async |db| {
        let unit_id = db
            .write(async |tx| {
                let unit_id = office(&tx, "城关所").await?;
                for kind in [CaseKind::Complaint, CaseKind::Tipoff] {
                    register(&tx, &new_case(kind, "甲", "13900000001", "好来超市", "牛奶过期"), 0).await?;
                }
                Ok(unit_id)
            })
            .await
            .unwrap();
        // Even who sees every case does not learn by a telephone number who reported.
        for (words, n) in [("过期", 2), ("13900000001", 1)] {
            let filter = Filter { view: View::All, words: words.into(), ..Filter::default() };
            assert_eq!(numbers(&db, filter).await.len(), n, "{words}");
        }
        for words in ["", "过期", "13900000001"] {
            let filter = Filter {
                scope: Scope::AllButTipoffs(vec![unit_id.clone()]),
                view: View::All,
                words: words.into(),
                ..Filter::default()
            };
            assert_eq!(numbers(&db, filter).await, ["TS2026-000001"], "{words}");
        }
    })
    .await;
}

#[tokio::test]
async fn state_and_dates_can_be_recomputed_from_the_events() {
    each_engine(async |db| {
        let (rules, calendar) = (DeskRules::default(), WorkCalendar::announced());
        db.write(async |tx| {
            let unit_id = office(&tx, "城关所").await?;
            let it =
                register(&tx, &new_case(CaseKind::Complaint, "甲", "13900000001", "好来超市", "牛奶过期"), 0).await?;
            let on = date(2026, 5, 7);
            let accepted = CaseEvent::Accepted { on, told: Telling::Phone };
            let it = happen(&tx, &it.complaint_id, &[to(&unit_id), accepted], 30).await?;
            let closed =
                CaseEvent::Closed { on, outcome: Outcome::Settled, recovered_fen: Some(8_000), words: String::new() };
            happen(&tx, &it.complaint_id, &[closed], 60).await?;
            let stored = case::get(&tx, &it.complaint_id).await?;
            assert_eq!((stored.state.recovered_fen, stored.due_on, stored.version), (Some(8_000), None, 3));
            let events = case::events(&tx, &it.complaint_id).await?;
            assert!(events.is_empty(), "events are written when the body ends");
            Ok(())
        })
        .await
        .unwrap();
        let stale = async || {
            let (rules, calendar) = (rules.clone(), calendar.clone());
            db.read(async move |tx| stale::stale_caches(&tx, Law { rules: &rules, calendar: &calendar }).await)
                .await
                .unwrap()
        };
        assert!(stale().await.is_empty());
        let sql = "update complaint set due_on = '2026-01-01'";
        db.write(async move |tx| tx.run(sql, args![]).await).await.unwrap();
        assert_eq!(stale().await, ["TS2026-000001"]);
        // The columns that the rates count by are caches too.
        for (column, wrong) in [
            ("is_responded", "0"),
            ("decided_in_time", "'no'"),
            ("is_directed", "1"),
            ("accepted_on", "null"),
            ("satisfaction", "'fair'"),
        ] {
            let sql = format!("update complaint set due_on = null, {column} = {wrong}");
            let undo = format!(
                "update complaint set {column} = {}",
                match column {
                    "is_responded" => "1",
                    "decided_in_time" => "'yes'",
                    "is_directed" => "0",
                    "accepted_on" => "'2026-05-07'",
                    _ => "null",
                }
            );
            db.write(async move |tx| tx.run(&sql, args![]).await).await.unwrap();
            assert_eq!(stale().await, ["TS2026-000001"], "{column}");
            db.write(async move |tx| tx.run(&undo, args![]).await).await.unwrap();
            assert!(stale().await.is_empty(), "{column}");
        }
    })
    .await;
}

#[tokio::test]
async fn neighbours_say_why_and_rates_have_both_numbers() {
    each_engine(async |db| {
        db.write(async |tx| {
            let text = "在好来超市买的牛奶已经过期三天，要求退货并赔偿一千元";
            let one = register(&tx, &new_case(CaseKind::Complaint, "甲某", "13900000001", "好来超市", text), 0).await?;
            let near = text.replace("三天", "五天");
            register(&tx, &new_case(CaseKind::Complaint, "乙某", "13900000001", "好来 超市", &near), 1).await?;
            register(&tx, &new_case(CaseKind::Complaint, "丙某", "13900000009", "别家超市", "电视坏了"), 2).await?;
            let found = neighbour::list(&tx, &one).await?;
            let reasons = &found.first().unwrap().reasons;
            assert!(
                reasons.iter().any(|it| it == "同一电话") && reasons.iter().any(|it| it.starts_with("内容相近")),
                "{reasons:?}"
            );
            let seen = neighbour::indicators(&tx, &one, date(2026, 2, 5)).await?;
            assert_eq!((seen.names_of_phone, seen.same_phone_and_business), (2, 1));
            let (from, to) = (date(2026, 5, 1), date(2026, 5, 31));
            let top = rate::of_businesses(&tx, from, to, 10).await?;
            assert_eq!((top[0].n, top[0].business_name.as_str()), (2, "好来 超市"));
            let units = rate::counts(&tx, rate::By::Unit, from, to, date(2026, 5, 15)).await?;
            assert_eq!((units.len(), units[0].n, units[0].amount_fen), (1, 3, 38_400));
            // 6 May + 7 working days = 14 May: on the 15th all three should have been decided, and none was.
            assert_eq!((units[0].n_in_time, units[0].n_to_decide, units[0].n_responded), (0, 3, 0));
            let early = rate::counts(&tx, rate::By::Channel, from, to, date(2026, 5, 14)).await?;
            assert_eq!((early[0].n_to_decide, early[0].key.as_str()), (0, "hotline"));
            assert_eq!(rate::by_day(&tx, CaseKind::Complaint, from, to).await?, [(date(2026, 5, 6), 3)]);
            Ok(())
        })
        .await
        .unwrap();
    })
    .await;
}

#[tokio::test]
async fn the_classification_is_there_and_a_letter_is_sealed() {
    each_engine(async |db| {
        let all = db.read(async |tx| category::list(&tx).await).await.unwrap();
        assert!(all.len() > 25 && all.iter().any(|it| it.is_called("在产品中以次充好")));
        db.write(async |tx| {
            let it = register(&tx, &new_case(CaseKind::Complaint, "甲", "13900000001", "好来超市", "x"), 0).await?;
            assert_eq!(
                (
                    letter::next_number(&tx, 2026).await?,
                    letter::next_number(&tx, 2026).await?,
                    letter::next_number(&tx, 2027).await?
                ),
                (1, 2, 1)
            );
            assert!(letter::list(&tx, &it.complaint_id).await?.is_empty());
            Ok(())
        })
        .await
        .unwrap();
    })
    .await;
}

async fn look(db: &Db, minute: i64) -> usize {
    let ids = db.read(async move |tx| escalation::list_due(&tx, at(minute), 100).await).await.unwrap();
    let mut n = 0;
    for id in ids {
        n += db
            .write(async move |tx| {
                let (rules, calendar) = (DeskRules::default(), WorkCalendar::announced());
                escalation::look(&tx, &id, Law { rules: &rules, calendar: &calendar }, at(minute)).await
            })
            .await
            .unwrap();
    }
    n
}

#[tokio::test]
async fn who_is_told_of_a_date_is_told_once_and_a_form_in_hand_stays_fresh() {
    each_engine(async |db| {
        let case = db
            .write(async |tx| {
                let new = new_case(CaseKind::Complaint, "凌小满", "13900000001", "好来超市", "牛奶过期");
                register(&tx, &new, 0).await
            })
            .await
            .unwrap();
        assert_eq!((look(&db, 119).await, look(&db, 120).await, look(&db, 121).await), (0, 1, 0));
        let filter = escalation::Filter { is_without_unit: true, ..escalation::Filter::default() };
        let told = db.read(async move |tx| escalation::list(&tx, &filter, 10).await).await.unwrap();
        assert_eq!(told.len(), 1);
        assert_eq!((told[0].cause, told[0].case.version), (Some(Cause::DispatchOver), case.version));
        assert_eq!(look(&db, 480).await, 1, "the leader, after eight hours");
        let filter = escalation::Filter { level: Some(Level::Escalation), ..escalation::Filter::default() };
        let n = db.read(async move |tx| escalation::count(&tx, &filter).await).await.unwrap();
        assert_eq!(n, 1);
        let id = case.complaint_id.clone();
        db.write(async move |tx| {
            let unit_id = office(&tx, "城关所").await?;
            happen(&tx, &id, &[to(&unit_id)], 500).await
        })
        .await
        .unwrap();
        let left = db.read(async |tx| escalation::count(&tx, &escalation::Filter::default()).await).await.unwrap();
        assert_eq!(left, 0, "whoever is given the case ends it");
        let (rules, calendar) = (DeskRules::default(), WorkCalendar::announced());
        let stale = db
            .read(async move |tx| stale::stale_caches(&tx, Law { rules: &rules, calendar: &calendar }).await)
            .await
            .unwrap();
        assert_eq!(stale, Vec::<String>::new());
    })
    .await;
}

#[tokio::test]
async fn of_two_processes_one_has_the_lease() {
    each_engine(async |db| {
        let take = async |holder: &'static str, minute: i64| {
            db.write(async move |tx| lease::take(&tx, "tend", holder, at(minute), at(minute + 2)).await).await.unwrap()
        };
        assert!(take("one", 0).await);
        assert!(!take("two", 1).await, "not while the first has it");
        assert!(take("one", 1).await, "who has it keeps it");
        assert!(take("two", 3).await, "after its end another may");
    })
    .await;
}

/// A state that lost what an earlier build left out is named, and made what the events say; nothing happens to the case by that.
#[tokio::test]
async fn a_damaged_state_is_named_and_folded_anew_from_its_events() {
    each_engine(async |db| {
        let on = date(2026, 5, 7);
        let ids = db
            .write(async move |tx| {
                let unit_id = office(&tx, "城关所").await?;
                let mut ids = Vec::new();
                for n in 0..3 {
                    let mut new = new_case(CaseKind::Complaint, "凌小满", "13900000001", "好来超市", "牛奶过期");
                    new.particulars.amount_fen = Some(0);
                    let it = register(&tx, &new, n).await?;
                    let events = [to(&unit_id), CaseEvent::Accepted { on, told: Telling::Phone }];
                    happen(&tx, &it.complaint_id, &events, 10).await?;
                    ids.push(it.complaint_id);
                }
                let consent = CaseEvent::Consented { consumer: true, business: false };
                happen(&tx, &ids[0], &[consent], 20).await?;
                let words = String::new();
                let closed = CaseEvent::Closed { on, outcome: Outcome::Settled, recovered_fen: Some(0), words };
                happen(&tx, &ids[1], &[closed], 20).await?;
                Ok(ids)
            })
            .await
            .unwrap();
        let named = async || {
            db.read(async move |tx| {
                let (rules, calendar) = (DeskRules::default(), WorkCalendar::announced());
                stale::stale_caches(&tx, Law { rules: &rules, calendar: &calendar }).await
            })
            .await
            .unwrap()
        };
        assert_eq!(named().await, Vec::<String>::new());
        let versions = async || {
            let sql = "select version from complaint order by ordinal";
            let rows = db.read(async move |tx| tx.list(sql, args![]).await).await.unwrap();
            rows.iter().map(|it| it.get::<i64>("version").unwrap()).collect::<Vec<_>>()
        };
        let n_events = async || db.read(async |tx| store::event::head(&tx).await).await.unwrap().0;
        let before = (versions().await, n_events().await);
        // As the build of before kept it, and a third one with a column of another state.
        db.write(async |tx| {
            for (from, to) in [("\"business_consents\":false,", ""), ("\"recovered_fen\":0,", "")] {
                let sql = "update complaint set state = replace(state, $1, $2)";
                tx.run(sql, args![from, to]).await?;
            }
            tx.run("update complaint set recovered_fen = null where ordinal = 2", args![]).await?;
            tx.run("update complaint set status = 'closed' where ordinal = 3", args![]).await
        })
        .await
        .unwrap();
        assert_eq!(named().await, ["TS2026-000001", "TS2026-000002", "TS2026-000003"]);
        db.write(async |tx| mend::begin(&tx, at(60)).await).await.unwrap();
        let mut mended = Vec::new();
        loop {
            // A piece at a time: what is stopped goes on where it was.
            let done = db
                .write(async |tx| {
                    let (rules, calendar) = (DeskRules::default(), WorkCalendar::announced());
                    mend::go_on(&tx, Law { rules: &rules, calendar: &calendar }, at(60), 1).await
                })
                .await
                .unwrap();
            assert!(done.n_seen <= 1 && done.unreadable.is_empty());
            mended.extend(done.mended);
            if done.is_done {
                break;
            }
        }
        assert_eq!(mended, ["TS2026-000001", "TS2026-000002", "TS2026-000003"]);
        assert_eq!(named().await, Vec::<String>::new());
        assert_eq!((versions().await, n_events().await), before, "no form is outdated, and no event appended");
        let (first, second) = db
            .read(async move |tx| Ok((case::get(&tx, &ids[0]).await?, case::get(&tx, &ids[1]).await?)))
            .await
            .unwrap();
        assert_eq!((first.state.consumer_consents, first.state.business_consents), (Some(true), Some(false)));
        assert_eq!((second.state.recovered_fen, second.particulars.amount_fen), (Some(0), Some(0)));
        // An event that cannot be read is no reason to make up a state without it.
        let sql = "update complaint set state = replace(state, '\"recovered_fen\":0,', '') where ordinal = 2";
        db.write(async move |tx| {
            tx.run(sql, args![]).await?;
            let sql = "update event set detail = '{\"event\":\"closed\"}' where kind = 'case_closed'";
            tx.run(sql, args![]).await?;
            mend::begin(&tx, at(61)).await
        })
        .await
        .unwrap();
        let done = db
            .write(async |tx| {
                let (rules, calendar) = (DeskRules::default(), WorkCalendar::announced());
                mend::go_on(&tx, Law { rules: &rules, calendar: &calendar }, at(61), 50).await
            })
            .await
            .unwrap();
        assert_eq!((done.unreadable, done.mended), (vec!["TS2026-000002".to_owned()], Vec::new()));
        assert_eq!(named().await, ["TS2026-000002"]);
    })
    .await;
}

#[tokio::test]
async fn one_case_that_cannot_be_opened_stops_neither_recount_nor_check() {
    each_engine(async |db| {
        db.write(async |tx| {
            for n in 0..3 {
                register(&tx, &new_case(CaseKind::Complaint, "凌小满", "13900000001", "好来超市", "牛奶过期"), n)
                    .await?;
            }
            recount::begin(&tx, at(9)).await
        })
        .await
        .unwrap();
        let sql = "update complaint set particulars = 'k1:00' where ordinal = 2";
        db.write(async move |tx| tx.run(sql, args![]).await).await.unwrap();
        let go_on = async || {
            db.write(async move |tx| {
                let (rules, calendar) = (DeskRules::default(), WorkCalendar::announced());
                recount::go_on(&tx, Law { rules: &rules, calendar: &calendar }, at(9), 2).await
            })
            .await
            .unwrap()
        };
        while go_on().await {}
        let done = db.read(async |tx| recount::find(&tx).await).await.unwrap().unwrap();
        assert_eq!((done.n_seen, done.n_skipped, done.ended_at.is_some()), (3, 1, true));
        let named = db
            .read(async move |tx| {
                let (rules, calendar) = (DeskRules::default(), WorkCalendar::announced());
                stale::stale_caches(&tx, Law { rules: &rules, calendar: &calendar }).await
            })
            .await
            .unwrap();
        assert_eq!(named, ["TS2026-000002"]);
    })
    .await;
}

#[tokio::test]
async fn a_list_that_nobody_decided_about_goes_after_a_day() {
    each_engine(async |db| {
        let person_id = db.write(async |tx| Ok(somebody(&tx).await?.person_id)).await.unwrap();
        let id = list_draft::keep(&db, &person_id, "a.xlsx", "rows".to_owned(), at(0)).await.unwrap();
        assert_eq!(list_draft::purge(&db, at(60)).await.unwrap(), 0);
        assert_eq!(list_draft::get(&db, &id, &person_id).await.unwrap().1, "rows");
        assert_eq!(list_draft::purge(&db, at(25 * 60)).await.unwrap(), 1);
        assert!(list_draft::get(&db, &id, &person_id).await.is_err());
        let left = std::fs::read_dir(db.data().join("lists")).unwrap().count();
        assert_eq!(left, 0, "the file goes with the row");
    })
    .await;
}

#[tokio::test]
async fn after_a_new_holiday_only_dates_that_moved_leave_a_trace() {
    each_engine(async |db| {
        let ids = db
            .write(async |tx| {
                let first = new_case(CaseKind::Complaint, "凌小满", "13900000001", "好来超市", "牛奶过期");
                let inquiry = new_case(CaseKind::Inquiry, "", "", "", "怎么退货");
                let ids =
                    [register(&tx, &first, 0).await?.complaint_id, register(&tx, &inquiry, 1).await?.complaint_id];
                recount::begin(&tx, at(2)).await?;
                Ok(ids)
            })
            .await
            .unwrap();
        // Somebody declares 14 May a holiday.
        let mut calendar = WorkCalendar::announced();
        calendar.add(domain::calendar::read_rows("2026-05-14,试,放假").0);
        let calendar = std::sync::Arc::new(calendar);
        let mut rounds = 0;
        loop {
            let calendar = calendar.clone();
            let more = db
                .write(async move |tx| {
                    let rules = DeskRules::default();
                    recount::go_on(&tx, Law { rules: &rules, calendar: &calendar }, at(3), 1).await
                })
                .await
                .unwrap();
            if !more {
                break;
            }
            rounds += 1;
        }
        assert_eq!(rounds, 2);
        let (done, first, second) = db
            .read(async move |tx| {
                let done = recount::find(&tx).await?.unwrap();
                Ok((done, case::get(&tx, &ids[0]).await?, case::events(&tx, &ids[1]).await?))
            })
            .await
            .unwrap();
        assert_eq!((done.n_seen, done.n_moved, done.n_all), (2, 1, 2));
        assert!(done.ended_at.is_some());
        assert_eq!(first.due_on, Some(date(2026, 5, 15)));
        assert_eq!(second.len(), 1, "an inquiry has no statutory date, so nothing is said of it");
        let law_calendar = calendar.clone();
        let stale = db
            .read(async move |tx| {
                let rules = DeskRules::default();
                stale::stale_caches(&tx, Law { rules: &rules, calendar: &law_calendar }).await
            })
            .await
            .unwrap();
        assert_eq!(stale, Vec::<String>::new());
    })
    .await;
}

#[tokio::test]
async fn a_bulk_is_found_through_keys_and_a_verdict_holds_until_another_comes() {
    each_engine(async |db| {
        db.write(async |tx| {
            let text = |n: i64| format!("在好来超市买的坚果礼盒{n}盒，标签没有标明致敏物质，要求退一赔十并赔偿损失。");
            for n in 0..4 {
                let phone = format!("1390000000{n}");
                let mut new = new_case(CaseKind::Complaint, "甲某", &phone, "好来超市", &text(n));
                new.particulars.consumer.address = format!("云溪县东街{n}号");
                register(&tx, &new, n).await?;
            }
            let other = new_case(
                CaseKind::Complaint,
                "乙某",
                "13900000009",
                "别家",
                "电动自行车续航和宣传的差一半，修了两次没有解决",
            );
            let other = register(&tx, &other, 9).await?;
            let mut n_keyed = 0;
            loop {
                let n = cluster::keep_next(&tx, 2).await?;
                if n == 0 {
                    break;
                }
                n_keyed += n;
            }
            assert_eq!(n_keyed, 5);
            let sight = cluster::Sight { since: Some(date(2026, 4, 1)), ..cluster::Sight::default() };
            let texts = cluster::groups(&tx, &sight, Basis::Text, 3).await?;
            assert_eq!((texts.briefs.len(), texts.is_cut), (4, false));
            let found = gather(texts.groups);
            assert_eq!((found.len(), found[0].groups[0].cases.len()), (1, 4));
            assert!(!found[0].groups[0].cases.contains(&other.complaint_id));
            assert_eq!(cluster::groups(&tx, &sight, Basis::Text, 5).await?.groups, [], "five were asked for");
            assert_eq!(cluster::groups(&tx, &sight, Basis::Phone, 3).await?.groups, []);
            assert_eq!(cluster::groups(&tx, &sight, Basis::Business, 4).await?.groups.len(), 1);
            let key = found[0].groups[0].key.clone();
            let members = cluster::cases(&tx, &found[0].groups[0].cases).await?;
            assert!(members.len() == 4 && members.is_sorted_by_key(|it| it.ordinal));
            let later = cluster::Sight { since: Some(date(2026, 5, 7)), ..cluster::Sight::default() };
            assert_eq!(cluster::groups(&tx, &later, Basis::Text, 3).await?.groups, []);
            // A corrected text leaves the cluster.
            let (rules, calendar) = (DeskRules::default(), WorkCalendar::announced());
            let law = Law { rules: &rules, calendar: &calendar };
            let mut one = case::lock(&tx, &members[0].complaint_id, None).await?;
            let corrected = Particulars {
                text: "登记错了，是洗衣机漏水，上门修了两次又坏".into(),
                ..one.particulars.clone()
            };
            let actor = somebody(&tx).await?;
            case::correct(&tx, &mut one, corrected, law, &actor, at(20)).await?;
            let left = cluster::group_of(&tx, &sight, Basis::Text, &key).await?.groups;
            assert!(left.iter().all(|it| !it.cases.contains(&members[0].complaint_id)), "{left:?}");
            // What a person adds on the public page is compared too.
            let mut added = case::lock(&tx, &members[1].complaint_id, None).await?;
            let text = "补充：其实是健身房停业装修后一直不开门，年卡余额不退，电话也打不通。".repeat(6);
            store::complaint::follow::supplement(&tx, &mut added, (text, "又来了"), 0, law, at(20)).await?;
            let left = cluster::group_of(&tx, &sight, Basis::Text, &key).await?.groups;
            assert!(left.iter().all(|it| !it.cases.contains(&added.complaint_id)), "{left:?}");
            cluster::dismiss(&tx, (Basis::Text, &key), (3, 3), "团购", &actor, at(21)).await?;
            cluster::dismiss(&tx, (Basis::Text, &key), (3, 4), "公司团购", &actor, at(22)).await?;
            let verdicts = cluster::verdicts(&tx).await?;
            assert_eq!((verdicts.len(), verdicts[0].reason.as_str(), verdicts[0].last_ordinal), (1, "公司团购", 4));
            assert!(cluster::restore(&tx, Basis::Text, &key).await? && cluster::verdicts(&tx).await?.is_empty());
            Ok(())
        })
        .await
        .unwrap();
    })
    .await;
}

async fn somebody(tx: &Tx) -> Result<domain::unit::Actor> {
    let new = store::person::NewPerson {
        unit_id: office(tx, "投举中心").await?,
        login: "somebody".into(),
        name: "某".into(),
        role: domain::unit::Role::UnitLead,
        password_hash: String::new(),
        must_change_password: false,
    };
    let person = store::person::insert(tx, &new, at(0)).await?;
    store::person::actor(tx, &person).await
}

#[tokio::test]
async fn a_view_is_kept_once_under_its_name_and_one_comes_first() {
    each_engine(async |db| {
        db.write(async |tx| {
            let actor = somebody(&tx).await?;
            view::save(&tx, &actor, "超期", "view=late", false, at(0)).await?;
            view::save(&tx, &actor, "超期", "view=late&kind=complaint", true, at(1)).await?;
            view::save(&tx, &actor, "我的", "handler=me", false, at(2)).await?;
            let all = view::list(&tx, &actor).await?;
            assert_eq!(all.len(), 2);
            let late = all.iter().find(|it| it.name == "超期").unwrap();
            assert_eq!((late.query.as_str(), late.is_shared), ("view=late&kind=complaint", true));
            view::make_default(&tx, &actor, Some(&all[0].complaint_view_id)).await?;
            view::make_default(&tx, &actor, Some(&all[1].complaint_view_id)).await?;
            assert_eq!(view::list(&tx, &actor).await?.iter().filter(|it| it.is_default).count(), 1);
            view::remove(&tx, &actor, &all[0].complaint_view_id).await?;
            assert!(view::remove(&tx, &actor, &all[0].complaint_view_id).await.is_err());
            Ok(())
        })
        .await
        .unwrap();
    })
    .await;
}

#[tokio::test]
async fn the_hours_of_finished_cases_come_from_their_events() {
    each_engine(async |db| {
        db.write(async |tx| {
            let unit_id = office(&tx, "城关所").await?;
            let it = register(&tx, &new_case(CaseKind::Inquiry, "", "", "", "怎么退货"), 0).await?;
            let closed = CaseEvent::Closed {
                on: date(2026, 5, 6),
                outcome: Outcome::Answered,
                recovered_fen: None,
                words: String::new(),
            };
            happen(&tx, &it.complaint_id, &[to(&unit_id)], 30).await?;
            happen(&tx, &it.complaint_id, &[closed], 90).await?;
            register(&tx, &new_case(CaseKind::Tipoff, "", "", "好来超市", "过期"), 1).await?;
            Ok(())
        })
        .await
        .unwrap();
        let over =
            db.read(async |tx| rate::over(&tx, date(2026, 5, 1), date(2026, 5, 31), false, 10).await).await.unwrap();
        assert_eq!((over.len(), over[0].events.len()), (1, 3));
    })
    .await;
}
