// What was typed or chosen in the forms of a page and not sent yet.
export function isFilled(form) {
  return "unsaved" in form.dataset || Array.from(form.elements).some(isChanged);
}

export function isAnyFilled() {
  return Array.from(document.querySelectorAll("main form:not([method=get])")).some(isFilled);
}

function isChanged(field) {
  if (field.type === "file") { return field.files.length > 0; }
  if (field.type === "select-one") {
    const given = Array.from(field.options).findIndex((option) => option.defaultSelected);
    return field.selectedIndex !== Math.max(given, 0);
  }
  return ["text", "textarea"].includes(field.type) && field.value !== field.defaultValue;
}
