// Enhancement only: every page works without this file.
const $ = (selector, root = document) => root.querySelector(selector);
const root = document.documentElement;
const language = root.lang === "en" ? "en-GB" : root.lang;
const YEAR_SECS = 31536000;

/* ------------------------------------------------------------------ theme */
// The server renders the theme from the cookie; here it only changes without a page load.
$("[data-theme-switch]")?.addEventListener("submit", (event) => {
  event.preventDefault();
  const chosen = root.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
  root.dataset.theme = chosen === "dark" ? "light" : "dark";
  $("meta[name=color-scheme]").content = root.dataset.theme;
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `guerdon-theme=${root.dataset.theme}; Path=/; Max-Age=${YEAR_SECS}; SameSite=Lax${secure}`;
});

/* ------------------------------------------------------------------- keys */
const search = $("#q");
const results = $("#search-results");
const typing = (element) => element.closest("input, textarea, select, [contenteditable]");
let prefixAt = 0;

addEventListener("keydown", (event) => {
  if (event.key === "k" && (event.ctrlKey || event.metaKey) && search) {
    event.preventDefault();
    search.focus();
    search.select();
    return;
  }
  if (!document.body.hasAttribute("data-keys") || event.ctrlKey || event.metaKey || event.altKey) return;
  if (typing(event.target) || $("dialog[open]")) return;
  if (event.key === "/" && search) {
    event.preventDefault();
    search.focus();
    search.select();
  } else if (event.key === "?") {
    $("#shortcuts")?.togglePopover();
  } else if (event.key === "g") {
    prefixAt = Date.now();
  } else if (Date.now() - prefixAt < 1200 && /^[a-z]$/.test(event.key)) {
    prefixAt = 0;
    $(`[data-go="${event.key}"]`)?.click();
  }
});

/* ----------------------------------------------------------------- search */
results?.parentElement.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    results.replaceChildren();
    search.focus();
  }
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  const stops = [search, ...results.querySelectorAll("a")];
  const next = stops[stops.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1)];
  if (next) {
    event.preventDefault();
    next.focus();
  }
});
addEventListener("click", (event) => {
  if (!event.target.closest(".global-search")) results?.replaceChildren();
});
// Whoever tabs on is not held up by what the field offered, nor covered by it.
results?.parentElement.addEventListener("focusout", (event) => {
  if (event.relatedTarget && !event.currentTarget.contains(event.relatedTarget)) results.replaceChildren();
});

/* ----------------------------------------------------------------- toasts */
const TOAST_MS = 5000;
const TOAST_WITH_ACTION_MS = 10000;
const watched = new WeakSet();
function watchToasts() {
  for (const toast of document.querySelectorAll("#toasts > .toast")) {
    if (watched.has(toast)) continue;
    watched.add(toast);
    const remove = () => {
      // Whoever points at it or stands on its button is still reading.
      if (toast.matches(":hover, :focus-within")) setTimeout(remove, 1000);
      else toast.remove();
    };
    setTimeout(remove, toast.querySelector("button") ? TOAST_WITH_ACTION_MS : TOAST_MS);
  }
}
watchToasts();
new MutationObserver(watchToasts).observe($("#toasts") ?? document.body, { childList: true });

/* ------------------------------------------------------------------ forms */
// A second click on the button sends nothing.
addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (form.ariaBusy === "true") {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  form.ariaBusy = "true";
}, true);
const free = (scope) => scope.querySelectorAll?.("form[aria-busy]").forEach((form) => { form.ariaBusy = null; });
addEventListener("pageshow", () => free(document));

// Unsaved changes: the save bar takes the place of the search, and leaving warns.
const dirty = () => $("form[data-dirty]");
function changed(is) {
  const bar = $("#savebar");
  if (bar) bar.hidden = !is;
  root.toggleAttribute("data-unsaved", is);
}
addEventListener("input", (event) => { if (event.target.form === dirty() && dirty()) changed(true); });
addEventListener("reset", (event) => { if (event.target === dirty()) { changed(false); setTimeout(refresh); } });
addEventListener("submit", (event) => { if (event.target === dirty()) changed(false); });
addEventListener("beforeunload", (event) => { if (root.hasAttribute("data-unsaved")) event.preventDefault(); });

