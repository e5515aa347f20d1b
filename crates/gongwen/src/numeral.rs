//! Chinese and Arabic numerals of documents: 十一, 二十六, ③.

/// The value of a numeral in Chinese or Arabic digits up to 9999; `None` for anything else.
///
/// ```
/// assert_eq!(gongwen::numeral::parse("二十六"), Some(26));
/// assert_eq!(gongwen::numeral::parse("一百零三"), Some(103));
/// assert_eq!(gongwen::numeral::parse("15"), Some(15));
/// ```
pub fn parse(text: &str) -> Option<u32> {
    if text.is_empty() || text.chars().count() > 7 {
        return None;
    }
    if text.bytes().all(|it| it.is_ascii_digit()) {
        return text.parse().ok().filter(|it| *it <= 9999);
    }
    if text.chars().count() >= 2 && text.chars().all(|it| digit(it).is_some()) {
        return text.chars().try_fold(0, |sum, it| Some(sum * 10 + digit(it)?)).filter(|it| *it <= 9999);
    }
    let (mut total, mut current) = (0, None);
    for c in text.chars() {
        let unit = match c {
            '十' => 10,
            '百' => 100,
            '千' => 1000,
            _ => {
                current = Some(digit(c)?);
                continue;
            }
        };
        total += current.take().unwrap_or(1) * unit;
    }
    Some(total + current.unwrap_or(0))
}

fn digit(c: char) -> Option<u32> {
    "零一二三四五六七八九".chars().position(|it| it == c).map(|it| it as u32).or(match c {
        '〇' | '○' => Some(0),
        '两' => Some(2),
        _ => None,
    })
}

/// The value of a circled digit.
///
/// ```
/// assert_eq!(gongwen::numeral::circled('③'), Some(3));
/// ```
pub fn circled(c: char) -> Option<u32> {
    match c {
        '①'..='⑳' => Some(c as u32 - '①' as u32 + 1),
        '❶'..='❿' => Some(c as u32 - '❶' as u32 + 1),
        _ => None,
    }
}

/// The numeral in Chinese, 1 to 99, for messages.
///
/// ```
/// assert_eq!(gongwen::numeral::chinese(26), "二十六");
/// ```
pub fn chinese(n: u32) -> String {
    let digits: Vec<char> = "〇一二三四五六七八九".chars().collect();
    let at = |n: u32| digits.get(n as usize).copied().unwrap_or('〇');
    match n {
        0..=9 => at(n).to_string(),
        10 => "十".to_owned(),
        11..=19 => format!("十{}", at(n - 10)),
        20..=99 if n.is_multiple_of(10) => format!("{}十", at(n / 10)),
        20..=99 => format!("{}十{}", at(n / 10), at(n % 10)),
        _ => n.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numerals_of_both_kinds_are_read_and_written() {
        for n in 1..=99 {
            assert_eq!(parse(&chinese(n)), Some(n), "{n}");
            assert_eq!(parse(&n.to_string()), Some(n));
        }
        for (text, value) in
            [("十", 10), ("两", 2), ("二〇二四", 2024), ("二○二四", 2024), ("三百", 300), ("一百二十", 120)]
        {
            assert_eq!(parse(text), Some(value), "{text}");
        }
        for text in ["", "科", "十科", "一二三四五六七八", "12a"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
