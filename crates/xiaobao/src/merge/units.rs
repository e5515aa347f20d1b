//! Which units should have handed in: a list of names, as a text or a sheet.

use std::path::Path;

use domain::Id;
use domain::unit::near::Named;
use gongwen::sheet::Sheet;

/// The heads of the column of names, the surest first.
const NAME_HEADS: &[&str] = &["单位名称", "机构名称", "填报单位", "名称", "单位"];
const OTHER_HEADS: &[&str] = &["简称", "别名", "曾用名"];

/// The units of a file. A text has a unit a line; of a sheet the column of names is taken, else the first one.
pub(super) async fn read(path: &Path) -> anyhow::Result<Vec<Named>> {
    let bytes = std::fs::read(path).map_err(|error| anyhow::anyhow!("{}", super::inputs::not_opened(path, &error)))?;
    let name = path.file_name().map(|it| it.to_string_lossy().into_owned()).unwrap_or_default();
    let rows: Vec<Vec<String>> = if path.extension().is_some_and(|it| it == "txt") {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        text.trim_start_matches('\u{feff}').lines().map(|it| vec![it.trim().to_owned()]).collect()
    } else {
        let file = gongwen::read_sheets(&name, &bytes, &gongwen::Limits::default());
        let file = file.map_err(|error| anyhow::anyhow!("{}：{error}", path.display()))?;
        file.sheets.first().map(rows).unwrap_or_default()
    };
    let units = units(&rows);
    anyhow::ensure!(!units.is_empty(), "{}：单位表里没有单位", path.display());
    Ok(units)
}

fn rows(sheet: &Sheet) -> Vec<Vec<String>> {
    let mut rows: Vec<Vec<String>> = Vec::new();
    for cell in &sheet.cells {
        if rows.len() <= cell.row {
            rows.resize_with(cell.row + 1, Vec::new);
        }
        if let Some(row) = rows.get_mut(cell.row) {
            row.resize(row.len().max(cell.column + 1), String::new());
            if let Some(place) = row.get_mut(cell.column) {
                cell.text.trim().clone_into(place);
            }
        }
    }
    rows
}

fn units(rows: &[Vec<String>]) -> Vec<Named> {
    let column = |heads: &[&str]| {
        heads.iter().find_map(|head| {
            rows.iter().enumerate().find_map(|(n, row)| Some((n, row.iter().position(|it| it == head)?)))
        })
    };
    let (head, name) = match column(NAME_HEADS) {
        Some((row, column)) => (Some(row), column),
        None => (None, 0),
    };
    let others: Vec<usize> = OTHER_HEADS.iter().filter_map(|it| column(&[it])).map(|it| it.1).collect();
    let mut units: Vec<Named> = Vec::new();
    for row in rows.iter().skip(head.map_or(0, |it| it + 1)) {
        let Some(own) = row.get(name).filter(|it| !it.is_empty()) else { continue };
        if units.iter().any(|it| it.name == *own) {
            continue;
        }
        let aliases =
            others.iter().filter_map(|column| row.get(*column)).flat_map(|it| it.split(['、', '，', ',', ' ']));
        let aliases = aliases.filter(|it| !it.is_empty()).map(str::to_owned).collect();
        units.push(Named { unit_id: Id::from_text(units.len().to_string()), name: own.clone(), aliases });
    }
    units
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_a_line_each_or_below_their_head() {
        let of = |rows: &[&[&str]]| {
            let rows: Vec<Vec<String>> = rows.iter().map(|it| it.iter().map(|it| (*it).to_owned()).collect()).collect();
            units(&rows).into_iter().map(|it| format!("{}|{}", it.name, it.aliases.join("+"))).collect::<Vec<_>>()
        };
        assert_eq!(of(&[&["青石所"], &[""], &["白塘所"], &["青石所"]]), ["青石所|", "白塘所|"]);
        assert_eq!(
            of(&[&["序号", "单位名称", "简称"], &["1", "青石市场监管所", "青石所、青石"]]),
            ["青石市场监管所|青石所+青石"]
        );
    }
}
