-- Who sent something under the number of a tip-off that was there already, with what they said: sealed, read only by whoever may look at the
-- reporter. Before, that it was somebody else was all that was kept.
-- New table only. Undo: drop it.
create table complaint_sender (
  complaint_sender_id text primary key,
  complaint_id text not null references complaint (complaint_id),
  consumer_cipher text not null,
  words_cipher text not null,
  person_id text references person (person_id),
  sent_at text not null
);
create index complaint_sender_of on complaint_sender (complaint_id, sent_at);
