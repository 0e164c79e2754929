import { changes } from "./changes.mjs";
import { edits } from "./edits.mjs";
import { strategies } from "./strategies.mjs";

function outcomeOf({ lost, markers, errors }) {
  return lost ? "lost" : markers ? "conflict" : errors.length > 0 ? "error" : "fine";
}

/** The tables of docs/changing-a-schema.md. Throws when ours changes anything in a second run, or leaves untold what does not compile. */
export function tables(results) {
  const unstable = results.filter(({ isStable }) => isStable === false);
  const untold = results.filter(
    (one) => one.strategy === "micro-gen, asked" && outcomeOf(one) === "error" && one.told.length === 0,
  );
  for (const [what, list] of [
    ["changed in a second run", unstable],
    ["does not compile and is not told", untold],
  ])
    if (list.length > 0)
      throw new Error(`${what}: ${list.map(({ edit, changeName }) => `${edit} x ${changeName}`).join(", ")}`);
  const names = [...strategies.map(({ name }) => name), "micro-gen, nobody to ask", "micro-gen, asked"];
  const per = results.length / names.length;
  const count = (list, outcome) => list.filter((one) => outcomeOf(one) === outcome).length;
  const summary = names.map((name) => {
    const own = results.filter(({ strategy }) => strategy === name);
    return `| ${name} | ${count(own, "lost")} | ${count(own, "conflict")} | ${count(own, "error")} | ${count(own, "fine")} |`;
  });
  const head = names.map((name) => `${name} |`).join(" ");
  const line = (label, of) => {
    const cells = names.map((name) => {
      const own = results.filter((one) => one.strategy === name && of(one));
      return `${count(own, "fine")} |`;
    });
    return `| ${label} | ${cells.join(" ")}`;
  };
  const rule = `|---|${names.map(() => "---|").join("")}`;
  return [
    `${edits.length} ways to write a handler, ${changes.length} changes of the schema: ${per} cases for each way to regenerate.`,
    "",
    "| | your code lost | conflict markers left | does not compile | compiles, nothing lost |",
    "|---|---|---|---|---|",
    ...summary,
    "",
    `Compiles and nothing lost, of ${edits.length} handlers, by change:`,
    "",
    `| change | ${head}`,
    rule,
    ...changes.map(({ name }) => line(name, (one) => one.changeName === name)),
    "",
    `Compiles and nothing lost, of ${changes.length} changes, by handler:`,
    "",
    `| handler | ${head}`,
    rule,
    ...edits.map(({ name }) => line(name, (one) => one.edit === name)),
  ].join("\n");
}
