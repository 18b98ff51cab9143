// @ts-check
/// <reference no-default-lib="true" />
/// <reference lib="webworker" />
// The service worker: keeps the page and what it is made of, and nothing of the API. The script
// that imports this one says what there is (`self.SHELL`, sessions/pages/worker.py).

/** @typedef {{release: string, page: string, files: string[], static: string}} Shell */

(() => {
  const worker = /** @type {ServiceWorkerGlobalScope & {SHELL: Shell}} */ (
    /** @type {unknown} */ (self)
  );
  const shell = worker.SHELL;
  const PREFIX = "interview-";
  const NAME = `${PREFIX}${shell.release}`;
  const PATIENCE = 4000;
  const kept = new Set(shell.files);

  /** All of it, or the installation has failed and is tried again at the next visit. */
  async function install() {
    const cache = await caches.open(NAME);
    await cache.addAll([
      new Request(shell.page, { cache: "reload", credentials: "same-origin" }),
      ...shell.files.map((file) => new Request(file, { cache: "reload" })),
    ]);
    await worker.skipWaiting();
  }

  async function activate() {
    const names = await caches.keys();
    const old = names.filter((name) => name.startsWith(PREFIX) && name !== NAME);
    await Promise.all(old.map((name) => caches.delete(name)));
    await worker.clients.claim();
  }

  /** @param {Request | string} request */
  const keptOf = async (request) =>
    (await caches.open(NAME)).match(request, { ignoreSearch: true, ignoreVary: true });

  /** @param {string} url @param {Response} reply */
  async function keep(url, reply) {
    if (reply.ok && reply.type === "basic" && !reply.redirected) {
      await (await caches.open(NAME)).put(url, reply.clone());
    }
    return reply;
  }

  /** The page: from the server, while it answers within some seconds; else as it was kept.
   * @param {Request} request */
  async function page(request) {
    const held = await keptOf(shell.page);
    const fresh = fetch(request).then((reply) => keep(shell.page, reply));
    if (!held) {
      return fresh;
    }
    const late = new Promise((resolve) => setTimeout(() => resolve(held), PATIENCE));
    try {
      const reply = /** @type {Response} */ (await Promise.race([fresh, late]));
      return reply.status < 500 ? reply : held;
    } catch {
      return held;
    } finally {
      fresh.catch(() => {});
    }
  }

  /** A file that never changes under its name, in this release.
   * @param {Request} request */
  const file = async (request) =>
    (await keptOf(request)) ?? fetch(request).then((reply) => keep(request.url, reply));

  worker.addEventListener("install", (event) => event.waitUntil(install()));
  worker.addEventListener("activate", (event) => event.waitUntil(activate()));
  worker.addEventListener("fetch", (event) => {
    const { request } = event;
    const url = new URL(request.url);
    if (request.method !== "GET" || url.origin !== worker.location.origin) {
      return;
    }
    if (url.pathname === shell.page) {
      event.respondWith(page(request));
    } else if (kept.has(url.pathname) || url.pathname.startsWith(shell.static)) {
      event.respondWith(file(request));
    }
  });
})();
