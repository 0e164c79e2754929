// Sends the form without leaving the page. Without JavaScript the form works as well, by a round trip.
const form = document.querySelector("form");
const output = document.querySelector("output");

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = form.querySelector("button");
  button.disabled = true;
  try {
    const response = await fetch("call", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(readForm()),
    });
    const answer = await response.json();
    if (response.ok) show(answer);
    else showError(answer.error);
  } catch (error) {
    showError(error.message);
  } finally {
    button.disabled = false;
  }
});

/** What form-data.ts does on the server. */
function readForm() {
  const entries = [];
  for (const control of form.elements) {
    if (!("name" in control) || control.tagName === "BUTTON" || control.value === "") continue;
    if (control.type === "checkbox") {
      if (control.checked) entries.push([control.name, true]);
      continue;
    }
    const value = "json" in control.dataset ? JSON.parse(control.value) : control.value;
    if (control.name === "") return value;
    entries.push([control.name, value]);
  }
  return Object.fromEntries(entries);
}

function show(answer) {
  const values = typeof answer === "object" && answer !== null ? Object.values(answer) : [answer];
  const parts = [element("pre", "", JSON.stringify(answer, undefined, 2))];
  if (values.length === 1 && typeof values[0] === "string") parts.unshift(element("p", "headline", values[0]));
  output.replaceChildren(...parts);
}

function showError(message) {
  output.replaceChildren(element("p", "error", message));
}

function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className !== "") made.className = className;
  made.textContent = text;
  return made;
}
