//! Forms and returns on both engines.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot be set up must fail")]

mod seed;

use domain::Id;
use domain::statistics::check::CellValue;
use domain::statistics::stat_return::ReturnStatus;
use domain::unit::UnitKind;
use jiff::Timestamp;
use store::statistics::{form, stat_return, tally};
use store::{Db, Error, args, new_id, testing};

fn at() -> Timestamp {
    "2027-03-15T01:00:00Z".parse().unwrap()
}

/// A published campaign with one form of two rows, and two units.
async fn seed(db: &Db) -> (Id, Vec<Id>) {
    db.write(async move |tx| {
        let (units, person_id) = seed::people(&tx, ["青石所", "白塘所"], UnitKind::FieldOffice, at()).await?;
        let (campaign_id, _) = seed::campaign(&tx, 2027, "{}", &person_id, at()).await?;
        let form_id = new_id();
        let rows = r#"[{"number":"1","label":"消费者参与数","unit":"人次","parent":null},
                       {"number":"2","label":"公益广告","unit":"条/天","parent":null}]"#;
        tx.run(
            "insert into stat_form (stat_form_id, campaign_id, title, head, rows, version)
             values ($1, $2, '2027年活动统计表', '[\"填报单位\"]', $3, 1)",
            args![form_id, campaign_id, rows],
        )
        .await?;
        Ok((form_id, units))
    })
    .await
    .unwrap()
}

/// The units whose tally is not what their returns say.
async fn stale(db: &Db) -> Vec<String> {
    let found = store::check::check(db).await.unwrap();
    found.into_iter().filter(|it| it.check == "return-tally").map(|it| it.subject).collect()
}

fn number(reported: i64) -> CellValue {
    CellValue { reported: Some(reported), ..CellValue::default() }
}

#[tokio::test]
async fn a_form_of_a_notice_is_bound_when_it_is_first_read_and_kept_when_it_is_saved() {
    testing::each_engine(async |db| {
        let (form_id, _) = seed(&db).await;
        let id = form_id.clone();
        let mut read = db.read(async move |tx| form::get(&tx, &id).await).await.unwrap();
        assert!(!read.is_confirmed);
        assert_eq!(read.definition.rows[0].cells[0].binding.as_ref().unwrap().indicator, "consumer_attendance");
        read.definition.rows[0].label = "消费者参与".to_owned();
        let (changed, version) = (read.clone(), read.version);
        db.write(async move |tx| {
            form::lock(&tx, &changed.stat_form_id, version).await?;
            form::save(&tx, &changed).await
        })
        .await
        .unwrap();
        let id = form_id.clone();
        let again = db.read(async move |tx| form::get(&tx, &id).await).await.unwrap();
        assert!(again.is_confirmed);
        assert_eq!(again.definition, read.definition);
        // A second person with the old page is told, not overruled.
        let refused = db.write(async move |tx| form::lock(&tx, &form_id, version).await.map(drop)).await;
        assert!(matches!(refused, Err(Error::Stale)), "{refused:?}");
    })
    .await;
}

