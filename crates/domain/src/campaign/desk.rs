//! The desk (工作台) of a unit: what is mine, sorted by when it has to be done.

use jiff::ToSpan;
use jiff::civil::Date;

/// Where a piece of work lies on the desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Drawer {
    /// 已逾期.
    Overdue,
    /// 今天.
    Today,
    /// 本周: until Sunday.
    ThisWeek,
    /// 以后.
    Later,
    /// 未定时限.
    Undated,
    /// 已完成.
    Done,
}

impl Drawer {
    /// Every drawer, from top to bottom.
    pub const ALL: &[Drawer] =
        &[Drawer::Overdue, Drawer::Today, Drawer::ThisWeek, Drawer::Later, Drawer::Undated, Drawer::Done];

    /// The words on the page.
    pub fn label(self) -> &'static str {
        match self {
            Drawer::Overdue => "已逾期",
            Drawer::Today => "今天到期",
            Drawer::ThisWeek => "本周内",
            Drawer::Later => "以后",
            Drawer::Undated => "未定时限",
            Drawer::Done => "已完成",
        }
    }

    /// The drawer of a piece of work that is due on this day.
    ///
    /// ```
    /// use domain::campaign::desk::Drawer;
    /// use jiff::civil::date;
    /// // Friday, 15 March 2024: Sunday the 17th is this week, Monday the 18th is not.
    /// let friday = date(2024, 3, 15);
    /// assert_eq!(Drawer::of(Some(date(2024, 3, 17)), false, friday), Drawer::ThisWeek);
    /// assert_eq!(Drawer::of(Some(date(2024, 3, 18)), false, friday), Drawer::Later);
    /// ```
    pub fn of(due_on: Option<Date>, is_over: bool, today: Date) -> Drawer {
        let Some(due_on) = due_on.filter(|_| !is_over) else {
            return if is_over { Drawer::Done } else { Drawer::Undated };
        };
        let to_sunday = i64::from(6 - today.weekday().to_monday_zero_offset());
        let sunday = today.saturating_add(to_sunday.days());
        if due_on < today {
            Drawer::Overdue
        } else if due_on == today {
            Drawer::Today
        } else if due_on <= sunday {
            Drawer::ThisWeek
        } else {
            Drawer::Later
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn work_lies_in_the_drawer_of_its_day() {
        let wednesday = date(2024, 3, 13);
        let table = [
            (Some(date(2024, 3, 12)), false, "已逾期"),
            (Some(date(2024, 3, 13)), false, "今天到期"),
            (Some(date(2024, 3, 14)), false, "本周内"),
            (Some(date(2024, 3, 17)), false, "本周内"),
            (Some(date(2024, 3, 18)), false, "以后"),
            (None, false, "未定时限"),
            (Some(date(2024, 3, 1)), true, "已完成"),
            (None, true, "已完成"),
        ];
        for (due_on, is_over, expected) in table {
            assert_eq!(Drawer::of(due_on, is_over, wednesday).label(), expected, "{due_on:?}");
        }
    }

    #[test]
    fn on_sunday_the_week_ends_today() {
        let sunday = date(2024, 3, 17);
        assert_eq!(Drawer::of(Some(date(2024, 3, 18)), false, sunday), Drawer::Later);
        assert_eq!(Drawer::of(Some(sunday), false, sunday), Drawer::Today);
    }
}
