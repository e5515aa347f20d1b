-- Views of the queue that people keep under a name: their own, or shared with their unit.
-- A new table only: locks nothing. Undo: drop it.
create table complaint_view (
  complaint_view_id text primary key,
  person_id text not null references person (person_id),
  unit_id text not null references unit (unit_id),
  name text not null,
  query text not null,
  is_shared bigint not null check (is_shared in (0, 1)),
  is_default bigint not null check (is_default in (0, 1)),
  made_at text not null
);
create unique index complaint_view_name on complaint_view (person_id, name);
create index complaint_view_unit on complaint_view (unit_id, is_shared);
