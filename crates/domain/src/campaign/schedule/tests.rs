use jiff::civil::date;

use super::*;

fn entry(number: i64, days: &str) -> Entry {
    let day = |text: &str| (text != "-").then(|| text.parse::<Date>().unwrap());
    let mut words = days.split_whitespace();
    let mut next = || words.next().and_then(day);
    Entry {
        activity_id: Id::from_text(format!("a{number}")),
        number: Some(number),
        sort_key: number,
        title: format!("活动{number}"),
        text: String::new(),
        kind: ActivityKind::Other,
        status: ActivityStatus::Planned,
        starts_on: next(),
        ends_on: next(),
        due_on: next(),
        light: Light::Gray,
        units: Vec::new(),
    }
}

fn with_units(mut entry: Entry, units: &[(&str, Part)]) -> Entry {
    entry.units = units.iter().map(|(name, part)| (Id::from_text(*name), *part, (*name).to_owned())).collect();
    entry
}

#[test]
fn reading_an_address_never_fails() {
    let strange = ["", "\u{0}", "gantt", "9999-99", "2024-13", "-1-01", "<script>", "%ff", "🙂", "list&view=board"];
    for key in ["view", "unit", "part", "kind", "light", "status", "q", "sort", "month", "other", ""] {
        for value in strange {
            let filter = Filter::parse([(key, value)]);
            let pairs = filter.pairs();
            let again = Filter::parse(pairs.iter().map(|(key, value)| (*key, value.as_str())));
            assert_eq!(filter, again, "{key}={value}");
        }
    }
}

#[test]
fn an_address_is_read_back_as_it_was_written() {
    let query = [
        ("view", "calendar"),
        ("unit", "018f00"),
        ("part", "lead"),
        ("kind", "open_day"),
        ("light", "red"),
        ("status", "under_way"),
        ("q", "老年 讲堂"),
        ("sort", "due"),
        ("month", "2024-03"),
    ];
    let pairs = Filter::parse(query).pairs();
    assert_eq!(pairs.iter().map(|(key, value)| (*key, value.as_str())).collect::<Vec<_>>(), query);
    assert!(Filter::parse([("view", "list")]).pairs().is_empty());
}

#[test]
fn a_long_text_filter_is_cut_and_control_characters_go() {
    let long = "消".repeat(500);
    assert_eq!(Filter::parse([("q", long.as_str())]).text.chars().count(), TEXT_LIMIT);
    assert_eq!(Filter::parse([("q", "a\u{1}b")]).text, "ab");
}

#[test]
fn the_filter_asks_for_unit_part_kind_light_status_and_words() {
    let mut first = with_units(entry(1, "- - -"), &[("市场科", Part::Lead), ("城关所", Part::Support)]);
    first.title = "老年消费教育大讲堂".to_owned();
    first.light = Light::Red;
    let mut second = with_units(entry(2, "- - -"), &[("城关所", Part::Lead)]);
    second.kind = ActivityKind::Meeting;
    second.status = ActivityStatus::Done;
    let found = |query: &[(&str, &str)]| -> Vec<i64> {
        let filter = Filter::parse(query.iter().copied());
        filter.apply(vec![first.clone(), second.clone()]).iter().filter_map(|it| it.number).collect()
    };
    assert_eq!(found(&[]), [1, 2]);
    // A key is ASCII; a name in the address asks for nothing.
    assert_eq!(found(&[("unit", "城关所")]), [1, 2]);
    let by_unit = |unit: &str, part| Filter { unit: Some(Id::from_text(unit)), part, ..Filter::default() };
    assert!(by_unit("城关所", None).keeps(&first) && by_unit("城关所", None).keeps(&second));
    assert!(!by_unit("城关所", Some(Part::Lead)).keeps(&first) && by_unit("城关所", Some(Part::Lead)).keeps(&second));
    assert_eq!(found(&[("part", "support")]), [1]);
    assert_eq!(found(&[("kind", "meeting")]), [2]);
    assert_eq!(found(&[("light", "red")]), [1]);
    assert_eq!(found(&[("status", "done")]), [2]);
    assert_eq!(found(&[("q", "老年 讲堂")]), [1]);
    assert_eq!(found(&[("q", "城关所")]), [1, 2]);
    assert_eq!(found(&[("q", "老年 没有")]), Vec::<i64>::new());
}

