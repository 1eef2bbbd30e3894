"use strict";
// The page is complete without this: it only adds what a file on paper cannot have.
(function () {
  const root = document.documentElement;
  const tools = document.querySelector(".tools");
  tools.hidden = false;

  function dark() {
    const chosen = root.dataset.theme;
    return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  }
  tools.querySelector("[data-do=theme]").addEventListener("click", function () {
    root.dataset.theme = dark() ? "light" : "dark";
  });

  function copies(button, source, otherwise) {
    const label = button.textContent;
    const done = function () {
      button.textContent = tools.dataset.done;
      setTimeout(function () { button.textContent = label; }, 2000);
    };
    button.addEventListener("click", function () {
      if (navigator.clipboard) {
        navigator.clipboard.writeText(source()).then(done, otherwise);
      } else {
        otherwise();
      }
    });
  }

  const brief = document.getElementById("brief");
  copies(tools.querySelector("[data-do=copy]"), () => brief.textContent,
    () => getSelection().selectAllChildren(brief));
  for (const text of document.querySelectorAll(".finding-text")) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = tools.dataset.finding;
    text.before(button);
    copies(button, () => text.content.textContent, function () {
      const shown = document.createElement("pre");
      shown.textContent = text.content.textContent;
      button.replaceWith(shown);
      getSelection().selectAllChildren(shown);
    });
  }

  // A link to a message or a finding opens what it leads to.
  function reveal() {
    const target = document.getElementById(location.hash.slice(1));
    if (!target) { return; }
    for (let node = target; node; node = node.parentElement) {
      if (node.tagName === "DETAILS") { node.open = true; }
    }
    const inside = target.querySelector("details");
    if (target.tagName === "TR" && inside) { inside.open = true; }
  }
  addEventListener("hashchange", reveal);
  reveal();

  // Long tables have a script of their own (table.js).
  for (const section of document.querySelectorAll(".stanza-table")) {
    const rows = Array.from(section.querySelector(".rows").tBodies[0].rows);
    if (rows.length < 12 || section.querySelector("template.chunk")) { continue; }
    const field = document.createElement("label");
    const input = document.createElement("input");
    field.className = "filter";
    field.textContent = section.dataset.filter;
    input.type = "search";
    input.placeholder = section.dataset.hint;
    input.addEventListener("input", function () {
      const wanted = input.value.toLowerCase();
      for (const row of rows) {
        row.hidden = !row.textContent.toLowerCase().includes(wanted);
      }
    });
    field.append(input);
    section.querySelector(".rows-wrap").before(field);
  }

  let closed = [];
  addEventListener("beforeprint", function () {
    closed = Array.from(document.querySelectorAll("details.finding:not([open])"));
    for (const details of closed) { details.open = true; }
  });
  addEventListener("afterprint", function () {
    for (const details of closed) { details.open = false; }
  });
})();
