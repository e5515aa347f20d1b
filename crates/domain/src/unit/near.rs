//! Which unit a notice means: “市场和网监科” is 市场与网络监管科, “青石所” is 青石市场监督管理所.

use crate::Id;

/// A unit with the names it goes by, to be compared with a name in a notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// The unit.
    pub unit_id: Id,
    /// Its name.
    pub name: String,
    /// Its short name and other names.
    pub aliases: Vec<String>,
}

/// How a name was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Match {
    /// The very name, short name or other name of one unit, or the same with the place in front dropped.
    Exact {
        /// The unit.
        unit_id: Id,
        /// Why it is this one, for the page: “与单位别名相同”.
        reason: String,
    },
    /// Units that may be meant, the likeliest first. A person decides.
    Near(Vec<Candidate>),
}

/// A unit that may be meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The unit.
    pub unit_id: Id,
    /// Its name.
    pub name: String,
    /// How alike, of 100.
    pub score: u8,
    /// Why, for the page: “名称相近：市场与网络监管科”.
    pub reason: String,
}

/// Below this nothing is proposed: a wrong proposal costs more than none.
const LEAST: u8 = 55;

/// The unit a name means: exact, or the near ones (perhaps none).
///
/// ```
/// use domain::{Id, unit::near::{Match, Named, near}};
/// let unit = |id: &str, name: &str| Named { unit_id: Id::from_text(id), name: name.into(), aliases: vec![] };
/// let units = [unit("1", "市场与网络监管科"), unit("2", "信用监管科")];
/// let Match::Near(found) = near("市场和网监科", &units) else { panic!() };
/// assert_eq!(found[0].unit_id.as_str(), "1");
/// ```
pub fn near(name: &str, units: &[Named]) -> Match {
    let wanted = plain(name);
    if wanted.is_empty() {
        return Match::Near(Vec::new());
    }
    exact(&wanted, units).unwrap_or_else(|| Match::Near(candidates(&wanted, units)))
}

fn exact(wanted: &str, units: &[Named]) -> Option<Match> {
    let found = |reason: &str, same: &dyn Fn(&Named) -> bool| match units
        .iter()
        .filter(|it| same(it))
        .collect::<Vec<_>>()[..]
    {
        [unit] => Some(Match::Exact { unit_id: unit.unit_id.clone(), reason: reason.to_owned() }),
        // Two units of the same name: a person decides.
        _ => None,
    };
    let short = without_place(wanted);
    found("名称相同", &|unit| plain(&unit.name) == wanted)
        .or_else(|| found("与单位别名相同", &|unit| unit.aliases.iter().any(|alias| plain(alias) == wanted)))
        .or_else(|| {
            found("去掉地名后相同", &|unit| names(unit).any(|name| without_place(&plain(name)) == short))
        })
        .or_else(|| {
            found("全称与简称", &|unit| names(unit).any(|name| full(without_place(&plain(name))) == full(short)))
        })
}

fn candidates(wanted: &str, units: &[Named]) -> Vec<Candidate> {
    let mut found: Vec<Candidate> = units.iter().filter_map(|unit| candidate(wanted, unit)).collect();
    found.sort_by(|a, b| b.score.cmp(&a.score).then_with(|| a.name.cmp(&b.name)));
    found.truncate(3);
    found
}

fn candidate(wanted: &str, unit: &Named) -> Option<Candidate> {
    let best = names(unit).map(|name| (likeness(wanted, &plain(name)), name)).max_by_key(|(score, _)| *score)?;
    let (score, name) = best;
    let reason =
        if name == unit.name { format!("名称相近：{name}") } else { format!("与别名“{name}”相近") };
    (score >= LEAST).then(|| Candidate { unit_id: unit.unit_id.clone(), name: unit.name.clone(), score, reason })
}

fn names(unit: &Named) -> impl Iterator<Item = &str> {
    std::iter::once(unit.name.as_str()).chain(unit.aliases.iter().map(String::as_str))
}

