//! A year of complaints in the county that does not exist: mostly routine, some that show what the desk can do.
//!
//! The shares follow what is published of real counties: half of the matters of consumers are complaints, a quarter tip-offs; more
//! goods than services; after-sales service, quality and food safety lead. Every name, number and firm is invented.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use domain::Id;
use domain::calendar::WorkCalendar;
use domain::complaint::case::{CaseKind, Channel, Demand, Outcome, Satisfaction, SessionMode, Telling};
use domain::complaint::clock::DeskRules;
use domain::complaint::escalation::{Planned, due, next_at, plan};
use domain::complaint::event::CaseEvent;
use domain::complaint::grounds::{DeclineGround, TerminationGround};
use domain::complaint::intake::{Business, Consumer, Particulars};
use domain::complaint::letter::number;
use domain::unit::Actor;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan};
use store::complaint::case::{self, Case, Law, NewCase};
use store::complaint::escalation;
use store::complaint::letter::{self, NewLetter};
use store::event::{self, NewEvent};
use store::{Db, Tx};

/// How many routine cases.
const ROUTINE: u32 = 420;

/// Goods or service, its category, a firm, a problem, its category, what is asked for.
struct Story(&'static str, &'static str, &'static str, &'static str, &'static str, Demand);

const STORIES: &[Story] = &[
    Story(
        "电饭煲",
        "g06",
        "云溪县晴川家电行",
        "用了三天不加热，商家说要自己寄回厂家，不肯换新",
        "p01",
        Demand::Exchange,
    ),
    Story(
        "羽绒服",
        "g04",
        "云溪县织云服饰店",
        "标签写含绒量九成，洗一次就结块漏绒，商家不承认质量有问题",
        "p02",
        Demand::Return,
    ),
    Story("袋装牛奶", "g01", "云溪县好来超市", "买回家发现已经过了保质期两天，小票还在", "p03", Demand::Refund),
    Story(
        "健身卡",
        "s03",
        "云溪县跃动健身馆",
        "办了年卡用了两个月，场馆停业装修后一直不开，也不退余额",
        "p05",
        Demand::Refund,
    ),
    Story("电动自行车", "g08", "云溪县飞驰车行", "电池续航和宣传的差一半，修了两次没有解决", "p02", Demand::Repair),
    Story(
        "手机",
        "g07",
        "云溪县星河通讯",
        "七天内屏幕出现竖线，商家以摔过为由不给换，没有出具检测单",
        "p01",
        Demand::Exchange,
    ),
    Story("婚宴", "s01", "云溪县临湖酒楼", "合同写明不另收服务费，结账时多收了一成", "p06", Demand::Refund),
    Story(
        "美容套餐",
        "s02",
        "云溪县花间美容院",
        "宣传说做三次见效，做完脸部红肿，去医院花了八百多元",
        "p09",
        Demand::Damages,
    ),
    Story("儿童推车", "g10", "云溪县贝贝母婴店", "刹车失灵，差点出事，要求退货", "p10", Demand::Return),
    Story("散装月饼", "g01", "云溪县桂香糕点铺", "没有标明生产日期和配料，吃后拉肚子", "p03", Demand::Damages),
    Story("木地板", "g11", "云溪县恒居建材", "铺好两个月起翘开裂，商家说是暖气的问题不管", "p01", Demand::Repair),
    Story(
        "英语培训班",
        "s04",
        "云溪县启航培训中心",
        "报名时说随时可退，上了四节课申请退费，只肯退三成",
        "p05",
        Demand::Refund,
    ),
    Story("洗衣服务", "s05", "云溪县净衣坊", "羊绒大衣洗后缩水，商家只肯赔洗衣费", "p01", Demand::Damages),
    Story(
        "直播间买的茶叶",
        "g02",
        "云溪县山岚茶业",
        "直播说是明前茶，收到的是碎末，联系不上主播",
        "p04",
        Demand::Return,
    ),
    Story("鲜肉", "g01", "云溪县城南农贸市场七号摊", "回家复秤少了一两半", "p07", Demand::Refund),
    Story("面霜", "g09", "云溪县丽人化妆品店", "扫码查不到备案号，用后过敏", "p08", Demand::Return),
];

const FAMILY: &[&str] = &[
    "凌", "岑", "苗", "季", "佟", "祁", "莫", "冉", "阮", "骆", "戚", "闻", "卓", "柏", "匡", "邬", "芮", "支", "郁",
    "丛",
];
const GIVEN: &[&str] =
    &["晓禾", "知秋", "若水", "云飞", "小满", "望舒", "怀瑾", "青禾", "立夏", "予安", "春和", "景行"];
const TOWNS: &[(&str, &str, &str)] = &[
    ("城关镇东街", "城关市场监管所", "chengguan"),
    ("东湖镇湖滨路", "东湖市场监管所", "donghu"),
    ("柳河镇集市路", "柳河市场监管所", "liuhe"),
    ("石桥镇桥头", "石桥市场监管所", "shiqiao"),
];
const CHANNELS: &[Channel] = &[
    Channel::Platform12315,
    Channel::Platform12315,
    Channel::Platform12315,
    Channel::Platform12315,
    Channel::Hotline,
    Channel::Hotline,
    Channel::Hotline,
    Channel::Letter,
    Channel::Window,
    Channel::Hotline12345,
];

/// The same numbers every time, so that a screenshot stays true.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or_default() % sides.max(1)
    }

    fn one_of<'a, T>(&mut self, all: &'a [T]) -> Option<&'a T> {
        let at = self.roll(all.len());
        all.get(at)
    }
}

