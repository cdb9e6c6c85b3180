// The list that follows what happens: events from the server, waiting times, counts, notifications. Shared with the other scripts as `desk`.
window.desk = (() => {
  const root = document.getElementById("desk");
  const said = document.getElementById("said");
  const words = document.getElementById("words").dataset;
  const rows = document.getElementById("rows");
  const model = document.getElementById("row").content.firstElementChild;
  const { view, me } = root.dataset;
  const teams = root.dataset.teams.split(" ").filter(Boolean);
  const listeners = [];
  const bare = document.title.replace(/^\(\d+\) /, "");
  let waiting = Number(document.querySelector('[data-count="waiting"]')?.textContent || 0);

  // ---- times ----
  const moment = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
  const clock = new Intl.DateTimeFormat(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
  const day = new Intl.DateTimeFormat(document.documentElement.lang, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });

  // By the server's clock: where that of this machine is wrong, nobody would wait, or could take anything back.
  const came = performance.timeOrigin + (performance.getEntriesByType("navigation")[0]?.responseStart || 0);
  const wrong = new Date(root.dataset.since) - came;
  const now = () => Date.now() + (Math.abs(wrong) > 2000 ? wrong : 0);

  function span(milliseconds) {
    const minutes = Math.max(0, Math.floor(milliseconds / 60000));
    if (minutes < 1) return words.now;
    if (minutes < 60) return words.minutes.replace("{n}", minutes);
    const hours = Math.floor(minutes / 60);
    if (hours < 48) return words.hours.replace("{n}", hours) + (hours < 6 && minutes % 60 ? " " + words.minutes.replace("{n}", minutes % 60) : "");
    return words.days.replace("{n}", Math.floor(hours / 24));
  }

  function showTimes(within = document) {
    const present = now();
    for (const each of within.querySelectorAll("[data-as]")) {
      const at = new Date(each.dataset.moment || each.dateTime || "");
      if (Number.isNaN(at.getTime())) { each.textContent = each.dataset.as === "wait" ? "" : each.textContent; continue; }
      const text = {
        wait: () => span(present - at), left: () => words.left.replace("{time}", span(at - present)),
        moment: () => moment.format(at), at: () => (present - at > 20 * 3600000 ? day : clock).format(at),
      }[each.dataset.as]();
      if (each.textContent !== text) each.textContent = text;
      if (each.dataset.as !== "wait") { each.title = moment.format(at); continue; }
      each.classList.toggle("late", present - at > 5 * 60000 && present - at <= 20 * 60000);
      each.classList.toggle("very-late", present - at > 20 * 60000);
    }
  }

  // ---- the list ----
  const keyOf = (row) => row.page + "/" + row.customer;
  const itemOf = (key) => [...rows.children].find((each) => each.dataset.page + "/" + each.dataset.customer === key);

  function belongs(row) {
    if (row.blocked && ["waiting", "mine", "team", "taken"].includes(view)) return false;
    switch (view) {
      case "waiting": return row.by === "waiting";
      case "mine": return row.by === "staff" && row.staff === me;
      case "team": return row.by !== "bot" && (row.staff === me || teams.includes(row.team));
      case "taken": return row.by === "staff";
      case "resolved": return row.resolved && row.by === "bot";
      case "all": return true;
      default: return Boolean(itemOf(keyOf(row)));
    }
  }

  function fill(item, row) {
    Object.assign(item.dataset, { page: row.page, customer: row.customer, by: row.by, staff: row.staff, team: row.team, since: row.since, at: row.at });
    const link = item.querySelector("a");
    const path = `/desk/c/${encodeURIComponent(row.page)}/${encodeURIComponent(row.customer)}`;
    link.href = `${path}?view=${view}`;
    const put = (selector, text) => { const at = item.querySelector(selector); if (at.textContent !== text) at.textContent = text; };
    put(".name", row.name || words.customer.replace("%", row.customer.slice(-4)));
    put(".said", row.said);
    put(".who", row.who);
    put(".team", row.team);
    put(".page", root.dataset.several ? row.page_name : "");
    item.querySelector(".wait").dataset.moment = row.since;
    const badge = item.querySelector("[data-by-badge]");
    badge.textContent = byWords[row.by];
    badge.className = "badge " + ({ waiting: "warn", staff: "accent" }[row.by] || "");
    if (root.dataset.open === path) { link.setAttribute("aria-current", "true"); item.removeAttribute("data-new"); }
  }

  const byWords = JSON.parse(document.getElementById("by-words").dataset.words);
  const latestFirst = view === "all" || view === "resolved";
  // As the server sorts: who waits first, the longest first; in the lists of everything the latest first.
  const order = (item) => latestFirst ? [0, item.dataset.at] : [item.dataset.since ? 0 : 1, item.dataset.since || item.dataset.at];
  function before(a, b) {
    const [x, y] = [order(a), order(b)];
    if (x[0] !== y[0]) return x[0] < y[0];
    return latestFirst ? x[1] > y[1] : x[1] < y[1];
  }

  function place(row) {
    let item = itemOf(keyOf(row));
    if (!belongs(row)) { item?.remove(); return; }
    const isNew = !item || item.dataset.at !== row.at;
    if (!item) item = model.cloneNode(true);
    if (isNew) item.setAttribute("data-new", "");
    fill(item, row);
    const following = [...rows.children].find((each) => each !== item && before(item, each)) || null;
    if (item.nextElementSibling !== following || !item.isConnected) {
      const hadFocus = item.contains(document.activeElement);
      rows.insertBefore(item, following);
      if (hadFocus) item.querySelector("a").focus();
    }
    while (rows.children.length > 200) rows.lastElementChild.remove();
  }

  function tellRows(list) {
    for (const row of list) place(row);
    document.getElementById("empty").hidden = rows.children.length > 0;
    showTimes(rows);
    for (const listener of listeners) listener(list);
  }

  // ---- counts, title, notification ----
  function tellCounts(counts) {
    for (const [name, count] of Object.entries(counts)) {
      const at = document.querySelector(`[data-count="${name}"]`);
      if (!at) continue;
      at.textContent = count || "";
      at.classList.toggle("hot", name === "waiting" && count > 0);
    }
    if (counts.waiting > waiting) callAttention();
    waiting = counts.waiting;
    document.title = (waiting ? `(${waiting}) ` : "") + bare;
  }

  const chosen = (name) => localStorage.getItem("desk-" + name) === "on";
  function callAttention() {
    const name = rows.querySelector('[data-by="waiting"] .name')?.textContent || "";
    said.textContent = words.newWaiting.replace("{name}", name);
    if (chosen("sound")) ring();
    if (chosen("notify") && document.hidden && Notification.permission === "granted") {
      // Chrome on Android knows the word and refuses it: only a worker may there.
      try { new Notification("Frontdesk", { body: words.newWaiting.replace("{name}", ""), tag: "waiting" }); } catch { /* no note, then */ }
    }
  }
  function ring() {
    const audio = new AudioContext();
    const tone = audio.createOscillator(), volume = audio.createGain();
    tone.frequency.value = 740;
    volume.gain.setValueAtTime(0.15, audio.currentTime);
    volume.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + 0.6);
    tone.connect(volume).connect(audio.destination);
    tone.start(); tone.stop(audio.currentTime + 0.6);
    tone.onended = () => audio.close();
  }
  for (const name of ["notify", "sound"]) {
    const button = document.getElementById(name);
    button.setAttribute("aria-pressed", String(chosen(name)));
    button.addEventListener("click", async () => {
      const on = !chosen(name);
      if (on && name === "notify" && (!window.Notification || await Notification.requestPermission() !== "granted")) return;
      localStorage.setItem("desk-" + name, on ? "on" : "off");
      button.setAttribute("aria-pressed", String(on));
      if (on && name === "sound") ring();
    });
  }

  // ---- events ----
  const live = document.getElementById("live");
  function showLive(on) {
    live.classList.toggle("off", !on);
    live.querySelector('[data-live="on"]').hidden = !on;
    live.querySelector('[data-live="off"]').hidden = on;
  }
  let source = null;
  let known = root.dataset.since;
  function listen() {
    source?.close();
    source = new EventSource("/desk/events?since=" + encodeURIComponent(known));
    source.onopen = () => showLive(true);
    source.onerror = () => {
      showLive(false);
      // A browser comes back by itself unless the server refused: then we do, and name the last moment that we know.
      if (source.readyState === EventSource.CLOSED) setTimeout(listen, 3000);
    };
    const on = (name, tell) => source.addEventListener(name, (event) => { known = event.lastEventId || known; tell(JSON.parse(event.data)); });
    on("rows", tellRows);
    on("counts", tellCounts);
    on("behind", () => location.reload());
    on("signed_out", () => { source.close(); showLive(false); toast(words.signedOut, "warn"); });
  }

  function toast(text, kind = "bad") {
    const line = document.createElement("p");
    line.className = "notice " + kind;
    line.textContent = text;
    document.getElementById("toasts").append(line);
    setTimeout(() => line.remove(), 9000);
  }

  showTimes();
  setInterval(showTimes, 10000);
  // A browser opens six connections to a host, and each open screen holds one: of those that nobody sees only two listen. The others
  // wait for their place, and catch up when they are seen.
  const places = ["desk-unseen-1", "desk-unseen-2"];
  const hold = (name, how) => new Promise((got, failed) => {
    navigator.locks.request(name, how, (lock) => lock ? new Promise((done) => got(done)) : got(null)).catch(failed);
  });
  let queued = null, release = null;
  const isDeaf = () => !source || source.readyState === EventSource.CLOSED;
  async function settle() {
    if (!document.hidden || !navigator.locks) {
      queued?.abort(); release?.();
      queued = release = null;
      if (isDeaf()) listen();
      return;
    }
    if (queued) return;
    const mine = queued = new AbortController();
    try {
      let place = await hold(places[0], { ifAvailable: true }) || await hold(places[1], { ifAvailable: true });
      if (!place && queued === mine) {
        source?.close();
        showLive(false);
        place = await hold(places[Math.floor(Math.random() * places.length)], { signal: mine.signal });
      }
      if (queued !== mine) { place?.(); return; }
      release = place;
      if (isDeaf()) listen();
    } catch { /* it was seen meanwhile */ }
  }
  document.addEventListener("visibilitychange", settle);
  addEventListener("DOMContentLoaded", settle);
  addEventListener("pagehide", () => source?.close());
  addEventListener("pageshow", (event) => { if (event.persisted) listen(); });
  return { root, words, toast, said, span, now, showTimes, onRows: (listener) => listeners.push(listener) };
})();
