// Improves pages that already work without it: keyboard, confirmation, lights, drafts.

const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
const isTyping = (element) => element.closest?.("input, textarea, select, [contenteditable]");

// Keyboard.
let chosen = -1;
function choose(step) {
  const rows = $$("[data-row], [data-rows] > *").filter((row) => row.offsetParent !== null);
  if (rows.length === 0) return;
  chosen = Math.min(rows.length - 1, Math.max(0, chosen + step));
  rows.forEach((row, i) => row.classList.toggle("is-chosen", i === chosen));
  const target = $("a[href], summary, button", rows[chosen]) ?? rows[chosen];
  target.focus({ preventScroll: true });
  rows[chosen].scrollIntoView({ block: "nearest" });
}
document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
    event.target.form?.requestSubmit();
    return;
  }
  if (event.key === "Escape") {
    for (const open of $$("details.menu[open], details.drawer[open]")) open.open = false;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || $("dialog[open]")) return;
  const act = {
    "/": () => $("[data-search], input[type=search]")?.focus(),
    n: () => $("[data-new]")?.click(),
    "?": () => $("#keys")?.showModal(),
    j: () => choose(1),
    k: () => choose(-1),
    x: () => $(".is-chosen input[type=checkbox]")?.click(),
  }[event.key];
  if (act) {
    event.preventDefault();
    act();
  }
});

// One menu at a time; a click beside it closes it.
document.addEventListener("click", (event) => {
  for (const open of $$("details.menu[open], details.drawer[open]")) {
    if (!open.contains(event.target)) open.open = false;
  }
});

// Confirmation before a form is sent by a button that asks for it.
const confirmed = new WeakSet();
document.addEventListener("submit", (event) => {
  const button = event.submitter;
  const sentence = button?.dataset.confirm;
  const dialog = $("#confirm");
  if (!sentence || !dialog || confirmed.has(button)) return;
  event.preventDefault();
  $("[data-sentence]", dialog).textContent = sentence;
  dialog.returnValue = "no";
  dialog.addEventListener(
    "close",
    () => {
      if (dialog.returnValue !== "yes") return;
      confirmed.add(button);
      button.form.requestSubmit(button);
    },
    { once: true },
  );
  dialog.showModal();
});

// A form is sent once, however often the button is pressed.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method === "dialog") return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  if (form.method !== "post") return;
  form.dataset.sent = "1";
  form.setAttribute("aria-busy", "true");
  setTimeout(() => {
    delete form.dataset.sent;
    form.removeAttribute("aria-busy");
  }, 8000);
});
addEventListener("pageshow", () => {
  for (const form of $$("form[data-sent]")) {
    delete form.dataset.sent;
    form.removeAttribute("aria-busy");
  }
});

// Filters apply as soon as a choice changes.
document.addEventListener("change", (event) => {
  if (event.target.matches("form[data-instant] select, form[data-instant] input[type=checkbox], form[data-instant] input[type=date]")) {
    event.target.form.requestSubmit();
  }
});

// Pointing at a value lights up its words in the source, and the other way round.
const ids = (element) => (element.dataset.lights ?? "").split(" ").filter(Boolean);
function light(element, isOn, reveal) {
  element.classList.toggle("is-lit", isOn);
  for (const id of ids(element)) {
    const words = document.getElementById(id);
    if (!words) continue;
    words.classList.toggle("is-lit", isOn);
    if (isOn && reveal) show(words);
  }
}
// Only the pane moves, never the page.
function show(words) {
  const pane = words.closest("[data-pane]");
  if (!pane) return;
  const [box, at] = [pane.getBoundingClientRect(), words.getBoundingClientRect()];
  if (at.top < box.top + 24 || at.bottom > box.bottom - 24) {
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    pane.scrollBy({ top: at.top - box.top - box.height / 3, behavior: calm ? "auto" : "smooth" });
  }
}
function lightOf(target, isOn) {
  const element = target.closest?.("[data-lights]");
  if (element) return light(element, isOn, true);
  const words = target.closest?.("[data-span]");
  if (!words?.id) return;
  words.classList.toggle("is-lit", isOn);
  for (const value of $$(`[data-lights~="${CSS.escape(words.id)}"]`)) {
    value.classList.toggle("is-lit", isOn);
    if (isOn) show(value);
  }
}
for (const [event, isOn] of [["mouseover", true], ["mouseout", false], ["focusin", true], ["focusout", false]]) {
  document.addEventListener(event, (e) => lightOf(e.target, isOn));
}

