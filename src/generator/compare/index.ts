export { type Change, type ChangeKind, changeKinds, describeChange, isAtLeast } from "./change.ts";
export { compareSchemas } from "./compare-schemas.ts";
