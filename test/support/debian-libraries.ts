import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Debian's release whose libraries are new enough for everything we start: glibc 2.41. */
const RELEASE = "trixie";
const PACKAGES = ["libc6", "libstdc++6", "libgcc-s1"];

/**
 * Program and arguments to put before the path of a program that needs a newer libc than this machine's: the dynamic loader of a
 * newer Debian, told where its libraries are. They are fetched once by apt, from the mirror that apt uses here and checked with
 * its keys, and unpacked into the user's cache; the system's own packages and sources stay as they are.
 *
 * Undefined where there is no apt that knows a Debian mirror.
 */
export async function loaderOfNewerDebian(): Promise<
  readonly [program: string, ...args: string[]] | undefined
> {
  const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "create-micro-service");
  const libraries = join(cache, `debian-${RELEASE}-${process.arch}`);
  if (!existsSync(libraries)) {
    const mirror = await debianMirror();
    if (mirror === undefined) return undefined;
    await mkdir(cache, { recursive: true });
    const work = await mkdtemp(join(cache, "fetching-"));
    try {
      await fetchPackages(mirror, work);
      // Whole or not at all; whoever was quicker has the same.
      await rename(join(work, "root"), libraries).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== "ENOTEMPTY" && error.code !== "EEXIST") throw error;
      });
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  }
  const files = await readdir(libraries, { recursive: true });
  const loader = files.find((path) => /(^|\/)ld-linux[^/]*\.so\.\d+$/.test(path));
  const folders = files.filter((path) => /\/lib(c|stdc\+\+|gcc_s)\.so\.\d+$/.test(path));
  if (loader === undefined || folders.length < PACKAGES.length) throw new Error(`${libraries} is incomplete`);
  const path = new Set(folders.map((file) => join(libraries, file, "..")));
  return [join(libraries, loader), "--library-path", [...path].join(":")];
}

async function debianMirror(): Promise<string | undefined> {
  const format = "$(SITE) $(COMPONENT)";
  const { stdout } = await run("apt-get", ["indextargets", "--format", format, "Created-By: Packages"]).catch(
    () => ({ stdout: "" }),
  );
  return /^(\S+\/debian\/?) main$/m.exec(stdout)?.[1];
}

async function fetchPackages(mirror: string, work: string): Promise<void> {
  for (const folder of ["lists/partial", "cache/archives/partial", "parts", "root"])
    await mkdir(join(work, folder), { recursive: true });
  await writeFile(join(work, "sources.list"), `deb ${mirror} ${RELEASE} main\n`);
  const apt = (...args: readonly string[]) =>
    run(
      "apt-get",
      [
        ...Object.entries({
          "Dir::Etc::SourceList": join(work, "sources.list"),
          "Dir::Etc::SourceParts": join(work, "parts"),
          "Dir::State::Lists": join(work, "lists"),
          "Dir::Cache": join(work, "cache"),
          "Acquire::Languages": "none",
          // Else root's apt looks for a user that may write here.
          "APT::Sandbox::User": "",
        }).flatMap(([name, value]) => ["-o", `${name}=${value}`]),
        ...args,
      ],
      { cwd: work, timeout: 120_000 },
    );
  await apt("update");
  await apt("download", ...PACKAGES);
  for (const file of await readdir(work))
    if (file.endsWith(".deb")) await run("dpkg-deb", ["--extract", file, "root"], { cwd: work });
}
