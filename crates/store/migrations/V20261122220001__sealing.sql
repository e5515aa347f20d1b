-- How far the sealing of papers from before decisions 17 and 18 has come, a row for each table; and the plain files no row names any more,
-- which are let go after a day, when no upload of the same bytes can still be under way.
-- Creates two small tables; locks nothing. Undo: drop both, the sealing begins again and finds everything done.
create table complaint_sealing (
  complaint_sealing_id text primary key,
  after_id text not null,
  n_sealed bigint not null,
  ended_at text
);
create table complaint_sealing_left (
  sha256 text primary key,
  left_at text not null
);
