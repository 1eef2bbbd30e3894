// Files dropped anywhere on a page go to its form; no page is left for a file that was dropped.
export function mindDrops() {
  const root = document.documentElement;
  const holdsFiles = (event) => Array.from(event.dataTransfer.types).includes("Files");
  const form = document.querySelector("form.upload");
  const zone = form && form.querySelector(".drop");
  const over = (is) => {
    // A report in its frame would take the file.
    root.classList.toggle("dragging", is);
    if (zone) { zone.classList.toggle("over", is); }
  };
  addEventListener("dragover", (event) => {
    if (!holdsFiles(event)) { return; }
    event.preventDefault();
    if (!form) { event.dataTransfer.dropEffect = "none"; }
    over(true);
  });
  addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) { over(false); }
  });
  addEventListener("drop", (event) => {
    if (!holdsFiles(event)) { return; }
    event.preventDefault();
    over(false);
    if (form) { form.dispatchEvent(new CustomEvent("dropped", { detail: event.dataTransfer })); }
  });
}
