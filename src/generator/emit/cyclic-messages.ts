import type { Message, Schema } from "../schema/schema.ts";

/**
 * Full names of the messages that can contain themselves, directly or through others: Tarjan's strongly connected
 * components, with a list of our own instead of calls, since messages may be chained at any depth.
 */
export function cyclicMessages(schema: Schema): ReadonlySet<string> {
  const cyclic = new Set<string>();
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const open: string[] = [];
  const isOpen = new Set<string>();
  const way: { readonly name: string; readonly inner: readonly string[]; next: number }[] = [];

  function enter(name: string): void {
    order.set(name, order.size);
    lowest.set(name, order.size - 1);
    open.push(name);
    isOpen.add(name);
    way.push({ name, inner: messagesIn(schema.messages.get(name)), next: 0 });
  }

  /** Everything opened since `name` reaches it, and it them. */
  function close(name: string): void {
    const component = open.splice(open.lastIndexOf(name));
    for (const member of component) isOpen.delete(member);
    const isCycle = component.length > 1 || messagesIn(schema.messages.get(name)).includes(name);
    if (isCycle) for (const member of component) cyclic.add(member);
  }

  const lower = (name: string, to: number) => lowest.set(name, Math.min(lowest.get(name)!, to));

  for (const start of schema.messages.keys()) {
    if (order.has(start)) continue;
    enter(start);
    for (let current = way.at(-1); current !== undefined; current = way.at(-1)) {
      const inner = current.inner[current.next];
      current.next += 1;
      if (inner === undefined) {
        way.pop();
        const outer = way.at(-1);
        if (outer !== undefined) lower(outer.name, lowest.get(current.name)!);
        if (lowest.get(current.name) === order.get(current.name)) close(current.name);
      } else if (!order.has(inner)) {
        enter(inner);
      } else if (isOpen.has(inner)) {
        lower(current.name, order.get(inner)!);
      }
    }
  }
  return cyclic;
}

/** Types of a message's message fields, those of a map's values too. */
function messagesIn(message: Message | undefined): string[] {
  const names: string[] = [];
  for (const { type } of message?.fields ?? []) if (type.kind === "message") names.push(type.typeName);
  return names;
}
