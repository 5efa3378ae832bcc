/*! Guerdon widget: <guerdon-rewards>, <guerdon-balance>, <guerdon-earn>. Reference: docs/widget.md */

// One file, no dependency, nothing global but the three elements. Everything that came from elsewhere gets into the page
// as text alone. Comments that begin a line, and the spaces before a line, are not sent to browsers.

const TEXTS = {
  en: {
    points: { one: "{n} point", other: "{n} points" },
    title: "Your rewards",
    hello: "Hello {name}",
    close: "Close",
    expires: "{points} expire after {date}",
    rewards: "Rewards",
    coupons: "Coupons",
    history: "History",
    loading: "Loading your points",
    failed: "Your points cannot be shown at the moment.",
    stale: "This may be out of date.",
    retry: "Try again",
    guest: "Sign in to see your points and redeem them.",
    signIn: "Sign in",
    expired: "You were signed out. Sign in again to see your points.",
    noOptions: "There are no rewards at the moment.",
    noCoupons: "No coupons yet. What you redeem appears here.",
    noHistory: "No entries yet. You earn points with your next order.",
    missing: { one: "{n} point to go", other: "{n} points to go" },
    soldOut: "Sold out",
    limit: "Redeemed as often as possible",
    notYet: "Not available yet",
    minimum: "from {amount}",
    lifetime: { one: "valid for {n} day", other: "valid for {n} days" },
    redeem: "Redeem",
    redeemFor: "Redeem: {name}",
    sure: "Exchange {points} for “{name}”?",
    confirm: "Yes, redeem",
    cancel: "Cancel",
    done: "Your coupon code",
    redeemed: "Redeemed. Your coupon code is {code}.",
    copy: "Copy",
    copyCode: "Copy {code}",
    copied: "Copied",
    apply: "Use in basket",
    applyCode: "Use in basket: {code}",
    applied: "The code is in your basket.",
    paste: "Copied. Enter the code in your basket.",
    finish: "Done",
    unsure: "No answer arrived. Try again: the points are taken once at most.",
    refused: "This cannot be redeemed at the moment. No points were taken.",
    notEnough: "You do not have enough points any more. No points were taken.",
    wait: "That was a little too often. Wait a moment, then try again.",
    valid: "valid",
    validUntil: "valid until {date}",
    used: "Used",
    over: "Expired",
    cancelled: "Cancelled",
    inactive: "Not valid yet",
    giveBack: "Cancel",
    giveBackCode: "Cancel {code}",
    giveBackSure: "Cancel this coupon and get {points} back? The code cannot be used any more.",
    giveBackYes: "Cancel coupon",
    giveBackNo: "Keep",
    givenBack: "Cancelled. You have {points}.",
    giveBackFailed: "The coupon could not be cancelled.",
    more: "Show more",
    earn: { one: "You earn {n} point", other: "You earn {n} points" },
    added: "Points added",
    removed: "Points removed",
    spent: "Points redeemed",
    takenBack: "Taken back",
    restored: "Points given back",
    lapsed: "Points expired",
  },
  de: {
    points: { one: "{n} Punkt", other: "{n} Punkte" },
    title: "Ihre Prämien",
    hello: "Hallo {name}",
    close: "Schließen",
    expires: "{points} verfallen nach dem {date}",
    rewards: "Prämien",
    coupons: "Gutscheine",
    history: "Verlauf",
    loading: "Ihre Punkte werden geladen",
    failed: "Ihre Punkte können gerade nicht angezeigt werden.",
    stale: "Diese Angaben sind vielleicht nicht aktuell.",
    retry: "Erneut versuchen",
    guest: "Melden Sie sich an, um Ihre Punkte zu sehen und einzulösen.",
    signIn: "Anmelden",
    expired: "Sie wurden abgemeldet. Melden Sie sich erneut an, um Ihre Punkte zu sehen.",
    noOptions: "Zurzeit gibt es keine Prämien.",
    noCoupons: "Noch keine Gutscheine. Was Sie einlösen, erscheint hier.",
    noHistory: "Noch keine Buchungen. Mit der nächsten Bestellung sammeln Sie Punkte.",
    missing: { one: "noch {n} Punkt", other: "noch {n} Punkte" },
    soldOut: "Vergriffen",
    limit: "So oft eingelöst wie möglich",
    notYet: "Noch nicht verfügbar",
    minimum: "ab {amount}",
    lifetime: { one: "{n} Tag gültig", other: "{n} Tage gültig" },
    redeem: "Einlösen",
    redeemFor: "Einlösen: {name}",
    sure: "{points} gegen „{name}“ eintauschen?",
    confirm: "Ja, einlösen",
    cancel: "Abbrechen",
    done: "Ihr Gutscheincode",
    redeemed: "Eingelöst. Ihr Gutscheincode ist {code}.",
    copy: "Kopieren",
    copyCode: "{code} kopieren",
    copied: "Kopiert",
    apply: "Im Warenkorb nutzen",
    applyCode: "{code} im Warenkorb nutzen",
    applied: "Der Code ist in Ihrem Warenkorb.",
    paste: "Kopiert. Geben Sie den Code im Warenkorb ein.",
    finish: "Fertig",
    unsure: "Es kam keine Antwort an. Versuchen Sie es erneut: Die Punkte werden höchstens einmal abgezogen.",
    refused: "Das kann gerade nicht eingelöst werden. Es wurden keine Punkte abgezogen.",
    notEnough: "Ihre Punkte reichen nicht mehr. Es wurden keine Punkte abgezogen.",
    wait: "Das war etwas zu oft. Warten Sie einen Moment und versuchen Sie es dann erneut.",
    valid: "gültig",
    validUntil: "gültig bis {date}",
    used: "Eingelöst",
    over: "Abgelaufen",
    cancelled: "Storniert",
    inactive: "Noch nicht gültig",
    giveBack: "Stornieren",
    giveBackCode: "{code} stornieren",
    giveBackSure: "Diesen Gutschein stornieren und {points} zurückbekommen? Der Code gilt dann nicht mehr.",
    giveBackYes: "Gutschein stornieren",
    giveBackNo: "Behalten",
    givenBack: "Storniert. Sie haben {points}.",
    giveBackFailed: "Der Gutschein konnte nicht storniert werden.",
    more: "Mehr anzeigen",
    earn: { one: "Sie sammeln {n} Punkt", other: "Sie sammeln {n} Punkte" },
    added: "Punkte gutgeschrieben",
    removed: "Punkte abgezogen",
    spent: "Punkte eingelöst",
    takenBack: "Zurückgenommen",
    restored: "Punkte zurückgegeben",
    lapsed: "Punkte verfallen",
  },
};

