//! The layout of a form that was read from a notice's text, which has none: title, head line, table, seal and date.

use std::collections::BTreeMap;

use super::{At, FormLayout, LayoutCell};
use crate::statistics::form::{FormDefinition, FormRow};

/// Widths in tenths of a Chinese character.
const NUMBER: u32 = 50;
const LABEL: u32 = 240;
const VALUE: u32 = 100;
const WIDE_VALUE: u32 = 240;

/// The standard layout and where its cells stand.
pub(super) fn standard(form: &FormDefinition) -> (FormLayout, BTreeMap<String, At>) {
    let heads = value_heads(form);
    let has_blanks = heads.is_empty();
    let n_values = heads.len().max(1);
    let n_columns = 2 + n_values;
    let mut sheet = Sheet { cells: Vec::new(), places: BTreeMap::new(), row: 0 };
    sheet.across(n_columns, &form.title);
    if !form.head.is_empty() {
        let line: Vec<String> = form.head.iter().map(|it| format!("{it}：")).collect();
        sheet.across(n_columns, &line.join("　　　　　　　"));
    }
    let table_from = sheet.row;
    let value_head = |n: usize| match heads.get(n) {
        Some(head) => head.clone(),
        None => form.column_heads.value().to_owned(),
    };
    let heads_of_rows = [form.column_heads.number().to_owned(), form.column_heads.label().to_owned()];
    let head = heads_of_rows.into_iter().chain((0..n_values).map(value_head));
    sheet.line(head.collect());
    let head_until = sheet.row;
    for row in &form.rows {
        sheet.form_row(row, &heads, n_columns, n_values);
    }
    let table_until = sheet.row;
    let is_signed = form.head.iter().any(|it| it.contains("盖章") || it.contains("日期"));
    let after =
        if is_signed { Vec::new() } else { vec!["（盖章）　　　　　年　　月　　日".to_owned()] };
    let value =
        if has_blanks && form.rows.iter().any(|it| it.cells.len() > 1 && !it.is_pair()) { WIDE_VALUE } else { VALUE };
    let widths = [NUMBER, LABEL].into_iter().chain(std::iter::repeat_n(value, n_values)).collect();
    let layout = FormLayout {
        before: Vec::new(),
        after,
        widths,
        cells: sheet.cells,
        table_from,
        head_until,
        table_until,
        is_landscape: n_values > 4,
    };
    (layout, sheet.places)
}

/// The heads of the value columns when the rows have the same ones (线上, 线下, 合计); none when the blanks of each row
/// are its own.
fn value_heads(form: &FormDefinition) -> Vec<String> {
    let labels = |row: &FormRow| row.cells.iter().filter_map(|it| it.label.clone()).collect::<Vec<_>>();
    let several = form.rows.iter().filter(|it| it.cells.len() > 1 && !it.is_pair());
    let longest = several.clone().map(labels).rev().max_by_key(Vec::len).unwrap_or_default();
    let fits = several.clone().all(|row| {
        let own = labels(row);
        let has_one_unit = row.cells.iter().all(|it| it.unit == row.cells.first().and_then(|it| it.unit.clone()));
        has_one_unit && own.len() == row.cells.len() && own.iter().all(|it| longest.contains(it))
    });
    if fits { longest } else { Vec::new() }
}

struct Sheet {
    cells: Vec<LayoutCell>,
    places: BTreeMap<String, At>,
    row: usize,
}

impl Sheet {
    fn put(&mut self, column: usize, column_span: usize, text: String) {
        self.cells.push(LayoutCell { row: self.row, column, row_span: 1, column_span, text });
    }

    fn across(&mut self, n_columns: usize, text: &str) {
        self.put(0, n_columns, text.to_owned());
        self.row += 1;
    }

    fn line(&mut self, texts: Vec<String>) {
        for (column, text) in texts.into_iter().enumerate() {
            self.put(column, 1, text);
        }
        self.row += 1;
    }

    fn form_row(&mut self, row: &FormRow, heads: &[String], n_columns: usize, n_values: usize) {
        if row.cells.is_empty() {
            self.across(n_columns, &row.label);
            return;
        }
        self.put(0, 1, row.number.clone().unwrap_or_default());
        let of_which = if row.parent.is_some() && row.number.is_none() { "其中：" } else { "" };
        let has_own_units = row.cells.len() > 1 && heads.is_empty() && !row.is_pair();
        let unit = Some(row.unit_words()).filter(|it| !has_own_units && !it.is_empty());
        let unit = unit.map(|it| format!("（{it}）")).unwrap_or_default();
        self.put(1, 1, format!("{of_which}{}{unit}", row.label));
        let at = |column: usize| (self.row, column);
        if has_own_units {
            let places: Vec<(String, At)> = row.cells.iter().map(|it| (it.key.clone(), at(2))).collect();
            self.places.extend(places);
            let blank = |it: &crate::statistics::form::FormCell| {
                format!("{}（　　）{}", it.label.as_deref().unwrap_or_default(), it.unit.as_deref().unwrap_or_default())
            };
            let text: Vec<String> = row.cells.iter().map(blank).collect();
            self.put(2, 1, text.join("，"));
        } else if row.cells.len() == 1 || row.is_pair() {
            let places: Vec<(String, At)> = row.cells.iter().map(|it| (it.key.clone(), at(2))).collect();
            self.places.extend(places);
            self.put(2, n_values, String::new());
        } else {
            for (n, head) in heads.iter().enumerate() {
                let cell = row.cells.iter().find(|it| it.label.as_ref() == Some(head));
                if let Some(cell) = cell {
                    self.places.insert(cell.key.clone(), (self.row, 2 + n));
                }
                self.put(2 + n, 1, if cell.is_some() { String::new() } else { "—".to_owned() });
            }
        }
        self.row += 1;
    }
}
