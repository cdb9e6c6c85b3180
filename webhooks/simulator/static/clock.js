// Meta's clock: a slider that moves it ahead of the machine's, and how long the active customer's window is still open.

import { order } from "./api.js";
import { active, byId, carryOut, whenAimed } from "./panel.js";

const HOUR = 3600;
const TICK_MS = 15 * 1000;
const WAIT_MS = 150;
const shape = new Intl.DateTimeFormat("en", { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
let shiftSeconds = 0;
let timer = null;

const metaNow = () => Date.now() + shiftSeconds * 1000;

export function span(seconds) {
  const minutes = Math.max(0, Math.round(seconds / 60));
  const [days, hours, rest] = [Math.floor(minutes / 1440), Math.floor(minutes / 60) % 24, minutes % 60];
  if (days > 1) return `${days} d ${hours} h`;
  if (minutes >= 60) return `${days * 24 + hours} h ${rest} min`;
  return `${rest} min`;
}

function windowWords(summary) {
  if (!summary) return "";
  if (summary.window_closes_at === null) return "The 24-hour window is not open: this customer said nothing yet.";
  const left = (summary.window_closes_at - metaNow()) / 1000;
  return left > 0 ? `24-hour window closes in ${span(left)}.` : `24-hour window closed ${span(-left)} ago.`;
}

function show() {
  const slider = byId("clock");
  const hours = shiftSeconds / HOUR;
  if (document.activeElement !== slider || timer === null) slider.value = String(Math.min(Math.max(hours, 0), Number(slider.max)));
  const ahead = Math.abs(shiftSeconds) < 30 ? "as here" : `${span(Math.abs(shiftSeconds))} ${shiftSeconds > 0 ? "ahead" : "behind"}`;
  byId("clock-time").textContent = `${shape.format(new Date(metaNow()))} (${ahead})`;
  slider.setAttribute("aria-valuetext", ahead);
  const words = windowWords(active());
  byId("clock-window").textContent = words;
  byId("clock-window").classList.toggle("bad", words.includes("closed") || words.includes("not open"));
}

function moved({ shift }) {
  shiftSeconds = shift;
  show();
  return "";
}

const move = (value) => carryOut("clock-said", () => order("clock", value), moved);

function slide() {
  shiftSeconds = Number(byId("clock").value) * HOUR;
  clearTimeout(timer);
  timer = setTimeout(() => { timer = null; move({ shift: shiftSeconds }); }, WAIT_MS);
  show();
}

export function showClock(clock) {
  if (timer === null) moved(clock);
}

export function startClock() {
  whenAimed((summary) => {
    if (summary && timer === null) shiftSeconds = Math.round((summary.now - Date.now()) / 1000);
    show();
  });
  byId("clock").addEventListener("input", slide);
  for (const button of document.querySelectorAll("[data-advance]")) {
    button.addEventListener("click", () => move({ advance: Number(button.dataset.advance) }));
  }
  byId("clock-now").addEventListener("click", () => move({ shift: 0 }));
  setInterval(show, TICK_MS);
}
