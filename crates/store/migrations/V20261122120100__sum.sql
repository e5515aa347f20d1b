-- The roll-up of a form reads this index and nothing else of the numbers: 30,000 returns of 15 cells in 0.2 s instead of 0.5 s.
-- Locks stat_value while it is built. Undo: drop the index.
create index stat_value_sum on stat_value (stat_return_id, cell, reported, is_estimate);
