//! Which law a page names: under Order 20 no article of Order 121 and the other way round, on every page, trail, letter and date sheet.

use domain::complaint::term::RuleVersion;

use super::*;
use crate::complaint::DESK_RULES;

/// Does every article the text names belong to this version, or to a law both have in common? Returns the first that does not.
fn foreign_article(text: &str, version: RuleVersion) -> Option<String> {
    const NUMERALS: &str = "一二三四五六七八九十百零至";
    let letters: Vec<char> = text.chars().collect();
    let mut is_last_own = false;
    let mut last_end = 0;
    for (start, _) in letters.iter().enumerate().filter(|it| *it.1 == '第') {
        let numerals = letters.iter().skip(start + 1).take_while(|it| NUMERALS.contains(**it)).count();
        if numerals == 0 || letters.get(start + 1 + numerals) != Some(&'条') {
            continue;
        }
        let before: String = letters.iter().skip(start.saturating_sub(16)).take(start.min(16)).collect();
        let follows = is_last_own && start >= last_end && chained(&letters, last_end, start);
        let of_old = ["第20号令", "总局令第20号", "暂行办法》（总局令第20号）"].iter().any(|it| before.ends_with(it));
        let is_shared = ["程序规定》", "程序规定", "权益保护法》"].iter().any(|it| before.ends_with(it));
        let is_own = follows
            || is_shared
            || match version {
                RuleVersion::Order20 => of_old,
                RuleVersion::Order121 => !of_old,
            };
        if !is_own {
            let near: String = letters.iter().skip(start.saturating_sub(5)).take(start.min(5) + numerals + 2).collect();
            return Some(near);
        }
        (is_last_own, last_end) = (true, start + numerals + 2);
    }
    None
}

/// 第十四条、第十五条; 第二十一条第一款第五项、第二十二条: only items and a comma between two articles of one order.
fn chained(letters: &[char], from: usize, to: usize) -> bool {
    let between = letters.iter().skip(from).take(to - from);
    between.clone().count() > 0 && between.clone().all(|it| "第一二三四五六七八九十款项、和至".contains(*it))
}

#[test]
fn the_finder_of_foreign_articles_finds_them() {
    let (old, new) = (RuleVersion::Order20, RuleVersion::Order121);
    assert_eq!(foreign_article("依照第20号令第十四条、第十五条决定", old), None);
    assert_eq!(foreign_article("《暂行办法》（总局令第20号）第十五条第三项", old), None);
    assert_eq!(foreign_article("处罚程序规定第十八至二十条、《中华人民共和国消费者权益保护法》第三十九条", old), None);
    assert_eq!(foreign_article("分别处理（第九条）", old).as_deref(), Some("分别处理（第九条"));
    assert!(foreign_article("总局令第121号第十六条第三项", old).is_some());
    assert_eq!(foreign_article("第十五条、第十六条", new), None);
    assert!(foreign_article("依照第20号令第十四条", new).is_some());
}

struct Walk<'a> {
    app: &'a TestApp,
    law: RuleVersion,
    office: Visitor,
    officer: Visitor,
    leader: Visitor,
}

