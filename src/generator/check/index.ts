export { loadDescriptorSet, loadSchema } from "./load-schema.ts";
