import { createScope } from "../emit/scope.ts";
import type { NewSubscription, TypeRef } from "../merge/index.ts";
import type { Schema } from "../schema/index.ts";
import type { HandlerPlace } from "./generation.ts";
import { isUnedited, type Manifest } from "./manifest.ts";
import type { WantedFile } from "./plan.ts";

/** An event that gets a subscriber, or loses the one it got. */
export interface EventChange {
  /** `shop.UserCreated` */
  readonly fullName: string;
  /** `shop.user-created` */
  readonly topic: string;
  readonly action: "add" | "remove";
}

/** The subscriber of a new event: its file, and what `main.ts` has to say. */
export interface NewSubscriber {
  readonly file: WantedFile;
  readonly subscription: NewSubscription;
}

export function newSubscriber(
  { fullName, topic }: EventChange,
  { dir }: HandlerPlace,
  schema: Schema,
  importExtension: "ts" | "js",
): NewSubscriber {
  const { name, typesModule } = createScope(schema).named(fullName);
  const type: TypeRef = { module: typesModule, name };
  const functionName = `on${name}`;
  const path = subscriberPath(topic, dir);
  const content = `import type { ${name} } from "../gen${typesModule}.${importExtension}";

/** Takes what is published to ${topic}. A starter: put your own code in its place. */
export async function ${functionName}(event: ${name}): Promise<void> {
  console.log(${JSON.stringify(topic)}, event);
}
`;
  return {
    file: { path, content, class: "managed" },
    subscription: { topic, type, functionName, file: path },
  };
}

/** The file of an event's subscriber while nobody changed it; undefined for none. */
export function untouchedSubscriber(
  { topic }: EventChange,
  { dir }: HandlerPlace,
  files: ReadonlyMap<string, Uint8Array>,
  manifest: Manifest,
): string | undefined {
  const path = subscriberPath(topic, dir);
  const content = files.get(path);
  return content !== undefined && manifest.files.has(path) && isUnedited(path, content, manifest)
    ? path
    : undefined;
}

function subscriberPath(topic: string, dir: string): string {
  const path = `src/handler/on-${topic.split(".").at(-1)}.ts`;
  return dir === "." ? path : `${dir}/${path}`;
}
