import { type Dirent, readdirSync } from "node:fs";
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
export function findProtoFiles(root: string, shown: string): string[] {
  const found: string[] = [];
  const visit = (folder: string): void => {
    for (const entry of readFolder(join(root, folder), shown)) {
      if (entry.name.startsWith(".") || entry.name === "node_modules") continue;
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) visit(path);
      else if (entry.name.endsWith(".proto")) found.push(path);
      if (found.length > maxFiles) {
        throw new ProjectError(
          "invalid",
          `${shown} holds more than ${maxFiles} .proto files; name a smaller folder.`,
        );
      }
    }
  };
  visit("");
  return found.sort();
}

function readFolder(folder: string, shown: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (errorCode(error) === "ENOENT") {
      throw new ProjectError("invalid", `There is no folder ${shown}; check the spelling.`);
    }
    throw ioError(error, "read", shown);
  }
}
