import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";

const bin = fileURLToPath(new URL("../../bin/micro-gen.js", import.meta.url));
const reporter = `process.on("exit", () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  process.stderr.write("\\nusage " + JSON.stringify({ cpu: (userCPUTime + systemCPUTime) / 1e6, rss: maxRSS / 1024 }));
});`;

/** Runs the built micro-gen in a process of its own with 512 MiB, and tells what it cost. CPU time, since others run beside us. */
export function runMicroGen(
  folder: string,
  file: string,
): Promise<{ readonly stderr: string; readonly cpuSeconds: number; readonly peakMiB: number }> {
  const args = [
    "--max-old-space-size=512",
    "--import",
    `data:text/javascript,${encodeURIComponent(reporter)}`,
    bin,
    file,
    "-I",
    ".",
    "--out",
    "src/gen",
  ];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, { cwd: folder, maxBuffer: 64 * 1024 * 1024 }, (_, __, stderr) => {
      const usage = /\nusage (.*)$/.exec(stderr)?.[1];
      if (usage === undefined) return reject(new Error(stderr.slice(-2000)));
      const { cpu, rss } = JSON.parse(usage) as { cpu: number; rss: number };
      resolve({ stderr, cpuSeconds: cpu, peakMiB: rss });
    });
  });
}
