//! Clusters: found with their reason, arranged by a person, remembered when they are none.

use super::*;

async fn bulk(office: &Visitor) -> Vec<String> {
    let mut cases = Vec::new();
    for (n, name) in ["凌小满", "岑知秋", "苗若水", "季云飞"].into_iter().enumerate() {
        let text = format!("在好来超市买的坚果礼盒{}盒，标签没有标明致敏物质，要求退一赔十并赔偿。", 10 + n);
        let address = format!("青石区东街{n}号");
        let fields = [("consumer_name", name), ("consumer_address", address.as_str()), ("text", text.as_str())];
        cases.push(register(office, &fields).await);
    }
    cases
}

fn id_of(case: &str) -> &str {
    case.rsplit('/').next().unwrap()
}

async fn said(who: &Visitor, path: &str, fields: &[(&str, &str)]) -> String {
    let sent = who.post(path, fields).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text());
    who.get(&sent.location()).await.text()
}

#[tokio::test]
async fn a_bulk_is_one_cluster_with_its_reasons_and_becomes_a_joint_complaint() {
    on_both(async |app| {
        let office = app.visitor(Role::Office).await;
        assert!(office.get("/complaints/clusters").await.text().contains("没有成组的投诉"));
        let cases = bulk(&office).await;
        crate::tend(&app.app, "one").await.unwrap();
        let list = office.get("/complaints/clusters").await;
        assert!(list.text().contains("同一电话 4 件，内容相近 4 件"), "{}", list.text());
        let path = list.link("同一电话 4 件，内容相近 4 件");
        let page = office.get(&path).await;
        for words in ["同一电话的 4 件", "最早的一件", "同一电话、内容相近", "同一经营者", "514元争议金额"]
        {
            assert!(page.text().contains(words), "{words}: {}", page.text());
        }
        let key = page.value_of("key");
        let post = "/complaints/clusters/phone";
        let mut fields = vec![("key", key.as_str()), ("next", path.as_str())];
        fields.extend(cases.iter().map(|it| ("id", id_of(it))));
        let unit = app.field_office.as_str();
        let words = said(&office, post, &[&fields[..], &[("how", "dispatch"), ("unit_id", unit)]].concat()).await;
        assert!(words.contains("4 件已分送到"), "{words}");
        // What is refused comes back as it was: ticks, head, names.
        let sent = [
            &fields[..fields.len() - 1],
            &[("how", "joint"), ("head", id_of(&cases[1])), ("representatives", "凌小满、岑知秋")],
        ];
        let refused = office.post(post, &sent.concat()).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text().contains("请勾选确认") && refused.value_of("representatives") == "凌小满、岑知秋");
        let ticked = refused.document().select("input[name=id][checked]").length();
        assert_eq!(ticked, 3, "the one not ticked stays so");
        let head = refused.document().select("select[name=head] option[selected]").attr("value").unwrap().to_string();
        assert_eq!(head, id_of(&cases[1]));
        let few = office.post(post, &[&fields[..3], &[("how", "link"), ("reason", "写了很久的意见")]].concat()).await;
        assert!(few.text().contains("请至少勾选两件") && few.value_of("reason") == "写了很久的意见");
        let joint = [("how", "joint"), ("head", id_of(&cases[1])), ("consent", "1"), ("representatives", "凌小满")];
        let refused = office.post(post, &[&fields[..], &joint].concat()).await;
        assert!(refused.text().contains("书面推选两名"), "{}", refused.text());
        let joint =
            [("how", "joint"), ("head", id_of(&cases[1])), ("consent", "1"), ("representatives", "凌小满、岑知秋")];
        let words = said(&office, post, &[&fields[..], &joint].concat()).await;
        assert!(words.contains("3 件已并入 TS2024-000002，作为共同投诉办理"), "{words}");
        let head = office.get(&cases[1]).await;
        for words in ["作为共同投诉", "推选代表人 2 名", "3 人", "已推选", "514 元"] {
            assert!(head.text().contains(words), "{words}: {}", head.text());
        }
        assert!(!head.html().contains("苗若水"), "the others stay masked");
        assert!(office.get(&cases[0]).await.text().contains("已并案"));
    })
    .await;
}

#[tokio::test]
async fn no_cluster_is_remembered_until_another_case_comes() {
    on_both(async |app| {
        let office = app.visitor(Role::Office).await;
        let cases = bulk(&office).await;
        let list = office.get("/complaints/clusters?basis=phone").await;
        let path = list.link("同一电话 4 件");
        let key = office.get(&path).await.value_of("key");
        let officer = app.visitor(Role::Officer).await;
        assert_eq!(officer.fetch(&path).await.status, StatusCode::NOT_FOUND, "a unit sees its own cases alone");
        let fields = [("key", key.as_str()), ("next", path.as_str()), ("how", "none")];
        assert!(office.post("/complaints/clusters/phone", &fields).await.text().contains("请写明为什么"));
        let fields = [&fields[..], &[("reason", "一家人分别买的")]].concat();
        assert!(said(&office, "/complaints/clusters/phone", &fields).await.contains("不再列在群体投诉里"));
        let list = office.get("/complaints/clusters?basis=phone").await;
        assert!(list.text().contains("已认定不是群体投诉的 1 组") && list.text().contains("一家人分别买的"));
        assert!(office.get(&cases[0]).await.text().contains("认定不是群体投诉"));
        // One leaves and another comes: as many as before, and not the same.
        let joined = [("other", id_of(&cases[0])), ("how", "merge"), ("consent", "1")];
        assert_eq!(office.post(&format!("{}/join", cases[1]), &joined).await.status, StatusCode::SEE_OTHER);
        let list = office.get("/complaints/clusters?basis=phone").await;
        assert!(list.text().contains("已认定不是"), "fewer than then: {}", list.text());
        let file = office.fetch("/complaints/clusters.xlsx?basis=phone").await;
        let kept = crate::reader::read_list("a.xlsx", file.bytes).await.unwrap();
        assert!(serde_json::to_string(&kept).unwrap().contains("一家人分别买的"));
        register(&office, &[("text", "又买了一盒，还是没有标签。")]).await;
        let list = office.get("/complaints/clusters?basis=phone").await;
        assert!(list.text().contains("同一电话 4 件") && !list.text().contains("已认定不是"), "{}", list.text());
    })
    .await;
}
