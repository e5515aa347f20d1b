//! What came from elsewhere in the demonstration: a complaint of the public form with its code, an e-mail, a list that waits.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use domain::Id;
use domain::calendar::WorkCalendar;
use domain::complaint::case::{CaseKind, Channel, Demand, Telling};
use domain::complaint::clock::DeskRules;
use domain::complaint::event::CaseEvent;
use domain::complaint::import::Column;
use domain::complaint::intake::{Business, Consumer, Particulars};
use domain::complaint::letter::{LetterKind, number};
use domain::complaint::mapping::Mapping;
use domain::unit::Actor;
use gongwen::list::{ListFile, ListLine, ListSheet};
use gongwen::source::Format;
use jiff::{SignedDuration, Timestamp};
use store::complaint::case::{self, Law, NewCase};
use store::complaint::letter::{self, NewLetter};
use store::complaint::mail::{self, MailContent};
use store::complaint::{follow, list_draft, list_mapping};
use store::event::{self, NewEvent};
use store::{Db, Tx, setting};

/// The tracking code of the complaint of the public form, for who wants to look at its page.
pub(super) const CODE: &str = "2345-6789-ABCD";

pub(super) async fn make(db: &Db, actors: &BTreeMap<&'static str, Actor>, now: Timestamp) -> Result<()> {
    let lead = actors.get("lead").context("nobody receives complaints")?.clone();
    let who = lead.clone();
    db.write(async move |tx| {
        complaint(&tx, &who, now - SignedDuration::from_hours(50)).await?;
        letter(&tx, &who, now - SignedDuration::from_hours(3)).await?;
        let face = serde_json::json!({ "is_on": true, "words": "咨询、投诉、举报都可以在这里提出，两分钟填好，凭查询码看进度。" });
        setting::save(&tx, web::PUBLIC_FACE, &face.to_string(), None).await?;
        let opened = NewEvent::by(&who, "setting", &Id::from_text(web::PUBLIC_FACE), "changed", now);
        event::insert(&tx, opened.detail(serde_json::json!({ "网上填报": ["关闭", "开通"] })));
        list_mapping::save(&tx, "县网格中心交办表", &mapping(), Some(&who.person_id), now).await.map(drop)
    })
    .await?;
    let text = serde_json::to_string(&list())?;
    list_draft::keep(db, &lead.person_id, "县12345热线工单.xlsx", text, now).await?;
    Ok(())
}

fn particulars() -> Particulars {
    Particulars {
        consumer: Consumer {
            name: "闻人语".into(),
            phone: "13900008888".into(),
            address: "云溪县东湖镇柳荫里3号".into(),
            ..Consumer::default()
        },
        business: Business {
            name: "云溪县晴川家电行".into(),
            address: "云溪县城关镇中街18号".into(),
            ..Business::default()
        },
        goods: "空气炸锅".into(),
        category: "g06".into(),
        problem: "p01".into(),
        demands: vec![Demand::Return],
        amount_fen: Some(39_900),
        text: "2月底在店里买的空气炸锅，用了两次就跳闸，店里说要等厂家上门，一个星期没有人来，要求退货。".into(),
        ..Particulars::default()
    }
}

/// A complaint that came by the public form, was accepted, and to which something has been added since.
async fn complaint(tx: &Tx, lead: &Actor, at: Timestamp) -> store::Result<()> {
    let (rules, calendar) = (DeskRules::default(), WorkCalendar::announced());
    let law = Law { rules: &rules, calendar: &calendar };
    let received_on = web::day_of(at);
    let new = NewCase {
        kind: CaseKind::Complaint,
        channel: Channel::Website,
        external_number: None,
        received_on,
        particulars: particulars(),
        submission_id: None,
        client_key: None,
    };
    let mut it = case::insert(tx, &new, law, None, at).await?.case();
    follow::insert(tx, CODE, &it.submission_id, at).await?;
    let minute = |n: i64| at + SignedDuration::from_mins(n);
    let unit = CaseEvent::Dispatched {
        unit_id: lead.unit_id.clone(),
        unit_name: lead.unit_name.clone(),
        reason: "网上填报，由中心直接调解".into(),
    };
    case::append(tx, &mut it, &[unit], law, Some(lead), minute(25)).await?;
    let accepted = CaseEvent::Accepted { on: received_on, told: Telling::Phone };
    case::append(tx, &mut it, &[accepted], law, Some(lead), minute(240)).await?;
    let n = letter::next_number(tx, received_on.year()).await?;
    let body = format!(
        "{}：\n我局于{}年{}月{}日收到您对{}的投诉（登记编号{}）。经审查，符合受理条件，决定受理。\n我局将在征得双方同意后组织调解。请保留购物凭证等材料，并保持电话畅通。",
        it.particulars.consumer.name,
        received_on.year(),
        received_on.month(),
        received_on.day(),
        it.particulars.business.name,
        it.number
    );
    let new = NewLetter {
        complaint_id: it.complaint_id.clone(),
        kind: LetterKind::Accept.code().to_owned(),
        number: number("市监投", received_on.year(), n),
        title: LetterKind::Accept.label().to_owned(),
        body,
        person_id: lead.person_id.clone(),
    };
    letter::insert(tx, &new, minute(245)).await?;
    let words = "今天店里打电话来，说可以换新，我不同意换，坚持退货。";
    let text = format!("{}\n\n【{received_on} 网上补充】\n{words}", it.particulars.text);
    follow::supplement(tx, &mut it, (text, words), 0, law, minute(1500)).await
}

async fn letter(tx: &Tx, lead: &Actor, at: Timestamp) -> store::Result<()> {
    let content = MailContent {
        from_name: "苏慕言".into(),
        from_address: "su@mail.example".into(),
        subject: "投诉启航培训中心不退费".into(),
        text: "您好：\n我要投诉。\n投诉人：苏慕言\n联系电话：13900007777\n商家：云溪县启航培训中心\n商家地址：云溪县城关镇学府路6号\n去年9月交了 3600 元报英语班，报名时说随时可退。上了四节课申请退费，只肯退三成，要求按课时退还余额。\n谢谢！".into(),
        notes: Vec::new(),
    };
    mail::insert(tx, "demo-1@mail.example", at, &content, &lead.person_id, at).await.map(drop)
}

fn texts(row: &[&str]) -> Vec<String> {
    row.iter().map(|it| (*it).to_owned()).collect()
}

fn mapping() -> Mapping {
    Mapping {
        heads: texts(&["交办单号", "反映人", "手机", "涉及商户", "事项描述", "网格"]),
        columns: vec![Column::Number, Column::Name, Column::Phone, Column::Business, Column::Text, Column::Other],
        kind: CaseKind::Complaint,
        channel: Channel::GridCenter,
    }
}

/// A list whose heads nobody has named yet.
fn list() -> ListFile {
    let rows = [
        ["工单流水号", "来电人", "来电号码", "被反映单位", "反映内容摘要", "紧急程度"],
        ["RX0315001", "沈知微", "13900006601", "云溪县净衣坊", "羊绒大衣洗后缩水，商家只肯赔洗衣费", "普通"],
        ["RX0315002", "陆行舟", "13900006602", "云溪县桂香糕点铺", "散装糕点没有标生产日期，吃后拉肚子", "普通"],
        ["RX0315003", "姜未晚", "1390", "云溪县飞驰车行", "电动车续航和宣传差一半，修了两次没有解决", "较急"],
    ];
    let lines = rows.iter().enumerate().map(|(at, row)| ListLine::of(at, row.iter().copied())).collect();
    ListFile { format: Format::Xlsx, sheets: vec![ListSheet { name: "工单".into(), lines }] }
}
