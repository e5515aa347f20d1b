-- What a person added on the public page, sealed, so that they can read it again there; the text of the case holds it too. Additions of
-- before stand in the text alone.
-- New table only. Undo: drop it.
create table complaint_supplement (
  complaint_supplement_id text primary key,
  complaint_id text not null references complaint (complaint_id),
  words_cipher text not null,
  n_files bigint not null default 0,
  added_at text not null
);
create index complaint_supplement_of on complaint_supplement (complaint_id, added_at);
