//! The cases worth a look.

use std::collections::BTreeMap;

use domain::Id;
use domain::complaint::case::{CaseKind, Channel, Demand, Outcome, SessionMode, Telling};
use domain::complaint::event::CaseEvent;
use domain::complaint::grounds::DeclineGround;
use domain::complaint::intake::{Business, Consumer, Particulars};
use domain::complaint::letter::{LetterKind, OTHER_WAYS, fill, number};
use jiff::civil::Date;
use jiff::{SignedDuration, ToSpan};
use store::Tx;
use store::complaint::case::{self, Case, NewCase};
use store::complaint::letter::{self, NewLetter};
use store::event::{self, NewEvent};

use super::{Stage, moment};

/// Written down at the stand of the market: who, telephone, firm, what.
const AT_THE_STAND: [(&str, &str, &str, &str); 3] = [
    ("祝青禾", "13900009041", "云溪县东门炒货摊", "在东门集市买炒货，回家一称少二两，要求补足。"),
    ("樊小舟", "13900009042", "云溪县汽车站南超市", "货架标价九块九，结账收十二块九，不肯按标价退差。"),
    ("沙明月", "13900009043", "云溪县晨光眼镜店", "配的眼镜两周镜腿断了，店里说人为损坏不修。"),
];

/// The cases worth a look: a mixed letter divided, a paused mediation, one that was returned, one that is late, a lead, a bulk.
pub(super) async fn make(tx: &Tx, stage: &Stage<'_>, units: &BTreeMap<String, Id>) -> store::Result<()> {
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
    for (n, (name, phone, firm, text)) in (0..).zip(AT_THE_STAND) {
        let at = moment(day(1), 9 * 60 + 40 + n * 25);
        let new = new(CaseKind::Complaint, Channel::OnSite, day(1), consumer(name, phone), firm, text);
        let case = case::insert(tx, &new, stage.law(), stage.actor("chengguan"), at).await?.case();
        let sent = [to("城关市场监管所")];
        stage.happen(tx, &case, "lead", at + SignedDuration::from_mins(15), &sent).await?;
    }
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
    late(tx, stage, &new, &consumer, &to, day(16)).await?;
    declined(tx, stage, &new, &consumer, &to, day(9)).await?;
    lead_and_extension(tx, stage, &new, &consumer, &to, day(13)).await?;
    bulk(tx, stage, &new, &consumer, day(1)).await
}

type MakeConsumer<'a> = dyn Fn(&str, &str) -> Consumer + 'a;
type To<'a> = dyn Fn(&str) -> CaseEvent + 'a;

/// Nobody has decided in seven working days: it went up by itself, and a leader asks for an answer.
async fn late(
    tx: &Tx,
    stage: &Stage<'_>,
    new: &MakeCase<'_>,
    consumer: &MakeConsumer<'_>,
    to: &To<'_>,
    on: Date,
) -> store::Result<()> {
    let mut it = new(
        CaseKind::Complaint,
        Channel::Letter,
        on,
        consumer("祁若水", "13900009004"),
        "云溪县启航培训中心",
        "报名费三千六百元，机构搬走后联系不上负责人。",
    );
    (it.particulars.amount_fen, it.particulars.category) = (Some(360_000), "s04".to_owned());
    it.particulars.problem = "p05".to_owned();
    let it = case::insert(tx, &it, stage.law(), stage.actor("lead"), moment(on, 560)).await?.case();
    stage.happen(tx, &it, "lead", moment(on, 640), &[to("城关市场监管所")]).await?;
    assistance(tx, stage, &it, on.saturating_add(10.days())).await?;
    let today = web::day_of(stage.now);
    let directed = CaseEvent::Directed {
        words: "已超过受理期限，请说明原因，当天作出是否受理的决定并告知投诉人。".to_owned(),
        answer_by: today,
    };
    stage.happen(tx, &it, "leader", moment(today.saturating_sub(1.day()), 1000), &[directed]).await
}

