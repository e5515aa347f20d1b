-- States kept by an earlier build lost an answer "no" and an amount of 0. Adds nothing; asks the background to fold every case anew from its
-- events, once. Undo: delete the row.
insert into complaint_recount (complaint_recount_id, done_ordinal, n_seen, n_moved, n_all, began_at, ended_at)
  select 'states', 0, 0, 0, (select count(*) from complaint), '2026-11-23T00:00:00.000Z', null
  from event_head where exists (select 1 from complaint)
  on conflict (complaint_recount_id) do update set done_ordinal = 0, n_seen = 0, n_moved = 0, n_skipped = 0, n_all = excluded.n_all, ended_at = null;
