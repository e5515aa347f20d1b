//! Rows of a spreadsheet become cases: the export of the national platform, and any list with a head row that says what stands below.
//!
//! The platform's own columns are 登记编号, 类型, 接收方式, 企业名称, 企业地址, 诉求内容, 问题类别, 事发地, 具体问题, 初查受理状态,
//! 处理机构, 处理部门, 反馈内容. It names no day of receipt and no person, so the day comes with the file and the person may be missing.

use jiff::civil::Date;

use super::case::{CaseKind, Channel, Demand};
use super::category::{Category, CategorySide, find_by_name};
use super::identity;
use super::intake::{Business, Consumer, EARLIEST, Particulars, TEXT_LIMIT, money};

use super::case::words;

words! {
    /// What a column holds.
    Column {
        /// The number on the other platform.
        Number = "number", "登记编号";
        /// 投诉, 举报, 咨询.
        Kind = "kind", "类型";
        /// How it was received.
        Channel = "channel", "接收方式";
        /// The day of receipt.
        Received = "received", "收到日期";
        /// Name of the person.
        Name = "name", "投诉人";
        /// Telephone number of the person.
        Phone = "phone", "电话";
        /// Address of the person.
        Address = "address", "通讯地址";
        /// The business.
        Business = "business", "企业名称";
        /// Its address.
        BusinessAddress = "business_address", "企业地址";
        /// Its credit code.
        CreditCode = "credit_code", "统一社会信用代码";
        /// 商品或服务.
        Goods = "goods", "商品或服务";
        /// What is asked for: 退货,更换.
        Demands = "demands", "诉求内容";
        /// 食品安全、市场调节价问题.
        Problem = "problem", "问题类别";
        /// 事发地.
        Place = "place", "事发地";
        /// 具体问题.
        Text = "text", "具体问题";
        /// 争议金额.
        Amount = "amount", "争议金额";
        /// What the platform says of the handling; kept as a remark.
        State = "state", "初查受理状态";
        /// The body that handles it there.
        Handler = "handler", "处理机构";
        /// The section that handles it there.
        Section = "section", "处理部门";
        /// What was answered there.
        Feedback = "feedback", "反馈内容";
        /// Not read.
        Other = "other", "不导入";
    }
}

/// Other heads that mean the same column.
const SYNONYMS: &[(&str, Column)] = &[
    ("编号", Column::Number),
    ("工单编号", Column::Number),
    ("投诉编号", Column::Number),
    ("举报编号", Column::Number),
    ("业务类型", Column::Kind),
    ("事项类型", Column::Kind),
    ("来源", Column::Channel),
    ("来源渠道", Column::Channel),
    ("渠道", Column::Channel),
    ("登记时间", Column::Received),
    ("登记日期", Column::Received),
    ("接收时间", Column::Received),
    ("受理时间", Column::Received),
    ("日期", Column::Received),
    ("姓名", Column::Name),
    ("投诉人姓名", Column::Name),
    ("提供方", Column::Name),
    ("联系电话", Column::Phone),
    ("手机", Column::Phone),
    ("手机号", Column::Phone),
    ("投诉人电话", Column::Phone),
    ("地址", Column::Address),
    ("联系地址", Column::Address),
    ("被投诉人", Column::Business),
    ("被投诉单位", Column::Business),
    ("被举报人", Column::Business),
    ("经营者", Column::Business),
    ("商家", Column::Business),
    ("涉及主体", Column::Business),
    ("被投诉人地址", Column::BusinessAddress),
    ("经营地址", Column::BusinessAddress),
    ("信用代码", Column::CreditCode),
    ("社会信用代码", Column::CreditCode),
    ("商品", Column::Goods),
    ("商品名称", Column::Goods),
    ("客体", Column::Goods),
    ("诉求", Column::Demands),
    ("问题类型", Column::Problem),
    ("内容", Column::Text),
    ("投诉内容", Column::Text),
    ("举报内容", Column::Text),
    ("诉求描述", Column::Text),
    ("金额", Column::Amount),
    ("涉及金额", Column::Amount),
    ("状态", Column::State),
    ("办理结果", Column::Feedback),
    ("处理结果", Column::Feedback),
    ("回复内容", Column::Feedback),
];

/// The column a head names; [`Column::Other`] when nobody knows it.
///
/// ```
/// use domain::complaint::import::{Column, column_of};
/// assert_eq!(column_of(" 登记 编号 "), Column::Number);
/// assert_eq!(column_of("备注"), Column::Other);
/// ```
pub fn column_of(head: &str) -> Column {
    let head: String = head.chars().filter(|c| !c.is_whitespace() && !matches!(c, '*' | '＊' | ':' | '：')).collect();
    let head = head.split(['（', '(']).next().unwrap_or_default();
    let own = Column::ALL.iter().copied().find(|it| it.label() == head && *it != Column::Other);
    own.or_else(|| SYNONYMS.iter().find(|it| it.0 == head).map(|it| it.1)).unwrap_or(Column::Other)
}