/// How alike two names are, of 100. What makes a unit this unit and no other (青石 in 青石市场监管所) counts alone;
/// what it is (所, 科) must not contradict.
fn likeness(a: &str, b: &str) -> u8 {
    let (a, b) = (full(without_place(a)), full(without_place(b)));
    if kind_of(&a).zip(kind_of(&b)).is_some_and(|(a, b)| a != b) {
        return 0;
    }
    let (core_a, core_b) = (core(&a), core(&b));
    if core_a.is_empty() || core_b.is_empty() {
        return 0;
    }
    let common = common_in_order(&core_a, &core_b);
    let (short, long) = (core_a.len().min(core_b.len()), core_a.len().max(core_b.len()));
    // An abbreviation holds its letters in the order of the full name: 网监 in 网络监管.
    let is_abbreviation = common == short && short >= 2 && core_a.first() == core_b.first();
    let share = if is_abbreviation { 70 + 30 * short / long } else { 200 * common / (short + long) };
    u8::try_from(share.min(99)).unwrap_or(99)
}

/// The kind a name ends with, where names of different kinds are never the same unit.
fn kind_of(name: &str) -> Option<&'static str> {
    const KINDS: &[(&str, &str)] = &[
        ("委员会", "会"),
        ("协会", "会"),
        ("消协", "会"),
        ("科", "科"),
        ("股", "科"),
        ("室", "室"),
        ("所", "所"),
        ("支队", "队"),
        ("大队", "队"),
        ("中心", "中心"),
        ("局", "局"),
        ("院", "院"),
        ("处", "处"),
    ];
    KINDS.iter().find(|(ending, _)| name.ends_with(ending)).map(|(_, kind)| *kind)
}

/// The letters that tell the unit from others of its kind.
fn core(name: &str) -> Vec<char> {
    let mut text = name.to_owned();
    for word in ["市场监督管理", "监督管理", "市场监管所"] {
        if text.chars().count() > word.chars().count() + 1 {
            text = text.replacen(word, "", 1);
        }
    }
    for ending in ["委员会", "协会", "支队", "大队", "中心", "科", "股", "室", "所", "局", "院", "处"]
    {
        if let Some(rest) = text.strip_suffix(ending)
            && !rest.is_empty()
        {
            text = rest.to_owned();
            break;
        }
    }
    text.chars().filter(|c| !"和与及、的".contains(*c)).collect()
}

/// The longest common subsequence.
fn common_in_order(a: &[char], b: &[char]) -> usize {
    let mut best = vec![0; b.len() + 1];
    for x in a {
        let mut before = 0;
        for (j, y) in b.iter().enumerate() {
            let above = best.get(j + 1).copied().unwrap_or(0);
            let left = best.get(j).copied().unwrap_or(0);
            let here = if x == y { before + 1 } else { above.max(left) };
            before = above;
            if let Some(cell) = best.get_mut(j + 1) {
                *cell = here;
            }
        }
    }
    best.last().copied().unwrap_or(0)
}

/// Written the same way: full-width letters, brackets and white space leave no trace.
fn plain(name: &str) -> String {
    let mut depth = 0_i32;
    let mut out = String::new();
    for c in name.chars() {
        match c {
            '(' | '（' | '〔' => depth += 1,
            ')' | '）' | '〕' => depth -= 1,
            _ if depth > 0 || c.is_whitespace() || matches!(c, '“' | '”' | '"' | '·' | '\u{200b}') => {}
            '０'..='９' | 'Ａ'..='Ｚ' | 'ａ'..='ｚ' => out.extend(char::from_u32(u32::from(c) - 0xFEE0)),
            _ => out.push(c),
        }
    }
    out
}

/// “青石区市场监督管理局” → “市场监督管理局”; “区局信用科”, “本局信用科” → “信用科”. A name that is all place stays.
fn without_place(name: &str) -> &str {
    for prefix in ["区局", "县局", "市局", "本局", "我局"] {
        if let Some(rest) = name.strip_prefix(prefix)
            && rest.chars().count() >= 2
        {
            return rest;
        }
    }
    let place =
        name.char_indices().take(8).skip(1).find(|(_, c)| "省市区县旗".contains(*c)).map(|(i, c)| i + c.len_utf8());
    let rest = place.and_then(|end| name.get(end..)).unwrap_or(name);
    // 市场 begins with 市 and is no place; 小区 and 社区 are no districts.
    let is_place = !rest.starts_with('场')
        && place.is_some_and(|end| {
            let head = name.get(..end).unwrap_or_default();
            !["小区", "社区", "校区", "景区", "园区", "城市", "超市"].iter().any(|word| head.ends_with(word))
        });
    if !is_place || rest.chars().count() < 2 {
        return name;
    }
    // 天津市青石区…: once more.
    if rest.len() < name.len() { without_place(rest) } else { name }
}

