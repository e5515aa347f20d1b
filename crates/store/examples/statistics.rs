//! Roll-up of 30,000 returns and recount of 1,000,000 records on SQLite: `cargo run --release -p store --example statistics`.
//! A smaller number can be given: `-- 100000` records.
#![expect(clippy::print_stdout, reason = "a table to read")]

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use domain::Id;
use domain::statistics::check::CellValue;
use domain::statistics::rollup::total;
use domain::statistics::stat_return::ReturnStatus;
use jiff::Timestamp;
use store::statistics::{self, stat_return, tally};
use store::{Db, Result, Tx, args, new_id};

const RETURNS: usize = 30_000;
const CELLS: usize = 15;
const UNITS: usize = 30;
const ACTIVITIES: usize = 26;
/// Rows of one write.
const BATCH: usize = 20_000;
const FIGURES: [&str; 3] = ["consumer_attendance", "activity_held", "material_copies"];

#[tokio::main]
async fn main() -> Result<()> {
    let n_records = std::env::args().nth(1).and_then(|it| it.parse().ok()).unwrap_or(1_000_000);
    let directory = tempfile::tempdir()?;
    let db = Db::open(directory.path(), None).await?;
    let seed = db.write(async |tx| seed(&tx).await).await?;
    fill_returns(&db, &seed).await?;
    fill_records(&db, &seed, n_records).await?;

    println!("{:<62} {:>10} {:>10}", "what (median of 7)", "ms", "goal ms");
    let form_id = seed.form_id.clone();
    let rolled = measure(async || {
        let form_id = form_id.clone();
        let cells = db.read(async move |tx| tally::sums(&tx, &form_id, |_| true, &BTreeSet::new()).await).await?;
        Ok(cells.values().filter_map(|it| it.reported).sum::<i64>())
    });
    line(&format!("roll-up of {RETURNS} returns of {CELLS} cells"), rolled.await?, 200);
    let differing = measure(async || {
        let form_id = seed.form_id.clone();
        let units = db
            .read(async move |tx| {
                let form = store::statistics::form::get(&tx, &form_id).await?;
                tally::differences(&tx, &form_id, &form.definition).await
            })
            .await?;
        Ok(i64::try_from(units.values().sum::<usize>()).unwrap_or_default())
    });
    line("their units with numbers that differ from the records", differing.await?, 200);
    for (name, unit) in [("of the whole campaign", None), ("of one unit", seed.units.first())] {
        let recounted = measure(async || {
            let (id, unit) = (seed.campaign_id.clone(), unit.cloned());
            let figures = db.read(async move |tx| statistics::figures(&tx, &id, unit.as_ref()).await).await?;
            Ok(FIGURES.iter().filter_map(|it| total(&figures, it, None).value).sum::<i64>())
        });
        line(&format!("recount of {n_records} records, {name}"), recounted.await?, 2000);
    }
    let by_day = measure(async || {
        let id = seed.campaign_id.clone();
        let days = db.read(async move |tx| statistics::by_day(&tx, &id, None, FIGURES[0], true).await).await?;
        Ok(days.iter().map(|it| it.1).sum::<i64>())
    });
    line(&format!("one indicator of {n_records} records by day"), by_day.await?, 2000);
    Ok(())
}

fn line(name: &str, (median, checksum): (Duration, i64), goal: u32) {
    println!("{name:<62} {:>10.1} {goal:>10}   (sum {checksum})", median.as_secs_f64() * 1000.0);
}

async fn measure(mut run: impl AsyncFnMut() -> Result<i64>) -> Result<(Duration, i64)> {
    let mut checksum = run().await?;
    let mut times = Vec::new();
    for _ in 0..7 {
        let begun = Instant::now();
        checksum = run().await?;
        times.push(begun.elapsed());
    }
    times.sort();
    Ok((times.get(3).copied().unwrap_or_default(), checksum))
}

/// What returns and records hang on.
struct Seed {
    campaign_id: Id,
    form_id: Id,
    person_id: Id,
    units: Vec<Id>,
    activities: Vec<Id>,
}

