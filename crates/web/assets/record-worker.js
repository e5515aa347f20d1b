// Keeps the pages of records for the moment without network, and says on every other page where what was filled in lies. ASSETS is put before this text by the server.

const PAGES = "xiaobao-record-pages";
const FIXED = `xiaobao-record-assets-${ASSETS.join().replace(/\W+/g, "").slice(-64)}`;
const PATIENCE = 5000;

const isForm = (url) => url.pathname === "/records/new" || /^\/r\/[0-9a-f]+$/i.test(url.pathname);
const isPage = (answer) => answer.ok && !answer.redirected && (answer.headers.get("content-type") ?? "").startsWith("text/html");

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(FIXED).then((cache) => cache.addAll(ASSETS)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const old = (name) => name.startsWith("xiaobao-record-assets-") && name !== FIXED;
  event.waitUntil(
    caches.keys().then((names) => Promise.all(names.filter(old).map((name) => caches.delete(name)))).then(() => self.clients.claim()),
  );
});

// Forms to keep before they are needed; they belong to one person, and another person's are dropped.
self.addEventListener("message", (event) => {
  if (Array.isArray(event.data?.keep)) event.waitUntil(keepAll(event.data.keep.slice(0, 60), event.data.person));
});
async function keepAll(paths, person) {
  let cache = await caches.open(PAGES);
  const owner = await (await cache.match("/records/owner"))?.text();
  if (owner && owner !== person) {
    await caches.delete(PAGES);
    cache = await caches.open(PAGES);
  }
  await cache.put("/records/owner", new Response(person ?? ""));
  for (const path of new Set(paths)) {
    const url = new URL(path, location.origin);
    if (url.origin !== location.origin || !isForm(url)) continue;
    const answer = await fetch(url, { credentials: "same-origin" }).catch(() => null);
    if (answer && isPage(answer)) await cache.put(url.pathname + url.search, answer);
  }
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (url.pathname.startsWith("/assets/")) event.respondWith(caches.match(request).then((kept) => kept ?? fetch(request)));
  else if (request.mode === "navigate" && isForm(url)) event.respondWith(open(event, request, url));
  else if (request.mode === "navigate") event.respondWith(fetch(request).catch(offline));
});

async function open(event, request, url) {
  const path = url.pathname + url.search;
  const kept = await caches.open(PAGES).then((cache) => cache.match(path));
  const fresh = fetch(request).then((answer) => {
    if (isPage(answer)) {
      const copy = answer.clone();
      event.waitUntil(caches.open(PAGES).then((cache) => cache.put(path, copy)));
    }
    return answer;
  });
  fresh.catch(() => {});
  const late = new Promise((resolve) => setTimeout(() => resolve(null), PATIENCE));
  try {
    const answer = await (kept ? Promise.race([fresh, late]) : fresh);
    if (answer && answer.status < 502) return answer;
  } catch {
    // No network: what was kept, below.
  }
  return kept ?? (await caches.open(PAGES).then((cache) => cache.match("/records/new"))) ?? lost();
}

// Any other page without network: what waits in this browser, and the forms that can be filled all the same.
async function offline() {
  const cache = await caches.open(PAGES);
  const forms = [];
  for (const request of await cache.keys()) {
    const url = new URL(request.url);
    if (!isForm(url)) continue;
    const text = await (await cache.match(request)).text();
    const title = /data-title="([^"]*)"/.exec(text)?.[1];
    if (title) forms.push(`<li><a href="${(url.pathname + url.search).replace(/[&"<]/g, (it) => `&#${it.charCodeAt(0)};`)}"><b>${title}</b></a></li>`);
  }
  const n = await waiting();
  const words = n > 0 ? `<p class="notice is-warn"><b>待发送 ${n} 条。</b>都存在这台设备上，没有丢，联网后自动发送。</p>` : "<p>这台设备上没有待发送的记录。</p>";
  const list = forms.length > 0 ? `<h2>填好的记录在这里，也可以接着记</h2><ul class="record-choose">${forms.join("")}</ul>` : "";
  return page("没有网络", `<p>这一页要联网才能打开。</p>${words}${list}<p><a class="button" href="">联网后重试</a></p>`);
}

function waiting() {
  return new Promise((resolve) => {
    const request = indexedDB.open("xiaobao-records");
    // Nothing was ever kept here: the store stays unmade.
    request.onupgradeneeded = () => request.transaction.abort();
    request.onerror = () => resolve(0);
    request.onsuccess = () => {
      const db = request.result;
      // Left open it would hold up a page that makes the store anew.
      const end = (n) => {
        db.close();
        resolve(n);
      };
      try {
        const count = db.transaction("queue").objectStore("queue").count();
        count.onsuccess = () => end(count.result);
        count.onerror = () => end(0);
      } catch {
        // Begun and never made: nothing waits in it.
        end(0);
      }
    };
  });
}

function page(title, body) {
  const text =
    '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">' +
    `<title>${title}</title><link rel="stylesheet" href="${ASSETS[0]}"></head><body><main class="offline"><h1>${title}</h1>${body}</main></body></html>`;
  return new Response(text, { status: 503, headers: { "content-type": "text/html; charset=utf-8" } });
}

function lost() {
  return page("没有网络", "<p>这一页还没有在这台设备上打开过。请联网后打开一次“记一次”，之后没有网络也能用。</p>");
}
