-- One file is one notice: two imports at the same moment must not store it twice.
-- Locks notice and campaign for a moment. What was stored twice is joined to the oldest. Undo: drop notice_once.
update campaign set notice_id = (
  select min(same.notice_id) from notice same join notice own on own.sha256 = same.sha256 where own.notice_id = campaign.notice_id
)
where notice_id in (select notice_id from notice where sha256 <> '');
delete from notice
where sha256 <> '' and exists (select 1 from notice same where same.sha256 = notice.sha256 and same.notice_id < notice.notice_id);
create unique index notice_once on notice (sha256) where sha256 <> '';
