-- A revised notice changes the annex under a form that the office has saved: the rows before the revision wait beside it until somebody
-- has taken the changes over or left the form as it is. Empty when nothing waits.
-- A new column that old rows leave empty: locks only the small table stat_form. Undo: drop the column.
alter table stat_form add column annex_before text;
