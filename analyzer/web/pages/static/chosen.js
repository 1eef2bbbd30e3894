// The files that wait to be sent: shown, taken out again, and held against the limits.
export class Chosen {
  constructor(form, input, list, sentences) {
    this.form = form;
    this.input = input;
    this.list = list;
    this.sentences = sentences;
    this.files = [];
    this.limits = {
      file: Number(form.dataset.maxFile),
      all: Number(form.dataset.maxCase),
      count: Number(form.dataset.maxFiles),
    };
  }

  add(files) {
    for (const file of files) {
      const same = (one) => one.name === file.name && one.size === file.size
        && one.lastModified === file.lastModified;
      if (!this.files.some(same)) { this.files.push(file); }
    }
    this.show();
  }

  remove(file) {
    this.files = this.files.filter((one) => one !== file);
    this.show();
    const next = this.list.querySelector("button");
    (next || this.input).focus();
  }

  // The file that the server refused by its name, marked; null if none goes by it.
  blame(name) {
    const index = this.files.findIndex((file) => file.name === name);
    if (index < 0) { return null; }
    this.list.children[index].classList.add("wrong");
    return this.files[index];
  }

  // What keeps them from being sent: sentences, none if nothing does.
  troubles() {
    const { sentences, limits } = this;
    const found = [];
    for (const file of this.files) {
      const values = { name: file.name, size: sentences.size(file.size), limit: sentences.size(limits.file) };
      if (file.size > limits.file) { found.push(sentences.say("large", values)); }
      if (file.size === 0) { found.push(sentences.say("empty", values)); }
    }
    const all = this.files.reduce((sum, file) => sum + file.size, 0);
    if (!found.length && all > limits.all) {
      found.push(sentences.say("large-case", { size: sentences.size(all), limit: sentences.size(limits.all) }));
    }
    if (this.files.length > limits.count) {
      found.push(sentences.say("many", { count: this.files.length, limit: limits.count }));
    }
    return found;
  }

  show() {
    const transfer = new DataTransfer();
    for (const file of this.files) { transfer.items.add(file); }
    this.input.files = transfer.files;
    this.form.classList.toggle("has-files", this.files.length > 0);
    this.list.hidden = this.files.length === 0;
    this.list.replaceChildren(...this.files.map((file) => this.row(file)));
    this.form.dispatchEvent(new CustomEvent("chosen"));
  }

  row(file) {
    const row = document.createElement("li");
    const name = document.createElement("span");
    const size = document.createElement("span");
    const button = document.createElement("button");
    name.className = "name";
    name.translate = false;
    name.textContent = file.name;
    size.className = "size";
    size.textContent = this.sentences.size(file.size);
    button.type = "button";
    button.textContent = "×";
    button.setAttribute("aria-label", this.sentences.say("remove", { name: file.name }));
    button.addEventListener("click", () => this.remove(file));
    row.classList.toggle("wrong", file.size > this.limits.file || file.size === 0);
    row.append(name, size, button);
    return row;
  }
}