impl Walk<'_> {
    fn see(&self, page: &Page) {
        let text = page.text();
        assert_eq!(foreign_article(&text, self.law), None, "{:?} {} {text}", self.law, page.path);
        let other = if self.law == RuleVersion::Order20 { "总局令第121号" } else { "总局令第20号" };
        assert!(!text.contains(other), "{:?} {} {text}", self.law, page.path);
    }

    /// Looks at the case as everybody who has a part in it.
    async fn look(&self, case: &str) {
        for who in [&self.office, &self.officer, &self.leader] {
            let page = who.fetch(case).await;
            if page.status == StatusCode::OK {
                self.see(&page);
            }
        }
    }

    async fn step(&self, who: &Visitor, case: &str, name: &str, fields: &[(&str, &str)]) {
        self.see(&step(who, case, name, &[]).await);
        let answer = step(who, case, name, fields).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{:?} {name}: {}", self.law, answer.text());
        self.look(case).await;
    }

    /// Every letter the case offers: drawn, made, read again.
    async fn letters(&self, case: &str, kinds: &[&str]) {
        for kind in kinds {
            let path = format!("{case}/letters/new/{kind}");
            let draft = self.officer.get(&path).await;
            self.see(&draft);
            let body = draft.value_of("body");
            assert!(!body.contains("【依据条款】"), "{kind}: {body}");
            assert_eq!(foreign_article(&body, self.law), None, "{kind}: {body}");
            let body = body.replace("【协助单位】", "某局").replace("【协助内容】", "营业执照");
            let made = self.officer.post(&path, &[("body", &body)]).await;
            assert_eq!(made.status, StatusCode::SEE_OTHER, "{kind}: {}", made.text());
            self.see(&self.officer.get(&made.location()).await);
        }
    }

    async fn sheets(&self, case: &str, terms: &[&str]) {
        for term in terms {
            self.see(&self.officer.get(&format!("{case}/dates/{term}")).await);
        }
    }

    async fn dispatched(&self, more: &[(&str, &str)]) -> String {
        let case = register(&self.office, more).await;
        self.look(&case).await;
        self.step(&self.office, &case, "dispatch", &[("unit_id", self.app.field_office.as_str())]).await;
        case
    }

    async fn mediated(&self) {
        let day = "2024-03-01";
        let case = self.dispatched(&[]).await;
        for path in ["/edit", "/parties", "/split"] {
            self.see(&self.office.get(&format!("{case}{path}")).await);
        }
        let officer = &self.officer;
        self.step(officer, &case, "accept", &[("on", day), ("told", "phone")]).await;
        self.step(officer, &case, "consent", &[("consumer", "yes"), ("business", "yes")]).await;
        self.step(officer, &case, "entrust", &[("to", "区消费者协会")]).await;
        let session = [("on", day), ("time", "14:30"), ("mode", "on_site"), ("place", "所里"), ("mediators", "周某")];
        self.step(officer, &case, "set_session", &session).await;
        self.letters(&case, &["accept", "session"]).await;
        self.step(officer, &case, "ask_recusal", &[("by", "投诉人"), ("reason", "是亲戚")]).await;
        self.step(&self.leader, &case, "decide_recusal", &[("granted", "yes"), ("mediators", "吴某")]).await;
        self.step(officer, &case, "pause", &[("from", day), ("laboratory", "检测中心")]).await;
        self.sheets(&case, &["complaint.accept", "mediation.end"]).await;
        self.step(officer, &case, "resume", &[("to", day)]).await;
        self.step(officer, &case, "find_lead", &[("on", day), ("words", "无证")]).await;
        self.step(officer, &case, "ask_extension", &[("reason", "案情复杂")]).await;
        self.step(&self.leader, &case, "extend", &[("reason", "同意")]).await;
        self.sheets(&case, &["complaint.lead_verify_extended"]).await;
        self.letters(&case, &["extension", "assistance"]).await;
        self.step(officer, &case, "verify_lead", &[("filed", "no"), ("on", day), ("words", "有证")]).await;
        self.step(officer, &case, "settle", &[("on", day), ("words", "退款"), ("has_document", "1")]).await;
        self.letters(&case, &["agreement"]).await;
        self.step(officer, &case, "close", &[("on", day)]).await;
    }

    async fn refused(&self) {
        let day = "2024-03-01";
        let declined = self.dispatched(&[("consumer_phone", "13900000002")]).await;
        let fields = [("ground", "na_5"), ("words", "没有交小票"), ("on", day), ("told", "writing")];
        self.step(&self.officer, &declined, "decline", &fields).await;
        self.letters(&declined, &["decline"]).await;
        let ended = self.dispatched(&[("consumer_phone", "13900000003")]).await;
        self.step(&self.officer, &ended, "dispute", &[("on", day), ("with", "邻县局")]).await;
        self.step(&self.officer, &ended, "settle_dispute", &[("on", day), ("words", "归本局")]).await;
        self.step(&self.officer, &ended, "accept", &[("on", day), ("told", "phone")]).await;
        self.step(&self.officer, &ended, "terminate", &[("ground", "st_4"), ("words", "谈不拢"), ("on", day)]).await;
        self.sheets(&ended, &["mediation.notice"]).await;
        self.letters(&ended, &["terminate"]).await;
        let printed = [("id", ended.rsplit('/').next().unwrap())];
        self.see(&self.officer.post("/complaints/print", &printed).await);
    }

    async fn reported(&self) {
        let day = "2024-03-01";
        let case = self.dispatched(&[("kind", "report"), ("consumer_phone", "13900000004")]).await;
        let restart = step(&self.officer, &case, "restart", &[("received_on", day), ("words", "又卖")]).await;
        let is_old = self.law == RuleVersion::Order20;
        assert_eq!(restart.status, if is_old { StatusCode::CONFLICT } else { StatusCode::SEE_OTHER });
        self.step(&self.officer, &case, "ask_extension", &[("reason", "案情复杂")]).await;
        self.step(&self.leader, &case, "extend", &[("reason", "同意")]).await;
        self.step(&self.officer, &case, "decide", &[("outcome", "directed"), ("on", day), ("words", "外地")]).await;
        self.sheets(&case, &["report.decide_extended"]).await;
        self.letters(&case, &["tipoff_decision"]).await;
        self.step(&self.officer, &case, "tell_reporter", &[("on", day), ("told", "phone")]).await;
        let asked = self.dispatched(&[("kind", "inquiry"), ("consumer_phone", "13900000005")]).await;
        self.step(&self.officer, &asked, "answer", &[("on", day), ("words", "可以")]).await;
    }

    /// What belongs to no case names what holds today.
    async fn around(&self) {
        let both = [
            ("kind", "complaint"),
            ("kind", "report"),
            ("text_report", "后厨用过期黄油"),
            ("consumer_phone", "13900000006"),
        ];
        let case = register(&self.office, &both).await;
        self.see(&self.office.follow(&case).await);
        for path in ["/complaints/new", "/complaints/quick", "/complaints/clusters", "/complaints/top", "/complaints"] {
            self.see(&self.office.get(path).await);
        }
        let citizen = self.app.stranger();
        for path in ["/complain", "/complain/complaint", "/complain/report", "/complain/inquiry"] {
            self.see(&citizen.get(path).await);
        }
    }
}

/// 2024-03-01 is a day of Order 20; a bureau may choose Order 121 for cases of before. What a page says hangs on no engine.
#[tokio::test]
async fn no_page_trail_letter_or_sheet_names_an_article_of_the_other_order() {
    let app = &TestApp::new().await;
    for law in [RuleVersion::Order20, RuleVersion::Order121] {
        let rules = serde_json::json!({ "always_order_121": law == RuleVersion::Order121 }).to_string();
        app.db().write(async move |tx| store::setting::save(&tx, DESK_RULES, &rules, None).await).await.unwrap();
        *app.app.around.lock().unwrap() = None;
        let (office, officer) = (app.visitor(Role::Office).await, app.visitor(Role::Officer).await);
        let leader = app.visitor(Role::Leader).await;
        let walk = Walk { app, law, office, officer, leader };
        walk.mediated().await;
        walk.refused().await;
        walk.reported().await;
        walk.around().await;
    }
}
