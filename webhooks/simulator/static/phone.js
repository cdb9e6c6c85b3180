// One customer's phone: shows the thread, sends what the customer does. `events` has active(key) and close(key).

import { el, face, icon, showBadge } from "./dom.js";
import { keepPhoto, order, screenOf } from "./api.js";
import { THUMB } from "./kinds.js";
import { messageLine } from "./messages.js";
import { Popover } from "./popover.js";
import { buttons, isWeb } from "./templates.js";

const GAP_MS = 15 * 60 * 1000;
const NEAR_END = 80;
const AGAIN_MS = 1000;
const MARKS = { sent: "Sent", delivered: "Delivered", read: "Seen" };

export class Phone {
  constructor(summary, events) {
    this.key = `${summary.page}/${summary.customer}`;
    this.ends = { page: summary.page, customer: summary.customer };
    this.lines = new Map();
    this.badge = el("span", { class: "badge" });
    this.name = el("span", { class: "name" }, summary.name);
    this.log = el("div", { class: "log", role: "log", "aria-live": "polite", "aria-label": `Conversation of ${summary.name}`, tabindex: "0" });
    this.typing = el("div", { class: "line last turned", hidden: true }, face(summary.page_name),
      el("div", { class: "bubble typing", role: "img", "aria-label": "Typing" }, el("i"), el("i"), el("i")));
    this.mark = el("div", { class: "line mine", hidden: true }, el("span", { class: "note" }));
    this.pills = el("div", { class: "pills", role: "group", "aria-label": "Quick replies" });
    this.trouble = el("p", { class: "trouble", role: "alert" });
    this.popover = new Popover((deed) => this.say(deed), { reply: (message) => this.aim("reply", message), change: (message) => this.aim("change", message) });
    this.hands = { say: (deed) => this.say(deed), open: (message, button) => this.popover.openMessage(message, button) };
    this.body = el("div", { class: "phone" }, this.head(summary), this.welcome(summary), this.log, this.pills, this.menu(), this.trouble, this.start(), this.aimBar(), this.composer(), this.popover.box);
    this.element = el("section", { class: "set", "aria-label": `Phone of ${summary.name}`, onfocusin: () => events.active(this.key), onpointerdown: () => events.active(this.key) },
      el("div", { class: "set-head" }, this.name, this.badge, el("button", { type: "button", class: "close", "aria-label": `Close the phone of ${summary.name}`, onclick: () => events.close(this.key) }, "✕")),
      this.body);
    this.log.append(this.typing);
    this.followEnd();
  }

  head(summary) {
    return el("div", { class: "phone-head" }, face(summary.page_name), el("div", {}, el("strong", {}, summary.page_name), el("small", {}, "Messenger")));
  }

  welcome(summary) {
    this.greeting = el("p", { dir: "auto" });
    this.hello = el("div", { class: "welcome", hidden: true }, face(summary.page_name), el("strong", {}, summary.page_name), this.greeting);
    return this.hello;
  }

  start() {
    this.starters = el("div", { class: "pills" });
    const press = el("button", { type: "button", class: "primary", onclick: () => this.say({ tap: "Get Started" }) }, "Get Started");
    this.startBar = el("div", { class: "start", hidden: true }, this.starters, press);
    return this.startBar;
  }

  menu() {
    this.menuBox = el("div", { class: "menu", hidden: true, onkeydown: (event) => event.key === "Escape" && this.toggleMenu(false) });
    return this.menuBox;
  }

  toggleMenu(isOpen) {
    this.menuBox.hidden = !isOpen;
    this.menuButton.setAttribute("aria-expanded", String(isOpen));
    if (isOpen) this.menuBox.querySelector("button, a")?.focus();
    else this.menuButton.focus();
  }

  // What the next text does: answer a message, or change one.
  aimBar() {
    this.aimWords = el("span", { dir: "auto" });
    this.aimedAt = el("div", { class: "aim", hidden: true }, this.aimWords, el("button", { type: "button", class: "close", "aria-label": "Write a new message instead", onclick: () => this.aim(null) }, "✕"));
    return this.aimedAt;
  }

  aim(what, message = null) {
    if (this.target?.what === "change" || what === "change") this.text.value = what === "change" ? message.text : "";
    this.target = what ? { what, mid: message.mid } : null;
    this.aimedAt.hidden = !what;
    this.aimWords.textContent = !what ? "" : what === "reply" ? `Reply to: ${message.text || "this message"}` : "Change your message";
    this.fit();
    this.text.focus();
  }

