// Comforts only: the page says everything without them.
"use strict";
for (const label of document.querySelectorAll(".filter")) label.hidden = false;

for (const box of document.querySelectorAll("[data-filter]")) {
  box.addEventListener("input", () => {
    const wanted = box.value.trim().toLowerCase();
    for (const card of document.querySelectorAll(".card")) {
      card.hidden = !card.textContent.toLowerCase().includes(wanted);
    }
  });
}

for (const box of document.querySelectorAll("[data-gaps]")) {
  box.addEventListener("change", () => {
    for (const row of document.getElementById(box.dataset.gaps).querySelectorAll("tbody tr")) {
      row.hidden = box.checked && !("gap" in row.dataset);
    }
  });
}

for (const block of document.querySelectorAll(".code")) {
  const text = block.querySelector("code");
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Copy";
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(text.textContent);
      button.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(text);
      button.textContent = "Selected";
    }
    setTimeout(() => { button.textContent = "Copy"; }, 2000);
  });
  block.append(button);
}

addEventListener("beforeprint", () => {
  for (const one of document.querySelectorAll("details")) one.open = true;
});
