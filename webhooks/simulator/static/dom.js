// Makes elements. What people wrote goes in as text nodes only.

export function el(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (value === true) made.setAttribute(key, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(key, value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

const SHAPES = {
  menu: "M4 7h16M4 12h16M4 17h16",
  plus: "M12 5v14M5 12h14",
  photo: "M4 6h16v12H4zM4 15l4-4 4 4 3-3 5 5M15.500 10h.01",
  send: "M4 12 20 5l-5 15-3-6z",
  thumb: "M7 11v9H4v-9zM7 19h9.500a2 2 0 0 0 2-1.600l1.300-6A2 2 0 0 0 17.800 9H14V5.500A1.500 1.500 0 0 0 11.300 4.600L7 11",
};

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", SHAPES[name]);
  path.setAttribute("fill", name === "send" || name === "thumb" ? "currentColor" : "none");
  path.setAttribute("stroke", "currentColor");
  path.setAttribute("stroke-width", name === "thumb" ? "1" : "1.8");
  path.setAttribute("stroke-linecap", "round");
  path.setAttribute("stroke-linejoin", "round");
  svg.append(path);
  return svg;
}

export function hue(text) {
  let sum = 0;
  for (const letter of text) sum = (sum * 31 + letter.codePointAt(0)) % 9973;
  return (sum * 137) % 360;
}

export function face(name) {
  const letters = name.split(/\s+/).filter(Boolean).slice(0, 2).map((word) => [...word][0]).join("");
  const made = el("span", { class: "face", "aria-hidden": "true" }, letters.toUpperCase());
  made.style.setProperty("--hue", hue(name));
  return made;
}

export const STATUS = { bot: "Bot answers", person: "Person answers", other: "Other app answers" };

export const SHORT_STATUS = { bot: "Bot", person: "Person", other: "Other app" };

export function showBadge(badge, status, words = STATUS) {
  badge.className = `badge by-${status}`;
  badge.textContent = words[status];
}