#[tokio::test]
async fn a_supplementary_return_replaces_the_first_one_in_the_sum() {
    testing::each_engine(async |db| {
        let (form_id, units) = seed(&db).await;
        let (id, units_of) = (form_id.clone(), (units[0].clone(), units[1].clone()));
        db.write(async move |tx| {
            for (unit_id, value) in units.iter().zip([300, 200]) {
                let mut own = stat_return::begin(&tx, &id, unit_id, 0, at()).await?;
                // Beginning twice is the same return.
                assert_eq!(stat_return::begin(&tx, &id, unit_id, 0, at()).await?.stat_return_id, own.stat_return_id);
                stat_return::save_value(&tx, &own.stat_return_id, "r1", &number(value)).await?;
                own = stat_return::lock(&tx, &own.stat_return_id, Some(own.version)).await?;
                own.status = ReturnStatus::Approved;
                stat_return::save(&tx, &own).await?;
            }
            let later = stat_return::begin(&tx, &id, &units[0], 1, at()).await?;
            stat_return::save_value(&tx, &later.stat_return_id, "r1", &number(350)).await
        })
        .await
        .unwrap();
        let handed_in = async || {
            let id = form_id.clone();
            let values = db.read(async move |tx| tally::list_values(&tx, &id, "r1").await).await.unwrap();
            values.iter().filter(|it| it.is_handed_in).filter_map(|it| it.value.reported).sum::<i64>()
        };
        let approved = async |is_first: Option<bool>| {
            let (id, first) = (form_id.clone(), units_of.0.clone());
            let sums = db
                .read(async move |tx| {
                    let is_among = |unit_id: &Id| is_first.is_none_or(|it| it == (*unit_id == first));
                    tally::sums(&tx, &id, is_among, &["r1"].into()).await
                })
                .await
                .unwrap();
            sums.get("r1").map(|it| (it.reported, it.n_units, it.single.len()))
        };
        // The supplementary return is still a draft: the approved one counts.
        assert_eq!(approved(None).await, Some((Some(500), 2, 2)));
        assert_eq!(approved(Some(true)).await, Some((Some(300), 1, 1)));
        assert_eq!(approved(Some(false)).await, Some((Some(200), 1, 1)));
        assert_eq!(handed_in().await, 500);
        let id = form_id.clone();
        db.write(async move |tx| {
            let all = stat_return::list(&tx, &id).await?;
            let later = all.iter().find(|it| it.supplement == 1).ok_or(Error::NotFound)?;
            let mut later = stat_return::lock(&tx, &later.stat_return_id, None).await?;
            later.status = ReturnStatus::Complete;
            stat_return::save(&tx, &later).await
        })
        .await
        .unwrap();
        assert_eq!(approved(None).await, Some((Some(500), 2, 2)));
        assert_eq!(handed_in().await, 550);
        assert_eq!(stale(&db).await, Vec::<String>::new());
        // What somebody changed beside the program is found.
        db.write(async |tx| {
            tx.run("update stat_value set reported = 351 where reported = 350", args![]).await.map(drop)
        })
        .await
        .unwrap();
        assert_eq!(stale(&db).await, ["青石所"]);
        // What was handed in before there was a tally is read number by number.
        db.write(async |tx| tx.run("update stat_tally set numbers = null", args![]).await.map(drop)).await.unwrap();
        assert_eq!((approved(None).await, stale(&db).await), (Some((Some(500), 2, 2)), Vec::new()));
    })
    .await;
}

#[tokio::test]
async fn numbers_side_by_side_are_those_of_one_unit() {
    testing::each_engine(async |db| {
        let (form_id, units) = seed(&db).await;
        let id = form_id.clone();
        db.write(async move |tx| {
            let own = stat_return::begin(&tx, &id, &units[0], 0, at()).await?;
            let list = CellValue { text: "2条/10天；3条/5天".to_owned(), ..CellValue::default() };
            stat_return::save_value(&tx, &own.stat_return_id, "r1", &number(5)).await?;
            stat_return::save_value(&tx, &own.stat_return_id, "r2", &list).await?;
            let mut own = stat_return::lock(&tx, &own.stat_return_id, Some(own.version)).await?;
            own.status = ReturnStatus::Complete;
            stat_return::save(&tx, &own).await
        })
        .await
        .unwrap();
        let (sums, differing) = db
            .read(async move |tx| {
                let definition = form::get(&tx, &form_id).await?.definition;
                let differing = tally::differences(&tx, &form_id, &definition).await?;
                Ok((tally::sums(&tx, &form_id, |_| true, &["r2"].into()).await?, differing))
            })
            .await
            .unwrap();
        assert_eq!((sums["r2"].n_units, sums["r2"].single.len()), (1, 2));
        // No record says five, so it differs as it does on its page; the list has no single number to compare.
        assert_eq!(differing.values().copied().collect::<Vec<_>>(), [1]);
    })
    .await;
}

