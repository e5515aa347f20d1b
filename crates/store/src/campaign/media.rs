//! The media ledger (媒体台账).

use domain::Id;
use domain::campaign::media::{MediaEntry, MediaKind};
use domain::campaign::record::RecordStatus;
use jiff::Timestamp;

use crate::{Error, Read, Result, Row, Tx, args, new_id, word};

/// An entry as stored, with what a page shows of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Media {
    pub media_entry_id: Id,
    pub campaign_id: Id,
    pub entry: MediaEntry,
    /// When the reads were last looked up.
    pub reads_at: Option<Timestamp>,
    pub status: RecordStatus,
    pub person_id: Id,
    pub created_at: Timestamp,
    pub version: i64,
    /// The short name of the unit.
    pub unit_name: String,
    /// The title of the activity; empty for none.
    pub activity_title: String,
    /// How many kept entries of the campaign are the same article, this one among them.
    pub n_same: i64,
}

/// Which entries to list; empty for all.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub kind: String,
    pub unit_id: String,
    pub activity_id: String,
    /// Words of title or outlet.
    pub words: String,
    pub with_withdrawn: bool,
}

const OWN: &str = "media_entry_id, campaign_id, activity_id, unit_id, kind, outlet, title, link, same_as, published_on, pieces, days, \
                   reads, reads_at, is_estimate, note, status, person_id, created_at, version";
const LISTED: &str = "select media_entry_id, media_entry.campaign_id, media_entry.activity_id, media_entry.unit_id, media_entry.kind, outlet, \
       media_entry.title, link, same_as, published_on, pieces, days, reads, reads_at, is_estimate, note, media_entry.status, \
       media_entry.person_id, media_entry.created_at, media_entry.version, unit.short_name as unit_name, \
       coalesce(activity.title, '') as activity_title, \
       (select count(*) from media_entry other where other.campaign_id = media_entry.campaign_id and other.same_as = media_entry.same_as \
          and other.status = 'kept') as n_same \
     from media_entry join unit on unit.unit_id = media_entry.unit_id \
       left join activity on activity.activity_id = media_entry.activity_id";

fn media(row: &Row) -> Result<Media> {
    let kind: String = row.get("kind")?;
    Ok(Media {
        media_entry_id: row.get("media_entry_id")?,
        campaign_id: row.get("campaign_id")?,
        entry: MediaEntry {
            unit_id: row.get("unit_id")?,
            activity_id: row.get("activity_id")?,
            kind: MediaKind::from_code(&kind).ok_or_else(|| Error::internal(format_args!("no media kind {kind:?}")))?,
            outlet: row.get("outlet")?,
            title: row.get("title")?,
            link: row.get("link")?,
            same_as: row.get("same_as")?,
            published_on: row.get("published_on")?,
            pieces: row.get("pieces")?,
            days: row.get("days")?,
            reads: row.get("reads")?,
            is_estimate: row.get("is_estimate")?,
            note: row.get("note")?,
        },
        reads_at: row.get("reads_at")?,
        status: row.word("status")?,
        person_id: row.get("person_id")?,
        created_at: row.get("created_at")?,
        version: row.get("version")?,
        unit_name: String::new(),
        activity_title: String::new(),
        n_same: 1,
    })
}

fn listed(row: &Row) -> Result<Media> {
    let media = media(row)?;
    Ok(Media {
        unit_name: row.get("unit_name")?,
        activity_title: row.get("activity_title")?,
        n_same: row.get("n_same")?,
        ..media
    })
}

/// The entry.
pub async fn get(tx: &Read, media_entry_id: &Id) -> Result<Media> {
    let sql = format!("{LISTED} where media_entry_id = $1");
    listed(&tx.get(&sql, args![media_entry_id]).await?)
}

/// The entries of a campaign, the newest day first.
pub async fn list(tx: &Read, campaign_id: &Id, filter: &Filter, limit: i64) -> Result<Vec<Media>> {
    let sql = format!(
        "{LISTED} where media_entry.campaign_id = $1 and ($2 = '' or media_entry.kind = $2) and ($3 = '' or media_entry.unit_id = $3)
           and ($4 = '' or media_entry.activity_id = $4) and ($5 = '' or media_entry.title like $6 or outlet like $6)
           and (media_entry.status = 'kept' or $7 = 1)
         order by published_on desc, media_entry_id desc limit $8"
    );
    let like = format!("%{}%", filter.words.replace(['%', '_'], ""));
    let arguments = args![
        campaign_id,
        filter.kind,
        filter.unit_id,
        filter.activity_id,
        filter.words,
        like,
        filter.with_withdrawn,
        limit
    ];
    tx.list(&sql, arguments).await?.iter().map(listed).collect()
}

/// The other kept entries of the same article.
pub async fn list_same(tx: &Read, media: &Media) -> Result<Vec<Media>> {
    let sql = format!(
        "{LISTED} where media_entry.campaign_id = $1 and same_as = $2 and media_entry_id <> $3 and media_entry.status = 'kept'
         order by media_entry.created_at"
    );
    tx.list(&sql, args![media.campaign_id, media.entry.same_as, media.media_entry_id])
        .await?
        .iter()
        .map(listed)
        .collect()
}

/// Creates an entry; `None` when one with the same client key is there already.
pub async fn insert(
    tx: &Tx,
    campaign_id: &Id,
    entry: &MediaEntry,
    client_key: &str,
    person_id: &Id,
    at: Timestamp,
) -> Result<Option<Media>> {
    let sql = format!(
        "insert into media_entry ({OWN}, client_key)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, 'kept', $17, $18, 1, $19)
         on conflict (client_key) do nothing returning {OWN}"
    );
    let arguments = args![
        new_id(),
        campaign_id,
        entry.activity_id,
        entry.unit_id,
        entry.kind.code(),
        entry.outlet,
        entry.title,
        entry.link,
        entry.same_as,
        entry.published_on,
        entry.pieces,
        entry.days,
        entry.reads,
        entry.reads.map(|_| at),
        entry.is_estimate,
        entry.note,
        person_id,
        at,
        client_key
    ];
    tx.find(&sql, arguments).await?.as_ref().map(media).transpose()
}

/// Loads an entry that will change. With `version`, refuses as stale what was changed since the page was rendered.
pub async fn lock(tx: &Tx, media_entry_id: &Id, version: Option<i64>) -> Result<Media> {
    let sql = format!("update media_entry set version = version + 1 where media_entry_id = $1 returning {OWN}");
    let media = media(&tx.get(&sql, args![media_entry_id]).await?)?;
    match version {
        Some(version) if version + 1 != media.version => Err(Error::Stale),
        _ => Ok(media),
    }
}

/// Saves an entry that was loaded by [`lock`].
pub async fn save(tx: &Tx, media: &Media) -> Result<()> {
    let entry = &media.entry;
    tx.run_one(
        "update media_entry set activity_id = $3, unit_id = $4, kind = $5, outlet = $6, title = $7, link = $8, same_as = $9,
           published_on = $10, pieces = $11, days = $12, reads = $13, reads_at = $14, is_estimate = $15, note = $16, status = $17
         where media_entry_id = $1 and version = $2",
        args![
            media.media_entry_id,
            media.version,
            entry.activity_id,
            entry.unit_id,
            entry.kind.code(),
            entry.outlet,
            entry.title,
            entry.link,
            entry.same_as,
            entry.published_on,
            entry.pieces,
            entry.days,
            entry.reads,
            media.reads_at,
            entry.is_estimate,
            entry.note,
            word(&media.status)
        ],
    )
    .await
}
