-- Clusters of cases: keys that nearly equal texts share, and what a person said of a cluster.
-- New tables only: locks nothing. Undo: drop them.
create table complaint_text_key (
  text_key text not null,
  complaint_id text not null references complaint (complaint_id),
  received_on text not null,
  primary key (text_key, complaint_id)
);
create index complaint_text_key_day on complaint_text_key (received_on, text_key, complaint_id);
create index complaint_text_key_of on complaint_text_key (complaint_id);

create table complaint_cluster_verdict (
  basis text not null,
  cluster_key text not null,
  -- How many cases it had: with more it is shown again.
  n_cases bigint not null,
  reason text not null,
  person_id text not null references person (person_id),
  person_name text not null,
  at text not null,
  primary key (basis, cluster_key)
);
