// What all parts of the panel on the right share: which customer they are about, and saying what became of an order.

let target = null;
const listeners = [];

export const byId = (id) => document.getElementById(id);
export const active = () => target;
export const ends = () => ({ page: target.page, customer: target.customer });
export const whenAimed = (listener) => listeners.push(listener);

export function aim(summary) {
  target = summary;
  for (const button of document.querySelectorAll("[data-needs-customer]")) button.disabled = !summary;
  for (const listener of listeners) listener(summary);
}

export async function carryOut(saidId, work, done) {
  const said = byId(saidId);
  said.classList.remove("bad");
  try {
    const answer = await work();
    said.textContent = typeof done === "function" ? done(answer) : done;
    return answer;
  } catch (error) {
    said.classList.add("bad");
    said.textContent = error.message;
    return null;
  }
}

// A select whose entries belong to groups: { group: [[value, words], …] }.
export function fillGroups(select, groups) {
  for (const [label, entries] of Object.entries(groups)) {
    const group = document.createElement("optgroup");
    group.label = label;
    group.append(...entries.map(([value, words]) => new Option(words, value)));
    select.append(group);
  }
}
