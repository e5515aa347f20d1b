//! Records on a telephone: three stations record during the day, one of them without network and with a photo; what waits is shown,
//! survives closing the page, an expired session and an answer that was lost on the way, and arrives exactly once.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use journeys::browser::{Browser, DESKTOP, PHONE};
use journeys::people::{self, PASSWORD};
use journeys::program::Program;
use serde_json::Value;

/// The third activity of the sample: four field offices lead it.
const TITLE: &str = "设立基层分会场";

#[tokio::test(flavor = "multi_thread")]
async fn three_stations_record_and_the_one_without_network_is_counted_exactly_once() -> Result<()> {
    let mut program = Program::demo()?;
    for (login, n) in [("chengguan", "120"), ("donghu", "86")] {
        let phone = Browser::open(&program.url(), PHONE).await?;
        people::sign_in(&phone, login).await?;
        open_form(&phone).await?;
        phone.fill("消费者参与", n).await?;
        phone.press("保存").await?;
        phone.see("已保存。").await?;
        phone.see_no("待发送").await?;
    }

    let phone = Browser::open(&program.url(), PHONE).await?;
    people::sign_in(&phone, "liuhe").await?;
    open_form(&phone).await?;
    kept(&phone).await?;
    program.stop()?;
    phone.fill("消费者参与", "200余").await?;
    phone.fill("说明", "集市上午人多,资料发完").await?;
    phone.choose_file("选照片或文件", &photo(&phone).await?).await?;
    phone.see("去掉").await?;
    // The draft is kept while it is typed: closing the page loses neither words nor photo.
    tokio::time::sleep(Duration::from_millis(800)).await;
    phone.refresh().await?;
    phone.see("已恢复上次没有保存的内容").await?;
    phone.see("去掉").await?;
    ensure!(phone.value("消费者参与").await? == "200余", "the number is gone");
    phone.press("保存").await?;
    phone.see("待发送 1 条").await?;
    phone.see("没有网络，联网后自动发送").await?;
    phone.see("1 个文件").await?;
    phone.fill("消费者参与", "35").await?;
    phone.press("保存").await?;
    phone.see("待发送 2 条").await?;
    for (is_dark, light) in [(false, "light"), (true, "dark")] {
        phone.dark(is_dark).await?;
        phone.picture("journeys", &format!("record-waiting-{light}")).await?;
    }
    phone.dark(false).await?;
    phone.refresh().await?;
    phone.see("待发送 2 条").await?;
    // Any other page says where the records are, and leads back to them.
    let here = phone.path().await?;
    phone.go("/desk").await?;
    phone.see("没有网络").await?;
    phone.see("待发送 2 条").await?;
    phone.see("填好的记录在这里").await?;
    phone.picture("journeys", "record-offline-desk").await?;
    phone.follow(TITLE).await?;
    phone.see("待发送 2 条").await?;
    ensure!(phone.path().await? == here, "the link leads to the kept form");
    program.start_again()?;
    lose_an_answer(&phone).await?;
    send_all(&phone).await?;
    ensure!(phone.run("return window.isLost", Vec::new()).await? == true, "no answer was lost");
    phone.see("已发送").await?;
    phone.picture("journeys", "record-sent").await?;

    let office = Browser::open(&program.url(), DESKTOP).await?;
    people::sign_in(&office, "office").await?;
    office.go("/campaigns").await?;
    office.follow("国际消费者权益日").await?;
    office.away_from_ending("/campaigns").await?;
    office.go(&format!("{}/activities", office.path().await?)).await?;
    office.follow(TITLE).await?;
    office.follow("查看全部 4 条记录").await?;
    office.see("共 4 条").await?;
    office.see("约200人次").await?;
    office.see("约441人次").await?;
    office.see("3月11日").await?;
    office.picture("journeys", "record-list").await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_ended_while_a_record_waits_loses_nothing() -> Result<()> {
    let program = Program::demo()?;
    let phone = Browser::open(&program.url(), PHONE).await?;
    people::sign_in(&phone, "xiexie").await?;
    phone.go(&code(&phone).await?).await?;
    phone.see("主会场宣传咨询活动").await?;
    phone.fill("消费者参与", "640").await?;
    phone.forget_cookies().await?;
    phone.press("保存").await?;
    phone.see("登录已过期，登录后自动发送").await?;
    phone.picture("journeys", "record-session-ended").await?;
    phone.follow("去登录").await?;
    phone.fill("登录名", "xiexie").await?;
    phone.fill("密码", PASSWORD).await?;
    phone.press("登录").await?;
    phone.away_from("/sign-in").await?;
    phone.see("已发送。").await?;
    phone.follow("查看这条记录").await?;
    phone.see("640人次").await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_server_refuses_comes_back_into_the_form_and_another_person_does_not_send_it() -> Result<()> {
    let mut program = Program::demo()?;
    let phone = Browser::open(&program.url(), PHONE).await?;
    people::sign_in(&phone, "liuhe").await?;
    open_form(&phone).await?;
    kept(&phone).await?;
    phone.fill("消费者参与", "很多").await?;
    phone.press("保存").await?;
    phone.see("不是数字").await?;
    phone.see("待发送 1 条").await?;
    phone.picture("journeys", "record-refused").await?;
    phone.fill("消费者参与", "18").await?;
    program.stop()?;
    phone.press("保存").await?;
    phone.see("没有网络").await?;
    phone.see("待发送 1 条").await?;
    program.start_again()?;
    phone.forget_cookies().await?;
    people::sign_in(&phone, "donghu").await?;
    open_form(&phone).await?;
    phone.see("由本人登录后发送").await?;
    phone.see("待发送 1 条").await?;
    phone.forget_cookies().await?;
    people::sign_in(&phone, "liuhe").await?;
    // Any page sends what waits, as soon as its person is back.
    phone.see("已发送。").await?;
    phone.see_no("待发送").await
}

/// The page without network lets go of what it counts in, and a store that was begun and never made does not keep it waiting for ever.
#[tokio::test(flavor = "multi_thread")]
async fn the_page_without_network_holds_nothing_up_and_is_never_held_up() -> Result<()> {
    let mut program = Program::demo()?;
    let phone = Browser::open(&program.url(), PHONE).await?;
    people::sign_in(&phone, "liuhe").await?;
    open_form(&phone).await?;
    kept(&phone).await?;
    program.stop()?;
    phone.go("/desk").await?;
    phone.see("没有待发送的记录").await?;
    let script = "const done = arguments[0];
        const gone = indexedDB.deleteDatabase('xiaobao-records');
        gone.onblocked = () => done('blocked');
        gone.onsuccess = () => {
            const made = indexedDB.open('xiaobao-records');
            made.onsuccess = () => { made.result.close(); done('made'); };
        };";
    let answer = phone.run_async(script, Vec::new()).await?;
    ensure!(answer == "made", "the worker still holds the store: {answer}");
    phone.go("/desk").await?;
    phone.see("没有待发送的记录").await
}

async fn open_form(phone: &Browser) -> Result<()> {
    phone.go("/records/new").await?;
    phone.follow(TITLE).await?;
    phone.see("本次计为").await
}

/// Waits until the browser has kept the form for the moment without network.
async fn kept(phone: &Browser) -> Result<()> {
    let script = "const done = arguments[0]; (async () => {
        await navigator.serviceWorker.ready;
        for (let i = 0; i < 100; i++) {
            const cache = await caches.open('xiaobao-record-pages');
            if (await cache.match(location.pathname + location.search)) return done('kept');
            await new Promise((next) => setTimeout(next, 100));
        }
        done('not kept');
    })()";
    let answer = phone.run_async(script, Vec::new()).await?;
    ensure!(answer == "kept", "the browser does not keep the form: {answer}");
    Ok(())
}

