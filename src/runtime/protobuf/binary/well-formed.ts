/** `String.prototype.isWellFormed`, in every Node we run on, younger than the library types we compile with. */
export function isWellFormed(text: string): boolean {
  return (text as string & { isWellFormed(): boolean }).isWellFormed();
}
