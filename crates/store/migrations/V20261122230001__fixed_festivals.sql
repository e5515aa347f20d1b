-- Festivals with a fixed date are no working days in years nobody has announced yet: dates counted over them move.
-- Adds nothing; asks the background to count the open cases anew.
-- Undo: nothing to do.
insert into complaint_recount (complaint_recount_id, done_ordinal, n_seen, n_moved, n_all, began_at, ended_at)
  select 'dates', 0, 0, 0, (select count(*) from complaint where is_open = 1), '2026-11-22T00:00:00.000Z', null
  from event_head where exists (select 1 from complaint)
  on conflict (complaint_recount_id) do update set done_ordinal = 0, n_seen = 0, n_moved = 0, n_skipped = 0, n_all = excluded.n_all, ended_at = null;
