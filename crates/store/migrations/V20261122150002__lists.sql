-- Lists of other systems and e-mails on their way to becoming cases: remembered mappings, uploads that wait for a decision.
-- New tables only: locks nothing. Undo: drop the three.
create table list_mapping (
  list_mapping_id text primary key,
  name text not null,
  -- The heads without blanks and brackets: by them a list is known again.
  head_key text not null,
  mapping text not null,
  person_id text references person (person_id),
  changed_at text not null,
  version bigint not null
);
create unique index list_mapping_name on list_mapping (name);
create unique index list_mapping_heads on list_mapping (head_key);

-- The rows of the list lie sealed beside the database (`DATA/lists`) and go with this row.
create table list_draft (
  list_draft_id text primary key,
  person_id text not null references person (person_id),
  file_name text not null,
  created_at text not null
);

create table complaint_mail (
  complaint_mail_id text primary key,
  message_hash text not null,
  received_at text not null,
  content_cipher text not null,
  status text not null check (status in ('open', 'registered', 'discarded')),
  submission_id text,
  person_id text not null references person (person_id),
  created_at text not null,
  version bigint not null
);
create unique index complaint_mail_message on complaint_mail (message_hash);
create index complaint_mail_open on complaint_mail (status, received_at);
