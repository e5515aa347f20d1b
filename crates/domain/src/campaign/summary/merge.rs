//! Joins a new draft with what a person wrote: what nobody touched is replaced, what somebody corrected stays, and the figures in it
//! follow their sources.

use super::marks::{self, Piece};
use super::{Source, Summary, Text};

/// What drafting again did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Merged {
    /// The report as it stands after the new draft.
    pub summary: Summary,
    /// The names of corrected texts that were kept although the draft says something else now.
    pub kept: Vec<&'static str>,
}

/// The report `old` with a new `draft`.
///
/// A corrected text keeps its words; a figure in it that still reads as its old source did now reads as the new one.
/// Sources of marks that stand in kept texts stay known, even when the new draft no longer speaks of them.
pub fn merge(old: &Summary, draft: Summary) -> Merged {
    let mut kept = Vec::new();
    let mut join = |name: &'static str, before: &Text, new: Text, draft: &Summary| {
        if !before.is_corrected() {
            return new;
        }
        if before.drafted != new.drafted {
            kept.push(name);
        }
        Text { now: follow(&before.now, &old.sources, &draft.sources), drafted: new.drafted }
    };
    let mut summary = Summary {
        title: join("标题", &old.title, draft.title.clone(), &draft),
        addressee: join("主送机关", &old.addressee, draft.addressee.clone(), &draft),
        annexes: join("附件", &old.annexes, draft.annexes.clone(), &draft),
        signature: join("署名", &old.signature, draft.signature.clone(), &draft),
        dated: join("成文日期", &old.dated, draft.dated.clone(), &draft),
        parts: Vec::new(),
        sources: draft.sources.clone(),
    };
    for (part, new) in &draft.parts {
        let before = old.parts.iter().find(|(it, _)| it == part).map(|(_, text)| text);
        let text = match before {
            Some(before) => join(part.heading(), before, new.clone(), &draft),
            None => new.clone(),
        };
        summary.parts.push((*part, text));
    }
    let still: Vec<u32> = summary.parts.iter().flat_map(|(_, text)| marks::numbers(&text.now)).collect();
    let lost = old
        .sources
        .iter()
        .filter(|it| still.contains(&it.number) && !draft.sources.iter().any(|source| source.number == it.number));
    summary.sources.extend(lost.cloned());
    summary.sources.sort_by_key(|it| it.number);
    Merged { summary, kept }
}

/// A text whose figures read as the `new` sources, where they read as the `old` ones.
fn follow(text: &str, old: &[Source], new: &[Source]) -> String {
    text.lines().map(|line| follow_line(line, old, new)).collect::<Vec<_>>().join("\n")
}

fn follow_line(line: &str, old: &[Source], new: &[Source]) -> String {
    let mut followed = String::new();
    for piece in marks::pieces(line) {
        match piece {
            Piece::Text(text) => followed.push_str(&text),
            Piece::Mark(number) => {
                let before = old.iter().find(|it| it.number == number);
                let after = new.iter().find(|it| it.number == number);
                if let (Some(before), Some(after)) = (before, after)
                    && before.key == after.key
                    && marks::ends_a_number(&followed, &before.words)
                    && let Some(head) = followed.strip_suffix(before.words.as_str())
                {
                    followed = format!("{head}{}", after.words);
                }
                followed.push_str(&marks::mark(number));
            }
        }
    }
    followed
}

#[cfg(test)]
mod tests {
    use super::super::Part;
    use super::super::draft::draft;
    use super::super::draft::tests::{attendance, facts};
    use super::*;

    #[test]
    fn what_nobody_touched_is_drafted_anew_and_what_was_corrected_stays() {
        let mut facts = facts();
        let mut old = draft(&facts, &[]);
        let overall = old.part(Part::Overall).to_owned();
        let results = old.part(Part::Results).to_owned();
        let number = marks::numbers(&results)[0];
        for (part, text) in &mut old.parts {
            if *part == Part::Overall {
                text.now = text.now.replace("共登记", "全局动员，共登记");
            }
        }
        old.title.now = "我的标题".to_owned();
        attendance(&mut facts, 900);
        let merged = merge(&old, draft(&facts, &old.sources));
        let now = merged.summary.part(Part::Overall);
        assert!(now.contains("全局动员，共登记") && now.contains("消费者参与900人次"), "{now}");
        assert!(overall.contains("消费者参与441人次"), "{overall}");
        assert!(merged.summary.part(Part::Results).contains("消费者参与900人次"));
        assert_eq!(merged.summary.title.now, "我的标题");
        assert_eq!(merged.kept, ["总体情况"]);
        assert!(marks::numbers(merged.summary.part(Part::Results)).contains(&number), "numbers keep their meaning");
        assert_eq!(marks::doubts(&merged.summary, &merged.summary.sources).len(), 0);
    }

    #[test]
    fn a_figure_that_was_changed_by_hand_stays_and_is_named() {
        let mut facts = facts();
        let mut old = draft(&facts, &[]);
        for (part, text) in &mut old.parts {
            if *part == Part::Results {
                text.now = text.now.replace("消费者参与441人次", "消费者参与约500人次");
            }
        }
        attendance(&mut facts, 900);
        let merged = merge(&old, draft(&facts, &old.sources)).summary;
        assert!(merged.part(Part::Results).contains("约500人次"));
        let doubts = marks::doubts(&merged, &merged.sources);
        assert!(matches!(doubts.as_slice(), [marks::Doubt::Differs { words, .. }] if words == "900人次"), "{doubts:?}");
    }

    #[test]
    fn a_source_that_is_gone_stays_known_while_its_mark_stands_in_the_text() {
        let mut facts = facts();
        let mut old = draft(&facts, &[]);
        for (_, text) in &mut old.parts {
            text.now.push_str("（已核）");
        }
        facts.figures.clear();
        facts.activities.clear();
        let merged = merge(&old, draft(&facts, &old.sources)).summary;
        let used = merged.used();
        assert!(marks::numbers(merged.part(Part::Results)).iter().all(|it| used.iter().any(|s| s.number == *it)));
    }
}
