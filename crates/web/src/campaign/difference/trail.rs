//! What a revision leaves in the trail, in words.

use domain::campaign::difference::Row;
use domain::campaign::difference::apply::Act;
use domain::unit::Actor;
use store::event::NewEvent;

use super::{Compared, duty_lines, form_lines};

/// What a revision changed besides the fields of activities, in words: duties, forms, activities that only moved.
fn what_changed(compared: &Compared, acts: &[Act]) -> serde_json::Value {
    let mut detail = serde_json::Map::new();
    for (label, lines) in [("报送要求", duty_lines(compared)), ("统计表", form_lines(compared))] {
        for word in ["新增", "修改", "删除"] {
            let of_word = lines.iter().filter(|line| line.word == word);
            let words: Vec<String> =
                of_word.map(|line| format!("{}（{}）", line.title, line.details.join("；"))).collect();
            if !words.is_empty() {
                detail.insert(format!("{word}{label}"), words.join("；").into());
            }
        }
    }
    let moved = acts.iter().filter_map(|act| match act {
        Act::Move { old, .. } => compared.standing.get(*old).map(|it| format!("“{}”", it.title)),
        _ => None,
    });
    let moved: Vec<String> = moved.collect();
    if !moved.is_empty() {
        detail.insert("只调整在通知中位置的活动".to_owned(), moved.join("、").into());
    }
    serde_json::Value::Object(detail)
}

/// One event for the campaign and one for each activity that changed.
pub(super) fn events(tx: &store::Tx, actor: &Actor, compared: &Compared, acts: &[Act], at: jiff::Timestamp) {
    let reason = format!("按修订稿更新“{}”", compared.running.title);
    let campaign = NewEvent::by(actor, "campaign", &compared.running.campaign_id, "revised", at);
    store::event::insert(tx, campaign.reason(reason.clone()).detail(what_changed(compared, acts)));
    // The draft goes with its revision; the trail says where it went.
    let draft = NewEvent::by(actor, "campaign", &compared.draft.campaign_id, "deleted", at);
    store::event::insert(tx, draft.reason(format!("修订稿“{}”已应用，草稿随之删除", compared.draft.title)));
    for act in acts {
        let (id, kind, detail) = match act {
            Act::Move { .. } => continue,
            Act::Insert(new) => (new.activity_id.clone(), "created", serde_json::Map::new()),
            Act::Cancel { old, .. } => match compared.standing.get(*old) {
                Some(old) => (old.activity_id.clone(), "cancelled", serde_json::Map::new()),
                None => continue,
            },
            Act::Update { activity, fields, .. } => {
                let changed = compared.difference.rows.iter().find_map(|row| match row {
                    Row::Changed { old, fields, .. } => {
                        compared.standing.get(*old).filter(|it| it.activity_id == activity.activity_id).map(|_| fields)
                    }
                    _ => None,
                });
                let taken = changed.into_iter().flatten().filter(|it| fields.contains(&it.field));
                let words = taken.map(|it| (it.field.label().to_owned(), serde_json::json!([it.before, it.after])));
                (activity.activity_id.clone(), "revised", words.collect())
            }
        };
        let event = NewEvent::by(actor, "activity", &id, kind, at).reason(reason.clone());
        store::event::insert(tx, event.detail(serde_json::Value::Object(detail)));
    }
}
