// The Page's post, what people write under it and on its wall, and which of that got its one private reply.

import { get, order } from "./api.js";
import { el } from "./dom.js";
import { active, byId, carryOut, ends, whenAimed } from "./panel.js";

let postId = "";

function line(comment) {
  const marks = [comment.is_post && "on the wall", comment.replied && "answered in private"].filter(Boolean).join(", ");
  const isOwn = active()?.customer === comment.customer && !comment.by_page;
  const remove = () => carryOut("post-said", () => order("say", { ...ends(), comment: { verb: "remove", comment_id: comment.comment_id } }), removed);
  return el("li", {}, el("span", { dir: "auto" }, el("strong", {}, comment.by_page ? "The Page" : comment.name), ` ${comment.text}`, marks ? el("small", {}, marks) : null),
    isOwn ? el("button", { type: "button", "aria-label": `Remove: ${comment.text}`, onclick: remove }, "✕") : null);
}

function removed() {
  showPosts();
  return "Removed.";
}

export async function showPosts() {
  if (!byId("posts").open) return;
  const { post_id, text, comments } = await get(`posts?page=${encodeURIComponent(active()?.page || byId("page").value)}`);
  postId = post_id;
  byId("post-text").textContent = text;
  byId("comments").replaceChildren(...comments.map(line));
}

async function write() {
  const text = byId("comment-text").value.trim();
  if (!active() || !text) return;
  const place = byId("comment-place").value;
  const comment = { text, ...(place === "wall" ? {} : { post_id: postId }), by_page: place === "page" };
  if (await carryOut("post-said", () => order("say", { ...ends(), comment }), "Written.")) byId("comment-text").value = "";
  showPosts();
}

export function startPosts() {
  byId("posts").addEventListener("toggle", showPosts);
  byId("comment-form").addEventListener("submit", (event) => { event.preventDefault(); write(); });
  whenAimed((summary) => {
    byId("comment-who").textContent = summary ? `${summary.name} writes` : "Choose a customer first";
    showPosts();
  });
}
