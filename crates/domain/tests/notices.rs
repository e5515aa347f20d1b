//! Every notice of the fixtures against its reviewed reading, and properties that hold for any text.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

use std::fmt::Write;
use std::path::{Path, PathBuf};

use domain::campaign::plan::{DateMention, Plan, Reading, ReadingKind, Span, WarningCode};
use domain::campaign::read::read;
use domain::campaign::review::Draft;
use domain::campaign::review::outline::outline;
use gongwen::source::Source;
use proptest::prelude::*;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/notices")
}

fn fixtures() -> Vec<(String, String)> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder()).unwrap().map(|it| it.unwrap().path()).collect();
    files.retain(|it| it.extension().is_some_and(|it| it == "txt"));
    files.sort();
    let name = |it: &PathBuf| it.file_stem().unwrap().to_string_lossy().into_owned();
    files.iter().map(|it| (name(it), std::fs::read_to_string(it).unwrap())).collect()
}

fn date(it: &DateMention) -> String {
    let days = [it.start.as_deref(), it.end.as_deref()].map(|it| it.unwrap_or("")).join("..");
    format!("{:?} {days} {} 「{}」", it.kind, it.time.as_deref().unwrap_or(""), it.text)
}

/// A reading as lines that a person can review.
fn shown(reading: &Reading) -> String {
    let mut out = format!("{:?}\n", reading.kind);
    for plan in &reading.plans {
        show_plan(&mut out, plan).unwrap();
    }
    out
}

fn show_plan(out: &mut String, plan: &Plan) -> std::fmt::Result {
    writeln!(out, "plan {:?} {:?} {:?}", plan.label, plan.title, plan.year)?;
    writeln!(out, "  theme {:?} {:?}", plan.theme, plan.slogans)?;
    writeln!(out, "  issued by {:?} {:?} {:?}", plan.issuers, plan.document_number, plan.issued)?;
    writeln!(out, "  period {:?}", plan.period.as_ref().map(|it| (&it.start, &it.end)))?;
    if let Some(it) = &plan.organisation {
        writeln!(out, "  organisation {:?} {:?} {:?} {:?}", it.leader, it.deputies, it.members, it.office)?;
    }
    for it in &plan.phases {
        writeln!(out, "  phase {} {:?}..{:?}", it.name, it.start, it.end)?;
    }
    for it in &plan.activities {
        writeln!(out, "  activity {:?} {} [{:?}] group {:?}", it.number, it.title, it.kind, it.group)?;
        writeln!(out, "    leads {:?} supports {:?} places {:?}", it.leads, it.supports, it.places)?;
        it.dates.iter().try_for_each(|it| writeln!(out, "    {}", date(it)))?;
    }
    plan.requirements.iter().try_for_each(|it| writeln!(out, "  requirement {}", it.title))?;
    for it in &plan.report_duties {
        let due = it.due.as_ref().map(date);
        writeln!(out, "  duty {:?} {:?} -> {:?} via {:?} {:?}", it.who, it.what, it.to, it.via, due)?;
    }
    for it in &plan.forms {
        writeln!(out, "  form {:?} {:?}", it.title, it.head)?;
        for row in &it.rows {
            writeln!(out, "    {:?} {} {:?} of {:?}", row.number, row.label, row.unit, row.parent)?;
        }
    }
    plan.warnings.iter().try_for_each(|it| writeln!(out, "  warning {:?} {}", it.code, it.message))
}

#[test]
fn every_notice_reads_as_reviewed() {
    let all = fixtures();
    assert!(all.len() >= 25, "{} fixtures", all.len());
    for (name, text) in all {
        let reading = shown(&read(&Source::from_text(text)));
        expect_test::expect_file![folder().join(format!("{name}.plan"))].assert_eq(&reading);
    }
}

#[test]
fn the_text_of_a_value_stands_at_its_span() {
    for (name, text) in fixtures() {
        let chars: Vec<char> = text.chars().collect();
        let reading = read(&Source::from_text(text));
        if name.contains("traditional") || name.contains("library") {
            continue;
        }
        let letters = |it: &str| it.chars().filter(|it| it.is_alphanumeric()).collect::<String>();
        let at = |span: Span| letters(&chars[span.start..span.end].iter().collect::<String>());
        for plan in &reading.plans {
            for it in &plan.activities {
                assert!(at(it.span).contains(&letters(&it.title)), "{name}: {}", it.title);
                for date in &it.dates {
                    assert!(at(date.span).contains(&letters(&date.text)), "{name}: {}", date.text);
                }
            }
            for it in &plan.requirements {
                assert!(at(it.span).contains(&letters(&it.title)), "{name}: {}", it.title);
            }
        }
    }
}

#[test]
fn a_part_larger_than_its_whole_is_warned_of() {
    let text = |part: u32| {
        format!(
            "某某县市场监督管理局2026年“3·15”活动方案\n一、活动内容\n1.举办主会场活动。3月14日在人民广场举办。(牵头股室:消保股)\n\
             附件\n2026年活动统计表\n填报单位:\n序号|项目|单位|数量\n1|开展活动数量|场|10\n其中|线上活动数量|场|{part}\n2|参与人数|人次|300\n"
        )
    };
    let warned = |part| {
        let reading = read(&Source::from_text(text(part)));
        let warnings = reading.plans.into_iter().flat_map(|it| it.warnings);
        warnings.filter(|it| it.code == WarningCode::SubtotalRule).map(|it| it.message).collect::<Vec<_>>()
    };
    assert_eq!(warned(12), ["其中“线上活动数量”填了12，大于“开展活动数量”的10"]);
    assert_eq!(warned(10), Vec::<String>::new());
}

