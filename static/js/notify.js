/* A run tells the reader that it is over: in the tab's title, and by a notification where that is allowed. */
(() => {
  "use strict";
  const KEY = "crossover.notify";
  const button = document.getElementById("notify");
  const words = () => document.getElementById("notify-words")?.dataset ?? {};
  const can = "Notification" in window;

  const wanted = () => {
    try {
      return localStorage.getItem(KEY) === "yes";
    } catch {
      return false; /* storage may be forbidden; then the button asks on every page */
    }
  };
  const want = (yes) => {
    try {
      localStorage.setItem(KEY, yes ? "yes" : "no");
    } catch {
      /* then the wish lasts as long as the page */
    }
  };

  let asked = false;
  let listening = can && wanted() && Notification.permission === "granted";

  const show = () => {
    if (!button || !can) return;
    const refused = Notification.permission === "denied";
    button.hidden = (refused && !asked) || !document.getElementById("live")?.hasAttribute("hx-get");
    button.setAttribute("aria-pressed", String(listening));
    button.querySelector("span").textContent = refused ? words().refused : listening ? words().on : words().off;
  };

  button?.addEventListener("click", async () => {
    if (listening) {
      listening = false;
    } else {
      asked = true;
      listening = (await Notification.requestPermission()) === "granted";
    }
    want(listening);
    show();
  });

  const tell = (over) => {
    try {
      const note = new Notification(over, { body: words().about, tag: location.pathname });
      note.addEventListener("click", () => {
        window.focus();
        note.close();
      });
    } catch {
      /* browsers of phones know the word and refuse the deed; the title has told already */
    }
  };

  document.addEventListener("htmx:afterSettle", () => {
    const live = document.getElementById("live");
    const over = live?.dataset.over;
    if (!over || document.body.dataset.told) return;
    document.body.dataset.told = over;
    document.title = `✓ ${over} · ${document.title}`;
    if (listening && document.hidden) tell(over);
    show();
  });
  show();
})();
