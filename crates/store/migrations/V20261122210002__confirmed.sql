-- A person has looked at a figure that is much larger than any before and says that it is right; the mark holds for that number alone.
-- Creates a table. Undo: drop it.
create table record_confirmed (
  record_id text not null references record (record_id),
  indicator text not null,
  value bigint not null,
  primary key (record_id, indicator)
);