#[test]
fn line_ends_and_widths_do_not_change_the_plan() {
    for (name, text) in fixtures() {
        let base = shown(&read(&Source::from_text(text.clone())));
        assert_eq!(shown(&read(&Source::from_text(text.replace('\n', "\r\n")))), base, "{name}");
        let zero_width: String = text.chars().flat_map(|it| [it, '\u{200b}']).collect();
        assert_eq!(shown(&read(&Source::from_text(zero_width))), base, "{name}");
    }
}

/// Invariant 7: every line belongs to a part of the plan, or is among what the review offers as not placed.
#[test]
fn no_line_is_lost_from_sight() {
    for (name, text) in fixtures() {
        let reading = read(&Source::from_text(text.clone()));
        for plan in reading.plans {
            let draft = Draft::new(plan.clone());
            let offered = outline(&draft, &text);
            let mut placed = vec![false; text.chars().count()];
            let reading = Reading { kind: ReadingKind::Plan, plans: vec![plan] };
            let warned = reading.plans[0].warnings.len();
            let all = spans(&reading);
            for span in &all[..all.len() - warned] {
                placed[span.start..span.end].fill(true);
            }
            let mut start = 0;
            for line in text.split('\n') {
                let n = line.chars().count();
                let words = line.chars().zip(&placed[start..start + n]).filter(|it| !it.0.is_whitespace());
                let (n_placed, n_words) = words.fold((0, 0), |it, (_, is)| (it.0 + usize::from(*is), it.1 + 1));
                let is_offered = offered.iter().any(|it| it.span.start >= start && it.span.start < start + n);
                assert!(n_words == 0 || is_offered || n_placed * 2 >= n_words, "{name}: {line}");
                start += n + 1;
            }
        }
    }
}

#[test]
fn no_plan_is_without_anything_to_do() {
    for (name, text) in fixtures() {
        let reading = read(&Source::from_text(text.clone()));
        if reading.kind == ReadingKind::NotAPlan {
            continue;
        }
        for plan in &reading.plans {
            let is_empty = plan.activities.is_empty() && plan.forms.is_empty() && plan.report_duties.is_empty();
            assert!(!is_empty, "{name}: a plan without anything to do");
        }
    }
}

fn spans(reading: &Reading) -> Vec<Span> {
    let mut all = Vec::new();
    for plan in &reading.plans {
        all.extend(plan.activities.iter().map(|it| it.span));
        all.extend(plan.activities.iter().flat_map(|it| it.dates.iter().map(|it| it.span)));
        all.extend(plan.phases.iter().map(|it| it.span));
        all.extend(plan.requirements.iter().map(|it| it.span));
        all.extend(plan.report_duties.iter().map(|it| it.span));
        all.extend(plan.warnings.iter().map(|it| it.span));
    }
    all
}

fn check_any(text: &str) {
    let n = text.chars().count();
    let source = Source::from_text(text);
    let reading = read(&source);
    for it in spans(&reading) {
        assert!(it.start <= it.end && it.end <= n, "{it:?} of {n}");
    }
    assert_eq!(reading, read(&source));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read(text in "\\PC{0,300}") {
        check_any(&text);
    }

    #[test]
    fn any_text_of_the_trade_is_read(words in proptest::collection::vec(
        prop_oneof![
            Just("一、"), Just("（二）"), Just("1."), Just("3、"), Just("①"), Just("第一，"), Just("一是"), Just("\n"), Just("："), Just("。"),
            Just("活动内容"), Just("3月15日"), Just("前"), Just("至"), Just("24:00"), Just("2月30日"), Just("牵头单位"), Just("消保股"), Just("由"), Just("负责"),
            Just("报送"), Just("总结"), Just("附件"), Just("序号 | 项目 | 数量"), Just("|"), Just("（"), Just("）"), Just("“"), Just("方案一"), Just("方案二"), Just("次日"), Just("每周"),
            Just("成立领导小组"), Just("组长"), Just("第一阶段"), Just("𠀀"), Just("\u{e000}"), Just("2026年"), Just("其中："),
        ], 0..120)) {
        check_any(&words.concat());
    }

    #[test]
    fn a_damaged_notice_is_read(index in 0usize..28, cuts in proptest::collection::vec(0usize..400, 1..6), shuffle in any::<bool>()) {
        let all = fixtures();
        let text = &all[index % all.len()].1;
        let mut lines: Vec<&str> = text.lines().collect();
        for cut in &cuts {
            if lines.len() > 1 {
                lines.remove(cut % lines.len());
            }
        }
        if shuffle {
            lines.reverse();
        }
        let joined = lines.join("\n");
        let keep = joined.chars().count() * 3 / 4;
        check_any(&joined);
        check_any(&joined.chars().take(keep).collect::<String>());
    }
}
