import { CommandError, ExitCode } from "./exit-codes.ts";
import { readToolVersion } from "./tool-version.ts";

const usage = `protoc-gen-micro-ts is a plugin of protoc and buf, which start it and speak to it over stdin and stdout:

  protoc --plugin=protoc-gen-micro-ts=node_modules/.bin/protoc-gen-micro-ts --micro-ts_out=src/gen -I proto proto/greeter.proto

Parameters: --micro-ts_opt=import_extension=js,int64=string
Without protoc or buf: micro-gen --help`;

/** `protoc-gen-micro-ts`: one request on stdin, one response on stdout. docs/build-tools.md tells all of it. */
export async function protocGen(argv: readonly string[]): Promise<void> {
  if (argv.length > 0) {
    console.log(argv.includes("--version") || argv.includes("-V") ? readToolVersion() : usage);
    return;
  }
  if (process.stdin.isTTY) throw new CommandError(ExitCode.usage, usage);
  const { runPlugin } = await import("../plugin/index.ts");
  const chunks: Uint8Array[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Uint8Array);
  const response = await runPlugin(Buffer.concat(chunks));
  await new Promise<void>((resolve, reject) => {
    process.stdout.write(response, (error) => (error ? reject(error) : resolve()));
  });
}
