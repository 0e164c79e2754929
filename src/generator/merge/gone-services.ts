import { Node } from "./compiler.ts";
import type { HandlerShape } from "./handler-shape.ts";
import type { HandlerBody } from "./locate-handlers.ts";
import type { MergeNote } from "./merge-note.ts";
import { noteAt, type OpenFile } from "./open-file.ts";
import { indentAt } from "./text-style.ts";

/** A service that is no longer in the schema. */
export interface GoneService {
  /** As it was. */
  readonly shape: HandlerShape;
  /** What to do instead of taking its handler away. */
  readonly advice?: string | undefined;
  /** Its handler's file, when it goes, because nobody changed it; relative to the root. */
  readonly deletedFile?: string | undefined;
}

/**
 * Tells where its handlers and registrations are. Those of a handler that goes are taken away where they are written as
 * micro-gen writes them: `registerXHandler(server, new X(...));`.
 */
export function tellGoneService(
  { shape, advice, deletedFile }: GoneService,
  files: readonly OpenFile[],
  bodies: ReadonlyMap<HandlerBody, OpenFile>,
): MergeNote[] {
  const notes: MergeNote[] = [];
  const what = `service ${shape.fullName} is no longer in the schema`;
  for (const [body, file] of bodies) {
    if (file.path === deletedFile) continue;
    notes.push(noteAt(file, body.getStart(), `${what}; ${advice ?? "remove this handler"}`));
  }
  for (const file of files) {
    const names = file.imports.localsOf(shape.module, shape.register);
    const calls = file.source
      .getDescendants()
      .filter(Node.isCallExpression)
      .filter((call) => names.includes(call.getExpression().getText()));
    for (const call of calls) {
      const statement = call.getParent();
      const instance = call.getArguments()[1];
      const goes =
        deletedFile !== undefined &&
        Node.isExpressionStatement(statement) &&
        Node.isNewExpression(instance) &&
        file.imports.isFrom(instance.getExpression().getText(), deletedFile);
      if (goes) {
        file.splices.push(withoutStatement(statement, file.text));
        file.imports.release(statement);
      } else {
        notes.push(noteAt(file, call.getStart(), `${what}; remove this registration`));
      }
    }
  }
  return notes;
}

/** Takes away `server.subscribe("topic", Event, onEvent);` of a subscriber that goes. */
export function removeSubscriptions(deletedFile: string, files: readonly OpenFile[]): void {
  for (const file of files) {
    for (const statement of file.source.getDescendants().filter(Node.isExpressionStatement)) {
      const call = statement.getExpression();
      if (!Node.isCallExpression(call) || !/\.subscribe$/.test(call.getExpression().getText())) continue;
      const subscriber = call.getArguments()[2]?.getText();
      if (subscriber === undefined || !file.imports.isFrom(subscriber, deletedFile)) continue;
      file.splices.push(withoutStatement(statement, file.text));
      file.imports.release(statement);
    }
  }
}

/** With its line, where it has one for itself. */
function withoutStatement(statement: Node, text: string) {
  const start = statement.getStart();
  const end = statement.getEnd();
  const lineStart = start - indentAt(text, start).length;
  const behind = /^[ \t]*\r?\n/.exec(text.slice(end))?.[0];
  const alone = behind !== undefined && (lineStart === 0 || text[lineStart - 1] === "\n");
  return alone ? { at: lineStart, end: end + behind.length, insert: "" } : { at: start, end, insert: "" };
}