/// What holds for rows that do not say it themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Defaults {
    /// The day of receipt.
    pub received_on: Date,
    /// The kind, where no column names it.
    pub kind: CaseKind,
    /// The channel, where no column names it or its word is not known.
    pub channel: Channel,
}

impl Defaults {
    /// Of an export of the national platform: complaints that came through it.
    pub fn of_platform(received_on: Date) -> Defaults {
        Defaults { received_on, kind: CaseKind::Complaint, channel: Channel::Platform12315 }
    }
}

/// What is wrong in one cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellProblem {
    /// Which column of the row.
    pub column: Column,
    /// What is wrong, and the way out.
    pub sentence: String,
    /// The row cannot be taken in; otherwise it is, and the cell is worth a look.
    pub is_fatal: bool,
}

/// Is it a list of cases? It has to say at least what happened, and either a number or a business.
pub fn is_list(columns: &[Column]) -> bool {
    let has = |it| columns.contains(&it);
    has(Column::Text) && (has(Column::Number) || has(Column::Business))
}

/// A row that was read.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportRow {
    /// Where it stands in the file, counted from 1 with the head.
    pub line: usize,
    /// The number of the platform.
    pub external_number: Option<String>,
    /// Its kind.
    pub kind: CaseKind,
    /// The channel.
    pub channel: Channel,
    /// The day of receipt.
    pub received_on: Date,
    /// What it is about.
    pub particulars: Particulars,
    /// The state of its handling there; part of the remark.
    pub state: String,
    /// The section that has it there; part of the remark.
    pub section: String,
    /// What the platform says of its handling; empty when nothing.
    pub remark: String,
}

impl ImportRow {
    /// What makes a row without a number the same row when it comes again: everything it says, blanks aside.
    pub fn identity(&self) -> String {
        let it = &self.particulars;
        let amount = it.amount_fen.map(|it| it.to_string()).unwrap_or_default();
        let day = self.received_on.to_string();
        let parts = [
            self.kind.code(),
            &day,
            &it.consumer.name,
            &it.consumer.phone,
            &it.consumer.address,
            &it.business.name,
            &it.business.address,
            &it.goods,
            &it.demand_words(),
            &amount,
            &it.text,
        ];
        let squeezed = parts.map(|part| part.chars().filter(|it| !it.is_whitespace()).collect::<String>());
        squeezed.join("\u{1f}")
    }
}

