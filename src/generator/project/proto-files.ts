import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { errorCode, ioError } from "./io-error.ts";
import { ProjectError } from "./project-error.ts";

/** More than any project has; a folder given by mistake (`/`) is noticed before the memory is full. */
const maxFiles = 10_000;

/**
 * Every .proto below a folder as import paths, sorted: `shop/order.proto`. Hidden folders, node_modules and symbolic
 * links to folders are passed over.
 *
 * @param root absolute
 * @param shown the folder as the user knows it, for messages
 */
export async function findProtoFiles(root: string, shown: string): Promise<string[]> {
  const found: string[] = [];
  const visit = async (folder: string): Promise<void> => {
    for (const entry of await readFolder(join(root, folder), shown)) {
      if (entry.name.startsWith(".") || entry.name === "node_modules") continue;
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) await visit(path);
      else if (entry.name.endsWith(".proto")) found.push(path);
      if (found.length > maxFiles) {
        throw new ProjectError(
          "invalid",
          `${shown} holds more than ${maxFiles} .proto files; name a smaller folder.`,
        );
      }
    }
  };
  await visit("");
  return found.sort();
}

async function readFolder(folder: string, shown: string) {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    if (errorCode(error) === "ENOENT") {
      throw new ProjectError("invalid", `There is no folder ${shown}; check the spelling.`);
    }
    throw ioError(error, "read", shown);
  }
}
