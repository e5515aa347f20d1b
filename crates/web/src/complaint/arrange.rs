//! `POST /complaints/clusters/{basis}`: what a person does with the chosen cases of a cluster: link them, let them go on in one, make a
//! joint complaint of them, give them to one unit, or say that they are no cluster.

use axum::extract::{Path, State};
use domain::complaint::case::CaseKind;
use domain::complaint::cluster::Basis;
use domain::complaint::event::CaseEvent;
use domain::complaint::join;
use domain::complaint::permitted::{may_arrange, may_see};
use domain::complaint::step::Step;
use domain::complaint::take::{Refusal, take as take_step};
use domain::unit::Actor;
use domain::{FormErrors, Id};
use jiff::Timestamp;
use jiff::civil::Date;
use store::Tx;
use store::complaint::case::{self, Case};
use store::complaint::cluster;
use store::event::{self, NewEvent};

use super::Around;
use super::bulk::MOST;
use super::cluster::{Loaded, again, chosen, load, window_of_form};
use super::join::joining;
use crate::{Answer, App, Error, Frame, Posted, Visitor, page};

/// Why nothing was done: what the form lacks, at its field, or anything else.
enum Stop {
    Field(&'static str, String),
    Error(Error),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Stop {
        Stop::Error(error)
    }
}

impl From<store::Error> for Stop {
    fn from(error: store::Error) -> Stop {
        Stop::Error(error.into())
    }
}

fn at(field: &'static str, sentence: impl Into<String>) -> Stop {
    Stop::Field(field, sentence.into())
}

struct Arranging<'a> {
    tx: &'a Tx,
    around: &'a Around,
    actor: &'a Actor,
    posted: &'a Posted,
    now: Timestamp,
    today: Date,
}

