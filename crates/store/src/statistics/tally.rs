//! The numbers of the returns that count, one row for each return: what a roll-up reads.
//!
//! A return that was handed in is fixed, so its numbers are written down a second time in one text: a line for each cell with the key,
//! what the records said and what was reported (`~` is an estimate), parted by tabs. It is a cache of `stat_value`; see [`differing`].

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use domain::Id;
use domain::statistics::aggregate::PartSum;
use domain::statistics::check::CellValue;
use domain::statistics::quantity::read_pairs;
use domain::statistics::stat_return::ReturnStatus;

use super::stat_return::{StatReturn, values};
use crate::{Read, Result, Row, Tx, args};

/// One number of a packed text.
struct Number<'a> {
    cell: &'a str,
    computed: Option<i64>,
    reported: Option<i64>,
    is_estimate: bool,
}

fn pack(values: &BTreeMap<String, CellValue>) -> String {
    let mut text = String::new();
    for (cell, it) in values {
        if it.computed.is_none() && it.reported.is_none() {
            // Numbers side by side (2条/10天；3条/5天) are a line each.
            for value in read_pairs(&it.text).unwrap_or_default() {
                let _ = writeln!(text, "{cell}\t\t{value}");
            }
            continue;
        }
        let words = |number: Option<i64>| number.map(|it| it.to_string()).unwrap_or_default();
        let sign = if it.is_estimate { "~" } else { "" };
        // Writing to a text cannot fail.
        let _ = writeln!(text, "{cell}\t{}\t{}{sign}", words(it.computed), words(it.reported));
    }
    text
}

fn unpack(text: &str) -> impl Iterator<Item = Number<'_>> {
    text.lines().filter_map(|line| {
        let (cell, rest) = line.split_once('\t')?;
        let (computed, reported) = rest.split_once('\t')?;
        let exact = reported.strip_suffix('~');
        Some(Number {
            cell,
            computed: computed.parse().ok(),
            reported: exact.unwrap_or(reported).parse().ok(),
            is_estimate: exact.is_some(),
        })
    })
}

/// After a return was saved: which returns of its unit count now, and the numbers of this one.
pub(super) async fn save(tx: &Tx, it: &StatReturn) -> Result<()> {
    let returns = tx
        .list(
            "select stat_return_id, status from stat_return where stat_form_id = $1 and unit_id = $2 order by supplement",
            args![it.stat_form_id, it.unit_id],
        )
        .await?;
    let statuses: Vec<ReturnStatus> = returns.iter().map(|row| row.word("status")).collect::<Result<_>>()?;
    for (row, counts_as) in returns.iter().zip(counts_as(&statuses)) {
        let id: Id = row.get("stat_return_id")?;
        if counts_as == 0 {
            tx.run("delete from stat_tally where stat_return_id = $1", args![id]).await?;
            continue;
        }
        let sql = "update stat_tally set counts_as = $2 where stat_return_id = $1";
        if id != it.stat_return_id && tx.run(sql, args![id, counts_as]).await? > 0 {
            continue;
        }
        let numbers = pack(&values(tx, &id).await?);
        tx.run_one(
            "insert into stat_tally (stat_return_id, stat_form_id, unit_id, counts_as, numbers) values ($1, $2, $3, $4, $5)
             on conflict (stat_return_id) do update set counts_as = excluded.counts_as, numbers = excluded.numbers",
            args![id, it.stat_form_id, it.unit_id, counts_as, numbers],
        )
        .await?;
    }
    Ok(())
}

/// Where each of the returns of a unit counts, the first return first: 1 for the latest approved one, and 2 for the latest handed in.
fn counts_as(statuses: &[ReturnStatus]) -> Vec<i64> {
    let latest = |is: fn(&ReturnStatus) -> bool| statuses.iter().rposition(is);
    let approved = latest(|it| *it == ReturnStatus::Approved);
    let handed_in = latest(|it| *it != ReturnStatus::Draft);
    let of = |n: usize| i64::from(approved == Some(n)) + 2 * i64::from(handed_in == Some(n));
    (0..statuses.len()).map(of).collect()
}

