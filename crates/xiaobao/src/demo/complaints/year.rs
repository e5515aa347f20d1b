//! A year of routine: when cases come in, through which channel, of which kind, from whom.
//!
//! Half of the matters are complaints, a seventh tip-offs, the rest inquiries; two thirds of the complaints are about goods; four in ten
//! come over the national platform and three over the telephone; the weeks around 3·15 bring twice as many, weekends half.

use std::collections::BTreeMap;

use domain::Id;
use domain::complaint::case::{CaseKind, Channel, Satisfaction};
use domain::complaint::intake::{Business, Consumer, Particulars};
use jiff::civil::{Date, Weekday};
use jiff::{SignedDuration, ToSpan};
use store::Tx;
use store::complaint::case::{self, NewCase};

use super::{Dice, Stage, life, moment, story};

/// How many routine cases, as near as whole days allow.
const ROUTINE: usize = 2400;

const FAMILY: &[&str] = &[
    "凌", "岑", "苗", "季", "佟", "祁", "莫", "冉", "阮", "骆", "戚", "闻", "卓", "柏", "匡", "邬", "芮", "支", "郁",
    "丛",
];
const GIVEN: &[&str] =
    &["晓禾", "知秋", "若水", "云飞", "小满", "望舒", "怀瑾", "青禾", "立夏", "予安", "春和", "景行"];
/// Where it happened, the field office, who works there.
const TOWNS: &[(&str, &str, &str)] = &[
    ("城关镇东街", "城关市场监管所", "chengguan"),
    ("城关镇南门路", "城关市场监管所", "chengguan"),
    ("东湖镇湖滨路", "东湖市场监管所", "donghu"),
    ("柳河镇集市路", "柳河市场监管所", "liuhe"),
    ("石桥镇桥头", "石桥市场监管所", "shiqiao"),
];
/// Of a hundred.
const CHANNELS: &[(Channel, usize)] = &[
    (Channel::Platform12315, 43),
    (Channel::Hotline, 26),
    (Channel::Letter, 9),
    (Channel::Hotline12345, 8),
    (Channel::Window, 7),
    (Channel::Website, 4),
    (Channel::GridCenter, 2),
    (Channel::Referral, 1),
];

/// How many of a usual day come on this one, in hundredths.
fn season(day: Date) -> usize {
    let month = [115, 75, 135, 100, 105, 120, 100, 95, 100, 95, 125, 100];
    let at = usize::try_from(day.month()).unwrap_or(1).saturating_sub(1);
    let of_month = month.get(at).copied().unwrap_or(100);
    let is_peak = day.month() == 3 && (10..=20).contains(&day.day());
    let is_weekend = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
    of_month * if is_peak { 2 } else { 1 } * if is_weekend { 45 } else { 100 } / 100
}

/// The days of the year before `today` and today, each as often as cases come on it, with a running number.
pub(super) fn days(today: Date) -> Vec<(Date, u32)> {
    let first = today.saturating_sub(365.days());
    let all: Vec<Date> = first.series(1.day()).take_while(|it| *it <= today).collect();
    let whole: usize = all.iter().map(|it| season(*it)).sum();
    let mut found = Vec::new();
    let mut owed = 0;
    for day in all {
        owed += season(day) * ROUTINE;
        let n = owed / whole.max(1);
        owed -= n * whole;
        found.extend(std::iter::repeat_n(day, n));
    }
    found.into_iter().zip(0..).collect()
}

fn person(dice: &mut Dice, n: u32) -> Consumer {
    let name = format!("{}{}", dice.one_of(FAMILY).unwrap_or(&"某"), dice.one_of(GIVEN).unwrap_or(&"某"));
    Consumer {
        name,
        phone: format!("1390000{:04}", n % 9000),
        address: format!("云溪县{}{}号{}室", dice.one_of(TOWNS).map_or("城关镇", |it| it.0), 1 + n % 90, 101 + n % 700),
        ..Consumer::default()
    }
}

fn channel(dice: &mut Dice) -> Channel {
    let mut at = dice.roll(100);
    for (channel, n) in CHANNELS {
        if at < *n {
            return *channel;
        }
        at -= n;
    }
    Channel::Hotline
}

