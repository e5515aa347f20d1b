//! Numbers and names of people and businesses: check digits, one way of writing, and what is shown while they are masked.

/// The alphabet of GB 32100-2015: digits and capital letters without I, O, S, V, Z.
const ALPHABET: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";
/// 3^i mod 31: the weights of the first seventeen places.
const WEIGHTS: [u32; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];

/// Is it a unified social credit code (统一社会信用代码) with the right check digit (GB 32100-2015)?
///
/// It can never be of another length or hold I, O, S, V or Z. An old registration number of fifteen digits is no credit code.
///
/// ```
/// use domain::complaint::identity::is_credit_code;
/// assert!(is_credit_code("91350100M000100Y43"));
/// assert!(!is_credit_code("91350100M000100Y44"));
/// ```
pub fn is_credit_code(code: &str) -> bool {
    let value = |c: char| ALPHABET.chars().position(|it| it == c).and_then(|it| u32::try_from(it).ok());
    let values: Option<Vec<u32>> = code.chars().map(value).collect();
    let Some(values) = values.filter(|it| it.len() == 18) else { return false };
    let sum: u32 = values.iter().zip(WEIGHTS).map(|(value, weight)| value * weight).sum();
    let check = (31 - sum % 31) % 31;
    values.last() == Some(&check)
}

/// A telephone number in the one way it is compared: digits only, no country code, full-width digits made plain.
///
/// Empty when there are no digits. A landline keeps its area code.
///
/// ```
/// use domain::complaint::identity::normal_phone;
/// assert_eq!(normal_phone("+86 139-0000-0001"), "13900000001");
/// assert_eq!(normal_phone("（0599）５１２ 0000"), "05995120000");
/// ```
pub fn normal_phone(phone: &str) -> String {
    let digits: String = narrow(phone).chars().filter(char::is_ascii_digit).collect();
    let is_mobile = |it: &str| it.len() == 11 && it.starts_with('1');
    let without = digits.strip_prefix("0086").or_else(|| digits.strip_prefix("86"));
    match without {
        Some(rest) if is_mobile(rest) => rest.to_owned(),
        _ => digits,
    }
}

/// Can it be dialled: a mobile number, or a landline or service number of 5 to 12 digits?
pub fn is_phone(phone: &str) -> bool {
    let digits = normal_phone(phone);
    if digits.len() == 11 && digits.starts_with('1') {
        return digits.chars().nth(1).is_some_and(|it| ('3'..='9').contains(&it));
    }
    (5..=12).contains(&digits.len())
}

/// Is it a resident identity number with the right check digit (GB 11643-1999)?
///
/// ```
/// use domain::complaint::identity::is_resident_id;
/// assert!(is_resident_id("11010519491231002X"));
/// assert!(!is_resident_id("110105194912310021"));
/// ```
pub fn is_resident_id(number: &str) -> bool {
    const ID_WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let number = number.to_ascii_uppercase();
    let (Some(body), Some(last)) = (number.get(..17), number.chars().nth(17)) else { return false };
    if number.len() != 18 {
        return false;
    }
    let digits: Option<Vec<u32>> = body.chars().map(|it| it.to_digit(10)).collect();
    let Some(digits) = digits else { return false };
    let sum: u32 = digits.iter().zip(ID_WEIGHTS).map(|(digit, weight)| digit * weight).sum();
    "10X98765432".chars().nth((sum % 11) as usize) == Some(last)
}

/// Full-width signs made plain, white space taken out.
fn narrow(text: &str) -> String {
    let plain = |c: char| match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(c as u32 - 0xFEE0).unwrap_or(c),
        '\u{3000}' => ' ',
        other => other,
    };
    text.chars().map(plain).filter(|c| !c.is_whitespace()).collect()
}

/// What makes two spellings of a business the same: its credit code where it has a right one, else its name without
/// brackets, punctuation and white space.
///
/// ```
/// use domain::complaint::identity::business_key;
/// assert_eq!(business_key("云溪县 好来(东街)超市", ""), business_key("云溪县好来（东街）超市", ""));
/// ```
pub fn business_key(name: &str, credit_code: &str) -> String {
    let code = narrow(credit_code).to_ascii_uppercase();
    if is_credit_code(&code) {
        return code;
    }
    narrow(name).to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect()
}

/// A name as it is compared.
pub fn normal_name(name: &str) -> String {
    narrow(name).chars().filter(|c| *c != '·' && *c != '.').collect()
}

/// A postal address as it is compared: no white space, no punctuation.
pub fn normal_address(address: &str) -> String {
    narrow(address).chars().filter(|c| c.is_alphanumeric()).collect()
}

