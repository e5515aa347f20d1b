//! Which passwords are refused. Length counts most; habits of this country are known.

/// The shortest password.
pub const SHORTEST: usize = 10;
/// The longest: hashing a book would be a way to keep the machine busy.
pub const LONGEST: usize = 128;

/// Words that stand in very many passwords here; a password that is little more than one of them is refused.
const HABITS: &[&str] = &[
    "password",
    "passw0rd",
    "qwertyuiop",
    "qwerty",
    "asdfgh",
    "zxcvbn",
    "1qaz2wsx",
    "qazwsx",
    "woaini",
    "wodemima",
    "mima",
    "admin",
    "administrator",
    "root",
    "user",
    "test",
    "guest",
    "xiaobao",
    "12315",
    "315",
    "shichang",
    "jianguan",
    "shijianju",
    "scjgj",
    "gongshang",
    "xiaoxie",
    "zhongguo",
    "china",
    "5201314",
    "1314",
    "520",
    "888",
    "666",
    "168",
    "aaa",
    "abc",
    "abcd",
    "iloveyou",
    "welcome",
    "letmein",
];

/// Is the password good enough? `about` are words about the person (login, name, unit) that must not be most of it.
///
/// ```
/// use domain::unit::password::check;
/// assert!(check("河水清浅，七只白鹭飞过", &[]).is_ok());
/// assert!(check("Admin12315", &[]).is_err());
/// ```
///
/// # Errors
/// A sentence that says what is wrong and what to do.
pub fn check(password: &str, about: &[&str]) -> Result<(), String> {
    let n = password.chars().count();
    if n < SHORTEST {
        return Err(format!("密码至少 {SHORTEST} 个字符，现在只有 {n} 个。可以用几个不相干的词连起来。"));
    }
    if n > LONGEST {
        return Err(format!("密码最多 {LONGEST} 个字符。"));
    }
    let lower = password.to_lowercase();
    let mut rest = lower.clone();
    for word in about.iter().map(|it| it.to_lowercase()).filter(|it| it.chars().count() >= 2) {
        rest = rest.replace(&word, "");
    }
    for word in HABITS {
        rest = rest.replace(word, "");
    }
    let left = without_runs(&rest);
    if left < 6 && lower.chars().count() < 20 {
        return Err("这个密码太常见或含有登录名、姓名、顺序数字，容易被猜到。请换几个不相干的词。".to_owned());
    }
    if is_date_or_telephone(&lower) {
        return Err("请不要用生日或电话号码作密码。".to_owned());
    }
    Ok(())
}

/// How many letters are left when runs (123456, aaaa, 9876) count as one.
fn without_runs(text: &str) -> usize {
    let letters: Vec<u32> = text.chars().map(u32::from).collect();
    let mut left = usize::from(!letters.is_empty());
    let mut step_before = None;
    for pair in letters.windows(2) {
        let [a, b] = pair else { continue };
        let step = i64::from(*b) - i64::from(*a);
        let is_run = step.abs() <= 1 && step_before.is_none_or(|before| before == step);
        step_before = is_run.then_some(step);
        left += usize::from(!is_run);
    }
    left
}

/// Digits only, or digits with up to four letters around them, as in a birthday or a telephone number.
fn is_date_or_telephone(text: &str) -> bool {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let others = text.chars().count() - digits.len();
    let is_date = |it: &str| {
        let part = |from: usize, to: usize| it.get(from..to).and_then(|it| it.parse::<u32>().ok()).unwrap_or(0);
        it.len() >= 8
            && (1940..=2035).contains(&part(0, 4))
            && (1..=12).contains(&part(4, 6))
            && (1..=31).contains(&part(6, 8))
    };
    let is_telephone = digits.len() == 11 && digits.starts_with('1');
    others <= 4 && (is_date(&digits) || is_telephone || others == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_everybody_would_guess_is_refused() {
        for password in [
            "short",
            "1234567890",
            "aaaaaaaaaaaa",
            "Password123456",
            "woaini5201314",
            "1qaz2wsx1qaz2wsx",
            "lily19860315",
            "13800138000",
            "wangfang88",
            "Wangfang@123",
            "9876543210a",
            "admin12315admin",
            "abcdefghijk",
        ] {
            assert!(check(password, &["wangfang", "王芳"]).is_err(), "{password}");
        }
    }

    #[test]
    fn a_few_unrelated_words_are_fine() {
        for password in [
            "河水清浅，七只白鹭飞过",
            "correct horse battery",
            "Tiger!lamp7river",
            "柳树下的第三把椅子呀",
            "k7fq-m3hx-92wd",
        ] {
            assert_eq!(check(password, &["wangfang", "王芳"]), Ok(()), "{password}");
        }
    }
}
