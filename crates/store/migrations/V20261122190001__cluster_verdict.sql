-- "No cluster" was said of the cases up to this one: with a later case it is shown again. The number of cases alone did not tell, because
-- a window of time shows fewer, and merged ones leave.
-- One column with a constant: locks the small table for a moment. Undo: drop the column.
alter table complaint_cluster_verdict add column last_ordinal bigint not null default 0;