/// Reads one row: the row, unless something in it forbids that, and what is wrong in its cells.
///
/// Only what keeps a case from being registered is fatal: no matter, a day or an amount that is none, a number that has lost its digits.
/// A telephone number or a credit code that is wrong comes in as it stands, because the letter of the consumer said so.
pub fn read_row(
    line: usize,
    columns: &[Column],
    cells: &[&str],
    categories: &[Category],
    defaults: &Defaults,
    today: Date,
) -> (Option<ImportRow>, Vec<CellProblem>) {
    let get = |wanted: Column| {
        let at = columns.iter().position(|it| *it == wanted);
        at.and_then(|at| cells.get(at)).map_or("", |it| it.trim())
    };
    let mut problems = Vec::new();
    let mut wrong = |column, is_fatal, sentence: String| problems.push(CellProblem { column, sentence, is_fatal });
    let text = get(Column::Text);
    if text.is_empty() {
        wrong(Column::Text, true, format!("没有“{}”", Column::Text.label()));
    }
    if text.chars().count() > TEXT_LIMIT {
        wrong(Column::Text, false, format!("内容超过 {TEXT_LIMIT} 字，只导入前 {TEXT_LIMIT} 字"));
    }
    let received_on = match get(Column::Received) {
        "" => Some(defaults.received_on),
        day => read_day(day),
    };
    match received_on {
        None => {
            let day = get(Column::Received);
            wrong(Column::Received, true, format!("“{day}”不是日期，请写成 2027-03-15"));
        }
        Some(day) if day > today => wrong(Column::Received, true, format!("{day} 还没有到，收到日期不能晚于今天")),
        Some(day) if day < EARLIEST => wrong(Column::Received, true, format!("{day} 的年份不对，请核对")),
        Some(_) => {}
    }
    let amount_fen = money(get(Column::Amount)).unwrap_or_else(|sentence| {
        wrong(Column::Amount, true, sentence);
        None
    });
    let number = get(Column::Number);
    if is_rounded(number) {
        wrong(
            Column::Number,
            true,
            format!("编号“{number}”被表格软件改成了数字，后几位已丢失；请从原平台重新导出，或先把这一列设为文本"),
        );
    }
    let kind = kind_of(get(Column::Kind));
    if kind.is_none() && !get(Column::Kind).is_empty() {
        let word = get(Column::Kind);
        wrong(Column::Kind, false, format!("类型“{word}”不认识，按{}登记", defaults.kind.label()));
    }
    soft_problems(&get, &mut wrong);
    let (Some(received_on), false) = (received_on, problems.iter().any(|it| it.is_fatal)) else {
        return (None, problems);
    };
    let (demands, demand) = read_demands(get(Column::Demands));
    let goods = get(Column::Goods);
    let category = find_by_name(categories, &[CategorySide::Goods, CategorySide::Service], goods);
    let row = ImportRow {
        line,
        external_number: Some(number.to_owned()).filter(|it| !it.is_empty()),
        kind: kind.unwrap_or(defaults.kind),
        channel: channel_of(get(Column::Channel)).unwrap_or(defaults.channel),
        received_on,
        particulars: Particulars {
            consumer: Consumer {
                name: get(Column::Name).to_owned(),
                phone: identity::normal_phone(get(Column::Phone)),
                address: get(Column::Address).to_owned(),
                ..Consumer::default()
            },
            business: Business {
                name: get(Column::Business).to_owned(),
                address: get(Column::BusinessAddress).to_owned(),
                credit_code: get(Column::CreditCode).to_ascii_uppercase(),
                ..Business::default()
            },
            category: category.map(|it| it.code.clone()).unwrap_or_default(),
            problem: problem_of(get(Column::Problem), categories),
            goods: goods.to_owned(),
            place: get(Column::Place).to_owned(),
            demands,
            demand,
            amount_fen,
            text: text.chars().take(TEXT_LIMIT).collect(),
            ..Particulars::default()
        },
        state: get(Column::State).to_owned(),
        section: get(Column::Section).to_owned(),
        remark: remark(&get),
    };
    (Some(row), problems)
}

/// What is worth a look and keeps nobody from registering.
fn soft_problems<'a>(get: &dyn Fn(Column) -> &'a str, wrong: &mut dyn FnMut(Column, bool, String)) {
    let phone = get(Column::Phone);
    if !phone.is_empty() && !identity::is_phone(phone) {
        wrong(Column::Phone, false, "电话号码不对，照原样导入".to_owned());
    }
    let code = get(Column::CreditCode).to_ascii_uppercase();
    let is_old_number = code.len() == 15 && code.chars().all(|it| it.is_ascii_digit());
    if !code.is_empty() && !is_old_number && !identity::is_credit_code(&code) {
        wrong(Column::CreditCode, false, "统一社会信用代码的校验位不对，照原样导入".to_owned());
    }
}

/// What the other platform says of the handling, in one line.
fn remark<'a>(get: &dyn Fn(Column) -> &'a str) -> String {
    [("状态", Column::State), ("处理机构", Column::Handler), ("处理部门", Column::Section), ("反馈", Column::Feedback)]
        .into_iter()
        .map(|(word, column)| (word, get(column)))
        .filter(|it| !it.1.is_empty())
        .map(|(word, value)| format!("{word}：{value}"))
        .collect::<Vec<_>>()
        .join("；")
}

/// A long number that a spreadsheet has kept as a number: `1.33011202605060E18`.
fn is_rounded(number: &str) -> bool {
    let Some((digits, power)) = number.split_once(['E', 'e']) else { return false };
    let is_power = power.trim_start_matches('+').parse::<u8>().is_ok();
    is_power && digits.parse::<f64>().is_ok()
}

fn kind_of(word: &str) -> Option<CaseKind> {
    match word {
        word if word.contains("举报") => Some(CaseKind::Tipoff),
        word if word.contains("咨询") => Some(CaseKind::Inquiry),
        word if word.contains("投诉") => Some(CaseKind::Complaint),
        _ => None,
    }
}

/// The channel a word names.
fn channel_of(word: &str) -> Option<Channel> {
    let table = [
        ("12345", Channel::Hotline12345),
        ("来信", Channel::Letter),
        ("信函", Channel::Letter),
        ("来电", Channel::Hotline),
        ("电话", Channel::Hotline),
        ("热线", Channel::Hotline),
        ("来访", Channel::Window),
        ("窗口", Channel::Window),
        ("邮件", Channel::Email),
        ("邮箱", Channel::Email),
        ("网格", Channel::GridCenter),
        ("转办", Channel::Referral),
        ("现场", Channel::OnSite),
        ("网站", Channel::Website),
        ("12315", Channel::Platform12315),
    ];
    table.iter().find(|it| word.contains(it.0)).map(|it| it.1)
}

