export { type Change, type ChangeKind, changeKinds, describeChange, isAtLeast } from "./change.ts";
export { type CompareOptions, compareSchemas } from "./compare-schemas.ts";
