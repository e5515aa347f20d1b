//! Returns of before what they share was written down with them (decision 0019): it is worked out once, from the records as they stand at
//! the upgrade, so that later records do not move a total that has them.

use domain::Id;
use serde_json::json;
use store::event::{self, NewEvent};
use store::statistics::{overlap, stat_return};

use super::filling::shared_of;
use super::scene::Scene;
use crate::{App, Error};

/// Returns of one round: each may look at all records of its units.
const PIECE: i64 = 20;

/// Writes down what a few returns of before share; is there more to do?
pub(crate) async fn keep_next(app: &App) -> Result<bool, Error> {
    let waiting: Vec<Id> = app.db.read(async |tx| overlap::without(&tx, PIECE).await).await?;
    let n_waiting = waiting.len();
    let now = app.clock.now();
    for id in waiting {
        app.db
            .write(async move |tx| {
                let own = stat_return::lock(&tx, &id, None).await?;
                if overlap::has_kept(&tx, &id).await? {
                    return Ok(());
                }
                let scene = Scene::load(&tx, &own.stat_form_id).await?;
                let shared = shared_of(&tx, &scene, &own.unit_id).await?;
                overlap::keep_at_upgrade(&tx, &id, &shared).await?;
                let detail = json!({ "单位": own.unit_name, "共同活动": "按升级时的记录计" });
                event::insert(&tx, NewEvent::by_program("stat_return", &id, "overlap_kept", now).detail(detail));
                Ok(())
            })
            .await?;
    }
    Ok(i64::try_from(n_waiting).is_ok_and(|it| it >= PIECE))
}

/// 青石所、白塘所的表是升级前交的，…; empty for none.
pub(super) fn words(names: &[String]) -> String {
    const NAMED: usize = 8;
    if names.is_empty() {
        return String::new();
    }
    let first: Vec<&str> = names.iter().take(NAMED).map(String::as_str).collect();
    let more = if names.len() > NAMED { format!("等{}个单位", names.len()) } else { String::new() };
    format!(
        "{}{more}的表是系统升级前交的，当时没有记下与别的单位共同的活动：重复计数按升级时的记录去掉，之后的记录不再改变它。",
        first.join("、")
    )
}
