// One message of a thread as an element. Knows no network: taps are handed up by `tap(title or {payload, title})`.

import { el, hue, icon, face } from "./dom.js";

const THUMBS = new Set(["369239263222822", "369239343222814", "369239383222810"]);
const WORDS = { audio: "Voice message", video: "Video", file: "File", location: "Place", fallback: "Link", receipt: "Receipt" };

const isWeb = (address) => typeof address === "string" && /^https?:\/\//i.test(address);

export function messageLine(message, pageName, tap) {
  const parts = message.unsent ? [el("p", { class: "bubble gone" }, "Message removed")] : contents(message, tap);
  if (message.reaction) parts.push(el("span", { class: "reaction", "aria-label": `Reaction ${message.reaction}` }, message.reaction));
  if (message.edited) parts.push(el("span", { class: "note" }, "Edited"));
  if (message.from === "person") parts.push(el("span", { class: "note" }, "Answered by a person"));
  const isMine = message.from === "customer";
  const isWide = message.attachments.some((each) => each.type === "template");
  const line = el("div", { class: `line ${isMine ? "mine" : "theirs"}${isWide ? " wide" : ""}` });
  line.append(...(isMine ? [] : [face(pageName)]), el("div", { class: "said-by" }, ...parts));
  return line;
}

function contents(message, tap) {
  const parts = message.attachments.flatMap((each) => attachment(each, tap));
  if (message.text) parts.unshift(el("p", { class: "bubble", dir: "auto" }, message.text));
  return parts.length ? parts : [el("p", { class: "bubble" }, "…")];
}

function attachment(given, tap) {
  const payload = given.payload || {};
  if (given.type === "template") return [template(payload, tap)];
  if (given.type === "image" || given.type === "sticker") {
    if (THUMBS.has(String(payload.sticker_id))) return [thumb()];
    if (isWeb(payload.url)) return [picture(payload.url, "Photo", "picture")];
    return [el("p", { class: "bubble" }, given.type === "image" ? "Photo" : "Sticker")];
  }
  const word = payload.title || given.title || WORDS[given.type] || given.type || "Attachment";
  if (!isWeb(payload.url || given.url)) return [el("p", { class: "bubble" }, String(word))];
  return [el("p", { class: "bubble" }, el("a", { href: payload.url || given.url, target: "_blank", rel: "noopener noreferrer" }, String(word)))];
}

function thumb() {
  const made = icon("thumb");
  made.classList.add("thumb");
  made.setAttribute("role", "img");
  made.setAttribute("aria-label", "Thumbs up");
  made.removeAttribute("aria-hidden");
  return made;
}

function picture(url, title, className) {
  const made = el("img", { src: url, alt: title, class: className, loading: "lazy", referrerpolicy: "no-referrer" });
  made.addEventListener("error", () => made.replaceWith(noPicture(title, className)));
  return made;
}

function noPicture(title, className) {
  if (className === "picture") return el("p", { class: "bubble" }, title);
  const made = el("div", { class: "no-picture", role: "img", "aria-label": "Picture not found" }, [...title][0] || "");
  made.style.setProperty("--hue", hue(title));
  return made;
}

function template(payload, tap) {
  if (payload.template_type === "button") {
    return el("div", { class: "boxed" }, el("p", { class: "bubble", dir: "auto" }, payload.text || ""), buttons(payload.buttons, tap));
  }
  if (payload.template_type === "generic" || payload.template_type === "media") {
    const cards = (payload.elements || []).map((card) => cardOf(card, tap));
    return el("div", { class: "cards", role: "group", "aria-label": `${cards.length} cards`, tabindex: cards.length > 1 ? "0" : null }, ...cards);
  }
  const form = FORMS[payload.template_type];
  if (form) return el("article", { class: "card form" }, el("div", { class: "words" }, ...form(payload)));
  return el("p", { class: "bubble" }, payload.title || WORDS[payload.template_type] || String(payload.template_type || "Template"));
}

const row = (name, value) => el("p", { class: "row" }, el("span", { dir: "auto" }, name), el("span", {}, String(value)));

const FORMS = {
  coupon: (payload) => [
    el("strong", { dir: "auto" }, payload.title),
    payload.subtitle ? el("small", { dir: "auto" }, payload.subtitle) : null,
    payload.coupon_code ? el("code", {}, payload.coupon_code) : null,
    isWeb(payload.coupon_url) ? el("a", { href: payload.coupon_url, target: "_blank", rel: "noopener noreferrer" }, "Use it") : null,
  ],
  receipt: (payload) => [
    el("strong", {}, `Receipt ${payload.order_number}`),
    el("small", { dir: "auto" }, `${payload.recipient_name}, ${payload.payment_method}`),
    ...(payload.elements || []).map((each) => row(each.quantity > 1 ? `${each.quantity} × ${each.title}` : each.title, `${each.price} ${each.currency || payload.currency}`)),
    row("Total", `${payload.summary.total_cost} ${payload.currency}`),
  ],
  customer_feedback: (payload) => [
    el("strong", { dir: "auto" }, payload.title),
    payload.subtitle ? el("small", { dir: "auto" }, payload.subtitle) : null,
    el("p", { dir: "auto" }, payload.feedback_screens[0].questions[0].title),
    el("p", { class: "stars", role: "img", "aria-label": "Five stars" }, "☆☆☆☆☆"),
    el("small", { dir: "auto" }, payload.button_title),
  ],
};

function cardOf(card, tap) {
  const address = card.image_url || card.url;
  const made = el("article", { class: "card" });
  if (isWeb(address)) made.append(picture(address, card.title || "Picture", ""));
  const title = el("strong", { dir: "auto" }, card.title || "");
  const goes = card.default_action && isWeb(card.default_action.url) ? card.default_action.url : "";
  const linked = goes ? el("a", { href: goes, target: "_blank", rel: "noopener noreferrer" }, title) : title;
  if (card.title) made.append(el("div", { class: "words" }, linked, card.subtitle ? el("small", { dir: "auto" }, card.subtitle) : null));
  made.append(buttons(card.buttons, tap));
  return made;
}

export function buttons(listed, tap) {
  return el("div", { class: "taps" }, ...(listed || []).map((button) => {
    if (isWeb(button.url)) return el("a", { href: button.url, target: "_blank", rel: "noopener noreferrer" }, button.title || button.url);
    return el("button", { type: "button", onclick: () => tap({ title: button.title || "", payload: button.payload || "" }) }, button.title || "");
  }));
}
