// Forms that send files: dropped or chosen, with progress, and with what went wrong in place.
import { Chosen } from "./chosen.js";
import { Sentences } from "./say.js";

// Refusals that another try may not meet.
const PASSING = new Set([
  "cut-off", "queue-full", "disk-full", "too-often", "fault", "sign-in", "csrf",
]);

// Refusals of one file, whose name is told.
const OF_A_FILE = new Set(["empty-file", "not-a-capture", "too-large"]);

// The browser asks before it leaves a page that sends something.
const stay = (event) => event.preventDefault();

export function mindUploads() {
  for (const form of document.querySelectorAll("form.upload")) { new Sending(form); }
}

class Sending {
  constructor(form) {
    this.form = form;
    this.sentences = new Sentences(form);
    this.input = form.querySelector("input[type=file]");
    this.send = form.querySelector("button:not([type])");
    this.cancel = form.querySelector("#cancel, .cancel");
    this.bar = form.querySelector("progress");
    this.box = form.querySelector(".sending");
    this.status = form.querySelector("[role=status]");
    this.refused = form.querySelector(".refused");
    this.chosen = new Chosen(form, this.input, form.querySelector(".chosen"), this.sentences);
    this.title = form.querySelector(".drop-title");
    this.first = this.title && this.title.textContent;
    this.listen();
  }

  listen() {
    const { form, input } = this;
    // The list is kept by the script, so the browser must not ask for a file once more.
    input.required = false;
    input.addEventListener("change", () => this.chosen.add(Array.from(input.files)));
    form.addEventListener("chosen", () => this.changed());
    form.addEventListener("submit", (event) => { event.preventDefault(); this.begin(); });
    this.cancel.addEventListener("click", () => this.request && this.request.abort());
    form.addEventListener("dropped", (event) => {
      if (!this.request) { this.take(event.detail); }
    });
    if (input.files.length) { this.chosen.add(Array.from(input.files)); }
  }

  take(transfer) {
    const entry = (item) => item.webkitGetAsEntry && item.webkitGetAsEntry();
    const folders = Array.from(transfer.items).map(entry)
      .filter((one) => one && one.isDirectory).map((one) => one.name);
    this.chosen.add(Array.from(transfer.files).filter((file) => !folders.includes(file.name)));
    if (folders.length) {
      this.refuse(folders.map((name) => this.sentences.say("folder", { name })));
    }
  }

  changed() {
    this.refuse(this.chosen.troubles());
    this.status.textContent = "";
    if (this.title) {
      this.title.textContent = this.chosen.files.length ? this.sentences.say("more") : this.first;
    }
    if (this.chosen.files.length && this.form.id === "upload") { this.send.focus(); }
  }

  begin(isRenewed = false) {
    const troubles = this.chosen.files.length
      ? this.chosen.troubles() : [this.sentences.say("none")];
    this.refuse(troubles);
    if (troubles.length || this.request) { return; }
    const request = new XMLHttpRequest();
    this.request = request;
    this.isRenewed = isRenewed;
    this.started = performance.now();
    request.open("POST", this.form.action);
    request.upload.addEventListener("progress", (event) => this.advance(event));
    request.upload.addEventListener("load", () => this.sent());
    request.addEventListener("load", () => this.answered());
    request.addEventListener("error", () => this.ended([this.sentences.say("lost")], true));
    request.addEventListener("timeout", () => this.ended([this.sentences.say("lost")], true));
    request.addEventListener("abort", () => {
      this.ended([]);
      this.status.textContent = this.sentences.say("cancelled");
    });
    const body = new FormData(this.form);
    this.busy(true);
    request.send(body);
  }