  composer() {
    this.text = el("textarea", { rows: "1", "aria-label": "Message", placeholder: "Aa", maxlength: "20000", oninput: () => this.fit(), onkeydown: (event) => this.key_(event) });
    this.file = el("input", { type: "file", accept: "image/png,image/jpeg,image/gif,image/webp", hidden: true, onchange: () => this.sendPhoto() });
    this.menuButton = el("button", { type: "button", class: "icon", "aria-label": "Menu", "aria-expanded": "false", hidden: true, onclick: () => this.toggleMenu(this.menuBox.hidden) }, icon("menu"));
    this.more = el("button", { type: "button", class: "icon", "aria-label": "Send something else", "aria-haspopup": "menu", onclick: () => this.popover.openKinds(this.more) }, icon("plus"));
    this.go = el("button", { type: "submit", class: "icon", "aria-label": "Thumbs up" }, icon("thumb"));
    this.bar = el("form", { class: "composer", onsubmit: (event) => { event.preventDefault(); this.send(); } },
      this.menuButton, this.more, el("button", { type: "button", class: "icon", "aria-label": "Send a photo", onclick: () => this.file.click() }, icon("photo")), this.file, this.text, this.go);
    return this.bar;
  }

  key_(event) {
    if (event.key === "Escape" && this.target) this.aim(null);
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    if (this.text.value.trim()) this.send();
  }

  fit() {
    const hasText = this.text.value.trim() !== "";
    this.go.replaceChildren(icon(hasText ? "send" : "thumb"));
    this.go.setAttribute("aria-label", hasText ? "Send" : "Thumbs up");
    this.text.style.height = "auto";
    this.text.style.height = `${Math.min(this.text.scrollHeight + 2, 110)}px`;
  }

  async send() {
    const text = this.text.value;
    if (!text.trim()) return this.say({ attachment: THUMB });
    const { target } = this;
    this.aim(null);
    this.text.value = "";
    this.fit();
    if (await this.say(deedOf(text, target))) return;
    this.text.value = text;
    this.fit();
  }

  async sendPhoto() {
    const [photo] = this.file.files;
    this.file.value = "";
    if (!photo) return;
    try {
      const { url } = await keepPhoto(photo);
      await this.say({ attachment: { type: "image", payload: { url } } });
    } catch (error) { this.trouble.textContent = error.message; }
  }

  async say(deed) {
    try {
      await order("say", { ...this.ends, ...deed });
      this.trouble.textContent = "";
      return true;
    } catch (error) {
      this.trouble.textContent = error.message;
      return false;
    }
  }

  async refresh() {
    if (this.isLoading) { this.isStale = true; return; }
    this.isLoading = true;
    try {
      do {
        this.isStale = false;
        this.show(await screenOf(this.key));
      } while (this.isStale && this.element.isConnected);
      if (this.wasCutOff) this.trouble.textContent = "";
      this.wasCutOff = false;
    } catch (error) {
      this.trouble.textContent = error.message;
      this.wasCutOff = true;
      if (this.element.isConnected) setTimeout(() => this.refresh(), AGAIN_MS);
    } finally { this.isLoading = false; }
  }

  show(screen) {
    showBadge(this.badge, screen.status);
    const isFresh = !screen.started && screen.get_started && screen.messages.length === 0;
    for (const part of [this.hello, this.startBar]) part.hidden = !isFresh;
    for (const part of [this.log, this.bar]) part.hidden = isFresh;
    this.greeting.textContent = screen.greeting;
    this.starters.replaceChildren(...screen.starters.map((title) => this.pill(title, title)));
    this.starters.hidden = screen.starters.length === 0;
    this.showMessages(screen);
    this.showPills(screen.quick_replies);
    this.showMenu(screen.menu, screen.commands);
    clearTimeout(this.timer);
    if (screen.typing) this.timer = setTimeout(() => this.refresh(), 5000);
  }

