// Templates as elements: buttons, cards, grids, products, receipts, coupons, feedback forms, opt-ins. `say(deed)` does what is tapped.

import { el, hue } from "./dom.js";

export const isWeb = (address) => typeof address === "string" && /^https?:\/\//i.test(address);
const isPhone = (number) => typeof number === "string" && /^\+?[\d ()/-]{3,30}$/.test(number);
const away = { target: "_blank", rel: "noopener noreferrer" };

export function template(payload, message, say) {
  if (payload.product) return cards((payload.product.elements || []).map(productCard));
  const made = KINDS[payload.template_type];
  return made ? made(payload, message, say) : el("p", { class: "bubble" }, String(payload.title || payload.template_type || "Template"));
}

const KINDS = {
  button: (payload, message, say) => el("div", { class: "boxed" }, el("p", { class: "bubble", dir: "auto" }, payload.text || ""), buttons(payload.buttons, say)),
  generic: (payload, message, say) => cards((payload.elements || []).map((card) => cardOf(card, say)), payload.image_aspect_ratio === "square" ? "square" : ""),
  media: (payload, message, say) => cards((payload.elements || []).map((card) => mediaCard(card, say))),
  product: (payload) => cards((payload.elements || []).map(productCard)),
  image_grid: (payload, message, say) => gridOf((payload.elements || [{}])[0], say),
  receipt: (payload) => form(...receipt(payload)),
  coupon: (payload, message, say) => form(...coupon(payload, message, say)),
  customer_feedback: (payload, message, say) => form(...feedback(payload, message, say)),
  notification_messages: (payload, message, say) => optIn(payload, "Get messages", say),
  one_time_notif_req: (payload, message, say) => optIn(payload, "Notify me", say),
};

const form = (...parts) => el("article", { class: "card form" }, el("div", { class: "words" }, ...parts));
const row = (name, value, kind = "") => el("p", { class: `row ${kind}` }, el("span", { dir: "auto" }, name), el("span", {}, String(value)));

function cards(listed, kind = "") {
  return el("div", { class: `cards ${kind}`, role: "group", "aria-label": `${listed.length} cards`, tabindex: listed.length > 1 ? "0" : null }, ...listed);
}

