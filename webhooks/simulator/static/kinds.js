// What a customer can send beside text: one example of each kind, in Meta's form.

const here = (name) => `${location.origin}/static/${name}.svg`;
const one = (type, payload, more = {}) => ({ attachment: { type, payload, ...more } });

export const THUMB = { type: "sticker", payload: { sticker_id: 369239263222822, url: "https://cdn.example/thumb.png" } };

export const KINDS = [
  ["Thumbs up, large", () => one("sticker", { ...THUMB.payload, sticker_id: 369239383222810 })],
  ["Sticker", () => one("sticker", { sticker_id: 767226160478561, url: here("sticker") })],
  ["Example photo", () => one("image", { url: here("photo") })],
  ["Two photos", () => ({ attachments: ["photo", "photo2"].map((name) => ({ type: "image", payload: { url: here(name) } })) })],
  ["Voice message", () => one("audio", { url: "https://cdn.example/voice.mp4" })],
  ["Video", () => one("video", { url: "https://cdn.example/clip.mp4" })],
  ["File", () => one("file", { url: "https://cdn.example/invoice.pdf" })],
  ["Place", () => one("location", { coordinates: { lat: 52.5, long: 13.4 } }, { title: "Pinned place", url: "https://maps.example/?q=52.5,13.4" })],
  ["Link", () => ({ text: "https://shop.example/boots", ...one("fallback", { url: "https://shop.example/boots", title: "Boots" }) })],
  ["Product of the shop", () => one("template", { product: { elements: [{ id: "777", retailer_id: "SKU1", image_url: here("photo2"), title: "Boots", subtitle: "€40" }] } })],
  ["Reel", () => one("reel", { url: "https://fb.example/reel/888", title: "A reel", reel_video_id: "888" })],
  ["Post", () => one("post", { url: "https://fb.example/post/9", id: "10001_9", title: "A post" })],
  ["Appointment", () => one("appointment_booking", { booking_id: "b1", status: "requested", start_time: 1790000000, end_time: 1790003600, timezone: "Europe/Berlin" })],
  ["Something unsupported", () => ({ unsupported: true })],
];

export const REACTIONS = [
  ["love", "❤️"], ["like", "👍"], ["smile", "😆"], ["wow", "😮"], ["sad", "😢"], ["angry", "😠"], ["dislike", "👎"],
];
