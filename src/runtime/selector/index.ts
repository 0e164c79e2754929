export type { NodeLoad, Outcome, Selection, SelectOptions, Selector, Strategy } from "./selector.ts";