/// Who does what in the demonstration.
struct Stage<'a> {
    actors: &'a BTreeMap<&'static str, Actor>,
    rules: DeskRules,
    calendar: WorkCalendar,
    now: Timestamp,
}

impl Stage<'_> {
    fn law(&self) -> Law<'_> {
        Law { rules: &self.rules, calendar: &self.calendar }
    }

    fn actor(&self, login: &str) -> Option<&Actor> {
        self.actors.get(login)
    }

    async fn happen(&self, tx: &Tx, case: &Case, who: &str, at: Timestamp, events: &[CaseEvent]) -> store::Result<()> {
        let at = at.min(self.now);
        let mut locked = case::lock(tx, &case.complaint_id, None).await?;
        self.remind(tx, &mut locked, at).await?;
        case::append(tx, &mut locked, events, self.law(), self.actor(who), at).await
    }

    /// What the background would have told until then, each at its moment.
    async fn remind(&self, tx: &Tx, case: &mut Case, until: Timestamp) -> store::Result<()> {
        loop {
            let planned = plan(&case.state, &self.rules, &self.calendar);
            let Some(at) = next_at(&planned, &case.state).filter(|it| *it <= until) else { return Ok(()) };
            let told: Vec<CaseEvent> = due(&planned, &case.state, at).into_iter().map(Planned::event).collect();
            if told.is_empty() {
                return Ok(());
            }
            case::append(tx, case, &told, self.law(), None, at).await?;
        }
    }
}

fn moment(day: Date, minutes: i64) -> Timestamp {
    let midnight = day.to_zoned(web::zone()).map(|it| it.timestamp()).unwrap_or_default();
    midnight + SignedDuration::from_mins(minutes)
}

/// Fills the desk.
pub(super) async fn make(db: &Db, actors: &BTreeMap<&'static str, Actor>, now: Timestamp) -> Result<()> {
    let units: BTreeMap<String, Id> =
        db.read(async |tx| store::unit::list(&tx).await).await?.into_iter().map(|it| (it.name, it.unit_id)).collect();
    let actors = actors.clone();
    db.write(async move |tx| {
        let stage = Stage { actors: &actors, rules: DeskRules::default(), calendar: WorkCalendar::announced(), now };
        let mut dice = Dice(20_270_315);
        for n in 0..ROUTINE {
            routine(&tx, &stage, &units, &mut dice, n).await?;
        }
        special(&tx, &stage, &units).await?;
        for id in escalation::list_due(&tx, now, i64::MAX).await? {
            let mut case = case::lock(&tx, &id, None).await?;
            stage.remind(&tx, &mut case, now).await?;
        }
        Ok(())
    })
    .await
    .context("complaints of the demonstration")
}

