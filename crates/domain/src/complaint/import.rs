//! Rows of a spreadsheet become cases: the export of the national platform, and any list with a head row that says what stands below.
//!
//! The platform's own columns are 登记编号, 类型, 接收方式, 企业名称, 企业地址, 诉求内容, 问题类别, 事发地, 具体问题, 初查受理状态,
//! 处理机构, 处理部门, 反馈内容. It names no day of receipt and no person, so the day comes with the file and the person may be missing.

use jiff::civil::Date;

use super::case::{CaseKind, Channel, Demand};
use super::category::{Category, CategorySide, find_by_name};
use super::identity;
use super::intake::{Business, Consumer, Particulars, TEXT_LIMIT, money};

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
    /// What the platform says of its handling; empty when nothing.
    pub remark: String,
}

/// Reads one row. `received_on` is the day for rows that name none.
///
/// # Errors
/// A sentence that names what is wrong with the row.
pub fn read_row(
    line: usize,
    columns: &[Column],
    cells: &[String],
    categories: &[Category],
    received_on: Date,
) -> Result<ImportRow, String> {
    let get = |wanted: Column| {
        let at = columns.iter().position(|it| *it == wanted);
        at.and_then(|at| cells.get(at)).map(|it| it.trim().to_owned()).unwrap_or_default()
    };
    let text: String = get(Column::Text).chars().take(TEXT_LIMIT).collect();
    if text.is_empty() {
        return Err("没有“具体问题”".to_owned());
    }
    let received_on = match get(Column::Received) {
        day if day.is_empty() => received_on,
        day => read_day(&day).ok_or_else(|| format!("收到日期“{day}”不是日期"))?,
    };
    let amount_fen = money(&get(Column::Amount))?;
    let phone = identity::normal_phone(&get(Column::Phone));
    let consumer = Consumer { name: get(Column::Name), phone, address: get(Column::Address), ..Consumer::default() };
    let business = Business {
        name: get(Column::Business),
        address: get(Column::BusinessAddress),
        credit_code: get(Column::CreditCode).to_ascii_uppercase(),
        ..Business::default()
    };
    let (demands, demand) = read_demands(&get(Column::Demands));
    let goods = get(Column::Goods);
    let category = find_by_name(categories, &[CategorySide::Goods, CategorySide::Service], &goods);
    let remark = [
        ("状态", Column::State),
        ("处理机构", Column::Handler),
        ("处理部门", Column::Section),
        ("反馈", Column::Feedback),
    ]
    .into_iter()
    .map(|(word, column)| (word, get(column)))
    .filter(|it| !it.1.is_empty())
    .map(|(word, value)| format!("{word}：{value}"))
    .collect::<Vec<_>>()
    .join("；");
    Ok(ImportRow {
        line,
        external_number: Some(get(Column::Number)).filter(|it| !it.is_empty()),
        kind: kind_of(&get(Column::Kind)),
        channel: channel_of(&get(Column::Channel)),
        received_on,
        particulars: Particulars {
            consumer,
            business,
            category: category.map(|it| it.code.clone()).unwrap_or_default(),
            problem: problem_of(&get(Column::Problem), categories),
            goods,
            place: get(Column::Place),
            demands,
            demand,
            amount_fen,
            text,
            ..Particulars::default()
        },
        remark,
    })
}

fn kind_of(word: &str) -> CaseKind {
    match word {
        word if word.contains("举报") => CaseKind::Tipoff,
        word if word.contains("咨询") => CaseKind::Inquiry,
        _ => CaseKind::Complaint,
    }
}

/// Unknown words came through the platform: it is its export.
fn channel_of(word: &str) -> Channel {
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
    ];
    table.iter().find(|it| word.contains(it.0)).map_or(Channel::Platform12315, |it| it.1)
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
fn read_day(text: &str) -> Option<Date> {
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
        let cells: Vec<String> = cells.iter().map(|it| (*it).to_owned()).collect();
        read_row(2, &columns(), &cells, &problems(), date(2027, 3, 1))
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