// Following a value keeps its words lit without leaving the place in the plan.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-lights][href^='#']");
  const words = link && document.getElementById(ids(link)[0]);
  if (!words?.closest("[data-pane]")) return;
  event.preventDefault();
  for (const pinned of $$(".is-pinned")) pinned.classList.remove("is-pinned");
  words.classList.add("is-pinned");
  show(words);
});

// A file dropped beside the field counts as chosen; long reading says so.
for (const field of $$("input[type=file][data-drop]")) {
  addEventListener("dragover", (event) => {
    event.preventDefault();
    field.classList.add("is-over");
  });
  addEventListener("dragleave", () => field.classList.remove("is-over"));
  addEventListener("drop", (event) => {
    event.preventDefault();
    field.classList.remove("is-over");
    if (event.dataTransfer.files.length > 0) field.files = event.dataTransfer.files;
  });
}
document.addEventListener("submit", (event) => {
  const words = $("[data-progress-words]", event.target);
  if (words && !event.defaultPrevented) words.textContent = event.target.dataset.progress;
});

// Long forms keep what is typed until they have arrived: data-draft="name".
const prefix = "xiaobao-draft:";
// The success notice of the next page is the sign that the form arrived.
const sent = sessionStorage.getItem(`${prefix}sent`);
if (sent && $("main > .notice.is-good")) {
  localStorage.removeItem(sent);
  sessionStorage.removeItem(`${prefix}sent`);
}
const fields = (form) => $$("input[name], textarea[name], select[name]", form).filter((field) => !["hidden", "password", "file", "submit"].includes(field.type));
const now = (form) => JSON.stringify(fields(form).map((field) => [field.name, field.type === "checkbox" || field.type === "radio" ? field.checked : field.value]));
for (const form of $$("form[data-draft]")) {
  const key = `${prefix}${location.pathname}:${form.dataset.draft}`;
  const fresh = now(form);
  const kept = localStorage.getItem(key);
  // A page that says what is wrong already holds what was typed.
  if (kept && kept !== fresh && !$(".error-summary, .field-error", form)) offer(form, key, kept);
  let timer;
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => localStorage.setItem(key, now(form)), 400);
  });
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    // Kept until the next page says that it arrived; an error page still finds it.
    localStorage.setItem(key, now(form));
    sessionStorage.setItem(`${prefix}sent`, key);
  });
}
function offer(form, key, kept) {
  const box = document.createElement("div");
  box.className = "notice is-plain";
  box.setAttribute("role", "status");
  const words = document.createElement("p");
  words.textContent = "这里有上次没有提交的内容。";
  const restore = document.createElement("button");
  restore.type = "button";
  restore.className = "button is-small";
  restore.textContent = "恢复";
  const drop = restore.cloneNode();
  drop.textContent = "不要了";
  box.append(words, restore, drop);
  form.prepend(box);
  drop.addEventListener("click", () => {
    localStorage.removeItem(key);
    box.remove();
  });
  restore.addEventListener("click", () => {
    const values = JSON.parse(kept);
    fields(form).forEach((field, i) => {
      if (values[i]?.[0] !== field.name) return;
      if (typeof values[i][1] === "boolean") field.checked = values[i][1];
      else field.value = values[i][1];
    });
    box.remove();
  });
}
// Whoever signs out leaves nothing typed behind.
document.addEventListener("submit", (event) => {
  if (!event.target.matches("form[action='/sign-out']")) return;
  for (const key of Object.keys(localStorage)) if (key.startsWith(prefix)) localStorage.removeItem(key);
});

// Copying a short text: data-copy="id".
for (const button of $$("[data-copy]")) {
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    const source = document.getElementById(button.dataset.copy);
    await navigator.clipboard.writeText(source.value ?? source.textContent);
    button.textContent = "已复制";
  });
}

// Printing by a button: data-print.
for (const button of $$("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}

// A number that differs from the records asks for its reason at once: data-why="id".
for (const field of $$("input[data-why]")) {
  const proposed = field.value;
  field.addEventListener("input", () => {
    const why = document.getElementById(field.dataset.why);
    if (why && field.value.trim() !== "" && field.value !== proposed) why.open = true;
  });
}

// What is there with scripts only is drawn otherwise.
document.documentElement.setAttribute("data-scripts", "");

// Records that wait for the network are shown and sent from every page.
if (Number(localStorage.getItem("xiaobao-records-waiting") ?? 0) > 0 && $("main")) import(document.body.dataset.recordScript);

// After a refused form the list of errors is read first.
$(".error-summary")?.focus();
