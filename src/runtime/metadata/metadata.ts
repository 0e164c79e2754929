/** Metadata, or names and values: `{ "x-user": "ada", "x-role": ["reader", "writer"] }`. */
export type MetadataInit = Metadata | Readonly<Record<string, string | readonly string[]>>;

const NAME = /^[0-9a-z_.-]+$/;

/**
 * What travels beside a message: names to one or more values. Names are case-insensitive and kept in lower case, as
 * HTTP/2 sends them. A name ending in `-bin` carries bytes, held here in base64 (gRPC's rule for binary metadata).
 */
export class Metadata {
  /** Of somebody else, too, while `#isShared`: a copy is made with the first change. */
  #values: Map<string, string[]> = new Map();
  #isShared = false;
  #pairs: readonly (readonly [name: string, value: string])[] | undefined = undefined;

  static from(init: MetadataInit | undefined): Metadata {
    const metadata = new Metadata();
    if (init === undefined) return metadata;
    if (init instanceof Metadata) {
      init.#isShared = true;
      metadata.#isShared = true;
      metadata.#values = init.#values;
      metadata.#pairs = init.#pairs;
      return metadata;
    }
    for (const [name, value] of Object.entries(init)) {
      for (const one of typeof value === "string" ? [value] : value) metadata.append(name, one);
    }
    return metadata;
  }

  get size(): number {
    return this.#values.size;
  }

  /** The value of a name; several are joined with `, `, as go-micro's server does. */
  get(name: string): string | undefined {
    const values = this.#values.get(name.toLowerCase());
    return values === undefined ? undefined : values.length === 1 ? values[0] : values.join(", ");
  }

  getAll(name: string): readonly string[] {
    return this.#values.get(name.toLowerCase()) ?? [];
  }

  has(name: string): boolean {
    return this.#values.has(name.toLowerCase());
  }

  /** Replaces all values of a name. Throws TypeError for a name or value that no wire can carry. */
  set(name: string, value: string): this {
    const key = checkedName(name);
    const values = [checkedValue(name, value)];
    this.#toChange().set(key, values);
    return this;
  }

  append(name: string, value: string): this {
    const key = checkedName(name);
    const checked = checkedValue(name, value);
    const own = this.#toChange();
    const values = own.get(key);
    if (values === undefined) own.set(key, [checked]);
    else values.push(checked);
    return this;
  }

  delete(name: string): boolean {
    return this.#toChange().delete(name.toLowerCase());
  }

  /** Bytes of a `-bin` name. */
  getBinary(name: string): Uint8Array | undefined {
    const value = this.#values.get(name.toLowerCase())?.[0];
    return value === undefined ? undefined : Buffer.from(value, "base64");
  }

  setBinary(name: string, bytes: Uint8Array): this {
    if (!name.toLowerCase().endsWith("-bin"))
      throw new TypeError(`binary metadata needs a name ending in -bin: ${name}`);
    return this.set(name, Buffer.from(bytes).toString("base64"));
  }

  /** All names and values, the values of a name one after the other. The same array until something changes. */
  pairs(): readonly (readonly [name: string, value: string])[] {
    this.#pairs ??= [...this.#values].flatMap(([name, values]) =>
      values.map((value) => [name, value] as const),
    );
    return this.#pairs;
  }

  *[Symbol.iterator](): IterableIterator<[name: string, value: string]> {
    for (const [name, value] of this.pairs()) yield [name, value];
  }

  #toChange(): Map<string, string[]> {
    this.#pairs = undefined;
    if (this.#isShared) {
      this.#values = new Map(Array.from(this.#values, ([name, values]) => [name, [...values]]));
      this.#isShared = false;
    }
    return this.#values;
  }

  toJSON(): Record<string, string> {
    return Object.fromEntries([...this.#values].map(([name, values]) => [name, values.join(", ")]));
  }
}

function checkedName(name: string): string {
  const lower = name.toLowerCase();
  if (!NAME.test(lower))
    throw new TypeError(`metadata name may hold a-z 0-9 _ - . only: ${JSON.stringify(name)}`);
  return lower;
}

function checkedValue(name: string, value: string): string {
  for (let i = 0; i < value.length; i++) {
    const unit = value.charCodeAt(i);
    if ((unit < 0x20 && unit !== 0x09) || unit > 0x7e) {
      throw new TypeError(
        `metadata value of ${name} may hold printable ASCII only; use a -bin name for bytes`,
      );
    }
  }
  return value;
}
