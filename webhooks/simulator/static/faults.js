// The fault panel: which trouble is ordered, how often it struck, and its end.

import { get, order } from "./api.js";
import { el } from "./dom.js";
import { byId, carryOut, fillGroups } from "./panel.js";

const KINDS = {
  "Sends are refused": [
    ["http_500", "Error 500"], ["rate_limit", "The rate limit is reached"], ["token_expired", "The Page’s token is dead"],
    ["window_closed", "The window is closed"], ["page_restricted", "The Page is restricted"], ["person_blocked", "The person blocked the Page"],
    ["graph_error", "An error of Meta’s …"], ["reset", "The connection breaks before the send"],
  ],
  "Sends arrive, but": [
    ["lost_answer", "The answer is lost"], ["slow", "The answer is slow"], ["no_echo", "No echo comes back"], ["echo_first", "The echo comes before the answer"],
    ["echo_with", "The echo comes with the answer"], ["echo_late", "The echo comes late"],
  ],
  Webhooks: [["duplicate", "Come twice"], ["reorder", "Change places"]],
  "Look-ups and calls": [
    ["lookup_failed", "Look-ups fail"], ["lookup_empty", "Look-ups find nothing"], ["lookup_slow", "Look-ups are slow"], ["usage", "The limits are nearly used up …"],
  ],
};
const NAMES = new Map(Object.values(KINDS).flat());
const EXTRA = { graph_error: ["code", "subcode"], usage: ["percent", "minutes"], slow: ["seconds"], echo_late: ["seconds"], lookup_slow: ["seconds"], reorder: ["seconds"] };

const number = (id) => (byId(id).value === "" ? undefined : Number(byId(id).value));

function showExtra() {
  const wanted = EXTRA[byId("fault-kind").value] || [];
  for (const label of document.querySelectorAll("[data-extra]")) label.hidden = !wanted.includes(label.dataset.extra);
}

function orderFault() {
  const kind = byId("fault-kind").value;
  const value = { kind, times: number("fault-times"), rate: (number("fault-rate") ?? 100) / 100 };
  for (const name of EXTRA[kind] || []) value[name] = number(`fault-${name}`);
  carryOut("fault-said", () => order("fault", value), shown("Ordered."));
}

const end = (which) => carryOut("fault-said", () => order("fault", { kind: "clear", which }), shown(which ? "Ended." : "Fair weather."));

const shown = (words) => (faults) => {
  showFaults(faults);
  return words;
};

function line(fault) {
  const name = NAMES.get(fault.kind) || fault.kind;
  const codes = fault.kind === "graph_error" ? ` ${fault.code}${fault.subcode === null ? "" : `/${fault.subcode}`}` : "";
  const left = fault.times === null || fault.times === undefined ? "until it is ended" : `${fault.times} to come`;
  const rate = fault.rate < 1 ? `, ${Math.round(fault.rate * 100)} %` : "";
  return el("li", {}, el("span", {}, el("strong", {}, `${name.replace(" …", "")}${codes}`), el("small", {}, `struck ${fault.struck} times, ${left}${rate}`)),
    el("button", { type: "button", "aria-label": `End: ${name}`, onclick: () => end(fault.kind) }, "End"));
}

export function showFaults({ active, struck }) {
  byId("faults").replaceChildren(...active.map(line));
  const past = Object.entries(struck).map(([kind, times]) => `${NAMES.get(kind) || kind}: ${times}`);
  byId("fault-counts").textContent = past.length ? `So far: ${past.join(" · ")}` : "Nothing went wrong so far.";
  byId("fault-badge").textContent = String(active.length);
  byId("fault-badge").hidden = active.length === 0;
}

export async function showCounts() {
  try {
    const { webhooks, sends, faults } = await get("report?customers=false");
    byId("counts").textContent = `Webhooks taken: ${webhooks.acked}, waiting: ${webhooks.waiting} · Messages from the bot: ${sends.accepted}`;
    showFaults(faults);
  } catch {
    byId("counts").textContent = "";
  }
}

export function startFaults() {
  fillGroups(byId("fault-kind"), KINDS);
  byId("fault-kind").addEventListener("change", showExtra);
  byId("fault-form").addEventListener("submit", (event) => { event.preventDefault(); orderFault(); });
  byId("fault-clear").addEventListener("click", () => end());
  showExtra();
}
