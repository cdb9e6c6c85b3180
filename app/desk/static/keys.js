// Everything by keyboard; the sheet is on `?`.
(() => {
  const sheet = document.getElementById("keys");
  const rows = document.getElementById("rows");
  const isTyping = (at) => at.matches("input, textarea, select, [contenteditable]");
  const press = (selector) => { const at = document.querySelector(selector); at?.click(); return Boolean(at); };
  const focus = (id) => { const at = document.getElementById(id); at?.focus(); return Boolean(at); };

  function move(step) {
    const links = [...rows.querySelectorAll("a")];
    if (!links.length) return false;
    let place = links.indexOf(document.activeElement);
    if (place < 0) place = links.findIndex((each) => each.hasAttribute("aria-current")) - (step < 0 ? 0 : 0);
    links[Math.min(Math.max(place + step, 0), links.length - 1)].focus();
    return true;
  }
  function openMenu(name) {
    const menu = document.querySelector(`[data-menu="${name}"]`);
    if (!menu) return false;
    menu.open = !menu.open;
    if (menu.open) menu.querySelector("select").focus();
    return true;
  }
  function openSide() {
    const button = document.querySelector("[data-side]");
    if (button?.offsetParent) button.click(); else document.getElementById("side")?.scrollIntoView();
    return Boolean(button);
  }
  const deeds = {
    j: () => move(1), ArrowDown: () => move(1), k: () => move(-1), ArrowUp: () => move(-1),
    t: () => press('[data-key="t"]'), e: () => press('[data-key="e"]'), r: () => focus("text"), q: () => window.desk.answerLine?.(document.activeElement), n: () => focus("note"),
    z: () => { const all = document.querySelectorAll("[data-undo-button]"); all[all.length - 1]?.click(); return all.length > 0; },
    g: () => openMenu("g"), b: () => openMenu("b"), i: openSide, s: () => focus("q"),
    u: () => { location.href = "/desk?view=" + document.getElementById("desk").dataset.view; return true; },
    "/": () => { window.desk.openAnswers?.(); return true; }, "?": () => { sheet.showModal(); return true; },
  };

  document.addEventListener("keydown", (event) => {
    const at = event.target;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && at.matches("#text, #note")) { event.preventDefault(); at.form.requestSubmit(); return; }
    if (event.key === "Escape" && isTyping(at)) { at.blur(); return; }
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(at) || sheet.open) return;
    const scrolls = event.key.startsWith("Arrow") && !rows.contains(at) && at !== document.body;
    if (scrolls) return;
    if (/^[1-6]$/.test(event.key)) { document.querySelectorAll(".views a")[Number(event.key) - 1]?.click(); return; }
    if (Object.hasOwn(deeds, event.key) && deeds[event.key]()) event.preventDefault();
  });
  document.addEventListener("click", (event) => { if (event.target.closest("[data-keys]")) sheet.showModal(); });
})();
