-- Figures of records that are at least twice the largest before of their units: of these the ones that are unlikely are asked about, and
-- are doubts wherever they are counted until somebody confirms them. What is there already is compared once.
-- Creates a table; takes the time of one pass over the records. Undo: drop the table.
create table record_question (
  record_id text not null references record (record_id),
  indicator text not null,
  value bigint not null,
  largest bigint not null,
  primary key (record_id, indicator)
);
insert into record_question (record_id, indicator, value, largest)
select compared.record_id, compared.indicator, max(compared.value), max(compared.largest)
from (
  select record_figure.record_id as record_id, record_figure.indicator as indicator, record_figure.value as value,
    max(record_figure.value) over (
      partition by record_unit.unit_id, record_figure.indicator order by record.created_at, record.record_id
      rows between unbounded preceding and 1 preceding
    ) as largest
  from record_figure
    join record on record.record_id = record_figure.record_id
    join record_unit on record_unit.record_id = record_figure.record_id
  where record_figure.is_counted = 1
) as compared
where compared.largest > 0
group by compared.record_id, compared.indicator
having max(compared.value) > 2 * max(compared.largest) and max(compared.value) - max(compared.largest) > 50;
