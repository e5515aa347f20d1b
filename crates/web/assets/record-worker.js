// Keeps the pages of records for the moment without network. ASSETS is put before this text by the server.

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

function lost() {
  const text =
    '<!doctype html><html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">' +
    "<title>没有网络</title><h1>没有网络</h1><p>这一页还没有在这台设备上打开过。请联网后打开一次“记一次”，之后没有网络也能用。</p></html>";
  return new Response(text, { status: 503, headers: { "content-type": "text/html; charset=utf-8" } });
}
