// One message of a thread as an element. Knows no network: `hands` has say(deed) for what is tapped and open(message, button) for the menu.

import { el, icon, face } from "./dom.js";
import { isWeb, picture, player, template } from "./templates.js";

const THUMBS = { "369239263222822": "", "369239343222814": "middle", "369239383222810": "large" };
const WORDS = { audio: "Voice message", video: "Video", file: "File", location: "Place", fallback: "Link", appointment_booking: "Appointment", reel: "Reel", ig_reel: "Reel", post: "Post", ig_post: "Post" };
const SIGNS = { audio: "🎤", video: "🎬", file: "📄", location: "📍", fallback: "🔗", appointment_booking: "📅", reel: "🎞", ig_reel: "🎞", post: "📰", ig_post: "📰" };
const LONG_PRESS_MS = 500;

export function messageLine(message, pageName, hands) {
  const isMine = message.from === "customer";
  const parts = message.unsent ? [el("p", { class: "bubble gone" }, "Message removed")] : contents(message, hands);
  if (message.reply_to) parts.unshift(quote(message.reply_to));
  if (message.persona) parts.unshift(el("span", { class: "note" }, message.persona));
  if (message.reaction) parts.push(el("span", { class: "reaction", role: "img", "aria-label": `Reaction ${message.reaction}` }, message.reaction));
  for (const note of notes(message)) parts.push(el("span", { class: "note" }, note));
  const isWide = message.attachments.some((each) => each.type === "template");
  const line = el("div", { class: `line ${isMine ? "mine" : "theirs"}${isWide ? " wide" : ""}` });
  line.append(...(isMine ? [] : [face(message.persona || pageName)]), el("div", { class: "said-by" }, ...parts));
  if (!message.unsent) line.append(handle(message, line, hands));
  return line;
}

function notes(message) {
  return [
    message.edited && "Edited",
    message.utility && "Update about your order",
    message.from === "person" && "Answered by a person",
    message.from === "app" && "Answered by another app",
  ].filter(Boolean);
}

function quote(answered) {
  const who = answered.from === "customer" ? "You" : "The Page";
  return el("p", { class: "quote", dir: "auto" }, el("small", {}, `In reply to: ${who}`), el("span", {}, answered.text || "Message removed"));
}

function handle(message, line, hands) {
  const button = el("button", { type: "button", class: "handle", "aria-label": "React, reply and more", "aria-haspopup": "menu", onclick: () => hands.open(message, button) }, "⋯");
  let timer = null;
  const end = () => clearTimeout(timer);
  line.addEventListener("pointerdown", (event) => { if (event.pointerType !== "mouse") timer = setTimeout(() => hands.open(message, button), LONG_PRESS_MS); });
  for (const kind of ["pointerup", "pointercancel", "pointermove"]) line.addEventListener(kind, end);
  return button;
}

function contents(message, hands) {
  if (message.unsupported) return [el("p", { class: "bubble gone" }, "Something that Messenger cannot show here")];
  const parts = attachments(message, hands);
  if (message.text) parts.unshift(el("p", { class: "bubble", dir: "auto" }, message.text));
  return parts.length ? parts : [el("p", { class: "bubble" }, "…")];
}

function attachments(message, hands) {
  const listed = message.attachments.map((each) => attachment(each, message, hands));
  if (listed.length < 2) return listed;
  return [el("div", { class: "several", role: "group", "aria-label": `${listed.length} attachments` }, ...listed)];
}

function attachment(given, message, hands) {
  const payload = given.payload || {};
  if (given.type === "template") return template(payload, message, hands.say);
  if (given.type === "image" || given.type === "sticker") return image(given.type, payload);
  const url = payload.url || given.url;
  return (isWeb(url) && player(given.type, url)) || link(given, payload, url);
}

function image(kind, payload) {
  const size = THUMBS[String(payload.sticker_id)];
  if (size !== undefined) return thumb(size);
  if (isWeb(payload.url)) return picture(payload.url, kind === "image" ? "Photo" : "Sticker", kind === "image" ? "picture" : "sticker");
  return el("p", { class: "bubble" }, kind === "image" ? "Photo" : "Sticker");
}

function link(given, payload, url) {
  const named = given.type === "file" && isWeb(url) ? fileName(url) : "";
  const word = String(payload.title || given.title || named || WORDS[given.type] || given.type || "Attachment");
  const sign = SIGNS[given.type] ? el("span", { "aria-hidden": "true" }, `${SIGNS[given.type]} `) : null;
  if (!isWeb(url)) return el("p", { class: "bubble" }, sign, word);
  return el("p", { class: "bubble" }, sign, el("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, word));
}

function fileName(url) {
  const last = new URL(url).pathname.split("/").pop();
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}

function thumb(size) {
  const made = icon("thumb");
  made.classList.add("thumb", ...(size ? [size] : []));
  made.setAttribute("role", "img");
  made.setAttribute("aria-label", "Thumbs up");
  made.removeAttribute("aria-hidden");
  return made;
}
