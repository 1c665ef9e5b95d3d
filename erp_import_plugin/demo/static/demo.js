// Comfort only: every page works without this file.
"use strict";

document.addEventListener("click", (event) => {
  for (const popup of document.querySelectorAll("details.popup[open]")) {
    if (!popup.contains(event.target)) popup.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    for (const popup of document.querySelectorAll("details.popup[open]")) {
      popup.open = false;
      popup.querySelector("summary").focus();
    }
  }
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  const search = document.querySelector("[data-search]");
  if (event.key === "/" && !typing && search && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    search.focus();
  }
});
