//! What is done alike with one entry of either ledger: it is opened, corrected, withdrawn and brought back.

use axum::extract::{Path, State};
use domain::Id;
use domain::campaign::record::RecordStatus;
use domain::campaign::record::permitted::RecordAct;
use domain::unit::Actor;
use jiff::Timestamp;
use serde_json::Value;
use store::campaign::head::Head;
use store::campaign::material::{self, Material};
use store::campaign::media::{self, Media};
use store::event::{self, NewEvent};
use store::{Read, Tx};

use super::{Around, Refusal, check};
use crate::{Answer, App, Error, Posted, Visitor, page};

/// An entry of a ledger: of one unit, kept or withdrawn, never removed.
pub(crate) trait Entry: Clone + Send + 'static {
    /// What is typed.
    type Fields: Clone + Send + 'static;
    /// The area of its events.
    const AREA: &'static str;
    /// What stands before its key in the address.
    const PATH: &'static str;

    fn entry_id(&self) -> &Id;
    fn campaign_id(&self) -> &Id;
    fn unit_id(&self) -> &Id;
    fn status(&self) -> RecordStatus;
    fn set_status(&mut self, status: RecordStatus);
    /// Takes over what was typed; the answer is what changed, in words.
    fn take(&mut self, fields: &Self::Fields, now: Timestamp) -> Value;

    async fn get(tx: &Read, entry_id: &Id) -> store::Result<Self>;
    async fn lock(tx: &Tx, entry_id: &Id, version: Option<i64>) -> store::Result<Self>;
    async fn save(&self, tx: &Tx) -> store::Result<()>;

    /// Where it is shown.
    fn path(&self) -> String {
        format!("{}/{}", Self::PATH, self.entry_id())
    }

    /// [`check`] of this entry.
    fn check(&self, actor: &Actor, head: &Head, act: RecordAct) -> Result<(), Error> {
        check(actor, head, self.status(), self.unit_id(), act)
    }
}

/// What is said alike of the two: where the key stands, and the module of the store.
macro_rules! alike {
    ($entry_id:ident, $store:ident) => {
        fn entry_id(&self) -> &Id {
            &self.$entry_id
        }

        fn campaign_id(&self) -> &Id {
            &self.campaign_id
        }

        fn unit_id(&self) -> &Id {
            &self.entry.unit_id
        }

        fn status(&self) -> RecordStatus {
            self.status
        }

        fn set_status(&mut self, status: RecordStatus) {
            self.status = status;
        }

        async fn get(tx: &Read, entry_id: &Id) -> store::Result<Self> {
            $store::get(tx, entry_id).await
        }

        async fn lock(tx: &Tx, entry_id: &Id, version: Option<i64>) -> store::Result<Self> {
            $store::lock(tx, entry_id, version).await
        }

        async fn save(&self, tx: &Tx) -> store::Result<()> {
            $store::save(tx, self).await
        }
    };
}

impl Entry for Media {
    type Fields = domain::campaign::media::MediaEntry;
    const AREA: &'static str = "media";
    const PATH: &'static str = "/media";

    alike!(media_entry_id, media);

    fn take(&mut self, fields: &Self::Fields, now: Timestamp) -> Value {
        if self.entry.reads != fields.reads {
            self.reads_at = fields.reads.map(|_| now);
        }
        let before = std::mem::replace(&mut self.entry, fields.clone());
        super::media_words::changes(&before, fields)
    }
}

impl Entry for Material {
    type Fields = domain::campaign::material::MaterialEntry;
    const AREA: &'static str = "material";
    const PATH: &'static str = "/materials";

    alike!(material_entry_id, material);

    fn take(&mut self, fields: &Self::Fields, _: Timestamp) -> Value {
        let before = std::mem::replace(&mut self.entry, fields.clone());
        super::material::changes(&before, fields)
    }
}

/// The entry, with what its page shows around it.
pub(super) async fn load<E: Entry>(app: &App, entry_id: &str) -> Result<(E, Around), Error> {
    let id = Id::from_text(entry_id);
    let entry = app.db.read(async move |tx| E::get(&tx, &id).await).await?;
    let around = Around::load(app, entry.campaign_id().clone()).await?;
    Ok((entry, around))
}

/// Replaces what was typed, if nobody has changed it since the page was shown.
pub(super) async fn correct<E: Entry>(
    app: &App,
    actor: &Actor,
    entry: &E,
    head: &Head,
    fields: E::Fields,
    posted: &Posted,
) -> Result<(), Refusal> {
    let (now, actor, head, id) = (app.clock.now(), actor.clone(), head.clone(), entry.entry_id().clone());
    let (version, reason) = (posted.version(), posted.text("reason").to_owned());
    app.db
        .try_write(async move |tx| -> Result<(), Refusal> {
            let mut entry = E::lock(&tx, &id, Some(version)).await?;
            entry.check(&actor, &head, RecordAct::Correct)?;
            let changes = entry.take(&fields, now);
            entry.save(&tx).await?;
            let event = NewEvent::by(&actor, E::AREA, &id, "corrected", now).reason(reason.clone());
            event::insert(&tx, event.detail(changes));
            Ok(())
        })
        .await
}

/// `POST /media/{media_entry_id}/withdraw` and `/restore`, and the same of `/materials/{material_entry_id}`
pub(crate) async fn turn<E: Entry>(
    State(app): State<App>,
    Visitor(actor): Visitor,
    Path((entry_id, step)): Path<(String, String)>,
    posted: Posted,
) -> Answer {
    let (entry, around) = load::<E>(&app, &entry_id).await?;
    let (act, status, kind) = match step.as_str() {
        "withdraw" => (RecordAct::Withdraw, RecordStatus::Withdrawn, "withdrawn"),
        "restore" => (RecordAct::Restore, RecordStatus::Kept, "restored"),
        _ => return Err(Error::NotFound),
    };
    let reason = posted.text("reason").to_owned();
    if reason.is_empty() {
        return Err(Error::Unreadable("请写明原因，再撤回或恢复。".into()));
    }
    let (now, version, id, head) = (app.clock.now(), posted.version(), entry.entry_id().clone(), around.head);
    app.db
        .try_write(async move |tx| -> Result<(), Error> {
            let mut entry = E::lock(&tx, &id, Some(version)).await?;
            entry.check(&actor, &head, act)?;
            entry.set_status(status);
            entry.save(&tx).await?;
            event::insert(&tx, NewEvent::by(&actor, E::AREA, &id, kind, now).reason(reason.clone()));
            Ok(())
        })
        .await?;
    let words = if status == RecordStatus::Kept {
        "已恢复，重新计入统计。"
    } else {
        "已撤回，不再计入统计。"
    };
    page::done(&entry.path(), words)
}
