/** An option that cannot be understood: where, by which rule, and why. */
export class OptionError extends Error {
  readonly at: number;
  readonly rule: string;
  constructor(at: number, rule: string, message: string) {
    super(message);
    this.at = at;
    this.rule = rule;
  }
}
