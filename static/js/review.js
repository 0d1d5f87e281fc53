/* One key, one word: 1, 2, 3 choose, S skips, U takes back. Buttons carry their key in data-key. */
(() => {
  "use strict";
  const typing = (element) => element.closest("input:not([type=hidden]), textarea, select, [contenteditable]");
  let sent = false;

  document.addEventListener("keydown", (event) => {
    if (sent || event.repeat || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (!/^[123su]$/i.test(event.key)) return;
    const button = document.querySelector(`[data-key="${event.key.toLowerCase()}"]`);
    if (!button) return;
    event.preventDefault();
    sent = true;
    button.click();
  });
})();