#[tokio::test]
async fn a_supplement_begins_as_a_copy_and_the_telephone_number_is_sealed() {
    testing::each_engine(async |db| {
        let (form_id, units) = seed(&db).await;
        let id = form_id.clone();
        let (used, contact, sealed) = db
            .write(async move |tx| {
                let first = stat_return::begin(&tx, &id, &units[0], 0, at()).await?;
                let own = CellValue { text: "巡回宣讲".to_owned(), ..number(300) };
                stat_return::save_value(&tx, &first.stat_return_id, "r1", &own).await?;
                let mut first = stat_return::lock(&tx, &first.stat_return_id, Some(first.version)).await?;
                (first.contact_name, first.contact_phone) = ("丁某".to_owned(), "0599-5550100".to_owned());
                stat_return::save(&tx, &first).await?;
                let later = stat_return::begin(&tx, &id, &units[0], 1, at()).await?;
                stat_return::copy_values(&tx, &first.stat_return_id, &later.stat_return_id).await?;
                assert_eq!(stat_return::values(&tx, &later.stat_return_id).await?["r1"], own);
                let row = tx.get("select contact_phone from stat_return where contact_phone <> ''", args![]).await?;
                let contact = stat_return::last_contact(&tx, &units[0]).await?;
                Ok((stat_return::used_cells(&tx, &id).await?, contact, row.get::<String>("contact_phone")?))
            })
            .await
            .unwrap();
        assert_eq!(used["r1"], ["青石所"]);
        assert_eq!(contact, Some(("丁某".to_owned(), "0599-5550100".to_owned())));
        assert!(!sealed.contains("5550100"), "{sealed}");
    })
    .await;
}

#[tokio::test]
async fn who_reports_is_chosen_for_a_form_or_follows_the_report_duty() {
    testing::each_engine(async |db| {
        let (form_id, units) = seed(&db).await;
        let (id, chosen) = (form_id.clone(), units[1].clone());
        db.write(async move |tx| {
            let form = form::get(&tx, &id).await?;
            assert_eq!(form::call(&tx, &form).await?.units.len(), 0, "nobody was asked");
            let duty_id = new_id();
            tx.run_one(
                "insert into report_duty (report_duty_id, campaign_id, who, what, to_text, via, due_on, due_time, due_text,
                   span_start, span_end, sort_key, version)
                 values ($1, $2, null, '[\"《2027年活动统计表》\"]', '[]', '[]', '2027-03-15', '下班前', '', 0, 0, 1, 1)",
                args![duty_id, form.campaign_id],
            )
            .await?;
            for unit_id in &units {
                tx.run_one(
                    "insert into report_duty_unit (report_duty_id, unit_id, status, note, version) values ($1, $2, 'open', '', 1)",
                    args![duty_id, unit_id],
                )
                .await?;
            }
            let call = form::call(&tx, &form).await?;
            assert_eq!((call.units.len(), call.is_chosen, call.duties.len()), (2, false, 1));
            assert_eq!(call.due.map(|it| it.moment().to_string()).as_deref(), Some("2027-03-15T17:00:00"));
            form::save_units(&tx, &form.stat_form_id, &[chosen.clone()].into()).await?;
            let call = form::call(&tx, &form).await?;
            assert_eq!((call.units, call.is_chosen), ([chosen.clone()].into(), true));
            Ok(())
        })
        .await
        .unwrap();
    })
    .await;
}

