// What every page does in the browser: times as they are here, menus that close, texts to copy. Works without it, only less nicely.
(() => {
  const written = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });

  function localize(root) {
    for (const each of root.querySelectorAll("time[datetime]:not([data-local])")) {
      const moment = new Date(each.dateTime);
      if (Number.isNaN(moment.getTime())) continue;
      each.title = each.textContent;
      each.textContent = written.format(moment);
      each.dataset.local = "";
    }
  }

  function closeMenus(but) {
    for (const menu of document.querySelectorAll("details.menu[open]")) if (menu !== but) menu.open = false;
  }

  async function copy(button) {
    const from = document.getElementById(button.dataset.copy);
    await navigator.clipboard.writeText(from.innerText);
    button.dataset.done = "";
    button.textContent = "✓ " + button.textContent.replace(/^✓ /, "");
  }

  document.addEventListener("click", (event) => {
    closeMenus(event.target.closest("details.menu"));
    const button = event.target.closest("[data-copy]");
    if (button) copy(button);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const open = document.querySelector("details.menu[open]");
    if (open) { open.open = false; open.querySelector("summary").focus(); }
  });
  document.addEventListener("submit", (event) => {
    // A second click must not sign in, or invite, twice. The page that comes has fresh buttons.
    if (event.defaultPrevented || event.target.method !== "post" || event.target.hasAttribute("hx-post")) return;
    setTimeout(() => { for (const each of event.target.querySelectorAll("button")) each.disabled = true; });
    setTimeout(() => { for (const each of event.target.querySelectorAll("button")) each.disabled = false; }, 8000);
  });
  window.addEventListener("pageshow", () => {
    for (const each of document.querySelectorAll("form button:disabled")) each.disabled = false;
  });

  // On a narrow screen the rooms scroll: the one that is open is in sight, and the last one fades where others follow.
  const rooms = document.querySelector(".bar nav");
  if (rooms) {
    const mark = () => rooms.toggleAttribute("data-more", rooms.scrollLeft + rooms.clientWidth < rooms.scrollWidth - 2);
    const open = rooms.querySelector("[aria-current]");
    if (open) rooms.scrollLeft = open.offsetLeft - rooms.offsetLeft - (rooms.clientWidth - open.offsetWidth) / 2;
    rooms.addEventListener("scroll", mark, { passive: true });
    addEventListener("resize", mark);
    mark();
  }

  localize(document);
  if (navigator.clipboard) for (const each of document.querySelectorAll("[data-copy]")) each.hidden = false;
  document.addEventListener("htmx:after:swap", (event) => localize(event.target.nodeType ? event.target : document));
})();