/// A name while it is masked: the family name stays.
///
/// ```
/// use domain::complaint::identity::masked_name;
/// assert_eq!(masked_name("凌小满"), "凌**");
/// assert_eq!(masked_name(""), "");
/// ```
pub fn masked_name(name: &str) -> String {
    let mut letters = name.chars();
    match letters.next() {
        Some(first) => format!("{first}{}", "*".repeat(letters.count().clamp(1, 2))),
        None => String::new(),
    }
}

/// A telephone number while it is masked: 139****0001.
pub fn masked_phone(phone: &str) -> String {
    let digits: Vec<char> = normal_phone(phone).chars().collect();
    let n_shown = if digits.len() >= 11 { 3 } else { digits.len() / 3 };
    let n_tail = if digits.len() >= 11 { 4 } else { digits.len() / 4 };
    let tail = digits.len() - n_tail;
    digits.iter().enumerate().map(|(at, digit)| if at < n_shown || at >= tail { *digit } else { '*' }).collect()
}

/// Letters in which the number of a house may be written.
const NUMERALS: &str = "〇零○一二三四五六七八九十百千廿卅两壹贰叁肆伍陆柒捌玖拾甲乙丙丁";
/// What stands behind the number of a house. Not 路, 街, 里, 社区: 五一路 and 三里屯 are places.
const HOUSE_WORDS: &str = "号號栋棟幢楼樓单單室层層组組弄户戶座院排房铺之";

/// Does the number of a house begin here? Digits and Latin letters always (3号楼, A座); Chinese numerals where a word of houses follows
/// (十八号), so that 五一路 stays a place.
fn is_house_number(letters: &[char], at: usize) -> bool {
    let Some(rest) = letters.get(at..) else { return false };
    let is_numeral = |it: &char| NUMERALS.contains(*it);
    match rest.first() {
        Some(it) if it.is_numeric() || narrow_letter(*it) => true,
        Some(it) if is_numeral(it) => {
            let behind = rest.iter().find(|it| !is_numeral(it));
            behind.is_none_or(|it| it.is_numeric() || HOUSE_WORDS.contains(*it))
        }
        _ => false,
    }
}

/// A Latin letter, narrow or wide.
fn narrow_letter(it: char) -> bool {
    it.is_ascii_alphabetic() || ('Ａ'..='Ｚ').contains(&it) || ('ａ'..='ｚ').contains(&it)
}

/// An address while it is masked: the place stays, at most six characters and half of it, and never a number of a house, in whatever
/// numerals it is written.
///
/// ```
/// use domain::complaint::identity::masked_address;
/// assert_eq!(masked_address("云溪县清泉镇东街12号"), "云溪县清泉****");
/// assert_eq!(masked_address("东街9号"), "东街****");
/// assert_eq!(masked_address("十八号"), "****");
/// assert_eq!(masked_address(""), "");
/// ```
pub fn masked_address(address: &str) -> String {
    let letters: Vec<char> = address.chars().collect();
    let most = (letters.len() / 2).min(6);
    let head: String =
        (0..most).take_while(|at| !is_house_number(&letters, *at)).filter_map(|at| letters.get(at)).collect();
    if address.is_empty() { head } else { format!("{head}****") }
}

/// An identity number while it is masked: the first and the last two places stay.
pub fn masked_number(number: &str) -> String {
    let n = number.chars().count();
    let keep = if n > 8 { 2 } else { 0 };
    number.chars().enumerate().map(|(at, c)| if at < keep || at + keep >= n { c } else { '*' }).collect()
}

/// A text in which long numbers are masked, as a page shows it that may be read on a borrowed telephone: of a telephone, identity, order or
/// card number the first three and the last two places stay; a year, a day or a price is no such number.
///
/// ```
/// use domain::complaint::identity::masked_text;
/// assert_eq!(masked_text("2026-05-06 付了1280元，电话139 0000 0001"), "2026-05-06 付了1280元，电话139******01");
/// ```
pub fn masked_text(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let mut shown = String::new();
    let mut at = 0;
    while at < letters.len() {
        let run = number_at(&letters, at);
        let digits: Vec<char> = letters.iter().skip(at).take(run).filter(|it| it.is_alphanumeric()).copied().collect();
        if digits.len() < 9 {
            let run = run.max(1);
            shown.extend(letters.iter().skip(at).take(run));
            at += run;
            continue;
        }
        let keep = |place: usize| place < 3 || place + 2 >= digits.len();
        shown.extend(digits.iter().enumerate().map(|(place, it)| if keep(place) { *it } else { '*' }));
        at += run;
    }
    shown
}

