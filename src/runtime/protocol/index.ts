export { type Channel, type ChannelCall, isUnsent, markUnsent } from "./channel.ts";
export type { Dispatcher, Route } from "./dispatcher.ts";
