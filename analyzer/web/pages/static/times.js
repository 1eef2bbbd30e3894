// Times in the zone of who reads, which is named: the report beside them speaks UTC.
import { filled } from "./say.js";

export function mindTimes(within = document) {
  // The page may be in "en", and its reader in en-GB.
  const language = document.documentElement.lang;
  const own = navigator.languages.find((tag) => tag.split("-")[0] === language.split("-")[0]);
  const format = new Intl.DateTimeFormat(own || language, {
    year: "numeric", month: "short", day: "numeric",
    hour: "2-digit", minute: "2-digit", timeZoneName: "short",
  });
  for (const time of within.querySelectorAll("time[datetime]:not([title])")) {
    time.title = time.textContent;
    time.textContent = format.format(new Date(time.dateTime));
  }
  for (const option of within.querySelectorAll("option[data-time]")) {
    const { time, says } = option.dataset;
    option.textContent = filled(says, { time: format.format(new Date(time)) });
  }
}

// The days of a filter begin where its reader is, on the day itself: clocks may change between.
export function mindDays() {
  const form = document.getElementById("filter");
  if (!form) { return; }
  form.addEventListener("submit", () => {
    for (const day of form.querySelectorAll("input[type=date]")) {
      const offset = form.elements[`${day.name}_offset`];
      offset.value = day.value && -new Date(`${day.value}T00:00`).getTimezoneOffset();
      offset.disabled = !day.value;
    }
  });
}