// Copy buttons say when they did it.
addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  await navigator.clipboard.writeText(button.dataset.copy);
  const label = $("[data-label]", button) ?? button;
  const before = label.textContent;
  label.textContent = document.body.dataset.copied;
  setTimeout(() => { label.textContent = before; }, 2000);
});

// Printing needs the script, so the button shows only with it.
addEventListener("click", (event) => { if (event.target.closest("[data-print]")) print(); });

/* ---------------------------------------------------------------- dialogs */
const dialog = $("#dialog");
dialog?.addEventListener("close", () => dialog.replaceChildren());
addEventListener("click", (event) => {
  if (event.target.closest("[data-close]") && dialog?.open) {
    event.preventDefault();
    dialog.close();
  }
});

/* ------------------------------------------------------- htmx, and nothing else of it elsewhere */
const body = document.body;
body.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target === results && !results.parentElement.contains(document.activeElement)) event.detail.shouldSwap = false;
  // An error that the server put into words is shown; the page stays as it is.
  if (event.detail.xhr.status >= 400 && event.detail.xhr.getResponseHeader("HX-Retarget")) event.detail.shouldSwap = true;
});
body.addEventListener("htmx:afterSwap", (event) => {
  const target = event.detail.target;
  if (target === dialog) dialog.showModal();
  else if (target.id === "main" || target.id === "problems") {
    // What a toast offered is done.
    $("#toasts > .toast:has(:focus)")?.remove();
    const problem = $("[data-autofocus]");
    if (problem) problem.focus();
    else if (target.id === "main") {
      // Unless the control that was used is still there, the new content is where reading goes on.
      const kept = document.activeElement !== body && target.contains(document.activeElement);
      if (document.activeElement === body) target.focus({ preventScroll: true });
      if (!kept) scrollTo({ top: 0 });
    }
  } else if (target.hasAttribute("data-polls")) {
    // It comes by itself, so it takes nobody's focus; and the server answers again.
    $("#problems")?.replaceChildren();
  } else follow(target.id, event.detail.requestConfig?.elt);
  refresh();
});
// The link that was followed is gone with the list it stood in: its successor takes the focus, or the list.
function follow(id, link) {
  const list = id && document.getElementById(id);
  if (!list || document.activeElement !== body) return;
  const successor = link?.closest(".tabs") && $(".tabs [aria-current]", list);
  if (!successor) list.tabIndex = -1;
  (successor || list).focus({ preventScroll: true });
  if (list.getBoundingClientRect().top < 0) list.scrollIntoView();
}
body.addEventListener("htmx:afterRequest", (event) => {
  free(document);
  if (event.detail.successful) $("#problems > [data-unreachable]")?.remove();
});
for (const name of ["htmx:sendError", "htmx:timeout"]) body.addEventListener(name, unreachable);
body.addEventListener("htmx:responseError", (event) => {
  if (!event.detail.xhr.getResponseHeader("HX-Retarget")) unreachable();
});
body.addEventListener("htmx:beforeRequest", (event) => {
  if (event.detail.target?.id === "main") $("#problems")?.replaceChildren();
});
function unreachable() {
  let problems = $("#problems");
  if (!problems) {
    // A new content of the page has no place for them; the page itself stays.
    problems = document.createElement("div");
    problems.id = "problems";
    $("#main").prepend(problems);
  }
  problems.replaceChildren($("#unreachable").content.cloneNode(true));
  problems.scrollIntoView({ block: "center" });
}

