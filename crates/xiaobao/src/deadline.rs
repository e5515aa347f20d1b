//! `xiaobao deadline`: the last day of a statutory term, with the reason for every day.

use std::io::Write;
use std::process::ExitCode;
use std::str::FromStr;

use clap::{Args, ValueEnum};
use domain::calendar::WorkCalendar;
use domain::complaint::deadline::{DateSheet, Pause, Roll, SheetDay, count};
use domain::complaint::term::{self, RuleVersion, Term};
use jiff::civil::Date;
use serde_json::json;

use crate::usage;

/// Counts a term day by day.
#[derive(Args)]
pub(crate) struct Deadline {
    /// 期限代码，如 complaint.accept；--list 列出全部
    #[arg(long, value_name = "CODE", required_unless_present = "list")]
    term: Option<String>,
    /// 起算日（当日不计入），如 2026-02-12
    #[arg(long, value_name = "DATE", value_parser = usage::day, required_unless_present = "list")]
    from: Option<Date>,
    /// 收到之日，决定适用哪一版规则；不写则同起算日
    #[arg(long, value_name = "DATE", value_parser = usage::day)]
    received: Option<Date>,
    /// 检定检验鉴定期间（首尾两日均不计入），如 2026-05-11..2026-05-20；未取回写 2026-05-11..；可写多次
    #[arg(long = "pause", value_name = "A..B")]
    pauses: Vec<PauseArgument>,
    /// 期满日遇到哪些日子顺延：weekend 一切非工作日，holiday 仅法定节假日
    #[arg(long, value_enum, default_value = "weekend")]
    roll: RollArgument,
    /// 输出 JSON
    #[arg(long)]
    json: bool,
    /// 列出全部期限及其条款
    #[arg(long, exclusive = true)]
    list: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum RollArgument {
    Weekend,
    Holiday,
}

#[derive(Debug, Clone, Copy)]
struct PauseArgument(Pause);

impl FromStr for PauseArgument {
    type Err = String;

    fn from_str(text: &str) -> Result<PauseArgument, String> {
        let wrong = || format!("“{text}”应写成 2026-05-11..2026-05-20");
        let (from, to) = text.split_once("..").ok_or_else(wrong)?;
        let from = usage::day(from)?;
        let to = if to.is_empty() { None } else { Some(usage::day(to)?) };
        if to.is_some_and(|to| to < from) {
            return Err(format!("“{text}”的止日早于起日"));
        }
        Ok(PauseArgument(Pause { from, to }))
    }
}

impl Deadline {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let (Some(code), Some(from)) = (self.term.as_deref(), self.from) else {
            return say(&list());
        };
        let version = RuleVersion::in_force_on(self.received.unwrap_or(from));
        let term = term::find(code, version).ok_or_else(|| unknown(code, version))?;
        let pauses: Vec<Pause> = self.pauses.iter().map(|pause| pause.0).collect();
        let roll = match self.roll {
            RollArgument::Weekend => Roll::Weekend,
            RollArgument::Holiday => Roll::Holiday,
        };
        let sheet = count(term, from, &pauses, roll, &WorkCalendar::announced());
        say(&if self.json { as_json(term, version, &sheet)? } else { as_text(term, &sheet) })
    }
}

fn unknown(code: &str, version: RuleVersion) -> anyhow::Error {
    if term::codes().contains(&code) {
        anyhow::anyhow!("{}没有规定“{code}”这一期限", version.title())
    } else {
        anyhow::anyhow!("没有期限“{code}”；可用的有：{}", term::codes().join("、"))
    }
}

/// Prints the answer; a reader that has gone away (`| head`) is no fault.
fn say(answer: &str) -> anyhow::Result<ExitCode> {
    match std::io::stdout().write_all(answer.as_bytes()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(ExitCode::SUCCESS),
    }
}

fn list() -> String {
    let line = |term: &Term| {
        let length = format!("{}{}", term.length, term.unit.label());
        format!("{:<30}{length}　{}，自{}起　{}\n", term.code, term.label, term.runs_from, term.article)
    };
    term::TERMS.iter().map(line).collect()
}

fn as_json(term: &Term, version: RuleVersion, sheet: &DateSheet) -> anyhow::Result<String> {
    let day = |day: &SheetDay| json!({"date": day.date, "counted": day.counted.is_some(), "number": day.counted, "why": day.why});
    let days: Vec<_> = sheet.days.iter().map(day).collect();
    let answer = json!({
        "due": sheet.due,
        "provisional": sheet.provisional,
        "term": term.code,
        "article": term.article,
        "counting_article": term.counting_article(),
        "rule_version": version.code(),
        "length": term.length,
        "unit": term.unit,
        "days": days,
    });
    Ok(serde_json::to_string_pretty(&answer)? + "\n")
}

fn as_text(term: &Term, sheet: &DateSheet) -> String {
    let provisional = if sheet.provisional { "（暂定：该年度放假安排尚未公布）" } else { "" };
    let due = match sheet.due {
        Some(due) => format!("{due}{provisional}"),
        None => "未定，检定检验鉴定尚未结束".to_owned(),
    };
    let mut text = format!("{}：自{}起{}{}内\n", term.label, term.runs_from, term.length, term.unit.label());
    text += &format!("依据：{}\n期满日：{due}\n", term.basis());
    for day in &sheet.days {
        let number = day.counted.map_or_else(|| "不计入".to_owned(), |n| format!("第{n:>2}日"));
        text += &format!("  {}  {}  {number}  {}\n", day.date, weekday(day.date), day.why);
    }
    text
}

fn weekday(date: Date) -> &'static str {
    match date.weekday() {
        jiff::civil::Weekday::Monday => "周一",
        jiff::civil::Weekday::Tuesday => "周二",
        jiff::civil::Weekday::Wednesday => "周三",
        jiff::civil::Weekday::Thursday => "周四",
        jiff::civil::Weekday::Friday => "周五",
        jiff::civil::Weekday::Saturday => "周六",
        jiff::civil::Weekday::Sunday => "周日",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Cli {
        #[command(flatten)]
        deadline: Deadline,
    }

    #[test]
    fn a_pause_is_two_dates_in_order() {
        assert!("2026-05-11..2026-05-20".parse::<PauseArgument>().is_ok());
        assert!("2026-05-11..".parse::<PauseArgument>().is_ok_and(|pause| pause.0.to.is_none()));
        assert!("2026-05-20..2026-05-11".parse::<PauseArgument>().is_err_and(|message| message.contains("早于")));
        assert!("20日".parse::<PauseArgument>().is_err());
    }

    #[test]
    fn the_day_of_receipt_chooses_the_rules() {
        let parse = |received: &str| {
            let arguments = ["x", "--term", "mediation.end", "--from", "2026-04-20", "--received", received];
            Cli::try_parse_from(arguments).map(|cli| cli.deadline)
        };
        let version =
            |received| parse(received).map(|it| RuleVersion::in_force_on(it.received.unwrap_or_default())).ok();
        assert_eq!(version("2026-04-14"), Some(RuleVersion::Order20));
        assert_eq!(version("2026-04-15"), Some(RuleVersion::Order121));
    }

    #[test]
    fn an_unknown_term_names_the_known_ones() {
        let message = unknown("complaint.akzept", RuleVersion::Order121).to_string();
        assert!(message.contains("complaint.accept"), "{message}");
    }
}
