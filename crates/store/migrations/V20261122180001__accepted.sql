-- The day a complaint was accepted (受理), for figures that count accepted complaints and not received ones. A cache of the events.
-- Adds a column without a default: no rewrite; then asks the background to count the cases that are there anew.
-- Undo: leave the column.
alter table complaint add column accepted_on text;
create index complaint_accepted on complaint (accepted_on, kind) where accepted_on is not null;
update complaint set look_at = '' where kind = 'complaint';
insert into complaint_recount (complaint_recount_id, done_ordinal, n_seen, n_moved, n_all, began_at, ended_at)
  select 'dates', 0, 0, 0, (select count(*) from complaint), '2026-11-22T00:00:00.000Z', null
  from event_head where exists (select 1 from complaint)
  on conflict (complaint_recount_id) do update set done_ordinal = 0, n_seen = 0, n_moved = 0, n_all = excluded.n_all, ended_at = null;
