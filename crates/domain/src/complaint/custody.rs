//! Whose every hour of a case was: each stretch of time belongs to exactly one holder, and none is lost.
//!
//! Natural minutes and minutes of the bureau's working time stand side by side: a night in a unit's hands is no slowness of the unit.

use jiff::civil::{Date, Time, time};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::case::words;
use super::clock::end_of;
use super::event::CaseEvent;
use crate::Id;
use crate::calendar::WorkCalendar;

words! {
    /// In which way somebody has a case.
    Holding {
        /// The intake unit has to send it on.
        Intake = "intake", "待分流";
        /// A unit gave it back; the intake unit has to send it on again.
        Return = "return", "退回后待分流";
        /// Sent to a unit that has done nothing with it yet.
        Transit = "transit", "分送后未接手";
        /// A unit has it in hand.
        Unit = "unit", "办理";
        /// The laboratory has the sample: nobody's slowness.
        Laboratory = "laboratory", "鉴定检测";
        /// A leader has to rule.
        Leader = "leader", "待领导裁定";
    }
}

/// One stretch of time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Custody {
    /// How it was held.
    pub holding: Holding,
    /// The unit; `None` for the intake unit, the laboratory and the leader.
    pub unit_id: Option<Id>,
    /// Its name; empty for the intake unit.
    pub unit_name: String,
    /// From when.
    pub from: Timestamp,
    /// Until when; `None` while it still has it.
    pub to: Option<Timestamp>,
}

/// The hours of the bureau: two stretches of a working day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkHours {
    /// Before noon.
    pub morning: (Time, Time),
    /// After noon.
    pub afternoon: (Time, Time),
}

impl Default for WorkHours {
    fn default() -> WorkHours {
        WorkHours {
            morning: (time(8, 30, 0, 0), time(12, 0, 0, 0)),
            afternoon: (time(13, 30, 0, 0), time(17, 30, 0, 0)),
        }
    }
}

impl WorkHours {
    /// As it is typed: 08:30-12:00,13:30-17:30.
    pub fn words(&self) -> String {
        let part = |(from, to): (Time, Time)| format!("{}-{}", from.strftime("%H:%M"), to.strftime("%H:%M"));
        format!("{},{}", part(self.morning), part(self.afternoon))
    }

    /// What was typed; `None` when it is not two stretches in their order.
    ///
    /// ```
    /// use domain::complaint::custody::WorkHours;
    /// assert_eq!(WorkHours::parse("08:30-12:00，13:30-17:30"), Some(WorkHours::default()));
    /// assert_eq!(WorkHours::parse("9点到5点"), None);
    /// ```
    pub fn parse(text: &str) -> Option<WorkHours> {
        let text = text.replace('，', ",").replace('：', ":").replace(['—', '–', '－'], "-");
        let (morning, afternoon) = text.split_once(',')?;
        let part = |text: &str| -> Option<(Time, Time)> {
            let (from, to) = text.split_once('-')?;
            let (from, to): (Time, Time) = (from.trim().parse().ok()?, to.trim().parse().ok()?);
            (from < to).then_some((from, to))
        };
        let (morning, afternoon) = (part(morning)?, part(afternoon)?);
        (morning.1 <= afternoon.0).then_some(WorkHours { morning, afternoon })
    }

    /// Minutes of working time between two instants.
    ///
    /// ```
    /// use domain::{calendar::WorkCalendar, complaint::custody::WorkHours};
    /// // Friday 17:00 to Monday 9:00 in Shanghai: half an hour on Friday, half an hour on Monday.
    /// let (from, to) = ("2026-05-15T09:00:00Z".parse().unwrap(), "2026-05-18T01:00:00Z".parse().unwrap());
    /// assert_eq!(WorkHours::default().between(from, to, &WorkCalendar::announced()), 60);
    /// ```
    pub fn between(&self, from: Timestamp, to: Timestamp, calendar: &WorkCalendar) -> i64 {
        let zone = || jiff::tz::TimeZone::fixed(jiff::tz::offset(8));
        let (first, last) = (from.to_zoned(zone()).datetime(), to.to_zoned(zone()).datetime());
        let mut seconds = 0;
        let mut day = first.date();
        while day <= last.date() {
            if calendar.is_working_day(day) {
                for (opens, closes) in [self.morning, self.afternoon] {
                    let begin = day.to_datetime(opens).max(first);
                    let end = day.to_datetime(closes).min(last);
                    seconds += end.duration_since(begin).as_secs().max(0);
                }
            }
            let Ok(next) = day.tomorrow() else { break };
            day = next;
        }
        seconds / 60
    }
}

/// The beginning of a day in China.
fn start_of(day: Date) -> Option<Timestamp> {
    end_of(day.yesterday().ok()?)
}

