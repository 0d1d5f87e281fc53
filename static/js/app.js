/* Small courtesies on every page. Everything works without them. */
(() => {
  "use strict";

  /* A menu closes on Escape, and when the reader turns elsewhere. */
  const openMenus = () => document.querySelectorAll("details.menu[open]");
  document.addEventListener("click", (event) => {
    for (const menu of openMenus()) if (!menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener("focusin", (event) => {
    for (const menu of openMenus()) if (!menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of openMenus()) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });

  /* A refresh that fails says so; the next one that works takes the words back. */
  const lost = () => document.getElementById("connection-lost");
  const connectionLost = () => lost()?.removeAttribute("hidden");
  document.addEventListener("htmx:sendError", connectionLost);
  document.addEventListener("htmx:responseError", connectionLost);
  document.addEventListener("htmx:timeout", connectionLost);
  document.addEventListener("htmx:afterOnLoad", (event) => {
    if (event.detail.xhr.status < 400) lost()?.setAttribute("hidden", "");
  });

  /* Whoever stands in a part that is replaced keeps the place: the same control where it is still there,
     else the part itself. A button that is disabled while its request runs has lost the focus already. */
  const sign = (one) => {
    if (one.id) return `#${CSS.escape(one.id)}`;
    if (one.matches("a[href]")) return `a[href="${CSS.escape(one.getAttribute("href"))}"]`;
    const action = one.matches("button") && one.form?.getAttribute("action");
    return action ? `form[action="${CSS.escape(action)}"] button` : null;
  };
  let last = null;
  let held = null;
  const hold = (event) => {
    const part = event.detail.target;
    const one = document.activeElement === document.body && last?.disabled ? last : document.activeElement;
    if (part?.id && part.contains(one)) held = { part: part.id, sign: sign(one) };
  };
  document.addEventListener("focusin", (event) => {
    last = event.target;
    held = null;
  });
  document.addEventListener("htmx:beforeSwap", hold);
  document.addEventListener("htmx:oobBeforeSwap", hold);
  document.addEventListener("htmx:afterSettle", () => {
    const part = held && document.getElementById(held.part);
    if (!part || document.activeElement !== document.body) return;
    const same = held.sign && part.querySelector(held.sign);
    if (!same) part.tabIndex = -1;
    (same || part).focus({ preventScroll: true });
  });

  /* What a part says anew once it is replaced is read out by one region that stays: one that comes and
     goes with its part is passed over. Each sentence has an id, and data-announce. */
  const heard = new Map();
  const words = (one) => one.textContent.replace(/\s+/g, " ").trim();
  const isNew = (one) => {
    const before = heard.get(one.id);
    heard.set(one.id, words(one));
    return words(one) && words(one) !== before;
  };
  const saying = (root) => [root, ...root.querySelectorAll("[data-announce]")].filter(
    (one) => one.dataset && "announce" in one.dataset && isNew(one)
  );
  saying(document);
  document.addEventListener("htmx:afterSettle", (event) => {
    const said = saying(event.target);
    if (said.length) document.getElementById("announcer").textContent = said.map(words).join(" ");
  });

  /* The tab that is open is in sight, where a phone has no room for all. */
  const row = document.querySelector(".tabs");
  const here = row?.querySelector("[aria-current]");
  if (here) row.scrollLeft = here.offsetLeft + here.offsetWidth + 16 - row.offsetLeft - row.clientWidth;

  /* A form is sent once, however often its button is pressed. */
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
  });
  addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = event.target.closest?.("form[data-sent]");
    if (form) delete form.dataset.sent;
  });
})();
