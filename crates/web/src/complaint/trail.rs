//! What happened with a case, as far as whoever reads it may know (第三十七条).

use domain::complaint::event::CaseEvent;
use store::complaint::case::{Case, Happened};

/// Does the event name another case? Paper leaves those out: who reads it may not know of them.
pub(super) fn names_another(happened: &Happened) -> bool {
    matches!(happened.event, Some(CaseEvent::Split { .. } | CaseEvent::Linked { .. }))
}

/// What happened, the oldest first, for somebody who may know of these cases of the same letter and of these linked ones. That a
/// complainant also reported is a secret too.
pub(super) fn told<'a>(
    happened: &'a [Happened],
    siblings: Vec<&'a Case>,
    linked: Vec<&'a Case>,
) -> impl DoubleEndedIterator<Item = &'a Happened> {
    let is_among = |cases: &[&Case], number: &String| cases.iter().any(|it| it.number == *number);
    without(happened, move |it| match &it.event {
        Some(CaseEvent::Split { with }) => with.iter().any(|number| !is_among(&siblings, number)),
        Some(CaseEvent::Linked { number, .. }) => !is_among(&linked, number),
        _ => false,
    })
}

/// The same for paper, which goes from hand to hand.
pub(super) fn for_paper(happened: &[Happened]) -> impl Iterator<Item = &Happened> {
    without(happened, names_another)
}

/// What was noted before a tip-off was split off may be of the tip-off, so it goes where that goes.
fn without(happened: &[Happened], is_unseen: impl Fn(&Happened) -> bool) -> impl DoubleEndedIterator<Item = &Happened> {
    let is_split = |it: &Happened| matches!(it.event, Some(CaseEvent::Split { .. }));
    let split = happened.iter().rposition(|it| is_split(it) && is_unseen(it)).unwrap_or_default();
    let is_note = |it: &Happened| matches!(it.event, Some(CaseEvent::Noted { .. }));
    let is_told = move |(at, it): &(usize, &Happened)| !is_unseen(it) && (*at >= split || !is_note(it));
    happened.iter().enumerate().filter(is_told).map(|it| it.1)
}