/// Declined with one of the seven grounds, and the letter that says so.
async fn declined(
    tx: &Tx,
    stage: &Stage<'_>,
    new: &MakeCase<'_>,
    consumer: &MakeConsumer<'_>,
    to: &To<'_>,
    on: Date,
) -> store::Result<()> {
    let name = "阮青禾";
    let it = new(
        CaseKind::Complaint,
        Channel::Platform12315,
        on,
        consumer(name, "13900009007"),
        "云溪县好来超市",
        "一次买了六十袋同款糖果，每袋分开付款，称标签字号偏小，每袋要求赔偿一千元。",
    );
    let it = case::insert(tx, &it, stage.law(), stage.actor("lead"), moment(on, 530)).await?.case();
    stage.happen(tx, &it, "lead", moment(on, 560), &[to("城关市场监管所")]).await?;
    let decided_on = on.saturating_add(3.days());
    let why = "您分六十次付款购买同一种糖果，并对每一袋分别提出赔偿，购买数量和方式明显超出生活消费需要。";
    let ground = DeclineGround::NotConsumption;
    let declined = CaseEvent::Declined { on: decided_on, ground, words: why.to_owned(), told: Telling::Writing };
    stage.happen(tx, &it, "officer", moment(decided_on, 620), &[declined]).await?;
    let day = |on: Date| format!("{}年{}月{}日", on.year(), on.month(), on.day());
    let law = it.state.rules;
    let article = ground.article(law).unwrap_or_default();
    let places = [
        ("投诉人", name.to_owned()),
        ("经营者", it.particulars.business.name.clone()),
        ("登记编号", it.number.clone()),
        ("收到日期", day(on)),
        ("决定日期", day(decided_on)),
        ("规章", law.title().to_owned()),
        ("依据条款", article.strip_prefix(law.short_title()).unwrap_or(article).to_owned()),
        ("不予受理情形", ground.label_under(law).to_owned()),
        ("理由", why.trim_end_matches('。').to_owned()),
        ("其他途径", OTHER_WAYS.to_owned()),
        ("承办单位", "城关所".to_owned()),
    ];
    let kind = LetterKind::Decline;
    write(tx, stage, &it, (kind.code(), kind.label()), fill(kind.text(), &places), decided_on).await
}

/// Four people, one telephone number, one text.
async fn bulk(
    tx: &Tx,
    stage: &Stage<'_>,
    new: &MakeCase<'_>,
    consumer: &MakeConsumer<'_>,
    on: Date,
) -> store::Result<()> {
    for n in 0..4 {
        let text = format!("在好来超市购买的坚果礼盒{}盒，标签没有标明致敏物质，要求退一赔十并赔偿。", 10 + n);
        let one = new(
            CaseKind::Complaint,
            Channel::Platform12315,
            on,
            consumer(["佟云飞", "莫云飞", "冉春和", "阮景行"].get(n).copied().unwrap_or("某"), "13900009010"),
            "云溪县好来超市",
            &text,
        );
        let at = moment(on, 600 + i64::try_from(n).unwrap_or(0) * 7);
        case::insert(tx, &one, stage.law(), stage.actor("lead"), at).await?;
    }
    Ok(())
}

/// A letter to another body, kept with the case.
async fn assistance(tx: &Tx, stage: &Stage<'_>, case: &Case, on: Date) -> store::Result<()> {
    let body = format!(
        "云溪县教育局：\n我局正在办理登记编号{}的事项，涉及{}。请协助提供该机构的办学许可和负责人联系方式。\n请自收到本函之日起十五个工作日内书面答复我局。",
        case.number, case.particulars.business.name
    );
    write(tx, stage, case, ("assistance", "协助调查函"), body, on).await
}

/// Numbers a letter and keeps it.
async fn write(
    tx: &Tx,
    stage: &Stage<'_>,
    case: &Case,
    (kind, title): (&str, &str),
    body: String,
    on: Date,
) -> store::Result<()> {
    let Some(officer) = stage.actor("officer") else { return Ok(()) };
    let at = moment(on, 640);
    let new = NewLetter {
        complaint_id: case.complaint_id.clone(),
        kind: kind.to_owned(),
        number: number("云市监投", on.year(), letter::next_number(tx, on.year()).await?),
        title: title.to_owned(),
        body,
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
    let paused = CaseEvent::Paused {
        from: later(5),
        laboratory: "检验检测中心".to_owned(),
        is_designated: true,
        after_due: None,
    };
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