/// The next record reaches the server, but its answer does not reach the telephone.
async fn lose_an_answer(phone: &Browser) -> Result<()> {
    let script = "const real = window.fetch; window.isLost = false; window.fetch = async (address, options) => {
        const answer = await real(address, options);
        if (options?.method !== 'POST' || window.isLost) return answer;
        window.isLost = true;
        throw new TypeError('the answer was lost');
    }";
    phone.run(script, Vec::new()).await.map(drop)
}

/// Presses the button that sends until nothing waits any more.
async fn send_all(phone: &Browser) -> Result<()> {
    let start = Instant::now();
    while phone.text().await?.contains("待发送") {
        if start.elapsed() > Duration::from_secs(15) {
            bail!("records still wait:\n{}", phone.text().await?);
        }
        // The button is gone while they are on their way.
        let script =
            "[...document.querySelectorAll('#queue button')].find((it) => it.textContent === '现在发送')?.click()";
        phone.run(script, Vec::new()).await?;
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    Ok(())
}

/// The address in the record code of the main venue.
async fn code(phone: &Browser) -> Result<String> {
    phone.go("/campaigns").await?;
    phone.follow("国际消费者权益日").await?;
    phone.away_from_ending("/campaigns").await?;
    phone.go(&format!("{}/venues", phone.path().await?)).await?;
    let links = phone.links().await?;
    let page = links.iter().find(|it| it.ends_with("/code")).context("no venue has a code")?;
    phone.go(page).await?;
    let text = phone.text().await?;
    let at = text.find("/r/").context("the sheet does not name its address")?;
    Ok(text.get(at..).unwrap_or_default().split_whitespace().next().unwrap_or_default().to_owned())
}

/// A photo of one colour that says when it was taken, drawn by the browser and written into the folder of pictures.
async fn photo(phone: &Browser) -> Result<PathBuf> {
    let script =
        "const done = arguments[0]; const it = document.createElement('canvas'); it.width = 640; it.height = 480;
        const pen = it.getContext('2d'); pen.fillStyle = '#7a5230'; pen.fillRect(0, 0, 640, 480);
        pen.fillStyle = '#f2d9a0'; pen.fillRect(120, 140, 400, 220);
        it.toBlob(async (blob) => done([...new Uint8Array(await blob.arrayBuffer())]), 'image/jpeg', 0.8)";
    let drawn = phone.run_async(script, Vec::new()).await?;
    let plain: Vec<u8> = drawn
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_u64)
        .filter_map(|it| u8::try_from(it).ok())
        .collect();
    let mut block = b"Exif\0\0II*\0\x08\0\0\0\x01\0".to_vec();
    block.extend([0x32, 0x01, 2, 0, 20, 0, 0, 0, 26, 0, 0, 0, 0, 0, 0, 0]);
    block.extend(b"2027:03:11 09:12:00\0");
    let (start, rest) = plain.split_at_checked(2).context("the browser drew nothing")?;
    let mut bytes = start.to_vec();
    bytes.extend([0xFF, 0xE1]);
    bytes.extend(u16::try_from(block.len() + 2)?.to_be_bytes());
    bytes.extend(block);
    bytes.extend(rest);
    let folder = journeys::target().join("journeys");
    std::fs::create_dir_all(&folder)?;
    let path = folder.join("photo.jpg");
    std::fs::write(&path, bytes)?;
    Ok(path)
}