fn person(dice: &mut Dice, n: u32) -> Consumer {
    let name = format!("{}{}", dice.one_of(FAMILY).unwrap_or(&"某"), dice.one_of(GIVEN).unwrap_or(&"某"));
    Consumer {
        name,
        phone: format!("1390000{:04}", n % 10_000),
        address: format!("云溪县{}{}号", dice.one_of(TOWNS).map_or("城关镇", |it| it.0), 1 + dice.roll(90)),
        ..Consumer::default()
    }
}

async fn routine(
    tx: &Tx,
    stage: &Stage<'_>,
    units: &BTreeMap<String, Id>,
    dice: &mut Dice,
    n: u32,
) -> store::Result<()> {
    let (Some(story), Some(town)) = (dice.one_of(STORIES), dice.one_of(TOWNS)) else { return Ok(()) };
    // Denser towards March: the last eighth of the cases falls into the last three weeks.
    let n_days = if n * 8 > ROUTINE * 7 { dice.roll(21) } else { 21 + dice.roll(310) };
    let today = web::day_of(stage.now);
    let received_on = today.saturating_sub(i64::try_from(n_days).unwrap_or(0).days());
    let kind = match dice.roll(10) {
        0..6 => CaseKind::Complaint,
        6..8 => CaseKind::Tipoff,
        _ => CaseKind::Inquiry,
    };
    let minutes = 8 * 60 + 30 + i64::try_from(dice.roll(8 * 60)).unwrap_or(0);
    let at = moment(received_on, minutes).min(stage.now - SignedDuration::from_mins(20));
    let amount = 2_000 + i64::try_from(dice.roll(260_000)).unwrap_or(0) / 100 * 100;
    let particulars = Particulars {
        consumer: if kind == CaseKind::Tipoff && dice.roll(3) == 0 { Consumer::default() } else { person(dice, n) },
        business: Business {
            name: story.2.to_owned(),
            address: format!("云溪县{}{}号", town.0, 1 + dice.roll(60)),
            ..Business::default()
        },
        category: story.1.to_owned(),
        problem: story.4.to_owned(),
        goods: story.0.to_owned(),
        demands: if kind == CaseKind::Complaint { vec![story.5] } else { Vec::new() },
        amount_fen: (kind == CaseKind::Complaint).then_some(amount),
        text: text_of(kind, story),
        ..Particulars::default()
    };
    let channel = dice.one_of(CHANNELS).copied().unwrap_or(Channel::Hotline);
    let is_platform = channel == Channel::Platform12315;
    let new = NewCase {
        kind,
        channel,
        external_number: is_platform.then(|| format!("DEMO{}{n:06}", received_on.strftime("%Y%m%d"))),
        received_on,
        particulars,
        submission_id: None,
        client_key: None,
    };
    let case = case::insert(tx, &new, stage.law(), stage.actor("lead"), at).await?.case();
    let Some(unit_id) = units.get(town.1) else { return Ok(()) };
    go_on(tx, stage, dice, &case, (unit_id, town.1, town.2), at, n_days).await
}

fn text_of(kind: CaseKind, story: &Story) -> String {
    match kind {
        CaseKind::Complaint => format!("在{}购买{}，{}。", story.2, story.0, story.3),
        CaseKind::Tipoff => format!("反映{}经营的{}：{}，请依法查处。", story.2, story.0, story.3),
        CaseKind::Inquiry => format!("咨询{}方面的规定：{}，该怎么维权。", story.0, story.3),
    }
}

