// Times in the zone of who reads; without script they stand in UTC.
export function mindTimes() {
  // The page may be in "en", and its reader in en-GB.
  const language = document.documentElement.lang;
  const own = navigator.languages.find((tag) => tag.split("-")[0] === language.split("-")[0]);
  const format = new Intl.DateTimeFormat(own || language, {
    dateStyle: "medium", timeStyle: "short",
  });
  for (const time of document.querySelectorAll("time[datetime]")) {
    time.title = time.textContent;
    time.textContent = format.format(new Date(time.dateTime));
  }
}
