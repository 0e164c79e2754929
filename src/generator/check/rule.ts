import type { Features, FieldTraits } from "../schema/features.ts";
import type { Linked } from "../schema/linked.ts";
import type {
  EnumNode,
  FieldNode,
  FileNode,
  MessageNode,
  MethodNode,
  ServiceNode,
} from "../schema/syntax.ts";

/**
 * Says that something is wrong at an offset of the file. One sentence, ending with the fix where one is known. A warning is
 * about what is legal and yet unwise.
 */
export type Report = (at: number, message: string, severity?: "warning") => void;

/** Checks one kind of declaration for one mistake. */
export type Rule<Target> = (target: Target, report: Report) => void;

/** Rules by name: kebab-case, shown in parentheses behind the message. */
export type Rules<Target> = Readonly<Record<string, Rule<Target>>>;

export interface FileTarget {
  readonly linked: Linked;
  readonly file: FileNode;
  /** Part of the file could not be read, so nothing can be said of what is missing. */
  readonly isBroken: boolean;
}

export interface MessageTarget extends FileTarget {
  readonly node: MessageNode;
  readonly fullName: string;
  readonly features: Features;
}

export interface FieldTarget extends FileTarget {
  readonly node: FieldNode;
  readonly traits: FieldTraits;
  readonly isExtension: boolean;
}

export interface EnumTarget extends FileTarget {
  readonly node: EnumNode;
  readonly features: Features;
}

export interface ServiceTarget extends FileTarget {
  readonly node: ServiceNode;
  readonly fullName: string;
}

export interface MethodTarget extends FileTarget {
  readonly node: MethodNode;
  readonly fullName: string;
}