/// What becomes of a routine case: old ones are over, recent ones under way.
async fn go_on(
    tx: &Tx,
    stage: &Stage<'_>,
    dice: &mut Dice,
    case: &Case,
    unit: (&Id, &str, &str),
    at: Timestamp,
    age: usize,
) -> store::Result<()> {
    let (unit_id, unit_name, login) = (unit.0.clone(), unit.1.replace("市场监管", ""), unit.2);
    let hours = |n: usize| SignedDuration::from_hours(i64::try_from(n).unwrap_or(0));
    if age == 0 && dice.roll(2) == 0 {
        return Ok(());
    }
    let dispatched = CaseEvent::Dispatched { unit_id, unit_name, reason: String::new() };
    stage
        .happen(
            tx,
            case,
            "lead",
            at + SignedDuration::from_mins(15 + i64::try_from(dice.roll(100)).unwrap_or(0)),
            &[dispatched],
        )
        .await?;
    let decided_at = at + hours(3 + dice.roll(60));
    if decided_at >= stage.now {
        return Ok(());
    }
    let on = web::day_of(decided_at);
    let ended_at = decided_at + hours(48 + dice.roll(24 * 20));
    let ended_on = web::day_of(ended_at);
    let is_over = ended_at < stage.now;
    match case.state.matter {
        CaseKind::Inquiry => {
            let words = "已告知相关规定和维权途径。".to_owned();
            stage
                .happen(
                    tx,
                    case,
                    login,
                    decided_at,
                    &[CaseEvent::Closed { on, outcome: Outcome::Answered, recovered_fen: None, words }],
                )
                .await
        }
        CaseKind::Tipoff => {
            stage
                .happen(
                    tx,
                    case,
                    login,
                    decided_at,
                    &[CaseEvent::Contacted { note: "已与举报人核对线索。".to_owned() }],
                )
                .await?;
            if !is_over {
                return Ok(());
            }
            let outcome = if dice.roll(3) == 0 { Outcome::Filed } else { Outcome::NotFiled };
            let words = if outcome == Outcome::Filed {
                "现场检查发现问题，建议立案。"
            } else {
                "经核查，证据不足以认定违法。"
            };
            let events = [
                CaseEvent::Decided { on: ended_on, outcome, words: words.to_owned() },
                CaseEvent::Closed { on: ended_on, outcome, recovered_fen: None, words: String::new() },
            ];
            stage.happen(tx, case, login, ended_at, &events).await
        }
        CaseKind::Complaint => {
            mediate(tx, stage, dice, case, login, (decided_at, on), (ended_at, ended_on), is_over).await
        }
    }
}

#[expect(clippy::too_many_arguments, reason = "the two moments of a mediation")]
async fn mediate(
    tx: &Tx,
    stage: &Stage<'_>,
    dice: &mut Dice,
    case: &Case,
    login: &str,
    (decided_at, on): (Timestamp, Date),
    (ended_at, ended_on): (Timestamp, Date),
    is_over: bool,
) -> store::Result<()> {
    if dice.roll(9) == 0 {
        let words = "投诉人同一时间在多家门店成批购买，无法证明为生活消费需要。".to_owned();
        let declined = CaseEvent::Declined { on, ground: DeclineGround::NotConsumption, words, told: Telling::Writing };
        return stage.happen(tx, case, login, decided_at, &[declined]).await;
    }
    let accepted =
        [CaseEvent::Accepted { on, told: Telling::Phone }, CaseEvent::Consented { consumer: true, business: true }];
    stage.happen(tx, case, login, decided_at, &accepted).await?;
    if !is_over {
        return Ok(());
    }
    let amount = case.particulars.amount_fen.unwrap_or(0);
    if dice.roll(4) == 0 {
        let events = [
            CaseEvent::Terminated {
                on: ended_on,
                ground: TerminationGround::NoAgreement,
                words: "双方对赔偿数额分歧较大。".to_owned(),
            },
            CaseEvent::TerminationTold { on: ended_on, told: Telling::Writing },
            CaseEvent::Closed { on: ended_on, outcome: Outcome::Failed, recovered_fen: None, words: String::new() },
        ];
        return stage.happen(tx, case, login, ended_at, &events).await;
    }
    let recovered_fen = Some(amount * 8 / 10 / 100 * 100);
    let closed = CaseEvent::Closed {
        on: ended_on,
        outcome: Outcome::Settled,
        recovered_fen,
        words: "商家当场履行。".to_owned(),
    };
    let settled = CaseEvent::Settled {
        on: ended_on,
        words: "经营者退还货款，投诉人交还商品。".to_owned(),
        has_document: dice.roll(3) == 0,
    };
    stage.happen(tx, case, login, ended_at, &[settled, closed]).await?;
    let satisfaction = match dice.roll(10) {
        0 => Satisfaction::Unreached,
        1 => Satisfaction::Dissatisfied,
        2..4 => Satisfaction::Fair,
        _ => Satisfaction::Satisfied,
    };
    let called = CaseEvent::CalledBack { satisfaction, words: String::new() };
    stage.happen(tx, case, "lead", ended_at + SignedDuration::from_hours(30), &[called]).await
}

