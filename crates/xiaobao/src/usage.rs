//! What is wrong with a command line, in Chinese: what was typed, and how it should be written.

use std::error::Error as _;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use jiff::civil::Date;

/// A day of a command line.
pub(crate) fn day(text: &str) -> Result<Date, String> {
    let is_plain = text.len() == 10 && text.bytes().all(|it| it.is_ascii_digit() || it == b'-');
    let read = text.parse::<Date>().ok().filter(|_| is_plain);
    read.ok_or_else(|| format!("“{text}”不是日历上的一天，请写成 YYYY-MM-DD，如 2026-03-15"))
}

/// Says what is wrong and ends; help and version are said as they are.
pub(crate) fn exit(error: &clap::Error) -> ! {
    let Some(sentence) = sentence(error) else { error.exit() };
    eprintln!("{sentence}\n用法见 xiaobao --help；一条命令的用法见 xiaobao 命令 --help。");
    std::process::exit(error.exit_code())
}

/// The sentence; none where the words of the parser are an answer and not a fault.
fn sentence(error: &clap::Error) -> Option<String> {
    let one = |kind| words(error.get(kind)).into_iter().next().unwrap_or_default();
    let argument = one(ContextKind::InvalidArg);
    let value = one(ContextKind::InvalidValue);
    Some(match error.kind() {
        ErrorKind::ValueValidation => {
            let why = error.source().map(ToString::to_string).filter(|it| !it.is_ascii()).unwrap_or_default();
            let said = if why.contains(&value) { why } else { format!("“{value}”不对。{why}") };
            format!("{argument}：{said}")
        }
        ErrorKind::InvalidValue if value.is_empty() => format!("{argument} 后面要写出值。"),
        ErrorKind::InvalidValue => {
            let known = words(error.get(ContextKind::ValidValue)).join("、");
            format!("{argument}：没有“{value}”；可用的有：{known}。")
        }
        ErrorKind::UnknownArgument => format!("没有“{argument}”这个选项或参数。"),
        ErrorKind::InvalidSubcommand => format!("没有命令“{}”。", one(ContextKind::InvalidSubcommand)),
        ErrorKind::MissingRequiredArgument => {
            format!("还要写出：{}。", words(error.get(ContextKind::InvalidArg)).join("、"))
        }
        ErrorKind::ArgumentConflict => {
            let other = words(error.get(ContextKind::PriorArg)).join("、");
            if other == argument || other.is_empty() {
                format!("{argument} 只能写一次，或只能单独用。")
            } else {
                format!("{argument} 不能和 {other} 一起用。")
            }
        }
        _ => return None,
    })
}

fn words(value: Option<&ContextValue>) -> Vec<String> {
    match value {
        Some(ContextValue::String(it)) => vec![it.clone()],
        Some(ContextValue::Strings(them)) => them.clone(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;
    use crate::Cli;

    fn said(line: &str) -> String {
        let error = Cli::command().try_get_matches_from(line.split(' ')).err();
        error.as_ref().and_then(sentence).unwrap_or_default()
    }

    #[test]
    fn a_day_that_is_none_is_named_with_the_form_of_a_day() {
        assert!(day("2026-02-28").is_ok());
        for line in [
            "xiaobao deadline --term report.decide --from 2026-02-30",
            "xiaobao deadline --term report.decide --from 2026-02-01 --received 2026-02-30",
            "xiaobao deadline --term report.decide --from 2026-02-01 --pause 2026-02-30..",
            "xiaobao import 12315 a.xlsx --data d --received 2026-02-30",
            "xiaobao import list a.xlsx --data d --received 2026-02-30",
        ] {
            let said = said(line);
            assert!(said.contains("2026-02-30") && said.contains("YYYY-MM-DD"), "{line}: {said}");
            assert!(!said.contains("invalid") && !said.contains("error"), "{said}");
        }
        for text in ["20260230", "2026-3-1", "2026-02-28T10:00", "昨天", ""] {
            assert!(day(text).is_err_and(|it| it.contains(text)), "{text}");
        }
    }

    #[test]
    fn whatever_is_wrong_is_said_in_chinese() {
        assert_eq!(said("xiaobao deadlin"), "没有命令“deadlin”。");
        assert_eq!(said("xiaobao deadline --foo"), "没有“--foo”这个选项或参数。");
        assert!(said("xiaobao deadline --term x").contains("--from <DATE>"));
        assert!(said("xiaobao deadline --term x --from 2026-02-01 --roll x").contains("weekend、holiday"));
        assert!(said("xiaobao deadline --list --json").contains("--list"));
        assert_eq!(said("xiaobao --help"), "", "help is no fault");
    }
}
