/* J and K walk a list: the page marks its links with data-key-next and data-key-prev. */
(() => {
  "use strict";
  const MARKS = { j: "[data-key-next]", k: "[data-key-prev]" };
  const typing = (element) => element.closest("input, textarea, select, [contenteditable]");

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || typing(event.target)) return;
    const mark = MARKS[event.key.toLowerCase()];
    const link = mark && document.querySelector(mark);
    if (!link) return;
    event.preventDefault();
    link.click();
  });
})();
