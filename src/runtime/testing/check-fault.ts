import type { Fault } from "./faults.ts";

/** Every part there is, so that the compiler asks for a new one; true: a probability. */
const PARTS: Readonly<Record<keyof Fault, boolean>> = {
  from: false,
  to: false,
  method: false,
  delayMs: false,
  error: true,
  dropRequest: true,
  dropReply: true,
  breakConnection: true,
};

/** A fault that never happens would make a test that proves nothing. Throws TypeError for what makes no sense. */
export function checkFault(fault: Fault): void {
  for (const [name, value] of Object.entries(fault)) {
    if (!Object.hasOwn(PARTS, name)) {
      throw new TypeError(`a fault has no ${name}; it has ${Object.keys(PARTS).join(", ")}`);
    }
    if (value !== undefined && PARTS[name as keyof Fault] && !(value >= 0 && value <= 1)) {
      throw new TypeError(`${name} is a probability from 0 to 1, not ${value}`);
    }
  }
  const delays = [fault.delayMs ?? 0].flat();
  if (!delays.every((ms) => ms >= 0) || (delays[1] ?? Number.POSITIVE_INFINITY) < (delays[0] as number)) {
    throw new TypeError(`delayMs is a time or [shortest, longest], not ${JSON.stringify(fault.delayMs)}`);
  }
}
