import { Node } from "./compiler.ts";
import { type AddedMembers, basesOf, type FitStyle, fitBody, type HandlerToFit } from "./fit-body.ts";
import { type GoneService, removeSubscriptions, tellGoneService } from "./gone-services.ts";
import { type GoneType, tellGoneTypes } from "./gone-types.ts";
import type { HandlerShape } from "./handler-shape.ts";
import { declaredHandlers, type HandlerBody, registeredHandlers } from "./locate-handlers.ts";
import type { MergeNote } from "./merge-note.ts";
import { createOpenFiles, noteAt, type OpenFile, type SourcesToOpen } from "./open-file.ts";
import {
  type NewRegistration,
  type NewSubscription,
  registerHandler,
  registerSubscription,
} from "./register-handlers.ts";
import { mayLackMembers } from "./scan.ts";

/** One service folder of a project: its sources and what its handlers have to have. */
export interface MergeRequest extends SourcesToOpen, FitStyle {
  /** Those that a handler may be in, or be registered in. */
  readonly mentioned: (path: string) => boolean;
  readonly handlers: readonly HandlerToFit[];
  /** Handlers that are new and have to be served. Default none. */
  readonly registrations?: readonly NewRegistration[];
  /** Subscribers that are new and have to be subscribed. Default none. */
  readonly subscriptions?: readonly NewSubscription[];
  /** Files of subscribers that go, and their subscriptions with them. Default none. */
  readonly goneSubscribers?: readonly string[];
  /** Where `registrations` go when no file registers a handler yet: `srv/src/main.ts`. */
  readonly main?: string;
  /** Services that are no longer in the schema. Default none. */
  readonly goneServices?: readonly GoneService[];
  /** Messages and enums that are no longer in the schema. Default none. */
  readonly goneTypes?: readonly GoneType[];
}

export interface MergeResult {
  /** Files with what was changed, by path. */
  readonly edits: ReadonlyMap<string, Uint8Array>;
  readonly notes: readonly MergeNote[];
}

/**
 * Adds the members that handlers lack, and the registrations of new ones. The syntax tree and the type checker say
 * where; only what micro-gen wrote itself is ever taken away, so that every character of the user stays, in its order.
 * Adding twice adds nothing.
 */
export function mergeHandlers(request: MergeRequest): MergeResult {
  const notes: MergeNote[] = [];
  const files = createOpenFiles(request, notes);
  for (const [path, content] of request.files) if (request.mentioned(path)) files.open(path, content);
  const added: AddedMembers = new Map();

  for (const handler of request.handlers) {
    // What a handler inherits from another one counts once that one has it.
    const bodies = [...handlersOf(handler)].sort(([a], [b]) => basesOf(a).length - basesOf(b).length);
    if (bodies.length === 0) notes.push(...tellUnfound(handler));
    for (const [body, file] of bodies) notes.push(...fitBody(body, handler, file, files, request, added));
  }
  for (const gone of request.goneServices ?? []) {
    notes.push(...tellGoneService(gone, files.list(), handlersOf(gone.shape)));
  }
  for (const file of request.goneSubscribers ?? []) removeSubscriptions(file, files.list());
  for (const one of request.registrations ?? []) notes.push(...registerHandler(one, files, request));
  for (const one of request.subscriptions ?? []) notes.push(...registerSubscription(one, files, request));
  for (const gone of request.goneTypes ?? []) notes.push(...tellGoneTypes(gone, files.list()));
  const edits = files.edits();
  return { edits, notes };

  /** A handler in a form that is not followed: where its interface is named, or where it is registered. */
  function tellUnfound(handler: HandlerToFit): MergeNote[] {
    const texts = files.list().map(({ text }) => text);
    const known = handler.before?.members.map(({ property }) => property);
    const missing = handler.members.filter(
      (member) =>
        known?.includes(member.property) === false &&
        mayLackMembers({ ...handler, members: [member] }, texts),
    );
    if (missing.length === 0) return [];
    const names = missing.map(({ property }) => property).join(", ");
    const message = `where ${handler.fullName} is handled cannot be told; add ${names} there if it lacks them`;
    for (const file of files.list()) {
      const { localsOf } = file.imports;
      const locals = [
        ...localsOf(handler.module, handler.register),
        ...localsOf(handler.module, handler.handler),
      ];
      const use = file.source
        .getDescendants()
        .find(
          (node) =>
            locals.includes(node.getText()) && node.getFirstAncestor(Node.isImportDeclaration) === undefined,
        );
      if (use !== undefined) return [noteAt(file, use.getStart(), message)];
    }
    return [];
  }

  function handlersOf(handler: HandlerShape): ReadonlyMap<HandlerBody, OpenFile> {
    const open = files.list();
    const declared = open.flatMap(({ source, imports }) =>
      declaredHandlers(source, imports.localsOf(handler.module, handler.handler)),
    );
    const isDeclared = (argument: Node, file: OpenFile): boolean =>
      Node.isNewExpression(argument) &&
      declared.some((body) => {
        const name = argument.getExpression().getText();
        if (Node.isObjectLiteralExpression(body) || body.getName() !== name) return false;
        const home = files.adopt(body.getSourceFile());
        return home === file || (home !== undefined && file.imports.isFrom(name, home.path));
      });
    // Also of those that do not say what they are: what is served counts.
    const registered = open.flatMap((file) =>
      registeredHandlers(file.source, file.imports.localsOf(handler.module, handler.register), (argument) =>
        isDeclared(argument, file),
      ),
    );
    const bodies = [...declared, ...registered];
    const found = new Map<HandlerBody, OpenFile>();
    for (const body of bodies) {
      const file = files.adopt(body.getSourceFile());
      if (file !== undefined) found.set(body, file);
    }
    return found;
  }
}