/// The cases worth a look: a mixed letter divided, a paused mediation, one that was returned, one that is late, a lead, a bulk.
async fn special(tx: &Tx, stage: &Stage<'_>, units: &BTreeMap<String, Id>) -> store::Result<()> {
    let today = web::day_of(stage.now);
    let day = |n: i64| today.saturating_sub(n.days());
    let consumer = |name: &str, phone: &str| Consumer {
        name: name.to_owned(),
        phone: phone.to_owned(),
        // Everybody lives somewhere else: a shared address is an indicator of 第十七条.
        address: format!("云溪县城关镇东街{}号", phone.trim_start_matches("1390000")),
        ..Consumer::default()
    };
    let new = |kind, channel, received_on, consumer: Consumer, firm: &str, text: &str| NewCase {
        kind,
        channel,
        external_number: None,
        received_on,
        particulars: Particulars {
            consumer,
            business: Business {
                name: firm.to_owned(),
                address: "云溪县城关镇东街1号".to_owned(),
                ..Business::default()
            },
            category: "g01".to_owned(),
            problem: "p03".to_owned(),
            demands: vec![Demand::Refund],
            amount_fen: Some(36_800),
            text: text.to_owned(),
            ..Particulars::default()
        },
        submission_id: None,
        client_key: None,
    };
    let to = |name: &str| CaseEvent::Dispatched {
        unit_id: units.get(name).cloned().unwrap_or_else(|| Id::from_text("")),
        unit_name: name.replace("市场监管", ""),
        reason: String::new(),
    };
    divided(tx, stage, &new, &consumer, day(2)).await?;
    paused(
        tx,
        stage,
        &new(
            CaseKind::Complaint,
            Channel::Window,
            day(24),
            consumer("岑晓禾", "13900009002"),
            "云溪县晴川家电行",
            "电热水器漏电跳闸，商家说是线路问题，双方同意送检。",
        ),
        &to("城关市场监管所"),
        day(24),
    )
    .await?;
    returned(
        tx,
        stage,
        &new(
            CaseKind::Complaint,
            Channel::Hotline,
            day(3),
            consumer("苗知秋", "13900009003"),
            "云溪县临湖酒楼",
            "寿宴定金六百元，酒楼停业后不退。",
        ),
        &to,
    )
    .await?;
    let late = new(
        CaseKind::Complaint,
        Channel::Letter,
        day(16),
        consumer("祁若水", "13900009004"),
        "云溪县启航培训中心",
        "报名费三千六百元，机构搬走后联系不上负责人。",
    );
    let late = case::insert(tx, &late, stage.law(), stage.actor("lead"), moment(day(16), 560)).await?.case();
    stage.happen(tx, &late, "lead", moment(day(16), 640), &[to("城关市场监管所")]).await?;
    assistance(tx, stage, &late, day(6)).await?;
    lead_and_extension(tx, stage, &new, &consumer, &to, day(13)).await?;
    for n in 0..4 {
        let text = format!("在好来超市购买的坚果礼盒{}盒，标签没有标明致敏物质，要求退一赔十并赔偿。", 10 + n);
        let one = new(
            CaseKind::Complaint,
            Channel::Platform12315,
            day(1),
            consumer(["佟云飞", "莫云飞", "冉春和", "阮景行"].get(n).copied().unwrap_or("某"), "13900009010"),
            "云溪县好来超市",
            &text,
        );
        let at = moment(day(1), 600 + i64::try_from(n).unwrap_or(0) * 7);
        case::insert(tx, &one, stage.law(), stage.actor("lead"), at).await?;
    }
    Ok(())
}

