export { type Break, type FleetVerdict, judgeFleet } from "./judge-fleet.ts";
export { type NodeUses, parseNodeUses, type ServiceUse } from "./node-uses.ts";
export { type Fleet, type FleetMember, readFleet } from "./read-fleet.ts";
