-- Records (一次记录), the media ledger and the materials ledger, and what photos say about themselves.
-- New tables only: locks nothing. Undo: drop the tables in reverse order.
create table record (
  record_id text primary key,
  campaign_id text not null references campaign (campaign_id),
  activity_id text not null references activity (activity_id),
  activity_session_id text references activity_session (activity_session_id),
  happened_on text not null,
  topic text not null,
  note text not null,
  status text not null check (status in ('kept', 'withdrawn')),
  client_key text not null,
  person_id text not null references person (person_id),
  created_at text not null,
  version bigint not null
);
-- What a phone sent twice is one record.
create unique index record_client_key on record (client_key);
create index record_activity on record (activity_id, happened_on, record_id);
create index record_campaign on record (campaign_id, happened_on, record_id);
create index record_session on record (activity_session_id);

create table record_unit (
  unit_id text not null references unit (unit_id),
  record_id text not null references record (record_id),
  sort_key bigint not null,
  primary key (record_id, unit_id)
);
create index record_unit_unit on record_unit (unit_id, record_id);

-- Campaign, activity, topic, day and whether the record counts are repeated here, so that a recount reads one index and nothing else.
create table record_figure (
  record_id text not null references record (record_id),
  indicator text not null,
  value bigint not null,
  is_estimate bigint not null check (is_estimate in (0, 1)),
  same_as text not null,
  campaign_id text not null,
  activity_id text not null,
  topic text not null,
  happened_on text not null,
  is_counted bigint not null check (is_counted in (0, 1)),
  primary key (record_id, indicator)
);
create index record_figure_count on record_figure
  (campaign_id, is_counted, activity_id, indicator, topic, same_as, value, is_estimate, happened_on, record_id);

create table media_entry (
  media_entry_id text primary key,
  campaign_id text not null references campaign (campaign_id),
  activity_id text references activity (activity_id),
  unit_id text not null references unit (unit_id),
  kind text not null,
  outlet text not null,
  title text not null,
  link text not null,
  same_as text not null,
  published_on text not null,
  pieces bigint not null,
  days bigint not null,
  reads bigint,
  reads_at text,
  is_estimate bigint not null check (is_estimate in (0, 1)),
  note text not null,
  status text not null check (status in ('kept', 'withdrawn')),
  client_key text not null,
  person_id text not null references person (person_id),
  created_at text not null,
  version bigint not null
);
create unique index media_entry_client_key on media_entry (client_key);
create index media_entry_campaign on media_entry (campaign_id, published_on, media_entry_id);
create index media_entry_same on media_entry (campaign_id, same_as);

create table material_entry (
  material_entry_id text primary key,
  campaign_id text not null references campaign (campaign_id),
  activity_id text references activity (activity_id),
  unit_id text not null references unit (unit_id),
  kind text not null,
  title text not null,
  printed bigint,
  handed_out bigint,
  is_estimate bigint not null check (is_estimate in (0, 1)),
  place text not null,
  happened_on text not null,
  is_in_record bigint not null check (is_in_record in (0, 1)),
  note text not null,
  status text not null check (status in ('kept', 'withdrawn')),
  client_key text not null,
  person_id text not null references person (person_id),
  created_at text not null,
  version bigint not null
);
create unique index material_entry_client_key on material_entry (client_key);
create index material_entry_campaign on material_entry (campaign_id, happened_on, material_entry_id);

-- By content: the same photo on two records has the same facts.
create table photo_fact (
  sha256 text primary key,
  width bigint not null,
  height bigint not null,
  taken_at text,
  latitude double precision,
  longitude double precision,
  camera text not null
);
