// The button that asks for push notes in this browser. Off until somebody presses it.
(() => {
  const button = document.getElementById("push");
  const said = document.getElementById("push-said");
  const say = (which) => { said.textContent = said.dataset[which]; said.hidden = false; said.className = "notice warn"; };
  if (!("serviceWorker" in navigator && "PushManager" in window)) { say("none"); return; }
  button.hidden = false;

  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      if (await Notification.requestPermission() !== "granted") { say("refused"); return; }
      const key = await (await fetch("/account/push")).text();
      await navigator.serviceWorker.register("/push-worker.js");
      const registration = await navigator.serviceWorker.ready;
      // One that was made with another key cannot be changed, only given up.
      await (await registration.pushManager.getSubscription())?.unsubscribe();
      const made = (await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key })).toJSON();
      const body = new URLSearchParams({ endpoint: made.endpoint, p256dh: made.keys.p256dh, auth: made.keys.auth });
      const answer = await fetch("/account/push", { method: "POST", body });
      if (answer.ok) location.reload(); else say("failed");
    } catch { say("failed"); } finally { button.disabled = false; }
  });
})();
