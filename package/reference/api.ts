/** What a docstring says, apart from its text. */
export interface Tag {
  name: string;
  text: string;
}

/** A property, method or setting, by its path from what holds it: `failover.guards.flap`. */
export interface Member {
  path: string;
  /** As TypeScript writes it; of a method its parameters and result. */
  type: string;
  isOptional: boolean;
  isMethod: boolean;
  docs: string;
  tags: readonly Tag[];
}

/** Something that an entry of the package exports. */
export interface Exported {
  name: string;
  kind: "class" | "function" | "interface" | "type" | "value";
  /** How it is called or made, where it can be. */
  signature?: string;
  /** What a type stands for, where it is no object. */
  definition?: string;
  docs: string;
  tags: readonly Tag[];
  members: readonly Member[];
  /** What of it is somebody else's: `AlarmProps`. */
  inherits: readonly string[];
}

/** An entry of the package, as it is imported. */
export interface Entry {
  /** `ringcx-service-automation/client` */
  specifier: string;
  exports: readonly Exported[];
}
