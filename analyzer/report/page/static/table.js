"use strict";
// The table of stanzas: rows come in compressed chunks, and only those in sight become elements.
(function () {
  const HEIGHT = 28;
  const PER_CHUNK = 2000;

  function element(name, attributes, ...content) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) { made.setAttribute(key, value); }
    made.append(...content);
    return made;
  }

  async function decode(base64) {
    const octets = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    const stream = new Blob([octets]).stream().pipeThrough(new DecompressionStream("gzip"));
    const chunk = JSON.parse(await new Response(stream).text());
    chunk.hay = chunk.key.map((_, i) => `${chunk.name[i]} ${chunk.detail[i]} ${chunk.place[i]} ${(chunk.cited[i] || []).join(" ")} ${chunk.text[i]}`.toLowerCase());
    chunk.bad = new Set(chunk.bad);
    return chunk;
  }

  // One element a line, indented by its tags alone: what was captured need not be XML.
  function pretty(text) {
    const tokens = (text.match(/<(?:[^<>"']|"[^"<]*"|'[^'<]*')*>|<|[^<]+/g) || []).filter((t) => t.trim());
    const closes = (t) => t.startsWith("</");
    const opens = (t) => t.length > 2 && t[0] === "<" && !"/!?".includes(t[1]) && t[t.length - 2] !== "/";
    const lines = [];
    let depth = 0;
    const add = (line) => lines.push("  ".repeat(Math.min(depth, 12)) + line);
    for (let i = 0; i < tokens.length; i += 1) {
      const token = tokens[i], next = tokens[i + 1], after = tokens[i + 2];
      if (opens(token) && next !== undefined && closes(next)) {
        add(token + next);
        i += 1;
      } else if (opens(token) && after !== undefined && next[0] !== "<" && closes(after)) {
        add(token + next.trim() + after);
        i += 2;
      } else if (opens(token)) {
        add(token);
        depth += 1;
      } else {
        depth = closes(token) ? Math.max(0, depth - 1) : depth;
        add(token.trim());
      }
    }
    return lines.join("\n");
  }

  function notification(text) {
    const inner = />\s*(&lt;[^<]*)/.exec(text);
    return inner && inner[1].replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&quot;", '"').replaceAll("&apos;", "'").replaceAll("&amp;", "&");
  }

  class StanzaTable {
    constructor(section) {
      this.words = section.dataset;
      const templates = Array.from(section.querySelectorAll("template.chunk"));
      this.total = Number(this.words.total);
      this.chunks = new Array(templates.length);
      this.pending = templates.map((template) => template.content.textContent);
      this.matching = null;
      this.active = -1;
      this.search = 0;
      this.waiting = false;
      this.drawn = "";
      this.build(section);
      this.resize();
      this.readAll();
    }

    build(section) {
      const words = this.words;
      this.input = element("input", { type: "search", placeholder: words.hint });
      this.which = element("select", { "aria-label": words.which },
        ...[["", words.all], ["c", words.client], ["s", words.server], ["!", words.cited]].map(([value, text]) => element("option", { value }, text)));
      this.count = element("output", {});
      const bar = element("div", { class: "filter" }, element("label", {}, words.filter, " ", this.input), this.which, this.count);
      const head = element("div", { role: "row", class: "line head", "aria-rowindex": "1" },
        ...[words.time, words.from, words.what, words.where, words.octets].map((text) => element("span", { role: "columnheader" }, text)));
      this.body = element("div", { role: "rowgroup", class: "sheet" });
      this.list = element("div", { role: "grid", class: "list", tabindex: "0", "aria-label": words.caption, "aria-readonly": "true" }, element("div", { role: "rowgroup", class: "heads" }, head), this.body);
      this.opened = element("div", { class: "opened", "aria-live": "polite", hidden: "" });
      // The rows of HTML stay for paper; their names go to the lines in sight.
      const paper = section.querySelector(".rows-wrap");
      paper.classList.add("on-paper");
      paper.removeAttribute("tabindex");
      for (const row of paper.querySelectorAll("tr[id]")) { row.removeAttribute("id"); }
      section.querySelector(".no-script").remove();
      paper.before(bar, this.list, this.opened);
      this.input.addEventListener("input", () => this.filter());
      this.which.addEventListener("change", () => this.filter());
      this.list.addEventListener("scroll", () => this.draw());
      this.list.addEventListener("keydown", (event) => this.key(event));
      this.body.addEventListener("click", (event) => {
        // A row that was drawn anew under the pointer is no target any more: its place is.
        const line = event.target.closest(".line");
        const place = event.clientY - this.body.getBoundingClientRect().top;
        this.select(line ? Number(line.dataset.at) : Math.floor(place / HEIGHT));
      });
      addEventListener("resize", () => this.draw());
      new IntersectionObserver(() => this.draw()).observe(this.list);
    }

    async readAll() {
      for (let number = 0; number < this.chunks.length; number += 1) {
        await this.read(number);
        if (this.waiting) { this.draw(); }
      }
    }

    read(number) {
      if (this.pending[number] !== null && typeof this.pending[number] === "string") {
        this.pending[number] = decode(this.pending[number]).then((chunk) => {
          this.chunks[number] = chunk;
          this.pending[number] = null;
        });
      }
      return this.pending[number];
    }

    length() { return this.matching === null ? this.total : this.matching.length; }

    resize() {
      this.body.style.height = `${this.length() * HEIGHT}px`;
      this.list.setAttribute("aria-rowcount", String(this.length() + 1));
      const digits = new Intl.NumberFormat(document.documentElement.lang);
      this.count.textContent = `${digits.format(this.length())} / ${digits.format(this.total)}`;
      this.draw();
    }

    async filter() {
      const wanted = this.input.value.trim().toLowerCase();
      const which = this.which.value;
      const search = this.search += 1;
      this.active = -1;
      this.matching = wanted || which ? [] : null;
      for (let number = 0; this.matching !== null && number < this.chunks.length; number += 1) {
        if (this.chunks[number] === undefined) { await this.read(number); }
        if (search !== this.search) { return; }
        this.match(number, wanted, which);
      }
      this.list.scrollTop = 0;
      this.resize();
    }

    match(number, wanted, which) {
      const chunk = this.chunks[number];
      for (let i = 0; i < chunk.key.length; i += 1) {
        const side = !which || (which === "!" ? chunk.cited[i] || chunk.bad.has(i) : chunk.side[i] === which);
        if (side && chunk.hay[i].includes(wanted)) { this.matching.push(number * PER_CHUNK + i); }
      }
    }

    draw() {
      const first = Math.max(0, Math.floor(this.list.scrollTop / HEIGHT) - 8);
      const last = Math.min(this.length(), first + Math.ceil(this.list.clientHeight / HEIGHT) + 16);
      // What is drawn already stays: a click is lost where its row goes between press and release.
      const drawn = [first, last, this.search, this.active, this.matching === null].join();
      if (drawn === this.drawn && !this.waiting) { return; }
      this.drawn = drawn;
      this.waiting = false;
      const lines = [];
      for (let at = first; at < last; at += 1) { lines.push(this.line(at)); }
      this.body.replaceChildren(...lines);
      const shown = this.active >= first && this.active < last && this.body.querySelector(".active");
      if (shown) { this.list.setAttribute("aria-activedescendant", shown.id); } else { this.list.removeAttribute("aria-activedescendant"); }
    }

    line(at) {
      const index = this.matching === null ? at : this.matching[at];
      const chunk = this.chunks[Math.floor(index / PER_CHUNK)];
      const i = index % PER_CHUNK;
      const line = element("div", { role: "row", class: "line", "aria-rowindex": String(at + 2), "data-at": String(at) });
      line.style.top = `${at * HEIGHT}px`;
      if (chunk === undefined) {
        this.waiting = true;
        line.append(element("span", { role: "gridcell" }, "…"));
        return line;
      }
      line.id = chunk.key[i];
      line.classList.toggle("bad", chunk.bad.has(i));
      line.classList.toggle("active", at === this.active);
      line.setAttribute("aria-selected", String(at === this.active));
      const what = element("span", { role: "gridcell", class: "what" }, element("b", {}, chunk.name[i]), ` ${chunk.detail[i]}`);
      for (const rule of (chunk.cited[i] || []).slice(0, 3)) { what.append(" ", element("span", { class: "chip" }, rule)); }
      line.append(element("span", { role: "gridcell", class: "mono" }, this.time(chunk, i)),
        element("span", { role: "gridcell" }, this.side(chunk, i)), what,
        element("span", { role: "gridcell", class: "where" }, chunk.place[i]),
        element("span", { role: "gridcell", class: "number" }, chunk.octets[i] === null ? "" : String(chunk.octets[i])));
      return line;
    }

    time(chunk, i) {
      const time = chunk.time[i];
      return time === null ? "" : `${time < 0 ? "" : "+"}${(time / 1000).toFixed(3)}`;
    }

    side(chunk, i) { return { c: this.words.client, s: this.words.server }[chunk.side[i]] || ""; }

    key(event) {
      const page = Math.floor(this.list.clientHeight / HEIGHT) - 2;
      const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity };
      if (event.key === "Enter" || event.key === " ") {
        event.preventDefault();
        this.select(this.active);
      } else if (event.key in steps) {
        event.preventDefault();
        this.move(Math.max(0, Math.min(this.length() - 1, this.active + steps[event.key])));
      }
    }

    move(at) {
      this.active = at;
      const head = HEIGHT;
      const top = at * HEIGHT;
      if (top < this.list.scrollTop) { this.list.scrollTop = top; }
      const room = this.list.clientHeight - head - HEIGHT;
      if (top > this.list.scrollTop + room) { this.list.scrollTop = top - room; }
      this.draw();
    }

    async select(at) {
      if (at < 0 || at >= this.length()) { return; }
      this.move(at);
      const index = this.matching === null ? at : this.matching[at];
      const number = Math.floor(index / PER_CHUNK);
      await this.read(number);
      const chunk = this.chunks[number];
      const i = index % PER_CHUNK;
      const parts = [element("h4", {}, `${this.time(chunk, i)} ${this.side(chunk, i)} `, element("span", { translate: "no" }, `${chunk.name[i]} ${chunk.detail[i]}`)),
        element("p", { class: "quiet" }, chunk.place[i], " ", element("code", { translate: "no" }, chunk.find[i]))];
      if (chunk.text[i]) { parts.push(element("pre", { translate: "no", dir: "ltr", tabindex: "0" }, pretty(chunk.text[i]))); }
      const inner = notification(chunk.text[i]);
      if (inner) { parts.push(element("p", { class: "quiet" }, this.words.inner), element("pre", { translate: "no", dir: "ltr", tabindex: "0" }, pretty(inner))); }
      this.opened.hidden = false;
      this.opened.replaceChildren(...parts);
    }

    // Shows the row of that name; false if it is not in this table.
    async show(key) {
      for (let number = 0; number < this.chunks.length; number += 1) {
        if (this.chunks[number] === undefined) { await this.read(number); }
        const i = this.chunks[number].key.indexOf(key);
        if (i >= 0) {
          this.search += 1;
          this.input.value = this.which.value = "";
          this.matching = null;
          this.resize();
          this.list.scrollIntoView({ block: "center" });
          this.select(number * PER_CHUNK + i);
          return true;
        }
      }
      return false;
    }
  }

  const tables = Array.from(document.querySelectorAll(".stanza-table")).filter((section) => section.querySelector("template.chunk"))
    .map((section) => ({ section, table: null }));

  // A closed session has no size to lay rows out in: its table is made when it is opened.
  function make(entry) {
    entry.table = entry.table || new StanzaTable(entry.section);
    return entry.table;
  }
  for (const entry of tables) {
    const around = entry.section.closest("details");
    if (!around || around.open) { make(entry); } else { around.addEventListener("toggle", () => make(entry), { once: true }); }
  }

  async function follow() {
    const key = decodeURIComponent(location.hash.slice(1));
    const session = /^m(\d+)-/.exec(key);
    if (!session) { return; }
    for (const entry of tables) {
      if (entry.section.dataset.session === session[1]) {
        const around = entry.section.closest("details");
        if (around) { around.open = true; }
        await make(entry).show(key);
      }
    }
  }
  addEventListener("hashchange", follow);
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#m']");
    if (link && link.getAttribute("href") === location.hash) { follow(); }
  });
  follow();
})();
