//! The numbers of the returns that count, one row for each return: what a roll-up reads.
//!
//! A return that was handed in is fixed, so its numbers are written down a second time in one text: a line for each cell with the key,
//! what the records said and what was reported (`~` is an estimate), parted by tabs. It is a cache of `stat_value`; see [`differing`].

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use domain::Id;
use domain::statistics::aggregate::PartSum;
use domain::statistics::check::CellValue;
use domain::statistics::form::{FormCell, FormDefinition};
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

/// Which return of a unit is meant, where it has handed in several.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Which {
    /// The latest approved one, and before any is approved the one handed in: it is what a total counts.
    Counting,
    /// The latest handed in.
    HandedIn,
}

/// The numbers of one return of each unit that has handed in.
async fn rows(tx: &Read, stat_form_id: &Id, which: Which) -> Result<Vec<(Id, String)>> {
    let sql = "select stat_return_id, unit_id, counts_as, numbers from stat_tally where stat_form_id = $1";
    let rows = tx.list(sql, args![stat_form_id]).await?;
    let way = |row: &Row| row.get::<i64>("counts_as");
    let mut approved: BTreeSet<String> = BTreeSet::new();
    for row in &rows {
        if way(row)? == 1 {
            approved.insert(row.get("unit_id")?);
        }
    }
    let mut found = Vec::with_capacity(rows.len());
    for row in &rows {
        let unit_id: Id = row.get("unit_id")?;
        let is_out = match which {
            Which::Counting => way(row)? == 2 && approved.contains(unit_id.as_str()),
            Which::HandedIn => way(row)? == 1,
        };
        if is_out {
            continue;
        }
        let numbers = match row.get::<Option<String>>("numbers")? {
            Some(numbers) => numbers,
            None => pack(&values(tx, &row.get("stat_return_id")?).await?),
        };
        found.push((unit_id, numbers));
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

/// The roll-up of a form: what its cells come to in the returns of these units that count: the latest approved one, and the one handed in
/// where none is approved yet.
///
/// Whether a cell may be added at all is the rule of its indicator; who takes the sum of 条/天 gets one that means nothing, and
/// [`PartSum::single`] for it.
pub async fn sums(
    tx: &Read,
    stat_form_id: &Id,
    is_among: impl Fn(&Id) -> bool,
    single: &BTreeSet<&str>,
) -> Result<BTreeMap<String, PartSum>> {
    let rows = rows(tx, stat_form_id, Which::Counting).await?;
    let mut sums = Sums::default();
    for (_, numbers) in rows.iter().filter(|(unit_id, _)| is_among(unit_id)) {
        sums.next = 0;
        let mut before = "";
        for it in unpack(numbers) {
            let Some((_, sum, is_single)) = sums.of(it.cell, single) else { continue };
            // Numbers side by side are a line each and still one unit; where numbers are added no cell has a second line.
            let is_again = std::mem::replace(&mut before, it.cell) == it.cell;
            if is_again && !*is_single {
                continue;
            }
            sum.add(it.computed, it.reported, it.is_estimate);
            sum.n_units -= usize::from(is_again && it.reported.is_some());
            if *is_single {
                sum.single.extend(it.reported.map(|reported| (it.computed, reported)));
            }
        }
    }
    Ok(sums.sums.into_iter().map(|(cell, sum, _)| (cell.to_owned(), sum)).collect())
}

/// What the returns of these units that count say in each cell where one number stands.
pub async fn reported(
    tx: &Read,
    stat_form_id: &Id,
    is_among: impl Fn(&Id) -> bool,
) -> Result<BTreeMap<Id, BTreeMap<String, i64>>> {
    let rows = rows(tx, stat_form_id, Which::Counting).await?;
    let of = |numbers: &str| unpack(numbers).filter_map(|it| Some((it.cell.to_owned(), it.reported?))).collect();
    Ok(rows.into_iter().filter(|it| is_among(&it.0)).map(|(unit_id, numbers)| (unit_id, of(&numbers))).collect())
}

/// In how many cells the return that each unit has handed in differs from what the records said, by the same comparison as on its page;
/// units without a difference are left out.
pub async fn differences(tx: &Read, stat_form_id: &Id, form: &FormDefinition) -> Result<BTreeMap<Id, usize>> {
    let cells: BTreeMap<&str, &FormCell> = form.cells().map(|(_, cell)| (cell.key.as_str(), cell)).collect();
    let mut found = BTreeMap::new();
    for (unit_id, numbers) in rows(tx, stat_form_id, Which::HandedIn).await? {
        let mut n = 0;
        let mut lines = unpack(&numbers).peekable();
        while let Some(it) = lines.next() {
            let mut is_list = false;
            // Numbers side by side are a line each; what the records listed then is not known any more.
            while lines.next_if(|next| next.cell == it.cell).is_some() {
                is_list = true;
            }
            let value = CellValue { computed: it.computed, reported: it.reported, ..CellValue::default() };
            let is_lost = it.computed.is_some() && it.reported.is_none();
            n += usize::from(!is_list && cells.get(it.cell).is_some_and(|cell| is_lost || value.differs(cell)));
        }
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
    /// In the return of the unit that counts in the total.
    pub is_counted: bool,
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
            is_counted: counts_as != 2,
            is_handed_in: counts_as != 1,
        })
    };
    let mut found: Vec<CountedValue> = rows.iter().map(counted).collect::<Result<_>>()?;
    let approved: BTreeSet<Id> = found.iter().filter(|it| it.is_approved).map(|it| it.unit_id.clone()).collect();
    for it in &mut found {
        it.is_counted |= !approved.contains(&it.unit_id);
    }
    Ok(found)
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