/// A comma list of known words; what is not known stays as it is written.
fn read_demands(text: &str) -> (Vec<Demand>, String) {
    let mut demands = Vec::new();
    let mut others = Vec::new();
    for word in text.split([',', '，', '、', ';', '；']).map(str::trim).filter(|it| !it.is_empty()) {
        match Demand::ALL.iter().find(|it| it.label() == word) {
            Some(demand) if !demands.contains(demand) => demands.push(*demand),
            Some(_) => {}
            None => others.push(word),
        }
    }
    (demands, others.join("、"))
}

/// The first problem of the list that the classification knows; one name may itself hold a 、.
fn problem_of(text: &str, categories: &[Category]) -> String {
    let sides = &[CategorySide::Problem];
    let whole = find_by_name(categories, sides, text);
    let parts = || text.split([',', '，', '、', ';', '；']).find_map(|it| find_by_name(categories, sides, it));
    whole.or_else(parts).map(|it| it.code.clone()).unwrap_or_default()
}

/// 2027-03-01, 2027/3/1 09:30, 2027年3月1日, 20270301.
pub(super) fn read_day(text: &str) -> Option<Date> {
    let numbers: Vec<i16> = text
        .split(|c: char| !c.is_ascii_digit())
        .filter(|it| !it.is_empty())
        .take(3)
        .filter_map(|it| it.parse().ok())
        .collect();
    if let [year, month, day] = numbers.as_slice() {
        return Date::new(*year, i8::try_from(*month).ok()?, i8::try_from(*day).ok()?).ok();
    }
    let digits = text.get(..8).filter(|it| it.bytes().all(|b| b.is_ascii_digit()))?;
    let part = |range: std::ops::Range<usize>| digits.get(range)?.parse::<i16>().ok();
    Date::new(part(0..4)?, i8::try_from(part(4..6)?).ok()?, i8::try_from(part(6..8)?).ok()?).ok()
}

