export { Roster, type Seat } from "./roster.ts";
