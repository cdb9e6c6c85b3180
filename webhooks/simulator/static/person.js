// The panel on the right: the person in the Page's inbox, Meta's clock, the weather.

import { get, order } from "./api.js";
import { showBadge } from "./dom.js";

const byId = (id) => document.getElementById(id);
let target = null;

export function aim(summary) {
  target = summary;
  byId("target-name").textContent = summary ? `To ${summary.name}` : "Choose a customer first";
  byId("target-badge").hidden = !summary;
  if (summary) showBadge(byId("target-badge"), summary.status);
  for (const button of [byId("give-back"), byId("person-form").querySelector("button")]) button.disabled = !summary;
}

async function carryOut(saidId, work, done) {
  const said = byId(saidId);
  said.classList.remove("bad");
  try {
    const answer = await work();
    said.textContent = typeof done === "function" ? done(answer) : done;
  } catch (error) {
    said.classList.add("bad");
    said.textContent = error.message;
  }
}

const ends = () => ({ page: target.page, customer: target.customer });

function answerAsPerson() {
  const text = byId("person-text").value.trim();
  if (!target || !text) return;
  byId("person-text").value = "";
  carryOut("person-said", () => order("staff_reply_in_page_inbox", { ...ends(), text }), "Sent. The bot keeps quiet now.");
}

function orderFault() {
  const value = { kind: byId("fault-kind").value, times: Number(byId("fault-times").value) || 1, rate: (Number(byId("fault-rate").value) || 100) / 100 };
  carryOut("fault-said", () => order("fault", value), describeFaults);
}

function describeFaults({ active }) {
  if (active.length === 0) return "Fair weather.";
  return active.map((each) => `${each.kind}${each.times === null ? "" : ` × ${each.times}`}`).join(", ");
}

export async function showCounts() {
  try {
    const { webhooks, sends } = await get("report?customers=false");
    byId("counts").textContent = `Webhooks taken: ${webhooks.acked}, waiting: ${webhooks.waiting} · Messages from the bot: ${sends.accepted}`;
  } catch {
    byId("counts").textContent = "";
  }
}

export function start() {
  byId("person-form").addEventListener("submit", (event) => { event.preventDefault(); answerAsPerson(); });
  byId("person-text").addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    answerAsPerson();
  });
  byId("give-back").addEventListener("click", () => target && carryOut("person-said", () => order("give_back", ends()), "The bot answers again."));
  for (const button of document.querySelectorAll("[data-advance]")) {
    button.addEventListener("click", () => carryOut("clock-said", () => order("clock", { advance: Number(button.dataset.advance) }), showTime));
  }
  byId("clock-now").addEventListener("click", () => carryOut("clock-said", () => order("clock", { now: new Date().toISOString() }), showTime));
  byId("fault-form").addEventListener("submit", (event) => { event.preventDefault(); orderFault(); });
  byId("fault-clear").addEventListener("click", () => carryOut("fault-said", () => order("fault", { kind: "clear" }), describeFaults));
  aim(null);
}

const showTime = ({ now }) => `It is ${new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "short" }).format(new Date(now))} at Meta.`;
