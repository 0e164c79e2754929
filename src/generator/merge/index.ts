export { type HandlerMember, type HandlerShape, handlerShapes } from "./handler-shape.ts";
export type { HandlerToFit, MergeNote, MergeRequest, MergeResult } from "./merge-handlers.ts";
export { type KnownMethod, mayLackMembers, methodsIn } from "./scan.ts";
