// The person in the Page's inbox, other apps, and what else can happen to the customer or the Page.

import { order } from "./api.js";
import { showBadge } from "./dom.js";
import { active, byId, carryOut, ends, fillGroups, whenAimed } from "./panel.js";

const OTHER_APP = "777";

function answerAsPerson() {
  const text = byId("person-text").value.trim();
  if (!active() || !text) return;
  byId("person-text").value = "";
  carryOut("person-said", () => order("staff_reply_in_page_inbox", { ...ends(), text }), "Sent. The bot keeps quiet now.");
}

function showTarget(summary) {
  byId("target-name").textContent = summary ? `To ${summary.name}` : "Choose a customer first";
  byId("target-badge").hidden = !summary;
  if (summary) showBadge(byId("target-badge"), summary.status);
}

const control = (what, more = {}) => () => order("thread_control", { ...ends(), control: what, ...more });
const say = (deed) => () => order("say", { ...ends(), ...deed });
const page = () => ({ page: active()?.page || byId("page").value });

// What can happen: value, words, what is ordered, what is said then. Those of the customer need one.
const HAPPENINGS = {
  "The conversation": [
    ["take", "The inbox takes it", control("take"), "The inbox has it."],
    ["take-app", "Another app takes it", control("take", { app_id: OTHER_APP }), "Another app has it."],
    ["pass-app", "The other app passes it to the bot", control("pass", { app_id: OTHER_APP }), "The bot has it."],
    ["release", "The inbox releases it", control("release"), "Nobody has it; the bot may answer."],
    ["request", "The inbox asks for it", control("request"), "Asked."],
    ["app-answers", "Another app answers", () => order("staff_reply_in_page_inbox", { ...ends(), text: "Hello from another app", app_id: OTHER_APP }), "Answered."],
  ],
  "The customer": [
    ["link", "Comes by an m.me link (ref poster-12)", say({ referral: "poster-12" }), "Came by the link."],
    ["ad", "Comes by an ad", say({ referral: { ref: "spring", ad_id: "555", ads_context_data: { ad_title: "Spring shoes", post_id: "10001_9" } } }), "Came by the ad."],
    ["plugin", "Agrees by a plugin", say({ optin: { ref: "PLUGIN_REF" } }), "Agreed."],
    ["checkbox", "Ticks a checkbox (user_ref chk-1)", say({ optin: { ref: "CHECKBOX", user_ref: "chk-1" } }), "Ticked."],
    ["linked", "Links the account", say({ account_linking: { status: "linked", authorization_code: "code-of-the-shop" } }), "Linked."],
    ["unlinked", "Unlinks the account", say({ account_linking: { status: "unlinked" } }), "Unlinked."],
    ["block", "Blocks the Page", say({ block: true }), "Blocked: the next send fails."],
    ["stop", "Stops the Page's messages", say({ block: "stopped" }), "Stopped: the next send fails."],
    ["unblock", "Lets the Page write again", say({ block: false }), "The Page may write again."],
  ],
  "Meta": [
    ["warning", "Warns the Page", () => order("policy", { ...page(), action: "warning" }), "Warned."],
    ["policy-block", "Blocks the Page's messages", () => order("policy", { ...page(), action: "block" }), "Blocked: sends fail."],
    ["policy-end", "Ends the block", () => order("policy", { ...page(), action: "unblock" }), "The block is over."],
    ["approved", "Approves the template order_update", () => order("template_status", { ...page(), template: "order_update", text: "Your order is on its way." }), "Approved."],
    ["rejected", "Rejects the template order_update", () => order("template_status", { ...page(), template: "order_update", event: "REJECTED" }), "Rejected."],
    ["roles", "Tells the roles of apps", () => order("app_roles", { ...page(), roles: { [OTHER_APP]: ["primary_receiver"] } }), "Told."],
    ["test", "Posts the dashboard's test", () => order("dashboard_test", {}), "Posted."],
  ],
};

function happen() {
  const chosen = byId("happening").value;
  const [, , work, done] = Object.values(HAPPENINGS).flat().find(([value]) => value === chosen);
  const isMetas = HAPPENINGS.Meta.some(([value]) => value === chosen);
  if (!active() && !isMetas) { byId("happening-said").textContent = "Choose a customer first."; return; }
  carryOut("happening-said", work, done);
}

export function startPerson() {
  whenAimed(showTarget);
  byId("person-form").addEventListener("submit", (event) => { event.preventDefault(); answerAsPerson(); });
  byId("person-text").addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    answerAsPerson();
  });
  byId("give-back").addEventListener("click", () => active() && carryOut("person-said", () => order("give_back", ends()), "The bot answers again."));
  fillGroups(byId("happening"), HAPPENINGS);
  byId("happening-form").addEventListener("submit", (event) => { event.preventDefault(); happen(); });
}