#[tokio::test]
async fn an_upload_of_filled_forms_is_kept_and_its_choices_are_changed_by_one_person_at_a_time() {
    use domain::statistics::merge::HandedIn;
    use store::statistics::form_merge::{self, MergeFile};
    testing::each_engine(async |db| {
        let (form_id, units) = seed(&db).await;
        let files = vec![MergeFile {
            name: "青石所.xlsx".to_owned(),
            sha256: "a".repeat(64),
            size: 3,
            media_type: "application/octet-stream".to_owned(),
        }];
        let handed_in = vec![HandedIn { file: "青石所.xlsx".to_owned(), sheets: Err("文件已损坏".to_owned()) }];
        let (id, kept, read) = (form_id.clone(), files.clone(), handed_in.clone());
        let (merge_id, person_id) = db
            .write(async move |tx| {
                let row = tx.get("select person_id from person", args![]).await?;
                let person_id: Id = row.get("person_id")?;
                Ok((form_merge::insert(&tx, &id, &person_id, &kept, &read, at()).await?, person_id))
            })
            .await
            .unwrap();
        let id = merge_id.clone();
        let mut found = db.read(async move |tx| form_merge::get(&tx, &id).await).await.unwrap();
        assert_eq!((&found.files, &found.handed_in, found.version), (&files, &handed_in, 1));
        found.choices.insert(0, Some(units[0].clone()));
        found.choices.insert(1, None);
        found.version += 1;
        let (id, changed) = (merge_id.clone(), found.clone());
        db.write(async move |tx| {
            form_merge::lock(&tx, &id, 1).await?;
            form_merge::save(&tx, &changed).await
        })
        .await
        .unwrap();
        let id = merge_id.clone();
        assert_eq!(db.read(async move |tx| form_merge::get(&tx, &id).await).await.unwrap().choices, found.choices);
        let id = merge_id.clone();
        let refused = db.write(async move |tx| form_merge::lock(&tx, &id, 1).await.map(drop)).await;
        assert!(matches!(refused, Err(Error::Stale)), "{refused:?}");
        let id = form_id.clone();
        let listed = db.read(async move |tx| form_merge::list(&tx, &id, 10).await).await.unwrap();
        assert_eq!((listed.len(), listed[0].n_files, listed[0].committed_at), (1, 1, None));
        // The file a return came from hangs on it.
        let (id, unit_id) = (form_id.clone(), units[0].clone());
        let files = db
            .write(async move |tx| {
                let own = stat_return::begin(&tx, &id, &unit_id, 0, at()).await?;
                let new = store::attachment::NewAttachment {
                    sha256: "a".repeat(64),
                    file_name: "青石所.xlsx".to_owned(),
                    media_type: "application/octet-stream".to_owned(),
                    size: 3,
                    area: "stat_return",
                    subject_id: own.stat_return_id.clone(),
                    person_id: person_id.clone(),
                };
                let attachment = store::attachment::insert(&tx, &new, at()).await?;
                form_merge::add_file(&tx, &own.stat_return_id, &attachment.attachment_id, "统计表", at()).await?;
                form_merge::files_of(&tx, &own.stat_return_id).await
            })
            .await
            .unwrap();
        assert_eq!((files.len(), files[0].file_name.as_str(), files[0].sheet.as_str()), (1, "青石所.xlsx", "统计表"));
    })
    .await;
}

/// A return of before its overlap was written down gets it once, and says that it is of the upgrade.
#[tokio::test]
async fn the_overlap_of_a_return_of_before_is_written_down_once() {
    use domain::statistics::overlap::Shared;
    use store::statistics::overlap;
    testing::each_engine(async |db| {
        let (form_id, units) = seed(&db).await;
        let (id, unit_id) = (form_id.clone(), units[0].clone());
        let return_id = db
            .write(async move |tx| {
                let own = stat_return::begin(&tx, &id, &unit_id, 0, at()).await?;
                let mut own = stat_return::lock(&tx, &own.stat_return_id, None).await?;
                own.status = ReturnStatus::Complete;
                stat_return::save(&tx, &own).await?;
                Ok(own.stat_return_id)
            })
            .await
            .unwrap();
        let shared = Shared {
            indicator: "consumer_attendance".to_owned(),
            topic: String::new(),
            thing: "record:1".to_owned(),
            value: 300,
        };
        let state = async || {
            let id = form_id.clone();
            db.read(async move |tx| {
                let later = overlap::not_of_their_day(&tx, &id).await?.len();
                Ok((
                    overlap::without(&tx, 10).await?.len(),
                    later,
                    overlap::kept(&tx, &id).await?.into_values().flatten().count(),
                ))
            })
            .await
            .unwrap()
        };
        assert_eq!(state().await, (1, 1, 0));
        let (id, all) = (return_id.clone(), vec![shared]);
        let own = all.clone();
        db.write(async move |tx| overlap::keep_at_upgrade(&tx, &id, &own).await).await.unwrap();
        assert_eq!(state().await, (0, 1, 1), "kept, and not of the day it was handed in");
        db.write(async move |tx| overlap::keep(&tx, &return_id, &all).await).await.unwrap();
        assert_eq!(state().await, (0, 0, 1), "handed in again");
    })
    .await;
}
