import { messageOf } from "../errors/index.ts";
import { chosenCompression, type HttpVersion } from "../protocol/index.ts";
import type { Settings } from "./settings.ts";

/** How a service's client uses its wires, as far as settings say it. */
export interface ClientWire {
  readonly httpVersion: HttpVersion | undefined;
  readonly compression: string | undefined;
  /** What is wrong with the settings; one sentence each. */
  readonly problems: readonly string[];
}

const HTTP_VERSIONS: readonly string[] = ["1.1", "2"] satisfies HttpVersion[];

/** Checks what environment, flags and code said about the client's wires. What is wrong has no effect. */
export function clientWireOf({ clientHttpVersion, clientCompression }: Settings): ClientWire {
  const problems: string[] = [];
  const isVersion = clientHttpVersion === undefined || HTTP_VERSIONS.includes(clientHttpVersion);
  if (!isVersion) problems.push(`client_http_version: ${JSON.stringify(clientHttpVersion)} is not 1.1 or 2`);
  let isCompression = true;
  try {
    chosenCompression(clientCompression);
  } catch (error) {
    isCompression = false;
    problems.push(`client_compression: ${messageOf(error)}`);
  }
  return {
    httpVersion: isVersion ? (clientHttpVersion as HttpVersion | undefined) : undefined,
    compression: isCompression ? clientCompression : undefined,
    problems,
  };
}