async fn seed(tx: &Tx) -> Result<Seed> {
    let at = Timestamp::UNIX_EPOCH;
    let mut units = Vec::new();
    for n in 0..RETURNS {
        let unit_id = new_id();
        tx.run(
            "insert into unit (unit_id, name, short_name, kind, sort_key, is_active, created_at, version)
             values ($1, $2, $2, 'field_office', $3, 1, $4, 1)",
            args![unit_id, format!("第{n}所"), n, at],
        )
        .await?;
        units.push(unit_id);
    }
    let (person_id, notice_id, campaign_id, form_id) = (new_id(), new_id(), new_id(), new_id());
    tx.run(
        "insert into person (person_id, unit_id, login, name, role, password_hash, must_change_password, is_active, created_at, version)
         values ($1, $2, 'bench', '测量', 'office', '', 0, 1, $3, 1)",
        args![person_id, units.first(), at],
    )
    .await?;
    tx.run(
        "insert into notice (notice_id, title, file_name, sha256, media_type, source, created_at, person_id)
         values ($1, '通知', '通知.txt', '', 'text/plain', '{}', $2, $3)",
        args![notice_id, at, person_id],
    )
    .await?;
    tx.run(
        "insert into campaign (campaign_id, notice_id, title, status, plan, read_plan, feed_secret, created_at, version)
         values ($1, $2, '3·15 活动', 'published', '{}', '{}', 's', $3, 1)",
        args![campaign_id, notice_id, at],
    )
    .await?;
    tx.run(
        "insert into stat_form (stat_form_id, campaign_id, title, head, rows, version) values ($1, $2, '统计表', '[]', '[]', 1)",
        args![form_id, campaign_id],
    )
    .await?;
    let mut activities = Vec::new();
    for n in 0..ACTIVITIES {
        let activity_id = new_id();
        tx.run(
            "insert into activity (activity_id, campaign_id, sort_key, title, text, kind, status, span_start, span_end, dates,
               places, created_at, version) values ($1, $2, $3, '活动', '', 'on_site_event', 'planned', 0, 0, '[]', '[]', $4, 1)",
            args![activity_id, campaign_id, n, at],
        )
        .await?;
        activities.push(activity_id);
    }
    Ok(Seed { campaign_id, form_id, person_id, units, activities })
}

async fn fill_returns(db: &Db, seed: &Seed) -> Result<()> {
    for units in seed.units.chunks(BATCH / CELLS) {
        let (units, form_id) = (units.to_vec(), seed.form_id.clone());
        db.write(async move |tx| {
            for (n, unit_id) in units.iter().enumerate() {
                let mut own = stat_return::begin(&tx, &form_id, unit_id, 0, Timestamp::UNIX_EPOCH).await?;
                for cell in 0..CELLS {
                    let number = i64::try_from(n + cell).ok();
                    // One number in 150 was corrected.
                    let computed = if (n + cell) % 150 == 0 { Some(1) } else { number };
                    let value = CellValue { reported: number, computed, ..CellValue::default() };
                    stat_return::save_value(&tx, &own.stat_return_id, &format!("r{cell}"), &value).await?;
                }
                own.status = ReturnStatus::Approved;
                stat_return::save(&tx, &own).await?;
            }
            Ok(())
        })
        .await?;
    }
    Ok(())
}

async fn fill_records(db: &Db, seed: &Seed, n_records: usize) -> Result<()> {
    for start in (0..n_records).step_by(BATCH) {
        let end = (start + BATCH).min(n_records);
        let units = seed.units.get(..UNITS).unwrap_or_default().to_vec();
        let (id, person_id, activities) = (seed.campaign_id.clone(), seed.person_id.clone(), seed.activities.clone());
        db.write(async move |tx| {
            for n in start..end {
                let record_id = new_id();
                let (activity, unit) = (activities.get(n % ACTIVITIES), units.get(n % UNITS));
                let day = format!("2027-03-{:02}", n % 31 + 1);
                tx.run(
                    "insert into record (record_id, campaign_id, activity_id, happened_on, topic, note, status, client_key, person_id,
                       created_at, version) values ($1, $2, $3, $4, '', '', 'kept', $1, $5, $6, 1)",
                    args![record_id, id, activity, day, person_id, Timestamp::UNIX_EPOCH],
                )
                .await?;
                tx.run(
                    "insert into record_unit (record_id, unit_id, sort_key) values ($1, $2, 0)",
                    args![record_id, unit],
                )
                .await?;
                for (at, indicator) in FIGURES.iter().enumerate() {
                    tx.run(
                        "insert into record_figure (record_id, indicator, value, is_estimate, same_as, campaign_id, activity_id, topic,
                           happened_on, is_counted) values ($1, $2, $3, 0, '', $4, $5, '', $6, 1)",
                        args![record_id, indicator, n % 97 + at, id, activity, day],
                    )
                    .await?;
                }
            }
            Ok(())
        })
        .await?;
    }
    Ok(())
}
