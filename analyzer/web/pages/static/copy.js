// The text for the ticket, into the clipboard.
export function mindCopying() {
  const button = document.getElementById("copy");
  // Browsers have no clipboard for pages that came without TLS from elsewhere.
  if (!button || !navigator.clipboard || !globalThis.ClipboardItem) { return; }
  const told = document.getElementById("copied");
  button.hidden = false;
  button.addEventListener("click", async () => {
    told.textContent = button.dataset.busy;
    button.setAttribute("aria-busy", "true");
    try {
      // The click lets us write for some seconds only; a promise of the text may take longer.
      const text = new ClipboardItem({ "text/plain": written(button.dataset.from) });
      await navigator.clipboard.write([text]);
      told.textContent = button.dataset.done;
    } catch {
      told.textContent = button.dataset.failed;
    }
    button.removeAttribute("aria-busy");
  });
}

async function written(path) {
  const answer = await fetch(path);
  if (!answer.ok) { throw new Error(String(answer.status)); }
  return new Blob([await answer.text()], { type: "text/plain" });
}
