// @ts-check
// IndexedDB with a memory behind it: for browsers that have none, and for the time the disk is full.
//
// A transaction gathers its writes and gives them to IndexedDB at its end, all or none. Where that
// fails for want of room they go to the memory instead, which every later read looks into first.

/** @typedef {string | number} Part */
/** @typedef {Part | Part[]} Key */
/** @typedef {{key: Key, value: any}} Entry a value of undefined: deleted */

const VERSION = 1;
const OPEN_SECONDS = 15;
const BATCH = 256; // entries a read: whole recordings are large
export const TABLES = /** @type {const} */ ({
  interviews: "clientSession",
  answers: ["clientSession", "questionIndex", "revision"],
  chunks: ["recording", "n"],
  outbox: ["seq", "id"],
  meta: "name",
});
/** @typedef {keyof typeof TABLES} Table */

/** As IndexedDB orders keys: numbers, texts, arrays. @param {any} a @param {any} b @returns {number} */
function compare(a, b) {
  const rank = (/** @type {any} */ key) =>
    Array.isArray(key) ? 2 : typeof key === "string" ? 1 : 0;
  if (rank(a) !== rank(b)) return rank(a) - rank(b);
  if (!Array.isArray(a)) return a < b ? -1 : a > b ? 1 : 0;
  for (let at = 0; at < Math.min(a.length, b.length); at++) {
    const order = compare(a[at], b[at]);
    if (order) return order;
  }
  return a.length - b.length;
}

/** @param {Table} table @param {any} value @returns {Key} */
function keyOf(table, value) {
  const path = TABLES[table];
  return typeof path === "string" ? value[path] : path.map((name) => value[name]);
}

/** @template T @param {IDBRequest<T>} request @returns {Promise<T>} */
function done(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** The writes of one table, by key. */
class Overlay {
  /** @type {Map<string, Entry>} */
  entries = new Map();

  /** @param {Key} key @returns {Entry | undefined} */
  find(key) {
    return this.entries.get(JSON.stringify(key));
  }

  /** @param {Key} key @param {any} value */
  set(key, value) {
    this.entries.set(JSON.stringify(key), { key, value });
  }

  /** @param {Key} key */
  drop(key) {
    this.entries.delete(JSON.stringify(key));
  }

  /** @param {Key} lower @param {Key} upper @returns {Entry[]} */
  between(lower, upper) {
    return [...this.entries.values()].filter(
      ({ key }) => compare(lower, key) <= 0 && compare(key, upper) <= 0,
    );
  }
}

/** @returns {Record<Table, Overlay>} */
function overlays() {
  const made = Object.keys(TABLES).map((name) => [name, new Overlay()]);
  return Object.fromEntries(made);
}

/** What a body sees: its own writes, over those in memory, over those on disk. */
export class Transaction {
  /**
   * @param {IDBTransaction | null} disk
   * @param {Record<Table, Overlay>} memory
   */
  constructor(disk, memory) {
    this.disk = disk;
    this.memory = memory;
    this.writes = overlays();
  }

  /** @param {Table} table @param {Key} key @returns {Promise<any>} */
  async get(table, key) {
    const found = this.writes[table].find(key) ?? this.memory[table].find(key);
    if (found) return found.value;
    return this.disk ? done(this.disk.objectStore(table).get(/** @type {any} */ (key))) : undefined;
  }

  /**
   * The values between two keys, both included, in the order of their keys.
   * @param {Table} table @param {Key} lower @param {Key} upper @returns {Promise<any[]>}
   */
  async range(table, lower, upper) {
    /** @type {Map<string, Entry>} */
    const found = new Map();
    for (const value of await this.#onDisk(table, lower, upper)) {
      const key = keyOf(table, value);
      found.set(JSON.stringify(key), { key, value });
    }
    for (const layer of [this.memory, this.writes]) {
      for (const entry of layer[table].between(lower, upper)) {
        found.set(JSON.stringify(entry.key), entry);
      }
    }
    return [...found.values()]
      .filter(({ value }) => value !== undefined)
      .sort((a, b) => compare(a.key, b.key))
      .map(({ value }) => value);
  }

  /** @param {Table} table @param {Key} lower @param {Key} upper @returns {Promise<any[]>} */
  async #onDisk(table, lower, upper) {
    if (!this.disk) return [];
    const store = this.disk.objectStore(table);
    /** @type {any[]} */
    const values = [];
    for (let open = false, from = lower; ; open = true) {
      const part = await done(store.getAll(IDBKeyRange.bound(from, upper, open, false), BATCH));
      values.push(...part);
      if (part.length < BATCH) return values;
      from = keyOf(table, part[part.length - 1]);
    }
  }

  /** @param {Table} table @returns {Promise<any[]>} */
  all(table) {
    return this.range(table, -Infinity, /** @type {any} */ ([[[]]]));
  }

  /** @param {Table} table @param {any} value */
  put(table, value) {
    this.writes[table].set(keyOf(table, value), value);
  }

  /** @param {Table} table @param {Key} key */
  delete(table, key) {
    this.writes[table].set(key, undefined);
  }

  /** @param {Table} table @param {Key} lower @param {Key} upper */
  async deleteRange(table, lower, upper) {
    for (const layer of [this.memory, this.writes]) {
      for (const { key } of layer[table].between(lower, upper)) this.delete(table, key);
    }
    if (!this.disk) return;
    const range = IDBKeyRange.bound(lower, upper);
    for (const key of await done(this.disk.objectStore(table).getAllKeys(range))) {
      this.delete(table, /** @type {Key} */ (key));
    }
  }
}

