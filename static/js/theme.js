/* Pins the reader's theme before the first paint. Loaded blocking in <head>, so it stays tiny.
   The choice is "system", "light" or "dark"; without this script the system decides by CSS. */
(() => {
  "use strict";
  const KEY = "crossover.theme";
  const CHOICES = ["system", "light", "dark"];
  const prefersDark = matchMedia("(prefers-color-scheme: dark)");

  const read = () => {
    try {
      const stored = localStorage.getItem(KEY);
      return CHOICES.includes(stored) ? stored : "system";
    } catch {
      return "system"; /* storage may be forbidden; the page still works */
    }
  };
  const write = (choice) => {
    try {
      localStorage.setItem(KEY, choice);
    } catch {
      /* then the choice lasts as long as the page */
    }
  };

  let choice = read();

  const apply = () => {
    const theme = choice === "system" ? (prefersDark.matches ? "dark" : "light") : choice;
    if (document.documentElement.dataset.bsTheme === theme) return;
    document.documentElement.dataset.bsTheme = theme;
    document.dispatchEvent(new CustomEvent("crossover:theme", { detail: theme }));
  };
  const showChoice = () => {
    for (const group of document.querySelectorAll("[data-theme-choice]")) {
      group.hidden = false;
      for (const radio of group.querySelectorAll("input")) radio.checked = radio.value === choice;
    }
  };

  apply();
  prefersDark.addEventListener("change", apply);
  addEventListener("storage", (event) => {
    if (event.key !== KEY) return;
    choice = read();
    apply();
    showChoice();
  });
  document.addEventListener("DOMContentLoaded", showChoice);
  document.addEventListener("change", (event) => {
    if (!event.target.closest?.("[data-theme-choice]")) return;
    choice = event.target.value;
    write(choice);
    apply();
    showChoice();
  });
})();
