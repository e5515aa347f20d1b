-- What a return shares with others (jointly led activities, one article listed twice) is written down when it is handed in, so that the
-- total of the unit above does not move when records come later. A line without an indicator says that it was written down at all.
-- Creates a table and an index; takes the time of one pass over the records. Undo: drop both.
create table stat_shared (
  stat_return_id text not null references stat_return (stat_return_id),
  indicator text not null,
  topic text not null,
  thing text not null,
  value bigint not null,
  primary key (stat_return_id, indicator, topic, thing)
);
create index record_created on record (campaign_id, created_at);
