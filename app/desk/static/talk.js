// The open conversation: follows what is said, sends without leaving the page (once, whatever the network does), keeps the draft.
(() => {
  const talk = document.getElementById("talk");
  if (!talk) return;
  const { root, words, toast, now, showTimes, onRows } = window.desk;
  const path = root.dataset.open;
  // Of this person: of somebody else who signs in here it is gone.
  const kept = (kind) => `${kind} ${root.dataset.me} ${path}`;
  const draftName = (field) => kept(field.id === "note" ? "note" : "draft");
  const keyName = kept("key");
  for (const name of Object.keys(sessionStorage)) {
    const [kind, whose] = name.split(" ");
    if (["draft", "note", "key"].includes(kind) && whose !== root.dataset.me) sessionStorage.removeItem(name);
  }
  const scroll = () => document.getElementById("scroll");
  const text = () => document.getElementById("text");
  const atEnd = () => scroll().scrollHeight - scroll().scrollTop - scroll().clientHeight < 80;
  const toEnd = () => { scroll().scrollTop = scroll().scrollHeight; };

  // ---- following ----
  let asking = null, again = false;
  async function askAnew() {
    do {
      again = false;
      try {
        const answer = await fetch(`${path}/parts?view=${root.dataset.view}`, { headers: { Accept: "text/html" }, signal: AbortSignal.timeout(8000) });
        if (answer.ok && new URL(answer.url).pathname.startsWith("/desk/c/")) take(new DOMParser().parseFromString(await answer.text(), "text/html"));
        else if (answer.status >= 500) setTimeout(refresh, 3000);
      } catch { setTimeout(refresh, 3000); }
    } while (again);
    asking = null;
  }
  // Whoever waits for it sees what was so when they asked: one that is under way may be older, and another follows.
  function refresh() {
    if (asking) again = true; else asking = askAnew();
    return asking;
  }

  function take(fresh) {
    const stays = atEnd();
    takeLines(fresh.getElementById("lines"), !fresh.querySelector("[data-earlier]"));
    for (const part of fresh.querySelectorAll("[data-part]")) {
      const here = talk.querySelector(`[data-part="${part.dataset.part}"]`);
      if (!here || here.isEqualNode(part)) continue;
      // The box keeps what is typed as long as one may write in it; an open menu keeps what is chosen.
      if (part.dataset.part === "box" && here.dataset.state === part.dataset.state) continue;
      if (here.querySelector("details[open]") && here.contains(document.activeElement)) continue;
      here.replaceWith(part);
      if (part.dataset.part === "box") fillDraft();
    }
    showTimes(talk);
    if (stays) toEnd();
    doubtLookers();
  }

  // Nobody tells that a colleague stopped typing or lost the network: what is shown of them is asked for again when it may be over.
  let doubting = 0;
  function doubtLookers() {
    clearTimeout(doubting);
    if (!talk.querySelector(".lookers [data-types]")) return;
    doubting = setTimeout(() => { if (!document.hidden) refresh(); }, talk.querySelector('.lookers [data-types="1"]') ? 7000 : 41000);
  }

  // Each at its place, also what came late. Where these are all that there are, what is not among them was erased.
  function takeLines(fresh, isWhole) {
    const lines = document.getElementById("lines");
    const ids = new Set([...fresh.children].map((each) => each.id));
    if (isWhole) for (const line of [...lines.children]) if (!ids.has(line.id)) line.remove();
    let before = null;
    for (const line of [...fresh.children]) {
      const here = document.getElementById(line.id);
      if (!here) { if (before) before.after(line); else lines.append(line); }
      else if (here.dataset.mark !== line.dataset.mark) here.replaceWith(line);
      before = document.getElementById(line.id);
    }
    countUndo();
  }

  onRows((rows) => {
    if (rows.some((row) => path === `/desk/c/${encodeURIComponent(row.page)}/${encodeURIComponent(row.customer)}`)) refresh();
  });

  // ---- taking back ----
  function countUndo() {
    for (const line of talk.querySelectorAll(".line[data-undo]")) {
      const seconds = Math.ceil((new Date(line.dataset.undo) - now()) / 1000);
      const button = line.querySelector("[data-undo-button]");
      if (seconds <= 0) { line.removeAttribute("data-undo"); button?.remove(); setTimeout(refresh, 700); }
      else if (button) button.textContent = words.undo.replace("{n}", seconds);
    }
  }
  setInterval(countUndo, 500);

  // ---- answering one message ----
  function answer(line) {
    const field = document.getElementById("answers-to");
    if (!field) return false;
    field.value = line ? line.id : "";
    const quoted = document.getElementById("quoted");
    quoted.hidden = !line;
    quoted.querySelector("q").textContent = line ? (line.querySelector(".words, .picture img, video, audio")?.textContent || line.querySelector("img")?.alt || "…").trim().slice(0, 200) : "";
    text().focus();
    return true;
  }
  window.desk.answerLine = (at) => {
    const buttons = talk.querySelectorAll("[data-reply]");
    const line = at.closest?.(".line")?.querySelector("[data-reply]") ? at.closest(".line") : buttons[buttons.length - 1]?.closest(".line");
    return line ? answer(line) : false;
  };
  talk.addEventListener("click", (event) => {
    if (event.target.closest("[data-reply]")) answer(event.target.closest(".line"));
    else if (event.target.closest("[data-no-reply]")) answer(null);
  });

  // ---- sending ----
  async function post(where, body, { keep = false, seconds = 15, refused = () => {} } = {}) {
    const answer = await fetch(where, { method: "POST", body, headers: { Accept: "application/json" }, signal: AbortSignal.timeout(seconds * 1000) });
    if (answer.status === 401) { toast(words.signedOut, "warn"); return false; }
    if (!answer.ok) {
      const problem = await answer.json().catch(() => null);
      toast(problem?.error?.message || words.notSent);
      if (answer.status === 409) refused();
      if (!keep) refresh();
      return false;
    }
    return true;
  }

  const newKey = () => { const bytes = crypto.getRandomValues(new Uint8Array(16)); return [...bytes].map((each) => each.toString(16).padStart(2, "0")).join(""); };

  // What was typed while it was on its way stays, in the box and in the draft.
  function clear(field, sent) {
    if (field.value.startsWith(sent)) field.value = field.value.slice(sent.length).trimStart();
    sessionStorage.setItem(draftName(field), field.value);
  }

  async function send(form) {
    if (form.dataset.sending) return;
    const button = form.querySelector("[type=submit], button"), sent = form.elements.text.value;
    form.dataset.sending = "1";
    button.disabled = true;
    let went = false;
    try {
      // The key stays the same until it is known to have arrived, or to be spent: tried again, even on a page that was loaded anew,
      // it is still one message.
      const renew = () => { form.elements.form_key.value = newKey(); if (form.id === "box") sessionStorage.removeItem(keyName); };
      if (form.id === "box") sessionStorage.setItem(keyName, form.elements.form_key.value);
      went = await post(form.action, new URLSearchParams(new FormData(form)), { refused: renew });
      if (went) { renew(); clear((form.id === "box" && text()) || form.elements.text, sent); }
    } catch { toast(words.notSent); } finally { button.disabled = false; delete form.dataset.sending; }
    // The next one may go meanwhile.
    if (went && form.id === "box") { typedAt = 0; look(); answer(null); await refresh(); toEnd(); text()?.focus(); } else if (went) await refresh();
  }

  // A long text left as several messages, which are taken back together.
  function wordsOf(line) {
    if (!line?.dataset.undo) return line?.querySelector(".words")?.textContent || "";
    const pieces = [...talk.querySelectorAll(".line[data-undo]")].filter((each) => each.dataset.undo === line.dataset.undo);
    return pieces.map((each) => each.querySelector(".words")?.textContent.trim() || "").join(" ");
  }

  talk.addEventListener("submit", async (event) => {
    const form = event.target;
    if (form.id === "box" || form.id === "note-form") { event.preventDefault(); send(form); return; }
    if (!form.matches("[data-deed], [data-quick]")) return;
    event.preventDefault();
    const body = new URLSearchParams(new FormData(form, event.submitter));
    if (event.submitter) event.submitter.disabled = true;
    const undone = form.id === "undo" ? wordsOf(document.getElementById("o" + body.get("seq"))) : "";
    try {
      if (await post(form.action, body)) {
        form.closest("details")?.removeAttribute("open");
        if (undone && text() && !text().value) text().value = undone.trim();
        await refresh();
        if (body.get("deed") === "take") text()?.focus();
      }
    } catch { toast(words.notSent); } finally { if (event.submitter) event.submitter.disabled = false; }
  });

  // A file or product whose answer got lost has the same key when it is sent again.
  const keys = new Map();
  const keyOf = (what) => { if (!keys.has(what)) keys.set(what, newKey()); return keys.get(what); };

  window.desk.sendProduct = async (id) => {
    const what = "product " + id, body = new URLSearchParams([["product", id], ["form_key", keyOf(what)]]);
    try { if (await post(`${path}/products`, body)) { keys.delete(what); await refresh(); toEnd(); } } catch { toast(words.notSent); }
  };

  talk.addEventListener("change", async (event) => {
    if (event.target.id !== "file" || !event.target.files.length) return;
    const file = event.target.files[0], what = `file ${file.name} ${file.size} ${file.lastModified}`;
    toast(words.sending, "good");
    // Eight megabytes take minutes on a slow line.
    const sent = post(`${path}/file?form_key=${keyOf(what)}&name=${encodeURIComponent(file.name.slice(0, 200))}`, file, { keep: true, seconds: 300 });
    event.target.value = "";
    try { if (await sent) keys.delete(what); await refresh(); toEnd(); } catch { toast(words.notSent); }
  });

  // What is no picture, whatever it was sent as, can be saved all the same.
  talk.addEventListener("error", (event) => {
    const link = event.target.closest?.(".picture");
    if (!link) return;
    const name = document.createElement("span");
    name.textContent = event.target.alt;
    link.className = "no-picture";
    link.replaceChildren(name);
  }, true);

  // ---- the draft, and who looks ----
  function fillDraft() {
    for (const field of [text(), document.getElementById("note")]) if (field && !field.value) field.value = sessionStorage.getItem(draftName(field)) || "";
    const key = sessionStorage.getItem(keyName);
    if (key && text()) text().form.elements.form_key.value = key;
  }
  let typedAt = 0;
  talk.addEventListener("input", (event) => {
    if (event.target.id !== "text" && event.target.id !== "note") return;
    sessionStorage.setItem(draftName(event.target), event.target.value);
    if (event.target.id === "text" && Date.now() - typedAt > 3000) { typedAt = Date.now(); look(true); }
  });
  function look(types = false) {
    if (document.hidden) return;
    fetch(`${path}/look`, { method: "POST", body: new URLSearchParams({ types }), headers: { Accept: "application/json" }, keepalive: true }).catch(() => {});
  }
  look();
  setInterval(look, 15000);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) { look(); refresh(); } });
  addEventListener("pagehide", () => navigator.sendBeacon(`${path}/leave`));
  addEventListener("online", refresh);

  // ---- earlier lines, details ----
  talk.addEventListener("click", async (event) => {
    const side = event.target.closest("[data-side]");
    if (side) {
      const open = document.getElementById("side").classList.toggle("open");
      side.setAttribute("aria-expanded", String(open));
      return;
    }
    const link = event.target.closest("[data-earlier]");
    if (!link) return;
    event.preventDefault();
    const answer = await fetch(link.href, { headers: { Accept: "text/html" } });
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    const height = scroll().scrollHeight;
    const lines = document.getElementById("lines");
    lines.prepend(...fresh.querySelectorAll(".lines > .line"));
    const more = fresh.querySelector(".more");
    if (more) link.closest(".more").replaceWith(more); else link.closest(".more").remove();
    showTimes(talk);
    scroll().scrollTop += scroll().scrollHeight - height;
  });

  fillDraft();
  countUndo();
  doubtLookers();
  toEnd();
})();