impl Arranging<'_> {
    /// Loads the chosen cases for a change, the head of them apart. What is only linked keeps its version: that a complaint was linked with
    /// a tip-off must not show in it (第三十七条).
    async fn lock(&self, is_quiet: bool) -> Result<(Case, Vec<Case>), Stop> {
        let ids = chosen(self.posted);
        if ids.len() < 2 {
            return Err(at("id", "请至少勾选两件。"));
        }
        if ids.len() > MOST {
            return Err(at("id", format!("一次最多办 {MOST} 件，请分批。")));
        }
        let mut cases = Vec::new();
        for id in &ids {
            let case = match is_quiet {
                true => case::lock_quietly(self.tx, id).await?,
                false => case::lock(self.tx, id, None).await?,
            };
            if !may_see(self.actor, &self.around.desk, &case.state) {
                return Err(Error::NotFound.into());
            }
            if !may_arrange(self.actor, &self.around.desk, &case.state) {
                return Err(Error::Forbidden("关联、并案和共同投诉由投诉举报机构办理。".into()).into());
            }
            cases.push(case);
        }
        cases.sort_by_key(|it| it.ordinal);
        let head_id = Id::from_text(self.posted.text("head"));
        let at = match cases.iter().position(|it| it.complaint_id == head_id) {
            Some(at) => at,
            // Where nothing is open no head is asked for: the oldest.
            None if head_id.as_str().is_empty() => 0,
            None => {
                let sentence = "“以哪一件为主”选的那一件没有勾选：请勾上它，或者另选一件。";
                return Err(at("head", sentence));
            }
        };
        let head = cases.remove(at);
        Ok((head, cases))
    }

    async fn append(&self, case: &mut Case, events: &[CaseEvent]) -> Result<(), Stop> {
        Ok(case::append(self.tx, case, events, self.around.law(), Some(self.actor), self.now).await?)
    }

    async fn link(&self) -> Result<String, Stop> {
        let (mut head, others) = self.lock(true).await?;
        let mut linked = Vec::new();
        for mut other in others {
            if case::link(self.tx, &head.complaint_id, &other.complaint_id).await? {
                let event = CaseEvent::Linked { with: head.complaint_id.clone(), number: head.number.clone() };
                self.append(&mut other, &[event]).await?;
                linked.push(CaseEvent::Linked { with: other.complaint_id.clone(), number: other.number.clone() });
            }
        }
        let n = linked.len();
        self.append(&mut head, &linked).await?;
        Ok(format!("{n} 件已与 {} 关联，各自办理。", head.number))
    }

    /// What has to be so before cases go on in one.
    fn check_merge(&self, head: &Case, others: &[Case]) -> Result<(), Stop> {
        let is_agreed = self.posted.is_set("consent");
        for other in others {
            if let Some(sentence) = join::refusal(joining(head), joining(other), is_agreed) {
                return Err(at("consent", format!("{}：{sentence}", other.number)));
            }
        }
        Ok(())
    }

    async fn absorb(&self, head: &mut Case, others: &mut [Case]) -> Result<(), Stop> {
        let states: Vec<_> = others.iter().map(|it| &it.state).collect();
        let restart = join::restart(&head.state, &states);
        let mut absorbed = Vec::new();
        for other in others {
            let (into, number) = (head.complaint_id.clone(), head.number.clone());
            self.append(other, &[CaseEvent::Merged { into, number, is_agreed: true }]).await?;
            case::link(self.tx, &head.complaint_id, &other.complaint_id).await?;
            absorbed.push(CaseEvent::Absorbed { number: other.number.clone() });
        }
        absorbed.extend(restart);
        self.append(head, &absorbed).await
    }

    async fn merge(&self) -> Result<String, Stop> {
        let (mut head, mut others) = self.lock(false).await?;
        self.check_merge(&head, &others)?;
        self.absorb(&mut head, &mut others).await?;
        Ok(format!("{} 件已并入 {}，不再单独计时。", others.len(), head.number))
    }

    /// 第十二条: the same dispute against the same business; the complainants may choose two of them to speak for all, in writing.
    async fn make_joint(&self) -> Result<String, Stop> {
        let (mut head, mut others) = self.lock(false).await?;
        if head.state.matter != CaseKind::Complaint {
            return Err(at("head", format!("只有投诉可以作为共同投诉（{}）。", head.state.rules.joint())));
        }
        self.check_merge(&head, &others)?;
        let names: Vec<String> = others.iter().chain([&head]).flat_map(complainants).map(|it| it.0).collect();
        let chosen = join::representatives(self.posted.text("representatives"), &names, head.state.rules)
            .map_err(|it| at("representatives", it))?;
        let mut particulars = head.particulars.clone();
        let mut people: Vec<String> = particulars.consumer.others.lines().map(str::to_owned).collect();
        for line in others.iter().flat_map(complainants).map(|it| it.1) {
            if !people.contains(&line) {
                people.push(line);
            }
        }
        particulars.consumer.others = people.join("\n");
        particulars.consumer.representatives = chosen.join("、");
        let amounts: i64 = others.iter().filter_map(|it| it.particulars.amount_fen).sum();
        particulars.amount_fen = Some(particulars.amount_fen.unwrap_or(0) + amounts).filter(|it| *it > 0);
        let joint = CaseEvent::MadeJoint {
            numbers: others.iter().map(|it| it.number.clone()).collect(),
            n_representatives: chosen.len(),
        };
        self.absorb(&mut head, &mut others).await?;
        self.append(&mut head, &[joint]).await?;
        case::correct(self.tx, &mut head, particulars, self.around.law(), self.actor, self.now).await?;
        Ok(format!("{} 件已并入 {}，作为共同投诉办理。", others.len(), head.number))
    }

    async fn dispatch(&self) -> Result<String, Stop> {
        let wanted = self.posted.text("unit_id").to_owned();
        let unit = self.around.handling_units().find(|it| it.unit_id.as_str() == wanted);
        let Some(unit) = unit else { return Err(at("unit_id", "请选择承办单位。")) };
        let chosen_unit = domain::complaint::take::Chosen {
            unit: Some((unit.unit_id.clone(), unit.short_name.clone())),
            ..Default::default()
        };
        let get = |name: &str| self.posted.raw(name).to_owned();
        let ids = chosen(self.posted);
        if ids.is_empty() || ids.len() > MOST {
            return Err(at("id", format!("请勾选要分送的案件，一次最多 {MOST} 件。")));
        }
        let (mut n, mut refused) = (0, Vec::new());
        for id in ids {
            let mut case = case::lock(self.tx, &id, None).await?;
            if !may_see(self.actor, &self.around.desk, &case.state) {
                return Err(Error::NotFound.into());
            }
            let desk = &self.around.desk;
            match take_step(self.actor, desk, &case.state, Step::Dispatch, &get, &chosen_unit, self.today) {
                Ok(events) => {
                    self.append(&mut case, &events).await?;
                    n += 1;
                }
                Err(Refusal::Fields(errors)) => {
                    refused.push(format!("{} {}", case.number, errors.iter().next().map_or("", |it| it.1)));
                }
                Err(Refusal::NotPermitted(_)) => refused.push(format!("{} 现在不能分送", case.number)),
            }
        }
        let done = format!("{n} 件已分送到{}。", unit.short_name);
        Ok(if refused.is_empty() { done } else { format!("!{done}没有分送的：{}。", refused.join("；")) })
    }
}

