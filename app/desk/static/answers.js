// The box of kept answers, FAQ and products above the answer: found while typing, chosen by arrows and Enter.
(() => {
  const talk = document.getElementById("talk");
  if (!talk) return;
  const { root, words } = window.desk;
  const path = root.dataset.open;
  const box = () => document.getElementById("answers");
  let found = [], chosen = -1, asked = 0, timer = 0;

  window.desk.openAnswers = () => {
    if (!box()) return;
    box().hidden = false;
    const find = document.getElementById("find");
    find.value = "";
    find.focus();
    look("");
  };
  function close() { box().hidden = true; document.getElementById("text").focus(); }

  async function look(query) {
    const mine = ++asked;
    const answer = await fetch(`${path}/answers?q=${encodeURIComponent(query)}`, { headers: { Accept: "application/json" } }).catch(() => null);
    if (mine !== asked || !answer?.ok) return;
    found = await answer.json();
    chosen = found.length ? 0 : -1;
    show();
  }

  function show() {
    const list = document.getElementById("found");
    list.replaceChildren(...found.map((each, place) => {
      const item = document.createElement("li"), title = document.createElement("strong"), detail = document.createElement("small");
      item.id = "found-" + place;
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", String(place === chosen));
      title.textContent = each.title;
      detail.textContent = [words["kind" + each.kind[0].toUpperCase() + each.kind.slice(1)], each.kind === "product" ? each.detail : "", each.kind === "product" ? words.sendCard : each.text].filter(Boolean).join(" · ");
      title.dir = detail.dir = "auto";
      item.append(title, detail);
      return item;
    }));
    if (!found.length) {
      const none = document.createElement("li");
      none.textContent = words.nothing;
      none.setAttribute("role", "option");
      none.setAttribute("aria-disabled", "true");
      none.setAttribute("aria-selected", "false");
      list.append(none);
    }
    const find = document.getElementById("find");
    find.setAttribute("aria-expanded", "true");
    if (chosen >= 0) find.setAttribute("aria-activedescendant", "found-" + chosen); else find.removeAttribute("aria-activedescendant");
    document.getElementById("found-" + chosen)?.scrollIntoView({ block: "nearest" });
  }

  function take(place) {
    const each = found[place];
    if (!each) return;
    if (each.kind === "product") { close(); window.desk.sendProduct(each.id); return; }
    const text = document.getElementById("text");
    text.setRangeText(each.text, text.selectionStart, text.selectionEnd, "end");
    close();
    // A name that could not be filled in is marked, so that nobody sends it as it is.
    const open = /<\w+>/.exec(text.value);
    if (open) text.setSelectionRange(open.index, open.index + open[0].length);
    text.dispatchEvent(new Event("input", { bubbles: true }));
  }

  talk.addEventListener("input", (event) => {
    if (event.target.id !== "find") return;
    clearTimeout(timer);
    timer = setTimeout(() => look(event.target.value), 180);
  });
  talk.addEventListener("keydown", (event) => {
    if (event.target.id === "find") {
      if (event.key === "Escape") { event.preventDefault(); close(); }
      if (event.key === "Enter") { event.preventDefault(); take(chosen); }
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        chosen = Math.min(Math.max(chosen + (event.key === "ArrowDown" ? 1 : -1), 0), found.length - 1);
        show();
      }
    }
    if (event.target.id === "text" && event.key === "/" && !event.target.value) { event.preventDefault(); window.desk.openAnswers(); }
  });
  talk.addEventListener("click", (event) => {
    if (event.target.closest("[data-answers]")) { if (box().hidden) window.desk.openAnswers(); else close(); }
    const item = event.target.closest("#found li[id]");
    if (item) take(Number(item.id.slice(6)));
  });
})();
