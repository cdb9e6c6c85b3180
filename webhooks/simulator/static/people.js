// The list of customers. `events` has open(key) and beside(key).

import { el, face, SHORT_STATUS, showBadge } from "./dom.js";

export class People {
  constructor(list, events) {
    this.list = list;
    this.events = events;
    this.rows = new Map();
    list.addEventListener("keydown", (event) => this.move(event));
  }

  clear() {
    this.list.replaceChildren();
    this.rows.clear();
  }

  show(summary, isFirst = true) {
    const key = `${summary.page}/${summary.customer}`;
    const row = this.rows.get(key) || this.add(key, summary, isFirst);
    row.summary = summary;
    row.name.textContent = summary.name;
    row.last.textContent = summary.last ? `${summary.last.from === "customer" ? "You: " : ""}${summary.last.text}` : "Has not started yet";
    showBadge(row.badge, summary.status, SHORT_STATUS);
    row.badge.hidden = summary.status === "bot";
    if (summary.last && summary.last.from !== "customer" && summary.last.at > row.seenAt && !row.element.classList.contains("open")) {
      row.element.classList.add("unread");
    }
    if (row.element.classList.contains("open")) row.seenAt = summary.last?.at || 0;
  }

  add(key, summary, isFirst) {
    const name = el("span", { class: "name" });
    const last = el("span", { class: "last", dir: "auto" });
    const badge = el("span", { class: "badge" });
    const choose = el("button", { type: "button", class: "choose", onclick: () => this.events.open(key) }, face(summary.name), name, badge, last);
    const beside = el("button", { type: "button", class: "beside", title: "Open beside the other phone", "aria-label": `Open ${summary.name} beside the other phone`, onclick: () => this.events.beside(key) }, "◫");
    const element = el("li", { class: "someone" }, choose, beside);
    if (isFirst) this.list.prepend(element);
    else this.list.append(element);
    const row = { element, name, last, badge, choose, seenAt: isFirst ? 0 : summary.last?.at || 0 };
    this.rows.set(key, row);
    return row;
  }

  mark(open, active) {
    for (const [key, row] of this.rows) {
      const isOpen = open.includes(key);
      row.element.classList.toggle("open", isOpen);
      if (isOpen) { row.element.classList.remove("unread"); row.seenAt = row.summary?.last?.at || row.seenAt; }
      if (key === active) row.choose.setAttribute("aria-current", "true");
      else row.choose.removeAttribute("aria-current");
    }
  }

  move(event) {
    const steps = { ArrowDown: 1, ArrowUp: -1 };
    if (!(event.key in steps)) return;
    const all = [...this.list.querySelectorAll(".choose")];
    const place = all.findIndex((each) => each.parentElement.contains(document.activeElement));
    const next = all[place + steps[event.key]];
    if (!next) return;
    event.preventDefault();
    next.focus();
  }
}