/// Common abbreviations written out.
fn full(name: &str) -> String {
    const WORDS: &[(&str, &str)] = &[
        ("投举中心", "投诉举报中心"),
        ("消保委", "消费者权益保护委员会"),
        ("消委会", "消费者委员会"),
        ("消协", "消费者协会"),
        ("市监局", "市场监督管理局"),
        ("市场局", "市场监督管理局"),
        ("市场监管局", "市场监督管理局"),
        ("市监所", "市场监督管理所"),
        ("市场所", "市场监督管理所"),
        ("市场监管所", "市场监督管理所"),
        ("消保科", "消费者权益保护科"),
        ("特设科", "特种设备科"),
        ("食药", "食品药品"),
    ];
    let mut text = name.to_owned();
    for (short, long) in WORDS {
        if !text.contains(long) {
            text = text.replace(short, long);
        }
    }
    // 青石监管所 and 青石所 are the field office 青石市场监督管理所.
    if let Some(head) = text.strip_suffix('所').filter(|head| !head.ends_with("监督管理")) {
        let head = head.strip_suffix("监管").unwrap_or(head);
        let is_other = ["研究", "检测", "检验", "计量"].iter().any(|word| head.ends_with(word));
        if !is_other && head.chars().count() >= 2 {
            text = format!("{head}市场监督管理所");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn units() -> Vec<Named> {
        let unit = |id: &str, name: &str, aliases: &[&str]| Named {
            unit_id: Id::from_text(id),
            name: name.to_owned(),
            aliases: aliases.iter().map(|it| (*it).to_owned()).collect(),
        };
        vec![
            unit("bureau", "青石区市场监督管理局", &["区市场局"]),
            unit("association", "青石区消费者协会", &["区消协"]),
            unit("market", "市场与网络监管科", &[]),
            unit("credit", "信用监管科", &["信用科"]),
            unit("food-1", "食品生产监管科", &[]),
            unit("food-2", "食品流通监管科", &[]),
            unit("center", "投诉举报中心", &[]),
            unit("north", "河北街市场监督管理所", &[]),
            unit("south", "南塘市场监督管理所", &[]),
            unit("team", "综合执法支队", &[]),
        ]
    }

    fn check(name: &str, expected: &str) {
        let found = match near(name, &units()) {
            Match::Exact { unit_id, .. } => format!("= {unit_id}"),
            Match::Near(candidates) => match candidates.first() {
                Some(first) => format!("~ {}", first.unit_id),
                None => "-".to_owned(),
            },
        };
        assert_eq!(found, expected, "{name}");
    }

    #[test]
    fn the_very_name_is_exact() {
        check("市场与网络监管科", "= market");
        check("信用科", "= credit");
        check("信用监管科（牵头）", "= credit");
        check(" 投诉举报中心", "= center");
    }

    #[test]
    fn the_place_in_front_does_not_matter() {
        check("市场监督管理局", "= bureau");
        check("区市场监督管理局", "= bureau");
        check("青石区信用监管科", "= credit");
        check("区局信用监管科", "= credit");
        check("消费者协会", "= association");
        check("云中市青石区消费者协会", "= association");
    }

    #[test]
    fn full_and_short_forms_are_one_unit() {
        check("投举中心", "= center");
        check("区消协", "= association");
        check("消协", "= association");
        check("南塘所", "= south");
        check("南塘监管所", "= south");
        check("南塘市场监管所", "= south");
        check("市场监管局", "= bureau");
    }

    #[test]
    fn abbreviations_are_near_and_a_person_decides() {
        check("市场和网监科", "~ market");
        check("市场网监科", "~ market");
        check("食品生产科", "~ food-1");
        check("执法支队", "~ team");
        check("河北街道所", "~ north");
    }

    #[test]
    fn strangers_are_not_proposed() {
        check("教育局", "-");
        check("特种设备科", "-");
        check("东岭所", "-");
        check("", "-");
        check("公安分局", "-");
    }

    #[test]
    fn two_units_of_one_name_are_not_exact() {
        let twin = |id: &str| Named { unit_id: Id::from_text(id), name: "办公室".into(), aliases: vec![] };
        let Match::Near(found) = near("办公室", &[twin("1"), twin("2")]) else { panic!("exact") };
        assert_eq!(found.len(), 2);
    }
}
