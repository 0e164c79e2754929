export { editAddEvent, editAddRpc, editAddService, type RpcRequest } from "./add.ts";
export { editDestroyEvent, editDestroyRpc, editDestroyService } from "./destroy.ts";
export type { EditableSchema, SchemaEdit } from "./home.ts";
