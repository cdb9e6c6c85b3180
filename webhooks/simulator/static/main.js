// Puts the parts together: which phones are open, which one is active, what the stream says.

import { get, listen, order } from "./api.js";
import { showClock, startClock } from "./clock.js";
import { showCounts, startFaults } from "./faults.js";
import { aim, byId } from "./panel.js";
import { People } from "./people.js";
import { startPerson } from "./person.js";
import { Phone } from "./phone.js";
import { showPosts, startPosts } from "./posts.js";

const PHONES_MAX = 2;
const COUNTS_MS = 1000;
const summaries = new Map();
const phones = new Map();
let active = null;
let countsTimer = null;
let isFirstHello = true;

const people = new People(byId("people"), { open: (key) => openPhone(key, false), beside: (key) => openPhone(key, true) });
const keyOf = (summary) => `${summary.page}/${summary.customer}`;

function openPhone(key, isBeside) {
  if (!phones.has(key)) {
    while (phones.size > 0 && (!isBeside || phones.size >= PHONES_MAX)) closePhone(isBeside ? [...phones.keys()].find((each) => each !== active) || active : active);
    const phone = new Phone(summaries.get(key), { active: activate, close: closePhone });
    phones.set(key, phone);
    byId("phones").append(phone.element);
    phone.refresh();
  }
  activate(key);
  showView("chat");
  if (matchMedia("(pointer: fine)").matches) phones.get(key).text.focus();
}

function closePhone(key) {
  phones.get(key)?.element.remove();
  phones.delete(key);
  activate([...phones.keys()].at(-1) || null);
}

function activate(key) {
  active = key;
  for (const [each, phone] of phones) phone.element.classList.toggle("active", each === key);
  byId("no-phones").hidden = phones.size > 0;
  byId("no-people").hidden = summaries.size > 0;
  people.mark([...phones.keys()], key);
  aim(key ? summaries.get(key) : null);
}

async function addCustomer() {
  const summary = await order("customer", { page: byId("page").value });
  keep(summary);
  openPhone(keyOf(summary), false);
}

function keep(summary, isFirst = true) {
  summaries.set(keyOf(summary), summary);
  people.show(summary, isFirst);
  byId("no-people").hidden = true;
}

function showView(name) {
  document.body.dataset.view = name;
  for (const button of document.querySelectorAll("[data-shows]")) {
    if (button.dataset.shows === name) button.setAttribute("aria-current", "true");
    else button.removeAttribute("aria-current");
  }
}

function showPages(pages) {
  const chosen = byId("page").value;
  byId("page").replaceChildren(...pages.map((each) => new Option(each.name, each.page, false, each.page === chosen)));
  document.querySelector(".page-choice").hidden = pages.length < 2;
}

function showLink(handshake) {
  const link = byId("link");
  link.classList.toggle("up", handshake === "done");
  link.textContent = handshake === "done" ? "Bot connected" : `Waiting for the bot: ${handshake}`;
  if (handshake !== "done") setTimeout(loadAll, 1500);
}

async function loadAll() {
  const { pages, threads, handshake, clock } = await get("threads");
  showPages(pages);
  showClock(clock);
  showLink(handshake);
  for (const summary of threads) keep(summary, false);
  for (const phone of phones.values()) phone.refresh();
  activate(active);
  return threads;
}

function scheduleCounts() {
  countsTimer ??= setTimeout(() => { countsTimer = null; showCounts(); }, COUNTS_MS);
}

function forgetAll() {
  for (const key of [...phones.keys()]) closePhone(key);
  summaries.clear();
  people.clear();
  activate(null);
  loadAll();
}

async function hello() {
  const threads = await loadAll();
  scheduleCounts();
  if (!isFirstHello) return;
  isFirstHello = false;
  if (threads.length > 0) openPhone(keyOf(threads[0]), false);
  else await addCustomer();
}

for (const start of [startPerson, startClock, startFaults, startPosts]) start();
aim(null);
for (const button of document.querySelectorAll("[data-shows]")) button.addEventListener("click", () => showView(button.dataset.shows));
for (const id of ["new-customer", "first-customer"]) byId(id).addEventListener("click", addCustomer);
listen({
  hello,
  thread(summary) {
    keep(summary);
    const key = keyOf(summary);
    phones.get(key)?.refresh();
    if (key === active) aim(summary);
    scheduleCounts();
  },
  page() {
    showPosts();
    for (const phone of phones.values()) phone.refresh();
  },
  reset: forgetAll,
  lost() {
    byId("link").classList.remove("up");
    byId("link").textContent = "Connection lost, trying again …";
  },
});