/** What the history calls an entry that says nothing itself. */
const KINDS = {
  added: "added",
  earned: "added",
  removed: "removed",
  redeemed: "spent",
  takenBack: "takenBack",
  givenBack: "restored",
  expired: "lapsed",
  closed: "removed",
};
const STATUSES = { USED: "used", EXPIRED: "over", CANCELLED: "cancelled", INACTIVE: "inactive" };

const TIMEOUT = 15_000;
const PAGE = 10;
/** A token is fetched again this long before it ends, or a tenth of its life if that is shorter. */
const EARLY = 30_000;
/** What is older than this is read again when the page is looked at again. */
const OLD = 20_000;
const RIGHT_TO_LEFT = /^(ar|ckb|dv|fa|he|ps|sd|ug|ur|yi)\b/;
const SMALL = "(max-width: 32rem)";

const report = (error) => console.error("Guerdon:", error);
/** The function, whose errors never reach the page around. */
const safe = (run) =>
  function (...given) {
    try {
      const result = run.apply(this, given);
      result?.catch?.(report);
      return result;
    } catch (error) {
      report(error);
    }
  };
const failure = (status, message, wait) => Object.assign(new Error(message), { status, wait });
const random = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => (byte + 256).toString(16).slice(1)).join("");

/** When a JWT ends, in milliseconds; undefined for other tokens. */
const endOf = (token) => {
  try {
    return JSON.parse(atob(token.split(".")[1].replace(/-/g, "+").replace(/_/g, "/"))).exp * 1000 || undefined;
  } catch {
    return undefined;
  }
};

/** What all elements share that show the same site of the same tenant: one token, one state. */
class Store {
  #elements = new Set();
  #token;
  #fetching;
  #loading;
  #again = false;
  #turn = 0;
  #tries = 0;
  #timer;
  #begun = false;
  #loadedAt = 0;
  #attempts = {};
  #earned = {};
  #channel;
  /** Parts of the state that somebody shows. */
  #wanted = new Set(["points"]);
  state = {};

  constructor(api, tenant, site) {
    Object.assign(this, { api, tenant, site });
  }