#[test]
fn urgency_puts_red_first_and_then_the_earlier_due_date() {
    let light = |mut entry: Entry, light| {
        entry.light = light;
        entry
    };
    let entries = vec![
        light(entry(1, "- - -"), Light::Gray),
        light(entry(2, "- 2024-03-20 -"), Light::Yellow),
        light(entry(3, "- 2024-03-18 -"), Light::Yellow),
        light(entry(4, "- 2024-03-01 -"), Light::Red),
    ];
    let order = |by: &str| -> Vec<i64> {
        Filter::parse([("sort", by)]).apply(entries.clone()).iter().filter_map(|it| it.number).collect()
    };
    assert_eq!(order("urgency"), [4, 3, 2, 1]);
    assert_eq!(order("due"), [4, 3, 2, 1]);
    assert_eq!(order("notice"), [1, 2, 3, 4]);
}

#[test]
fn the_days_of_an_entry() {
    let days = |text| entry(1, text).days();
    assert_eq!(days("- - -"), None);
    assert_eq!(days("2024-03-10 - -"), Some((date(2024, 3, 10), date(2024, 3, 10))));
    assert_eq!(days("2024-03-10 2024-03-12 -"), Some((date(2024, 3, 10), date(2024, 3, 12))));
    assert_eq!(days("- - 2024-03-15"), Some((date(2024, 3, 15), date(2024, 3, 15))));
    assert_eq!(days("2024-03-10 - 2024-03-15"), Some((date(2024, 3, 10), date(2024, 3, 15))));
    // Backwards dates are drawn as one day.
    assert_eq!(days("2024-03-10 2024-03-01 -"), Some((date(2024, 3, 10), date(2024, 3, 10))));
}

