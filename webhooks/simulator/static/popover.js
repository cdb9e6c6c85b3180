// Menus inside a phone: what can be done with one message, and what else can be sent. One is open at a time; Escape closes it.

import { el } from "./dom.js";
import { KINDS, REACTIONS } from "./kinds.js";

const MANY = 8;

export class Popover {
  constructor(say, events) {
    this.say = say;
    this.events = events;
    this.opener = null;
    this.box = el("div", { class: "popover", role: "menu", hidden: true, onkeydown: (event) => this.move(event) });
    document.addEventListener("pointerdown", (event) => {
      if (!this.box.hidden && !this.box.contains(event.target) && !this.opener?.contains(event.target)) this.close(false);
    });
  }

  close(isFocused = true) {
    if (this.box.hidden) return;
    this.box.hidden = true;
    this.opener?.setAttribute("aria-expanded", "false");
    if (isFocused) this.opener?.focus();
  }

  open(opener, title, ...parts) {
    if (!this.box.hidden && this.opener === opener) { this.close(); return; }
    this.opener = opener;
    this.box.setAttribute("aria-label", title);
    this.box.classList.toggle("wide", parts.length > MANY);
    this.box.replaceChildren(...parts.filter(Boolean));
    this.box.hidden = false;
    opener.setAttribute("aria-expanded", "true");
    this.place(opener);
    this.box.querySelector("button").focus();
  }

  // Beside what was pressed, and never beyond the phone.
  place(opener) {
    const frame = this.box.offsetParent.getBoundingClientRect();
    const at = opener.getBoundingClientRect();
    const below = at.bottom - frame.top + 4;
    const top = below + this.box.offsetHeight < frame.height ? below : at.top - frame.top - this.box.offsetHeight - 4;
    this.box.style.top = `${Math.max(6, top)}px`;
    this.box.style.left = `${Math.max(6, Math.min(at.left - frame.left, frame.width - this.box.offsetWidth - 20))}px`;
  }

  move(event) {
    if (event.key === "Escape") { event.stopPropagation(); this.close(); return; }
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const all = [...this.box.querySelectorAll("button")];
    all[(all.indexOf(document.activeElement) + step + all.length) % all.length].focus();
  }

  item(title, work) {
    return el("button", { type: "button", role: "menuitem", onclick: () => { this.close(); work(); } }, title);
  }

  openMessage(message, opener) {
    const isMine = message.from === "customer";
    const reactions = REACTIONS.map(([reaction, emoji]) => el("button", {
      type: "button", role: "menuitem", "aria-label": `React with ${reaction}`, class: message.reaction === emoji ? "given" : null,
      onclick: () => { this.close(); this.say({ reaction: message.reaction === emoji ? { mid: message.mid, action: "unreact" } : { mid: message.mid, reaction } }); },
    }, emoji));
    const rate = (good) => this.item(good ? "Good answer" : "Bad answer", () => this.say({ rating: { mid: message.mid, good } }));
    this.open(opener, "What to do with this message",
      isMine ? null : el("div", { class: "reactions" }, ...reactions),
      this.item("Reply", () => this.events.reply(message)),
      isMine && message.text ? this.item("Change", () => this.events.change(message)) : null,
      isMine ? this.item("Take back", () => this.say({ unsend: message.mid })) : null,
      message.from === "bot" ? rate(true) : null,
      message.from === "bot" ? rate(false) : null);
  }

  openKinds(opener) {
    this.open(opener, "Send something else", ...KINDS.map(([title, make]) => this.item(title, () => this.say(make()))));
  }
}