/// How many letters the number has that begins here, single blanks and hyphens between its digits included; 0 where none begins.
fn number_at(letters: &[char], from: usize) -> usize {
    let digit = |at: usize| letters.get(at).is_some_and(|it| it.is_ascii_digit() || ('０'..='９').contains(it));
    let joins = |at: usize| letters.get(at).is_some_and(|it| matches!(it, ' ' | '-'));
    let mut at = from;
    while digit(at) || (at > from && joins(at) && digit(at + 1)) {
        at += 1;
    }
    // The check letter of an identity number.
    let is_checked = at >= from + 17 && letters.get(at).is_some_and(|it| matches!(it, 'x' | 'X'));
    at - from + usize::from(is_checked)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credit_codes_by_their_check_digit() {
        for right in ["91110000600037341L", "91350100M000100Y43"] {
            assert!(is_credit_code(right), "{right}");
        }
        for wrong in [
            "",
            "91110000600037341",
            "91110000600037341K",
            "9135O100M000100Y43",
            "91350100m000100y43",
            "350322600000001",
        ] {
            assert!(!is_credit_code(wrong), "{wrong}");
        }
    }

    #[test]
    fn one_wrong_place_is_always_found() {
        let right = "91350100M000100Y43";
        for at in 0..17 {
            let changed: String = right
                .chars()
                .enumerate()
                .map(|(i, c)| if i == at { if c == '7' { '8' } else { '7' } } else { c })
                .collect();
            assert!(changed == right || !is_credit_code(&changed), "{changed}");
        }
    }

    #[test]
    fn telephone_numbers_are_written_in_one_way() {
        let table = [
            ("139 0000 0001", "13900000001"),
            ("8613900000001", "13900000001"),
            ("0086-13900000001", "13900000001"),
            ("12315", "12315"),
            ("无", ""),
        ];
        for (typed, expected) in table {
            assert_eq!(normal_phone(typed), expected);
        }
        for (typed, right) in
            [("13900000001", true), ("12900000001", false), ("0599-5120000", true), ("110", false), ("", false)]
        {
            assert_eq!(is_phone(typed), right, "{typed}");
        }
    }

    #[test]
    fn a_mask_hides_most_of_it() {
        assert_eq!(masked_name("欧阳晓明"), "欧**");
        assert_eq!(masked_name("李"), "李*");
        assert_eq!(masked_phone("139 0000 0001"), "139****0001");
        assert_eq!(masked_phone("05995120000"), "059****0000");
        assert_eq!(masked_address("云溪县东街12号3栋"), "云溪县东街****", "never the number of the house");
        for (address, shown) in [
            ("十八号", "****"),
            ("3号楼2单元501", "****"),
            ("３号楼２单元５０１室", "****"),
            ("A座1203", "****"),
            ("Ｂ栋二〇三", "****"),
            ("三号楼二单元五〇一", "****"),
            ("二〇三室", "****"),
            ("清泉镇十八号院三单元五室", "清泉镇****"),
            ("清泉镇十八号", "清泉镇****"),
            ("前进村三组六户", "前进村****"),
            ("和平巷廿三号", "和平巷****"),
            ("幸福里三之五号楼下", "幸福里****"),
            ("东街甲18号", "东街****"),
            ("东街甲十八号东侧第二户", "东街****"),
            ("五一路十八号", "五一路****"),
            ("三里屯街道工体北路十号", "三里屯街道****"),
            ("云溪县清泉镇八一街道和平社区", "云溪县清泉镇****"),
            ("①号楼三〇二", "****"),
            ("城关镇二十", "城关****"),
        ] {
            assert_eq!(masked_address(address), shown, "{address}");
        }
        assert_eq!(masked_number("11010519491231002X"), "11**************2X");
        assert_eq!(masked_number("E1234567"), "********");
    }

    #[test]
    fn identity_numbers_by_their_check_digit() {
        assert!(is_resident_id("440524188001010014") && is_resident_id("11010519491231002x"));
        assert!(!is_resident_id("11010519491231002") && !is_resident_id("１１０１０５１９４９１２３１００２X"));
    }

    #[test]
    fn a_business_is_known_by_its_code_and_else_by_its_name() {
        let code = "91350100M000100Y43";
        assert_eq!(business_key("甲超市", code), business_key("乙超市", &code.to_lowercase()));
        assert_ne!(business_key("甲超市", ""), business_key("乙超市", ""));
        assert_eq!(business_key("甲超市", "350322600000001"), "甲超市");
    }
}