#[test]
fn a_month_of_march_2024_with_bars_across_weeks() {
    let entries = vec![
        entry(1, "2024-03-08 2024-03-19 -"),
        entry(2, "2024-03-15 - -"),
        entry(3, "- - -"),
        entry(4, "2024-05-01 - -"),
    ];
    let month = month(&entries, date(2024, 3, 15));
    let mut drawn = String::new();
    for week in &month.weeks {
        let (first, last) = (week.days.first().unwrap().date, week.days.last().unwrap().date);
        drawn.push_str(&format!("{first}–{last} lanes {}\n", week.n_lanes));
        for bar in &week.bars {
            drawn.push_str(&format!(
                "  #{} column {} days {} lane {}{}{}\n",
                bar.index,
                bar.column,
                bar.n_days,
                bar.lane,
                if bar.comes_from { " ←" } else { "" },
                if bar.goes_on { " →" } else { "" }
            ));
        }
    }
    expect_test::expect![[r#"
        2024-02-26–2024-03-03 lanes 0
        2024-03-04–2024-03-10 lanes 1
          #0 column 5 days 3 lane 1 →
        2024-03-11–2024-03-17 lanes 2
          #0 column 1 days 7 lane 1 ← →
          #1 column 5 days 1 lane 2
        2024-03-18–2024-03-24 lanes 1
          #0 column 1 days 2 lane 1 ←
        2024-03-25–2024-03-31 lanes 0
    "#]]
    .assert_eq(&drawn);
    assert_eq!((month.undated, month.n_elsewhere), (vec![2], 1));
    assert_eq!((month.before, month.after), (date(2024, 2, 1), date(2024, 4, 1)));
}

#[test]
fn bars_of_one_day_share_no_lane() {
    let entries: Vec<Entry> = (1..=200).map(|it| entry(it, "2024-03-15 - -")).collect();
    let month = month(&entries, date(2024, 3, 1));
    assert_eq!(month.weeks.iter().map(|it| it.n_lanes).max(), Some(200));
}

#[test]
fn the_calendar_opens_where_something_is() {
    let today = date(2024, 7, 4);
    assert_eq!(opening_month(&[], today), date(2024, 7, 1));
    assert_eq!(opening_month(&[entry(1, "2024-03-10 2024-03-12 -")], today), date(2024, 3, 1));
    let across = entry(2, "2024-06-01 2024-08-31 -");
    assert_eq!(opening_month(&[entry(1, "2024-03-10 - -"), across], today), date(2024, 7, 1));
}

#[test]
fn the_chart_stands_in_percent_of_whole_weeks() {
    // 4 to 17 March 2024 are two whole weeks: fourteen days.
    let entries = vec![entry(1, "2024-03-04 2024-03-10 -"), entry(2, "2024-03-15 - -"), entry(3, "- - -")];
    let chart = gantt(&entries, (None, Some(date(2024, 3, 17))), date(2024, 3, 11));
    assert_eq!((chart.from, chart.to, chart.n_days), (date(2024, 3, 4), date(2024, 3, 17), 14));
    let rows: Vec<(usize, String, String)> =
        chart.rows.iter().map(|it| (it.index, format!("{:.2}", it.left), format!("{:.2}", it.width))).collect();
    assert_eq!(rows[0], (0, "0.00".to_owned(), "50.00".to_owned()));
    assert_eq!(rows[1], (1, "78.57".to_owned(), "7.14".to_owned()));
    assert_eq!(chart.undated, [2]);
    assert_eq!(format!("{:.2}", chart.today.unwrap()), "53.57");
    assert_eq!(format!("{:.2}", chart.rights_day.unwrap()), "82.14");
}

#[test]
fn the_chart_of_nothing_and_of_a_stray_year() {
    let empty = gantt(&[], (None, None), date(2024, 3, 6));
    assert!(empty.rows.is_empty() && empty.n_days >= 14);
    let mut entries: Vec<Entry> = (1..=9).map(|it| entry(it, "2024-03-15 - -")).collect();
    entries.push(entry(10, "2034-03-15 - -"));
    let chart = gantt(&entries, (None, None), date(2024, 3, 6));
    assert!(chart.n_days <= 420, "{}", chart.n_days);
    assert!(chart.rows.iter().all(|it| it.left >= 0.0 && it.left + it.width <= 100.01), "{:?}", chart.rows);
}

#[test]
fn extreme_dates_are_drawn_without_overflow() {
    let entries =
        vec![entry(1, "-009999-01-01 9999-12-31 -"), entry(2, "9999-12-31 - -"), entry(3, "-009999-01-01 - -")];
    let chart = gantt(&entries, (Some(Date::MIN), Some(Date::MAX)), date(2024, 3, 6));
    assert_eq!(chart.rows.len(), 3);
    month(&entries, Date::MAX);
    month(&entries, Date::MIN);
}

#[test]
fn the_board_hides_an_empty_column_of_cancelled_ones() {
    let mut entries = vec![entry(1, "- - -"), entry(2, "- - -")];
    entries[1].status = ActivityStatus::Done;
    let columns: Vec<(ActivityStatus, Vec<usize>)> = board(&entries);
    assert_eq!(
        columns,
        [(ActivityStatus::Planned, vec![0]), (ActivityStatus::UnderWay, vec![]), (ActivityStatus::Done, vec![1]),]
    );
    entries[0].status = ActivityStatus::Cancelled;
    assert_eq!(board(&entries).len(), 4);
}

#[test]
fn an_activity_counts_once_for_a_unit() {
    let mut red = with_units(entry(1, "- - -"), &[("市场科", Part::Lead), ("市场科", Part::Support)]);
    red.light = Light::Red;
    let green = with_units(entry(2, "- - -"), &[("城关所", Part::Lead), ("市场科", Part::Support)]);
    let lights = lights_by_unit(&[red, green]);
    assert_eq!(lights.len(), 2);
    assert_eq!(lights[0].1, "市场科");
    assert_eq!(lights[0].2, BTreeMap::from([(Light::Red, 1), (Light::Gray, 1)]));
}
