// The text for the ticket, into the clipboard.
export function mindCopying() {
  const button = document.getElementById("copy");
  // Browsers have no clipboard for pages that came without TLS from elsewhere.
  if (!button || !navigator.clipboard) { return; }
  const told = document.getElementById("copied");
  button.hidden = false;
  button.addEventListener("click", async () => {
    told.textContent = "";
    try {
      const answer = await fetch(button.dataset.from);
      if (!answer.ok) { throw new Error(String(answer.status)); }
      await navigator.clipboard.writeText(await answer.text());
      told.textContent = button.dataset.done;
    } catch {
      told.textContent = button.dataset.failed;
    }
  });
}
