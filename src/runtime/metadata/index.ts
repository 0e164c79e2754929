export { Metadata, type MetadataInit } from "./metadata.ts";
