// How far a job is: by events as they come, or asked for again and again where none come.
import { mindCopying } from "./copy.js";
import { isAnyFilled } from "./filled.js";
import { mindTimes } from "./times.js";

const ASK_MS = 2000;
const LIST_MS = 5000;

export function mindJob() {
  const section = document.querySelector("#job[data-events]");
  if (section) { new Job(section); }
}

class Job {
  constructor(section) {
    this.section = section;
    this.status = section.querySelector("#status");
    this.troubles = 0;
    document.addEventListener("visibilitychange", () => this.follow());
    this.follow();
  }

  // Browsers open few connections to a host: pages that nobody sees leave them to the others.
  follow() {
    this.source?.close();
    clearTimeout(this.timer);
    if (document.hidden || this.over) { return; }
    if (this.asks || !("EventSource" in globalThis)) { this.ask(); } else { this.listen(); }
  }

  listen() {
    const source = this.source = new EventSource(this.section.dataset.events);
    source.addEventListener("job", (event) => {
      this.troubles = 0;
      this.show(JSON.parse(event.data));
    });
    source.addEventListener("error", () => {
      this.troubles += 1;
      // The browser connects anew by itself, unless the server refused; some proxies hold events back.
      if (source.readyState === EventSource.CLOSED || this.troubles > 2) {
        this.asks = true;
        this.follow();
      }
    });
  }

  async ask() {
    if (this.asking) { return; }
    this.asking = true;
    try {
      const answer = await fetch(this.section.dataset.status);
      if (answer.redirected || answer.status === 404) { location.reload(); return; }
      if (answer.ok) { this.show(await answer.json()); }
    } catch {
      // The server may be away for a moment; it is asked again.
    } finally {
      this.asking = false;
    }
    if (!document.hidden && !this.over) { this.timer = setTimeout(() => this.ask(), ASK_MS); }
  }

  show(told) {
    this.section.dataset.state = told.state;
    if (this.at !== told.state + told.at) { this.status.setAttribute("aria-live", "polite"); }
    else { this.status.setAttribute("aria-live", "off"); }
    this.at = told.state + told.at;
    this.status.textContent = told.text;
    this.over = told.over;
    if (told.over) { this.follow(); this.end(); }
  }

  // The page as it is now; what somebody is writing on it stays.
  async end() {
    if (!isAnyFilled()) { location.reload(); return; }
    try {
      const answer = await fetch(location.pathname);
      if (!answer.ok || answer.redirected) { throw new Error(String(answer.status)); }
      renew(new DOMParser().parseFromString(await answer.text(), "text/html"));
    } catch {
      setTimeout(() => this.end(), ASK_MS);
    }
  }
}

function renew(page) {
  const [old, fresh] = [document, page].map((one) => one.getElementById("case"));
  const rest = (article) => Array.from(article.children).filter((one) => one.id !== "manage");
  const files = (article) => article.querySelector("section[aria-labelledby=files-head]");
  files(old).replaceWith(files(fresh));
  for (const part of rest(old)) { part.remove(); }
  old.prepend(...rest(fresh));
  old.className = fresh.className;
  document.title = page.title;
  mindTimes(old);
  mindCopying();
}

// A list with cases under way shows their verdicts as they come.
export function mindList() {
  const list = document.querySelector(".list[data-working]");
  if (!list) { return; }
  const timer = setInterval(async () => {
    const answer = await fetch(location.href).catch(() => null);
    if (!answer || !answer.ok) { return; }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const fresh of page.querySelectorAll("#cases > li")) {
      const old = document.querySelector(`#cases > li[data-case="${CSS.escape(fresh.dataset.case)}"]`);
      if (old && old.dataset.outcome !== fresh.dataset.outcome) {
        const inside = old.contains(document.activeElement);
        old.replaceWith(fresh);
        mindTimes(fresh);
        if (inside) { fresh.querySelector("a").focus(); }
      }
    }
    if (!page.querySelector(".list[data-working]")) { clearInterval(timer); }
  }, LIST_MS);
}