  advance(event) {
    if (!event.lengthComputable) { return; }
    const { sentences } = this;
    const part = event.loaded / event.total;
    const seconds = (performance.now() - this.started) / 1000;
    const values = {
      sent: sentences.size(event.loaded),
      total: sentences.size(event.total),
      percent: sentences.number(Math.floor(part * 100)),
      left: "",
    };
    this.bar.value = Math.floor(part * 100);
    // The first moments say nothing about the rest.
    const known = seconds > 1 && part < 1;
    if (known) { values.left = sentences.lasting(seconds / part - seconds); }
    this.tell(sentences.say(known ? "left" : "progress", values));
  }

  // Seen at once, but read aloud only now and then.
  tell(text) {
    this.status.setAttribute("aria-live", performance.now() - (this.told || 0) > 5000 ? "polite" : "off");
    if (this.status.getAttribute("aria-live") === "polite") { this.told = performance.now(); }
    this.status.textContent = text;
  }

  sent() {
    this.bar.removeAttribute("value");
    this.status.setAttribute("aria-live", "polite");
    this.status.textContent = this.sentences.say("check");
    this.cancel.hidden = true;
  }

  answered() {
    const { request } = this;
    if (request.status < 400) {
      removeEventListener("beforeunload", stay);
      this.status.textContent = this.sentences.say("done");
      location.assign(request.responseURL);
      return;
    }
    const page = new DOMParser().parseFromString(request.responseText, "text/html");
    const problem = page.querySelector("#problem");
    const code = problem ? problem.dataset.code : "";
    if (code === "csrf" && !this.isRenewed) { this.renew(); return; }
    const told = Array.from(page.querySelectorAll("#problem h1, #problem > p:not(.do)"));
    const sentences = told.map((one) => one.textContent.trim()).filter(Boolean);
    const again = !problem || PASSING.has(code);
    this.ended(sentences.length ? sentences : [this.sentences.say("lost")], again, sentences.length > 1);
    if (code === "sign-in") { this.refused.append(this.wayIn()); }
    if (OF_A_FILE.has(code)) { this.blame(problem.dataset.name); }
  }

  // Who signed in anew, in another tab, needs another proof that this form is ours.
  async renew() {
    const answer = await fetch("/sign-in").catch(() => null);
    const text = answer && answer.ok ? await answer.text() : "";
    const fresh = new DOMParser().parseFromString(text, "text/html").querySelector("[name=csrf]");
    if (fresh) {
      for (const field of document.querySelectorAll("[name=csrf]")) { field.value = fresh.value; }
    }
    this.ended([]);
    this.begin(true);
  }

  wayIn() {
    const link = document.createElement("a");
    link.href = "/sign-in";
    link.target = "_blank";
    link.className = "button";
    link.textContent = this.sentences.say("sign-in");
    return link;
  }

  // One file was refused: its row says so, and the others may go without it.
  blame(name) {
    const file = this.chosen.blame(name);
    if (!file || this.chosen.files.length < 2) { return; }
    this.offer("leave", () => { this.chosen.remove(file); this.begin(); });
  }

  ended(sentences, again = false, titled = false) {
    this.request = null;
    this.busy(false);
    this.status.textContent = "";
    this.refuse(sentences, again, titled);
  }

  busy(is) {
    (is ? addEventListener : removeEventListener)("beforeunload", stay);
    this.box.hidden = !is;
    this.cancel.hidden = !is;
    this.send.disabled = is;
    this.input.disabled = is;
    this.bar.value = 0;
    for (const button of this.form.querySelectorAll(".chosen button")) { button.hidden = is; }
  }

  refuse(sentences, again = false, titled = false) {
    const { refused } = this;
    refused.replaceChildren(...sentences.map((sentence, index) => {
      const element = document.createElement(index === 0 && titled ? "h2" : "p");
      element.textContent = sentence;
      return element;
    }));
    refused.hidden = sentences.length === 0;
    if (again && sentences.length) { this.offer("retry", () => this.begin()); }
  }

  offer(name, act) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "again";
    button.textContent = this.sentences.say(name);
    button.addEventListener("click", act);
    this.refused.append(button, " ");
  }
}