/* ------------------------------------------------- rows that are dragged to another place */
let drag = null;
const rowsOf = (list) => [...list.children];
addEventListener("pointerdown", (event) => {
  const grip = event.button === 0 && event.target.closest("[data-grip]");
  const row = grip?.closest("tr");
  if (!row) return;
  event.preventDefault();
  grip.setPointerCapture(event.pointerId);
  drag = { row, grip, before: rowsOf(row.parentElement) };
  row.setAttribute("data-dragged", "");
});
addEventListener("pointermove", (event) => {
  if (!drag) return;
  const { row } = drag;
  // The pointer is captured, so the row under it is found by its place.
  const over = rowsOf(row.parentElement).find((other) => {
    const { top, bottom } = other.getBoundingClientRect();
    return event.clientY >= top && event.clientY < bottom;
  });
  if (!over || over === row) return;
  const { top, height } = over.getBoundingClientRect();
  const behind = event.clientY > top + height / 2;
  // Not before the middle: rows of different heights would change places to and fro.
  const below = row.compareDocumentPosition(over) & Node.DOCUMENT_POSITION_FOLLOWING;
  if (below && behind) over.after(row);
  else if (!below && !behind) over.before(row);
});
function drop(keep) {
  if (!drag) return;
  const { row, grip, before } = drag;
  drag = null;
  row.removeAttribute("data-dragged");
  const place = rowsOf(row.parentElement).indexOf(row);
  if (!keep) row.parentElement.replaceChildren(...before);
  else if (before.indexOf(row) !== place) {
    const { value: csrf } = row.querySelector("[name=csrf]");
    htmx.ajax("POST", grip.dataset.grip, { source: grip, target: "#main", values: { csrf, place: place + 1 } });
  }
}
addEventListener("pointerup", () => drop(true));
addEventListener("pointercancel", () => drop(false));
addEventListener("keydown", (event) => { if (event.key === "Escape") drop(false); });

/* --------------------------------------------------------- live figures */
const number = new Intl.NumberFormat(language);
const plural = new Intl.PluralRules(language);
const parsed = (text) => Number.parseInt(text.replace(/\D/g, ""), 10) || 0;

/** Adjusting points: the balance that follows, and a button that says what it does. */
function refreshAdjust(form) {
  const points = parsed(form.points.value);
  const adds = form.direction.value !== "remove";
  // Where the preview says why it cannot be done, there is no balance afterwards.
  const after = $("[data-after]", form);
  if (after) after.textContent = number.format(Number(form.dataset.balance) + (adds ? points : -points));
  // The words are the page's: without a number, and for one or more points as the language tells them apart.
  const act = adds ? "add" : "remove";
  const many = plural.select(points) === "one" ? "One" : "Other";
  const told = form.dataset[points === 0 ? act : act + many];
  const asks = form.dataset.limit !== undefined && points > Number(form.dataset.limit);
  $("[data-submit]", form).textContent = asks ? form.dataset.ask : told.replace("{n}", number.format(points));
}
/** Choosing a reason fills in what it brings, over what the reason before it brought or nobody typed. */
addEventListener("change", (event) => {
  const select = event.target.closest("select[data-reasons]");
  if (!select) return;
  const { form } = select;
  const before = select.querySelector("option[data-before]") ?? select.querySelector("option[selected]");
  const now = select.selectedOptions[0];
  before?.removeAttribute("data-before");
  now.dataset.before = "";
  for (const [field, brings] of [[form.points, "points"], [form.valid_until, "until"], [form.note, "note"]]) {
    if (field.value === "" || field.value === before?.dataset[brings]) field.value = now.dataset[brings];
  }
  if (now.dataset.direction !== "both") form.direction.value = now.dataset.direction;
  form.points.dispatchEvent(new Event("input", { bubbles: true }));
});
function refresh() {
  if ($("form[data-dirty][data-changed]")) changed(true);
  for (const form of document.querySelectorAll("[data-adjust]")) refreshAdjust(form);
  for (const hidden of document.querySelectorAll("[data-print], [data-grip]")) hidden.hidden = false;
  for (const button of document.querySelectorAll("[data-copy]")) button.hidden = !navigator.clipboard;
}
addEventListener("input", (event) => {
  if (event.target.form?.matches("[data-adjust]")) refreshAdjust(event.target.form);
});

refresh();
$("[data-autofocus]")?.focus();