/// The stretches of a case, from its events, the oldest first.
pub fn custody<'a>(events: impl IntoIterator<Item = (&'a CaseEvent, Timestamp)>) -> Vec<Custody> {
    let mut held: Vec<Custody> = Vec::new();
    for (event, at) in events {
        let from = begins(event, at, held.last());
        let next = next(event, &held, from);
        let is_end = matches!(
            event,
            CaseEvent::Closed { .. } | CaseEvent::Declined { .. } | CaseEvent::Merged { .. } | CaseEvent::Voided { .. }
        );
        if (next.is_some() || is_end)
            && let Some(last) = held.last_mut()
        {
            last.to = last.to.or(Some(from));
        }
        held.extend(next);
    }
    // A unit that took it up in the same minute never let it lie.
    held.retain(|it| it.to != Some(it.from));
    held
}

/// A test begins on the day the sample was sent, not when somebody entered it; never before the stretch it cuts.
fn begins(event: &CaseEvent, at: Timestamp, last: Option<&Custody>) -> Timestamp {
    let day = match event {
        CaseEvent::Paused { from, .. } => start_of(*from),
        CaseEvent::Resumed { to } => end_of(*to),
        _ => None,
    };
    let since = last.map_or(Timestamp::MIN, |it| it.from);
    day.map_or(at, |it| it.min(at)).max(since)
}

fn next(event: &CaseEvent, held: &[Custody], from: Timestamp) -> Option<Custody> {
    let last = held.last();
    let with = |holding, unit: Option<(&Id, &str)>| {
        let (unit_id, unit_name) = unit.map_or((None, String::new()), |it| (Some(it.0.clone()), it.1.to_owned()));
        Custody { holding, unit_id, unit_name, from, to: None }
    };
    let same = |it: &Custody, holding| Custody { holding, from, to: None, ..it.clone() };
    match event {
        CaseEvent::Received { .. } => Some(with(Holding::Intake, None)),
        CaseEvent::Returned { .. } => Some(with(Holding::Return, None)),
        CaseEvent::Dispatched { unit_id, unit_name, .. } | CaseEvent::Ruled { unit_id, unit_name, .. } => {
            Some(with(Holding::Transit, Some((unit_id, unit_name))))
        }
        CaseEvent::Objected { .. } => {
            Some(Custody { unit_name: "局领导".to_owned(), ..with(Holding::Leader, None) })
        }
        CaseEvent::Paused { laboratory, .. } => {
            Some(Custody { unit_name: laboratory.clone(), ..with(Holding::Laboratory, None) })
        }
        // Whoever had it before the laboratory has it again.
        CaseEvent::Resumed { .. } => {
            held.iter().rev().find(|it| it.holding != Holding::Laboratory).map(|it| same(it, it.holding))
        }
        CaseEvent::Reopened { .. } => {
            held.iter().rev().find(|it| it.holding != Holding::Laboratory).map(|it| same(it, it.holding))
        }
        // The first thing the unit does with it takes it up.
        CaseEvent::Assigned { .. }
        | CaseEvent::Contacted { .. }
        | CaseEvent::Accepted { .. }
        | CaseEvent::Decided { .. }
        | CaseEvent::JurisdictionDisputed { .. } => {
            last.filter(|it| it.holding == Holding::Transit && it.to.is_none()).map(|it| same(it, Holding::Unit))
        }
        _ => None,
    }
}

/// What one holder used of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Used {
    /// The unit's name; empty for the intake unit.
    pub unit_name: String,
    /// The unit.
    pub unit_id: Option<Id>,
    /// How it was held.
    pub holding: Holding,
    /// Natural minutes.
    pub minutes: i64,
    /// Minutes of working time.
    pub work_minutes: i64,
}

/// The stretches added up by holder and way of holding, in the order they first had it. The sum of all natural minutes is the whole
/// time from receipt to the end, or to `now`.
pub fn used(held: &[Custody], hours: &WorkHours, calendar: &WorkCalendar, now: Timestamp) -> Vec<Used> {
    let mut all: Vec<Used> = Vec::new();
    for it in held {
        let to = it.to.unwrap_or(now).max(it.from);
        let minutes = minutes_of(to.duration_since(it.from));
        let work_minutes = hours.between(it.from, to, calendar);
        let is_same = |known: &&mut Used| {
            known.holding == it.holding && known.unit_id == it.unit_id && known.unit_name == it.unit_name
        };
        match all.iter_mut().find(is_same) {
            Some(known) => {
                known.minutes += minutes;
                known.work_minutes += work_minutes;
            }
            None => all.push(Used {
                unit_name: it.unit_name.clone(),
                unit_id: it.unit_id.clone(),
                holding: it.holding,
                minutes,
                work_minutes,
            }),
        }
    }
    all
}