  join(element) {
    this.#elements.add(element);
    if (this.#elements.size === 1) {
      addEventListener("online", this.#wake);
      addEventListener("pageshow", this.#wake);
      document.addEventListener("visibilitychange", this.#wake);
      try {
        this.#channel = new BroadcastChannel(`guerdon ${this.api} ${this.tenant}`);
        this.#channel.onmessage = () => this.refresh();
      } catch {
        // Tabs then notice each other's changes when they are looked at.
      }
    }
    if (this.#begun && Date.now() - this.#loadedAt > OLD) this.refresh();
    this.#begin();
  }

  leave(element) {
    this.#elements.delete(element);
    if (this.#elements.size) return;
    removeEventListener("online", this.#wake);
    removeEventListener("pageshow", this.#wake);
    document.removeEventListener("visibilitychange", this.#wake);
    clearTimeout(this.#timer);
    this.#channel?.close();
  }

  /** The page may still be setting `getToken`: its scripts have run when the document is there. */
  #begin() {
    if (this.#begun) return;
    const start = () => {
      document.removeEventListener("DOMContentLoaded", start);
      removeEventListener("load", start);
      if (!this.#begun && this.#elements.size) this.refresh();
    };
    if (document.readyState === "complete" || this.#source()) return start();
    document.addEventListener("DOMContentLoaded", start);
    addEventListener("load", start);
  }

  #wake = safe((event) => {
    if (!this.#begun || this.#loading || document.hidden) return;
    if (this.state.problem || event.persisted || Date.now() - this.#loadedAt > OLD) this.refresh();
  });

  #source() {
    for (const element of this.#elements) {
      if (typeof element.getToken === "function") return () => element.getToken();
      const token = element.getAttribute("token");
      if (token) return () => token;
    }
    return undefined;
  }

  /** Somebody else may be signed in now, or nobody. */
  identify() {
    this.#token = this.#fetching = this.#loading = undefined;
    this.#again = false;
    this.#turn += 1;
    this.#attempts = {};
    if (!this.#begun && document.readyState !== "complete" && !this.#source()) return undefined;
    return this.refresh();
  }

  /** The token to send, fetched again when it is about to end. */
  async #bearer(fresh) {
    const known = this.#token;
    if (known && !fresh && !(known.renewAt < Date.now())) return known;
    this.#fetching ??= this.#obtain().finally(() => (this.#fetching = undefined));
    return this.#fetching;
  }

  async #obtain() {
    const turn = this.#turn;
    const source = this.#source();
    let found = source && (await Promise.race([source(), new Promise((_, no) => setTimeout(no, TIMEOUT, failure(0, "getToken does not answer")))]));
    const signedIn = Boolean(found?.access_token ?? found);
    if (!signedIn && this.tenant) {
      found = await this.#send(`/customerlogin/auth/anonymous/login?tenant=${encodeURIComponent(this.tenant)}`);
    }
    const text = String(found?.access_token ?? found ?? "");
    const lasts = found?.expires_in > 0 ? found.expires_in * 1000 : endOf(text) - Date.now();
    const token = { text, signedIn, renewAt: lasts > 0 ? Date.now() + lasts - Math.min(EARLY, lasts / 10) : undefined };
    if (turn === this.#turn) this.#token = token;
    return token;
  }

  async #send(path, { method = "GET", body, key, token } = {}) {
    const headers = { Accept: "application/json" };
    if (token) headers.Authorization = `Bearer ${token.text}`;
    if (token && this.tenant) headers["Emporix-Tenant"] = this.tenant;
    if (body) headers["Content-Type"] = "application/json";
    if (key) headers["Idempotency-Key"] = key;
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), TIMEOUT);
    try {
      const answer = await fetch(this.api + path, { method, headers, body, signal: stop.signal, credentials: "omit" });
      const text = await answer.text();
      if (answer.ok) return text ? JSON.parse(text) : undefined;
      let told;
      try {
        told = JSON.parse(text);
      } catch {
        told = {};
      }
      const message = told?.message ?? told?.detail ?? told?.fault?.faultstring ?? answer.statusText;
      throw failure(answer.status, String(message), Number(answer.headers.get("Retry-After")) * 1000 || 0);
    } catch (error) {
      throw error.status === undefined ? failure(0, "The server cannot be reached.") : error;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Asks the API, once more with another token when this one is not taken. */
  async #call(path, init) {
    const turn = this.#turn;
    try {
      const token = await this.#bearer();
      try {
        return await this.#send(path, { ...init, token });
      } catch (error) {
        if (error.status !== 401) throw error;
        const other = this.#token === token ? await this.#bearer(true) : await this.#bearer();
        if (other.text === token.text) throw error;
        return await this.#send(path, { ...init, token: other });
      }
    } catch (error) {
      if (error.status === 401 && turn === this.#turn) this.#expire(error);
      throw error;
    }
  }

  #own(path, init) {
    return this.#call(`/reward-points/public/customer${path}`, init);
  }

  get #site() {
    return `?siteCode=${encodeURIComponent(this.site)}`;
  }

  /** Says that a part of the state is shown from now on. */
  want(...parts) {
    const missing = parts.filter((part) => !this.#wanted.has(part));
    for (const part of missing) this.#wanted.add(part);
    if (missing.length && this.#begun) this.refresh();
  }

  refresh() {
    this.#begun = true;
    clearTimeout(this.#timer);
    if (this.#loading) {
      this.#again = true;
      return this.#loading;
    }
    const mine = this.#load().finally(() => {
      if (this.#loading !== mine) return;
      this.#loading = undefined;
      if (this.#again) {
        this.#again = false;
        this.refresh();
      }
    });
    this.#loading = mine;
    return mine;
  }

  async #load() {
    const turn = this.#turn;
    const change = {};
    try {
      const token = await this.#bearer();
      change.signedIn = token.signedIn;
      if (token.signedIn) {
        const parts = [...this.#wanted];
        const found = await Promise.all(parts.map((part) => this.#read(part)));
        parts.forEach((part, at) => (change[part] = found[at]));
      } else if (token.text && this.#wanted.has("options")) {
        change.options = await this.#call(`/reward-points/${encodeURIComponent(this.tenant)}/redeemOptions${this.#site}`);
      }
      if (turn !== this.#turn) return;
      this.#tries = 0;
      this.#loadedAt = Date.now();
      if (!token.signedIn) this.state = {};
      this.#set({ ...change, problem: undefined, expired: false });
    } catch (error) {
      if (turn !== this.#turn) return;
      this.#fail(error);
    }
  }

  /** The token is not taken, and there is no other: what the page showed was somebody's. */
  #expire(error) {
    if (this.state.expired) return;
    this.#token = undefined;
    this.#loadedAt = Date.now();
    this.state = {};
    this.emit("error", { status: 401, message: error.message });
    this.#set({ signedIn: false, expired: true });
  }

  #fail(error) {
    if (error.status === 401) return;
    if (!this.state.problem) this.emit("error", { status: error.status ?? 0, message: error.message });
    const lasting = error.status >= 400 && error.status < 500 && error.status !== 429 && error.status !== 408;
    if (!lasting) {
      const pause = Math.max(error.wait || 0, Math.min(60_000, 2_000 * 2 ** this.#tries)) * (1 + Math.random() / 4);
      this.#tries += 1;
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => document.hidden || this.refresh(), pause);
    }
    this.#set({ problem: error });
  }

  #read(part) {
    const or = (empty) => (error) => {
      if (error.status === 404) return empty;
      throw error;
    };
    switch (part) {
      case "points":
        return this.#own("").catch(or(0));
      case "options":
        return this.#own(`/redeemOptions${this.#site}`);
      case "entries":
        return this.#page().then((page) => {
          const known = this.state.entries;
          // What was paged to stays, unless something happened since.
          return known && known.list[0]?.id === page.list[0]?.id ? known : page;
        }, or({ list: [] }));
      default:
        return this.#own(`/${part}`).catch(or([]));
    }
  }

  async #page(before) {
    const list = await this.#own(`/entries?pageSize=${PAGE}${before ? `&before=${encodeURIComponent(before)}` : ""}`);
    return { list, more: list.length === PAGE };
  }

  async more() {
    const { list } = this.state.entries;
    const page = await this.#page(list.at(-1)?.id);
    this.#set({ entries: { list: [...list, ...page.list], more: page.more } });
  }

  #set(change) {
    const before = this.state.points;
    this.state = { ...this.state, ...change };
    if (this.state.points !== before && this.state.points !== undefined) this.emit("balance", { points: this.state.points });
    for (const element of this.#elements) element.draw();
  }

  emit(name, detail) {
    const [element] = this.#elements;
    element?.emit(name, detail);
  }

  #told() {
    try {
      this.#channel?.postMessage("changed");
    } catch {
      // Closed meanwhile.
    }
    return this.refresh();
  }

  /** Exchanges points. A retry of an attempt that nobody knows the end of has the same key: it counts once. */
  async redeem(option) {
    const key = (this.#attempts[option.id] ??= random());
    try {
      const { code } = await this.#own(`/redeem${this.#site}`, { method: "POST", body: JSON.stringify({ id: option.id }), key });
      delete this.#attempts[option.id];
      this.want("coupons");
      this.#told();
      return code;
    } catch (error) {
      if (error.status >= 400 && error.status < 500 && ![401, 408, 429].includes(error.status)) {
        delete this.#attempts[option.id];
        await this.refresh();
      }
      throw error;
    }
  }

  /** Cancels the redemption that bought a coupon; gives the balance. */
  async cancel(coupon) {
    try {
      return await this.#own(`/redemptions/${encodeURIComponent(coupon.entryId)}/cancel`, { method: "POST" });
    } finally {
      await this.#told();
    }
  }

  /** How many points an amount would earn. */
  earns(amount, currency) {
    return (this.#earned[`${amount} ${currency}`] ??= this.#bearer().then(async (token) => {
      const tenant = this.tenant || /^gdt_([^.]+)/.exec(token.text)?.[1];
      if (!tenant) return 0;
      const body = JSON.stringify({ amount: Number(amount), currency });
      return (await this.#call(`/reward-points/${encodeURIComponent(tenant)}/basket${this.#site}`, { method: "POST", body })).points;
    }));
  }
}

const stores = new Map();

/** An element, made of what is given; texts become text. Handlers are properties, which every policy allows. */
const h = (tag, given, ...kids) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(given ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element[name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...kids.flat(9).filter((kid) => kid || kid === 0));
  return element;
};

/** Makes the children of `at` like `wanted`, and leaves alone what is alike: what has the focus keeps it. */
const patch = (at, wanted) => {
  wanted.forEach((node, index) => {
    const old = at.childNodes[index];
    if (!old) at.append(node);
    else if (old.nodeName !== node.nodeName || old.dataset?.k !== node.dataset?.k) old.replaceWith(node);
    else if (node.nodeType === 3) {
      if (old.data !== node.data) old.data = node.data;
    } else {
      for (const { name } of [...old.attributes]) if (!node.hasAttribute(name)) old.removeAttribute(name);
      for (const { name, value } of node.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
      for (const name of ["onclick", "onkeydown"]) old[name] = node[name];
      patch(old, [...node.childNodes]);
    }
  });
  while (at.childNodes.length > wanted.length) at.lastChild.remove();
};

const COLOURS = {
  accent: ["#1f3e77", "#9cbaf5"],
  "on-accent": ["#fff", "#0c1830"],
  surface: ["#fff", "#171b23"],
  ink: ["#1b1a17", "#efede7"],
  point: ["#d3a02a", "#e0b144"],
  gain: ["#17663f", "#74d39c"],
  alert: ["#ab2217", "#ff9e92"],
};

const styles = () => {
  const two = CSS.supports("color", "light-dark(#000,#fff)");
  const colours = Object.entries(COLOURS).map(([name, [light, dark]]) => `--${name}:var(--guerdon-${name},${two ? `light-dark(${light},${dark})` : light});`);
  return `
:host{${colours.join("")}
--r:var(--guerdon-radius,.75rem);
--soft:color-mix(in oklab,var(--ink) 74%,var(--surface));
--line:color-mix(in oklab,var(--ink) 14%,var(--surface));
--tint:color-mix(in oklab,var(--ink) 6%,var(--surface));}
:host([theme="light"]){color-scheme:light}
:host([theme="dark"]){color-scheme:dark}
:host([theme="auto"]){color-scheme:light dark}
:host([hidden]){display:none!important}
*,::before{box-sizing:border-box;margin:0}
button{font:inherit;color:inherit;cursor:pointer;touch-action:manipulation}
button[aria-disabled]{opacity:.6;cursor:default}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
.pt{font-variant-numeric:tabular-nums;white-space:nowrap}
.pt::before{content:"";display:inline-block;inline-size:.5em;block-size:.5em;margin-inline-end:.38em;border-radius:50%;background:var(--point);vertical-align:.08em;forced-color-adjust:none}
.sr{position:absolute;inline-size:1px;block-size:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.link{padding:0;border:0;background:none}
.w{display:block;font:400 .9375rem/1.45 var(--guerdon-font,system-ui,sans-serif);color:var(--ink);text-align:start;letter-spacing:normal;text-transform:none}
.launch{position:fixed;z-index:var(--guerdon-z,2147483000);inset-block-end:1rem;inset-inline-end:1rem;display:flex;align-items:center;min-block-size:3rem;padding-inline:1.1rem;border:1px solid transparent;border-radius:99px;background:var(--accent);color:var(--on-accent);font:600 .9375rem/1.45 var(--guerdon-font,system-ui,sans-serif);box-shadow:0 6px 20px rgb(0 0 0/.25)}
.launch:focus-visible{outline-color:var(--ink)}
.launch.start,dialog.start{inset-inline:1rem auto}
dialog{position:fixed;z-index:var(--guerdon-z,2147483000);inset:auto;inset-block-end:4.75rem;inset-inline-end:1rem;padding:0;inline-size:min(24rem,calc(100vw - 2rem));max-block-size:min(41rem,calc(100dvb - 6rem));overflow:auto;overscroll-behavior:contain;border:1px solid var(--line);border-radius:calc(var(--r)*1.5);background:var(--surface);box-shadow:0 18px 50px -8px rgb(0 0 0/.35)}
dialog:not([open]){display:none}
dialog:focus{outline:none}
dialog::backdrop{background:rgb(0 0 0/.5)}
.inline{border:1px solid var(--line);border-radius:calc(var(--r)*1.5);background:var(--surface);overflow:hidden;min-block-size:9rem}
.head{position:relative;padding:1.1rem 1.25rem 1.25rem;background:var(--accent);color:var(--on-accent)}
.head p{font-size:.875rem;overflow-wrap:anywhere;padding-inline-end:2rem}
.head .bal{font-size:2.25rem;font-weight:650;line-height:1.15;letter-spacing:-.02em}
.x{position:absolute;inset-block-start:.75rem;inset-inline-end:.75rem;inline-size:2.25rem;block-size:2.25rem;border:0;border-radius:50%;background:none;font-size:1.25rem;line-height:1}
.head :focus-visible{outline-color:var(--on-accent)}
.tabs{display:flex;flex-wrap:wrap;gap:0 1.25rem;padding-inline:1.25rem;border-block-end:1px solid var(--line)}
.tabs button{min-block-size:2.75rem;padding:0;border:0;border-block-end:2px solid transparent;background:none;color:var(--soft);font-weight:600}
.tabs [aria-selected="true"]{color:var(--ink);border-block-end-color:var(--accent)}
[role="tabpanel"]:focus-visible{outline-offset:-4px}
ul{list-style:none;padding:.25rem 1.25rem 1rem}
li{padding-block:.85rem;border-block-start:1px solid var(--line)}
li:first-child{border-block-start:0}
.row{display:grid;grid-template-columns:minmax(0,1fr) auto;gap:.25rem 1rem;align-items:center}
.name{font-weight:600;overflow-wrap:anywhere}
.sub{font-size:.8125rem;color:var(--soft);overflow-wrap:anywhere}
.sub .pt{color:var(--ink)}
.end{text-align:end}
.b{display:inline-flex;align-items:center;min-block-size:2.25rem;padding:.25rem .85rem;border:1px solid var(--accent);border-radius:var(--r);background:none;color:var(--accent);font-weight:600;text-decoration:none}
.b.f{background:var(--accent);color:var(--on-accent)}
.b.n{border-color:color-mix(in oklab,var(--ink) 45%,var(--surface));color:var(--ink)}
progress{appearance:none;display:block;inline-size:100%;block-size:.4rem;margin-block-start:.5rem;border:0;border-radius:99px;overflow:hidden;background:var(--line);color:var(--point)}
progress::-webkit-progress-bar{background:var(--line)}
progress::-webkit-progress-value{background:var(--point);border-radius:99px}
progress::-moz-progress-bar{background:var(--point);border-radius:99px}
.ask{display:grid;gap:.6rem;margin-block-start:.6rem;padding:.75rem;border-radius:var(--r);background:var(--tint);overflow-wrap:anywhere}
.ask:focus{outline:none}
.ask:focus-visible{outline:2px solid var(--accent)}
.btns{display:flex;flex-wrap:wrap;gap:.5rem}
.btns p{flex:0 0 100%;order:1}
.code{padding:1rem 1.25rem;display:grid;gap:.6rem;border-block-end:1px solid var(--line)}
output,code{font-family:ui-monospace,"SF Mono","DejaVu Sans Mono",monospace;user-select:all;overflow-wrap:anywhere}
output{font-size:1.375rem;font-weight:650;line-height:1.2;padding:.7rem;text-align:center;border:1px dashed var(--soft);border-radius:var(--r)}
.plus{color:var(--gain);font-weight:600}
.minus{font-weight:600}
.err{color:var(--alert);font-weight:600}
.gone .name{color:var(--soft)}
.name+.btns,.sub+.btns{margin-block-start:.6rem}
.note{display:flex;flex-wrap:wrap;gap:.5rem;align-items:center;justify-content:space-between;padding:.6rem 1.25rem;background:var(--tint);font-size:.8125rem}
.pad{padding:1.25rem;display:grid;gap:.75rem;justify-items:start}
.inline .grid{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,19rem),1fr));column-gap:2.5rem;padding-block-start:0}
.inline .grid li{margin-block-start:-1px;border-block-start:1px solid var(--line)}
@media ${SMALL}{
dialog,dialog.start{inset:auto 0 0;inline-size:100%;max-inline-size:none;max-block-size:88dvb;border-radius:calc(var(--r)*1.5) calc(var(--r)*1.5) 0 0}
.b{min-block-size:2.75rem}
.x{inline-size:2.75rem;block-size:2.75rem}}
@media (pointer:coarse){.b{min-block-size:2.75rem}}
@media (prefers-reduced-motion:no-preference){dialog[open]{animation:up 160ms ease-out}@keyframes up{from{translate:0 .75rem;opacity:0}}}
@media (forced-colors:active){progress{appearance:auto;forced-color-adjust:none}.head{border-block-end:1px solid}.tabs button{border-block-end-color:Canvas}.tabs [aria-selected="true"]{border-block-end-color:Highlight}.pt::before{background:CanvasText}}
@media print{.launch,dialog{display:none}}`;
};

let sheet;

/** What the three elements have in common. */
class Part extends HTMLElement {
  static observedAttributes = ["api", "tenant", "site", "token", "lang", "texts", "theme", "placement", "open", "customer-name", "sign-in-url", "apply-url", "amount", "currency", "for"];
  store;
  root;
  #getToken;
  #texts;

  get getToken() {
    return this.#getToken;
  }
  set getToken(given) {
    this.#getToken = given;
    safe(() => this.isConnected && this.store?.identify())();
  }
  get texts() {
    return this.#texts;
  }
  set texts(given) {
    this.#texts = given;
    this.draw();
  }

  connectedCallback() {
    safe(() => {
      // Properties that the page set before this script was there.
      for (const name of ["getToken", "texts"]) {
        if (Object.hasOwn(this, name)) {
          const value = this[name];
          delete this[name];
          this[name] = value;
        }
      }
      if (!this.root) {
        this.root = this.attachShadow({ mode: "open" });
        this.root.adoptedStyleSheets = [sheet];
        this.root.append(document.createElement("slot"));
      }
      this.#join();
      this.joined?.();
      this.draw();
    })();
  }

  disconnectedCallback() {
    safe(() => {
      this.store?.leave(this);
      this.store = undefined;
      this.left?.();
    })();
  }

  attributeChangedCallback(name, before, now) {
    if (before === now || !this.isConnected || !this.root) return;
    safe(() => {
      if (["api", "tenant", "site"].includes(name)) {
        this.store?.leave(this);
        this.#join();
      }
      if (name === "token") this.store?.identify();
      this.changed?.(name);
      this.draw();
    })();
  }

  #join() {
    const api = (this.getAttribute("api") ?? new URL(import.meta.url).origin).replace(/\/+$/, "");
    const tenant = this.getAttribute("tenant") ?? "";
    const site = this.getAttribute("site") || "main";
    const name = JSON.stringify([api, tenant, site]);
    if (!stores.has(name)) stores.set(name, new Store(api, tenant, site));
    this.store = stores.get(name);
    this.store.want(...this.parts());
    this.store.join(this);
  }

  parts() {
    return [];
  }

  /** Draws what there is; however it goes, the page goes on. */
  draw = safe(() => {
    if (this.isConnected && this.store && this.root) this.paint(this.store.state);
  });

  emit(name, detail, cancelable = false) {
    return this.dispatchEvent(new CustomEvent(`guerdon:${name}`, { detail, bubbles: true, composed: true, cancelable }));
  }

  /** Reads everything anew, with a new token: to be called after a sign-in or sign-out. */
  refresh() {
    return safe(() => this.store?.identify())();
  }

  get language() {
    const named = this.getAttribute("lang") || this.closest("[lang]")?.lang || navigator.language || "en";
    try {
      return named.toLowerCase() === "en" ? "en-GB" : Intl.getCanonicalLocales(named)[0];
    } catch {
      return "en-GB";
    }
  }

  /** The texts of the attribute, if it holds any. */
  #given() {
    const json = this.getAttribute("texts");
    if (this.#parsed?.json !== json) {
      this.#parsed = { json };
      try {
        this.#parsed.texts = JSON.parse(json);
      } catch {
        report("the attribute texts holds no JSON");
      }
    }
    return this.#parsed.texts;
  }
  #parsed;

  /** A text in the language of the page: the shop's own, else ours, else in English. */
  t(key, values = {}) {
    const language = this.language;
    const short = language.split("-")[0];
    const own = this.#texts ?? this.#given();
    let text = own?.[language]?.[key] ?? own?.[short]?.[key] ?? own?.[key] ?? TEXTS[short]?.[key] ?? TEXTS.en[key];
    if (typeof text === "object") text = text[new Intl.PluralRules(language).select(values.n ?? 0)] ?? text.other;
    return String(text ?? "").replace(/\{(\w+)\}/g, (all, name) => {
      const value = name === "n" ? this.number(values.n) : (values[name] ?? all);
      // Dates, codes and foreign names keep their own direction.
      return RIGHT_TO_LEFT.test(language) ? `\u2068${value}\u2069` : value;
    });
  }

  number(n, signDisplay) {
    return new Intl.NumberFormat(this.language, { signDisplay }).format(n);
  }
  points(n) {
    return this.t("points", { n });
  }
  date(time) {
    return new Intl.DateTimeFormat(this.language, { dateStyle: "medium" }).format(time);
  }
  /** The last day before an instant. */
  until(instant) {
    return this.date(new Date(instant).getTime() - 1);
  }
  money(amount, currency) {
    return new Intl.NumberFormat(this.language, { style: "currency", currency }).format(amount);
  }
}

class Rewards extends Part {
  #tab = "rewards";
  /** What a confirmation is asked for: the option's or the entry's id. */
  #ask;
  /** What went wrong, beside what was asked, or above everything. */
  #problem = "";
  #alert = "";
  #busy = false;
  #code;
  #ready = false;
  #said;
  #shell;
  #launcher;
  #dialog;
  #body;
  #stay = false;
  #opened = false;

  parts() {
    return this.#inline || this.#dialog?.open ? ["options", "expiries"] : [];
  }

  get #inline() {
    return this.getAttribute("placement") === "inline";
  }

  joined() {
    addEventListener("hashchange", this.#deep);
    document.addEventListener("focusin", this.#away);
    this.#opened = false;
  }
  left() {
    removeEventListener("hashchange", this.#deep);
    document.removeEventListener("focusin", this.#away);
  }
  changed(name) {
    if (name === "placement") {
      this.root.replaceChildren();
      this.#shell = this.#dialog = this.#body = undefined;
      this.store.want(...this.parts());
    }
    if (name === "open" && this.#shell) {
      if (this.hasAttribute("open")) this.show();
      else this.close();
    }
  }

  /** The panel never hides what has the focus: it closes when the focus goes elsewhere. */
  #away = safe((event) => {
    if (this.#dialog?.open && !this.#dialog.matches(":modal") && !event.composedPath().includes(this)) {
      this.#stay = true;
      this.close();
    }
  });

  #deep = safe(() => {
    if (this.id && location.hash === `#${this.id}`) this.show();
  });

  show() {
    safe(() => {
      if (!this.#dialog) {
        this.scrollIntoView?.({ block: "nearest" });
        return;
      }
      if (this.#dialog.open) return;
      if (matchMedia(SMALL).matches) this.#dialog.showModal();
      else this.#dialog.show();
      this.#dialog.focus();
      this.#launcher.setAttribute("aria-expanded", "true");
      this.store?.want(...this.parts());
      this.draw();
    })();
  }

  close() {
    safe(() => this.#dialog?.close())();
  }

  #closed = safe(() => {
    this.#launcher.setAttribute("aria-expanded", "false");
    if (!this.#stay) this.#launcher.focus();
    this.#stay = false;
  });

  /** Announces to those who do not see. */
  #say(text) {
    this.#said.textContent = "";
    setTimeout(() => (this.#said.textContent = text), 60);
  }

  #frame() {
    this.#said = h("p", { class: "sr", role: "status" });
    this.#body = h("div");
    if (this.#inline) {
      this.#shell = h("div", { class: "w inline", part: "panel", role: "group" }, this.#body, this.#said);
      this.root.replaceChildren(this.#shell);
      return;
    }
    this.#shell = this.#dialog = h("dialog", { class: "w", part: "panel", id: "panel", tabindex: "-1" }, this.#body, this.#said);
    this.#dialog.onclose = this.#closed;
    this.#dialog.onclick = (event) => event.target === this.#dialog && this.close();
    this.#dialog.onkeydown = (event) => {
      if (event.key === "Escape") {
        event.preventDefault();
        this.close();
      }
    };
    this.#launcher = h("button", { class: "launch", part: "launcher", type: "button", "aria-haspopup": "dialog", "aria-expanded": "false", "aria-controls": "panel" });
    this.#launcher.onclick = () => (this.#dialog.open ? this.close() : this.show());
    this.root.replaceChildren(this.#launcher, this.#dialog);
  }

  paint(state) {
    if (!this.#shell) this.#frame();
    const label = this.t("title");
    this.#shell.setAttribute("aria-label", label);
    const loaded = state.points !== undefined || state.signedIn === false;
    if (!this.#inline) {
      const start = this.getAttribute("placement") === "bottom-start";
      for (const element of [this.#launcher, this.#dialog]) element.classList.toggle("start", start);
      patch(this.#launcher, [state.points === undefined ? document.createTextNode(this.t("rewards")) : h("span", { class: "pt" }, this.points(state.points))]);
      this.#launcher.title = label;
    }
    const focused = this.root.activeElement?.dataset.k;
    patch(this.#body, loaded ? this.#content(state) : state.problem ? this.#failed() : this.#loading());
    if (focused && !this.root.activeElement) this.#focus(focused);
    if (loaded && !this.#ready) {
      this.#ready = true;
      this.emit("ready", { points: state.points ?? null, signedIn: state.signedIn });
    }
    if (!this.#opened && !this.#inline) {
      this.#opened = true;
      if (this.hasAttribute("open")) this.show();
      else this.#deep();
    }
  }

  #focus(key) {
    for (const element of this.root.querySelectorAll("[data-k]")) if (element.dataset.k === key) return element.focus();
    return undefined;
  }

  #go(change, focus) {
    change();
    this.draw();
    if (focus) this.#focus(focus);
  }

  #button(key, label, run, more = {}) {
    return h("button", { type: "button", class: "b", part: "button", "data-k": key, onclick: safe(run), ...more }, label);
  }

  #x() {
    return !this.#inline && h("button", { class: "x", type: "button", "data-k": "close", "aria-label": this.t("close"), onclick: () => this.close() }, "×");
  }

  #loading() {
    return [h("div", { class: "head", part: "header" }, h("p", null, this.t("loading")), this.#x())];
  }

  #failed() {
    return [
      h("div", { class: "head", part: "header" }, h("p", null, this.t("title")), this.#x()),
      h("div", { class: "pad", part: "message", role: "alert" }, h("p", null, this.t("failed")), this.#button("retry", this.t("retry"), () => this.store.refresh()), h("slot")),
    ];
  }

  #content(state) {
    const stale = state.problem && h("div", { class: "note", part: "message", role: "status" }, this.t("stale"), this.#button("retry", this.t("retry"), () => this.store.refresh()));
    if (!state.signedIn) return [this.#guest(state), stale, state.options && this.#rewards(state)].filter(Boolean);
    const panes = { rewards: () => this.#rewards(state), coupons: () => this.#coupons(state), history: () => this.#history(state) };
    const pane = h("div", { role: "tabpanel", id: "pane", tabindex: "0", "aria-labelledby": `t-${this.#tab}`, "data-k": `pane-${this.#tab}`, part: this.#tab === "history" ? "history" : null }, panes[this.#tab]());
    const alert = this.#alert && h("p", { class: "note err", part: "message", role: "alert" }, this.#alert);
    return [this.#head(state), stale, alert, this.#code && this.#coupon(), this.#tabs(Object.keys(panes)), pane].filter(Boolean);
  }

  #guest(state) {
    const url = this.getAttribute("sign-in-url");
    const link = url && h("a", { class: "b f", part: "sign-in", href: url }, this.t("signIn"));
    return h("div", { "data-k": "guest" }, h("div", { class: "head", part: "header" }, h("p", null, this.t("title")), this.#x()), h("div", { class: "pad" }, h("p", { part: "message" }, this.t(state.expired ? "expired" : "guest")), h("slot", { name: "sign-in" }, link || "")));
  }

  #head({ points, expiries }) {
    const name = this.getAttribute("customer-name");
    const [next] = expiries ?? [];
    return h(
      "div",
      { class: "head", part: "header" },
      h("p", null, name ? this.t("hello", { name }) : this.t("title")),
      h("p", { class: "bal", part: "balance" }, h("span", { class: "pt" }, this.points(points))),
      next && h("p", { part: "expiry" }, this.t("expires", { points: this.points(next.points), date: this.until(next.validUntil) })),
      this.#x(),
    );
  }

  #tabs(keys) {
    const pick = (key) =>
      this.#go(() => {
        this.#tab = key;
        this.#ask = undefined;
        this.#alert = "";
        if (key === "coupons") this.store.want("coupons");
        if (key === "history") this.store.want("entries");
      }, `tab-${key}`);
    const turn = safe((event) => {
      const back = getComputedStyle(this).direction === "rtl" ? "ArrowRight" : "ArrowLeft";
      const at = keys.indexOf(this.#tab);
      const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: -1 }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      const step = event.key.startsWith("Arrow") ? at + (event.key === back ? -1 : 1) : to;
      pick(keys.at(step % keys.length));
    });
    return h(
      "div",
      { class: "tabs", part: "tabs", role: "tablist", "aria-label": this.t("title"), onkeydown: turn },
      keys.map((key) => {
        const chosen = this.#tab === key;
        return h("button", { type: "button", role: "tab", part: "tab", id: `t-${key}`, "data-k": `tab-${key}`, "aria-selected": String(chosen), "aria-controls": chosen ? "pane" : null, tabindex: chosen ? "0" : "-1", onclick: safe(() => pick(key)) }, this.t(key));
      }),
    );
  }

  /** The option in the language of the page. */
  #named(option) {
    const language = this.language;
    const { name, description } = { ...option, ...(option.names?.[language] ?? option.names?.[language.split("-")[0]]) };
    return { name, description };
  }

  #rewards({ options, points, signedIn }) {
    if (!options) return h("div", { class: "pad" }, this.t("loading"));
    if (!options.length) return h("div", { class: "pad" }, this.t("noOptions"));
    const rated = options.map((option) => {
      const short = signedIn ? (option.missingPoints ?? Math.max(0, option.points - points)) : 0;
      const reason = short > 0 && (option.reason ?? "points") === "points" ? "points" : option.reason;
      return { option, short, reason, can: signedIn && !reason && (option.canRedeem ?? true) };
    });
    // What can be had keeps the shop's order; of the rest the nearest comes first.
    const reach = rated.filter((one) => !one.short);
    const rest = rated.filter((one) => one.short).sort((a, b) => a.short - b.short);
    if (signedIn) reach.sort((a, b) => b.can - a.can);
    return h("ul", { class: "grid", role: "list", "data-k": "options" }, [...reach, ...rest].map((one) => this.#option(one, points)));
  }

  #option({ option, short, reason, can }, points) {
    const { name, description } = this.#named(option);
    const { coupon = {}, couponLifetimeDays: days } = option;
    const minimum = coupon.restrictions?.minOrderValue;
    const facts = [minimum && this.t("minimum", { amount: this.money(minimum.amount, minimum.currency) }), days && this.t("lifetime", { n: days })];
    const asked = this.#ask === option.id;
    const end = can
      ? !asked && this.#button(`redeem-${option.id}`, this.t("redeem"), () => this.#go(() => ((this.#ask = option.id), (this.#problem = this.#alert = "")), `ask-${option.id}`), { "aria-label": this.t("redeemFor", { name }) })
      : reason && h("p", { class: "sub end" }, reason === "points" ? this.t("missing", { n: short }) : this.t(reason in TEXTS.en ? reason : "notYet"));
    return h(
      "li",
      { part: "option", "data-k": `option-${option.id}` },
      h("div", { class: "row" }, h("div", null, h("p", { class: "name" }, h("bdi", null, name)), h("p", { class: "sub" }, h("span", { class: "pt" }, this.points(option.points)), facts.filter(Boolean).map((fact) => [" · ", h("bdi", null, fact)])), description && h("p", { class: "sub" }, h("bdi", null, description))), end),
      short > 0 && h("progress", { part: "progress", max: option.points, value: points, "aria-hidden": "true" }),
      asked && can && this.#confirm(`ask-${option.id}`, this.t("sure", { points: this.points(option.points), name }), ["confirm", "cancel"], () => this.#redeem(option, name), `redeem-${option.id}`),
    );
  }

  #confirm(key, question, [yes, no], run, back) {
    return h(
      "div",
      { class: "ask", role: "group", tabindex: "-1", "aria-label": question, "data-k": key },
      h("p", null, question),
      this.#problem && h("p", { class: "err", role: "alert" }, this.#problem),
      h("div", { class: "btns" }, this.#button("yes", this.t(yes), run, { class: "b f", "aria-disabled": this.#busy ? "true" : null }), this.#button("no", this.t(no), () => this.#busy || this.#go(() => (this.#ask = undefined), back), { class: "b n" })),
    );
  }

  /** Does it once, however often the button is pressed. */
  async #once(run, failed) {
    if (this.#busy) return;
    this.#busy = true;
    this.#problem = this.#alert = "";
    this.draw();
    try {
      await run();
    } catch (error) {
      const { status = 0, message } = error;
      if (!status || status >= 500 || status === 408) this.#problem = this.t("unsure");
      else if (status === 429) this.#problem = this.t("wait");
      else {
        this.#ask = undefined;
        if (status !== 401) this.#alert = this.t(failed());
      }
      if (status !== 401) this.emit("error", { status, message });
      if (this.#alert) this.#focus(`tab-${this.#tab}`);
    }
    this.#busy = false;
    this.draw();
  }

  #redeem(option, name) {
    return this.#once(
      async () => {
        const code = await this.store.redeem(option);
        this.#go(() => ((this.#code = code), (this.#ask = undefined)), "copy");
        this.#body.parentNode.scrollTop = 0;
        this.#say(this.t("redeemed", { code }));
        this.emit("redeemed", { code, option: { id: option.id, name, points: option.points } });
      },
      () => (this.store.state.points < option.points ? "notEnough" : "refused"),
    );
  }

  #apply(code) {
    const taken = !this.emit("apply", { code }, true);
    const url = this.getAttribute("apply-url");
    if (taken) {
      this.#say(this.t("applied"));
      this.close();
    } else if (url) location.assign(url.replace("{code}", encodeURIComponent(code)));
    else this.#copy(code, "paste");
  }

  async #copy(code, text = "copied") {
    try {
      await navigator.clipboard.writeText(code);
    } catch {
      const shown = [...this.root.querySelectorAll("output,code")].find((element) => element.textContent === code);
      if (shown) getSelection().selectAllChildren(shown);
      try {
        document.execCommand("copy");
      } catch {
        return;
      }
    }
    this.#copied = { code, text };
    this.#say(this.t(text));
    this.draw();
    setTimeout(() => {
      this.#copied = undefined;
      this.draw();
    }, 4_000);
  }
  #copied;

  #copyButton(code, key) {
    const text = this.#copied?.code === code && this.#copied.text;
    const label = { class: "b n", "aria-label": text ? null : this.t("copyCode", { code }) };
    return [this.#button(key, this.t(text ? "copied" : "copy"), () => this.#copy(code), label), text === "paste" && h("p", { class: "sub", part: "message" }, this.t(text))];
  }

  #coupon() {
    const code = this.#code;
    return h(
      "div",
      { class: "code", part: "code", "data-k": `code-${code}` },
      h("p", { class: "name" }, this.t("done")),
      h("output", { dir: "ltr" }, code),
      h("div", { class: "btns" }, this.#button("apply", this.t("apply"), () => this.#apply(code), { class: "b f" }), this.#copyButton(code, "copy"), this.#button("finish", this.t("finish"), () => this.#go(() => (this.#code = undefined), `tab-${this.#tab}`), { class: "b n" })),
    );
  }

  #coupons({ coupons }) {
    if (!coupons) return h("div", { class: "pad" }, this.t("loading"));
    if (!coupons.length) return h("div", { class: "pad" }, this.t("noCoupons"));
    return h("ul", { role: "list", "data-k": "coupons" }, coupons.map((coupon) => {
      const { code, name, status, validUntil, points, entryId } = coupon;
      const valid = status === "VALID";
      const facts = [valid ? (validUntil ? this.t("validUntil", { date: this.until(validUntil) }) : this.t("valid")) : this.t(STATUSES[status] ?? "over"), points > 0 && this.points(points)];
      return h(
        "li",
        { part: "coupon", "data-k": `coupon-${code}`, class: valid ? null : "gone" },
        h("p", { class: "name" }, h("bdi", null, name)),
        h("p", { class: "sub" }, h("code", { dir: "ltr" }, code), " · ", facts.filter(Boolean).join(" · ")),
        valid && this.#ask !== entryId && h("div", { class: "btns" }, this.#button(`apply-${code}`, this.t("apply"), () => this.#apply(code), { "aria-label": this.t("applyCode", { code }) }), this.#copyButton(code, `copy-${code}`), coupon.canCancel && this.#button(`cancel-${code}`, this.t("giveBack"), () => this.#go(() => ((this.#ask = entryId), (this.#problem = this.#alert = "")), `ask-${entryId}`), { class: "b n", "aria-label": this.t("giveBackCode", { code }) })),
        this.#ask === entryId && this.#confirm(`ask-${entryId}`, this.t("giveBackSure", { points: this.points(points) }), ["giveBackYes", "giveBackNo"], () => this.#cancel(coupon), `cancel-${code}`),
      );
    }));
  }

  #cancel(coupon) {
    return this.#once(
      async () => {
        const left = await this.store.cancel(coupon);
        if (this.#code === coupon.code) this.#code = undefined;
        this.#go(() => (this.#ask = undefined), "tab-coupons");
        this.#say(this.t("givenBack", { points: this.points(left) }));
      },
      () => "giveBackFailed",
    );
  }

  #history({ entries }) {
    if (!entries) return h("div", { class: "pad" }, this.t("loading"));
    if (!entries.list.length) return h("div", { class: "pad" }, this.t("noHistory"));
    const row = ({ id, kind, description, points, createdAt, couponCode }) =>
      h(
        "li",
        { part: "entry", tabindex: "-1", "data-k": `entry-${id}` },
        h(
          "div",
          { class: "row" },
          h("div", null, h("p", { class: "name" }, h("bdi", null, description || this.t(KINDS[kind] ?? "added"))), h("p", { class: "sub" }, h("time", { datetime: createdAt }, this.date(new Date(createdAt))), couponCode && [" · ", h("code", { dir: "ltr" }, couponCode)])),
          h("p", { class: `end pts ${points > 0 ? "plus" : "minus"}` }, this.number(points, "exceptZero")),
        ),
      );
    const more = () => this.#once(async () => {
      const seen = entries.list.length;
      await this.store.more();
      const next = this.store.state.entries.list[seen];
      if (next) this.#focus(`entry-${next.id}`);
    }, () => "failed");
    return [h("ul", { role: "list", "data-k": "entries" }, entries.list.map(row)), entries.more && h("div", { class: "pad" }, this.#button("more", this.t("more"), more))].filter(Boolean);
  }
}

class Balance extends Part {
  paint({ points }) {
    if (points === undefined) return patch(this.root, [h("slot")]);
    const text = h("span", { class: "pt", part: "balance" }, this.points(points));
    const panel = this.getAttribute("for");
    const open = safe(() => this.getRootNode().getElementById(panel)?.show?.());
    return patch(this.root, [panel ? h("button", { class: "link", part: "button", type: "button", "aria-haspopup": "dialog", onclick: open }, text) : text]);
  }
}

class Earn extends Part {
  #shown;
  #points = 0;

  paint() {
    const amount = this.getAttribute("amount")?.trim();
    const currency = this.getAttribute("currency")?.trim();
    const asked = `${amount} ${currency}`;
    if (this.#shown?.asked !== asked || this.#shown.state !== this.store.state.signedIn) this.#ask(asked, amount, currency);
    patch(this.root, [this.#points > 0 ? h("span", { class: "pt", part: "earn" }, this.t("earn", { n: this.#points })) : h("slot")]);
  }

  #ask(asked, amount, currency) {
    const { signedIn } = this.store.state;
    if (signedIn === undefined) return;
    this.#shown = { asked, state: signedIn };
    const mine = this.#shown;
    const known = /^\d+(\.\d+)?$/.test(amount) && currency ? this.store.earns(amount, currency) : Promise.resolve(0);
    known
      .catch(() => 0)
      .then((points) => {
        if (mine !== this.#shown) return;
        this.#points = points;
        this.draw();
      });
  }
}

// A browser that knows no constructable style sheet keeps what the page has inside the elements: plain links. The same
// goes for a second copy of this file.
safe(() => {
  if (!("adoptedStyleSheets" in document) || customElements.get("guerdon-rewards")) return;
  sheet = new CSSStyleSheet();
  sheet.replaceSync(styles());
  customElements.define("guerdon-balance", Balance);
  customElements.define("guerdon-earn", Earn);
  customElements.define("guerdon-rewards", Rewards);
})();
