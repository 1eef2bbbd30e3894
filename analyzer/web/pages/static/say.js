// Sentences of the page with their placeholders filled, and amounts as people read them.
const KB = 1024;

export function filled(sentence, values) {
  return sentence.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? values[name] : whole));
}

export class Sentences {
  constructor(form) {
    this.data = form.dataset;
    this.language = document.documentElement.lang;
  }

  say(name, values = {}) {
    const key = "say" + name.replace(/(?:^|-)(\w)/g, (_, letter) => letter.toUpperCase());
    return filled(this.data[key], values);
  }

  size(octets) {
    let amount = octets / KB;
    let unit = "kb";
    for (const larger of ["mb", "gb"]) {
      if (amount < 1000) { break; }
      amount /= KB;
      unit = larger;
    }
    const digits = amount >= 100 || Number.isInteger(amount) ? 0 : 1;
    return this.say(unit, { number: this.number(amount, digits) });
  }

  number(value, digits = 0) {
    const options = { minimumFractionDigits: digits, maximumFractionDigits: digits };
    return new Intl.NumberFormat(this.language, options).format(value);
  }

  lasting(seconds) {
    const whole = Math.max(1, Math.round(seconds));
    if (whole < 60) { return this.say("seconds", { count: whole }); }
    return this.say("minutes", { minutes: Math.floor(whole / 60), seconds: whole % 60 });
  }
}
