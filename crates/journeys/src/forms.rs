//! Sheets for measuring: a large one with merged columns, and a folder of a thousand filled forms.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use gongwen::paper::{Content, Paper, PaperCell, Role};
use gongwen::write::paper::write_xlsx;

/// Rows and columns of the large sheet, and how many of its columns hold merged cells.
const ROWS: usize = 8_500;
const COLUMNS: usize = 33;
const MERGED: usize = 12;
/// How many rows a merged cell covers.
const SPAN: usize = 5;

/// A sheet of 8,500 × 33 with 12 columns of merged cells, as a list of cases grouped by unit, street and kind is.
pub fn large_paper() -> Paper {
    let mut cells: Vec<PaperCell> =
        (0..COLUMNS).map(|column| PaperCell::text(0, column, format!("第{}列", column + 1)).role(Role::Head)).collect();
    for row in 1..=ROWS {
        for column in 0..COLUMNS {
            if column < MERGED {
                if (row - 1) % SPAN == 0 {
                    let span = SPAN.min(ROWS + 1 - row);
                    cells.push(PaperCell::text(row, column, format!("分组{}", row / SPAN)).spanning(1, span));
                }
            } else if column % 3 == 0 {
                cells.push(PaperCell::text(row, column, "消费者投诉情况"));
            } else {
                let number = row * column;
                #[expect(clippy::cast_precision_loss, reason = "a small figure")]
                let content = Content::Number { value: number as f64, words: number.to_string(), is_estimate: false };
                cells.push(PaperCell { content, ..PaperCell::text(row, column, "") });
            }
        }
    }
    Paper { name: "明细".to_owned(), widths: vec![8.0; COLUMNS], cells, head_rows: (0, 1), ..Paper::default() }
}

/// Writes so many filled forms into a folder: the fourteen rows of a real form, merged title and head.
///
/// # Errors
/// When the folder cannot be written.
pub fn fill_folder(folder: &Path, n: usize) -> Result<()> {
    const LABELS: [&str; 14] = [
        "开展主题活动数量（个）",
        "其中：“守望星河”主题宣传活动数量（个）",
        "消费者参与数（人次）",
        "经营者或企业参与数（户次）",
        "召开新闻发布会（次）",
        "印发宣传资料（册、份）",
        "开展消费教育引导活动（次）",
        "报刊杂志发表专题文章或新闻报道总数（篇）",
        "广播、电视播放专题节目或报道（次）",
        "新媒体报道总数（篇）",
        "阅读量（次）",
        "宣传视频（个）",
        "发布典型案例（个）",
        "制作、播放各类公益广告（条/天）",
    ];
    for unit in 0..n {
        let mut cells = vec![
            PaperCell::text(0, 0, "2027年“3·15”活动统计表").role(Role::Title).spanning(3, 1),
            PaperCell::text(1, 0, format!("填报单位：第{unit}所　　联系人：丁某　　电话："))
                .role(Role::Line)
                .spanning(3, 1),
        ];
        for (column, head) in ["序号", "活动项目", "数量"].into_iter().enumerate() {
            cells.push(PaperCell::text(2, column, head).role(Role::Head));
        }
        for (row, label) in LABELS.iter().enumerate() {
            cells.push(PaperCell::text(row + 3, 0, (row + 1).to_string()));
            cells.push(PaperCell::text(row + 3, 1, *label));
            let number = 1 + (unit + row) % 40;
            #[expect(clippy::cast_precision_loss, reason = "a small figure")]
            let content = Content::Number { value: number as f64, words: number.to_string(), is_estimate: false };
            cells.push(PaperCell { content, ..PaperCell::text(row + 3, 2, "") });
        }
        let paper = Paper { name: "统计表".to_owned(), widths: vec![4.0, 24.0, 8.0], cells, ..Paper::default() };
        std::fs::write(folder.join(format!("第{unit}所.xlsx")), write_xlsx(&[paper])?)?;
    }
    Ok(())
}

/// Adds the folder up with the program, as a person does; reading and writing included.
///
/// # Errors
/// When the program cannot be started or leaves something out.
pub fn merge_folder(program: &Path, folder: &Path, out: &Path) -> Result<()> {
    let output = Command::new(program).arg("merge").arg(folder).arg("-o").arg(out).output();
    let output = output.with_context(|| program.display().to_string())?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}
