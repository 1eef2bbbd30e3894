// Times in the zone of who reads, which is named: the report beside them speaks UTC.
export function mindTimes() {
  // The page may be in "en", and its reader in en-GB.
  const language = document.documentElement.lang;
  const own = navigator.languages.find((tag) => tag.split("-")[0] === language.split("-")[0]);
  const format = new Intl.DateTimeFormat(own || language, {
    year: "numeric", month: "short", day: "numeric",
    hour: "2-digit", minute: "2-digit", timeZoneName: "short",
  });
  for (const time of document.querySelectorAll("time[datetime]")) {
    time.title = time.textContent;
    time.textContent = format.format(new Date(time.dateTime));
  }
}
