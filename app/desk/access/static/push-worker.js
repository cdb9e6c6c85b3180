// Shows push notes, also while no page is open. Fetches nothing and keeps nothing.
addEventListener("push", (event) => {
  const { title, body, url } = event.data.json();
  event.waitUntil(registration.showNotification(title, { body, tag: "waiting", renotify: true, data: { url } }));
});
addEventListener("notificationclick", (event) => {
  event.notification.close();
  const address = new URL(event.notification.data.url, location.origin);
  // Nothing but our own pages, whatever a note says.
  if (address.origin !== location.origin) return;
  event.waitUntil((async () => {
    const open = (await clients.matchAll({ type: "window", includeUncontrolled: true })).find((each) => new URL(each.url).pathname.startsWith("/desk"));
    await (open ? open.focus() : clients.openWindow(address.href));
  })());
});
