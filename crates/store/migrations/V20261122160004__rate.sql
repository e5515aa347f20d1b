-- What the rates count of a case: has somebody answered, was it decided in its statutory time; and does a leader wait for an answer.
-- A cache of the events.
-- Adds columns with constant defaults: no rewrite, a short lock; asks the background to count the cases that are there.
-- Undo: leave the columns.
alter table complaint add column is_responded bigint not null default 0;
alter table complaint add column decided_in_time text not null default '';
alter table complaint add column is_directed bigint not null default 0;
create index complaint_directed on complaint (sort_at, ordinal) where is_directed = 1;
create index complaint_closed on complaint (closed_on, kind, ordinal) where closed_on is not null;
insert into complaint_recount (complaint_recount_id, done_ordinal, n_seen, n_moved, n_all, began_at, ended_at)
  select 'dates', 0, 0, 0, (select count(*) from complaint), '2026-11-22T00:00:00.000Z', null
  from event_head where exists (select 1 from complaint);
