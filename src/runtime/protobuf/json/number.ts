/** JSON's grammar: no space, no plus, no leading zero, no hex. */
export const NUMBER: RegExp = /^-?(0|[1-9]\d*)(\.\d+)?(e[+-]?\d+)?$/i;
