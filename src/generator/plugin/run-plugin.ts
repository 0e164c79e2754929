import { loadDescriptorSet } from "../check/index.ts";
import { emitSchema, OutputPathError } from "../emit/index.ts";
import { SchemaError } from "../schema/index.ts";
import {
  type CodeGeneratorRequest,
  type CodeGeneratorResponse,
  readRequest,
  writeResponse,
} from "./code-generator.ts";
import { ParameterError, parseParameters } from "./parameters.ts";

/**
 * What `protoc-gen-micro-ts` does: an encoded CodeGeneratorRequest in, an encoded CodeGeneratorResponse out. The files
 * are those that `micro-gen` writes for the same schemas. Mistakes of the user are in the response.
 *
 * @throws WireError when the bytes are no request
 */
export async function runPlugin(request: Uint8Array): Promise<Uint8Array> {
  return writeResponse(await answer(readRequest(request)));
}

async function answer(request: CodeGeneratorRequest): Promise<CodeGeneratorResponse> {
  try {
    const options = parseParameters(request.parameter);
    const schema = await loadDescriptorSet({
      descriptorSet: request.descriptorSet,
      files: request.filesToGenerate,
      name: "the request",
    });
    return { files: emitSchema(schema, options) };
  } catch (error) {
    if (error instanceof SchemaError || error instanceof OutputPathError || error instanceof ParameterError) {
      return { error: error.message };
    }
    throw error;
  }
}
