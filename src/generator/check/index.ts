export { loadSchema } from "./load-schema.ts";