/// A letter to another body, kept with the case.
async fn assistance(tx: &Tx, stage: &Stage<'_>, case: &Case, on: Date) -> store::Result<()> {
    let Some(officer) = stage.actor("officer") else { return Ok(()) };
    let at = moment(on, 640);
    let new = NewLetter {
        complaint_id: case.complaint_id.clone(),
        kind: "assistance".to_owned(),
        number: number("云市监投", on.year(), letter::next_number(tx, on.year()).await?),
        title: "协助调查函".to_owned(),
        body: format!(
            "云溪县教育局：\n我局正在办理登记编号{}的事项，涉及{}。请协助提供该机构的办学许可和负责人联系方式。\n请自收到本函之日起十五个工作日内书面答复我局。",
            case.number, case.particulars.business.name
        ),
        person_id: officer.person_id.clone(),
    };
    letter::insert(tx, &new, at).await?;
    let reason = format!("{} {}", new.title, new.number);
    event::insert(tx, NewEvent::by(officer, case::AREA, &case.complaint_id, "letter_made", at).reason(reason));
    Ok(())
}

type MakeCase<'a> = dyn Fn(CaseKind, Channel, Date, Consumer, &str, &str) -> NewCase + 'a;

/// A letter that asks for a refund and reports a violation: two cases, two clocks.
async fn divided(
    tx: &Tx,
    stage: &Stage<'_>,
    new: &MakeCase<'_>,
    consumer: &dyn Fn(&str, &str) -> Consumer,
    on: Date,
) -> store::Result<()> {
    let who = consumer("冉立春", "13900009001");
    let one = new(
        CaseKind::Complaint,
        Channel::Letter,
        on,
        who.clone(),
        "云溪县桂香糕点铺",
        "糕点吃后腹泻，要求退还货款368元并赔偿医药费。",
    );
    let one = case::insert(tx, &one, stage.law(), stage.actor("lead"), moment(on, 570)).await?.case();
    let mut other = new(
        CaseKind::Tipoff,
        Channel::Letter,
        on,
        who,
        "云溪县桂香糕点铺",
        "该店后厨用过期黄油，包装没有生产日期，请查处。",
    );
    other.submission_id = Some(one.submission_id.clone());
    let other = case::insert(tx, &other, stage.law(), stage.actor("lead"), moment(on, 572)).await?.case();
    stage.happen(tx, &one, "lead", moment(on, 573), &[CaseEvent::Split { with: vec![other.number.clone()] }]).await?;
    stage.happen(tx, &other, "lead", moment(on, 573), &[CaseEvent::Split { with: vec![one.number] }]).await
}

/// Mediation that stood still while the laboratory had the heater.
async fn paused(tx: &Tx, stage: &Stage<'_>, new: &NewCase, to: &CaseEvent, on: Date) -> store::Result<()> {
    let it = case::insert(tx, new, stage.law(), stage.actor("lead"), moment(on, 560)).await?.case();
    let later = |n: i64| on.saturating_add(n.days());
    stage.happen(tx, &it, "lead", moment(on, 600), std::slice::from_ref(to)).await?;
    let accepted = [
        CaseEvent::Accepted { on: later(2), told: Telling::Phone },
        CaseEvent::Consented { consumer: true, business: true },
    ];
    stage.happen(tx, &it, "officer", moment(later(2), 620), &accepted).await?;
    let paused = CaseEvent::Paused { from: later(5), laboratory: "检验检测中心".to_owned(), is_designated: true };
    stage.happen(tx, &it, "officer", moment(later(5), 590), &[paused]).await?;
    stage.happen(tx, &it, "officer", moment(later(15), 600), &[CaseEvent::Resumed { to: later(15) }]).await?;
    let session = CaseEvent::SessionSet {
        on: later(26),
        time: "14:30".to_owned(),
        mode: SessionMode::OnSite,
        place: "城关所调解室".to_owned(),
        mediators: "凌小满、逄春生".to_owned(),
    };
    stage.happen(tx, &it, "officer", moment(later(18), 900), &[session]).await
}