/// What a second import says differently: the word of the field, ours, theirs. The person is never compared in words.
pub fn differences(ours: &Particulars, row: &ImportRow) -> Vec<(&'static str, String, String)> {
    let theirs = &row.particulars;
    let mut found = Vec::new();
    let mut compare = |word, one: &str, other: &str| {
        if !other.is_empty() && one.trim() != other.trim() {
            found.push((word, one.to_owned(), other.to_owned()));
        }
    };
    compare("企业名称", &ours.business.name, &theirs.business.name);
    compare("企业地址", &ours.business.address, &theirs.business.address);
    compare("事发地", &ours.place, &theirs.place);
    compare("诉求", &ours.demand_words(), &theirs.demand_words());
    compare("具体问题", &ours.text, &theirs.text);
    found
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    const HEADS: &[&str] = &[
        "登记编号",
        "类型",
        "接收方式",
        "企业名称",
        "企业地址",
        "诉求内容",
        "问题类别",
        "事发地",
        "具体问题",
        "初查受理状态",
        "处理机构",
        "处理部门",
        "反馈内容",
    ];

    const TODAY: Date = date(2027, 3, 11);

    fn columns() -> Vec<Column> {
        HEADS.iter().map(|it| column_of(it)).collect()
    }

    fn problems() -> Vec<Category> {
        let name = "质量、冒充合格产品、在产品中以次充好".to_owned();
        vec![Category {
            code: "p02".into(),
            side: CategorySide::Problem,
            parent: String::new(),
            name: "质量".into(),
            platform_name: name,
            is_active: true,
        }]
    }

    fn row(cells: &[&str]) -> Result<ImportRow, String> {
        let defaults = Defaults::of_platform(date(2027, 3, 1));
        let (row, problems) = read_row(2, &columns(), cells, &problems(), &defaults, TODAY);
        row.ok_or_else(|| problems.iter().map(|it| it.sentence.as_str()).collect())
    }

    #[test]
    fn every_column_of_the_platform_is_known() {
        assert!(is_list(&columns()) && !columns().contains(&Column::Other));
        assert!(!is_list(&[Column::Number, Column::Kind]));
        assert_eq!(column_of("争议金额（元）"), Column::Amount);
    }

    #[test]
    fn a_row_of_the_platform_becomes_a_case() {
        let cells = [
            "1350322002027030100001",
            "投诉",
            "互联网平台",
            "好来超市",
            "城关镇",
            "退货,赔偿损失,公开道歉",
            "其他投诉问题、在产品中以次充好",
            "东街",
            "牛奶过期",
            "已受理",
            "云溪县局",
            "城关所",
            "调解中",
        ];
        let it = row(&cells).unwrap();
        assert_eq!(
            (it.kind, it.channel, it.received_on),
            (CaseKind::Complaint, Channel::Platform12315, date(2027, 3, 1))
        );
        assert_eq!(it.particulars.demands, [Demand::Return, Demand::Damages]);
        assert_eq!((it.particulars.demand.as_str(), it.particulars.problem.as_str()), ("公开道歉", "p02"));
        assert_eq!(it.remark, "状态：已受理；处理机构：云溪县局；处理部门：城关所；反馈：调解中");
    }

    #[test]
    fn a_row_without_its_matter_is_wrong_and_a_short_row_is_not() {
        assert!(row(&["1", "投诉"]).is_err_and(|it| it.contains("具体问题")));
        let it = row(&["", "举报", "来电", "甲店", "", "", "", "", "卖假酒"]).unwrap();
        assert_eq!((it.kind, it.channel, it.external_number), (CaseKind::Tipoff, Channel::Hotline, None));
    }

    #[test]
    fn each_wrong_cell_is_named_and_only_what_forbids_registering_is_fatal() {
        let columns = [Column::Number, Column::Kind, Column::Phone, Column::CreditCode, Column::Amount, Column::Text];
        let defaults = Defaults { kind: CaseKind::Inquiry, ..Defaults::of_platform(date(2027, 3, 1)) };
        let read = |cells: &[&str]| read_row(2, &columns, cells, &[], &defaults, TODAY);
        let (row, problems) = read(&["A1", "建议", "12", "91350100M000100Y44", "", "缺斤少两"]);
        assert_eq!(row.unwrap().kind, CaseKind::Inquiry);
        let named: Vec<(Column, bool)> = problems.iter().map(|it| (it.column, it.is_fatal)).collect();
        assert_eq!(named, [(Column::Kind, false), (Column::Phone, false), (Column::CreditCode, false)]);
        let (row, problems) = read(&["1.33011202605060E18", "投诉", "", "", "很多", "缺斤少两"]);
        let named: Vec<(Column, bool)> = problems.iter().map(|it| (it.column, it.is_fatal)).collect();
        assert_eq!((row, named), (None, vec![(Column::Amount, true), (Column::Number, true)]));
        assert!(!is_rounded("E12") && !is_rounded("2027E-A") && is_rounded("1.33E+18"));
    }

    #[test]
    fn nothing_is_received_tomorrow() {
        let columns = [Column::Received, Column::Text];
        let defaults = Defaults::of_platform(TODAY);
        let read = |day: &str| read_row(2, &columns, &[day, "缺斤少两"], &[], &defaults, TODAY).0.is_some();
        assert!(read("2027-03-11") && read(""));
        assert!(!read("2027-03-12") && !read("2028-01-01") && !read("0027-03-01"));
    }

    #[test]
    fn a_row_is_the_same_when_only_blanks_differ() {
        let cells = ["", "投诉", "", "好来超市", "城关镇", "", "", "", "牛奶 过期"];
        let one = row(&cells).unwrap();
        let same = row(&["", "投诉", "来电", "好来超市", "城关镇 ", "", "", "", "牛奶过期"]).unwrap();
        let other = row(&["", "投诉", "", "好来超市", "城关镇", "", "", "", "牛奶过期了"]).unwrap();
        assert!(one.identity() == same.identity() && one.identity() != other.identity());
    }

    #[test]
    fn days_are_read_as_people_write_them() {
        for text in ["2027-03-01", "2027/3/1 09:30", "2027年3月1日", "20270301", "20270301093000"] {
            assert_eq!(read_day(text), Some(date(2027, 3, 1)), "{text}");
        }
        for text in ["3月1日", "2027-13-01", "昨天", "2027"] {
            assert_eq!(read_day(text), None, "{text}");
        }
    }

    #[test]
    fn a_second_import_names_what_is_different() {
        let cells = ["1", "投诉", "", "好来超市", "城关镇", "", "", "", "牛奶过期"];
        let first = row(&cells).unwrap();
        assert!(differences(&first.particulars, &first).is_empty());
        let again = row(&["1", "投诉", "", "好来超市东街店", "", "", "", "", "牛奶过期"]).unwrap();
        let found = differences(&first.particulars, &again);
        assert_eq!(found, [("企业名称", "好来超市".to_owned(), "好来超市东街店".to_owned())]);
    }
}