  showMessages(screen) {
    const wasNearEnd = this.isNearEnd();
    const shown = new Set(screen.messages.map((each) => each.mid));
    for (const [mid, kept] of this.lines) if (!shown.has(mid)) { kept.wrap.remove(); this.lines.delete(mid); }
    let before = null;
    for (const [place, message] of screen.messages.entries()) {
      this.place(message, before, screen.messages[place + 1], screen.page_name);
      before = message;
    }
    this.typing.hidden = !screen.typing;
    this.showMark(screen.messages.at(-1));
    const grew = screen.messages.length !== this.count;
    this.count = screen.messages.length;
    if (wasNearEnd || (grew && screen.messages.at(-1)?.from === "customer")) this.scrollToEnd();
  }

  place(message, before, after, pageName) {
    const isFirst = !before || message.at - before.at > GAP_MS;
    const look = JSON.stringify([message, isFirst]);
    let kept = this.lines.get(message.mid);
    if (kept?.look !== look) {
      const line = messageLine(message, pageName, this.hands);
      const wrap = isFirst ? el("div", { class: "spell" }, moment(message.at), line) : line;
      if (kept) kept.wrap.replaceWith(wrap);
      else this.log.insertBefore(wrap, this.mark.isConnected ? this.mark : this.typing);
      kept = { wrap, line, look };
      this.lines.set(message.mid, kept);
    }
    // Only the classes follow the neighbours: a form that somebody fills in stays.
    kept.line.classList.toggle("turned", Boolean(before) && side(before) !== side(message));
    kept.line.classList.toggle("last", !after || side(after) !== side(message));
  }

  isNearEnd() {
    return this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < NEAR_END;
  }

  scrollToEnd() {
    this.log.scrollTop = this.log.scrollHeight;
    this.followsEnd = true;
  }

  // A picture that arrives late, or not at all, must not push the last message out of sight.
  followEnd() {
    let top = 0;
    this.followsEnd = true;
    this.log.addEventListener("scroll", () => {
      if (this.log.scrollTop < top || this.isNearEnd()) this.followsEnd = this.isNearEnd();
      top = this.log.scrollTop;
    });
    const follow = () => requestAnimationFrame(() => this.followsEnd && this.scrollToEnd());
    for (const kind of ["load", "error"]) this.log.addEventListener(kind, follow, true);
  }

  showMark(last) {
    this.mark.hidden = last?.from !== "customer";
    if (!this.mark.hidden) this.mark.firstChild.textContent = MARKS[last.mark];
    if (!this.mark.isConnected) this.log.insertBefore(this.mark, this.typing);
  }

  showPills(replies) {
    const look = JSON.stringify(replies);
    if (look === this.pillsLook) return;
    this.pillsLook = look;
    this.pills.replaceChildren(...replies.map((reply) => this.pill(reply.title, reply.title || reply.payload, reply.image)));
    this.pills.hidden = replies.length === 0;
    this.scrollToEnd();
  }

  pill(title, tap, image = "") {
    return el("button", { type: "button", onclick: async (event) => {
      const group = event.currentTarget.parentElement;
      for (const each of group.children) each.disabled = true;
      this.text.focus();
      if (!(await this.say({ tap }))) for (const each of group.children) each.disabled = false;
    } }, isWeb(image) ? el("img", { src: image, alt: "", width: "20", height: "20", referrerpolicy: "no-referrer" }) : null, title);
  }

  showMenu(entries, commands) {
    const look = JSON.stringify([entries, commands]);
    if (look === this.menuLook) return;
    this.menuLook = look;
    this.menuButton.hidden = entries.length + commands.length === 0;
    const menu = () => buttons(entries, (deed) => { this.toggleMenu(false); this.say(deed); });
    this.menuBox.replaceChildren(commands.length ? this.commands(commands) : menu());
  }

  commands(listed) {
    const put = (name) => { this.toggleMenu(false); this.text.value = `${name} `; this.fit(); this.text.focus(); };
    return el("div", { class: "taps" }, ...listed.map((each) =>
      el("button", { type: "button", onclick: () => put(each.name) }, `/${each.name} · ${each.description}`)));
  }
}

const side = (message) => (message.from === "customer" ? "mine" : "theirs");

function deedOf(text, target) {
  if (target?.what === "change") return { edit: { mid: target.mid, text } };
  return target ? { text, reply_to: target.mid } : { text };
}

function moment(at) {
  const time = new Date(at);
  const isToday = time.toDateString() === new Date().toDateString();
  const shape = isToday ? { timeStyle: "short" } : { dateStyle: "medium", timeStyle: "short" };
  return el("div", { class: "moment" }, new Intl.DateTimeFormat("en", shape).format(time));
}