/// Returned once, sent elsewhere, objected to: it waits for the leader.
async fn returned(tx: &Tx, stage: &Stage<'_>, new: &NewCase, to: &dyn Fn(&str) -> CaseEvent) -> store::Result<()> {
    let on = new.received_on;
    let it = case::insert(tx, new, stage.law(), stage.actor("lead"), moment(on, 560)).await?.case();
    stage.happen(tx, &it, "lead", moment(on, 590), &[to("东湖市场监管所")]).await?;
    let back =
        CaseEvent::Returned { reason: "酒楼注册地和经营地都在城关镇，不在本所辖区。".to_owned() };
    stage.happen(tx, &it, "donghu", moment(on, 700), &[back]).await?;
    stage.happen(tx, &it, "lead", moment(on, 720), &[to("城关市场监管所")]).await?;
    let objected =
        CaseEvent::Objected { reason: "该店已由餐饮科立案，建议并由餐饮科办理。".to_owned() };
    stage.happen(tx, &it, "chengguan", moment(on.saturating_add(1.day()), 560), &[objected]).await
}

/// A settled complaint whose lead is still being verified, and a tip-off whose extension the leader has to approve.
async fn lead_and_extension(
    tx: &Tx,
    stage: &Stage<'_>,
    new: &MakeCase<'_>,
    consumer: &dyn Fn(&str, &str) -> Consumer,
    to: &dyn Fn(&str) -> CaseEvent,
    on: Date,
) -> store::Result<()> {
    let next = on.saturating_add(1.day());
    let one = new(
        CaseKind::Complaint,
        Channel::Window,
        on,
        consumer("阮望舒", "13900009005"),
        "云溪县丽人化妆品店",
        "面霜用后过敏，包装上没有备案编号，要求退款。",
    );
    let one = case::insert(tx, &one, stage.law(), stage.actor("lead"), moment(on, 540)).await?.case();
    stage.happen(tx, &one, "lead", moment(on, 560), &[to("城关市场监管所")]).await?;
    let events = [
        CaseEvent::Accepted { on: next, told: Telling::InPerson },
        CaseEvent::Consented { consumer: true, business: true },
        CaseEvent::LeadFound {
            on: next, words: "店内在售面霜查不到备案信息，涉嫌经营未备案化妆品。".to_owned()
        },
        CaseEvent::Settled { on: next, words: "商家退还368元。".to_owned(), has_document: false },
        CaseEvent::Closed { on: next, outcome: Outcome::Settled, recovered_fen: Some(36_800), words: String::new() },
    ];
    stage.happen(tx, &one, "officer", moment(next, 600), &events).await?;
    let other = new(
        CaseKind::Tipoff,
        Channel::Platform12315,
        on,
        consumer("柏青山", "13900009006"),
        "云溪县山岚茶业",
        "直播间把陈茶当明前茶卖，涉嫌虚假宣传，有录屏。",
    );
    let other = case::insert(tx, &other, stage.law(), stage.actor("lead"), moment(on, 545)).await?.case();
    stage.happen(tx, &other, "lead", moment(on, 566), &[to("城关市场监管所")]).await?;
    let asked = CaseEvent::ExtensionAsked { reason: "需调取平台直播数据，对方尚未回函。".to_owned() };
    let events = [CaseEvent::Contacted { note: "已与举报人核对录屏。".to_owned() }, asked];
    stage.happen(tx, &other, "officer", moment(on.saturating_add(8.days()), 620), &events).await
}