/// The numbers of every return that counts, in one of these ways.
async fn rows(tx: &Read, stat_form_id: &Id, ways: [i64; 2]) -> Result<Vec<(Id, String)>> {
    let sql = "select unit_id, numbers from stat_tally
               where stat_form_id = $1 and counts_as in ($2, $3) and numbers is not null";
    let rows = tx.list(sql, args![stat_form_id, ways[0], ways[1]]).await?;
    let packed = |row: &Row| Ok((row.get("unit_id")?, row.get("numbers")?));
    let mut found: Vec<(Id, String)> = rows.iter().map(packed).collect::<Result<_>>()?;
    let sql = "select stat_return_id, unit_id from stat_tally
               where stat_form_id = $1 and counts_as in ($2, $3) and numbers is null";
    for row in &tx.list(sql, args![stat_form_id, ways[0], ways[1]]).await? {
        let numbers = pack(&values(tx, &row.get("stat_return_id")?).await?);
        found.push((row.get("unit_id")?, numbers));
    }
    Ok(found)
}

/// The sums of cells by their keys. The cells of one form come in the same order in each return, so the next one is looked at first.
#[derive(Default)]
struct Sums<'a> {
    sums: Vec<(&'a str, PartSum, bool)>,
    next: usize,
}

impl<'a> Sums<'a> {
    fn of(&mut self, cell: &'a str, single: &BTreeSet<&str>) -> Option<&mut (&'a str, PartSum, bool)> {
        let is_next = self.sums.get(self.next).is_some_and(|it| it.0 == cell);
        let at = if is_next { Some(self.next) } else { self.sums.iter().position(|it| it.0 == cell) };
        let at = at.unwrap_or_else(|| {
            self.sums.push((cell, PartSum::default(), single.contains(cell)));
            self.sums.len() - 1
        });
        self.next = at + 1;
        self.sums.get_mut(at)
    }
}

/// The roll-up of a form: what its cells come to in the approved returns of these units.
///
/// Whether a cell may be added at all is the rule of its indicator; who takes the sum of 条/天 gets one that means nothing, and
/// [`PartSum::single`] for it.
pub async fn sums(
    tx: &Read,
    stat_form_id: &Id,
    is_among: impl Fn(&Id) -> bool,
    single: &BTreeSet<&str>,
) -> Result<BTreeMap<String, PartSum>> {
    let rows = rows(tx, stat_form_id, [1, 3]).await?;
    let mut sums = Sums::default();
    for (_, numbers) in rows.iter().filter(|(unit_id, _)| is_among(unit_id)) {
        sums.next = 0;
        for it in unpack(numbers) {
            let Some((_, sum, is_single)) = sums.of(it.cell, single) else { continue };
            sum.add(it.computed, it.reported, it.is_estimate);
            if *is_single {
                sum.single.extend(it.reported.map(|reported| (it.computed, reported)));
            }
        }
    }
    Ok(sums.sums.into_iter().map(|(cell, sum, _)| (cell.to_owned(), sum)).collect())
}

/// In how many cells the return that each unit has handed in differs from what the records said; units without a difference are left out.
pub async fn differences(tx: &Read, stat_form_id: &Id) -> Result<BTreeMap<Id, usize>> {
    let mut found = BTreeMap::new();
    for (unit_id, numbers) in rows(tx, stat_form_id, [2, 3]).await? {
        let n = unpack(&numbers).filter(|it| it.computed.is_some() && it.computed != it.reported).count();
        if n > 0 {
            found.insert(unit_id, n);
        }
    }
    Ok(found)
}

/// What one cell holds in the return of one unit, and where that return counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountedValue {
    pub unit_id: Id,
    pub value: CellValue,
    /// In the latest approved return of the unit.
    pub is_approved: bool,
    /// In the latest return the unit has handed in.
    pub is_handed_in: bool,
}

