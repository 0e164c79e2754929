export { runPlugin } from "./run-plugin.ts";
