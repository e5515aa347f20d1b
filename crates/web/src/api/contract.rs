//! The contract of the programming interface, as OpenAPI 3.1.

use domain::complaint::case::{CaseKind, Channel, Outcome, Status};
use serde_json::{Value, json};

fn codes(choices: &[(&str, &str)]) -> Vec<String> {
    choices.iter().map(|it| it.0.to_owned()).collect()
}

fn words(choices: &[(&str, &str)]) -> String {
    choices.iter().map(|it| format!("{}：{}", it.0, it.1)).collect::<Vec<_>>().join("；")
}

fn listed(choices: &[(&str, &str)]) -> Value {
    json!({ "type": "string", "enum": codes(choices), "description": words(choices) })
}

fn answers(good: &str, schema: &str) -> Value {
    let of = |words: &str, schema: &str| json!({ "description": words, "content": { "application/json": { "schema": { "$ref": format!("#/components/schemas/{schema}") } } } });
    json!({
        good: of("成功", schema),
        "401": of("没有令牌或令牌无效", "Error"),
        "404": of("没有这一件，或不在权限范围内", "Error"),
        "409": of("现在不能办这一步", "Error"),
        "422": of("字段需要改正", "Error"),
    })
}

fn step(summary: &str, properties: &Value, required: &[&str]) -> Value {
    json!({ "post": {
        "summary": summary,
        "parameters": [{ "name": "id", "in": "path", "required": true, "schema": { "type": "string" } }],
        "requestBody": { "required": !required.is_empty(), "content": { "application/json": { "schema": {
            "type": "object", "properties": properties, "required": required } } } },
        "responses": answers("200", "Complaint"),
    } })
}

fn new_complaint() -> Value {
    let text = json!({ "type": "string" });
    json!({
        "type": "object",
        "required": ["kind", "channel", "text"],
        "properties": {
            "kind": listed(CaseKind::CHOICES),
            "channel": listed(Channel::CHOICES),
            "external_number": { "type": "string", "maxLength": 60, "description": "其他平台的登记编号；同一编号只登记一次，再次提交返回 200 和原件" },
            "received_on": { "type": "string", "format": "date", "description": "收到之日，不写则为今天" },
            "consumer": { "type": "object", "properties": { "name": text, "phone": text, "address": text } },
            "business": { "type": "object", "properties": { "name": text, "address": text, "credit_code": text } },
            "category": { "type": "string", "description": "分类代码或名称，也认平台名称" },
            "problem": { "type": "string", "description": "问题代码或名称，也认平台名称" },
            "goods": text,
            "place": { "type": "string", "description": "事发地" },
            "demand": { "type": "string", "description": "诉求；退货、更换等可以写代码或名称" },
            "amount": { "type": ["number", "string"], "description": "元" },
            "text": { "type": "string", "maxLength": domain::complaint::intake::TEXT_LIMIT },
        },
    })
}

fn complaint() -> Value {
    let text = json!({ "type": "string" });
    let optional = json!({ "type": ["string", "null"] });
    json!({
        "type": "object",
        "required": ["id", "number", "kind", "status", "received_on", "version"],
        "properties": {
            "id": text, "number": text, "kind": listed(CaseKind::CHOICES), "status": listed(Status::CHOICES), "status_words": text,
            "channel": listed(Channel::CHOICES), "external_number": optional, "received_on": { "type": "string", "format": "date" },
            "unit_id": optional, "unit": optional, "business": { "type": "object", "description": "name、credit_code；单件另有 address" },
            "due_on": { "type": ["string", "null"], "format": "date" }, "due_term": optional, "outcome": optional,
            "closed_on": { "type": ["string", "null"], "format": "date" }, "version": { "type": "integer" },
            "consumer": { "type": ["object", "null"], "description": "已遮盖；举报为空" },
            "category": text, "problem": text, "demand": text, "amount": optional, "recovered": optional, "text": text,
        },
    })
}

/// The contract.
pub(super) fn contract() -> Value {
    let text = json!({ "type": "string" });
    let parameter = |name: &str, words: &str| json!({ "name": name, "in": "query", "description": words, "schema": { "type": "string" } });
    let id = json!({ "name": "id", "in": "path", "required": true, "schema": { "type": "string" } });
    json!({
        "openapi": "3.1.0",
        "info": { "title": "消保 投诉举报接口", "version": "1" },
        "security": [{ "token": [] }],
        "paths": {
            "/api/v1/complaints": {
                "post": {
                    "summary": "登记",
                    "requestBody": { "required": true, "content": { "application/json": { "schema": { "$ref": "#/components/schemas/NewComplaint" } } } },
                    "description": "带外部编号的举报，无权查看的人员得到 202：只有 kind 和 status_words，新收到的和登记过的一样。",
                    "responses": answers("201", "Complaint"),
                },
                "get": {
                    "summary": "查找，新的在前，每页 20 件",
                    "parameters": [
                        parameter("q", "编号、电话、姓名或内容中的字词"),
                        parameter("status", &words(Status::CHOICES)),
                        parameter("kind", &words(CaseKind::CHOICES)),
                        parameter("unit", "承办单位的 id"),
                        parameter("page", "1 到 20，或上一次回答里的 next"),
                    ],
                    "responses": answers("200", "Complaints"),
                },
            },
            "/api/v1/complaints/{id}": { "get": { "summary": "一件", "parameters": [id], "responses": answers("200", "Complaint") } },
            "/api/v1/complaints/{id}/dispatch": step("分送", &json!({ "unit_id": text, "reason": text }), &["unit_id"]),
            "/api/v1/complaints/{id}/accept": step("受理", &json!({ "on": text, "told": text }), &[]),
            "/api/v1/complaints/{id}/close": step(
                "办结",
                &json!({ "outcome": listed(Outcome::CHOICES), "on": text, "recovered": text, "note": text }),
                &["outcome"],
            ),
        },
        "components": {
            "securitySchemes": { "token": { "type": "http", "scheme": "bearer", "description": "由系统管理员在“设置—接口令牌”新建；没有启动服务时也可用 xiaobao token create --login 登录名 --data 数据目录" } },
            "schemas": {
                "NewComplaint": new_complaint(),
                "Complaint": complaint(),
                "Complaints": { "type": "object", "properties": {
                    "complaints": { "type": "array", "items": { "$ref": "#/components/schemas/Complaint" } },
                    "next": { "type": ["string", "null"] } } },
                "Error": { "type": "object", "properties": { "error": { "type": "object", "properties": {
                    "message": text, "fields": { "type": "object", "additionalProperties": text, "description": "字段名 → 哪里不对；嵌套的写成 consumer.phone" } } } } },
            },
        },
    })
}
