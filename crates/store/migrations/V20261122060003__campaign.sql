-- The campaign: the notice, the plan as read and as corrected, the activities and what hangs on them.
-- New tables only: locks nothing. Undo: drop the tables in reverse order.
create table notice (
  notice_id text primary key,
  title text not null,
  file_name text not null,
  sha256 text not null,
  media_type text not null,
  source text not null,
  created_at text not null,
  person_id text not null references person (person_id)
);
create index notice_sha256 on notice (sha256);

create table campaign (
  campaign_id text primary key,
  notice_id text not null references notice (notice_id),
  title text not null,
  year bigint,
  theme text,
  status text not null check (status in ('draft', 'published', 'archived')),
  plan text not null,
  read_plan text not null,
  starts_on text,
  ends_on text,
  feed_secret text not null,
  published_at text,
  created_at text not null,
  version bigint not null
);
create unique index campaign_feed_secret on campaign (feed_secret);
create index campaign_notice on campaign (notice_id);

-- A name as the notice writes it, and the unit of the tree that is meant.
create table campaign_unit (
  campaign_id text not null references campaign (campaign_id),
  name text not null,
  unit_id text references unit (unit_id),
  is_resolved bigint not null check (is_resolved in (0, 1)),
  primary key (campaign_id, name)
);

create table activity (
  activity_id text primary key,
  campaign_id text not null references campaign (campaign_id),
  number bigint,
  sort_key bigint not null,
  group_title text,
  title text not null,
  text text not null,
  kind text not null,
  status text not null check (status in ('planned', 'under_way', 'done', 'cancelled')),
  starts_on text,
  ends_on text,
  due_on text,
  span_start bigint not null,
  span_end bigint not null,
  dates text not null,
  places text not null,
  done_at text,
  created_at text not null,
  version bigint not null
);
create index activity_campaign on activity (campaign_id, sort_key);

create table activity_unit (
  activity_id text not null references activity (activity_id),
  unit_id text not null references unit (unit_id),
  part text not null check (part in ('lead', 'support')),
  sort_key bigint not null,
  primary key (activity_id, unit_id, part)
);
create index activity_unit_unit on activity_unit (unit_id);

create table task (
  task_id text primary key,
  activity_id text not null references activity (activity_id),
  unit_id text not null references unit (unit_id),
  part text not null check (part in ('lead', 'support')),
  due_on text,
  status text not null check (status in ('open', 'done', 'withdrawn')),
  done_at text,
  version bigint not null
);
create index task_activity on task (activity_id);
create index task_unit on task (unit_id, status, due_on);

create table activity_note (
  activity_note_id text primary key,
  activity_id text not null references activity (activity_id),
  unit_id text not null references unit (unit_id),
  person_id text not null references person (person_id),
  at text not null,
  text text not null
);
create index activity_note_activity on activity_note (activity_id, at);

create table venue (
  venue_id text primary key,
  campaign_id text not null references campaign (campaign_id),
  name text not null,
  address text not null,
  kind text not null check (kind in ('main', 'satellite', 'stand')),
  version bigint not null
);
create index venue_campaign on venue (campaign_id);

create table activity_session (
  activity_session_id text primary key,
  activity_id text not null references activity (activity_id),
  venue_id text references venue (venue_id),
  starts_on text,
  time text,
  unit_id text references unit (unit_id),
  note text not null,
  version bigint not null
);
create index activity_session_activity on activity_session (activity_id);

create table report_duty (
  report_duty_id text primary key,
  campaign_id text not null references campaign (campaign_id),
  who text,
  what text not null,
  to_text text not null,
  via text not null,
  due_on text,
  due_time text,
  due_text text not null,
  span_start bigint not null,
  span_end bigint not null,
  sort_key bigint not null,
  version bigint not null
);
create index report_duty_campaign on report_duty (campaign_id, sort_key);

create table report_duty_unit (
  report_duty_id text not null references report_duty (report_duty_id),
  unit_id text not null references unit (unit_id),
  status text not null check (status in ('open', 'handed_in')),
  handed_in_at text,
  note text not null,
  version bigint not null,
  primary key (report_duty_id, unit_id)
);
create index report_duty_unit_unit on report_duty_unit (unit_id, status);

create table stat_form (
  stat_form_id text primary key,
  campaign_id text not null references campaign (campaign_id),
  title text not null,
  head text not null,
  rows text not null,
  version bigint not null
);
create index stat_form_campaign on stat_form (campaign_id);
