-- Summary reports (总结): the report of a unit or of the whole campaign, and every version of it as it was saved.
-- New tables only: locks nothing. Undo: drop the tables in reverse order.
create table summary (
  summary_id text primary key,
  campaign_id text not null references campaign (campaign_id),
  unit_id text references unit (unit_id),
  -- The unit again, or nothing for the whole campaign, so that there is one report of each.
  scope text not null,
  content text not null,
  person_id text not null references person (person_id),
  changed_at text not null,
  version bigint not null
);
create unique index summary_scope on summary (campaign_id, scope);

create table summary_version (
  summary_id text not null references summary (summary_id),
  version bigint not null,
  kind text not null check (kind in ('drafted', 'redrafted', 'corrected', 'restored')),
  content text not null,
  person_id text not null references person (person_id),
  at text not null,
  primary key (summary_id, version)
);
