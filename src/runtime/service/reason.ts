// What went wrong, for a line.
export { messageOf as reason } from "../errors/index.ts";
