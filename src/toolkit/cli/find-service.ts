import { describeRegistry, nearMatches, type Registry, type ServiceRecord } from "@micro-service/runtime";
import { CommandError, ExitCode } from "./exit-code.ts";

/** The records of a service. Throws CommandError that names what was looked for, where, and what it may be called. */
export async function findService(registry: Registry, name: string): Promise<ServiceRecord[]> {
  const records = await registry.getService(name);
  if (records.some((record) => record.nodes.length > 0)) return records;
  const known = await registry.listServices();
  const near = nearMatches(
    name,
    known.map((service) => service.name),
  );
  const where = describeRegistry(registry);
  const hint =
    near.length > 0
      ? `Did you mean ${near.join(" or ")}?`
      : known.length === 0
        ? "It knows no service at all."
        : "List what it knows: micro list services";
  throw new CommandError(ExitCode.failure, `service ${name} not found in registry ${where}. ${hint}`);
}
