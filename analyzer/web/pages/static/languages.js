// A language is spoken as soon as it is chosen, unless that would lose what was typed or chosen.
import { isAnyFilled } from "./filled.js";

export function mindLanguages() {
  const form = document.querySelector("form.language");
  const button = form.querySelector("button");
  let byKeys = false;
  button.hidden = true;
  form.addEventListener("keydown", (event) => { byKeys = event.key !== "Tab"; });
  form.addEventListener("pointerdown", () => { byKeys = false; });
  form.addEventListener("change", () => {
    // Arrow keys choose one language after the other on the way to the wanted one.
    if (byKeys || isAnyFilled()) { button.hidden = false; } else { form.requestSubmit(); }
  });
}
