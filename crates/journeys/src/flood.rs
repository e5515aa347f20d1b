//! Many at once: how many pages strangers get and complaints the public form takes in a second, and how long a list of 100,000 rows takes.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use gongwen::table::{Align, Value};
use gongwen::write::list::{Column, List};

use crate::people::PASSWORD;
use crate::visitor::Visitor;

/// Lets `n_visitors` people complain one complaint after the other for `span`; how many are stored in a second.
///
/// # Errors
/// When the program refuses one.
pub fn public_submissions(address: SocketAddr, n_visitors: usize, span: Duration) -> Result<f64> {
    without_limit(address)?;
    let (begun, n_sent) = (Instant::now(), AtomicU64::new(0));
    std::thread::scope(|scope| {
        let visitors: Vec<_> = (0..n_visitors)
            .map(|who| {
                scope.spawn({
                    let n_sent = &n_sent;
                    move || complain(address, who, begun + span, n_sent)
                })
            })
            .collect();
        visitors.into_iter().try_for_each(|it| it.join().map_err(|_| anyhow::anyhow!("a visitor panicked"))?)
    })?;
    #[expect(clippy::cast_precision_loss, reason = "a figure to read")]
    Ok(n_sent.load(Ordering::Relaxed) as f64 / begun.elapsed().as_secs_f64())
}

/// All visitors come from one address here, which the bound against floods would stop.
fn without_limit(address: SocketAddr) -> Result<()> {
    let mut office = Visitor::new(address);
    office.sign_in("lead", PASSWORD)?;
    let page = office.get("/complaints/settings/public")?;
    let mut fields = page.hidden_fields();
    fields.retain(|it| it.0 == "token" || it.0 == "version");
    let mut fields: Vec<(&str, &str)> = fields.iter().map(|it| (it.0.as_str(), it.1.as_str())).collect();
    fields.extend([("is_on", "1"), ("per_hour", "0")]);
    let answer = office.post("/complaints/settings/public", &fields)?;
    ensure!(answer.status == 303, "the bound was not lifted: {}", answer.status);
    Ok(())
}

fn complain(address: SocketAddr, who: usize, until: Instant, n_sent: &AtomicU64) -> Result<()> {
    let mut visitor = Visitor::new(address);
    let page = visitor.get("/complain/complaint")?;
    let token = page.hidden_fields().into_iter().find(|it| it.0 == "token").context("no token")?.1;
    let phone = format!("139{who:08}");
    let mut n = 0_u64;
    while Instant::now() < until {
        n += 1;
        let key = format!("{who:016x}{n:016x}");
        let text = format!("第{n}件：三月一日在东街买的牛奶已经过期三天，店里不肯退，要求退款并赔偿。");
        let fields = [
            ("token", token.as_str()),
            ("client_key", &key),
            ("text", &text),
            ("business_name", "云溪县好来超市"),
            ("business_address", "云溪县城关镇东街1号"),
            ("demand_refund", "1"),
            ("amount", "12.8"),
            ("consumer_name", "凌小满"),
            ("consumer_phone", &phone),
            ("consumer_address", "云溪县东街12号"),
            ("consent", "1"),
        ];
        let answer = visitor.post("/complain/complaint", &fields)?;
        ensure!(answer.status == 303, "a complaint was refused: {}", answer.status);
        n_sent.fetch_add(1, Ordering::Relaxed);
    }
    Ok(())
}

/// A list as the national platform exports it, with invented contents.
///
/// # Errors
/// When the file cannot be written.
pub fn platform_export(path: &Path, n_rows: usize) -> Result<()> {
    let firms = ["云溪县好来超市", "云溪县晴川家电行", "云溪县跃动健身馆", "云溪县临湖酒楼", "云溪县星河通讯"];
    let matters = [
        "买的牛奶已经过期三天，不肯退",
        "电饭煲用了三天不加热，要求换新",
        "办了年卡停业不退余额",
        "结账多收一成服务费",
    ];
    const COLUMNS: [Column; 13] = [
        ("登记编号", 12.0, Align::Left),
        ("类型", 4.0, Align::Left),
        ("接收方式", 6.0, Align::Left),
        ("企业名称", 12.0, Align::Left),
        ("企业地址", 12.0, Align::Left),
        ("诉求内容", 10.0, Align::Left),
        ("问题类别", 12.0, Align::Left),
        ("事发地", 8.0, Align::Left),
        ("具体问题", 30.0, Align::Left),
        ("初查受理状态", 8.0, Align::Left),
        ("处理机构", 8.0, Align::Left),
        ("处理部门", 8.0, Align::Left),
        ("反馈内容", 20.0, Align::Left),
    ];
    let mut list = List::begin("投诉举报", "投诉举报", "", &COLUMNS)?;
    for (n, (firm, matter)) in (0..n_rows).zip(firms.iter().cycle().zip(matters.iter().cycle())) {
        let cells = [
            format!("1330112{n:012}"),
            if n % 6 == 0 { "举报" } else { "投诉" }.to_owned(),
            "互联网平台".to_owned(),
            (*firm).to_owned(),
            format!("云溪县城关镇{n}号"),
            "退货,退赔费用".to_owned(),
            "食品安全、其他投诉问题".to_owned(),
            "城关镇".to_owned(),
            format!("{matter}，第{n}件。"),
            "已受理".to_owned(),
            "云溪县局".to_owned(),
            "城关所".to_owned(),
            String::new(),
        ];
        list.push(&cells.map(Value::Text))?;
    }
    list.finish(std::fs::File::create(path).with_context(|| path.display().to_string())?)?;
    Ok(())
}

/// Lets `n_visitors` strangers open the public pages one after the other for `span`; how many are drawn in a second.
///
/// # Errors
/// When a page is not there.
pub fn public_pages(address: SocketAddr, n_visitors: usize, span: Duration) -> Result<f64> {
    const PAGES: [&str; 4] = ["/complain", "/complain/complaint", "/complain/status", "/help"];
    let (begun, n_drawn) = (Instant::now(), AtomicU64::new(0));
    std::thread::scope(|scope| {
        let visitors: Vec<_> = (0..n_visitors)
            .map(|_| {
                scope.spawn(|| -> Result<()> {
                    let mut visitor = Visitor::new(address);
                    for path in PAGES.iter().cycle().take_while(|_| begun.elapsed() < span) {
                        visitor.get(path)?;
                        n_drawn.fetch_add(1, Ordering::Relaxed);
                    }
                    Ok(())
                })
            })
            .collect();
        visitors.into_iter().try_for_each(|it| it.join().map_err(|_| anyhow::anyhow!("a visitor panicked"))?)
    })?;
    #[expect(clippy::cast_precision_loss, reason = "a figure to read")]
    Ok(n_drawn.load(Ordering::Relaxed) as f64 / begun.elapsed().as_secs_f64())
}

/// Imports the file with the program, as a person does, reading included.
///
/// # Errors
/// When the program does not take it in.
pub fn import(program: &Path, file: &Path, data: &Path) -> Result<Duration> {
    let begun = Instant::now();
    let output = Command::new(program).args(["import", "12315"]).arg(file).arg("--data").arg(data).output()?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(begun.elapsed())
}
