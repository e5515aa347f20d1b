-- What the annex of a form prints above its columns, as JSON; null for forms of before.
alter table stat_form add column column_heads text;
