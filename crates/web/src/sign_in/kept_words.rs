//! What the fields of a form are called, for the page that shows them again after a sign-in has ended: a field that has no words there is a
//! key of the program, and is not shown.

use domain::statistics::indicator;

/// The words of fields, by name.
const FIELDS: &[(&str, &str)] = &[
    ("address", "地址"),
    ("addressee", "主送机关"),
    ("agent_authority", "委托事项、权限和期限"),
    ("agent_name", "受托人"),
    ("agent_phone", "受托人电话"),
    ("aliases", "别名"),
    ("amount", "金额（元）"),
    ("annexes", "附件"),
    ("area", "范围"),
    ("basis", "依据"),
    ("body", "正文"),
    ("bought_on", "购买日期"),
    ("bulk-by", "督办回复日期"),
    ("bulk-reason", "分送意见"),
    ("bulk-words", "内容"),
    ("business_address", "经营者地址"),
    ("business_name", "经营者名称"),
    ("business_phone", "经营者电话"),
    ("code", "查询码"),
    ("consumer_address", "通讯地址"),
    ("consumer_id", "证件号码"),
    ("consumer_name", "姓名"),
    ("consumer_phone", "电话"),
    ("contact_name", "联系人"),
    ("contact_phone", "电话"),
    ("credit_code", "统一社会信用代码"),
    ("dated", "成文日期"),
    ("day", "日期"),
    ("days", "天数"),
    ("demand", "具体请求"),
    ("direct-by", "要求回复的日期"),
    ("direct-words", "督办意见"),
    ("due_on", "期限"),
    ("due_time", "时刻"),
    ("ends_on", "结束日期"),
    ("external_number", "平台登记编号"),
    ("from", "开始日期"),
    ("goods", "商品或服务"),
    ("handed_out", "发放数"),
    ("happened_on", "日期"),
    ("head", "表头"),
    ("holidays", "节假日和调休"),
    ("idle", "无操作自动退出（分钟）"),
    ("key", "编号"),
    ("link", "链接"),
    ("login", "登录名"),
    ("name", "名称"),
    ("near_days", "临近期限（天）"),
    ("note", "说明"),
    ("order_number", "订单号"),
    ("other_text", "拆出来的内容"),
    ("others", "其他投诉人"),
    ("outlet", "媒体名称"),
    ("own_text", "这一件的内容"),
    ("per_hour", "每小时最多提交"),
    ("person", "人员"),
    ("phone", "电话"),
    ("pieces", "数量"),
    ("place", "地点"),
    ("places", "地点"),
    ("platform", "平台"),
    ("platform_name", "平台名称"),
    ("prefix", "文号代字"),
    ("printed", "印制数"),
    ("published_on", "日期"),
    ("q", "搜索"),
    ("reads", "阅读量"),
    ("reason", "原因"),
    ("received_on", "收到日期"),
    ("record_times", "记录数字核对倍数"),
    ("reminder", "催报的话"),
    ("representatives", "推选的代表人"),
    ("rows", "各行"),
    ("session_note", "场次说明"),
    ("short_name", "简称"),
    ("signature", "署名"),
    ("sort_key", "排序"),
    ("starts_on", "开始日期"),
    ("text", "内容"),
    ("text_report", "举报的内容"),
    ("time", "时间"),
    ("title", "标题"),
    ("to", "结束日期"),
    ("topic", "专题"),
    ("venue_name", "会场"),
    ("view-name", "名称"),
    ("why", "原因"),
    ("words", "提示语"),
];

/// Fields whose name ends with the key of a row or a case.
const BEGINNINGS: &[(&str, &str)] = &[
    ("facts-", "要补充的事实"),
    ("why-", "原因"),
    ("rate-why-", "想说的话"),
    ("name-", "名称"),
    ("platform-", "平台名称"),
    ("w-", "与记录不一致的原因"),
    ("v-", "上报数"),
];

/// The endings of the fields of one row of a form that is edited.
const ENDINGS: &[(&str, &str)] =
    &[("-number", "序号"), ("-label", "项目"), ("-column", "这一格是"), ("-unit", "计量单位"), ("-topic", "只计专题")];

/// What a field is called; `None` for one that only the program reads.
pub(super) fn label_of(name: &str) -> Option<String> {
    if let Some(code) = name.strip_prefix("figure_") {
        return indicator::find(code).map(|it| it.label.to_owned());
    }
    if let Some((_, label)) = FIELDS.iter().find(|it| it.0 == name) {
        return Some((*label).to_owned());
    }
    // 第r3格 says nothing; the number of the row does.
    let row = |rest: &str| {
        rest.strip_prefix('r').filter(|it| it.starts_with(|c: char| c.is_ascii_digit())).map(str::to_owned)
    };
    if let Some((beginning, label)) = BEGINNINGS.iter().find(|it| name.starts_with(it.0)) {
        let rest = name.strip_prefix(beginning).unwrap_or_default();
        return Some(match row(rest) {
            Some(n) => format!("第{n}行的{label}"),
            None => (*label).to_owned(),
        });
    }
    let (ending, label) = ENDINGS.iter().find(|it| name.ends_with(it.0))?;
    let n = row(name.strip_suffix(ending).unwrap_or_default())?;
    Some(format!("第{n}行的{label}"))
}

/// Did a person type it? Codes of a choice and keys are no words.
pub(super) fn is_typed(value: &str) -> bool {
    let is_word = |c: char| c.is_ascii_alphabetic() || c == '_';
    let value = value.trim();
    !value.is_empty() && (!value.chars().any(is_word) || !value.is_ascii() || value.contains(['@', '/', ' ']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_codes_are_nothing_a_person_typed() {
        for typed in ["青石所", "2027-03-15", "36.5", "a@b.example", "https://example.invalid/a", "12/8"] {
            assert!(is_typed(typed), "{typed}");
        }
        for machine in ["", " ", "draft", "01JQ9ZKX6V3D8T", "order_121"] {
            assert!(!is_typed(machine), "{machine}");
        }
    }

    #[test]
    fn rows_and_indicators_are_named() {
        assert_eq!(label_of("figure_consumer_attendance").as_deref(), Some("消费者参与"));
        assert_eq!(label_of("v-r3").as_deref(), Some("第3行的上报数"));
        assert_eq!(label_of("r12-label").as_deref(), Some("第12行的项目"));
        assert_eq!((label_of("client_key"), label_of("seen"), label_of("unit")), (None, None, None));
    }

    /// Who adds a field to a template adds its words here.
    #[test]
    fn every_field_that_is_typed_has_its_words() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
        let mut missing = Vec::new();
        let mut folders = vec![folder];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let text = std::fs::read_to_string(&path).unwrap();
                for mark in ["ui::text(\"", "ui::area(\""] {
                    for (at, _) in text.match_indices(mark) {
                        let name = text[at + mark.len()..].split('"').next().unwrap();
                        if label_of(name).is_none() {
                            missing.push(format!("{}: {name}", path.display()));
                        }
                    }
                }
            }
        }
        assert!(missing.is_empty(), "{missing:#?}");
    }
}