/// What is written down of one case.
fn particulars(dice: &mut Dice, kind: CaseKind, story: &story::Story, town: &str, n: u32) -> Particulars {
    let goods = dice.one_of(story.goods).copied().unwrap_or_default();
    let firm = story::firm(dice, story);
    // From a quarter to two and a half times the usual.
    let amount = story.amount * (25 + i64::try_from(dice.roll(225)).unwrap_or(0));
    let is_anonymous = kind == CaseKind::Tipoff && dice.roll(3) == 0;
    Particulars {
        consumer: if is_anonymous { Consumer::default() } else { person(dice, n) },
        business: Business {
            name: firm.clone(),
            address: format!("云溪县{}{}号", town, 1 + dice.roll(60)),
            ..Business::default()
        },
        category: story.category.to_owned(),
        problem: story.problem.to_owned(),
        goods: goods.to_owned(),
        demands: if kind == CaseKind::Complaint { vec![story.demand] } else { Vec::new() },
        amount_fen: (kind == CaseKind::Complaint).then_some(amount),
        text: story::text(dice, kind, story, &firm, goods),
        ..Particulars::default()
    }
}

/// One case with its life up to now.
pub(super) async fn routine(
    tx: &Tx,
    stage: &Stage<'_>,
    units: &BTreeMap<String, Id>,
    dice: &mut Dice,
    received_on: Date,
    n: u32,
) -> store::Result<()> {
    let (Some(story), Some(town)) = (story::choose(dice), dice.one_of(TOWNS)) else { return Ok(()) };
    let kind = match dice.roll(100) {
        0..48 => CaseKind::Complaint,
        48..62 => CaseKind::Tipoff,
        _ => CaseKind::Inquiry,
    };
    let minutes = 8 * 60 + 30 + i64::try_from(dice.roll(8 * 60)).unwrap_or(0);
    let is_today = received_on == stage.today();
    let at = if is_today {
        stage.now - SignedDuration::from_mins(5 + i64::try_from(dice.roll(35)).unwrap_or(0))
    } else {
        moment(received_on, minutes)
    };
    let particulars = particulars(dice, kind, story, town.0, n);
    let channel = channel(dice);
    let new = NewCase {
        kind,
        channel,
        external_number: (channel == Channel::Platform12315)
            .then(|| format!("DEMO{}{n:06}", received_on.strftime("%Y%m%d"))),
        received_on,
        particulars,
        submission_id: None,
        client_key: None,
    };
    let case = case::insert(tx, &new, stage.law(), stage.actor("lead"), at).await?.case();
    // What came in this morning still waits to be sent on.
    if is_today && dice.roll(3) > 0 {
        return Ok(());
    }
    let Some(unit_id) = units.get(town.1) else { return Ok(()) };
    let unit = life::Handling { unit_id: unit_id.clone(), name: town.1.replace("市场监管", ""), login: town.2 };
    let centre = units.get("投诉举报中心").map(|it| life::Handling {
        unit_id: it.clone(),
        name: "投举中心".to_owned(),
        login: "lead",
    });
    life::live(tx, stage, dice, &case, unit, centre, at).await
}

/// What people say when they are called back.
pub(super) fn satisfaction(dice: &mut Dice, is_settled: bool) -> Satisfaction {
    match (dice.roll(20), is_settled) {
        (0..2, _) => Satisfaction::Unreached,
        (2, true) | (2..9, false) => Satisfaction::Dissatisfied,
        (3..7, true) | (9..15, false) => Satisfaction::Fair,
        _ => Satisfaction::Satisfied,
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_year_has_its_season() {
        let days = days(date(2027, 3, 11));
        assert!((ROUTINE - 5..=ROUTINE).contains(&days.len()), "{}", days.len());
        let of = |from: Date, to: Date| days.iter().filter(|it| it.0 >= from && it.0 <= to).count();
        let (peak, february) = (of(date(2026, 3, 12), date(2026, 3, 18)), of(date(2027, 2, 8), date(2027, 2, 14)));
        assert!(peak > february * 2, "{peak} {february}");
        assert_eq!(CHANNELS.iter().map(|it| it.1).sum::<usize>(), 100);
    }
}
