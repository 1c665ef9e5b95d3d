// Comfort only: every page of the ERP import works without this file.
// What a page marks:
//   data-submit="id"    a change of this input presses the button with that id
//   data-tick           a tick of a row; in a form with data-ticks it is saved at once
//   data-tick-all       ticks every data-tick of the same table
//   data-live           a part with an id that is taken anew from the answer to a tick
//   data-say            a text that is read out when it has changed
//   data-dialog         a link whose page opens as a dialog
//   data-panel          a link whose page opens in the side panel
//   data-decide         a form of a row; in the side panel its answer is shown there, and the list taken anew
//   data-next           what the eye goes to after a decision
//   data-close          closes the dialog or panel it is in
//   data-filter         narrows the items of the picker it is in
//   data-find           an input that htmx searches by while one types; Enter sends nothing
//   data-search         the input that "/" goes to
//   data-events         a part that asks for itself again and again: here the server says when it is worth it
//   data-once           a form that is sent once however often it is pressed
"use strict";

(() => {
  const page = document.querySelector(".erp");
  if (!page) return;
  const find = (name) => document.getElementById(name);
  const live = find("erp-say");
  const dialog = find("erp-dialog");
  const keys = find("erp-keys");

  const say = (text) => { if (live && text) live.textContent = text; };

  const typing = (target) => target.matches("textarea, select, [contenteditable], input:not([type=checkbox], [type=radio])");

  async function fetchPage(address, options = {}) {
    const answer = await fetch(address, { ...options, headers: { "X-Requested-With": "fetch" }, credentials: "same-origin" });
    if (!answer.ok) throw new Error(String(answer.status));
    const html = await answer.text();
    return { address: answer.url, page: new DOMParser().parseFromString(html, "text/html") };
  }

  function adopt(target, ...nodes) {
    target.replaceChildren(...nodes.map((node) => document.importNode(node, true)));
    if (window.htmx) window.htmx.process(target);
  }

  // ---- the room the host's page leaves us

  function measure() {
    const around = page.parentElement;
    const style = getComputedStyle(around);
    const set = (name, value) => page.style.setProperty(name, `${Math.max(0, Math.round(value))}px`);
    set("--erp-above", page.getBoundingClientRect().top + window.scrollY);
    set("--erp-below", parseFloat(style.paddingBlockEnd) || 0);
    set("--erp-gutter", Math.min(parseFloat(style.paddingInlineStart) || 0, parseFloat(style.paddingInlineEnd) || 0));
  }

  // ---- ticks: ranges, and saving in the background

  let lastTick = null;
  let pending = new Map();
  let pendingForm = null;
  let timer = null;
  let saving = Promise.resolve(true);
  let underWay = 0;
  let made = 0;

  const unsaved = () => pending.size > 0 || underWay > 0;

  const ticksOf = (box) => [...box.closest("table, .erp-diff").querySelectorAll("[data-tick]:not(:disabled)")];

  function range(box) {
    const all = ticksOf(box);
    const [from, to] = [all.indexOf(lastTick), all.indexOf(box)].sort((a, b) => a - b);
    return from < 0 ? [box] : all.slice(from, to + 1);
  }

  function setTicks(boxes, ticked) {
    const form = boxes[0].form;
    if (form !== pendingForm) saveTicks();
    for (const box of boxes) {
      box.checked = ticked;
      pending.set(box, ticked);
    }
    showPageTick(boxes[0]);
    if (!form.matches("[data-ticks]")) {
      pending.clear();
      return;
    }
    pendingForm = form;
    made += 1;
    clearTimeout(timer);
    timer = setTimeout(saveTicks, 120);
  }

  function showPageTick(box) {
    const all = box && box.closest("table") && box.closest("table").querySelector("[data-tick-all]");
    if (!all) return;
    const boxes = ticksOf(box);
    const count = boxes.filter((one) => one.checked).length;
    all.checked = count > 0 && count === boxes.length;
    all.indeterminate = count > 0 && count < boxes.length;
  }

  // Gives a promise of whether all ticks made until now are saved.
  function saveTicks() {
    clearTimeout(timer);
    const [batch, form, before] = [pending, pendingForm, underWay ? saving : Promise.resolve(true)];
    if (!batch.size) return saving;
    pending = new Map();
    underWay += 1;
    saving = before.then(async (saved) => await postTicks(batch, form) && saved).finally(() => { underWay -= 1; });
    return saving;
  }

  // The form is the one of when the ticks were made: the boxes may be gone from the page meanwhile.
  async function postTicks(batch, form) {
    const [first] = batch.keys();
    const body = new URLSearchParams({ csrf_token: form.elements.csrf_token.value, do: "tick" });
    for (const [box, ticked] of batch) {
      body.append("shown", box.value);
      if (ticked) body.append("tick", box.value);
    }
    // Rows of results are numbered within their search, which may have been replaced meanwhile.
    const search = first.closest("#erp-results")?.querySelector("[name=search]");
    if (search) body.append("search", search.value);
    try {
      const answer = await fetchPage(form.action, { method: "POST", body, keepalive: true });
      renew(answer.page);
      if (form.closest("#erp-panel")) renew((await fetchPage(list)).page);
      return true;
    } catch (error) {
      if (error.message === "409") {  // refused: the page read anew says why, and shows what there is now
        location.reload();
        return false;
      }
      for (const [box, ticked] of batch) box.checked = !ticked;
      showPageTick(first);
      say(live.dataset.lost);
      find("erp-lost").hidden = false;
      return false;
    }
  }

  // What leads on, or reads the page anew, waits for the ticks that were made before it.
  page.addEventListener("click", (event) => {
    const leads = event.target.closest("a[href], button:not([type=button])");
    if (!leads || !unsaved()) return;
    event.preventDefault();
    event.stopPropagation();
    saveTicks().then((saved) => {
      const same = leads.isConnected ? leads : page.querySelector(`button[name="do"][value="${CSS.escape(leads.value)}"]`);
      if (saved && same) same.click();
    });
  }, true);
  document.addEventListener("htmx:confirm", (event) => {
    if (!unsaved()) return;
    event.preventDefault();
    saveTicks().then(() => event.detail.issueRequest());
  });
  window.addEventListener("pagehide", saveTicks);

  // Take over what has changed elsewhere on the page: counts, and ticks that follow from others.
  function renew(from) {
    if (pending.size) return;
    for (const box of document.querySelectorAll("[data-tick][id]")) {
      const fresh = from.getElementById(box.id);
      if (fresh) {
        box.checked = fresh.hasAttribute("checked");
        if (box.closest("tr")) box.closest("tr").className = fresh.closest("tr").className;
      }
    }
    for (const part of document.querySelectorAll("[data-live]")) {
      const fresh = from.getElementById(part.id);
      if (fresh && fresh.innerHTML !== part.innerHTML) {
        part.className = fresh.className;
        adopt(part, ...fresh.childNodes);
      }
    }
    sayChanges();
  }

  let said = "";
  function sayChanges() {
    const text = [...document.querySelectorAll("[data-say]")].map((part) => part.textContent.trim()).join(" ");
    if (said && text !== said) say(text);
    said = text;
  }

  function ticked(event, box) {
    const boxes = event.shiftKey && lastTick ? range(box) : [box];
    setTicks(boxes, box.checked);
    lastTick = box;
  }

  // ---- dialogs

  let opener = null;

  async function openDialog(link) {
    let answer;
    try {
      answer = await fetchPage(link.href);
    } catch {
      location.assign(link.href);
      return;
    }
    const body = answer.page.querySelector("[data-dialog-body]");
    if (!body) {
      location.assign(answer.address);
      return;
    }
    find("erp-dialog-title").textContent = answer.page.querySelector("h1").textContent;
    adopt(find("erp-dialog-body"), body);
    show(dialog, link);
  }

  function show(which, from) {
    if (dialog.open || keys.open) return;
    opener = from;
    which.showModal();
    const first = which.querySelector("[autofocus], select, input:not([type=hidden])");
    if (first) first.focus();
  }

  function closed() {
    if (opener && opener.isConnected) opener.focus();
    opener = null;
  }

  // ---- side panel

  let list = location.href;
  let row = null;

  const panelFits = (panel) => panel && panel.parentElement.clientWidth >= 800;

  async function openPanel(link) {
    const panel = find("erp-panel");
    let answer;
    try {
      answer = await fetchPage(link.href);
    } catch {
      location.assign(link.href);
      return;
    }
    const body = answer.page.querySelector("[data-panel-body]");
    if (!body) {
      location.assign(answer.address);
      return;
    }
    if (panel.hidden) list = location.href;
    find("erp-panel-title").textContent = answer.page.querySelector("h1").textContent;
    adopt(find("erp-panel-body"), body);
    find("erp-panel-body").scrollTop = 0;
    panel.hidden = false;
    markRow(document.querySelector(`[data-panel][id="${CSS.escape(link.dataset.row || link.id)}"]`) || link);
    history.replaceState(history.state, "", answer.address);
    panel.focus();
  }

  function markRow(link) {
    for (const old of document.querySelectorAll("tr[aria-current]")) old.removeAttribute("aria-current");
    row = link;
    const line = link.closest("tr");
    if (line) line.setAttribute("aria-current", "true");
  }

  function closePanel() {
    const panel = find("erp-panel");
    if (!panel || panel.hidden) return false;
    panel.hidden = true;
    history.replaceState(history.state, "", list);
    for (const old of document.querySelectorAll("tr[aria-current]")) old.removeAttribute("aria-current");
    if (row && row.isConnected) row.focus();
    return true;
  }

  // A decision changes other rows as well, so the list is taken anew.
  async function decide(form, button) {
    const body = new URLSearchParams(new FormData(form, button));
    const shown = find("erp-panel-body");
    shown.inert = true;
    try {
      const answer = await fetchPage(form.action, { method: "POST", body });
      adopt(shown, answer.page.querySelector("[data-panel-body]"));
      const fresh = (await fetchPage(list)).page;
      for (const id of ["erp-counts", "erp-amount", "erp-plan"]) {
        if (find(id) && fresh.getElementById(id)) adopt(find(id), ...fresh.getElementById(id).childNodes);
      }
    } catch {
      location.reload();  // refused, or not reached: the page says what there is now
      return;
    }
    shown.inert = false;
    row = row && find(row.id);
    if (row) markRow(row);
    sayChanges();
    (find("erp-panel").querySelector("[data-next]") || find("erp-panel")).focus();
  }

  // ---- pickers

  function filterPicker(input) {
    const wanted = input.value.trim().toLocaleLowerCase();
    for (const item of input.closest(".erp-picker__box").querySelectorAll(".erp-tick")) {
      item.hidden = wanted !== "" && !item.textContent.toLocaleLowerCase().includes(wanted);
    }
  }

  function closePickers(except) {
    for (const picker of page.querySelectorAll("details.erp-picker[open]")) {
      if (picker !== except) picker.open = false;
    }
  }

  function showPicked(picker) {
    const shown = picker.querySelector("summary > span");
    const names = [...picker.querySelectorAll("input:checked")].map((box) => box.closest(".erp-tick").textContent.trim());
    shown.textContent = names.join(", ") || shown.dataset.none;
  }

  // ---- what the user does

  page.addEventListener("click", (event) => {
    const target = event.target;
    const plain = !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) && event.button === 0;
    const picker = target.closest("details.erp-picker");
    closePickers(picker);
    if (target.matches("[data-tick]")) {
      ticked(event, target);
      return;
    }
    const close = target.closest("[data-close]");
    if (close && target.closest("dialog")) {
      event.preventDefault();
      target.closest("dialog").close();
      return;
    }
    if (close && target.closest("#erp-panel")) {
      event.preventDefault();
      closePanel();
      return;
    }
    const opens = target.closest("[data-dialog]");
    if (opens && plain) {
      event.preventDefault();
      openDialog(opens);
      return;
    }
    if (target.closest("[data-keys]")) show(keys, target.closest("[data-keys]"));
    const link = target.closest("[data-panel]") || rowLink(target);
    if (link && plain && panelFits(find("erp-panel"))) {
      event.preventDefault();
      openPanel(link);
    } else if (link && plain && !target.closest("a")) {
      location.assign(link.href);
    }
  });

  function rowLink(target) {
    if (target.closest("a, button, input, label, select, summary") || String(getSelection())) return null;
    const line = target.closest("tbody tr");
    return line && line.querySelector("[data-panel]");
  }

  page.addEventListener("change", (event) => {
    const target = event.target;
    if (target.matches("[data-tick-all]")) {
      const boxes = [...target.closest("table").querySelectorAll("[data-tick]:not(:disabled)")];
      const wrong = boxes.filter((box) => box.checked !== target.checked);
      if (wrong.length) setTicks(wrong, target.checked);
    }
    if (target.closest(".erp-picker")) showPicked(target.closest(".erp-picker"));
    const button = target.dataset.submit && find(target.dataset.submit);
    if (button) button.click();
  });

  page.addEventListener("input", (event) => {
    if (event.target.matches("[data-filter]")) filterPicker(event.target);
  });

  page.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.matches("#erp-panel [data-decide]")) {
      event.preventDefault();
      decide(form, event.submitter);
      return;
    }
    if (!form.matches("[data-once]")) return;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  });

  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    for (const form of page.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  });

  function moveTick(box, step) {
    const boxes = ticksOf(box);
    const next = boxes[boxes.indexOf(box) + step];
    if (next) next.focus();
    return next;
  }

  document.addEventListener("keydown", (event) => {
    const target = event.target instanceof Element ? event.target : document.body;
    const bare = !(event.ctrlKey || event.metaKey || event.altKey);
    if (target.matches("[data-tick]") && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      moveTick(target, event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Escape" && !dialog.open && !keys.open) {
      const picker = target.closest("details.erp-picker[open]");
      if (picker) {
        picker.open = false;
        picker.querySelector("summary").focus();
      } else {
        closePanel();
      }
    } else if (event.key === "Enter" && target.matches("[data-filter], [data-find]")) {
      event.preventDefault();
    } else if (event.key === "Enter" && target.matches("[data-tick]")) {
      const line = target.closest("tr");
      const link = line && line.querySelector("[data-panel]");
      if (link) {
        event.preventDefault();
        link.click();
      }
    } else if (bare && event.key === "/" && !typing(target) && page.querySelector("[data-search]")) {
      event.preventDefault();
      page.querySelector("[data-search]").focus();
    } else if (bare && event.key === "?" && !typing(target)) {
      event.preventDefault();
      show(keys, target);
    }
  });

  for (const one of [dialog, keys]) one.addEventListener("close", closed);

  // ---- progress: as long as the server tells of every change, nothing is asked for in between

  let events = null;
  let changed = true;

  function listen() {
    const part = document.hidden ? null : page.querySelector("[data-events]");
    if (events && (!part || !events.url.endsWith(part.dataset.events))) {
      events.close();
      events = null;
    }
    if (!part || events || !window.EventSource) return;
    events = new EventSource(part.dataset.events);
    events.addEventListener("message", () => { changed = true; });
  }

  document.addEventListener("htmx:beforeRequest", (event) => {
    const told = events && events.readyState === EventSource.OPEN;
    if (!event.detail.elt.matches("[data-events]")) return;
    if (told && !changed) event.preventDefault();
    changed = false;
  });
  document.addEventListener("htmx:afterSettle", listen);
  document.addEventListener("visibilitychange", listen);
  listen();

  // ---- htmx: keep what the eye is on

  let left = 0;
  const asked = new WeakMap();
  document.addEventListener("htmx:beforeSend", (event) => { asked.set(event.detail.xhr, made); });
  document.addEventListener("htmx:beforeSwap", (event) => {
    // What was asked for before a tick was made does not know of it.
    if (asked.get(event.detail.xhr) !== made && event.detail.target.id === "erp-results") event.detail.shouldSwap = false;
    const frame = page.querySelector(".erp-scroll");
    left = frame ? frame.scrollLeft : 0;
  });
  document.addEventListener("htmx:afterSettle", () => {
    const frame = page.querySelector(".erp-scroll");
    if (frame) frame.scrollLeft = left;
    lastTick = null;
    const box = page.querySelector("[data-tick]");
    if (box) showPageTick(box);
    sayChanges();
  });

  measure();
  window.addEventListener("resize", measure);
  const box = page.querySelector("[data-tick]");
  if (box) showPageTick(box);
  sayChanges();
})();
