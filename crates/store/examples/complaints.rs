//! Fills the data directory of a stopped program with complaints that have lived their life, for `cargo xtask bench complaints`:
//! `cargo run --release -p store --example complaints -- DIR LOGIN N`. Prints the key of the unit of LOGIN, which has handled them all.
#![expect(clippy::print_stdout, reason = "the answer of a chore")]

use std::path::Path;
use std::sync::Arc;

use domain::calendar::WorkCalendar;
use domain::complaint::case::{CaseKind, Channel, Outcome, Telling};
use domain::complaint::clock::DeskRules;
use domain::complaint::event::CaseEvent;
use domain::complaint::intake::{Business, Consumer, Particulars};
use domain::unit::Actor;
use jiff::civil::date;
use jiff::{SignedDuration, Span, Timestamp};
use store::complaint::case::{self, Inserted, Law, NewCase};
use store::{Db, Error, Result, Tx};

/// Cases of one write.
const BATCH: usize = 500;
const GOODS: [&str; 16] = [
    "电冰箱",
    "洗衣机",
    "手机",
    "羽绒服",
    "运动鞋",
    "牛奶",
    "面包",
    "白酒",
    "电动车",
    "轮胎",
    "沙发",
    "地板",
    "口红",
    "奶粉",
    "空调",
    "手表",
];
const FAULTS: [&str; 12] = [
    "不制冷",
    "过期变质",
    "与宣传不符",
    "拒绝退款",
    "缺斤少两",
    "多次维修仍有故障",
    "没有合格证",
    "预付卡不能用",
    "以次充好",
    "价格与标价不同",
    "售后推诿",
    "配件缺失",
];
const PLACES: [&str; 10] =
    ["东街", "西街", "南门市场", "青石镇", "柳湾村", "工业园", "商业广场", "车站路", "人民路", "河滨小区"];

/// 2026-04-15 09:00 in Beijing.
const BEGUN: Timestamp = Timestamp::constant(1_776_214_800, 0);

/// The same figures at every run.
struct Draw(u64);

impl Draw {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or(0) % n.max(1)
    }

    fn of<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list.get(self.below(list.len())).copied().unwrap_or_default()
    }
}

#[tokio::main]
async fn main() -> std::result::Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let mut next = || arguments.next().ok_or("DIR LOGIN N");
    let (directory, login) = (next()?, next()?);
    let n: usize = next()?.parse()?;
    let db = Db::open(Path::new(&directory), None).await?;
    let actor = db
        .read(async move |tx| {
            let (person, _) = store::person::find_by_login(&tx, &login).await?.ok_or(Error::NotFound)?;
            store::person::actor(&tx, &person).await
        })
        .await?;
    let law = Arc::new((DeskRules::default(), WorkCalendar::announced()));
    for first in (0..n).step_by(BATCH) {
        let (actor, law) = (actor.clone(), Arc::clone(&law));
        let last = n.min(first + BATCH);
        db.write(async move |tx| {
            for at in first..last {
                let law = Law { rules: &law.0, calendar: &law.1 };
                live(&tx, at, &actor, law).await?;
            }
            Ok(())
        })
        .await?;
    }
    println!("{}", actor.unit_id);
    Ok(())
}

/// One complaint from receipt to end; every twentieth is still being handled.
async fn live(tx: &Tx, at: usize, actor: &Actor, law: Law<'_>) -> Result<()> {
    let mut draw = Draw(at as u64 + 1);
    let (goods, fault, place) = (draw.of(&GOODS), draw.of(&FAULTS), draw.of(&PLACES));
    let n_days = i64::try_from(draw.below(220)).unwrap_or(0);
    let on = date(2026, 4, 15).saturating_add(Span::new().days(n_days));
    let mut moment = BEGUN + SignedDuration::from_hours(24 * n_days);
    let firm = draw.below(5_000);
    let particulars = Particulars {
        consumer: Consumer {
            name: format!("测{}", draw.below(9_000)),
            phone: format!("199{:08}", draw.below(100_000_000)),
            address: format!("{place}{}号", draw.below(400)),
            ..Consumer::default()
        },
        business: Business {
            name: format!("{place}第{firm}商行"),
            address: format!("{place}{firm}号"),
            ..Business::default()
        },
        demand: "退货退款".to_owned(),
        amount_fen: i64::try_from(draw.below(500_000)).ok(),
        text: format!(
            "{on} 在{place}第{firm}商行购买{goods}，使用后发现{fault}，编号{}，与商家协商{}次未果。",
            draw.below(1_000_000),
            draw.below(9) + 1
        ),
        ..Particulars::default()
    };
    let new = NewCase {
        kind: CaseKind::Complaint,
        channel: Channel::Platform12315,
        external_number: Some(format!("M{at:09}")),
        received_on: on,
        particulars,
        submission_id: None,
        client_key: None,
    };
    let Inserted::New(mut case) = case::insert(tx, &new, law, Some(actor), moment).await? else { return Ok(()) };
    let (unit_id, unit_name) = (actor.unit_id.clone(), actor.unit_name.clone());
    let dispatched = CaseEvent::Dispatched { unit_id, unit_name, reason: String::new() };
    let mut steps = vec![dispatched, CaseEvent::Accepted { on, told: Telling::Platform }];
    if !at.is_multiple_of(20) {
        let outcome = if draw.below(10) < 7 { Outcome::Settled } else { Outcome::Failed };
        steps.push(CaseEvent::Closed { on, outcome, recovered_fen: None, words: String::new() });
    }
    for step in steps {
        moment += SignedDuration::from_mins(30);
        case::append(tx, &mut case, &[step], law, Some(actor), moment).await?;
    }
    Ok(())
}