/** Sends "storage" {kind: "memory" | "full" | "ok"}. */
export class Database extends EventTarget {
  /** @type {Promise<unknown>} */
  #turn = Promise.resolve();
  #memory = overlays();

  /**
   * @param {string} name
   * @param {IDBFactory | null} factory
   */
  constructor(name, factory) {
    super();
    this.name = name;
    this.factory = factory;
    /** @type {IDBDatabase | null} */
    this.disk = null;
    /** @type {"indexeddb" | "memory" | "full"} */
    this.kind = "memory";
  }

  /** Open it; a browser that refuses leaves the memory alone. */
  async open() {
    try {
      this.disk = await this.#opened();
      this.kind = "indexeddb";
    } catch {
      this.disk = null;
    }
    return this;
  }

  /** @returns {Promise<IDBDatabase>} */
  #opened() {
    return new Promise((resolve, reject) => {
      if (!this.factory) throw new Error("no IndexedDB");
      // Safari has been seen never to answer.
      setTimeout(() => reject(new Error("timeout")), OPEN_SECONDS * 1000);
      const request = this.factory.open(this.name, VERSION);
      request.onupgradeneeded = () => {
        for (const [table, keyPath] of Object.entries(TABLES)) {
          const path = /** @type {string | string[]} */ (keyPath);
          request.result.createObjectStore(table, { keyPath: path });
        }
      };
      request.onsuccess = () => {
        const database = request.result;
        database.onversionchange = () => database.close();
        resolve(database);
      };
      request.onerror = () => reject(request.error);
      request.onblocked = () => reject(new Error("blocked"));
    });
  }

  /** @param {Table[]} tables @param {IDBTransactionMode} mode @returns {Promise<IDBTransaction | null>} */
  async #begin(tables, mode) {
    if (!this.disk) return null;
    const options = /** @type {IDBTransactionOptions} */ ({ durability: "strict" });
    try {
      return this.disk.transaction(tables, mode, options);
    } catch {
      // The connection was lost, as Safari does in the background: once more, with a new one.
      this.disk = await this.#opened();
      return this.disk.transaction(tables, mode, options);
    }
  }

  /**
   * Run a body that only reads.
   * @template T
   * @param {Table[]} tables
   * @param {(transaction: Transaction) => Promise<T>} body
   * @returns {Promise<T>}
   */
  async read(tables, body) {
    return body(new Transaction(await this.#begin(tables, "readonly"), this.#memory));
  }

  /**
   * Run a body and keep what it wrote: all of it, on disk when this resolves, or nothing. One at a
   * time; a body awaits nothing but the transaction.
   * @template T
   * @param {Table[]} tables
   * @param {(transaction: Transaction) => Promise<T>} body
   * @returns {Promise<T>}
   */
  write(tables, body) {
    const run = this.#turn.then(() => this.#write(tables, body));
    this.#turn = run.catch(() => {});
    return run;
  }

  /**
   * @template T
   * @param {Table[]} tables
   * @param {(transaction: Transaction) => Promise<T>} body
   * @returns {Promise<T>}
   */
  async #write(tables, body) {
    const disk = await this.#begin(tables, "readwrite");
    const transaction = new Transaction(disk, this.#memory);
    /** @type {T} */
    let result;
    try {
      result = await body(transaction);
    } catch (error) {
      abort(disk);
      throw error;
    }
    const writes = /** @type {[Table, Entry][]} */ (
      Object.entries(transaction.writes).flatMap(([table, { entries }]) =>
        [...entries.values()].map((entry) => [table, entry]),
      )
    );
    try {
      if (disk) await commit(disk, writes);
      else this.#remember(writes);
    } catch (error) {
      if (isMistake(error)) throw error;
      for (const [table, { key, value }] of writes) this.#memory[table].set(key, value);
      this.#is("full");
      return result;
    }
    if (disk) for (const [table, { key }] of writes) this.#memory[table].drop(key);
    if (this.kind === "full") await this.#writeMemory();
    return result;
  }

  /** Without a disk. @param {[Table, Entry][]} writes */
  #remember(writes) {
    for (const [table, { key, value }] of writes) {
      if (value === undefined) this.#memory[table].drop(key);
      else this.#memory[table].set(key, value);
    }
  }

  /** Bring to the disk what was kept in memory while it was full. */
  async #writeMemory() {
    const entries = /** @type {[Table, Entry][]} */ (
      Object.entries(this.#memory).flatMap(([table, overlay]) =>
        [...overlay.entries.values()].map((entry) => [table, entry]),
      )
    );
    try {
      const tables = /** @type {Table[]} */ (Object.keys(TABLES));
      const disk = await this.#begin(tables, "readwrite");
      if (!disk) return;
      await commit(disk, entries);
    } catch (error) {
      if (isMistake(error)) throw error;
      return;
    }
    this.#memory = overlays();
    this.#is("indexeddb");
  }

  /** @param {"indexeddb" | "full"} kind */
  #is(kind) {
    if (this.kind === kind) return;
    this.kind = kind;
    const detail = { kind: kind === "full" ? "full" : "ok" };
    this.dispatchEvent(new CustomEvent("storage", { detail }));
  }

  close() {
    this.disk?.close();
  }
}

/** @param {IDBTransaction | null} disk */
function abort(disk) {
  try {
    disk?.abort();
  } catch {
    // It had ended by itself.
  }
}

/** @param {IDBTransaction} disk @param {[Table, Entry][]} writes @returns {Promise<void>} */
function commit(disk, writes) {
  return new Promise((resolve, reject) => {
    disk.oncomplete = () => resolve();
    disk.onabort = () => reject(disk.error ?? new Error("aborted"));
    try {
      for (const [table, { key, value }] of writes) {
        const store = disk.objectStore(table);
        if (value === undefined) store.delete(/** @type {any} */ (key));
        else store.put(value);
      }
      disk.commit?.();
    } catch (error) {
      abort(disk);
      reject(error);
    }
  });
}

/**
 * Whether an error of a commit is this program's. All others (no room left, the disk fails, the
 * connection is lost) are the browser's: what was to be written is kept in memory.
 * @param {any} error @returns {boolean}
 */
function isMistake(error) {
  return ["DataError", "DataCloneError", "TypeError"].includes(error?.name);
}