impl Arranging<'_> {
    async fn dismiss(&self, loaded: &Loaded, (basis, key): (Basis, &str)) -> Result<String, Stop> {
        let reason = self.posted.text("reason");
        if reason.is_empty() || reason.chars().count() > 200 {
            return Err(at("reason", "请写明为什么不是群体投诉，200 字以内。"));
        }
        let n = i64::try_from(loaded.members.len()).unwrap_or(i64::MAX);
        let last = loaded.members.iter().map(|it| it.ordinal).max().unwrap_or_default();
        cluster::dismiss(self.tx, (basis, key), (n, last), reason, self.actor, self.now).await?;
        let teller = teller(&loaded.members);
        let new = NewEvent::by(self.actor, "complaint", &teller, "cluster_dismissed", self.now);
        event::insert(self.tx, new.reason(reason));
        Ok("已记下，不再列在群体投诉里；又有新的案件加入时会再列出。".into())
    }

    async fn restore(&self, loaded: &Loaded) -> Result<String, Stop> {
        let group = &loaded.group;
        for key in std::iter::once(&group.key).chain(&group.also) {
            cluster::restore(self.tx, group.basis, key).await?;
        }
        let teller = teller(&loaded.members);
        let new = NewEvent::by(self.actor, "complaint", &teller, "cluster_restored", self.now);
        event::insert(self.tx, new);
        Ok("已重新列入群体投诉。".into())
    }
}

/// Everybody who complains in a case: the name, and the line with the telephone number.
fn complainants(case: &Case) -> Vec<(String, String)> {
    let consumer = &case.particulars.consumer;
    let own = format!("{} {}", consumer.name, consumer.phone);
    let lines = std::iter::once(own).chain(consumer.others.lines().map(str::to_owned));
    let named = lines.map(|it| it.trim().to_owned()).filter(|it| !it.is_empty());
    named.map(|line| (line.split_whitespace().next().unwrap_or_default().to_owned(), line)).collect()
}

/// `POST /complaints/clusters/{basis}?key=`
pub(crate) async fn take(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path(basis): Path<String>,
    posted: Posted,
) -> Answer {
    let basis = Basis::from_code(&basis).ok_or(Error::NotFound)?;
    let key = posted.text("key").to_owned();
    let window = window_of_form(&posted);
    let back = page::inside(posted.text("next")).to_owned();
    let (now, today) = (app.clock.now(), app.clock.today());
    let (who, asked, sent) = (actor.clone(), key.clone(), posted.clone());
    // Which cases belong together is asked beside the writer; the few that change are looked at again under their lock.
    let (reader, wanted) = (actor.clone(), key.clone());
    let loaded = app.db.try_read(async move |tx| load(&tx, &reader, (basis, &wanted), window, today).await).await?;
    let words = app
        .db
        .try_write(async move |tx| -> Result<String, Stop> {
            let around = &Around::load(&tx).await?;
            let arranging = Arranging { tx: &tx, around, actor: &who, posted: &sent, now, today };
            match sent.text("how") {
                "link" => arranging.link().await,
                "merge" => arranging.merge().await,
                "joint" => arranging.make_joint().await,
                "dispatch" => arranging.dispatch().await,
                "none" | "restore" if !around.desk.is_intake(&who) => {
                    Err(Error::Forbidden("是不是群体投诉由投诉举报机构判断。".into()).into())
                }
                "none" => arranging.dismiss(&loaded, (basis, &asked)).await,
                "restore" => arranging.restore(&loaded).await,
                _ => Err(Error::Unreadable("请选择怎样处理，再按按钮。".into()).into()),
            }
        })
        .await;
    match words {
        Ok(words) => page::done(&back, &words),
        Err(Stop::Field(field, sentence)) => {
            again(&app, frame, &actor, (basis, key), &posted, FormErrors::one(field, sentence)).await
        }
        Err(Stop::Error(error)) => Err(error),
    }
}

/// In whose history it stands: a cluster has none of its own, so the oldest case tells it.
fn teller(members: &[Case]) -> Id {
    members.first().map_or_else(|| Id::from_text("cluster"), |it| it.complaint_id.clone())
}