export function picture(url, title, className) {
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

function words(title, subtitle, goes = "") {
  const head = el("strong", { dir: "auto" }, title);
  return el("div", { class: "words" }, goes ? el("a", { href: goes, ...away }, head) : head, subtitle ? el("small", { dir: "auto" }, subtitle) : null);
}

function cardOf(card, say) {
  const made = el("article", { class: "card" });
  if (isWeb(card.image_url)) made.append(picture(card.image_url, card.title || "Picture", ""));
  if (card.title) made.append(words(card.title, card.subtitle, isWeb(card.default_action?.url) ? card.default_action.url : ""));
  made.append(buttons(card.buttons, say));
  return made;
}

function mediaCard(card, say) {
  const shown = !isWeb(card.url) ? noPicture(card.media_type === "video" ? "▶" : "Picture", "") : player(card.media_type, card.url) || picture(card.url, "Picture", "");
  return el("article", { class: "card media" }, shown, buttons(card.buttons, say));
}

export function player(kind, url) {
  if (kind !== "video" && kind !== "audio") return null;
  return el(kind, { src: url, controls: true, preload: "none", class: "player", "aria-label": kind === "video" ? "Video" : "Voice message" });
}

function productCard(product) {
  const title = product.title || `Product ${product.id}`;
  const shown = isWeb(product.image_url) ? picture(product.image_url, title, "") : noPicture(title, "");
  return el("article", { class: "card" }, shown, words(title, product.subtitle || `No. ${product.id || "?"} of the catalogue`));
}

function gridOf(element, say) {
  const images = element.images || [];
  const hero = images.find((each) => each.is_hero_image);
  const ordered = hero ? [hero, ...images.filter((each) => each !== hero)] : images;
  const cells = ordered.map((image, place) => gridCell(image, place, hero === image, say));
  const made = el("article", { class: "boxed grid-box" }, el("div", { class: "grid", role: "group", "aria-label": `${images.length} pictures` }, ...cells));
  if (element.title || element.subtitle) made.append(words(element.title || "", element.subtitle));
  made.append(buttons(element.buttons, say));
  return made;
}

function gridCell(image, place, isHero, say) {
  const shown = isWeb(image.url) ? picture(image.url, `Picture ${place + 1}`, "") : noPicture(String(place + 1), "");
  const kind = `cell${isHero ? " hero" : ""}`;
  if (!image.action) return el("div", { class: kind }, shown);
  if (isWeb(image.action.url)) return el("a", { class: kind, href: image.action.url, ...away }, shown);
  return el("button", { type: "button", class: kind, onclick: () => say({ tap: { title: image.action.title || "", payload: image.action.payload || "" } }) }, shown);
}

function receipt(payload) {
  const money = (amount) => `${amount} ${payload.currency}`;
  const summary = payload.summary || {};
  const address = payload.address || {};
  const places = [address.street_1, address.street_2, `${address.postal_code || ""} ${address.city || ""}`.trim(), address.country];
  const sums = [["Subtotal", summary.subtotal], ["Shipping", summary.shipping_cost], ["Tax", summary.total_tax]];
  const adjustments = Array.isArray(payload.adjustments) ? payload.adjustments.filter((each) => each instanceof Object) : [];
  return [
    el("strong", {}, `Receipt ${payload.order_number}`),
    el("small", { dir: "auto" }, `${payload.recipient_name}, ${payload.payment_method}`),
    ...(payload.elements || []).flatMap((each) => [
      row(each.quantity > 1 ? `${each.quantity} × ${each.title}` : each.title, `${each.price} ${each.currency || payload.currency}`),
      each.subtitle ? el("small", { dir: "auto" }, each.subtitle) : null,
    ]),
    ...sums.filter(([, amount]) => amount !== undefined).map(([name, amount]) => row(name, money(amount), "soft")),
    ...adjustments.map((each) => row(each.name || "Discount", `−${money(each.amount)}`, "soft")),
    row("Total", money(summary.total_cost), "total"),
    payload.address ? el("small", { dir: "auto" }, places.filter(Boolean).join(", ")) : null,
  ];
}

function coupon(payload, message, say) {
  const uncover = () => say({ coupon: message.mid });
  const code = message.answer ? el("code", {}, payload.coupon_code) : el("button", { type: "button", class: "inner", onclick: uncover }, "Show the code");
  return [
    el("strong", { dir: "auto" }, payload.title),
    payload.subtitle ? el("small", { dir: "auto" }, payload.subtitle) : null,
    payload.coupon_code ? code : null,
    isWeb(payload.coupon_url) ? el("a", { href: payload.coupon_url, ...away }, payload.coupon_url_button_title || "Use it") : null,
  ];
}

const SCORES = { csat: [1, 5], nps: [0, 10], ces: [1, 7] };

function feedback(payload, message, say) {
  const question = payload.feedback_screens[0].questions[0];
  const head = [el("strong", { dir: "auto" }, payload.title), payload.subtitle ? el("small", { dir: "auto" }, payload.subtitle) : null];
  if (message.answer) return [...head, el("p", { class: "answered" }, `You answered ${message.answer}. Thank you!`)];
  const asked = feedbackForm(payload, question, message, say);
  asked.hidden = true;
  const opens = el("button", { type: "button", class: "inner", "aria-expanded": "false", onclick: () => { asked.hidden = false; opens.hidden = true; asked.scrollIntoView({ block: "nearest" }); asked.querySelector("input").focus(); } }, payload.button_title);
  return [...head, opens, asked];
}

function feedbackForm(payload, question, message, say) {
  const [from, to] = SCORES[question.type] || SCORES.csat;
  const isStars = question.type === "csat" && (question.score_option || "five_stars") === "five_stars";
  const scores = Array.from({ length: to - from + 1 }, (_, place) => from + place);
  const more = question.follow_up ? el("textarea", { rows: "2", "aria-label": question.follow_up.placeholder || "More", placeholder: question.follow_up.placeholder || "" }) : null;
  const trouble = el("small", { role: "alert" });
  const send = async (event) => {
    event.preventDefault();
    const chosen = event.currentTarget.querySelector("input:checked");
    if (!chosen) { trouble.textContent = "Choose one first."; return; }
    await say({ feedback: { mid: message.mid, score: Number(chosen.value), text: more?.value || "" } });
  };
  const name = `score-${message.mid}`;
  return el("form", { class: "asked", onsubmit: send },
    el("fieldset", { class: isStars ? "stars" : "scores" }, el("legend", { dir: "auto" }, question.title || "How was it?"),
      ...scores.map((score) => el("label", {}, el("input", { type: "radio", name, value: score, "aria-label": `${score} of ${to}` }), el("span", { "aria-hidden": "true" }, isStars ? "★" : String(score))))),
    more, trouble, el("button", { type: "submit", class: "inner" }, "Send"),
    isWeb(payload.business_privacy?.url) ? el("a", { href: payload.business_privacy.url, ...away }, "Privacy") : null);
}

function optIn(payload, word, say) {
  const agree = () => say({ optin: { type: payload.template_type, payload: payload.payload, title: payload.title } });
  const made = el("article", { class: "card form" }, el("div", { class: "words" }, el("strong", { dir: "auto" }, payload.title)));
  made.append(el("div", { class: "taps" }, el("button", { type: "button", onclick: agree }, word)));
  return made;
}

const WORDS = { account_link: "Log in", account_unlink: "Log out" };

export function buttons(listed, say) {
  return el("div", { class: "taps" }, ...(listed || []).map((button) => {
    const title = button.title || WORDS[button.type] || button.url || "";
    if (isWeb(button.url)) return el("a", { href: button.url, ...away }, title);
    if (button.type === "phone_number") return isPhone(button.payload) ? el("a", { href: `tel:${button.payload}` }, title) : el("span", {}, title);
    const tap = button.payload ? { title, payload: button.payload } : title;
    return el("button", { type: "button", onclick: () => say({ tap }) }, title);
  }));
}
