// Talks to the simulator: orders by POST, screens by GET, changes by a stream that opens itself again.

export class OrderError extends Error {}

async function ask(path, options) {
  let answer;
  try {
    answer = await fetch(`/_control/${path}`, options);
  } catch {
    throw new OrderError("The simulator does not answer.");
  }
  const body = await answer.json().catch(() => ({}));
  if (!answer.ok) {
    const error = body.error || { message: `The simulator answered ${answer.status}.`, hint: "" };
    throw new OrderError(`${error.message} ${error.hint || ""}`.trim());
  }
  return body;
}

export const get = (path) => ask(path);
export const order = (path, value) => ask(path, { method: "POST", body: JSON.stringify(value) });
export const keepPhoto = (file) => ask("media", { method: "POST", body: file, headers: { "Content-Type": file.type } });
export const screenOf = (key) => get(`thread/${key.split("/").map(encodeURIComponent).join("/")}`);

// `on` has hello, thread, page, reset and lost.
export function listen(on) {
  const stream = new EventSource("/_control/stream");
  for (const kind of ["hello", "thread", "page", "reset"]) {
    stream.addEventListener(kind, (event) => on[kind](JSON.parse(event.data)));
  }
  stream.addEventListener("error", () => on.lost());
}
