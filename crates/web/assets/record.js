// Records without network: what is saved lies in this browser first, is shown as waiting, and is sent as soon as the server answers.
// A record leaves the browser only after the server has said that it is kept; its key makes one of what arrives twice.

const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
const form = $("form[data-record=new]");
const box = $("#queue") ?? banner();
const COUNT = "xiaobao-records-waiting";
const LARGE = 8 * 1024 * 1024;

function banner() {
  const section = document.createElement("section");
  section.id = "queue";
  section.className = "queue";
  section.hidden = true;
  $("main")?.prepend(section);
  return section;
}

// The store of the browser: `queue` holds what was saved, `drafts` what is still being typed.
let opened;
function open() {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open("xiaobao-records", 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("queue", { keyPath: "key" });
      request.result.createObjectStore("drafts", { keyPath: "path" });
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  return opened;
}
async function act(store, mode, step) {
  const db = await open();
  return new Promise((resolve, reject) => {
    const transaction = db.transaction(store, mode, { durability: "strict" });
    const request = step(transaction.objectStore(store));
    transaction.oncomplete = () => resolve(request?.result);
    transaction.onerror = () => reject(transaction.error);
    transaction.onabort = () => reject(transaction.error);
  });
}
const put = (store, value) => act(store, "readwrite", (it) => it.put(value));
const drop = (store, key) => act(store, "readwrite", (it) => it.delete(key));
const get = (store, key) => act(store, "readonly", (it) => it.get(key));
const all = async () => (await act("queue", "readonly", (it) => it.getAll())).sort((a, b) => (a.at < b.at ? -1 : 1));

const newKey = () => [...crypto.getRandomValues(new Uint8Array(16))].map((it) => it.toString(16).padStart(2, "0")).join("");
const element = (name, words, classes) => {
  const it = document.createElement(name);
  if (words) it.textContent = words;
  if (classes) it.className = classes;
  return it;
};
const button = (words, act, classes = "button is-small") => {
  const it = element("button", words, classes);
  it.type = "button";
  it.addEventListener("click", act);
  return it;
};

// Photos: shown small, checked by their first bytes, scaled down only when they are too large to send.
let photos = [];
const starts = (bytes, ...expected) => expected.every((it, i) => it === null || bytes[i] === it);
function kindOf(bytes) {
  if (starts(bytes, 0xff, 0xd8, 0xff)) return "image/jpeg";
  if (starts(bytes, 0x89, 0x50, 0x4e, 0x47)) return "image/png";
  if (starts(bytes, 0x52, 0x49, 0x46, 0x46, null, null, null, null, 0x57, 0x45, 0x42, 0x50)) return "image/webp";
  if (starts(bytes, 0x47, 0x49, 0x46, 0x38)) return "image/gif";
  if (starts(bytes, null, null, null, null, 0x66, 0x74, 0x79, 0x70, 0x68, 0x65, 0x69)) return "image/heic";
  return "";
}
async function drawn(blob, side, type, quality) {
  const picture = await createImageBitmap(blob);
  const scale = Math.min(1, side / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [Math.max(1, Math.round(picture.width * scale)), Math.max(1, Math.round(picture.height * scale))];
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  return type ? new Promise((resolve) => canvas.toBlob(resolve, type, quality)) : canvas.toDataURL("image/jpeg", 0.6);
}
async function take(file) {
  const bytes = await file.arrayBuffer();
  const kind = kindOf(new Uint8Array(bytes.slice(0, 16)));
  if (kind === "image/heic") {
    return say(`“${file.name}”是 HEIC 照片，多数电脑打不开。请在手机相机设置里选“兼容性最佳”后重拍，或另存为 JPG。`, "bad");
  }
  const photo = { name: file.name || "照片.jpg", type: kind || file.type, bytes, small: "" };
  if (kind && bytes.byteLength > LARGE) {
    const copy = await drawn(file, 3000, "image/jpeg", 0.88).catch(() => null);
    if (copy && copy.size < bytes.byteLength) {
      photo.bytes = await copy.arrayBuffer();
      photo.type = "image/jpeg";
      photo.name = photo.name.replace(/\.\w+$/, "") + "-缩小.jpg";
      say("照片超过 8 MB，已缩小一份用于发送；原片请留在手机里。", "plain");
    }
  }
  if (kind) photo.small = await drawn(new Blob([photo.bytes], { type: photo.type }), 160).catch(() => "");
  photos.push(photo);
}
function showPhotos() {
  const list = $("[data-photos]");
  if (!list) return;
  list.replaceChildren(
    ...photos.map((photo, i) => {
      const line = element("li");
      if (photo.small) {
        const image = element("img");
        image.src = photo.small;
        image.alt = photo.name;
        line.append(image);
      } else line.append(element("span", photo.name, "small"));
      line.append(button("去掉", () => (photos.splice(i, 1), showPhotos(), keepDraft()), "button is-small is-quiet"));
      return line;
    }),
  );
  list.hidden = photos.length === 0;
}

// The form: what is typed is kept while it is typed.
const path = location.pathname + location.search;
let said = null;
function say(words, tone = "good", link) {
  said = { words, tone, link };
  show();
}
const typed = () => [...new FormData(form).entries()].filter(([name, value]) => typeof value === "string" && !["token", "client_key"].includes(name));
const atFirst = form ? JSON.stringify(typed()) : "";
let timer;
function keepDraft() {
  clearTimeout(timer);
  timer = setTimeout(async () => {
    const fields = typed();
    if (JSON.stringify(fields) === atFirst && photos.length === 0) await drop("drafts", path);
    else await put("drafts", { path, person: form.dataset.person, fields, photos, key: form.dataset.key });
  }, 300);
}
function fill(fields) {
  const left = fields.map((it) => [...it]);
  for (const field of $$("input[name], textarea[name], select[name]", form)) {
    if (["hidden", "file"].includes(field.type)) continue;
    if (field.type === "checkbox") {
      field.checked = left.some(([name, value]) => name === field.name && value === field.value);
      continue;
    }
    const at = left.findIndex(([name]) => name === field.name);
    if (at >= 0) field.value = left.splice(at, 1)[0][1];
  }
  for (const more of $$("details", form)) {
    if ($$("input:not([type=checkbox]), textarea", more).some((it) => it.value !== it.defaultValue)) more.open = true;
  }
}
function clearErrors() {
  for (const it of $$("[data-late]")) it.remove();
  for (const it of $$(".has-error", form)) it.classList.remove("has-error");
}
function showErrors(errors) {
  clearErrors();
  for (const { field, sentence } of errors) {
    const input = document.getElementById(`f-${field}`);
    const place = input?.closest(".field, .figure, fieldset") ?? form;
    const line = element("p", sentence, "field-error");
    line.dataset.late = "1";
    if (input && place !== form) {
      place.classList.add("has-error");
      place.append(line);
      input.closest("details")?.setAttribute("open", "");
    } else form.prepend(line);
  }
  $("[data-late]")?.scrollIntoView({ block: "center" });
}
// The day of the server, also while it cannot be asked: the day of this device, and by how many days they differed the last time.
const DAY = 24 * 3600 * 1000;
const DAYS_AHEAD = "xiaobao-days-ahead";
function today(ahead = Number(localStorage.getItem(DAYS_AHEAD) ?? 0)) {
  const now = new Date();
  return new Date(now.getTime() - now.getTimezoneOffset() * 60000 + ahead * DAY).toISOString().slice(0, 10);
}
function learnDay(said) {
  const ahead = Math.round((Date.parse(said) - Date.parse(today(0))) / DAY);
  if (Number.isFinite(ahead)) localStorage.setItem(DAYS_AHEAD, String(ahead));
}
// A clock that goes wrong on this device shows no wrong time in the list: it is set right by what the server said last.
const CLOCK_AHEAD = "xiaobao-clock-ahead";
function learnClock(said) {
  const ahead = Date.parse(said) - Date.now();
  if (Number.isFinite(ahead)) localStorage.setItem(CLOCK_AHEAD, String(ahead));
}
// In the clock of China, whatever zone the device is set to: read with getUTC….
const rightTime = (at) => new Date(Date.parse(at) + Number(localStorage.getItem(CLOCK_AHEAD) ?? 0) + 8 * 3600 * 1000);

// A finger taps twice: the second tap of one saving is none, and a form nobody has touched since is nothing to save.
let isSaving = false;
let savedAt = 0;
async function save(event) {
  event.preventDefault();
  if (isSaving) return;
  const isUntouched = JSON.stringify(typed()) === atFirst && photos.length === 0;
  if (isUntouched && Date.now() - savedAt < 2000) return;
  if (isUntouched) return showErrors([{ field: "note", sentence: "还没有填：请至少改一个数、写一句话或拍一张照片。" }]);
  isSaving = true;
  try {
    await keep();
  } finally {
    isSaving = false;
  }
}
async function keep() {
  const fields = typed();
  const isEmpty = fields.every(([name, value]) => !value.trim() || !/^(figure_|note$)/.test(name)) && photos.length === 0;
  if (isEmpty) return showErrors([{ field: "note", sentence: "请至少填一个数、写一句话或拍一张照片。" }]);
  clearErrors();
  const entry = {
    key: form.dataset.key || newKey(),
    person: form.dataset.person,
    name: form.dataset.name,
    path,
    title: form.dataset.title,
    at: new Date().toISOString(),
    fields,
    photos: photos.map(({ name, type, bytes, small }) => ({ name, type, bytes, small })),
    errors: [],
  };
  try {
    await put("queue", entry);
  } catch {
    return say("这台设备存不下了：记录还在表单里，没有丢。请先联网，或删去几张照片再保存。", "bad");
  }
  navigator.storage?.persist?.();
  clearTimeout(timer);
  await drop("drafts", path);
  delete form.dataset.key;
  photos = [];
  form.reset();
  [savedAt, isSaving] = [Date.now(), false];
  follow();
  showPhotos();
  said = null;
  await send(entry.key);
}

// Sending: one at a time, in the order of saving, by one page of the browser.
let isSending = false;
let isMore = false;
let trouble = "";
async function send(mine) {
  // What is saved while others are on their way goes right after them.
  if (isSending) {
    isMore = true;
    return;
  }
  isSending = true;
  show();
  try {
    if (navigator.locks) await navigator.locks.request("xiaobao-records", { ifAvailable: true }, (lock) => lock && sendAll(mine));
    else await sendAll(mine);
  } finally {
    isSending = false;
    show();
  }
  if (isMore) {
    isMore = false;
    send();
  }
}
async function sendAll(mine) {
  const waiting = (await all()).filter((it) => it.errors.length === 0);
  if (waiting.length === 0) return;
  const pass = await ask();
  if (!pass) return;
  let n = 0;
  for (const entry of waiting) {
    if (entry.person !== pass.person) continue;
    const answer = await hand(entry, pass.token);
    if (!answer) return;
    if (answer.state === "kept") {
      await drop("queue", entry.key);
      n += 1;
      const words = entry.key === mine ? "已保存。" : n > 1 ? `已发送 ${n} 条记录。` : "已发送。";
      said = { words: answer.at ? `${words}服务器 ${answer.at} 收到。` : words, tone: "good", link: answer.path };
    } else {
      await put("queue", { ...entry, errors: answer.errors });
      if (entry.key === mine && form) await edit({ ...entry, errors: answer.errors });
    }
  }
}
async function reach(address, options) {
  try {
    const answer = await fetch(address, { credentials: "same-origin", cache: "no-store", redirect: "manual", ...options });
    trouble = "";
    return answer;
  } catch {
    trouble = "没有网络，联网后自动发送";
    return null;
  }
}
const isJson = (answer) => (answer.headers.get("content-type") ?? "").startsWith("application/json");
// Who is signed in, and a token that is good now.
async function ask() {
  const answer = await reach("/records/token");
  if (!answer) return null;
  if (answer.type === "opaqueredirect" || answer.status === 401) {
    trouble = "登录已过期，登录后自动发送";
    return null;
  }
  if (!answer.ok || !isJson(answer)) {
    trouble = "服务器暂时不能接收，稍后自动重试";
    return null;
  }
  const pass = await answer.json();
  learnDay(pass.today);
  learnClock(pass.now);
  return pass;
}
async function hand(entry, token) {
  const body = new FormData();
  body.append("token", token);
  body.append("client_key", entry.key);
  for (const [name, value] of entry.fields) body.append(name, value);
  for (const photo of entry.photos) body.append("files", new File([photo.bytes], photo.name, { type: photo.type }));
  const answer = await reach("/records", { method: "POST", body, headers: { accept: "application/json" } });
  if (!answer) return null;
  if (answer.status === 413) return { state: "refused", errors: [{ field: "files", sentence: "照片加起来太大，请去掉几张再发。" }] };
  if (isJson(answer)) return answer.json();
  trouble = answer.status >= 500 || answer.status === 429 ? "服务器暂时不能接收，稍后自动重试" : "登录已过期，登录后自动发送";
  return null;
}

// A refused record goes back into its form, with the sentences at the fields.
async function edit(entry) {
  if (!form || entry.path !== path) {
    location.assign(`${entry.path}#record-${entry.key}`);
    return;
  }
  form.dataset.key = entry.key;
  fill(entry.fields);
  photos = entry.photos.map((it) => ({ ...it }));
  showPhotos();
  showErrors(entry.errors);
  said = null;
}

function stateOf(entry) {
  if (entry.errors.length > 0) return entry.errors.map((it) => it.sentence).join(" ");
  if (isSending) return "正在发送……";
  if (form && entry.person !== form.dataset.person) return `这是${entry.name}的记录，由本人登录后发送`;
  return trouble || "等待发送";
}
function line(entry) {
  const it = element("li");
  const words = element("div");
  const when = rightTime(entry.at);
  const time = `${when.getUTCMonth() + 1}月${when.getUTCDate()}日 ${when.toISOString().slice(11, 16)}`;
  words.append(element("b", entry.title), element("br"), element("span", `${time}${entry.photos.length ? ` · ${entry.photos.length} 个文件` : ""}`, "small muted"), element("br"));
  words.append(element("span", stateOf(entry), entry.errors.length ? "small queue-error" : "small"));
  it.append(words);
  const row = element("div", "", "row");
  if (entry.errors.length) row.append(button("修改", () => edit(entry)));
  row.append(
    button("删除", async () => {
      if (!confirm("这条记录还没有发送，删除后不能找回。确定删除吗？")) return;
      await drop("queue", entry.key);
      show();
    }, "button is-small is-quiet"),
  );
  it.append(row);
  return it;
}
async function show() {
  const waiting = await all();
  localStorage.setItem(COUNT, String(waiting.length));
  // Drawn anew only when it says something else: a button must not vanish under the thumb that is about to press it.
  const now = JSON.stringify([said, trouble, waiting.map((it) => [it.key, stateOf(it)])]);
  if (now === shown) return;
  shown = now;
  const held = box.contains(document.activeElement) ? document.activeElement.textContent : "";
  draw(waiting);
  if (held) $$("button, a", box).find((it) => it.textContent === held)?.focus();
}
let shown = "";
function draw(waiting) {
  box.replaceChildren();
  box.hidden = waiting.length === 0 && !said;
  box.setAttribute("aria-live", "polite");
  if (said) {
    const notice = element("div", "", `notice is-${said.tone}`);
    const words = element("p", said.words);
    if (said.link) {
      const link = element("a", "查看这条记录");
      link.href = said.link;
      words.append(" ", link);
    }
    notice.append(words);
    box.append(notice);
  }
  if (waiting.length === 0) return;
  const head = element("div", "", "queue-head");
  head.append(element("h2", `待发送 ${waiting.length} 条`));
  if (trouble.startsWith("登录")) {
    const link = element("a", "去登录", "button is-small is-primary");
    link.href = `/sign-in?next=${encodeURIComponent(path)}`;
    head.append(link);
  } else head.append(button("现在发送", () => send(), "button is-small is-primary"));
  box.append(head, element("p", "都保存在这台设备上。清除浏览器数据会丢掉它们，请先等发送完成。", "small muted"));
  const list = element("ul", "", "queue-list");
  list.append(...waiting.map(line));
  box.append(list);
}

// A page that was kept yesterday still means today.
function follow() {
  const day = $("input[data-follows=today]", form);
  if (!day || localStorage.getItem(DAYS_AHEAD) === null) return;
  if (day.value === day.dataset.now) day.value = day.defaultValue = today();
  day.dataset.now = day.max = today();
}

// Whoever signs out with records waiting is told; pages kept for them leave the device, records do not.
document.addEventListener(
  "submit",
  (event) => {
    if (!event.target.matches("form[action='/sign-out']")) return;
    const n = Number(localStorage.getItem(COUNT) ?? 0);
    if (n > 0 && !confirm(`还有 ${n} 条记录没有发送。退出后它们仍保存在这台设备上，您下次登录后自动发送。确定退出吗？`)) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    globalThis.caches?.delete("xiaobao-record-pages");
  },
  true,
);

async function begin() {
  if (form) {
    follow();
    ask().then(follow);
    form.addEventListener("submit", save);
    form.addEventListener("input", keepDraft);
    for (const input of $$("input[type=file]", form)) {
      input.addEventListener("change", async () => {
        for (const file of input.files) await take(file);
        input.value = "";
        showPhotos();
        keepDraft();
      });
    }
    const key = location.hash.match(/^#record-([0-9a-f]+)$/)?.[1];
    const entry = key && (await get("queue", key));
    const draft = entry ? null : await get("drafts", path);
    if (entry) await edit(entry);
    else if (draft && draft.person === form.dataset.person) {
      fill(draft.fields);
      photos = draft.photos;
      if (draft.key) form.dataset.key = draft.key;
      showPhotos();
      say("已恢复上次没有保存的内容。", "plain");
    }
  }
  await show();
  send();
  addEventListener("online", () => send());
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && send());
  setInterval(() => Number(localStorage.getItem(COUNT) ?? 0) > 0 && send(), 20000);
}
begin();

// The worker keeps the form for the moment without network, also the forms behind the links of this page.
if ("serviceWorker" in navigator && (form || $("[data-keep]"))) {
  navigator.serviceWorker
    .register("/records/worker.js", { scope: "/" })
    .then(() => navigator.serviceWorker.getRegistrations())
    // The worker of an earlier version stood for the forms alone and would go on answering for them.
    .then((all) => Promise.all(all.filter((it) => new URL(it.scope).pathname === "/r").map((it) => it.unregister())))
    .then(() => navigator.serviceWorker.ready)
    .then((it) => it.active.postMessage({ keep: [path, ...$$("a[data-keep]").map((link) => link.getAttribute("href"))], person: $("[data-person]")?.dataset.person }))
    .then(() => document.documentElement.setAttribute("data-kept", ""))
    .catch(() => {});
}