fn minutes_of(duration: SignedDuration) -> i64 {
    duration.as_secs() / 60
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::super::case::{CaseKind, Channel, Outcome, Telling};
    use super::super::term::RuleVersion;
    use super::*;

    fn at(text: &str) -> Timestamp {
        format!("2026-05-{text}:00+08:00").parse().unwrap()
    }

    fn received() -> CaseEvent {
        CaseEvent::Received {
            matter: CaseKind::Complaint,
            channel: Channel::Hotline,
            received_on: date(2026, 5, 6),
            rules: RuleVersion::Order121,
            is_named: true,
        }
    }

    fn dispatched(name: &str) -> CaseEvent {
        CaseEvent::Dispatched { unit_id: Id::from_text(name), unit_name: name.to_owned(), reason: String::new() }
    }

    fn closed(day: i8) -> CaseEvent {
        CaseEvent::Closed {
            on: date(2026, 5, day),
            outcome: Outcome::Settled,
            recovered_fen: None,
            words: String::new(),
        }
    }

    fn held(events: &[(CaseEvent, &str)]) -> Vec<Custody> {
        custody(events.iter().map(|(event, text)| (event, at(text))))
    }

    #[test]
    fn every_hour_belongs_to_one_holder() {
        let back = CaseEvent::Returned { reason: "x".into() };
        let held = held(&[
            (received(), "06T09:00"),
            (dispatched("甲所"), "06T10:00"),
            (back, "07T09:00"),
            (dispatched("乙所"), "07T09:30"),
            (CaseEvent::Contacted { note: String::new() }, "07T10:30"),
            (closed(9), "09T10:00"),
        ]);
        let names: Vec<(&str, Holding)> = held.iter().map(|it| (it.unit_name.as_str(), it.holding)).collect();
        assert_eq!(
            names,
            [
                ("", Holding::Intake),
                ("甲所", Holding::Transit),
                ("", Holding::Return),
                ("乙所", Holding::Transit),
                ("乙所", Holding::Unit)
            ]
        );
        for pair in held.windows(2) {
            assert_eq!(pair[0].to, Some(pair[1].from), "no hour is lost and none counted twice");
        }
        let used = used(&held, &WorkHours::default(), &WorkCalendar::announced(), at("30T00:00"));
        assert_eq!(used.iter().map(|it| it.minutes).sum::<i64>(), 73 * 60, "from receipt to the end");
        let of: Vec<(i64, i64)> = used.iter().map(|it| (it.minutes, it.work_minutes)).collect();
        // 乙所 in hand: Thursday 10:30 to Saturday 9 May 10:00, which is worked: 5.5 + 7.5 + 1.5 hours of working time.
        assert_eq!(of, [(60, 60), (23 * 60, 6 * 60 + 30), (30, 30), (60, 60), (47 * 60 + 30, 14 * 60 + 30)]);
    }

    #[test]
    fn the_days_at_the_laboratory_are_nobodys() {
        let accepted = CaseEvent::Accepted { on: date(2026, 5, 7), told: Telling::Phone };
        let paused = CaseEvent::Paused {
            from: date(2026, 5, 11),
            laboratory: "检测中心".into(),
            is_designated: true,
            after_due: None,
        };
        let held = held(&[
            (received(), "06T09:00"),
            (dispatched("甲所"), "06T10:00"),
            (accepted, "07T09:00"),
            // Entered two days later: the time counts from the day of the sample.
            (paused, "13T09:00"),
            (CaseEvent::Resumed { to: date(2026, 5, 20) }, "21T09:00"),
            (closed(22), "22T09:00"),
        ]);
        let spans: Vec<(Holding, Timestamp)> = held.iter().map(|it| (it.holding, it.from)).collect();
        assert_eq!(spans[3], (Holding::Laboratory, at("11T00:00")));
        assert_eq!(spans[4], (Holding::Unit, at("21T00:00")));
        assert_eq!(held[2].to, Some(at("11T00:00")));
    }

    #[test]
    fn who_still_has_it_has_it_until_now() {
        let held = held(&[(received(), "06T09:00")]);
        let used = used(&held, &WorkHours::default(), &WorkCalendar::announced(), at("06T14:00"));
        assert_eq!((used[0].minutes, used[0].work_minutes), (300, 210), "noon is not worked");
    }

    #[test]
    fn hours_are_two_stretches_in_their_order() {
        for wrong in ["", "08:30-12:00", "12:00-08:30,13:30-17:30", "08:30-13:30,13:00-17:30"] {
            assert_eq!(WorkHours::parse(wrong), None, "{wrong}");
        }
        assert_eq!(WorkHours::parse(&WorkHours::default().words()), Some(WorkHours::default()));
    }
}