/// What the returns that count hold in one cell, unit by unit, with the reasons: for the page of the cell.
pub async fn list_values(tx: &Read, stat_form_id: &Id, cell: &str) -> Result<Vec<CountedValue>> {
    let rows = tx
        .list(
            "select stat_tally.unit_id, counts_as, computed, reported, is_estimate, reason, words
             from stat_tally join stat_value on stat_value.stat_return_id = stat_tally.stat_return_id and cell = $2
             where stat_form_id = $1 order by stat_tally.unit_id",
            args![stat_form_id, cell],
        )
        .await?;
    let counted = |row: &Row| {
        let counts_as: i64 = row.get("counts_as")?;
        Ok(CountedValue {
            unit_id: row.get("unit_id")?,
            value: super::stat_return::value(row)?,
            is_approved: counts_as != 2,
            is_handed_in: counts_as != 1,
        })
    };
    rows.iter().map(counted).collect()
}

/// The units whose tally is not what their returns say: something wrote beside the program.
pub(crate) async fn differing(tx: &Read) -> Result<Vec<String>> {
    let rows = tx
        .list(
            "select stat_form_id, stat_return.unit_id, unit.name, stat_return.stat_return_id, stat_return.status, stat_tally.counts_as,
               stat_tally.numbers
             from stat_return join unit using (unit_id) left join stat_tally using (stat_return_id, stat_form_id)
             order by stat_form_id, stat_return.unit_id, supplement",
            args![],
        )
        .await?;
    let mut wrong = BTreeSet::new();
    let of = |row: &Row| Ok::<(Id, Id), crate::Error>((row.get("stat_form_id")?, row.get("unit_id")?));
    let mut start = 0;
    while let Some(first) = rows.get(start) {
        let key = of(first)?;
        let own: Vec<&Row> = rows.iter().skip(start).take_while(|row| of(row).is_ok_and(|it| it == key)).collect();
        start += own.len().max(1);
        let statuses: Vec<ReturnStatus> = own.iter().map(|row| row.word("status")).collect::<Result<_>>()?;
        for (row, counts_as) in own.iter().zip(counts_as(&statuses)) {
            let stored: i64 = row.get::<Option<i64>>("counts_as")?.unwrap_or_default();
            let numbers: Option<String> = row.get("numbers")?;
            let is_packed = match numbers {
                Some(numbers) => pack(&values(tx, &row.get("stat_return_id")?).await?) == numbers,
                None => true,
            };
            if stored != counts_as || !is_packed {
                wrong.insert(row.get::<String>("name")?);
            }
        }
    }
    Ok(wrong.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packed_numbers_come_back_as_they_were() {
        let value =
            |computed, reported, is_estimate| CellValue { computed, reported, is_estimate, ..CellValue::default() };
        let values = BTreeMap::from([
            ("r1".to_owned(), value(Some(5), Some(7), false)),
            ("r2".to_owned(), value(None, Some(3_000), true)),
            ("r3".to_owned(), value(Some(-2), None, false)),
            ("r4".to_owned(), value(None, None, false)),
        ]);
        let text = pack(&values);
        let found: Vec<_> = unpack(&text).map(|it| (it.cell, it.computed, it.reported, it.is_estimate)).collect();
        assert_eq!(
            found,
            [("r1", Some(5), Some(7), false), ("r2", None, Some(3_000), true), ("r3", Some(-2), None, false)]
        );
    }

    #[test]
    fn the_latest_approved_and_the_latest_handed_in_return_count() {
        use ReturnStatus::{Approved, Complete, Draft};
        assert_eq!(counts_as(&[Draft]), [0]);
        assert_eq!(counts_as(&[Complete]), [2]);
        assert_eq!(counts_as(&[Approved, Draft]), [3, 0]);
        assert_eq!(counts_as(&[Approved, Complete]), [1, 2]);
        assert_eq!(counts_as(&[Approved, Approved]), [0, 3]);
    }
}
